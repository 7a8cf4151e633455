"""Which sentences does this text consist of? Cuts text, keeps lists with their introduction.

Pure. Never raises. Every pattern is linear, and no sentence is longer than `_LONGEST`.
"""

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from milter.mail.text.folding import fold

_LONGEST = 700
_LONGEST_ITEM = 200
_SHORT_ITEM = 90
_MOST_ITEMS = 20
_MOST_LINES_JOINED = 30
# A line at least this long was broken by the sender's program, not by the sender.
_WRAPPED = 60
# A longer line was not wrapped: it is a paragraph, or a cell of a table.
_LONGEST_WRAPPED = 110
_SHORTEST_IN_CAPITALS = 20
_LONGEST_INTRODUCER = 30
_LONGEST_FIELD = 60
_FEWEST_FIELDS = 3
_LONGEST_WORD = 40

_BULLET = re.compile(r"[ \t]*(?:[-*+•–—▪●◦·>→✓☐□■]|\d{1,2}[.)/°]|[a-zA-Z][.)]|\d️⃣)[ \t]*(?=\S)")
_STOPS = ".!?…"
_END_SIGNS = frozenset(".!?…:;")
_CLOSING = '"»”)] \t'
_SENTENCE_END = re.compile(r"[.!?…][\"»”)\]]{0,3}[ \t\n]+(?=[^\Wa-z_à-öø-ÿ]|[«\"“(-])")
_SHORT_WORDS = "m mr mme mlle dr pr me n no art tel cf ex st ste av bd etc"
_ABBREVIATED = frozenset(_SHORT_WORDS.split())
_LONGEST_ABBREVIATED = 8
_INTRODUCES = re.compile(
    r":[ \t]*$|(?:suivant|suivante|ci-dessous|ci-apr[eè]s|following|below)s?[ .]*$", re.IGNORECASE
)
# One of these stands at the end, the last s left out: else the pattern need not be tried at every place.
_INTRODUCERS = (":", "nt", "nte", "ou", "re", "rè", "ng", "ow")
_FORM_BELOW = re.compile(
    r"(?:tableau|formulaire|champs|rubriques|informations|.l.ments|renseignements|pi.ces|documents|fiche|questionnaire"
    r"|cases|form|table|fields|details)\b[^\n]{0,40}?(?:-dessous|-apr|suivant|below)",
    re.IGNORECASE,
)
_LABEL = re.compile(r"[^\n:]{2,100}[:?][ \t]*(?:[_.…\[\]( )-]{0,80})$")
# Of a line read backwards, so that it is tried at one place only.
_LAST_WORD = re.compile(r"\W*+(\w++)")


class Sentence(NamedTuple):
    """A sentence, or a list with what introduces it, as the reader sees it; and its lines in the text."""

    text: str
    first: int
    last: int


@dataclass(slots=True)
class _Line:
    """One or several lines that read as one; it grows while they are read. `leads`: it introduces a list."""

    first: int
    last: int
    text: str
    bullet: bool
    leads: bool


def sentences(text: str, dangling: frozenset[str]) -> Iterator[Sentence]:
    """The sentences in order; a list is one sentence with what introduces it, a form one with its labels.

    `dangling` are folded words that no line ends with unless the next one continues it (`votre`, `de`).
    """
    lines = _lines(text, dangling)
    at = 0
    while at < len(lines):
        line, pieces = lines[at], _cut(lines[at].text)
        taken = _items(lines, at)
        if taken and pieces:
            items = lines[at + 1 : at + 1 + taken]
            listed = "\n".join([pieces.pop(), *(item.text for item in items)])
            yield from (Sentence(piece, line.first, line.last) for piece in pieces)
            yield Sentence(listed[: _LONGEST * 3], line.first, items[-1].last)
        else:
            yield from (Sentence(piece, line.first, line.last) for piece in pieces)
        at += 1 + taken


def _items(lines: list[_Line], head: int) -> int:
    """How many lines after this one are the list that it introduces, or the form that it begins."""
    text, leads = lines[head].text[-_LONGEST_ITEM:], lines[head].leads
    label, points = _is_label(text), _points_below(text)
    if not (label or points or leads):
        return 0
    rest = lines[head + 1 : head + 1 + _MOST_ITEMS]
    if not rest:
        return 0
    if label and _is_label(rest[0].text):
        return _run(rest, lambda line: _is_label(line.text))
    if points:
        fields = _run(rest, _is_field)
        if fields >= _FEWEST_FIELDS:
            return fields
    if not leads:
        return 0
    if rest[0].bullet:
        return _run(rest, lambda line: line.bullet)
    return _run(rest, lambda line: _is_item(line.text))


def _is_item(text: str) -> bool:
    return _is_label(text) or (len(text) < _SHORT_ITEM and not _ends_sentence(text))


def _is_label(text: str) -> bool:
    return (":" in text or "?" in text) and _LABEL.fullmatch(text) is not None


def _points_below(text: str) -> bool:
    """Does it speak of a table or a form that follows, wherever in it the word stands?"""
    pointer = "-dessous" in text or "suivant" in text or "-apr" in text or "below" in text
    return pointer and _FORM_BELOW.search(text) is not None


def _is_field(line: "_Line") -> bool:
    return len(line.text) < _LONGEST_FIELD and not line.text.rstrip(_CLOSING).endswith((".", "!", "…"))


def _run(lines: list[_Line], belongs: Callable[[_Line], bool]) -> int:
    taken = itertools.takewhile(lambda line: len(line.text) <= _LONGEST_ITEM and belongs(line), lines)
    return sum(1 for _ in taken)


def _lines(text: str, dangling: frozenset[str]) -> list[_Line]:
    lines: list[_Line] = []
    joinable = width = 0
    listing = False
    for number, raw in enumerate(text.split("\n")):
        stripped = raw.strip()
        if not stripped:
            joinable, listing = 0, False
            continue
        bullet = _BULLET.match(stripped) is not None
        last = lines[-1] if lines else None
        if last and joinable and not bullet and _continues(last, width, stripped, dangling, listing):
            last.text += f" {stripped}"
            last.last, last.leads = number, _introduces(last.text)
            joinable -= 1
        else:
            # The items of an HTML list have no bullet here, and begin with a small letter all the same.
            listed = listing or (last is not None and last.leads)
            listing = listed and len(stripped) < _WRAPPED
            lines.append(_Line(number, number, stripped, bullet, _introduces(stripped)))
            joinable = _MOST_LINES_JOINED
        width = min(len(stripped), _LONGEST_ITEM)
    return lines


def _continues(last: _Line, width: int, after: str, dangling: frozenset[str], listing: bool) -> bool:
    """`width`: of what was broken last in it."""
    before = last.text[-width:]
    if last.leads or _ends_sentence(before):
        return False
    word = _LAST_WORD.match(before[: -_LONGEST_WORD - 1 : -1])
    if word and _folded(word.group(1)[::-1]) in dangling:
        return True
    if listing:
        return False
    if before.endswith(","):
        return True
    in_capitals = len(before) >= _SHORTEST_IN_CAPITALS and before.isupper() and after.isupper()
    return after[0].islower() or in_capitals or _WRAPPED <= len(before) <= _LONGEST_WRAPPED


def _folded(word: str) -> str:
    # One word of each line: `fold` is made for texts.
    return word.lower() if word.isascii() and (word.isalpha() or word.isdigit()) else fold(word)


def _introduces(text: str) -> bool:
    tail = text[-_LONGEST_INTRODUCER:].rstrip(" \t.").casefold().rstrip("s")
    return tail.endswith(_INTRODUCERS) and _INTRODUCES.search(text[-_LONGEST_INTRODUCER:]) is not None


def _ends_sentence(text: str) -> bool:
    return text[-_LONGEST_WORD:].rstrip(_CLOSING)[-1:] in _END_SIGNS


def _cut(text: str) -> list[str]:
    if len(text) <= _LONGEST and not any(map(text.__contains__, _STOPS)):
        return [text]
    pieces, start = list[str](), 0
    for end in _ends(text):
        for at in range(start, end, _LONGEST):
            # They overlap, so that no demand is hidden by where a long sentence is cut.
            piece = text[max(start, at - 150) : min(end, at + _LONGEST)].strip()
            if piece:
                pieces.append(piece)
        start = end
    return pieces


def _is_abbreviated(before: str) -> bool:
    """Is what ends here such a word, and no part of another?"""
    last = before.replace("(", " ").split()[-1:]
    return bool(last) and before.endswith(last[0]) and last[0].casefold() in _ABBREVIATED


def _ends(text: str) -> Iterator[int]:
    for found in _SENTENCE_END.finditer(text):
        sign = found.start()
        if text[sign] != "." or not _is_abbreviated(text[max(0, sign - _LONGEST_ABBREVIATED) : sign]):
            yield found.end()
    yield len(text)
