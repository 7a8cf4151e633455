"""Which of the brand's words count for this mail: of anybody, of who is abroad, beside a namesake, in the
notice of a network? Pure.
"""

from copy import copy
from dataclasses import replace

from milter.brand.brand import Brand, Words
from milter.claim.claim import Evidence
from milter.claim.lines import Phrases
from milter.claim.names.abroad import SignsAbroad
from milter.claim.names.author import MAX_MAILBOXES
from milter.claim.names.comparer import Comparer
from milter.claim.names.labels import Degree
from milter.claim.names.namesake import is_namesake, is_of_a_firm
from milter.claim.names.notice import Notices
from milter.claim.names.stems import Stems
from milter.claim.speaking.speaker import (
    Speaker,
    is_called_by_words,
    is_headed_or_signed,
    says_own_name,
    signed_above,
    speaker,
)
from milter.claim.speaking.voice import Voice
from milter.claim.text import words_said
from milter.claim.words import ClaimWords
from milter.mail.reading import Mailbox, Reading

# By which the letter is the brand's, whoever sends it, where nobody else says his name in it.
_BY_ITSELF = frozenset({"logo", "sign-off"})


class View:
    """Built once for each kind of mail."""

    def __init__(
        self, brand: Brand, words: Words, common: ClaimWords, stems: Stems, *, is_senders: bool = False
    ) -> None:
        """`words` of the brand that count; where the mail `is_senders`, he speaks for himself."""
        self.is_senders = is_senders
        self.comparer = Comparer(words, common)
        self.voice = Voice(brand, words, common, self.comparer, stems)
        self.names = Phrases((*words.names, *words.objects))

    def as_senders(self) -> "View":
        """The same of mail in which the sender speaks for himself."""
        other = copy(self)
        other.is_senders = True
        return other

    def heedless(self) -> "View":
        """The same of mail that warns of frauds to commit one."""
        other = copy(self)
        other.voice = self.voice.heedless()
        return other

    def speaks(self, reading: Reading) -> tuple[Speaker, list[Evidence]]:
        """Who the text says its writer is, and the voice that is heard then."""
        who = Speaker.SENDER if self.is_senders else speaker(reading, self.comparer)
        voice = list(self.voice.evidence(reading, who))
        letter = signed_above(reading, voice) if who is Speaker.SENDER else None
        if letter is not None and not says_own_name(letter, self.comparer):
            # Whose box is broken into, his program signs below what others write.
            who = Speaker.NOBODY
            voice = list(self.voice.evidence(letter, who))
        if who is Speaker.SENDER and (
            (is_headed_or_signed(voice) and self._may_be_nobody(reading))
            or (any(one.where in _BY_ITSELF for one in voice) and self._says_it_nowhere(reading))
        ):
            who = Speaker.NOBODY
            voice = list(self.voice.evidence(reading, who))
        return who, voice

    def _may_be_nobody(self, reading: Reading) -> bool:
        """True where a letter that the organisation heads or signs names no other sender for sure: his name
        may stand in the alternative that is not shown, or `Information transporteurs` says what is sent.
        """
        if "alternatives" in reading.ambiguous:
            return True
        return is_called_by_words(reading, self.comparer) and not says_own_name(reading, self.comparer)

    def _says_it_nowhere(self, reading: Reading) -> bool:
        """True where the letter says its sender's name nowhere, in no picture either: From may be the name of
        a box that was broken into. Not of one that is called after the brand (`Amicale de la CPAM`).
        """
        if self.is_senders or any(map(self._is_called_after_it, reading.authors[:MAX_MAILBOXES])):
            return False
        said = "\n".join((reading.text, *reading.image_names))
        return not says_own_name(replace(reading, text=said), self.comparer)

    def _is_called_after_it(self, box: Mailbox) -> bool:
        by_domain = box.domain is not None and self.comparer.domain(box.domain) is not Degree.NONE
        return by_domain or self.comparer.name(box.display_name) is not Degree.NONE

    def is_named_in(self, reading: Reading) -> bool:
        """True where subject or text says a name or a thing of the brand."""
        return self.names.find(words_said(reading)) is not None


class Views:
    """The views of one brand, and which of them a mail is read in; built once."""

    def __init__(self, brand: Brand, common: ClaimWords, stems: Stems) -> None:
        """Prepare each."""
        words = brand.words
        self.plain = View(brand, words, common, stems)
        self.abroad = View(brand, words.abroad(), common, stems, is_senders=True)
        self.namesake = View(brand, words.beside_a_namesake(), common, stems)
        self.notice = self.plain.as_senders()
        self._notices = Notices(brand, common)
        self._signs_abroad = SignsAbroad(words)
        self._own_things = Phrases(tuple(one for one in words.objects if words.first_names & {*one.split()}))

    def heedless(self) -> "Views":
        """The same of mail that warns of frauds to commit one."""
        other = copy(self)
        other.plain, other.abroad = self.plain.heedless(), self.abroad.heedless()
        other.namesake, other.notice = self.namesake.heedless(), self.notice.heedless()
        return other

    def of(self, reading: Reading) -> View:
        """The view that counts for the mail."""
        if self._signs_abroad.stand_in(reading):
            return self.abroad
        if self._notices.is_one(reading):
            return self.notice
        if any(self._is_namesake(box, reading) for box in reading.authors[:MAX_MAILBOXES]):
            return self.namesake
        return self.plain

    def is_author_abroad(self, reading: Reading) -> bool:
        """True where the author himself is abroad, whatever else the mail names."""
        return self._signs_abroad.stand_in(reading, by_author=True)

    def _is_namesake(self, box: Mailbox, reading: Reading) -> bool:
        """`Ameli Jeunes` is called so; unless he writes of the reader's account, and his domain is called so,
        too, or it alone says that this is a name.
        """
        comparer = self.plain.comparer
        if not is_namesake(box, comparer):
            return False
        called_so = box.domain is not None and comparer.domain(box.domain) >= Degree.PART
        doubtful = called_so or is_of_a_firm(box, comparer)
        return not (doubtful and self._own_things.find(words_said(reading)))
