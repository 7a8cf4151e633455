"""Is the letter written in the manner of the brand's impostors? A second opinion on a claim, and a last one.

Pure. Never raises on anything a sender writes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from milter.brand.brand import Brand
from milter.claim.claim import (
    ACTING,
    ENCLOSED,
    SENT_ON,
    WORDING,
    Basis,
    Claim,
    Evidence,
    Likeness,
    Manner,
    Strength,
)
from milter.claim.others.enclosed import what_is_enclosed
from milter.claim.others.forward import letter_in
from milter.claim.speaking.speaker import Speaker
from milter.claim.words import Opinion
from milter.claim.writing.passage import passage
from milter.claim.writing.wording import Worded, Wording, is_in_files
from milter.mail.reading import Reading


@dataclass(frozen=True, slots=True)
class Manners:
    """The wording of each brand, by its key, and what follows from it."""

    wordings: Mapping[str, Wording]
    opinion: Opinion

    def of_claim(self, claim: Claim, reading: Reading) -> Claim:
        """The claim, and the manner of the mail's own text, or of its files where it has next to none; of
        what it forwards or encloses, where that makes the claim. Of a long letter, that of the passage that
        makes it, where impostors write more like that. Of what was filled in the rest of it is another's.
        """
        if claim.basis is Basis.FILLED_IN:
            return claim
        letter = reading
        if claim.basis in SENT_ON:
            letter = letter_in(reading, claim.basis)
        elif claim.basis in ENCLOSED and not is_in_files(reading):
            letter = what_is_enclosed(reading)
        worded = self.worded(letter, claim.brand)
        if worded is None or worded.percent < self.opinion.surest:
            near = passage(claim, letter)
            closer = None if near is None else self.worded(near, claim.brand)
            worded = _most_like_impostors((worded, closer))
        if worded is None:
            return claim
        return replace(
            claim,
            manner=self._manner(worded, claim.basis),
            evidence=(*claim.evidence, _trace(worded)),
        )

    def worded(self, reading: Reading, brand: Brand) -> Worded | None:
        """How the mail is worded, in that of its versions that impostors write most like; None where that is
        not known of the brand, or cannot be told.
        """
        wording = self.wordings.get(brand.key)
        if wording is None:
            return None
        versions = (reading, *(replace(reading, text=text) for text in reading.versions))
        return _most_like_impostors(map(wording.read, versions))

    def alone(self, worded: Worded, brand: Brand) -> Claim | None:
        """The claim of a mail that makes none, but is worded throughout as the brand's impostors write.

        The surer the wording, the less the mail need want to be worth telling: a strong one a click, a likely
        one what does harm, a weak one secrets; the surest one nothing that was seen.
        """
        if worded.percent < self.opinion.alone_secrets:
            return None
        strength = Strength.WEAK if worded.percent < self.opinion.alone else Strength.LIKELY
        strength = strength if worded.percent < self.opinion.alone_click else Strength.STRONG
        manner, evidence = self._manner(worded), (_trace(worded),)
        return Claim(brand, Likeness.VOICE, strength, evidence, basis=Basis.WORDED, manner=manner)

    def is_less_than_likely(self, worded: Worded) -> bool:
        """True where it is worded so little as impostors write that to speak of the brand changes nothing."""
        return worded.percent < self.opinion.spoken_of

    def makes_a_trace(self, worded: Worded, who: Speaker, *, own_name: bool) -> bool:
        """True where it is so surely worded that to speak of the brand is a trace of a claim.

        A body that says its own name (`own_name`: its domain's, too) may write of what the brand manages.
        """
        if who is not Speaker.SENDER:
            return self.is_sure(worded)
        return self.is_beyond_doubt_of_a_body(worded) if own_name else worded.percent >= self.opinion.surest

    def is_likely(self, worded: Worded) -> bool:
        """True where it is likely worded as impostors write."""
        return worded.percent >= self.opinion.impostor

    def is_sure(self, worded: Worded) -> bool:
        """True where it is surely worded as an impostor's, whatever it says of the organisation's wishes."""
        return worded.percent >= self.opinion.sure

    def is_beyond_doubt_of_a_body(self, worded: Worded) -> bool:
        """True where it is so surely worded that not even a body that says its own name writes so."""
        return worded.percent >= self.opinion.surest_of_body

    def _manner(self, worded: Worded, basis: Basis = Basis.WORDED) -> Manner:
        sure = self.opinion.sure_charged if basis is Basis.CHARGED else self.opinion.sure
        likely = self.opinion.impostor_acting if basis in ACTING else self.opinion.impostor
        if worded.percent >= self.opinion.surest:
            return Manner.SUREST_IMPOSTOR
        if worded.percent >= sure:
            return Manner.SURE_IMPOSTOR
        if worded.percent >= likely:
            return Manner.IMPOSTOR
        if worded.percent <= self.opinion.surely_other:
            return Manner.SURE_OTHER
        return Manner.OTHER if worded.percent <= self.opinion.other else Manner.NEITHER


def _most_like_impostors(read: Iterable[Worded | None]) -> Worded | None:
    return max(filter(None, read), key=lambda worded: worded.percent, default=None)


def _trace(worded: Worded) -> Evidence:
    shows = ", ".join(worded.terms)
    return Evidence(WORDING, shows, f"{worded.percent} %", Likeness.VOICE, weight=0)
