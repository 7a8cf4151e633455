"""Does a letter that the mail forwards, or encloses, make the claim, and what has its sender to do with it?

Pure. Never raises on anything a sender writes.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from milter.claim.claim import IN_A_FILE, Basis, Claim, Likeness, Strength
from milter.claim.names.author import AuthorReader
from milter.claim.names.comparer import Comparer
from milter.claim.others.forward import Forwards, Note, letter_in
from milter.claim.others.talk import Talk
from milter.claim.speaking.speaker import Speaker, speaker
from milter.claim.words import ClaimWords
from milter.mail.reading import Reading

# An author who looks like the organisation, and does not even write from its address.
_LIKE_IT = frozenset({Likeness.LOOKALIKE_DOMAIN, Likeness.DISPLAY_NAME, Likeness.LOCAL_PART})
# Who sends back what could not be delivered (RFC 5321 section 4.5.5); and who writes other mail, too, but
# sends back what stands below a report of its delivery (RFC 3464).
_RETURNING, _REPORTING = "mailer-daemon", "postmaster"
_REPORT = "message/delivery-status"
# Also what a program answers for who is away.
_ANSWER = re.compile(
    r"\s*(?:\[[^\]]{0,60}\]\s*)?(?:re|r[ée]ponse automatique|absence(?: du bureau)?|message d['’]absence"
    r"|absente?|automatic reply|auto(?:-?reply)?|out of (?:the )?office)\s?:",
    re.IGNORECASE,
)
# Above what somebody forwards, and never above what he answers, whatever his subject says: "Re: Fwd: ...".
_FORWARDED = re.compile(
    r"[\s>*]{0,20}[-_=~*\u2010-\u2015]{0,60}[ \t]{0,5}(?:d[ée]but du )?"
    r"(?:(?:message|mail|courriel|e-?mail)[ \t](?:transf[ée]r[ée]|r[ée]exp[ée]di[ée])"
    r"|(?:begin[ \t])?forwarded[ \t](?:message|e?-?mail))",
    re.IGNORECASE,
)


class ForwardedLetters:
    """Reads forwarded letters for one brand; built once."""

    def __init__(
        self,
        common: ClaimWords,
        talk: Talk,
        author: AuthorReader,
        comparer: Comparer,
        read: Callable[[Reading], Claim | None],
    ) -> None:
        """`read` gives the claim of a letter that stands by itself."""
        self._forwards = Forwards(common)
        self._talk = talk
        self._author = author
        self._comparer = comparer
        self._read = read

    def sent_to(self, reading: Reading) -> Claim | None:
        """The claim of a forwarded letter to which the sender sends his reader."""
        found = self._letter(reading, Basis.FORWARDED) if reading.quoted else None
        if found is None:
            return None
        note, claim, letter = found
        if claim.strength is Strength.WEAK or (claim.strength is Strength.LIKELY and not note.urges):
            return None
        own = self._forwards.is_its_senders(letter, reading)
        silent = note.silent and speaker(reading, self._comparer) is Speaker.NOBODY
        if not (note.urges or silent or (own and (note.leaves_alone or note.silent))):
            return None
        # To what only calls itself the organisation who wrote it sends others, or who was taken in. Who says
        # nothing may hand it on to those who look into such mail.
        forged = own or (note.urges and claim.likeness in _LIKE_IT)
        return replace(claim, basis=Basis.FORGED if forged else Basis.FORWARDED)

    def passed_on(self, reading: Reading) -> Claim | None:
        """The same of one that he neither doubts, nor answers, nor sends back; or encloses, under a note."""
        if not (reading.attached and self._talk.is_of_other_things(reading)):
            # What is answered stands below every answer.
            found = None if _is_answer(reading) else self._letter(reading, Basis.PASSED_ON)
            if found is None or self._is_sent_back(found[2], reading):
                return None
            if found[0].silent and self._forwards.goes_to_watchers(reading):
                return None
            return replace(found[1], basis=Basis.PASSED_ON)
        found = self._letter(reading, Basis.PASSED_ON_FILE)
        if found is None or self._is_sent_back(found[2], reading):
            return None
        note, claim, _ = found
        # Whoever hands on what he got says so. Files that come without a word ("Ci-joint." is none) are
        # their sender's, and so are those that he tells his reader to obey.
        forged = (note.urges or note.silent or note.points) and not note.owns
        return replace(claim, basis=Basis.FORGED_FILE if forged else Basis.PASSED_ON_FILE)

    def _is_sent_back(self, letter: Reading, reading: Reading) -> bool:
        return _is_returned(reading, is_its_own=self._forwards.is_its_senders(letter, reading))

    def _letter(self, reading: Reading, basis: Basis) -> tuple[Note, Claim, Reading] | None:
        """What is said of the letter, its claim as if it were the mail, and itself, by those who wrote it as
        the organisation.
        """
        in_file = basis in IN_A_FILE
        if not self._talk.names_it(reading.attached if in_file else reading.quoted):
            return None
        note = self._forwards.note_on_files(reading) if in_file else self._forwards.note(reading)
        if note is None:
            return None
        letter = letter_in(reading, basis)
        written = [one for one in letter.authors if self._author.evidence_of(one, self._comparer)]
        like_it = replace(letter, authors=tuple(written))
        claim = self._read((None if in_file else self._by_its_sender(letter, reading)) or like_it)
        if claim is None:
            return None
        place = "file" if in_file else "forwarded"
        evidence = tuple(replace(e, where=f"{place}, {e.where}") for e in claim.evidence)
        return note, replace(claim, evidence=evidence), like_it

    def _by_its_sender(self, letter: Reading, reading: Reading) -> Reading | None:
        """The letter with all authors, its sender among them, where it is his own, or one says his name in
        it; else they may only have forwarded it.
        """
        first = letter.authors[0].address if letter.authors else None
        by_all = replace(letter, authors=(*letter.authors, *reading.authors))
        own = any(first == box.address for box in reading.authors)
        return by_all if own or speaker(by_all, self._comparer) is Speaker.SENDER else None


def _is_answer(reading: Reading) -> bool:
    """True of an answer by its subject, unless a mail is forwarded right below the sender's words."""
    return _ANSWER.match(reading.subject) is not None and not _FORWARDED.match(reading.quoted)


def _is_returned(reading: Reading, *, is_its_own: bool) -> bool:
    """True of what a mail server sends back, with a report or by its name; without one no server sends back
    a letter of its own domain, or that leads there.
    """
    author = "" if reading.author is None else reading.author.local_part.lower()
    if any(file.content_type == _REPORT for file in reading.attachments):
        return author in (_RETURNING, _REPORTING)
    return author == _RETURNING and not is_its_own
