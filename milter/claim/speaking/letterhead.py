"""Does the organisation head the letter, sign it, or introduce itself?

Pure, linear, never raises. Its name alone is enough: in a line at the top or at the foot, beside an office
or a person of it, behind the last sentence, or with a copyright sign below.
"""

import re
from collections.abc import Iterator
from itertools import chain, pairwise

from milter.brand.brand import Brand, Words
from milter.claim.claim import Evidence, trace
from milter.claim.lines import MAX_LINE, Line, Phrases, name_before
from milter.claim.names.comparer import Comparer
from milter.claim.names.labels import Degree
from milter.claim.speaking.closing import Closings, without_below
from milter.claim.speaking.fields import Fields
from milter.claim.speaking.office import AMOUNT, LONGEST_NAME, OFFICES, Signatures
from milter.claim.words import ClaimWords
from milter.mail.text.folding import fold, phrase
from milter.mail.text.letters import says_more_than_latin

# Where it stands that heads a letter, ends it, and signs it.
HEAD_LINES = 5
FOOT_LINES = 14
SIGNATURE_LINES = 3
_COPYRIGHT = re.compile(r"©|\(c\)|copyright|tous droits r[ée]serv[ée]s|\bsi[èe]ge social\b", re.IGNORECASE)
_DASHED = re.compile(r"(\w[^:|\]>–—«»“”\"\n]{2,60}?)\s[–—|-]\s([^\d\W][^.:!?\d€@]{3,60})\.?")
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


class Letterhead:
    """Reads the head and the foot of letters; built once for one brand."""

    def __init__(
        self,
        brand: Brand,
        words: Words,
        names: Phrases,
        common: ClaimWords,
        comparer: Comparer,
        fields: Fields,
    ) -> None:
        """`words` are those of the organisation that count, here or abroad, and `names` finds its names."""
        self._common = common
        self._names = names
        self._objects = frozenset(brand.words.objects)
        glued = (name.replace(" ", "") for name in words.names)
        self._long_names = tuple(name for name in glued if len(name) >= _LONG_NAME)
        self._comparer = comparer
        self._fields = fields
        self._signatures = Signatures(words, self._names, common, comparer.words)
        self._closings = Closings(common, comparer.words, self._signatures)

    def evidence(self, lines: list[Line]) -> Iterator[Evidence]:
        """Where the organisation heads the letter, signs it, or is named below it as its publisher."""
        weights, lines = self._common.weights, without_below(lines)
        # What ends a short note stands below it: `R. Blin`, and then `CPAM de Laval`.
        head = lines[: min(HEAD_LINES, max(len(lines) - 1, 1))]
        named = [line for line in head if self._names_it(line)]
        named = named or [line for line in lines[:HEAD_LINES] if self._opens(line)]
        if glued := next((line for line in lines[:HEAD_LINES] if self._is_glued(line)), None):
            yield trace("letterhead", glued.text, weights.glued)
        elif named:
            yield trace("letterhead", named[0].text, weights.letterhead)
        foot = lines[max(len(lines) - FOOT_LINES, 1) :]
        foot = [line for line in foot if line not in named[:1]]
        shows_anothers = self._closings.are_retold(lines)
        if shows_anothers and len(lines[-1].text) >= LONGEST_NAME:
            foot = foot[:-1]
        within = [] if shows_anothers else lines[-1:]
        if signed := next(chain(self._signature(foot), filter(None, map(self._signed_within, within))), None):
            yield trace("sign-off", signed.text, weights.sign_off)
        for line in lines[-FOOT_LINES:]:
            if self._names.find(line.words) and _COPYRIGHT.search(line.text[:MAX_LINE]):
                yield trace("footer", line.text, weights.copyright)
                break

    def _signature(self, foot: list[Line]) -> list[Line]:
        """The lines at the foot that sign in its name; those of offices and persons last of all."""
        last = foot[-SIGNATURE_LINES:]
        # `Mme Delmas` above `CPAM Béziers`.
        below = (Line.of(f"{one.text}, {two.text}") for one, two in pairwise(last))
        return (
            [line for line in foot if self._signs(line)]
            or [line for line in last if self._signatures.is_one(line)]
            or [line for line in (*last, *below) if self._signatures.is_of_it(line)]
        )

    def _names_it(self, line: Line) -> bool:
        """The name alone: no amount beside it, and not only a thing (`Carte Vitale`) of the organisation."""
        if (
            _BULLET.match(line.text)
            or self._fields.is_one(line)
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
        a_thing = found in self._objects and line.words.split()[0] not in OFFICES
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
        if self._names_it(line):
            return True
        tail = line.text.rpartition(",")[2] if _CLOSING & set(line.words.split()) else line.text
        # "L'Assurance Maladie - Agir ensemble": its department, or its motto.
        head = _DASHED.fullmatch(line.text) if len(line.text) < LONGEST_NAME else None
        name = head.group(1) if head and not _are_initials(*head.groups()) else tail
        return len(name) < LONGEST_NAME and name != line.text and self._names_it(Line.of(name))

    def _signed_within(self, line: Line) -> Line | None:
        """The signature that closes a paragraph, the way of text messages: `Ne pas répondre. CPAM`."""
        closing = self._closings.of(line)
        if closing is None:
            return None
        is_its_own = self._names_it(closing.signature) or self._closings.signs(closing)
        return closing.signature if is_its_own else None

    def introduction(self, lines: list[Line]) -> Iterator[Evidence]:
        """He who says first of all that he is of it."""
        greets = any(line.words.count(" ") <= _GREETING_WORDS for line in lines[:1])
        said = next(filter(self._signatures.introduces, lines[: 2 if greets else 1]), None)
        if said is not None:
            yield trace("first person", said.text, self._common.weights.speaks)

    def creditor(self, lines: list[Line]) -> Iterator[Evidence]:
        """It wants money by a record that says nobody else's name."""
        said = self._fields.creditor(lines)
        if said and (self._names_it(said[1]) or self._signatures.is_of_it(said[1])):
            yield trace("issuer", said[0].text, self._common.weights.creditor)


def _are_initials(name: str, words: str) -> bool:
    """True of `CPAM` beside `Comptoir des Peintures et Accessoires de Marine`: that is what he is called."""
    return name.strip() == "".join(word[0] for word in words.split() if word[0].isupper())
