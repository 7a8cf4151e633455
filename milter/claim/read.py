"""Who does the mail say it is? Reads the claim from the author fields and from the voice of the text.

Pure. Never raises on anything a sender writes.
"""

from copy import copy
from dataclasses import replace

from milter.brand.brand import Brand
from milter.claim.claim import ACTING, Basis, Claim, Evidence, Likeness, Strength, trace
from milter.claim.names.author import AuthorReader
from milter.claim.names.homonym import Homonyms
from milter.claim.names.mentions import Mentions
from milter.claim.names.stems import Stems
from milter.claim.others.apart import Apart
from milter.claim.others.enclosed import Cover
from milter.claim.others.forwarded import ForwardedLetters
from milter.claim.others.kinds import Kinds
from milter.claim.others.talk import Talk
from milter.claim.speaking.meaning import Meaning
from milter.claim.speaking.pretext import Pretexts
from milter.claim.speaking.speaker import Speaker, is_called_by_words, says_own_domain, speaker
from milter.claim.text import words_said
from milter.claim.view import View, Views
from milter.claim.weighing import SPOKEN, Scales
from milter.claim.words import ClaimWords
from milter.claim.writing.foreign import ForeignLetters
from milter.claim.writing.wording import is_in_files
from milter.mail.address import Addresses, read_addresses
from milter.mail.glimpse import Glimpse, look
from milter.mail.message import Message
from milter.mail.reading import Reading
from milter.mail.structure.mime import Structure

_ORDER = list(Likeness)
# Where a letter shows whose it is. All else (news of a card, what the caisse does, "votre carte Vitale") is
# told by employers, hospitals and mothers in the same words.
_SHOWN = SPOKEN | {"title", "logo", "Reply-To"}


class ClaimReader:
    """Reads the claim to be one brand; built once."""

    def __init__(self, brand: Brand, common: ClaimWords) -> None:
        """Prepare the comparisons with the brand's names, here and where a namesake abroad is shown."""
        self.brand = brand
        self._common = common
        self._scales = Scales(common)
        self._author = AuthorReader(brand, common)
        self._stems = Stems(brand.words)
        self._mentions = Mentions(brand.words, common, self._stems)
        self.take(Views(brand, common, self._stems))
        self._comparer = self._plain.comparer
        self.kinds = Kinds(common, self._plain)
        self._homonyms = Homonyms(brand.words, common, self._comparer)
        talk = Talk(common, self._stems)
        self._cover = Cover(common, brand.words.names, talk)
        self._forwarded = ForwardedLetters(common, talk, self._author, self._comparer, self._read)
        self._foreign = ForeignLetters(brand, common, self._comparer)
        self._pretexts = Pretexts(common)
        self._meaning = Meaning(brand.words, self._plain.names, self._plain.voice.fields)

    def heedless(self) -> "ClaimReader":
        """The same of mail that warns of frauds to commit one: the claim that it would make without that."""
        other = copy(self)
        other.take(self._views.heedless())
        return other

    def take(self, views: Views) -> None:
        """Read mail in these views from now on."""
        self._views, self._plain = views, views.plain
        self._apart = Apart(self.brand, self._common, views, self._stems, self._scales, self._weigh)

    def is_shown_by(self, addresses: Reading | Addresses) -> bool:
        """True where the author fields alone are a reason to read the mail."""
        return (
            self._author.is_telling(self._author.evidence(addresses, self._comparer))
            or self._author.of_its_sector(addresses, self._comparer) is not None
        )

    def of_owner(self, addresses: Addresses) -> Claim:
        """The claim of an author who writes from a domain of the brand, by the author fields alone."""
        evidence = sorted(self._author.evidence(addresses, self._comparer), key=lambda e: -e.weight)
        likeness = min((e.likeness for e in evidence), key=_ORDER.index)
        return Claim(self.brand, likeness, Strength.STRONG, tuple(evidence))

    def may_be_named_in(self, glimpse: Glimpse) -> bool:
        """False only where `read` would find nothing in the same mail but in its author fields."""
        return not glimpse.sure or any(map(self._stems.stand_in, glimpse.views))

    def read(self, reading: Reading) -> Claim | None:
        """The claim to be this brand, or None where the mail makes none."""
        claim = self._in_its_tongue(reading, self._read(reading))
        shows = claim is not None and claim.basis is Basis.SHOWN
        if claim is not None and shows and claim.strength is Strength.STRONG:
            return claim
        is_named = self._mentions.stand_in(reading)
        if is_named and (filled_in := self._apart.filled_in(reading)):
            return filled_in
        found = self._enclosed(reading, claim)
        if found is None:
            found = self._forwarded.sent_to(reading)
        if found is not None:
            return found
        if shows and not _is_weak(claim):
            return claim
        relayed = self._apart.relayed(reading) if is_named else None
        # What is said in its name says more than that little is told of it.
        return relayed if claim is None or (not shows and relayed and relayed.basis in ACTING) else claim

    def _in_its_tongue(self, reading: Reading, claim: Claim | None) -> Claim | None:
        """The claim; of a short letter in a language of which hardly a word is known, what is seen of it."""
        if not self._foreign.is_short(reading) or not self._mentions.stand_in(reading):
            return claim
        return self._foreign.claim(reading, claim)

    def _enclosed(self, reading: Reading, claim: Claim | None) -> Claim | None:
        """The claim that its files make, where the mail itself makes none, or tells less than they do."""
        tells = claim is not None and claim.basis is Basis.TOLD
        if not reading.attached or not (_is_weak(claim) or tells) or not self.is_spoken_for(reading):
            return None
        found = self._apart.enclosed(reading)
        if found is None or claim is None or _is_weak(claim):
            return found
        return found if _heaviness(found) > _heaviness(claim) else None

    def passed_on(self, reading: Reading) -> Claim | None:
        """The claim of a letter that the sender forwards, and says nothing of: no claim of his."""
        return self._forwarded.passed_on(reading)

    def notified(self, reading: Reading) -> Claim | None:
        """The claim of one who writes through a platform, called like the brand: none of that platform's."""
        return self._apart.notified(reading) if self._mentions.stand_in(reading) else None

    def trace(self, reading: Reading) -> Claim | None:
        """What is too little of a claim by itself, of a mail that is surely worded as an impostor writes."""
        found = self._read(reading, self._common.thresholds.trace)
        if found is not None or self.speaker(reading) is Speaker.SENDER:
            return found
        sector = self._author.of_its_sector(reading, self._comparer)
        return None if sector is None else Claim(self.brand, Likeness.VOICE, Strength.WEAK, (sector,))

    def spoken_of(self, reading: Reading) -> Evidence | None:
        """The line that says that the brand is meant: no claim by itself."""
        line = self._meaning.line_in(reading)
        return None if line is None else trace("spoken of", line, self._common.weights.mention)

    def is_of_its_field(self, reading: Reading) -> bool:
        """False for mail about anything else: of what it has never seen the wording knows nothing."""
        return (
            self._mentions.stand_in(reading)
            or self._meaning.is_of_its_field(words_said(reading))
            or is_in_files(reading)
            # Whoever is called by nothing but it (`Service IJ`) need not say a word of it.
            or self.is_shown_by(reading)
        )

    def is_of_others(self, reading: Reading, *, beyond_doubt: bool = False) -> bool:
        """True where the wording proves nothing: the sender is a namesake (here or abroad) or a network,
        warns of fraud, or encloses his own paper or a letter that he got.

        With wording `beyond_doubt` only a network, other initials, and a sender who is himself abroad count,
        or such a file: anybody may be called like a namesake (`Ameli Dubois`), name another country, or warn
        of frauds to commit one.
        """
        if is_in_files(reading) and not self._cover.lends_its_voice(reading, self._comparer):
            return True
        view = self._views.of(reading)
        if view is self._views.notice or self._homonyms.spells_itself_out(reading):
            # The sender's name, which they do not answer for, is half of the wording.
            return True
        if view is self._views.abroad and (not beyond_doubt or self._views.is_author_abroad(reading)):
            return True
        return not beyond_doubt and (view is self._views.namesake or self.warns_of_frauds(reading))

    def warns_of_frauds(self, reading: Reading) -> bool:
        """True where the text tells of frauds, unless nobody is named who does, and it is only a pretext."""
        if not self.tells_of_frauds(reading):
            return False
        return self.speaker(reading) is not Speaker.NOBODY or not self._pretexts.are_all(reading)

    def tells_of_frauds(self, reading: Reading) -> bool:
        """True where the text says that it is about such mail, before it speaks as the brand."""
        return self._plain.voice.reports(reading)

    def is_spoken_for(self, reading: Reading) -> bool:
        """True where nobody stands between the files and the reader, and no fraud is told of."""
        return self._cover.lends_its_voice(reading, self._comparer) and not self.tells_of_frauds(reading)

    def speaker(self, reading: Reading) -> Speaker:
        """Whose voice the text says it is."""
        return speaker(reading, self._comparer)

    def is_called_by_words(self, reading: Reading) -> bool:
        """True where the sender's name and domain say what is sent rather than by whom."""
        return is_called_by_words(reading, self._comparer)

    def says_own_name(self, reading: Reading) -> bool:
        """True where the sender says in words what his own domain is called."""
        return says_own_domain(reading, self._comparer)

    def _read(self, reading: Reading, least: int | None = None) -> Claim | None:
        author = self._author.evidence(reading, self._comparer)
        if not self._author.is_telling(author) and not self._mentions.stand_in(reading):
            return None
        if author and self._homonyms.is_one(reading):
            return None
        view = self._views.of(reading)
        if view is self._views.abroad:
            author = self._author.evidence(reading, view.comparer)
        elif view is self._views.notice:
            # The name of a page.
            author = []
        return self._weigh(reading, author, view, least)

    def _weigh(
        self, reading: Reading, author: list[Evidence], view: View, least: int | None = None
    ) -> Claim | None:
        thresholds = self._common.thresholds
        who, voice = view.speaks(reading)
        if who is Speaker.SENDER:
            # Who says his name may write of what every insurer is about.
            author = [e for e in author if e.likeness is not Likeness.MATTER]
        from_author = max((e.weight for e in author if e.likeness is not Likeness.MATTER), default=0)
        if from_author < self._common.weights.soft_name and voice and view.voice.reports(reading):
            voice = []
        if self._scales.are_of_any_trade([*author, *voice]) and not self._mentions.are_of_its_field(reading):
            return None
        voice = self._scales.in_the_light_of(who, voice)
        if not voice and who is Speaker.NOBODY and from_author >= thresholds.claim:
            # Called so, and named in a letter whose voice is not heard, in whatever language it is.
            voice = [*self._mentions.by_nobody(reading)]
        points = self._scales.points([*author, *voice], from_author, lambda: view.is_named_in(reading))
        if points < (thresholds.claim if least is None else least):
            return None
        evidence = self._scales.graded([*sorted(author, key=lambda e: -e.weight), *voice])
        likeness = min((e.likeness for e in evidence), key=_ORDER.index)
        if from_author < thresholds.claim:
            likeness = Likeness.VOICE
        own_name = likeness is Likeness.VOICE and says_own_domain(reading, view.comparer)
        strength = self._scales.strength(points)
        basis = Basis.SHOWN
        if likeness is Likeness.VOICE and not author and _SHOWN.isdisjoint(e.where for e in voice):
            # A person who tells a little of it is a third party.
            relays = who is Speaker.PERSON and strength is not Strength.STRONG
            basis = Basis.RELAYED if relays else Basis.TOLD
        return Claim(self.brand, likeness, strength, evidence, basis=basis, own_name=own_name)


def _is_weak(claim: Claim | None) -> bool:
    return claim is None or claim.strength is Strength.WEAK


def _heaviness(claim: Claim) -> int:
    return sum(one.weight for one in claim.evidence)


def may_claim(message: Message, structure: Structure, readers: tuple[ClaimReader, ...]) -> bool:
    """False for most mail, at a fraction of the price: no reading of it would show a claim."""
    addresses = read_addresses(message)
    if any(reader.is_shown_by(addresses) for reader in readers):
        return True
    glimpse = look(message, structure)
    return any(reader.may_be_named_in(glimpse) for reader in readers)


def read_claim(reading: Reading, readers: tuple[ClaimReader, ...]) -> Claim | None:
    """The claim of the mail: of several brands, and versions of it, the one with the heaviest evidence."""
    versions = [reading, *(replace(reading, text=text, versions=()) for text in reading.versions)]
    claims = [
        claim for reader in readers for version in versions if (claim := reader.read(version)) is not None
    ]
    return max(claims, key=lambda c: (c.strength, _heaviness(c)), default=None)
