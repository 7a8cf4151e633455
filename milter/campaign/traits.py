"""What do all copies of one letter have in common? Their text and the skeleton of their links.

Pure. Never raises on anything a sender writes; what is read of a mail is bounded.

The text is taken as its reader sees it, folded, without what differs from one recipient to the next: words
with digits (numbers, amounts, dates, references), addresses, links, names of months and days, and the names
of those whom it is written to. Of the links it is the domains that must be the same: the rest of an address
is made anew for each recipient, while a letter that is copied with another link is another letter, and a
decision on the one must not be one on the other (THREATS: honest texts are copied). Where there is hardly a
text, what is attached must be the same, octet for octet.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from milter.campaign.sketch import Sketch, bands_of, resemblance, sketch_of
from milter.look.worth import beginning, is_large
from milter.mail.coding.encoded_word import decode_words
from milter.mail.message import Message
from milter.mail.read import read
from milter.mail.reading import Link, LinkKind
from milter.mail.structure.mime import walk
from milter.mail.text.folding import fold
from milter.mail.text.spaced_letters import join_spaced

# Of a text that is longer the beginning is read: 10,000 letters are three pages.
_LETTERS, _WORDS, _LONGEST_WORD = 20_000, 1_500, 20
_LINKS, _DOMAINS, _PARTS = 500, 40, 20
_SEGMENTS, _LONGEST_PATH = 6, 200
# Words that are too few to know a letter by.
_FEW_WORDS = 12
# With a part of this share of its runs in another text, a text is a copy of it: measured, see
# `python -m tests.bench.campaign`.
ALIKE = 0.45

_WORD = re.compile(r"[^\W_]+")
_NAME = re.compile(r"[^\W\d_]{3,}")
_PLAIN_SEGMENT = re.compile(r"[a-z]{2,16}(?:[-_.][a-z]{2,16}){0,3}")
_FOLLOWED = frozenset({LinkKind.ANCHOR, LinkKind.FORM, LinkKind.TEXT, LinkKind.REFRESH})
# fmt: off
_DATES = frozenset({
    "janvier", "fevrier", "mars", "avril", "mai", "juin",
    "juillet", "aout", "septembre", "octobre", "novembre", "decembre",
    "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
})
# fmt: on


@dataclass(frozen=True, slots=True)
class Traits:
    """What a letter is known by. `links` are its links without what differs from copy to copy: host and
    shape of the path. `skeleton` is the same for all letters whose links and attachments are alike."""

    sketch: Sketch
    skeleton: str
    links: tuple[str, ...] = ()


def traits_of(raw: bytes, recipients: Iterable[str]) -> Traits:
    """The traits of a mail that was sent to these forward-paths."""
    message = Message(raw)
    reading = read(beginning(message) if is_large(message, walk(message)) else message)
    named = _names(message, recipients)
    words = _words(f"{reading.subject}\n{reading.text or reading.quoted}", named)
    followed = [link for link in reading.links[:_LINKS] if link.kind in _FOLLOWED]
    domains = sorted({link.host.organizational.name for link in followed if link.host})[:_DOMAINS]
    attached = _attached(message) if len(words) < _FEW_WORDS else []
    skeleton = hashlib.sha256("\n".join([*domains, "", *attached]).encode()).hexdigest()
    shapes = dict.fromkeys(shape for link in followed if (shape := shape_of(link)))
    return Traits(sketch_of(words), skeleton, tuple(shapes)[:_DOMAINS])


def keys_of(traits: Traits) -> tuple[int, ...]:
    """The numbers, below 2^63, by which a letter is found again. The skeleton is in them: what has only the
    text in common has none of them, however many there are of it."""
    key = traits.skeleton.encode("ascii")
    mixed = (hashlib.blake2b(band.to_bytes(4), key=key, digest_size=8) for band in bands_of(traits.sketch))
    return tuple(int.from_bytes(one.digest()) >> 1 for one in mixed)


def nearest(sketch: Sketch, known: Iterable[tuple[int, Sketch]]) -> int | None:
    """The number of the sketch that this one is a copy of, of several the nearest, then the oldest; None
    where it is a copy of none."""
    found = ((resemblance(sketch, other), -number) for number, other in known)
    share, number = max(found, default=(0.0, 0))
    return -number if share >= ALIKE else None


def shape_of(link: Link) -> str:
    """The host of a link and its path, with a `*` for each part that is no plain word; empty where it leads
    to no host."""
    if link.host is None:
        return ""
    path = link.target.partition("://")[2].partition("?")[0].partition("#")[0].partition("/")[2]
    parts = [part if _PLAIN_SEGMENT.fullmatch(part) else "*" for part in path.lower().split("/")[:_SEGMENTS]]
    return f"{link.host.name}/{'/'.join(parts) if path else ''}"[:_LONGEST_PATH]


def hosts_of(links: Iterable[str]) -> frozenset[str]:
    """The hosts of links that `shape_of` has made."""
    return frozenset(link.partition("/")[0] for link in links)


def _names(message: Message, recipients: Iterable[str]) -> frozenset[str]:
    to = message.first("to")
    shown = decode_words(to.value[:2000]) if to else ""
    found = (name for text in (shown, *recipients) for name in _NAME.findall(fold(text[:2000])))
    return frozenset(found)


def _words(text: str, names: frozenset[str]) -> list[str]:
    plain, left_out = join_spaced(fold(text[:_LETTERS])), _DATES | names
    words: list[str] = []
    for token in plain.split():
        # Nearly all are words and nothing else.
        if token.isalpha():
            words.append(token)
        elif not _is_address(token):
            words += _WORD.findall(token)
    kept = (word[:_LONGEST_WORD] for word in words if word not in left_out)
    return [word for word in kept if not _has_digit(word)][:_WORDS]


def _is_address(token: str) -> bool:
    return "@" in token or "://" in token or "." in token.strip(".,;:!?()[]\"'")


def _has_digit(word: str) -> bool:
    return not word.isalpha() and any(map(str.isdigit, word))


def _attached(message: Message) -> list[str]:
    return sorted(_digests(message))


def _digests(message: Message) -> Iterator[str]:
    for part in walk(message).parts[:_PARTS]:
        content = part.decoded(len(part.raw))
        if part.content_type not in {"text/plain", "text/html"} or b"data:image/" in content:
            yield hashlib.sha256(content).hexdigest()
