"""Does a letter in a language of which hardly a word is known show itself as the brand's, or tell of it?

Pure. Never raises on anything a sender writes. No word of such a language is taken for another body's name,
nor for one that says what the letter does. What is left is the same in all: the names of the organisation and
where they stand, whether the sender writes his own name, where the links lead, how long the letter is.
"""

from collections.abc import Iterator
from dataclasses import replace

import ahocorasick_rs

from milter.brand.brand import Brand
from milter.claim.claim import Basis, Claim, Evidence, Likeness, Strength, trace
from milter.claim.lines import Line, Phrases
from milter.claim.names.author import MAX_MAILBOXES
from milter.claim.names.comparer import Comparer
from milter.claim.names.labels import Degree
from milter.claim.names.names_in_text import NamesInText
from milter.claim.words import ClaimWords
from milter.claim.writing.tongue import is_foreign, is_of_another_script
from milter.mail.reading import LinkKind, Mailbox, Reading
from milter.mail.text.folding import in_one_word
from milter.mail.text.letters import NOT_LATIN, plain, says_more_than_latin, without_addresses

# An invitation, a newsletter or an article says more; a lure is short.
_MOST_LETTERS = 600
_LONGEST_TEXT = 2500  # characters, addresses and blanks included
_FOOT_LINES = 2
_LONGEST_SIGNATURE, _MOST_SIGNING = 60, 7  # characters, and words
_BESIDE = 2  # words between the hint and the word for a card
_NAME = 3  # letters of a name, so many of a whole one that no other word holds by chance
_WHOLE_NAME = 6
_MOST_LINKS, _MOST_LINES = 40, 200
_SENTENCE_ENDS = ".:!?。：！？"
_LISTING = ",;:|/"
_PADDING = " .,;:!?()\"'«»“”„-–—"

# What is seen of a letter of which no word is understood but the name.
_BY_NAME = frozenset({"sign-off", "sender", "named", "subject"})


class ForeignLetters:
    """Reads such letters for one brand; built once."""

    def __init__(self, brand: Brand, common: ClaimWords, comparer: Comparer) -> None:
        """Prepare the names: those of persons (`ameli`) only count beside another."""
        known = brand.words
        self._brand, self._common, self._comparer = brand, common, comparer
        things = frozenset(known.objects)
        self._bodies = tuple(f" {name} " for name in known.names if name not in things)
        others = (name for name in (*known.names, *known.objects) if name not in known.first_names)
        self._sure = Phrases(tuple(others))
        self._cards = known.cards
        self._kinds = frozenset(self._kinds_of_card(known.objects))
        self._translated = _finder(known.translated)
        self._warnings = _finder(tuple(map(plain, common.foreign_warnings)))

    def claim(self, reading: Reading, known: Claim | None) -> Claim | None:
        """What such a letter claims, where that is more than what is `known` of it: the claim that it makes
        by the words of other languages. Whoever may write in his own name only tells of the organisation.
        """
        own = self._own(reading)
        if known is None or (known.basis is not Basis.SHOWN and own is not None):
            return own
        # What it tells of it is not understood, but for names: it may be anything.
        told = known.basis is Basis.TOLD and is_of_another_script(reading.note)
        signed = own is not None and _BY_NAME.issuperset(one.where for one in known.evidence)
        strength = min(known.strength, Strength.LIKELY) if told or signed else known.strength
        return replace(known, strength=strength, foreign=own is not None)

    def _own(self, reading: Reading) -> Claim | None:
        if reading.quoted or self._leads_home(reading):
            return None
        names = list(self._names(reading))
        signed = self._signature(reading)
        if not names or self._warns(reading) or self._says_who_he_is(reading, signed):
            return None
        if signed is not None:
            names.insert(0, trace("sign-off", signed, self._common.weights.sign_off))
        called = any(map(self._has_its_domain, reading.authors[:MAX_MAILBOXES]))
        basis = Basis.SHOWN if signed is not None or called else Basis.TOLD
        # Never beyond doubt: what it says is not understood.
        return Claim(self._brand, Likeness.VOICE, Strength.LIKELY, tuple(names), basis=basis, foreign=True)

    def is_short(self, reading: Reading) -> bool:
        """True for a short letter in such a language."""
        if len(reading.text) > _LONGEST_TEXT:
            return False
        said = reading.note
        return is_foreign(said) and sum(map(str.isalpha, without_addresses(said))) <= _MOST_LETTERS

    def _names(self, reading: Reading) -> Iterator[Evidence]:
        """Where subject and text name the organisation, or what it alone manages."""
        weights = self._common.weights
        if self._is_named(reading.subject):
            yield trace("subject", reading.subject, weights.subject_object)
        lines = reading.note.split("\n", _MOST_LINES)[:_MOST_LINES]
        line = next(filter(self._is_named, lines), None)
        if line is not None:
            yield trace("named", line, weights.named_alone)

    def _is_named(self, text: str) -> bool:
        return (
            self._sure.find(Line.of(text[:_MOST_LETTERS]).words) is not None
            or _stands_in(self._translated, plain(text[:_MOST_LETTERS]))
            or self._is_a_card(text[:_MOST_LETTERS])
        )

    def _kinds_of_card(self, objects: tuple[str, ...]) -> Iterator[str]:
        """`vitale` of `carte vitale`."""
        for card, _, kind in (one.partition(" ") for one in objects):
            if kind.isalpha() and any(map(card.startswith, self._cards)):
                yield kind

    def _is_a_card(self, text: str) -> bool:
        """`Vitale-Kart`, `karta juaj Vitale`, not: `una cosa vitale`, `Marco Vitale`."""
        found = plain(text.replace("-", " ")).split()
        kinds = [at for at, word in enumerate(found) if word.strip(_PADDING) in self._kinds]
        return any(
            part in word
            for at in kinds
            for word in found[max(0, at - _BESIDE) : at + 1 + _BESIDE]
            for part in self._cards
        )

    def _signature(self, reading: Reading) -> str | None:
        """The line by which the organisation signs, beside unknown words of an office: `Shërbimi i të
        siguruarve - Assurance Maladie`.
        """
        foot = [line for line in without_addresses(reading.note).split("\n") if line.strip().strip(_PADDING)]
        return next((line.strip() for line in foot[1:][-_FOOT_LINES:] if self._signs(line)), None)

    def _signs(self, text: str) -> bool:
        said = text.strip()
        if len(said) > _LONGEST_SIGNATURE or len(said.split()) > _MOST_SIGNING or said[-1] in _SENTENCE_ENDS:
            return False
        if any(char.isdigit() or char in _LISTING for char in said):
            return False
        if _stands_in(self._translated, plain(said)):
            return True
        line = Line.of(said).words
        # What is not Latin is not among its words.
        opens = not NOT_LATIN.match(said) and any(map(line.startswith, self._bodies))
        ends = not NOT_LATIN.match(said[-1]) and any(map(line.endswith, self._bodies))
        return (opens or ends) and not says_more_than_latin(said)

    def _warns(self, reading: Reading) -> bool:
        """True where a word says that such mail is spoken of, or that something is never asked for."""
        return _stands_in(self._warnings, plain(f"{reading.subject}\n{reading.note}"))

    def _says_who_he_is(self, reading: Reading, signed: str | None) -> bool:
        """True where a person or another body may stand behind the letter. Where the organisation has signed
        it, one word that stands in text or address, too, is no name: `Seva` (service) of seva@.
        """
        said = without_addresses(reading.note)
        if signed is not None:
            said = said.replace(signed, " ")
        boxes = reading.authors[:MAX_MAILBOXES]
        return any(
            self._may_be_himself(box, said) or (signed is None and _is_a_person(box, said)) for box in boxes
        )

    def _may_be_himself(self, box: Mailbox, said: str) -> bool:
        """True for a private mailbox, a known body, and where the text says his name or his domain's."""
        domain = box.domain
        if domain is None or domain.organizational.name in self._common.mailbox_providers:
            return True
        vocabulary = self._comparer.words
        if vocabulary.names_a_body(box.display_name) or vocabulary.is_of_the_state(domain):
            return True
        name = _name_of(box)
        if len(name) >= _WHOLE_NAME and name in said:
            return True
        label = in_one_word(domain.organizational.unicode.partition(".")[0])
        return len(label) >= _NAME and NamesInText(said, self._comparer).spells(label)

    def _has_its_domain(self, box: Mailbox) -> bool:
        """`soutien-cpam.example`, where the name beside it is of unknown words, too."""
        return box.domain is not None and self._comparer.domain(box.domain) >= Degree.PART

    def _leads_home(self, reading: Reading) -> bool:
        """True where a link leads to the organisation: whoever writes about it points there."""
        links = (link for link in reading.links[:_MOST_LINKS] if link.kind is not LinkKind.IMAGE)
        return any(link.host is not None and self._brand.knows(link.host) for link in links)


def _name_of(box: Mailbox) -> str:
    return box.display_name.strip(_PADDING)[:_LONGEST_SIGNATURE]


def _is_a_person(box: Mailbox, said: str) -> bool:
    """True where a word of the name is that of the mailbox, or stands alone below the letter."""
    own = [word for word in _name_of(box).split() if len(word) >= _NAME and word[0].isupper()]
    below = {line.strip(_PADDING) for line in said.split("\n")[-_MOST_SIGNING:]}
    return any(plain(word) in plain(box.local_part) or word in below for word in own)


def _finder(parts: tuple[str, ...]) -> ahocorasick_rs.AhoCorasick | None:
    parts = tuple(filter(None, parts))
    return ahocorasick_rs.AhoCorasick(list(parts)) if parts else None


def _stands_in(finder: ahocorasick_rs.AhoCorasick | None, text: str) -> bool:
    return finder is not None and bool(finder.find_matches_as_indexes(text))
