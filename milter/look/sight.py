"""What did a look at the mail show? The value, and its form in JSON, in which a child tells it.

Pure. `from_json` raises ValueError on anything that `to_json` does not write.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from milter.ask.ask import Ask
from milter.brand.brand import Brand
from milter.brand.promise import AskKind
from milter.claim.claim import Basis, Claim, Evidence, Grade, Likeness, Manner, Strength

_MOST_EVIDENCE = 200
_LONGEST = 2000
_LONGEST_WORD = 40


@dataclass(frozen=True, slots=True)
class Sight:
    """The claim and the asks of a mail; `unreadable` and `ambiguous` as in `Reading`."""

    claim: Claim | None
    asks: tuple[Ask, ...] = ()
    unreadable: frozenset[str] = field(default_factory=frozenset)
    ambiguous: frozenset[str] = field(default_factory=frozenset)


def to_json(sight: Sight) -> dict[str, Any]:
    """The sight in values that JSON knows. Promises are left out: both sides have them."""
    claim = sight.claim
    return {
        "claim": None
        if claim is None
        else {
            "brand": claim.brand.key,
            "likeness": claim.likeness.value,
            "strength": int(claim.strength),
            "basis": claim.basis.value,
            "own_name": claim.own_name,
            "manner": claim.manner.value,
            "foreign": claim.foreign,
            "evidence": [
                [e.where, e.shows[:_LONGEST], e.folded[:_LONGEST], e.likeness.value, e.weight, int(e.grade)]
                for e in claim.evidence[:_MOST_EVIDENCE]
            ],
        },
        "asks": [[ask.kind.value, ask.quote, ask.where] for ask in sight.asks],
        "unreadable": sorted(sight.unreadable),
        "ambiguous": sorted(sight.ambiguous),
    }


def from_json(value: Any, brands: Iterable[Brand]) -> Sight:
    """The sight that a child tells, each value of the kind that it must have."""
    try:
        claim = None if value["claim"] is None else _claim(value["claim"], {one.key: one for one in brands})
        asks = value["asks"] if claim else ()
        return Sight(
            claim,
            tuple(_ask(*map(_text, ask)) for ask in asks[: len(AskKind)]) if claim else (),
            _words(value["unreadable"]),
            _words(value["ambiguous"]),
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError("not a sight") from error


def _claim(value: Any, brands: dict[str, Brand]) -> Claim:
    evidence = tuple(
        Evidence(_text(where), _text(shows), _text(folded), Likeness(likeness), int(weight), Grade(grade))
        for where, shows, folded, likeness, weight, grade in value["evidence"][:_MOST_EVIDENCE]
    )
    if not evidence:
        raise ValueError("a claim that nothing shows")
    return Claim(
        brands[value["brand"]],
        Likeness(value["likeness"]),
        Strength(value["strength"]),
        evidence,
        basis=Basis(value["basis"]),
        own_name=value["own_name"] is True,
        manner=Manner(value["manner"]),
        foreign=value["foreign"] is True,
    )


def _ask(kind: str, quote: str, where: str) -> Ask:
    return Ask(AskKind(kind), quote, where)


def _words(value: Any) -> frozenset[str]:
    return frozenset(_text(word)[:_LONGEST_WORD] for word in value[:_MOST_EVIDENCE])


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value[:_LONGEST]
