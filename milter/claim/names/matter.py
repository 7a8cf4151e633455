"""Is this name, line or domain made of the brand's matter only, and of nobody's name?

Pure. `Protection des assurés` and `espace-assure-fr.com` say what the brand is about and not whose they are:
a bank, a mutuelle and a town hall say their name beside it. Whole words only.
"""

from enum import IntEnum
from functools import lru_cache

from milter.brand.brand import Words
from milter.claim.names.vocabulary import Vocabulary
from milter.mail.domain import Domain
from milter.mail.remembered import remembered
from milter.mail.text.folding import fold, phrase

_MAX_TEXT = 120
_MAX_WORDS = 10
_MAX_LABEL = 63
_MAX_PIECE = 28
_LONGEST = 5  # words of a phrase that is matter


class Matter(IntEnum):
    """What a text is made of, where it says nobody's name."""

    NONE = 0
    SECTOR = 1  # nothing but the trade: "Plateforme nationale de santé"
    SOFT = 2  # what insurers of every kind are about
    OWN = 3  # what the brand alone is about


class MatterReader:
    """Compares names, lines and domains with the matter of one brand; built once, and cached by text."""

    def __init__(self, brand: Words, vocabulary: Vocabulary) -> None:
        """Keep the phrases, and the same as they are glued in the name of a domain."""
        self._vocabulary = vocabulary
        graded = [
            *((one, Matter.SECTOR) for one in brand.sector),
            *((one, Matter.SOFT) for one in brand.soft_matter),
            *((one, Matter.OWN) for one in brand.matter),
        ]
        self._phrases = dict(graded)
        self._sector = frozenset(brand.sector)
        self._glued = {one.replace(" ", ""): grade for one, grade in graded}
        self.text = remembered(512, longest=_MAX_TEXT)(self._text)
        self.domain = lru_cache(maxsize=512)(self._domain)

    def is_sector(self, word: str) -> bool:
        """True for a folded word that says in which trade a sender is, and not who he is."""
        return word in self._sector

    def _text(self, text: str) -> Matter:
        """Of a display name or a line, how much the brand's matter it is."""
        if len(text) > _MAX_TEXT:
            return Matter.NONE
        tokens = phrase(text).split()
        # One word, whatever it is, may be somebody's: `Puma`.
        if not 1 < len(tokens) <= _MAX_WORDS or self._vocabulary.names_a_body(text):
            return Matter.NONE
        best, at = Matter.NONE, 0
        while at < len(tokens):
            length, grade = self._at(tokens, at)
            if not length and not self._vocabulary.is_word(tokens[at]):
                return Matter.NONE
            best = max(best, grade)
            at += length or 1
        return best

    def _at(self, tokens: list[str], at: int) -> tuple[int, Matter]:
        for length in range(min(_LONGEST, len(tokens) - at), 0, -1):
            if grade := self._phrases.get(" ".join(tokens[at : at + length])):
                return length, grade
        return 0, Matter.NONE

    def _domain(self, domain: Domain) -> Matter:
        """The same of the registrable label of a domain."""
        label = domain.organizational.unicode.partition(".")[0][:_MAX_LABEL]
        if read := self._text(label):
            return read
        return self._cut("".join(phrase(label).split()))

    def _cut(self, glued: str) -> Matter:
        """Of letters that matter and the words of an office fill from end to end: `espaceassure`."""
        if glued in self._phrases:
            return Matter.NONE
        reached: dict[int, Matter] = {0: Matter.NONE}
        for at in range(len(glued)):
            if at not in reached:
                continue
            for end in range(at + 1, min(len(glued), at + _MAX_PIECE) + 1):
                piece = glued[at:end]
                plain = piece if piece.isalpha() else fold(piece)
                grade = self._glued.get(piece, Matter.NONE) or self._glued.get(plain.removesuffix("s"))
                if grade or self._vocabulary.is_piece(piece):
                    reached[end] = max(reached.get(end, Matter.NONE), reached[at], grade or Matter.NONE)
        return reached.get(len(glued), Matter.NONE)
