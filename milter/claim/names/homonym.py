"""Has this sender only the initials of the brand? Reads his name, his domain and what he writes of.

Pure. `CPAM Charpente`, who signs so and writes of nothing that the brand is about, is a firm. Whoever says
the name alone, or a word of refunds, cards or rights, is not one; unless he spells out what else his initials
stand for: in brackets behind it, or, if he writes of no such matter, anywhere.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from milter.brand.brand import Words
from milter.claim.lines import Phrases
from milter.claim.names.colleague import are_colleagues, without_signatures
from milter.claim.names.comparer import Comparer
from milter.claim.names.labels import Degree
from milter.claim.names.matter import Matter
from milter.claim.text import MOST_TEXT, words_said
from milter.claim.words import ClaimWords
from milter.mail.reading import Reading
from milter.mail.text.folding import fold, phrase

_SHORTEST = 4  # letters of a word that can be a name
# Initials behind what they stand for: "Cercle Photo d'Audierne et du Ménez (CPAM)".
_INITIALS = re.compile(r" \(([A-Z](?:\.?[A-Z]){2,7})\.?\)")
_LONGEST_NAME, _MOST_WORDS = 200, 12
_ELIDED = re.compile(r"\b[dl]['\u2019]", re.IGNORECASE)
_MOST_SPELLED_OUT = 20
# Between what they stand for nothing ends: "Club de Pétanque. Amicalement, Maurice" is no name.
_WITHIN = re.compile(r"[^.,;:!?()«»\"\n]+")
_LONGEST_TEXT = 20_000
_LITTLE = frozenset({"a", "au", "aux", "d", "de", "des", "du", "en", "et", "la", "le", "les", "pour", "sur"})


class Homonyms:
    """Knows one brand's names and matter; built once."""

    def __init__(self, words: Words, common: ClaimWords, comparer: Comparer) -> None:
        """`vos prestations` are the brand's matter, and `nos prestations` everybody's."""
        self._comparer = comparer
        self._regions = common.regions
        own = (*words.soft_objects, *words.soft_matter)
        yours = (f"{whose} {one}" for whose in sorted(common.yours) for one in own)
        shared = frozenset(own) - frozenset((*words.objects, *words.matter, *words.unnamed, *words.soft))
        matter = (*words.names, *words.objects, *words.matter, *words.unnamed, *words.soft, *own, *yours)
        self._matter = Phrases(tuple(one for one in matter if one not in shared or " " in one))
        self._itself = Phrases((*words.names, *words.objects, *words.unnamed))

    def is_one(self, reading: Reading) -> bool:
        """True for one author whose whole name the text says, and who writes of nothing of health; beside the
        initials stands a word that is nobody else's, or his domain is called so; or he says what they mean;
        or it is a person's name, who writes for a firm.
        """
        return self._is_a_firm(reading) or self.spells_itself_out(reading) or self._are_colleagues(reading)

    def _are_colleagues(self, reading: Reading) -> bool:
        if len(reading.text) + len(reading.quoted) > MOST_TEXT or not are_colleagues(reading, self._comparer):
            return False
        own = without_signatures(reading)
        return not self._matter.find(words_said(replace(own, text=f"{own.text}\n{own.quoted}")))

    def spells_itself_out(self, reading: Reading) -> bool:
        """True where initials are the sender's name, or a word of it, which the mail says to be those of
        something else; and he speaks of the organisation nowhere.
        """
        box = reading.author
        initials = "" if box is None else self._initials_in(box.display_name[:_LONGEST_NAME])
        if box is None or not initials:
            return False
        text = reading.text[:MOST_TEXT]
        words = words_said(reading).replace(f" {initials.lower()} ", " _ ")
        said = f"{box.display_name[:_LONGEST_NAME]}\n{text[:_LONGEST_TEXT]}"
        in_brackets = any(map(self._is_another, _before_brackets(text, initials)))
        if in_brackets and initials == _initials(box.display_name):
            return not self._itself.find(words)
        if self._matter.find(words):
            return False
        return in_brackets or any(map(self._is_another, _spelling(said, initials)))

    def _initials_in(self, name: str) -> str:
        """`CPAM` of `CPAM`, `C.P.A.M. Judo` or `Secrétariat CPAM`; empty where none are the brand's."""
        read = map(_initials, name.split())
        return next((one for one in read if one and self._comparer.name(one) is not Degree.NONE), "")

    def _is_another(self, meant: str) -> bool:
        return self._comparer.name(meant) is Degree.NONE and self._comparer.matter.text(meant) < Matter.SOFT

    def _is_a_firm(self, reading: Reading) -> bool:
        box = reading.author
        name = phrase(box.display_name[:400]) if box is not None else ""
        if box is None or box.domain is None:
            return False
        if self._comparer.name(box.display_name[:400]) not in (Degree.BODY, Degree.PART):
            return False
        label = fold(box.domain.label)
        said = (word for word in name.split() if len(word) >= _SHORTEST and word not in self._regions)
        own = [word for word in said if not self._comparer.name(word)]
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
    return letters if letters.isalpha() and letters.isupper() and 1 < len(letters) < 9 else ""


def _before_brackets(text: str, initials: str) -> Iterator[str]:
    """What the text says before `(CPAM)`, where its last capitals are these initials."""
    for found in islice(_INITIALS.finditer(text), _MOST_SPELLED_OUT):
        if _initials(found[1]) != initials:
            continue
        before = text[max(0, found.start() - _LONGEST_NAME) : found.start()].split()[-_MOST_WORDS:]
        said = _ELIDED.sub("", " ".join(before))
        if "".join(word[0] for word in said.split() if word[0].isupper()).endswith(initials):
            yield " ".join(before)


def _spelling(text: str, initials: str) -> Iterator[str]:
    """Where the words of the text, one after the other, begin with these letters: with its capitals alone,
    or with all words but the little ones, the first of them with a capital.
    """
    for found in _WITHIN.finditer(text):
        tokens = _ELIDED.sub("", found[0].replace("-", " ")).split()
        capital = [word for word in tokens if word[0].isupper()]
        telling = [word for word in tokens if word not in _LITTLE]
        for said in (capital, telling):
            letters = "".join(fold(word[:1])[:1] or "_" for word in said)
            at = letters.find(initials.lower())
            if at >= 0 and said[at][0].isupper():
                yield " ".join(said[at : at + len(initials)])
