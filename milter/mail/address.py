"""Who may a reader be shown as the author of this mail, and where would an answer go?

Pure. Never raises. Mail programs differ on every liberty taken in these fields ("Composition Kills",
USENIX Security 2020), so all their views come back, the plain reading of RFC 5322 first.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple
from weakref import WeakKeyDictionary

from milter.mail.coding.charset import decode_text
from milter.mail.coding.encoded_word import decode_words_oddly
from milter.mail.message import Field, Message
from milter.mail.reading import Mailbox, one_author
from milter.mail.remembered import remembered
from milter.mail.structure.mailboxes import MAX_TEXT, Parsed, mailboxes
from milter.mail.text.bidi import displayed_order

_MAX_MAILBOXES = 200
_MAX_FIELDS = 20  # of a name
# Of all fields together: some octets of a field are a token, and its other views read it five times.
_MAX_TOKENS = 10_000
_MAX_VIEWED = 64 * 1024
_MAX_LOCAL_PART = 64
_USUAL = 400  # octets of a field

_at_domain = re.compile(r"@[\w-]{1,63}(?:\.[\w-]{1,63}){1,20}")
_local_part_backwards = re.compile(r"[\w!#$%&'*+/=?^`{|}~.-]+")
_address = re.compile(r"(?<![\w.!#$%&'*+/=?^`{|}~-])[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,253}")
_invisible = re.compile(
    "[\0-\x20\x7f\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u2400-\u2421\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufffd]+"
)


@dataclass(frozen=True, slots=True)
class Addresses:
    """The mailboxes of the author fields and of Reply-To; `ambiguous` holds `author` where there is
    not exactly one From field with exactly one plainly readable mailbox, `reply_to` likewise where
    that field is there; `unreadable` may hold `charset`, and `addresses` where not all were read."""

    authors: tuple[Mailbox, ...]
    reply_to: tuple[Mailbox, ...]
    ambiguous: frozenset[str] = frozenset()
    unreadable: frozenset[str] = frozenset()

    @property
    def author(self) -> Mailbox | None:
        """As in `Reading`."""
        return one_author(self.authors, self.ambiguous)


@dataclass(slots=True)
class _Room:
    """What may still be read of the address fields of a mail, and what was left out for it."""

    tokens: int = _MAX_TOKENS
    viewed: int = _MAX_VIEWED
    unreadable: set[str] = field(default_factory=set)

    def view(self, text: str) -> str:
        """As much of the text as may be viewed in other ways."""
        shown = text[: self.viewed]
        self.viewed -= len(shown)
        if len(shown) < len(text) or len(text) == MAX_TEXT:
            self.unreadable.add("addresses")
        return shown


class _Read(NamedTuple):
    """One field: its plain mailboxes as name and address, whether all of it was plain, the whole of it
    decoded, whether a charset was odd, and how many tokens were read."""

    mailboxes: tuple[tuple[str, str], ...]
    plain: bool
    text: str
    strange: bool
    tokens: int


def read_readers(message: Message) -> tuple[str, ...]:
    """The addresses of To and Cc, lower case, without doubles; the first of very many."""
    written = " ".join(
        one.value[:_MAX_VIEWED].decode("ascii", "replace")
        for key in ("to", "cc")
        for one in message.all(key)[:_MAX_FIELDS]
    )
    found = (one[0].lower() for one in islice(_address.finditer(written[:_MAX_VIEWED]), _MAX_MAILBOXES))
    return tuple(dict.fromkeys(found))


# A mail is asked several times who its author is.
_known: WeakKeyDictionary[Message, Addresses] = WeakKeyDictionary()


def read_addresses(message: Message) -> Addresses:
    """All author and reply views of the mail, without doubles."""
    found = _known.get(message)
    if found is None:
        found = _known[message] = _addresses(message)
    return found


def _addresses(message: Message) -> Addresses:
    ambiguous: set[str] = set()
    room = _Room()
    fields = message.all("from")
    found, plain = _read_fields(fields, "From", room)
    if not plain or len(found) != 1 or len(fields) != 1 or not fields[0].plain:
        ambiguous.add("author")
        for key, name in (("sender", "Sender"), ("resent-from", "Resent-From")):
            found += _read_fields(message.all(key), name, room)[0]
    replies = message.all("reply-to")
    reply_to, reply_plain = _read_fields(replies, "Reply-To", room)
    if replies and not (reply_plain and len(replies) == 1):
        ambiguous.add("reply_to")
    return Addresses(_unique(found), _unique(reply_to), frozenset(ambiguous), frozenset(room.unreadable))


def _read_fields(fields: tuple[Field, ...], name: str, room: _Room) -> tuple[list[Mailbox], bool]:
    """The views of these fields, plain readings before the others; True if all keep to the grammar."""
    first: list[Mailbox] = []
    others: list[Mailbox] = []
    plain = bool(fields)
    if len(fields) > _MAX_FIELDS:
        room.unreadable.add("addresses")
    for one in fields[:_MAX_FIELDS]:
        read = _read_field(one.value, room.tokens)
        room.tokens -= read.tokens
        if read.strange:
            room.unreadable.add("charset")
        if room.tokens <= 0 or len(read.mailboxes) == _MAX_MAILBOXES:
            room.unreadable.add("addresses")
        first += [Mailbox(shown, address, name) for shown, address in read.mailboxes]
        plain = plain and read.plain
        if not read.plain or (name != "Reply-To" and len(read.mailboxes) != 1):
            others += [Mailbox(*view, name) for view in _other_views(room.view(read.text))]
    return first + others, plain


def _read_field(value: bytes, most: int) -> _Read:
    """What the grammar says of it, of no more than so many tokens."""
    # Most authors write again; no token is empty.
    return _read_usual(value) if len(value) <= min(most, _USUAL) else _read_tokens(value, most)


@remembered(512, longest=_USUAL)
def _read_usual(value: bytes) -> _Read:
    return _read_tokens(value, _MAX_TOKENS)


def _read_tokens(value: bytes, most: int) -> _Read:
    text, odd = decode_text(value)
    parsed = Parsed(most, unsure=odd)
    found = tuple(islice(mailboxes(text, parsed), _MAX_MAILBOXES))
    whole, strange = decode_words_oddly(value)
    return _Read(found, parsed.plain, whole[:MAX_TEXT], strange, parsed.tokens)


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
    found = 0
    for domain in _at_domain.finditer(text):
        # Backwards from each at-sign: a search for the local-part would begin anew at every letter.
        before = text[max(0, domain.start() - _MAX_LOCAL_PART) : domain.start()]
        if local_part := _local_part_backwards.match(before[::-1]):
            yield f"{local_part[0][::-1]}{domain[0]}".strip(".'").lower()
            found += 1
        if found == _MAX_MAILBOXES:
            return


def _unique(mailboxes: Iterable[Mailbox]) -> tuple[Mailbox, ...]:
    return tuple(dict.fromkeys(mailboxes))[:_MAX_MAILBOXES]
