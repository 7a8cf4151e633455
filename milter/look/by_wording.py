"""What does a mail claim by its wording, alone or beside a trace of a claim?

Pure. Wording alone never makes a mail the organisation's; it says how much of a trace is needed.
"""

from dataclasses import replace

from milter.claim.claim import ACTING, SURE_IMPOSTORS, THIRD_PARTY, Basis, Claim, Manner, Strength
from milter.claim.others.enclosed import in_file, what_is_enclosed
from milter.claim.read import ClaimReader
from milter.claim.speaking.speaker import Speaker
from milter.claim.writing.manner import Manners
from milter.claim.writing.wording import Worded, is_in_files
from milter.mail.reading import Reading


def claim_by_wording(reading: Reading, reader: ClaimReader, manners: Manners) -> Claim | None:
    """The claim of a mail that makes none of its own, by its text or by its files; None for most mail."""
    return _worded(reading, reader, manners) or _worded_in_files(reading, reader, manners)


def trace_by_wording(reading: Reading, reader: ClaimReader, manners: Manners) -> Claim | None:
    """The same of the text alone, where a trace of a claim stands in it, too."""
    found = _worded(reading, reader, manners)
    return None if found is None or found.basis is Basis.WORDED else found


def with_trace(claim: Claim, reading: Reading, reader: ClaimReader) -> Claim:
    """The claim; where a third party's wording is surely an impostor's, the trace of one that he shows."""
    if claim.basis not in THIRD_PARTY - ACTING or claim.manner not in SURE_IMPOSTORS:
        return claim
    trace = reader.trace(reading)
    if trace is None or trace.basis is not Basis.SHOWN:
        return claim
    return replace(trace, manner=claim.manner, evidence=(*trace.evidence, claim.evidence[-1]))


def _worded(reading: Reading, reader: ClaimReader, manners: Manners) -> Claim | None:
    worded = manners.worded(reading, reader.brand)
    claim = None if worded is None else manners.alone(worded, reader.brand)
    if worded is None or claim is None:
        return None
    beyond_doubt = claim.manner is Manner.SUREST_IMPOSTOR
    if not reader.is_of_its_field(reading) or reader.is_of_others(reading, beyond_doubt=beyond_doubt):
        return None
    if reader.kinds.is_a_list(reading):
        return None
    # Whoever warns of frauds quotes them.
    quotes = reader.warns_of_frauds(reading)
    found = (not quotes and _beside_a_trace(claim, worded, reading, reader, manners)) or claim
    if found.basis is not Basis.WORDED:
        return found
    # A file is often another's: the picture of a summons is a fraud of another brand.
    return None if is_in_files(reading) else replace(found, own_name=reader.says_own_name(reading))


def _worded_in_files(reading: Reading, reader: ClaimReader, manners: Manners) -> Claim | None:
    """The claim, weak as it may be, of attachments that stand in for the letter, where their wording is
    surely an impostor's. Wording alone says nothing here, since a file is often another's.
    """
    if not reader.is_spoken_for(reading):
        return None
    letter = what_is_enclosed(reading)
    claim = reader.read(letter)
    found = _worded(letter, reader, manners) if claim is None else manners.of_claim(claim, letter)
    if found is None or found.basis is Basis.WORDED or found.manner not in SURE_IMPOSTORS:
        return None
    shows = found.basis in (Basis.SHOWN, Basis.ENCLOSED)
    basis = Basis.ENCLOSED if shows else Basis.ENCLOSED_SPOKEN_OF
    return replace(found, basis=basis, evidence=in_file(found.evidence))


def _beside_a_trace(
    claim: Claim, worded: Worded, reading: Reading, reader: ClaimReader, manners: Manners
) -> Claim | None:
    """What more such a mail claims by a trace of a claim, or by a word of the brand; None for nothing."""
    trace = reader.trace(reading) if claim.manner in SURE_IMPOSTORS else None
    if trace is not None:
        return replace(trace, manner=claim.manner, evidence=(*trace.evidence, *claim.evidence))
    said = reader.spoken_of(reading)
    if said is None:
        return None
    own_name, who = reader.says_own_name(reading), reader.speaker(reading)
    if claim.manner is Manner.SUREST_IMPOSTOR and reader.is_called_by_words(reading):
        # Platforms and newsletters are called so, but do not write like this.
        own_name, who = False, Speaker.NOBODY
    evidence = (said, *claim.evidence)
    if manners.makes_a_trace(worded, who, own_name=own_name):
        return replace(claim, basis=Basis.SPOKEN_OF, evidence=evidence)
    if own_name or manners.is_less_than_likely(worded):
        return None
    # The less the sender says who he is, the less he need want.
    least = Strength.LIKELY if who is Speaker.SENDER else Strength.STRONG
    return replace(claim, strength=max(claim.strength, least), evidence=evidence)
