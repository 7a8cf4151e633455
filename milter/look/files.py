"""What does a file ask for that no sentence of the mail does? An answer by mail, or to open a locked one.

Pure. Never raises on anything a sender writes.
"""

import re
from itertools import islice

from milter.ask.ask import LONGEST_QUOTE, Ask
from milter.brand.brand import Brand
from milter.brand.promise import AskKind
from milter.claim.claim import Claim
from milter.mail.reading import Reading
from milter.mail.text.folding import fold

_BESIDE = 200
_MOST_PLACES = 200
_password = re.compile(r"\b(?:mots? de passe|code|password|pin)\b", re.IGNORECASE)
_mail = r"(?:e-? ?mail|mail|courriel|courrier electronique)\b"
# Not: "indiquez votre adresse e-mail".
_by_mail = re.compile(
    rf"\bpar (?:retour (?:de |du |d')?)?{_mail}|\bce (?:present )?(?:{_mail}|message\b)"
    r"|\ba (?:notre|l') ?adresse (?:e-? ?mail|mail|electronique)\b|[\w.-]@"
)
_sends = re.compile(r"\b(?:envoy|renvoy|adress|retourn|transmet|repond|communiqu|scann)\w{0,6}\b")
_sentence_end = re.compile(r"[.!?](?=\s)|\n\n")


def with_answer_by_mail(asks: tuple[Ask, ...], reading: Reading, claim: Claim) -> tuple[Ask, ...]:
    """The asks; a file asks for an answer only where that is to come by mail: forms go back by post."""
    asks = tuple(ask for ask in asks if ask.kind is not AskKind.REPLY or ask.where != "attachment")
    text = fold(reading.attached)
    for place in islice(_by_mail.finditer(text), _MOST_PLACES):
        said = _sentence_round(text, place)
        sends = place.group().startswith("par retour") or _sends.search(said)
        if sends and not _is_at_home(said, claim.brand):
            return _with(asks, AskKind.REPLY, said, "attachment")
    return asks


def _is_at_home(said: str, brand: Brand) -> bool:
    """True where it names the organisation's own site, or the reader's account there."""
    sites = (owned.domain.name for owned in brand.domains)
    ways = (*sites, *brand.words.accounts)
    return any(re.search(rf"\b{re.escape(way)}\b", said) for way in ways)


def _sentence_round(text: str, place: re.Match[str]) -> str:
    before = _sentence_end.split(text[max(0, place.start() - _BESIDE) : place.start()])[-1]
    return before + _sentence_end.split(text[place.start() : place.end() + _BESIDE], maxsplit=1)[0]


def _with(asks: tuple[Ask, ...], kind: AskKind, said: str, where: str) -> tuple[Ask, ...]:
    """The asks, with this one at its place unless one of the kind is there."""
    if any(ask.kind is kind for ask in asks):
        return asks
    more = Ask(kind, " ".join(said.split())[:LONGEST_QUOTE], where)
    return tuple(sorted((*asks, more), key=lambda ask: list(AskKind).index(ask.kind)))


def with_locked_file(asks: tuple[Ask, ...], reading: Reading) -> tuple[Ask, ...]:
    """The asks, and to open the locked file whose password stands beside it: a lure that no filter reads."""
    said = _password.search(reading.text) if "encrypted" in reading.unreadable else None
    if said is None:
        return asks
    return _with(asks, AskKind.ATTACHMENT, _sentence_round(reading.text, said), "text")
