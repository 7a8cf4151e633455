"""Does a third party say that the organisation charged him, or that it wants what he asks for?

Pure. Employers, pharmacies and mothers say so too: how much that weighs is decided by the wording of the mail
and by what it asks for (`look.wanted`, `verdict.weigh`).
"""

import re
from collections.abc import Iterable

from milter.brand.brand import Words
from milter.claim.claim import Basis
from milter.claim.lines import Line
from milter.claim.speaking.sentences import ARTICLES, DENIES, Sentences, any_of
from milter.claim.words import ClaimWords

# What may stand between its name and its verb: a place, an adverb, "qui nous", but no other subject.
_ANY = r"(?!(?:vou|je|j|tu|on|ne|n|si|que|pour|ou|et|you|i|we) )\w+ "
_BETWEEN = rf"(?:{_ANY}){{0,5}}?"
_BETWEEN_NOT_ME = rf"(?:(?!(?:me|m) ){_ANY}){{0,5}}?"
# Who says what it wants of himself wants nothing of his reader.
_NOT_MINE = r"(?!(?:\w+ )?(?:mon|ma|me) |(?:\w+ ){1,4}de (?:mon|ma|notre) (?:cote|part) )"
# "Demande à faire" is a notice, "demande combien ..." and "souhaite savoir quelles mesures ..." only ask:
# nobody's wish. Not: "souhaite savoir si vous ...".
_NO_WISH = (
    r"(?!a faire |de capital |(?:combien|comment|quand|pourquoi|si) "
    r"|savoir (?!(?:\w+ ){0,3}(?:vou|votre|vo|tu|te|ton|ta) ))"
)
# What is asked for of itself ("se demande à la CPAM") is had by asking, not wanted by anybody.
_NOT_ITSELF = "(?<! se )(?<! s )"

# "CPAM de la Somme - Demande de compléments": a title, in which no verb stands.
_TITLED = re.compile(r"[:|–—-]\s+(?:Demande|Exigence|Besoin)s?\b")

# A part of it may be named first: "le service fraude de la CPAM".
_PART = r"(?:(?:service|pole|cellule|direction|antenne|agence|guichet) (?:\w+ ){0,4}?)?"


class Charged:
    """Reads what third parties say of one brand's wishes; built once."""

    def __init__(self, words: Words, common: ClaimWords, sentences: Sentences) -> None:
        """Prepare the frames of the brand and of the language; `sentences` are of the same words."""
        self._sentences = sentences
        name, meant = any_of(words.names), any_of(words.unnamed)
        bodies = any_of(one for one in words.names if one not in words.objects)
        body, who = any_of((bodies, meant)), any_of((name, meant))
        charges, demands = any_of(common.charges), any_of(common.demanding)
        self._acts_for = re.compile(
            rf" {any_of(common.mandate)} {ARTICLES}{_PART}{ARTICLES}{name} "
            # Not: "j'ai rempli le dossier pour la CPAM".
            rf"| (?:je|j|nou) (?:\w+ )?{any_of(common.working)} (?:\w+ ){{0,6}}?pour "
            rf"{ARTICLES}{_PART}{ARTICLES}{name} "
            rf"| {any_of(common.suppliers)} (?:\w+ ){{0,4}}?(?:pour|de|du|d) "
            rf"{ARTICLES}{_PART}{ARTICLES}{who} "
            rf"| {name} (?:\w+ ){{0,4}}?(?:a|ont) {any_of(common.agreeing)} "
            r"(?:\w+ ){0,2}?avec (?:nou|notre|mon|moi) "
        )
        self._is_charged = re.compile(
            # Not: "pris en charge par l'Assurance Maladie".
            rf"(?<! en) {any_of(common.agency)} {ARTICLES}{_PART}{ARTICLES}{who} "
            rf"| {who} (?:\w+ ){{0,4}}?(?:nou|me|m) (?:(?:a|ont) )?{charges} "
            rf"| {who} (?:\w+ ){{0,4}}?(?:a|ont) {charges} (?:(?:a|au) )?(?:notre|no|mon|les?|la) "
            rf"| {who} (?:\w+ ){{0,4}}?(?:a|ont) {charges} (?:\w+ ){{1,6}}?comme "
        )
        self._wants = re.compile(
            # Not: "une notification de la caisse primaire (demande à faire)", "la CPAM me réclame mon RIB".
            rf" {body} {_BETWEEN_NOT_ME}{_NOT_ITSELF}{demands} {_NO_WISH}{_NOT_MINE}"
            rf"| {body} {_BETWEEN}(?:me|m) {demands} (?:\w+ ){{0,3}}?(?:vou|te|votre|vo|ton|ta) "
            rf"| {any_of(common.wanted_by)} {ARTICLES}{_PART}{ARTICLES}{body} "
            # "L'Assurance Maladie a retenu notre centre et nous demande de ..."
            rf"| {body} (?:a|ont) (?:\w+ ){{2,12}}?et nou {demands} {_NO_WISH}"
        )
        # "La CPAM nous a informés", not: "... nous demandons".
        self._heard = re.compile(
            rf" {body} {_BETWEEN}(?<! a )(?:nou|me|m) (?!vou |(?:le|la) |\w+(?:on|ez) )\w+ {_NOT_MINE}"
            rf"| {any_of(common.heard_from)} {ARTICLES}{who} "
            rf"| {who} {any_of(common.calling)} "
        )
        called_then = f"(?:la|le|l) {any_of(common.called_then)}"
        said = ("elles?", "ils?", "ce(?:lle|lui) ci", "they", called_then)
        # "Reste l'entreprise, qui demande ..." is anybody's wish; who charges us is hardly anybody.
        it, who_it = any_of(said), any_of((*said, "qui"))
        self._it_wants = re.compile(
            rf"(?<! de) {it} {_BETWEEN}{demands} {_NO_WISH}{_NOT_MINE}| elles? (?:vou|te) {demands} "
            rf"| (?:on (?:nou|m|me)|et (?:nou|m|me|vou|leur|lui)) {demands} {_NOT_MINE}"
            # Not: "et demande de remboursement".
            rf"| et {demands} (?:que|qu) "
        )
        self._it_charges = re.compile(
            rf" (?:{who_it}|et) (?:nou|me|m) (?:en )?(?:(?:a|ont) )?{charges} "
            rf"| {who_it} en (?:a|ont) {charges} "
            rf"| (?:notre|mon|nou|moi) (?:\w+ )?qu {who_it} {charges} | en (?:nou|me|m) {charges} "
            # "Elle les fait délivrer par les organismes agréés, dont nous sommes."
            rf"| {who_it} (?:\w+ ){{1,12}}?dont nou (?:somme|faison) "
            rf"| {any_of(common.agency)} (?:la|le|l) {any_of(common.called_then)} "
            r"| a (?:sa|leur) demande nou "
        )

    def said(self, lines: list[Line]) -> tuple[Basis, str] | None:
        """The gravest that he says of it, but what he only tells, and the sentence in which he does."""
        sentences = [line for line in self._sentences.of(lines) if not DENIES.search(line.words)]
        wishing = (line for line in sentences if not _TITLED.search(line.text))
        if charged := _first(self._is_charged, sentences):
            return Basis.CHARGED, charged
        going_on = list(self._sentences.going_on(lines))
        # `Elle nous charge de ...`, after a sentence that names it.
        if charged := _first(self._it_charges, going_on):
            return Basis.CHARGED, charged
        if demanded := _first(self._wants, wishing) or _first(self._it_wants, going_on):
            return Basis.DEMANDED, demanded
        if acting := _first(self._acts_for, sentences):
            return Basis.ACTING_FOR, acting
        if heard := _first(self._heard, sentences):
            return Basis.HEARD_FROM, heard
        return None


def _first(pattern: re.Pattern[str], sentences: Iterable[Line]) -> str | None:
    return next((line.text for line in sentences if pattern.search(line.words)), None)
