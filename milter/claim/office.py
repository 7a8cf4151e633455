"""Does a line sign as an office of the organisation, or as one of its staff? Pure, linear, never raises."""

import re

from milter.claim.lines import Line, Phrases
from milter.claim.vocabulary import Vocabulary
from milter.claim.words import ClaimWords
from milter.mail.folding import phrase

LONGEST_NAME = 90  # characters of a line that is a name
AMOUNT = re.compile(r"\d[\d\s.,]*(?:€|eur\b|%)", re.IGNORECASE)
# How an office that has no name but its task begins: "Service carte Vitale".
OFFICES = frozenset(
    {"service", "cellule", "direction", "equipe", "centre", "bureau", "pole", "departement", "plateforme"}
    | {"support", "assistance", "agence"}
)
_ARTICLE = re.compile(r"^\s*(?:l[ae] |l['’])", re.IGNORECASE)
# A person as he signs: `Mme Delmas`, `Anaïs Védrine`; and what stands between him and whose he is.
_PERSON = re.compile(
    r"(?:(?:M|Mr|Mme|Mlle|Dr|Madame|Monsieur)\.? [A-ZÀ-Ý]|[A-ZÀ-Ý][\w.'’-]{0,20} [A-ZÀ-Ý])[\w.'’-]{0,30}\b"
)
_APART = re.compile(r"(?:,|\s[/|–—-])\s+")
_MOST_PLACE_WORDS = 4  # behind the name: "CPAM du Val de Marne", "CPAM Béziers"
_ENDS = (".", ":", ";", "!", "?", ",", "…")


class Signatures:
    """Reads who signs in the organisation's name without being called so; built once."""

    def __init__(self, common: ClaimWords, names: Phrases, vocabulary: Vocabulary) -> None:
        """`names` are those of the organisation; `vocabulary` knows those of other bodies."""
        self._names, self._vocabulary = names, vocabulary
        self._staff = Phrases(common.staff)
        self._spoken = common.you | common.we

    def is_one(self, line: Line) -> bool:
        """`Le service prestations en espèces - CPAM`, `Sonia, agent de la CPAM`, `agente, CPAM de l'Oise`."""
        begin, comma, text = line.text.rpartition(", ")
        if not line.text.endswith(_ENDS):
            # With an article it may be the beginning of a sentence: that ends like one.
            text = _ARTICLE.sub("", text)
        signs_as = phrase(begin).split() if comma else []
        if len(signs_as) != 1 or not self._is_of_staff(signs_as[0]):
            signs_as = phrase(text).split()[:1]
        return (
            bool(signs_as and (signs_as[0] in OFFICES or self._is_of_staff(signs_as[0])))
            and len(text) < LONGEST_NAME
            and not AMOUNT.search(text)
            and self._spoken.isdisjoint(line.words.split())
            and bool(self._names.find(f" {phrase(text)} "))
        )

    def is_person_of(self, line: Line) -> bool:
        """`Mme Delmas, CPAM Béziers`, `Anaïs Védrine, référente - CPAM 91`; not: `Léa Roy, CGT CPAM 91`."""
        if len(line.text) >= LONGEST_NAME or line.text.endswith(_ENDS) or not _PERSON.match(line.text):
            return False
        who, *rest = _APART.split(line.text)
        whose = f" {phrase(rest[-1])} " if rest else ""
        name = self._names.find(whose)
        return (
            name is not None
            and whose.startswith(f" {name} ")
            and whose.count(" ") - name.count(" ") - 2 <= _MOST_PLACE_WORDS
            and not AMOUNT.search(line.text)
            and self._spoken.isdisjoint(line.words.split())
            and not any(self._vocabulary.names_a_body(part) for part in (who, *rest))
        )

    def _is_of_staff(self, word: str) -> bool:
        return self._staff.find(f" {word} ") is not None
