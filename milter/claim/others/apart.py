"""Does anything but the mail's own voice make the claim: its files, what a third party says of the
organisation, what somebody filled in?

Pure. Never raises on anything a sender writes.
"""

from collections.abc import Callable

from milter.brand.brand import Brand
from milter.claim.claim import Basis, Claim, Evidence, Likeness, Strength, trace
from milter.claim.names.stems import Stems
from milter.claim.others.enclosed import are_pages, in_file, what_is_enclosed
from milter.claim.others.filled_in import FilledIn
from milter.claim.others.notified import Notified
from milter.claim.view import View, Views
from milter.claim.weighing import Scales
from milter.claim.words import ClaimWords
from milter.mail.reading import Reading
from milter.mail.text.folding import fold

_NEWS = frozenset({"text", "issuer"})


class Apart:
    """Reads such claims for one brand; built once."""

    def __init__(
        self,
        brand: Brand,
        common: ClaimWords,
        views: Views,
        stems: Stems,
        scales: Scales,
        weigh: Callable[[Reading, list[Evidence], View], Claim | None],
    ) -> None:
        """`weigh` gives the claim of a letter that stands by itself."""
        self._brand = brand
        self._weights = common.weights
        self._scales = scales
        self._stems = stems
        self._views = views
        self._plain = views.plain
        self._filled_in = FilledIn(brand, self._plain.names, self._plain.comparer)
        self._notified = Notified(common, self._plain.names, self._plain.comparer)
        self._weigh = weigh

    def enclosed(self, reading: Reading) -> Claim | None:
        """The claim that the files make of a mail in which nobody stands between them and the reader."""
        if not self._stems.stand_in(fold(reading.attached)):
            return None
        inner = what_is_enclosed(reading)
        claim = self._weigh(inner, [], self._views.of(inner))
        if claim is None or claim.strength is Strength.WEAK:
            return None
        # News of what it alone manages, for this reader; a poster speaks as the organisation, too.
        news = any(e.where in _NEWS and e.weight >= self._weights.owns_object for e in claim.evidence)
        strength = claim.strength if news or are_pages(reading) else Strength.LIKELY
        return Claim(self._brand, claim.likeness, strength, in_file(claim.evidence), basis=Basis.ENCLOSED)

    def relayed(self, reading: Reading) -> Claim | None:
        """What a third party says of the organisation, where he acts for it or leads to another's host."""
        if self._views.of(reading) is not self._plain:
            return None
        said = self._plain.voice.relayed(reading)
        if said is None or self._plain.voice.reports(reading):
            return None
        basis, evidence = said
        return Claim(self._brand, Likeness.VOICE, Strength.WEAK, (evidence,), basis=basis)

    def filled_in(self, reading: Reading) -> Claim | None:
        """The claim of a letter that somebody wrote into another's form."""
        return self._claim_filled_in(reading, self._filled_in.letter_in(reading))

    def notified(self, reading: Reading) -> Claim | None:
        """The claim of one whom a platform calls like the organisation where it says that he wrote."""
        if self._views.of(reading) is self._views.notice:
            return None
        return self._claim_filled_in(reading, self._notified.line_in(reading))

    def _claim_filled_in(self, reading: Reading, said: str | None) -> Claim | None:
        if said is None or self._plain.voice.reports(reading):
            return None
        evidence = self._scales.graded([trace(Basis.FILLED_IN.value, said, self._weights.letterhead)])
        return Claim(self._brand, Likeness.VOICE, Strength.STRONG, evidence, basis=Basis.FILLED_IN)
