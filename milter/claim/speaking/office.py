"""Does a line sign as an office of the organisation, or one of its staff, or introduce him? Pure, linear."""

import re

from milter.brand.brand import Words
from milter.claim.lines import MAX_LINE, Line, Phrases
from milter.claim.names.vocabulary import Vocabulary
from milter.claim.words import ClaimWords
from milter.mail.text.folding import phrase

LONGEST_NAME = 90  # characters of a line that is a name
AMOUNT = re.compile(r"\d[\d\s.,]*(?:€|eur\b|%)", re.IGNORECASE)
# How an office that has no name but its task begins: "Service carte Vitale".
OFFICES = frozenset(
    {"service", "cellule", "direction", "equipe", "centre", "bureau", "pole", "departement", "plateforme"}
    | {"support", "assistance", "agence"}
)
_ARTICLE = re.compile(r"^\s*(?:l[ae] |l['’])", re.IGNORECASE)
# What stands between a person, or an office, and whose it is; and how such a part ends: with a name.
_APART = re.compile(r"(?:,|\s[/|–—-])\s+")
_ENDS_AS_A_NAME = re.compile(r"(?:^|[\s'’])[A-ZÀ-Ý0-9][\w-]{0,30}$")
_PLACE = re.compile(r",\s[A-ZÀ-Ý][\w'’-]{1,30}(?:\s[\w'’-]{1,30}){0,3}$")
# `Bonjour c'est M. Henry de la CPAM`, and what a third party goes on with: `C'est Julie de la CPAM qui ...`.
_INTRODUCED = re.compile(
    r"\s*(?:(?:bonjour|bonsoir|madame|monsieur|allo)\b[\s,.!]{0,5}){0,3}(?:(?:moi )?c['’]est|ici|je suis)\s+"
    r"(?-i:(?:(?:M\.?|Mme|Mlle|[A-ZÀ-Ý])[\w.’'-]{0,30},?\s){1,4})(?:de\s|du\s|à\s|d['’])(?:la\s|l['’])?"
    r"(?P<of>[^.,;:!?()–—]{3,80}?)(?=\s*(?:[.,;:!?()–—]|$)|\s(?:et|je|j['’]\w+|nous|vous|pour)\b)"
    r"(?!,\s(?:elle|il|qui|ils|elles|on)\b)",
    re.IGNORECASE,
)
_MOST_PARTS = 4
_MOST_PLACE_WORDS = 4  # behind the name: "CPAM du Val de Marne", "CPAM Béziers"
_ENDS = (".", ":", ";", "!", "?", ",", "…")


class Signatures:
    """Reads who signs in the organisation's name without being called so; built once."""

    def __init__(self, words: Words, names: Phrases, common: ClaimWords, vocabulary: Vocabulary) -> None:
        """`words` are those of the organisation, `names` finds its names; `vocabulary` knows other bodies."""
        self._names, self._vocabulary = names, vocabulary
        self._with_place = frozenset(words.with_place)
        self._staff = Phrases(common.staff)
        self._spoken = common.you | common.we

    def is_one(self, line: Line) -> bool:
        """`Le service prestations en espèces - CPAM`, `Sonia, agent de la CPAM`, `agente, CPAM de l'Oise`;
        behind it may stand where it is: `Service médical de l'Assurance Maladie, Orléans`.
        """
        there = _PLACE.search(line.text)
        return self._is_office(line) or (
            there is not None and self._is_office(Line.of(line.text[: there.start()]))
        )

    def _is_office(self, line: Line) -> bool:
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

    def is_of_it(self, line: Line) -> bool:
        """`Mme Delmas, CPAM Béziers`, `Commission paritaire - CPAM de l'Oise`;
        not: `Léa Roy, CGT CPAM 31`.
        """
        if len(line.text) >= LONGEST_NAME or line.text.endswith(_ENDS) or not line.text[:1].isupper():
            return False
        parts = _APART.split(line.text)
        others = [part for part in parts if not self._is_the_name(part)]
        return (
            1 < len(parts) <= _MOST_PARTS
            and len(others) == len(parts) - 1
            and self._spoken.isdisjoint(line.words.split())
            and not any(char.isdigit() or char in ":@" for part in others for char in part)
            and not any(map(self._vocabulary.names_a_body, parts))
        )

    def introduces(self, line: Line) -> bool:
        """`Bonjour, c'est M. Henry de la CPAM du Loiret.`: a letter begins so, and a call."""
        met = _INTRODUCED.match(line.text[:MAX_LINE])
        return met is not None and self._is_the_name(met["of"].rstrip())

    def _is_the_name(self, part: str) -> bool:
        """`CPAM`, `Caisse primaire d'assurance maladie de l'Oise`; not: `Assurance maladie` of a menu."""
        words = f" {phrase(part)} "
        name = self._names.find(words)
        if name is None or not words.startswith(f" {name} "):
            return False
        more = words.count(" ") - name.count(" ") - 2
        return (
            (not more or (name in self._with_place and more <= _MOST_PLACE_WORDS))
            and _ENDS_AS_A_NAME.search(part) is not None
            and not AMOUNT.search(part)
        )

    def _is_of_staff(self, word: str) -> bool:
        return self._staff.find(f" {word} ") is not None
