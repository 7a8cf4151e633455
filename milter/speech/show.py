"""How is a hostile mail shown so that it can do nothing? As text, with its evidence marked. Pure.

Templates escape what they write; here goes what an escape does not catch: characters that turn a line around
or are not seen, and links that somebody might follow.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from milter.quarantine.held import Held

_KEPT = "\n\t"
# Cc controls, Cf bidi and zero-width, Cs half surrogates, Co private use, Zl and Zp line separators.
_NOT_SEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MAX_QUOTES = 50
_SCHEME = re.compile(r"(?i)h\s{0,3}t\s{0,3}t\s{0,3}p(?=s?\s{0,3}:)")
# In a name of a host, as programs write one that make a link of it; dots of other scripts, too.
_DOT = re.compile(r"(?<=[^\W_])[.\u3002\uff0e\uff61](?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the text of a mail, and whether it is evidence."""

    text: str
    is_evidence: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """Words of the mail that say who it is, how they were read, and each place, with what they are there."""

    shows: str
    folded: str
    places: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Short:
    """Why a mail is held, as far as a line of a list has room: what it shows, and what it wants."""

    likeness: str
    shows: str
    asks: tuple[str, ...]


def is_seen(character: str) -> bool:
    """Whether it is seen where it stands, and does nothing there but that."""
    return unicodedata.category(character) not in _NOT_SEEN


def visible(text: str) -> str:
    """The text, with every character that is not seen or turns the line written as its number; ends of lines,
    as mails have them, stay."""
    return "".join(map(_visible, text.replace("\r\n", "\n")))


def one_line(text: str) -> str:
    """The same on one line."""
    return visible(" ".join(text.split()))


def disarmed(target: str) -> str:
    """A link as text that no program takes for one."""
    return visible(re.sub(r"(?i)^h\s*t\s*t\s*p", "hxxp", target).replace(".", "[.]"))


def unlinked(text: str, limit: int = 300) -> str:
    """Words on one line, in which no mail program finds a link: a scheme, or the name of a host."""
    cut = text if len(text) <= limit else text[:limit] + "…"
    return one_line(_DOT.sub("[.]", _SCHEME.sub("hxxp", cut)))


def marked(text: str, quotes: Iterable[str]) -> list[Piece]:
    """The text in pieces, those that say a quote marked; white space may differ. None of blanks alone."""
    if not text.strip():
        return []
    found: list[tuple[int, int]] = []
    for quote in [*dict.fromkeys(filter(None, quotes))][:_MAX_QUOTES]:
        pattern = r"\s+".join(map(re.escape, quote.strip(" …").split()))
        found += [match.span() for match in re.finditer(pattern, text)] if pattern else []
    pieces, at = [], 0
    for start, end in sorted(found):
        if start < at:
            continue
        pieces += [Piece(text[at:start]), Piece(text[start:end], is_evidence=True)]
        at = end
    return [piece for piece in (*pieces, Piece(text[at:])) if piece.text]


def quotes_of(grounds: Any) -> list[str]:
    """What the verdict (`grounds_of`) quotes of the mail."""
    asks = [ask["quote"] for ask in grounds["asks"]]
    return [*asks, *(trace["shows"] for trace in grounds["claim"]["evidence"])]


def traces_of(grounds: Any) -> list[Trace]:
    """The evidence of the claim, words that stand for several things only once."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for trace in grounds["claim"]["evidence"]:
        folded = "" if trace["likeness"] == "voice" else trace["folded"]
        place = (trace["where"], trace["likeness"])
        places = found.setdefault((trace["shows"], folded), [])
        if place not in places:
            places.append(place)
    return [Trace(shows, folded, tuple(places)) for (shows, folded), places in found.items()]


def in_short(grounds: Any) -> Short | None:
    """None where nothing is kept of the grounds."""
    evidence = grounds["claim"]["evidence"]
    if not evidence:
        return None
    likeness = grounds["claim"]["likeness"]
    chief = next((trace for trace in evidence if trace["likeness"] == likeness), evidence[0])
    return Short(likeness, chief["shows"], tuple(dict.fromkeys(ask["kind"] for ask in grounds["asks"])))


def sender(held: Held) -> str:
    """Who it says it is from, name and address."""
    address = held.author_address
    return f"{held.author} <{address}>" if held.author and address else held.author or address or "<>"


def _visible(character: str) -> str:
    if character in _KEPT or is_seen(character):
        return character
    return f"⟨U+{ord(character):04X}⟩"
