"""With whose signature does a paragraph close, where no line of its own holds it? Pure, linear, never raises.

Who writes by telephone signs so: `... il manque le RIB. Cordialement, Julie, CPAM 49`.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from milter.claim.lines import MAX_LINE, Line, Phrases
from milter.claim.names.vocabulary import Vocabulary
from milter.claim.speaking.office import OFFICES, Signatures
from milter.claim.words import ClaimWords
from milter.mail.subject_only import is_of_a_program
from milter.mail.text.folding import phrase

_LONGEST_END = 400
# Where a sentence, or a link that closes one, ends; not behind an initial or a title: `M. Roux`.
_STOP = re.compile(r"(?<!\b[A-ZÀ-Ý])(?<!\bMM)(?<!\bD[Rr])(?<!\bMe)[.!?…]\s+|://\S{1,300}\s")
# `L. Petit (action sociale, CPAM Oise)`
_IN_BRACKETS = re.compile(r"\s?\(([^()]{2,80})\)$")
# How one calls back who signs: `05 49 00 11 22`, `Tél. : +33 5 49 00 11 22`.
_NUMBER = re.compile(
    r"[\s,;:(–—|-]{0,6}(?:t[ée]l(?:[ée]phone)?\.?\s?:?\s?)?(?:\+33\s?|0)[1-9](?:[\s.-]?\d\d){4}\)?\W*$",
    re.IGNORECASE,
)
_LED_OVER = re.compile(r"([^.!?:\n]{1,160})\s?:\s")
_MOST_COLONS = 20
_ARTICLE = re.compile(r"l(?:a\s|['’])", re.IGNORECASE)
_PART = re.compile(r",\s|\s[/|–—-]\s")
_MOST_WORDS = 4  # of a person's name
_MOST_WORDS_OF_BOTH = 12
_MOST_BELOW = 4  # lines below a signature
_PARTICLES = frozenset({"de", "du", "des", "le", "la", "el", "van", "von", "di", "da"})
_INITIAL = re.compile(r"(?:[A-ZÀ-Ý]\.-?){1,2}|(?:M|Mme|Mlle|MM|Dr|Me)\.?")


class Closing(NamedTuple):
    """What stands behind the last sentence of a line."""

    signature: Line
    is_led_to: bool  # by a formula: `Bien à vous`
    goes_on: bool  # with a list: `Intervenants : M. Roux, URPS. Mme Faure, CPAM 49`


class Closings:
    """Reads who signs at the end of a paragraph; built once."""

    def __init__(self, common: ClaimWords, vocabulary: Vocabulary, signatures: Signatures) -> None:
        """`signatures` knows how the organisation's offices and staff sign on a line of their own."""
        self._formula, self._vocabulary, self._signatures = common.closings, vocabulary, signatures
        self._retold = Phrases(common.retelling)

    def are_retold(self, lines: list[Line]) -> bool:
        """True where the last line, or the one above, leads over to somebody else's words: `Voici la réponse
        de la CPAM : il manque le RIB. Merci, Julie, CPAM 49`.
        """
        led = _LED_OVER.findall("\n".join(f"{line.text[-_LONGEST_END:]} " for line in lines[-2:]))
        return any(self._retold.find(f" {phrase(one)} ") for one in led[:_MOST_COLONS])

    def of(self, line: Line) -> Closing | None:
        """What closes a line; None where it is one sentence, and no formula."""
        text = _NUMBER.sub("", line.text[-_LONGEST_END:])
        ends = [0, *(found.end() for found in _STOP.finditer(text))]
        last = text[ends[-1] :].strip()
        before = text[ends[-2] : ends[-1]] if len(ends) > 1 else ""
        signature = self._behind_the_formula(last)
        formula = last[: len(last) - len(signature)].rstrip() or self._if_a_formula(before)
        if not (formula or before):
            return None
        if formula and formula[-1] not in ",.!?…" and _ARTICLE.match(signature):
            # "Merci la CPAM" is said to it.
            return None
        signature = _IN_BRACKETS.sub(r", \1", signature)
        return Closing(
            Line.of(signature.rstrip(" .") if formula else signature), bool(formula), " :" in before
        )

    def signs(self, closing: Closing) -> bool:
        """True where a person or an office of the organisation signs: `Julie, CPAM 49`; without a formula
        only who is surely one (`Voir avec Mme Faure, CPAM 49` names another, minutes end with a stop).
        """
        text = closing.signature.text
        if not closing.is_led_to:
            return not closing.goes_on and self._is_a_person(text, surely=True) and self._is_of_it(text)
        if _PART.search(text):
            text = f"{text[:1].upper()}{text[1:]}"
        return any(
            (self._is_a_person(one) or phrase(one).partition(" ")[0] in OFFICES) and self._is_of_it(one)
            for one in _written_apart(text)
        )

    def _is_of_it(self, text: str) -> bool:
        line = Line.of(text)
        return self._signatures.is_of_it(line) or self._signatures.is_one(line)

    def _if_a_formula(self, sentence: str) -> str:
        return "" if self._behind_the_formula(sentence) else sentence.strip()

    def _behind_the_formula(self, text: str) -> str:
        """The text without the formula that begins it: `Merci d'avance,` and any such words."""
        rest = text.strip()
        while rest:
            word, _, after = rest.partition(" ")
            said = phrase(word).split()
            if _INITIAL.fullmatch(word) or not said or not self._formula.issuperset(said):
                break
            rest = after.lstrip()
        return rest

    def _is_a_person(self, text: str, *, surely: bool = False) -> bool:
        """`Julie, ...`, `Mme Faure`, `R. Blin`; surely with a title, an initial or no plain word."""
        words = _PART.split(text, maxsplit=1)[0].split()
        if not 0 < len(words) <= _MOST_WORDS or not _PARTICLES.isdisjoint((words[0].lower(), words[-1])):
            return False
        if not all(word[:1].isupper() or word in _PARTICLES for word in words):
            return False
        return not surely or any(
            _INITIAL.fullmatch(word) or not self._vocabulary.is_word(phrase(word)) for word in words
        )


def without_below(lines: list[Line]) -> list[Line]:
    """The lines without what stands below a signature: numbers, and what a program or device adds."""
    end = len(lines)
    while end > max(len(lines) - _MOST_BELOW, 1) and _is_below(lines[end - 1].text[:MAX_LINE]):
        end -= 1
    return lines[:end]


def _is_below(text: str) -> bool:
    return is_of_a_program(text) or not _NUMBER.sub("", text).strip()


def _written_apart(text: str) -> Iterator[str]:
    """A signature, and as it were if somebody's name were set apart in it: `Julie Roux, CPAM 49`."""
    yield text
    words = text.split()
    if not _PART.search(text) and len(words) <= _MOST_WORDS_OF_BOTH:
        for at in range(1, min(len(words), _MOST_WORDS)):
            yield f"{' '.join(words[:at])}, {' '.join(words[at:])}"
