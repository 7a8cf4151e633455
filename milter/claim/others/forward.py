"""Does the sender send his reader to a letter that he forwards, or only show it to him?

Pure. A fraud puts its letter under a forged forward head, or into a mail that it attaches, and adds a line:
"à faire avant ce soir". Whoever got such a letter himself asks whether it is true, warns, or reports it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from milter.claim.claim import IN_A_FILE, Basis
from milter.claim.lines import Phrases
from milter.claim.others.enclosed import what_is_enclosed
from milter.claim.text import MOST_TEXT
from milter.claim.words import ClaimWords
from milter.mail.reading import Link, LinkKind, Mailbox, Reading
from milter.mail.text.folding import phrase
from milter.mail.text.folding import words as words_in
from milter.mail.text.quoting import reply_heads, without_marks
from milter.mail.urls import links_in_text

_MAX_AUTHORS = 8
_MAX_LINKS = 400
_LONGEST_NAME = 200
# Words that leave the reader alone with what is forwarded; with a greeting and a name.
_HARDLY_ANYTHING = 8
# Words of a note that may say nothing but that there is a file.
_COVER_NOTE = 30
_LONG_NOTE = 150  # words beside which what is quoted is not the letter
_FOLLOWED = frozenset({LinkKind.ANCHOR, LinkKind.FORM, LinkKind.TEXT})
_author = re.compile(
    r"^[>|\s*\"']{0,8}(?:(?:De|From|Exp[ée]diteur|Von)[\s*]{0,3}:[\s*]{0,3})?"
    r"(?P<name>[^<>\[\]\n@:]{1,80})(?:<|\[mailto:)(?P<address>[^\s<>@\[\]]{1,64}@[^\s<>@\[\]]{3,200})[>\]]",
    re.MULTILINE | re.IGNORECASE,
)
# "De : Votre Assurance Maladie", where the program that forwarded it left the address out.
_NAMED = re.compile(
    r"^[>|\s*]{0,8}(?:De|From|Exp[ée]diteur|Von)[\s*]{0,3}:[\s*]{0,3}(?P<name>[^<>\[\]\n@:]{2,80})$",
    re.MULTILINE | re.IGNORECASE,
)
# A note of more lines is no note. A line of fewer characters ("Bonjour,") stands in every letter.
_MOST_NOTE_LINES, _A_SENTENCE = 100, 25
# "Le lun. 23 nov. 2026 à 09:11, CPAM <info@cpam-aide.example> a écrit :", which may stand above the lines of
# ">" (`mail.text.quoting`); and what of it says when.
_REPLIED = re.compile(
    r"^[>|\s*]{0,8}(?:Le|On|Am|El|Em|Il|Op)[ \t\u00a0](?P<when>[^<>@\n]{6,200})\n?"
    r"<(?:mailto:)?(?P<address>[^\s<>@\[\]]{1,64}@[^\s<>@\[\]]{3,200})>"
    r"[^\n:]{0,40}\n?[^\n:]{0,40}:[ \t\u00a0*_]*$",
    re.MULTILINE,
)
_WHEN = re.compile(r"\A.*\d(?:\s?[AaPp][Mm]\b)?(?:\s?\([^()]{1,20}\))?,?\s", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Note:
    """What the sender says of what he forwards: `owns` that it is his, or that he got it; `points` that he
    only says that there is something.
    """

    urges: bool
    leaves_alone: bool
    silent: bool
    owns: bool
    points: bool


class Forwards:
    """Reads notes above forwarded letters; built once."""

    def __init__(self, common: ClaimWords) -> None:
        """Prepare the phrases of the language."""
        self._urging = Phrases(common.urging)
        self._ordering = Phrases(common.ordering)
        self._testifying = Phrases(common.testifying)
        self._showing = Phrases(common.showing)
        self._thanking = Phrases(common.thanking)
        self._doubting = Phrases(common.doubting)
        self._reporting = Phrases(common.reporting)
        self._own = Phrases(common.own)
        self._pointing = Phrases(common.pointing)
        self._bare = Phrases(common.bare)
        self._watching = common.watching
        self._providers = common.mailbox_providers

    def note(self, reading: Reading) -> Note | None:
        """What the sender says of it; None where he doubts it, or says so much that it is not the letter."""
        return self._read(_without_heads(reading), reading)

    def note_on_files(self, reading: Reading) -> Note | None:
        """The same of his files. Who says nothing himself sends them on with what is quoted."""
        own = _without_heads(reading)
        if own.strip():
            return self._read(own, reading)
        return self._read(without_marks(reading.quoted[:MOST_TEXT]), reading)

    def _read(self, own: str, reading: Reading) -> Note | None:
        words = f" {phrase(f'{reading.subject} {own}')} "
        count = len(own.split())
        testifies = self._testifying.find(words) is not None
        urges = testifies or self._urging.find(_without(words, self._thanking)) is not None
        if testifies or self._ordering.find(words) is not None:
            words = _without(words, self._showing)
        asks = "?" in own and not testifies
        if asks or count > _LONG_NOTE or self._doubting.find(words) or self._reporting.find(words):
            return None
        owns = self._own.find(words) is not None
        points = 0 < count <= _COVER_NOTE and self._points(own, reading)
        return Note(urges, 0 < count <= _HARDLY_ANYTHING, count == 0, owns, points)

    def _points(self, own: str, reading: Reading) -> bool:
        """True where nothing is left of these words but who signs them."""
        words = _without(_without(f" {phrase(own)} ", self._pointing), self._bare)
        names = {word for box in reading.authors for word in phrase(box.display_name[:_LONGEST_NAME]).split()}
        return {word for word in words.split() if word != "_"} <= names

    def is_its_senders(self, letter: Reading, reading: Reading) -> bool:
        """True where he who forwards the letter wrote it himself, by its own head or by where its links lead.

        Another address of his domain is his, but at a provider of mailboxes: there it is anybody's.
        """
        own = {box.address for box in reading.authors}
        hosts = self._hosts_of(reading)
        return _leads_to(hosts, letter.links, reading) or any(
            author.address in own or _organizational(author) in hosts for author in letter.authors
        )

    def goes_to_watchers(self, reading: Reading) -> bool:
        """True where it is handed on to those who look into such mail, or among people of one domain."""
        readers = [Mailbox("", address) for address in reading.readers]
        if any(not self._watching.isdisjoint(words_in(box.local_part)) for box in readers):
            return True
        return not self._hosts_of(reading).isdisjoint(map(_organizational, readers))

    def _hosts_of(self, reading: Reading) -> set[str]:
        """The organizational domains of the authors, without those where anybody has a mailbox."""
        return set(filter(None, map(_organizational, reading.authors))) - self._providers


def _organizational(box: Mailbox) -> str:
    return "" if box.domain is None else box.domain.organizational.name


def _without(words: str, phrases: Phrases) -> str:
    while found := phrases.find(words):
        words = words.replace(f" {found} ", " _ ")
    return words


def letter_in(reading: Reading, basis: Basis) -> Reading:
    """What is forwarded, read as if it were the mail itself; `authors` are all that it names as such, `links`
    those that do not stand in the sender's own words. What is enclosed, where the claim rests on that.
    """
    if basis in IN_A_FILE:
        return what_is_enclosed(reading)
    quoted = reading.quoted[:MOST_TEXT]
    above = f"{reading.text[:MOST_TEXT]}\n{quoted}"
    heads = [(_WHEN.sub("", found["when"]), found["address"].lower()) for found in _first(_REPLIED, above)]
    replied = {address for _, address in heads}
    found_too = ((found["name"], found["address"].lower()) for found in _first(_author, quoted))
    heads += [(name, address) for name, address in found_too if address not in replied]
    heads += [(found["name"], "") for found in _first(_NAMED, quoted)]
    authors = tuple(Mailbox(name.strip(" \t\"'*"), address) for name, address in heads)
    return replace(
        reading,
        subject="",
        title="",
        authors=authors,
        reply_to=(),
        text=without_marks(reading.quoted),
        versions=(),
        quoted="",
        attached="",
        links=tuple(_links_of_letter(reading, quoted)),
    )


def _links_of_letter(reading: Reading, quoted: str) -> Iterator[Link]:
    for link in reading.links[:_MAX_LINKS]:
        if link.kind is not LinkKind.TEXT and not (link.shown and link.shown in reading.text):
            yield link
    for url in links_in_text(quoted):
        yield Link(url, url, LinkKind.TEXT)


def _without_heads(reading: Reading) -> str:
    """What the sender says, without the heads that his program puts above what he quotes."""
    own = reading.note[:MOST_TEXT]
    if not reading.quoted:
        return own
    for head in reply_heads(own):
        own = own.replace(head, " ", 1)
    return _without_quoted(own, reading.quoted[:MOST_TEXT])


def _without_quoted(own: str, quoted: str) -> str:
    """The sender's words without the lines that the other alternative of the mail marks as quoted: a program
    that writes `>` in the plain text may write nothing but an indent in the HTML.
    """
    lines = own.split("\n")
    if len(lines) > _MOST_NOTE_LINES:
        return own
    said = " ".join(without_marks(quoted).split())
    return "\n".join(line for line in lines if len(line) < _A_SENTENCE or " ".join(line.split()) not in said)


def _first(pattern: re.Pattern[str], text: str) -> Iterable[re.Match[str]]:
    return islice(pattern.finditer(text), _MAX_AUTHORS)


def _leads_to(hosts: set[str], links: Iterable[Link], reading: Reading) -> bool:
    """True where a link of what is forwarded does, and none that stands in the sender's own words."""
    return any(
        link.kind in _FOLLOWED
        and link.shown
        and link.shown in reading.quoted
        and link.shown not in reading.text
        and link.host is not None
        and link.host.organizational.name in hosts
        for link in islice(links, _MAX_LINKS)
    )
