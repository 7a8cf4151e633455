"""Does the text speak AS the brand, or ABOUT it?

Pure. A voice is what only the organisation itself would say: its name alone at the top or at the foot, "votre
CPAM vous informe", news of a thing that it alone manages. A mention is everything else; and a text that
tells of frauds before it speaks in that voice is a report of them.
"""

import re
from collections.abc import Iterator
from copy import copy
from itertools import chain, pairwise

from milter.brand.brand import Brand, Words
from milter.claim.claim import ACTING, Basis, Evidence, trace
from milter.claim.lines import MAX_LINE, Line, Lines, Phrases, flowed, name_before, without_quoted_letters
from milter.claim.names.comparer import Comparer
from milter.claim.names.labels import Degree
from milter.claim.names.stems import Stems
from milter.claim.speaking.charged import Charged
from milter.claim.speaking.closing import Closings, without_below
from milter.claim.speaking.deeds import Deeds
from milter.claim.speaking.fields import Fields
from milter.claim.speaking.hints import Hints
from milter.claim.speaking.holder import holder_in
from milter.claim.speaking.items import Items
from milter.claim.speaking.leads import Leads, without_quoted_links
from milter.claim.speaking.office import AMOUNT, LONGEST_NAME, OFFICES, Signatures
from milter.claim.speaking.pictures import Pictures, shown
from milter.claim.speaking.sentences import Sentences
from milter.claim.speaking.speaker import Speaker
from milter.claim.words import ClaimWords
from milter.mail.reading import Reading
from milter.mail.text.folding import fold, phrase
from milter.mail.text.letters import says_more_than_latin

_HEAD_LINES = 5
_FOOT_LINES = 14
_SIGNATURE_LINES = 3
_COPYRIGHT = re.compile(r"©|\(c\)|copyright|tous droits r[ée]serv[ée]s|\bsi[èe]ge social\b", re.IGNORECASE)
_DASHED = re.compile(r"(\w[^:|\]>–—«»“”\"\n]{2,60}?)\s[–—|-]\s([^\d\W][^.:!?\d€@]{3,60})\.?")
_ASKED = re.compile(r"\w-(?:elle|il|ils|elles|on)\b[^?]{0,200}\?", re.IGNORECASE)
_REPLY = re.compile(r"\s*(?:re|fwd?|tr|wg|rv|ref)\s*:", re.IGNORECASE)
_BULLET = re.compile(
    r"\s*(?:[-–—*•·▪✔✓☑➔→>]|\d{1,2}\s?[.)/]|[ée]tape\s\d{1,2}\s?[:.–-]?)\s*[^\W\d]", re.IGNORECASE
)
_HEADING_WORDS = 11
_GREETING_WORDS = 4  # as blanks round them
_ONE_WORD = 2  # as blanks round it: one letter a table cell reads as one long word
_LONG_NAME = 10  # letters of a name that no other words hold by chance
_LONG_RUN = 25
_RUN = re.compile(rf"(?<!\S)[^\W\d_]{{{_LONG_RUN},}}")
_CLOSING = frozenset(
    {"cordialement", "salutation", "respectueusement", "sincerement", "attentivement", "bientot", "merci"}
    | {"equipe", "attention", "confiance"}
)


class Voice:
    """Reads the voice of one brand; built once."""

    def __init__(
        self, brand: Brand, words: Words, common: ClaimWords, comparer: Comparer, stems: Stems
    ) -> None:
        """Prepare the phrases of the brand (all `words`, or those that count abroad) and language."""
        self._brand = brand
        self._common = common
        self._comparer = comparer
        self.lines = Lines(words.homonyms)
        self._names = Phrases(words.names)
        glued = (name.replace(" ", "") for name in words.names)
        self._long_names = tuple(name for name in glued if len(name) >= _LONG_NAME)
        self._objects = Phrases(words.objects)
        self.heeds_reports = True
        self._reporting = Phrases(common.reporting)
        self.fields = Fields(words, common, self._names)
        self.items = Items(words, common)
        self._signatures = Signatures(words, self._names, common, comparer.words)
        self._closings = Closings(common, comparer.words, self._signatures)
        sentences = Sentences(words)
        self._deeds = Deeds(words, common, sentences)
        self._charged = Charged(words, common, sentences)
        self.leads = Leads(brand, words, common, comparer)
        self._hints = Hints(words, common, comparer)
        self._pictures = Pictures(common, comparer, stems)

    def evidence(self, reading: Reading, who: Speaker) -> Iterator[Evidence]:
        """Every trace of the voice, each kind at most twice; `who` is named as the writer."""
        said = shown(reading)
        own_text = _without_shown_letters(said, who)
        lines = flowed(self.lines.of(own_text))
        items = self.items.of(own_text, self.lines.of(own_text))
        if not (reading.quoted and _REPLY.match(reading.subject)) and not self._is_of_an_item(reading, items):
            yield from self._subject(reading.subject, who)
        written = self.fields.without([line for line in lines if line.text not in items])
        yield from self._head_and_foot(written)
        if who is Speaker.NOBODY:
            yield from self._hints.evidence(written[:_HEAD_LINES], written[-_FOOT_LINES:])
            yield from self._creditor(lines)
        if who is Speaker.PERSON:
            yield from self._hints.department(written[-_SIGNATURE_LINES:])
        if who is not Speaker.NOBODY:
            # Voice mail is written down by who has no name.
            yield from self._introduction(written)
        yield from self._deeds.evidence(lines, who, written)
        yield from self._account(lines)
        yield from self._pictures.evidence(reading)
        own = reading if own_text == said else without_quoted_links(reading, own_text)
        yield from self.leads.evidence(own)

    def _is_of_an_item(self, reading: Reading, items: frozenset[str]) -> bool:
        """True where the subject says the name that an item is: `CPAM de Paris : Chargé de prévention`."""
        said = f" {phrase(reading.subject[:MAX_LINE])} "
        return any(f" {phrase(line[:MAX_LINE])} " in said for line in items)

    def heedless(self) -> "Voice":
        """The same, but no report of frauds is heard."""
        other = copy(self)
        other.heeds_reports = False
        return other

    def reports(self, reading: Reading) -> bool:
        """True where the text tells of frauds, or asks about one, before the voice is heard."""
        if not self.heeds_reports:
            return False
        subject = f" {phrase(reading.subject)} "
        if self._reporting.find(subject):
            return True
        lines = self.lines.of(reading.text)
        if not self._reporting.find("\n".join(line.words for line in lines)):
            return False
        for line in lines:
            if self._reporting.find(line.words):
                return True
            if self._deeds.is_spoken(line):
                return False
        return False

    def relayed(self, reading: Reading) -> tuple[Basis, str] | None:
        """What a third party says of the brand to the reader, and in which sentence; what he only tells of
        it, where he leads to a host that is nobody's here.
        """
        lines = flowed(self.lines.of(shown(reading)))
        subject = Line.of(reading.subject[:MAX_LINE])
        said = self._charged.said([subject, *lines])
        if said is not None and said[0] in ACTING:
            return said
        if holder := holder_in(lines, self._names):
            # Money that goes to it is what it wants, whoever gives the number.
            return Basis.DEMANDED, holder.text
        if said is not None and said[0] is not Basis.HEARD_FROM:
            return said
        if self.leads.lead_elsewhere(reading) and (told := self._deeds.told_of(lines)):
            return Basis.RELAYED, told
        return said

    def _subject(self, subject: str, who: Speaker) -> Iterator[Evidence]:
        weights = self._common.weights
        words = self.lines.without_homonyms(f" {phrase(subject[:MAX_LINE])} ")
        head = name_before(subject)
        if self._comparer.name(subject) >= Degree.SHORT:
            yield trace("subject", subject, weights.subject_name)
        elif head and self._comparer.name(head) >= Degree.SHORT:
            yield trace("subject", head, weights.subject_name)
        found = self._objects.find(words)
        if found and _ASKED.search(subject[:MAX_LINE]):
            # "Votre carte Vitale est-elle à jour ?": so asks an article.
            return
        if found and who is Speaker.PERSON and self._comparer.name(subject) >= Degree.SHORT:
            # "Ta carte vitale": of a person that is a thing, and no name of a sender.
            return
        if found:
            yield trace("subject", found, max(weights.subject_object, self._deeds.object_weight(words)))

    def _head_and_foot(self, lines: list[Line]) -> Iterator[Evidence]:
        weights, lines = self._common.weights, without_below(lines)
        # What ends a short note stands below it: `R. Blin`, and then `CPAM de Laval`.
        head = lines[: min(_HEAD_LINES, max(len(lines) - 1, 1))]
        named = [line for line in head if self._names_organisation(line)]
        named = named or [line for line in lines[:_HEAD_LINES] if self._opens(line)]
        if glued := next((line for line in lines[:_HEAD_LINES] if self._is_glued(line)), None):
            yield trace("letterhead", glued.text, weights.glued)
        elif named:
            yield trace("letterhead", named[0].text, weights.letterhead)
        foot = lines[max(len(lines) - _FOOT_LINES, 1) :]
        foot = [line for line in foot if line not in named[:1]]
        shows_anothers = self._closings.are_retold(lines)
        if shows_anothers and len(lines[-1].text) >= LONGEST_NAME:
            foot = foot[:-1]
        within = [] if shows_anothers else lines[-1:]
        if signed := next(chain(self._signature(foot), filter(None, map(self._signed_within, within))), None):
            yield trace("sign-off", signed.text, weights.sign_off)
        for line in lines[-_FOOT_LINES:]:
            if self._names.find(line.words) and _COPYRIGHT.search(line.text[:MAX_LINE]):
                yield trace("footer", line.text, weights.copyright)
                break

    def _signature(self, foot: list[Line]) -> list[Line]:
        """The lines at the foot that sign in its name; those of offices and persons last of all."""
        last = foot[-_SIGNATURE_LINES:]
        # `Mme Delmas` above `CPAM Béziers`.
        below = (Line.of(f"{one.text}, {two.text}") for one, two in pairwise(last))
        return (
            [line for line in foot if self._signs(line)]
            or [line for line in last if self._signatures.is_one(line)]
            or [line for line in (*last, *below) if self._signatures.is_of_it(line)]
        )

    def _names_organisation(self, line: Line) -> bool:
        """The name alone: no amount beside it, and not only a thing (`Carte Vitale`) of the organisation."""
        if (
            _BULLET.match(line.text)
            or self.fields.is_one(line)
            or len(line.text) > LONGEST_NAME
            or "://" in line.text
            or line.words.count(" ") > _HEADING_WORDS
            or AMOUNT.search(line.text)
        ):
            return False
        found = self._names.find(line.words)
        if not found and line.words.count(" ") > _ONE_WORD and not self._is_spelt(line):
            return False
        if says_more_than_latin(line.text):
            return False
        # "Service carte Vitale", but not "Carte Vitale": that is a thing in a list.
        a_thing = found in self._brand.words.objects and line.words.split()[0] not in OFFICES
        return not a_thing and self._comparer.name(line.text) >= Degree.SHORT

    def _is_spelt(self, line: Line) -> bool:
        """The name in one word beside its article, as cells of a table are read: `l ' AssuranceMaladie`."""
        return any(name in self._long_names for name in fold(line.text[:MAX_LINE]).split())

    def _is_glued(self, line: Line) -> bool:
        """A sentence without blanks that holds the name, as letters in the cells of a table are read."""
        text = line.text[:MAX_LINE]
        if max(map(len, text.split()), default=0) < _LONG_RUN:
            return False
        return any(name in fold(run) for run in _RUN.findall(text) for name in self._long_names)

    def _opens(self, line: Line) -> bool:
        """`AMELI : votre carte ...`, the way of text messages."""
        name = name_before(line.text)
        return bool(
            name
            and set(line.words.split()) & (self._common.yours | {"vou"})
            and self._names.find(f" {phrase(name)} ")
            and self._comparer.name(name) >= Degree.SHORT
        )

    def _signs(self, line: Line) -> bool:
        if self._names_organisation(line):
            return True
        tail = line.text.rpartition(",")[2] if _CLOSING & set(line.words.split()) else line.text
        # "L'Assurance Maladie - Agir ensemble": its department, or its motto.
        head = _DASHED.fullmatch(line.text) if len(line.text) < LONGEST_NAME else None
        name = head.group(1) if head and not _are_initials(*head.groups()) else tail
        return len(name) < LONGEST_NAME and name != line.text and self._names_organisation(Line.of(name))

    def _signed_within(self, line: Line) -> Line | None:
        """The signature that closes a paragraph, the way of text messages: `Ne pas répondre. CPAM`."""
        closing = self._closings.of(line)
        if closing is None:
            return None
        is_its_own = self._names_organisation(closing.signature) or self._closings.signs(closing)
        return closing.signature if is_its_own else None

    def _introduction(self, lines: list[Line]) -> Iterator[Evidence]:
        """He who says first of all that he is of it."""
        greets = any(line.words.count(" ") <= _GREETING_WORDS for line in lines[:1])
        said = next(filter(self._signatures.introduces, lines[: 2 if greets else 1]), None)
        if said is not None:
            yield trace("first person", said.text, self._common.weights.speaks)

    def _creditor(self, lines: list[Line]) -> Iterator[Evidence]:
        """It wants money by a record that says nobody else's name."""
        said = self.fields.creditor(lines)
        if said and (self._names_organisation(said[1]) or self._signatures.is_of_it(said[1])):
            yield trace("issuer", said[0].text, self._common.weights.creditor)

    def _account(self, lines: list[Line]) -> Iterator[Evidence]:
        """The name beside the number of an account: its holder."""
        if holder := holder_in(lines, self._names):
            yield trace("account", holder.text, self._common.weights.account)


def _without_shown_letters(text: str, who: Speaker) -> str:
    """The text without the letters of others that its writer only shows: who says no name at all would hide
    his own in quotation marks, and a person leads over to them.
    """
    if who is Speaker.NOBODY:
        return text
    return without_quoted_letters(text, introduced=who is Speaker.PERSON)


def _are_initials(name: str, words: str) -> bool:
    """True of `CPAM` beside `Comptoir des Peintures et Accessoires de Marine`: that is what he is called."""
    return name.strip() == "".join(word[0] for word in words.split() if word[0].isupper())
