"""Which words may stand anywhere in this mail? The first look, which most mail never gets past.

Pure. Never raises. A superset of what the `Reading` would say, at a fraction of its price: nothing is put in
order, compared or counted. Where that cannot be promised cheaply, `sure` is False and the mail must be read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import unquote

from milter.mail.coding.charset import decode_text
from milter.mail.coding.encoded_word import decode_words_oddly
from milter.mail.dom import Document, Element, attribute, attributes, parse_html, runs, select
from milter.mail.message import Message
from milter.mail.octets import Patterns
from milter.mail.page.flow import LINE_MAKERS
from milter.mail.page.html import QUOTE_MARKS, QUOTES, is_too_much, title_of
from milter.mail.page.outlook import outlook_documents
from milter.mail.page.turned import floating_letters
from milter.mail.page.visibility import take_hidden
from milter.mail.structure.attached import kind_of
from milter.mail.structure.mime import Structure, walk
from milter.mail.structure.part import MAX_TEXT, Part
from milter.mail.style.css import Rule, read_style
from milter.mail.style.sheets import sheets_of
from milter.mail.text.folding import fold
from milter.mail.text.references import with_letters
from milter.mail.text.spaced_letters import join_spaced

# Beside a picture, fewer words than these (both alternatives counted) may leave it to the picture to say it.
_FEW_WORDS = 150
_MAX_PARTS = 20
# So many texts of an element each, so short and without a blank, may be pieces of words (`look.broken`).
_FEWEST_PIECES, _LONGEST_PIECE = 12, 8
# More letters than these that stand alone in attributes may be a word, one letter a picture.
_SINGLES = 2
_RARE_GAPS = "\x0b\x0c\x1c\x1d\x1e\x1f"
_data_document = re.compile(r"\x1f[\0-\x1e ]*+data:.{0,75}(?:html|svg)", re.DOTALL)

_data_behind = re.compile(r"url\([\s\"']{0,20}data:.{0,75}svg", re.DOTALL | re.IGNORECASE)

_SHOWN = frozenset({"text/plain", "text/html"})
# What the parser can take out of the way: elements that make no line, the usual ones first for speed.
_INLINE = "a,img,span,b,strong,font,i,em,u,small,sup"
_NO_LINE = f":not({','.join(LINE_MAKERS)})"
_DROPPED = "script,style,title"
# Where text is turned round, made by a style, or left out in ways that only the full reading follows.
_TRICKS = "bdo,metadata,desc,[srcdoc],template[shadowrootmode],svg text"
_TRICKS_OF_ATTRIBUTES = "[style*=override i],[style*=-reverse i],[dir=rtl i] tr"
# Without these in the value of an attribute none of those is met, and there is no quotation to look for.
_trick_marks = Patterns(b"override", b"-reverse", b"rtl")
_quote_marks = Patterns(*map(str.encode, QUOTE_MARKS))
_two_blanks = Patterns(b"  ")


@dataclass(frozen=True, slots=True)
class Glimpse:
    """`views`: folded texts, one of which holds each word that is read, those of the author fields left out.

    `sure` is False where a word may stand in the mail that is in none of them.
    """

    views: tuple[str, ...]
    sure: bool


def look(message: Message, structure: Structure | None = None) -> Glimpse:
    """The words of the mail, unsorted; `structure` of it, where it is at hand."""
    structure = structure or walk(message)
    seen = _Seen()
    seen.sure = not (structure.ambiguous or structure.unreadable) and len(structure.parts) <= _MAX_PARTS
    for one in message.all("subject")[:20]:
        seen.names.append(with_letters(decode_words_oddly(one.value)[0]))
    for part in structure.parts if seen.sure else ():
        _look_at(part, seen)
    return seen.glimpse()


class _Seen:
    """What the parts gave so far."""

    def __init__(self) -> None:
        self.sure = True
        self.texts: list[str] = []
        # Subject, titles, what pictures are called.
        self.names: list[str] = []
        # Pieces that may be words, put together.
        self.glued: list[str] = []
        self.attributes: list[str] = []
        self.pictures = False

    def glimpse(self) -> Glimpse:
        """Folded as the reading will be compared: texts, names, links; and with spaced letters joined.

        Not sure also where letters are turned round, or a picture may say more than the text.
        """
        followed, others = _sorted_values(self.attributes)
        names = "\n".join((*self.names, others, unquote(others) if "%" in others else ""))
        text = with_letters(" ".join(self.texts))
        views = (_without_gaps(text), fold("\n".join((names, *self.glued))), fold(followed))
        turned = "\u202e" in text or "\u202e" in names or "\u202e" in followed
        few = self.pictures and views[0].count(" ") < _FEW_WORDS
        joined = tuple(one for view in views if (one := join_spaced(view)) != view)
        return Glimpse(views + joined, self.sure and not turned and not few)


def _look_at(part: Part, seen: _Seen) -> None:
    kind = kind_of(part.content_type, part.name)
    if kind == "image" and not part.attached and not part.nested:
        seen.names.append(part.name)
        seen.pictures = True
    elif part.attached or part.nested or part.content_type not in _SHOWN or len(part.raw) > MAX_TEXT:
        seen.sure = False
    else:
        text = decode_text(part.text, part.charset)[0]
        if kind == "html":
            _look_at_html(text, seen)
        else:
            # What begins like markup is shown as such by some programs.
            seen.sure = seen.sure and text[:200].lstrip()[:1] != "<"
            # No empty lines: the fewer blanks follow each other, the sooner they are one.
            seen.texts += filter(None, text.splitlines())


def _look_at_html(source: str, seen: _Seen) -> None:
    if is_too_much(source) or "<![CDATA[" in source or ("data:" in source and _data_behind.search(source)):
        seen.sure = False
        return
    seen.pictures = seen.pictures or "data:image/" in source
    document = parse_html(source)
    rules, unfollowed = sheets_of(document)
    values = attributes(document)
    together = _together(values)
    said = together.encode("utf-8", "replace")
    if unfollowed or _plays_tricks(document, rules, together, said):
        seen.sure = False
        return
    seen.names.append(title_of(document))
    _note_values(values, together, seen)
    for inside in outlook_documents(document)[0]:
        values = attributes(inside)
        _note_values(values, _together(values), seen)
        seen.texts += runs(inside, _DROPPED, _INLINE, _NO_LINE)
    removed = take_hidden(document, rules)
    quotes = select(document, QUOTES) if _quote_marks.stand_in(said) else ()
    # All out first: quotes stand in quotes, and each text is looked at once.
    for quoted in quotes:
        quoted.extract()
    for quoted in quotes:
        seen.texts += _either_way(quoted)
    seen.sure = seen.sure and not removed.in_pieces
    for doubtful in removed.doubtful:
        seen.texts += _either_way(doubtful)
    pieces = [bare for one in runs(document, _DROPPED, _INLINE, _NO_LINE) if (bare := one.strip())]
    seen.texts += pieces
    seen.glued += _glued(pieces)
    # Signs that stand alone in cells and lines are drawn together, and may be several letters (a Roman six).
    if any(len(one) == 1 and one.isalnum() and not one.isascii() for one in pieces):
        seen.sure = False


def _plays_tricks(document: Document, rules: tuple[Rule, ...], together: str, said: bytes) -> bool:
    """True where the document may show words that do not stand in it so; `together`, `said`: its values."""
    return bool(
        select(document, _TRICKS)
        or (_trick_marks.stand_in(said) and select(document, _TRICKS_OF_ATTRIBUTES))
        or ("float" in together and floating_letters(document))
        or _has_field_of_a_letter(document)
        or any(rule.look.writes or rule.look.backwards for rule in rules)
        or _writes_by_itself(document, together)
    )


def _glued(pieces: list[str]) -> Iterator[str]:
    """What stands in boxes side by side, as it is shown: `Vo`, `tre`."""
    for is_short, run in groupby(pieces, lambda one: len(one) <= _LONGEST_PIECE and " " not in one):
        if is_short and len(short := list(run)) >= _FEWEST_PIECES:
            yield "".join(short)


def _writes_by_itself(document: Document, together: str) -> bool:
    """True where the style of an element writes text: `list-style: "Votre "`."""
    if "list-style" not in together and "quotes" not in together:
        return False
    return any(read_style(one).writes for one in attributes(document, "style"))


def _has_field_of_a_letter(document: Document) -> bool:
    """True where a field says a single letter, which the reading draws together with its neighbours."""
    return any(
        len(said := attribute(one, name).strip()) == 1 and not "0" <= said <= "9"
        for one in select(document, "[label],[placeholder],input[value]")
        for name in ("value", "placeholder", "label")
    )


def _either_way(element: Element) -> tuple[str, str]:
    """Its text as if no element in it began a line, and as if each did; what is dropped parts no word."""
    for silent in select(element, _DROPPED):
        silent.extract()
    return element.text, " ".join(element.strings)


def _together(values: list[str]) -> str:
    return _followed("\x1f".join(values)).lower()


def _note_values(found: list[str], together: str, seen: _Seen) -> None:
    """Keep them; not sure where one of them is a document in a `data:` address.

    A picture in one may say more than the text. `together`: all of them in lower case, without gaps.
    """
    seen.attributes += found
    if "data:" in together:
        seen.pictures = seen.pictures or "data:image/" in together
        seen.sure = seen.sure and _data_document.search("\x1f" + together) is None
        # Behind an element.
        seen.sure = seen.sure and ("url(" not in together or _data_behind.search(together) is None)
    # One letter a picture is put together, too; a digit alone is in every bill.
    singles = [
        one for one in map(str.strip, found) if len(one) == 1 and one.isalnum() and not "0" <= one <= "9"
    ]
    if len(singles) > _SINGLES:
        seen.sure = False


def _sorted_values(found: list[str]) -> tuple[str, str]:
    """Most addresses of links and pictures, which need no decoding; and all other values."""
    addresses: list[str] = []
    others: list[str] = []
    for one in dict.fromkeys(found):
        plain = one[:4] == "http" and "%" not in one and " " not in one
        (addresses if plain else others).append(one)
    return _followed("\x1f".join(addresses)), _followed("\x1f".join(others))


def _followed(values: str) -> str:
    """Without the gaps that no program follows in an address; a look for each is the fastest."""
    return values.replace("\t", "").replace("\r", "").replace("\n", "")


def _without_gaps(text: str) -> str:
    """The folded text, one blank for all white space, five times as fast as `" ".join(text.split())`."""
    if any(gap in text for gap in _RARE_GAPS):
        text = " ".join(text.split())
    text = fold(text.replace("\n", " ").replace("\r", " ").replace("\t", " "))
    while _two_blanks.stand_in(text.encode("utf-8", "replace")):
        text = text.replace("  ", " ")
    return text
