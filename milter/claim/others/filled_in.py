"""Did somebody write his letter into another's form, whose program sends it? A shop greets its new customer
"Bonjour Votre carte Vitale expire : https://...", a town hall sends a copy of what was said to it.

Pure. Nobody is called so: a name that leads away, or wants a call, was chosen for whoever reads it. Honest
copies of a message name who wrote it; this one names the organisation. Which is a customer, too, and leaves
its number: a number counts only beside news of what is the reader's there.
"""

import re
from collections.abc import Iterator
from itertools import chain, islice

from milter.brand.brand import Brand
from milter.claim.lines import Phrases
from milter.claim.names.comparer import Comparer
from milter.claim.names.labels import Degree
from milter.claim.speaking.leads import own_domains
from milter.claim.speaking.speaker import Speaker, speaker
from milter.claim.text import MOST_TEXT, PHONE_NUMBER
from milter.mail.reading import Reading
from milter.mail.target import read_target
from milter.mail.text.folding import phrase
from milter.mail.urls import links_in_text

_LONGEST, _MOST = 400, 8
_REST = 8  # words of a program beside what was filled in
_THINGS = ("dossier", "compte", "carte")
_GREETED = re.compile(
    r"^[ \t*>-]{0,3}(?:bonjour|bonsoir|salut|coucou|hello|hi|hey|dear|bienvenue|ch[eè]re?)"
    r"(?:\s?/\s?ch[eè]re?)?[ \t]+"
    # "Bonjour je vous envoie ...", "Cher patient. ..." is how people write.
    r"(?!(?:j|je|nous|on|vous|voici|voil[aà]|ci|suite|comme|pour|merci|tout|toutes|[aà]|veuillez|il|c|ch[eè]re?s?"
    r"|(?:client|patient|assur[ée]|adh[ée]rent|usager|coll[èe]gue|ami|monsieur|madame|docteur)e?s?)\b)"
    rf"(?P<name>[^\W_].{{10,{_LONGEST}}})$",
    re.IGNORECASE | re.MULTILINE,
)
_LABELLED = re.compile(
    r"^[ \t*>-]{0,3}(?:votre |vos )?(?:noms?|pr[ée]noms?|nom et pr[ée]nom|nom complet|name|full name"
    r"|first name|last name|participante?|invit[ée]e?|exp[ée]diteur|de la part de|soci[ée]t[ée]|pseudo"
    r"|utilisateur|demandeur)"
    rf"\s{{0,3}}:\s{{0,3}}(?P<name>\S.{{1,{_LONGEST}}})$",
    re.IGNORECASE | re.MULTILINE,
)
_MESSAGE = re.compile(
    r"^[ \t*>-]{0,3}(?:votre |your )?(?:message|commentaires?|demande|note|question|texte|comments?)"
    r"\s{0,3}:\s{0,9}",
    re.IGNORECASE | re.MULTILINE,
)
_EMPTY_LINE = re.compile(r"\n[ \t]{0,20}\n")


class FilledIn:
    """Finds what was filled in, in the name of one brand; built once."""

    def __init__(self, brand: Brand, names: Phrases, comparer: Comparer) -> None:
        """`names` are those of the brand and of its things."""
        self._brand = brand
        self._names = names
        self._comparer = comparer
        said = brand.words
        things = (*_THINGS, *said.objects, *said.soft_objects, *said.matter, *said.soft_matter)
        self._news = re.compile(rf" (?:votre|vo) (?:[a-z]+ ){{0,2}}(?:{'|'.join(map(re.escape, things))}) ")

    def letter_in(self, reading: Reading) -> str | None:
        """What was filled in, where it leads the reader away in the name of the brand, and the rest of the
        mail is another's, who does not speak of it.
        """
        # What stands below "Votre message :" is quoted (`mail.text.quoting`).
        text = f"{reading.text}\n{reading.quoted}"[:MOST_TEXT]
        for begin, end, name in (*self._names_given(text), *self._messages(text)):
            # Its program greets him by the name.
            rest = f"{text[:begin]} {text[end:]}".replace(name, " ")
            if len(rest.split()) < _REST or self._names.find(f" {phrase(rest)} "):
                continue
            if self._leads_away(text[begin:end], reading):
                return None if speaker(reading, self._comparer) is Speaker.PERSON else text[begin:end]
        return None

    def _names_given(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Names that hold a word of the brand's."""
        for found in islice(chain(_GREETED.finditer(text), _LABELLED.finditer(text)), _MOST):
            if self._names.find(f" {phrase(found['name'])} "):
                yield *found.span("name"), found["name"]

    def _messages(self, text: str) -> Iterator[tuple[int, int, str]]:
        """What is said by somebody who gave the brand's name as his."""
        for named in islice(_LABELLED.finditer(text), _MOST):
            message = _MESSAGE.search(text, named.end())
            if message and self._comparer.name(named["name"]) >= Degree.SHORT:
                below = _EMPTY_LINE.search(text, message.end())
                yield named.start(), below.start() if below else len(text), named["name"]

    def _leads_away(self, said: str, reading: Reading) -> bool:
        own = own_domains(reading)
        hosts = (read_target(link).host for link in links_in_text(said))
        away = (host for host in hosts if host is not None and host.organizational not in own)
        if any(not self._brand.knows(host) for host in away):
            return True
        return PHONE_NUMBER.search(said) is not None and bool(self._news.search(f" {phrase(said)} "))
