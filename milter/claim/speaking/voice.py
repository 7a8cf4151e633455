"""Does the text speak AS the brand, or ABOUT it?

Pure. A voice is what only the organisation itself would say: its name alone at the top or at the foot, "votre
CPAM vous informe", news of a thing that it alone manages. A mention is everything else; and a text that
tells of frauds before it speaks in that voice is a report of them.
"""

import re
from collections.abc import Iterator
from copy import copy

from milter.brand.brand import Brand, Words
from milter.claim.claim import ACCOUNT, ACTING, Basis, Evidence, trace
from milter.claim.lines import (
    MAX_LINE,
    Line,
    Lines,
    Phrases,
    flowed,
    name_before,
    without_listed_mails,
    without_quoted_letters,
)
from milter.claim.names.comparer import Comparer
from milter.claim.names.labels import Degree
from milter.claim.names.stems import Stems
from milter.claim.speaking.charged import Charged
from milter.claim.speaking.deeds import Deeds
from milter.claim.speaking.fields import Fields
from milter.claim.speaking.hints import Hints
from milter.claim.speaking.holder import holder_in
from milter.claim.speaking.items import Items
from milter.claim.speaking.leads import Leads, without_quoted_links
from milter.claim.speaking.letterhead import FOOT_LINES, HEAD_LINES, SIGNATURE_LINES, Letterhead
from milter.claim.speaking.pictures import Pictures, shown
from milter.claim.speaking.sentences import Sentences
from milter.claim.speaking.speaker import Speaker
from milter.claim.words import ClaimWords
from milter.mail.reading import Reading
from milter.mail.text.folding import phrase

_ASKED = re.compile(r"\w-(?:elle|il|ils|elles|on)\b[^?]{0,200}\?", re.IGNORECASE)
_REPLY = re.compile(r"\s*(?:re|fwd?|tr|wg|rv|ref)\s*:", re.IGNORECASE)


class Voice:
    """Reads the voice of one brand; built once."""

    def __init__(
        self, brand: Brand, words: Words, common: ClaimWords, comparer: Comparer, stems: Stems
    ) -> None:
        """Prepare the phrases of the brand (all `words`, or those that count abroad) and language."""
        self._common = common
        self._comparer = comparer
        self.lines = Lines(words.homonyms)
        self._names = Phrases(words.names)
        self._objects = Phrases(words.objects)
        self.heeds_reports = True
        self._reporting = Phrases(common.reporting)
        self.fields = Fields(words, common, self._names)
        self.items = Items(words, common)
        self._letterhead = Letterhead(brand, words, self._names, common, comparer, self.fields)
        sentences = Sentences(words)
        self._deeds = Deeds(words, common, sentences)
        self._charged = Charged(words, common, sentences)
        self.leads = Leads(brand, words, common, comparer)
        self._hints = Hints(words, common, comparer)
        self._pictures = Pictures(common, comparer, stems)

    def evidence(self, reading: Reading, who: Speaker) -> Iterator[Evidence]:
        """Every trace of the voice, each kind at most twice; `who` is named as the writer."""
        said = without_listed_mails(shown(reading))
        own_text = _without_shown_letters(said, who)
        lines = flowed(self.lines.of(own_text))
        items = self.items.of(own_text, self.lines.of(own_text))
        if not (reading.quoted and _REPLY.match(reading.subject)) and not self._is_of_an_item(reading, items):
            yield from self._subject(reading.subject, who)
        written = self.fields.without([line for line in lines if line.text not in items])
        yield from self._letterhead.evidence(written)
        if who is Speaker.NOBODY:
            yield from self._hints.evidence(written[:HEAD_LINES], written[-FOOT_LINES:])
            yield from self._letterhead.creditor(lines)
        if who is Speaker.PERSON:
            yield from self._hints.department(written[-SIGNATURE_LINES:])
        if who is not Speaker.NOBODY:
            # Voice mail is written down by who has no name.
            yield from self._letterhead.introduction(written)
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

    def relayed(self, reading: Reading) -> tuple[Basis, Evidence] | None:
        """What a third party says of the brand to the reader, and where; what he only tells of it, where he
        leads to a host that is nobody's here.
        """
        lines = flowed(self.lines.of(shown(reading)))
        said = self._charged.said([Line.of(reading.subject[:MAX_LINE]), *lines])
        if said is None or said[0] not in ACTING:
            if holder := holder_in(lines, self._names):
                # Money that goes to it is what it wants, whoever gives the number.
                return Basis.DEMANDED, self._mention(ACCOUNT, holder.text)
            heard = said is None or said[0] is Basis.HEARD_FROM
            if heard and self.leads.lead_elsewhere(reading) and (told := self._deeds.told_of(lines)):
                said = Basis.RELAYED, told
        return None if said is None else (said[0], self._mention(said[0].value, said[1]))

    def _mention(self, where: str, text: str) -> Evidence:
        return trace(where, text, self._common.weights.mention)

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

    def _account(self, lines: list[Line]) -> Iterator[Evidence]:
        """The name beside the number of an account: its holder."""
        if holder := holder_in(lines, self._names):
            yield trace(ACCOUNT, holder.text, self._common.weights.account)


def _without_shown_letters(text: str, who: Speaker) -> str:
    """The text without the letters of others that its writer only shows: who says no name at all would hide
    his own in quotation marks, and a person leads over to them.
    """
    if who is Speaker.NOBODY:
        return text
    return without_quoted_letters(text, introduced=who is Speaker.PERSON)
