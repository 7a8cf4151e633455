"""What do the traces of a claim weigh together, and in the light of who speaks? Pure."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from milter.claim.claim import FALSE_ADDRESS, LOOKALIKE_LINK, OFFER, Evidence, Grade, Likeness, Strength
from milter.claim.speaking.speaker import Speaker
from milter.claim.words import ClaimWords

# Traces that the organisation leaves wherever its words are delivered, by whomever.
SPOKEN = frozenset(
    {
        *("letterhead", "sign-off", "footer", "speech", "first person", "issuer", "label"),
        *(LOOKALIKE_LINK, FALSE_ADDRESS, OFFER),
    }
)

# What a sender who says his own name would have to explain as well as one who does not.
_UNDILUTED = frozenset({"first person", LOOKALIKE_LINK, FALSE_ADDRESS, "label"})


class Scales:
    """The weights, shares and thresholds of config/claim.toml."""

    def __init__(self, common: ClaimWords) -> None:
        """Keep them."""
        self._common = common

    def points(self, found: list[Evidence], from_author: int, names: Callable[[], bool]) -> int:
        """What the traces weigh together; matter alone, without any name, is never beyond doubt.

        `names` tells whether the text says a name of the organisation, or of what it alone manages.
        """
        thresholds = self._common.thresholds
        by_name = from_author + sum(e.weight for e in found if e.likeness is Likeness.VOICE)
        points = by_name + sum(e.weight for e in found if e.likeness is Likeness.MATTER)
        if by_name >= thresholds.strong or points < thresholds.strong or names():
            return points
        return thresholds.strong - 1

    def are_of_any_trade(self, found: list[Evidence]) -> bool:
        """True where there is something, and all soft: what who pays or certifies is called, and does."""
        weights = self._common.weights
        soft = {
            "From": (weights.soft_matter_in_display, weights.soft_matter_in_domain),
            "deed": (weights.soft_deed, weights.second_object),
        }
        return bool(found) and all(one.weight in soft.get(one.where, ()) for one in found)

    def strength(self, points: int) -> Strength:
        """How sure that is."""
        thresholds = self._common.thresholds
        if points >= thresholds.strong:
            return Strength.STRONG
        return Strength.LIKELY if points >= thresholds.likely else Strength.WEAK

    def graded(self, found: Iterable[Evidence]) -> tuple[Evidence, ...]:
        """The traces, each with how much it shows by itself."""
        weights = self._common.weights
        plain, whole = weights.letterhead, min(weights.display_name, weights.lookalike_domain)
        return tuple(
            replace(one, grade=Grade.WHOLE if one.weight >= whole else Grade.PLAIN)
            if one.weight >= plain
            else one
            for one in found
        )

    def in_the_light_of(self, who: Speaker, voice: list[Evidence]) -> list[Evidence]:
        """A sender who says his own name speaks for himself; one who nowhere does lends his voice."""
        if not voice:
            return voice
        if who is Speaker.SENDER and not any(e.where in SPOKEN for e in voice):
            # It speaks in its own name, of things that have a like name.
            return []
        if who is Speaker.SENDER:
            # What the organisation heads and signs is its letter, whoever sends it.
            whole = {"letterhead", "sign-off"} <= {e.where for e in voice}
            return [replace(e, weight=e.weight * self._share(e, whole=whole) // 100) for e in voice]
        weights = self._common.weights
        spoken = next((e for e in voice if e.weight >= weights.subject_name), None)
        if spoken is None or (who is Speaker.PERSON and spoken.where not in SPOKEN):
            return voice
        weight = weights.person if who is Speaker.PERSON else weights.nobody_else
        return [*voice, Evidence("sender", spoken.shows, spoken.folded, Likeness.VOICE, weight)]

    def _share(self, evidence: Evidence, *, whole: bool) -> int:
        shares = self._common.shares
        if evidence.where not in SPOKEN:
            return shares.own_name
        if evidence.where in _UNDILUTED:
            return 100
        # "Votre Assurance Maladie" is how the organisation alone signs.
        yours = evidence.folded.partition(" ")[0] in self._common.yours
        spoken = shares.own_name_whole if whole else shares.own_name_spoken
        return shares.own_name_yours if yours else spoken
