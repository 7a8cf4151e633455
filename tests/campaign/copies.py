"""Copies of a letter, as a program of fraudsters makes them: each for somebody else, none like the other."""

import html
import random
import re
from dataclasses import dataclass
from email.message import EmailMessage

from milter.mail.message import Message
from milter.mail.read import read

_NAMES = (
    "Camille Robert",
    "Fatima Benali",
    "Jean-Luc Moreau",
    "Sylvie Nguyen",
    "Anaïs Lefèvre",
    "Paul Petit",
)
# What a word is changed to.
_WORDS = ("merci", "document", "rapidement", "prestation", "sous", "avis", "portail", "nouveau")
# Words of the letter, not pieces of an address, in which nobody changes anything.
_OWN_WORD = re.compile(r"(?<![^\s«(])[a-zéèàç]+(?![^\s,;:!?»)])")


@dataclass(frozen=True)
class Letter:
    """What a letter says, and where its links lead."""

    subject: str
    text: str
    hosts: tuple[str, ...] = ()


def letter_of(raw: bytes) -> Letter:
    """The letter that a mail is."""
    reading = read(Message(raw))
    hosts = dict.fromkeys(link.host.name for link in reading.links if link.host)
    return Letter(reading.subject, reading.text, tuple(hosts)[:5])


def copy_of(letter: Letter, chance: random.Random, words: int = 2, swaps: int = 3, host: str = "") -> bytes:
    """A copy for somebody: with a name, a reference, a date, an amount and tokens of its own, so many words
    changed at most and so many letters swapped, and with all links at `host` where one is given."""
    name = chance.choice(_NAMES)
    text = _swapped(_changed(letter.text, chance, chance.randint(0, words)), chance, chance.randint(0, swaps))
    reference = _token(chance, "AB0123456789", 9)
    head = f"Bonjour {name},\nRéférence : {reference}, le {chance.randint(1, 28)} mars 2026"
    links = [
        f"https://{host or one}/suivi/{_token(chance, 'abcdef0123456789', 16)}?id={chance.randrange(10**8)}"
        for one in letter.hosts
    ]
    foot = f"Montant : {chance.randint(10, 900)},{chance.randint(10, 99)} euros"
    mail = EmailMessage()
    mail["From"] = f"Service <contact{chance.randrange(1000)}@envoi.example>"
    mail["To"] = f"{name} <{name.split()[-1].lower()}{chance.randrange(100)}@mairie.example>"
    mail["Subject"] = f"{' '.join(letter.subject.split())} n° {chance.randrange(10**6)}"
    if chance.random() < 0.5:
        mail.set_content("\n\n".join([head, text, *links, foot]))
    else:
        shown = "".join(
            f"<p>{html.escape(line)}</p>" for line in [*head.split("\n"), *text.split("\n"), foot]
        )
        anchors = "".join(f'<a href="{link}">Accéder</a>' for link in links)
        mail.set_content(f"<html><body>{shown}{anchors}</body></html>", subtype="html")
    return mail.as_bytes()


def _changed(text: str, chance: random.Random, count: int) -> str:
    places = [place for place in _OWN_WORD.finditer(text) if len(place.group()) > 2]
    for place in sorted(chance.sample(places, min(count, len(places))), key=lambda p: -p.start()):
        text = text[: place.start()] + chance.choice(_WORDS) + text[place.end() :]
    return text


def _swapped(text: str, chance: random.Random, count: int) -> str:
    words = [place for place in _OWN_WORD.finditer(text) if len(place.group()) > 2]
    places = [chance.randrange(word.start(), word.end() - 1) for word in words]
    for place in chance.sample(places, min(count, len(places))):
        text = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return text


def _token(chance: random.Random, letters: str, length: int) -> str:
    return "".join(chance.choice(letters) for _ in range(length))
