"""Who may a reader be shown as the author of this mail, and where would an answer go?

Pure. Never raises. Mail programs differ on every liberty taken in these fields ("Composition Kills",
USENIX Security 2020), so all their views come back, the plain reading of RFC 5322 first.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from milter.mail.bidi import displayed_order
from milter.mail.charset import decode_text
from milter.mail.encoded_word import decode_words, decode_words_oddly
from milter.mail.message import Field, Message
from milter.mail.reading import Mailbox, one_author
from milter.mail.remembered import remembered

_MAX_MAILBOXES = 200
_MAX_TOKENS = 20_000
_MAX_TEXT = 8192

_token = re.compile(r'"((?:[^"\\]|\\.)*)(?:"|\Z)|([()<>,;:])|(\\.)|([^"()<>,;:\\ \t]++)|([ \t]++)', re.DOTALL)
_escape = re.compile(r"\\(.)", re.DOTALL)
# RFC 5322 dot-atom with the letters of RFC 6532; a quoted local-part may not hold an at-sign here.
_plain_address = re.compile(
    r"""(?:[\w!#$%&'*+/=?^`{|}~.-]+|"[^"@<>\\]+")@(?:[\w-]+\.)*[\w-]+\.?|[\w.+-]+@\[[\w.:]+\]"""
)
_some_address = re.compile(r"[\w!#$%&'*+/=?^`{|}~.-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,20}")
_invisible = re.compile(
    "[\0-\x20\x7f\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u2400-\u2421\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufffd]+"
)


@dataclass(frozen=True, slots=True)
class Addresses:
    """The mailboxes of the author fields and of Reply-To; `ambiguous` holds `author` where there is
    not exactly one From field with exactly one plainly readable mailbox, `reply_to` likewise where
    that field is there; `unreadable` holds `charset`."""

    authors: tuple[Mailbox, ...]
    reply_to: tuple[Mailbox, ...]
    ambiguous: frozenset[str] = frozenset()
    unreadable: frozenset[str] = frozenset()

    @property
    def author(self) -> Mailbox | None:
        """As in `Reading`."""
        return one_author(self.authors, self.ambiguous)


@dataclass(slots=True)
class _Parsed:
    """One field while it is read: whether all of it was plain so far."""

    plain: bool = True
    group: str = ""
    # Bytes that are no UTF-8 may be read in several ways; that matters in an address only.
    unsure: bool = False


class _Read(NamedTuple):
    """One field: its plain mailboxes as name and address, whether all of it was plain, the whole of it
    decoded, and whether a charset was odd."""

    mailboxes: tuple[tuple[str, str], ...]
    plain: bool
    text: str
    strange: bool


def authors(message: Message) -> tuple[Mailbox, ...]:
    """Every mailbox that some mail program could show as the author, the plain reading first."""
    return read_addresses(message).authors


def read_addresses(message: Message) -> Addresses:
    """All author and reply views of the mail, without doubles."""
    ambiguous: set[str] = set()
    unreadable: set[str] = set()
    fields = message.all("from")
    found, plain = _read_fields(fields, "From", unreadable)
    if not plain or len(found) != 1 or len(fields) != 1 or not fields[0].plain:
        ambiguous.add("author")
        for key, name in (("sender", "Sender"), ("resent-from", "Resent-From")):
            found += _read_fields(message.all(key), name, unreadable)[0]
    replies = message.all("reply-to")
    reply_to, reply_plain = _read_fields(replies, "Reply-To", unreadable)
    if replies and not (reply_plain and len(replies) == 1):
        ambiguous.add("reply_to")
    return Addresses(_unique(found), _unique(reply_to), frozenset(ambiguous), frozenset(unreadable))


def _read_fields(fields: tuple[Field, ...], name: str, unreadable: set[str]) -> tuple[list[Mailbox], bool]:
    """The views of these fields, plain readings before the others; True if all keep to the grammar."""
    first: list[Mailbox] = []
    others: list[Mailbox] = []
    plain = bool(fields)
    for one in fields[:20]:
        read = _read_field(one.value)
        if read.strange:
            unreadable.add("charset")
        first += [Mailbox(shown, address, name) for shown, address in read.mailboxes]
        plain = plain and read.plain
        if not read.plain or (name != "Reply-To" and len(read.mailboxes) != 1):
            others += [Mailbox(*view, name) for view in _other_views(read.text)]
    return first + others, plain


# A mail is asked several times who its author is, and most authors write again.
@remembered(512, longest=400)
def _read_field(value: bytes) -> _Read:
    """What the grammar says of it."""
    text, odd = decode_text(value)
    parsed = _Parsed(unsure=odd)
    mailboxes = tuple(_mailboxes(text, parsed))[:_MAX_MAILBOXES]
    whole, strange = decode_words_oddly(value)
    return _Read(mailboxes, parsed.plain, whole[:_MAX_TEXT], strange)


class _Mailbox:
    """The pieces of one mailbox while tokens come in."""

    __slots__ = ("angle", "bare", "closed", "comments", "depth", "raw", "words")

    def __init__(self) -> None:
        self.words: list[str] = []
        # The words with their quotes: a local-part may be quoted.
        self.raw: list[str] = []
        self.comments: list[str] = []
        self.angle: list[str] | None = None
        self.closed = False
        self.depth = 0

    def finish(self, parsed: _Parsed) -> Iterator[tuple[str, str]]:
        """The display name and address, if there is any of them; an odd one spoils `parsed.plain`."""
        comment = decode_words("".join(self.comments).encode())[:_MAX_TEXT]
        address, phrase = self._address_and_phrase(parsed)
        if self.depth or (self.angle is not None and not self.closed):
            parsed.plain = False
        if address and not (_plain_address.fullmatch(address) and (address.isascii() or not parsed.unsure)):
            parsed.plain = False
        shown = decode_words(phrase.encode())
        shown = f"{shown} ({comment})" if shown and comment else shown or comment or parsed.group
        if shown or address:
            yield _unquote_once(displayed_order(shown)[:_MAX_TEXT]), address.lower()[:_MAX_TEXT]

    def _address_and_phrase(self, parsed: _Parsed) -> tuple[str, str]:
        """What stands where the address should, and the words before it."""
        phrase = "".join(self.words).strip(" \t")
        if self.angle is not None:
            parsed.plain = parsed.plain and bool("".join(self.angle).strip(" \t"))
            return "".join(self.angle).strip(" \t"), phrase
        bare = "".join(self.raw).strip(" \t")
        if _plain_address.fullmatch(bare):
            return bare, ""
        parsed.plain = parsed.plain and not bare
        return "", phrase


def _unquote_once(shown: str) -> str:
    return shown[1:-1].strip() if len(shown) > 1 and shown[0] == shown[-1] in "'\"" else shown


def _mailboxes(text: str, parsed: _Parsed) -> Iterator[tuple[str, str]]:
    """Follow the tokens of RFC 5322 section 3.4; whatever is off the grammar spoils `parsed.plain`."""
    one = _Mailbox()
    for count, token in enumerate(_token.finditer(text)):
        if count == _MAX_TOKENS:
            parsed.plain = False
            break
        quoted, special, escaped, _, _ = token.groups()
        if one.depth or special in ("(", ")"):
            _take_comment(one, special, token[0], parsed)
        elif special in (",", ";") and (one.angle is None or one.closed or special == ";"):
            yield from one.finish(parsed)
            one = _Mailbox()
            parsed.group = "" if special == ";" else parsed.group
        elif special == ":" and one.angle is None:
            # A group name (section 3.4), shown before its members.
            parsed.plain = False
            parsed.group = decode_words("".join(one.words).encode())[:_MAX_TEXT]
            one = _Mailbox()
        elif special:
            _take_special(one, special, parsed)
        else:
            if escaped:
                parsed.plain = False
            _take_word(one, token[0], quoted, parsed)
    yield from one.finish(parsed)


def _take_comment(one: _Mailbox, special: str | None, text: str, parsed: _Parsed) -> None:
    """Comments nest (section 3.2.2); counted, not recursed into."""
    if special == "(":
        one.depth += 1
    elif special == ")":
        if not one.depth:
            parsed.plain = False
        one.depth = max(0, one.depth - 1)
    elif len(one.comments) < 1000:
        one.comments.append(text)


def _take_special(one: _Mailbox, special: str, parsed: _Parsed) -> None:
    if special == "<" and one.angle is None:
        one.angle = []
    elif special == ">" and one.angle is not None and not one.closed:
        one.closed = True
    elif special == ":" and one.angle is not None and not one.closed:
        # A source route (section 4.4): the address stands behind it.
        parsed.plain = False
        one.angle = []
    else:
        parsed.plain = False


def _take_word(one: _Mailbox, text: str, quoted: str | None, parsed: _Parsed) -> None:
    if one.angle is not None and not one.closed:
        one.angle.append(text)
        return
    if one.closed:
        parsed.plain = parsed.plain and not text.strip()
        if not text.strip():
            return
    one.raw.append(text)
    one.words.append(text if quoted is None else _escape.sub(r"\1", quoted))


def _other_views(text: str) -> Iterator[tuple[str, str]]:
    """What programs that read less strictly may show: every address anywhere in the field."""
    cleaned = _invisible.sub(" ", text)
    glued = _invisible.sub("", text)
    for view in (text, cleaned, glued, displayed_order(text), _invisible.sub("", displayed_order(text))):
        for found in _addresses_in(view):
            yield "", found
    if shown := displayed_order(text):
        yield shown, next(_addresses_in(shown), "")


def _addresses_in(text: str) -> Iterator[str]:
    """Every addr-spec in the text, left to right; of `a@b@c` both `a@b` and `b@c`."""
    at = 0
    for _ in range(_MAX_MAILBOXES):
        found = _some_address.search(text, at)
        if not found:
            return
        yield found[0].strip(".'").lower()
        at = found.start() + found[0].index("@") + 1


def _unique(mailboxes: Iterable[Mailbox]) -> tuple[Mailbox, ...]:
    return tuple(dict.fromkeys(mailboxes))[:_MAX_MAILBOXES]
