"""Does this mail want a click that leads away from the organisation?

Every newsletter has links, so a link alone is no ask: its words, what it pretends to be, and how few
there are decide. Pure. Never raises.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from milter.ask.ask import PROGRAM
from milter.ask.canonical import canonical
from milter.ask.finder import Table
from milter.ask.hosts import Wrappers, carried, follow
from milter.ask.triggers import WordSearch
from milter.brand.brand import Brand
from milter.mail.reading import Link, LinkKind, Reading
from milter.mail.target import Target, is_program, plain_host, shown_hosts
from milter.mail.text.folding import fold, folded

_MOST_LINKS = 1000
_LONGEST_SHOWN = 300
_PLAINEST, _RUN = 6, 5
_ODD, _PRESSED, _ONE_OF_FEW = 4, 3, 2
_ACTION, _FURNITURE = 1, 2
_ODDITIES = frozenset({"code", "userinfo", "address"})
# An address told as one would over the telephone: "tapez mon-dossier-sante point fr".
_SPOKEN = re.compile(
    r"(?<![\w.-])([a-z0-9][a-z0-9-]{3,62}) (?:point|dot) (fr|com|net|org|info|eu|site|online)(?![\w-])"
)
_SPOKEN_DOT = re.compile(r" (?:point|dot) (?:fr|com|net|org|info|eu|site|online)\b")
_MOST_SPOKEN = 20
_WHERE = {
    LinkKind.DOCUMENT: "attachment link",
    LinkKind.QR: "qr",
    LinkKind.REFRESH: "refresh",
    LinkKind.TEXT: "link",
    LinkKind.ANCHOR: "html link",
}


@dataclass(frozen=True, slots=True)
class LinkWords:
    """How links are judged, as read from config/asks/links.toml. `hints` finds the words that phrases of
    `action` and `furniture` begin with; `public` and `social` are names of hosts."""

    furniture: Table[None]
    action: Table[None]
    hints: WordSearch
    few: int
    public: frozenset[str]
    social: frozenset[str]
    wrappers: Wrappers


@dataclass(frozen=True, slots=True)
class Bait:
    """A link that the reader is meant to follow away from the organisation: what he sees of it (of a QR
    code, where it leads), where it stands, and how plain it is (the higher the plainer)."""

    shown: str
    where: str
    weight: int


@dataclass(frozen=True, slots=True)
class Clicks:
    """What may be clicked in a mail: the plainest bait, and whether any link leads home."""

    bait: Bait | None
    leads_home: bool


class _Place(NamedTuple):
    """Where a link leads in the end, and whose host that is."""

    target: Target
    home: bool = False
    public: bool = False
    social: bool = False


class _Page(NamedTuple):
    """A link to a page; `hints`: what its words may be, by their beginnings."""

    link: Link
    place: _Place
    hints: int


def find_clicks(reading: Reading, words: LinkWords, brand: Brand) -> Clicks:
    """The plainest bait among the links of the mail, the first of those as plain."""
    hosts = _Hosts(words, brand)
    pages = list(_pages(reading, words, hosts))
    away = [page for page in pages if not page.place.home and not page.place.public]
    texts = _LinkTexts(words)
    few = _are_few(away, texts, words.few)
    plainest, weight = None, 0
    for page in away:
        found = _weight(page, few, hosts, texts, weight)
        if found > weight:
            plainest, weight = page, found
    return Clicks(
        bait=_bait(plainest, weight, hosts) if plainest else None,
        leads_home=any(page.place.home for page in pages),
    )


class _Hosts:
    """Whose the hosts are; each is looked up once a mail."""

    def __init__(self, words: LinkWords, brand: Brand) -> None:
        self._words, self._brand = words, brand
        # Of hosts whose addresses all lead to themselves.
        self._plain: dict[str, _Place] = {}

    def follow(self, url: str) -> _Place:
        """Where the link leads in the end: an address of an innocent host may carry another one's."""
        plain = plain_host(url)
        if plain and (known := self._plain.get(plain)) is not None:
            return known
        place = self._place(follow(url, self._words.wrappers))
        if place.home or place.public:
            inner = carried(url)
            if inner and inner.web:
                led = self._place(inner)
                return place if led.home or led.public else led
            return place
        host = place.target.host
        # Of a rewriter each address leads elsewhere.
        if host and host.name == plain and not host.is_within_any(self._words.wrappers):
            self._plain[plain] = place
        return place

    def _place(self, target: Target) -> _Place:
        host = target.host
        if host is None:
            return _Place(target)
        return _Place(
            target,
            home="userinfo" not in target.odd and self._brand.knows(host),
            public=host.is_within_any(self._words.public),
            social=host.is_within_any(self._words.social),
        )

    def deceive(self, link: Link) -> bool:
        """Does the text of the link show a host of the organisation, though it leads elsewhere?"""
        if link.kind is LinkKind.TEXT or "." not in link.shown:
            return False
        # The first one: an article on a false `ameli.fr` is linked by the name of its newspaper, too.
        return any(map(self._brand.knows, shown_hosts(link.shown)[:1]))


def _pages(reading: Reading, words: LinkWords, hosts: _Hosts) -> Iterator[_Page]:
    image, form = LinkKind.IMAGE, LinkKind.FORM
    followed = (one for one in reading.links[:_MOST_LINKS] if one.kind is not image and one.kind is not form)
    links = [*followed, *_spoken(reading.text)]
    shown = (link.shown[:_LONGEST_SHOWN].replace("\n", " ") for link in links)
    hints = words.hints.lines(fold("\n".join(shown)))
    for number, link in enumerate(links):
        place = hosts.follow(link.target)
        if place.target.web:
            yield _Page(link, place, hints.get(number, 0))


def _spoken(text: str) -> Iterator[Link]:
    said = folded(text)
    # The words are looked for first: the pattern is tried at every blank.
    if (" point " in said or " dot " in said) and _SPOKEN_DOT.search(said):
        for found in itertools.islice(_SPOKEN.finditer(said), _MOST_SPOKEN):
            yield Link(f"{found.group(1)}.{found.group(2)}", found.group(), LinkKind.TEXT)


class _LinkTexts:
    """What the words of links are; read where it is asked for: a newsletter has a hundred of them."""

    def __init__(self, words: LinkWords) -> None:
        self._words = words
        self._canonical: dict[str, str] = {}

    def presses(self, page: _Page) -> bool:
        """Do they press to click?"""
        return bool(page.hints & _ACTION) and self._words.action.is_in(self._read(page))

    def is_furniture(self, page: _Page) -> bool:
        """Are they furniture of any newsletter, or is it a link to one's own page elsewhere?"""
        if page.place.social:
            return True
        said = bool(page.hints & _FURNITURE) and self._words.furniture.is_in(self._read(page))
        return said and not shown_hosts(page.link.shown)

    def _read(self, page: _Page) -> str:
        shown = page.link.shown[:_LONGEST_SHOWN]
        if shown not in self._canonical:
            self._canonical[shown] = canonical(shown)
        return self._canonical[shown]


def _are_few(away: list[_Page], texts: _LinkTexts, few: int) -> bool:
    """Do the links lead to a few places at most, furniture left out?"""
    offered = set[str]()
    for page in away:
        if page.link.target not in offered and not texts.is_furniture(page):
            offered.add(page.link.target)
            if len(offered) > few:
                return False
    return True


def _weight(page: _Page, few: bool, hosts: _Hosts, texts: _LinkTexts, beside: int) -> int:
    """0 for no bait; the more surely a reader is meant to follow it, the more.

    `beside`: the weight of another one, where less does not matter.
    """
    if hosts.deceive(page.link):
        return _PLAINEST
    if beside < _RUN and is_program(page.link.target):
        return _RUN
    kind, odd = page.link.kind, page.place.target.odd
    if kind is LinkKind.REFRESH or kind is LinkKind.QR or not odd.isdisjoint(_ODDITIES):
        return _ODD
    # Where many links stand, nothing but words that press makes a bait: they are read first.
    presses = beside < _PRESSED and texts.presses(page)
    if not presses and (not few or beside >= _ONE_OF_FEW):
        return 0
    if texts.is_furniture(page):
        return 0
    return _PRESSED if presses else _ONE_OF_FEW


def _bait(page: _Page, weight: int, hosts: _Hosts) -> Bait:
    where = "link text" if hosts.deceive(page.link) else _WHERE.get(page.link.kind, "link")
    where = PROGRAM if is_program(page.link.target) else where
    # Beside a code nothing stands that the sender wrote: where it leads is what tells a reviewer something.
    shown = "" if page.link.kind is LinkKind.QR else page.link.shown.strip()
    return Bait(shown or page.link.target, where, weight)
