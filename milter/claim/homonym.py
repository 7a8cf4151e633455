"""Has this sender only the initials of the brand? Reads his name, his domain and what he writes of.

Pure. `CPAM Charpente`, who signs so and writes of nothing that the brand is about, is a firm. Whoever says
the name alone, or a word of refunds, cards or rights, is not one; unless he spells out what else his initials
stand for.
"""

import re
from itertools import islice

from milter.brand.brand import Words
from milter.claim.comparer import Comparer
from milter.claim.labels import Degree
from milter.claim.lines import Phrases
from milter.claim.text import MOST_TEXT, words_said
from milter.claim.words import ClaimWords
from milter.mail.folding import fold, phrase
from milter.mail.reading import Reading

_SHORTEST = 4  # letters of a word that can be a name
# Initials behind what they stand for: "Cercle Photo d'Audierne et du Ménez (CPAM)".
_INITIALS = re.compile(r" \(([A-Z](?:\.?[A-Z]){2,7})\.?\)")
_LONGEST_NAME, _MOST_WORDS = 200, 12
_ELIDED = re.compile(r"\b[dl]['\u2019]", re.IGNORECASE)
_MOST_SPELLED_OUT = 20


class Homonyms:
    """Knows one brand's names and matter; built once."""

    def __init__(self, words: Words, common: ClaimWords, comparer: Comparer) -> None:
        """`vos prestations` are the brand's matter, and `nos prestations` everybody's."""
        self._comparer = comparer
        own = (*words.soft_objects, *words.soft_matter)
        yours = (f"{whose} {one}" for whose in sorted(common.yours) for one in own)
        shared = frozenset(own) - frozenset((*words.objects, *words.matter, *words.unnamed, *words.soft))
        matter = (*words.names, *words.objects, *words.matter, *words.unnamed, *words.soft, *own, *yours)
        self._matter = Phrases(tuple(one for one in matter if one not in shared or " " in one))
        self._itself = Phrases((*words.names, *words.objects, *words.unnamed))

    def is_one(self, reading: Reading) -> bool:
        """True for one author whose whole name the text says, and who writes of nothing of health; beside the
        initials stands a word that is nobody else's, or his domain is called so; or he says what they mean.
        """
        return self._is_a_firm(reading) or self._spells_itself_out(reading)

    def _spells_itself_out(self, reading: Reading) -> bool:
        """True where the sender's name is initials, which the text says to be those of something else, and
        he speaks of the organisation nowhere.
        """
        box = reading.author
        if box is None or not (initials := _initials(box.display_name)):
            return False
        text = reading.text[:MOST_TEXT]
        meant = (
            " ".join(text[max(0, found.start() - _LONGEST_NAME) : found.start()].split()[-_MOST_WORDS:])
            for found in islice(_INITIALS.finditer(text), _MOST_SPELLED_OUT)
            if _initials(found[1]) == initials
        )
        if not any(_spells(one, initials) and self._comparer.name(one) is Degree.NONE for one in meant):
            return False
        words = words_said(reading).replace(f" {initials.lower()} ", " _ ")
        return not self._itself.find(words)

    def _is_a_firm(self, reading: Reading) -> bool:
        box = reading.author
        name = phrase(box.display_name[:400]) if box is not None else ""
        if box is None or box.domain is None:
            return False
        if self._comparer.name(box.display_name[:400]) not in (Degree.BODY, Degree.PART):
            return False
        label = fold(box.domain.label)
        own = [word for word in name.split() if len(word) >= _SHORTEST and not self._comparer.name(word)]
        called = any(word in label or not self._comparer.words.is_word(word) for word in own)
        text = words_said(reading)
        if not called or f" {name} " not in text:
            return False
        while f" {name} " in text:
            text = text.replace(f" {name} ", " _ ")
        return not self._matter.find(text)


def _initials(name: str) -> str:
    """`CPAM` of `C.P.A.M.`; empty where the name is anything else."""
    letters = name.strip().replace(".", "")
    return letters if letters.isalpha() and letters.isupper() and len(letters) < 9 else ""


def _spells(said: str, initials: str) -> bool:
    """True where the last capitals of the words are these initials."""
    capitals = "".join(word[0] for word in _ELIDED.sub("", said).split() if word[0].isupper())
    return capitals.endswith(initials)
