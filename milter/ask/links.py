"""Does this mail want a click that leads away from the organisation?

Every newsletter has links, so a link alone is no ask: its words, what it pretends to be, and how few
there are decide. Pure. Never raises.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from milter.ask.hosts import Target, Wrapper, read_target, shown_host
from milter.ask.phrase import Finder
from milter.ask.sentence import canonical
from milter.brand.brand import Brand
from milter.mail.domain import Domain
from milter.mail.reading import Link, LinkKind, Reading

_MOST_LINKS = 1000
_WHERE = {
    LinkKind.DOCUMENT: "attachment link",
    LinkKind.QR: "qr",
    LinkKind.REFRESH: "refresh",
    LinkKind.TEXT: "link",
    LinkKind.ANCHOR: "html link",
}


@dataclass(frozen=True, slots=True)
class LinkWords:
    """How links are judged, as read from config/asks/links.toml."""

    furniture: Finder
    action: Finder
    few: int
    public: tuple[Domain, ...]
    social: tuple[Domain, ...]
    wrappers: tuple[Wrapper, ...]


@dataclass(frozen=True, slots=True)
class Bait:
    """A link that the reader is meant to follow away from the organisation: what he sees of it, where
    it stands, and how plain it is (the higher the plainer)."""

    shown: str
    where: str
    weight: int


@dataclass(frozen=True, slots=True)
class Clicks:
    """What may be clicked in a mail: the plainest bait, and whether any link leads home."""

    bait: Bait | None
    leads_home: bool


@dataclass(frozen=True, slots=True)
class _Candidate:
    link: Link
    target: Target


def find_clicks(reading: Reading, words: LinkWords, brand: Brand) -> Clicks:
    """The plainest bait among the links of the mail."""
    pages = list(_pages(reading, words))
    away = [page for page in pages if not _is_home(page.target, brand) and not _is_public(page.target, words)]
    return Clicks(
        bait=max(_baits(away, words, brand), key=lambda bait: bait.weight, default=None),
        leads_home=any(_is_home(page.target, brand) for page in pages),
    )


def _pages(reading: Reading, words: LinkWords) -> Iterator[_Candidate]:
    for link in reading.links[:_MOST_LINKS]:
        target = read_target(link.target, words.wrappers)
        if target.web and link.kind not in {LinkKind.IMAGE, LinkKind.FORM}:
            yield _Candidate(link, target)


def _is_home(target: Target, brand: Brand) -> bool:
    return target.host is not None and "userinfo" not in target.odd and brand.knows(target.host)


def _is_public(target: Target, words: LinkWords) -> bool:
    host = target.host
    return host is not None and any(host.is_within(public) for public in words.public)


def _baits(away: list[_Candidate], words: LinkWords, brand: Brand) -> Iterator[Bait]:
    offered = {page.link.target for page in away if not _is_furniture(page, words)}
    for page in away:
        weight = _weight(page, len(offered) <= words.few, words, brand)
        if weight:
            shown = page.link.shown.strip() or page.link.target
            where = "link text" if _deceives(page, brand) else _WHERE.get(page.link.kind, "link")
            yield Bait(shown, where, weight)


def _weight(page: _Candidate, few: bool, words: LinkWords, brand: Brand) -> int:
    """0 for no bait; the more surely a reader is meant to follow it, the more."""
    if _deceives(page, brand):
        return 5
    if page.target.odd & {"code", "userinfo", "address"} or page.link.kind in {LinkKind.REFRESH, LinkKind.QR}:
        return 4
    if _is_furniture(page, words):
        return 0
    if words.action.is_in(canonical(page.link.shown[:300])):
        return 3
    return 2 if few else 0


def _is_furniture(page: _Candidate, words: LinkWords) -> bool:
    host = page.target.host
    if host is not None and any(host.is_within(social) for social in words.social):
        return True
    shown = canonical(page.link.shown[:300])
    return words.furniture.is_in(shown) and not shown_host(page.link.shown)


def _deceives(page: _Candidate, brand: Brand) -> bool:
    """Does the text of the link show a host of the organisation, though it leads elsewhere?"""
    if page.link.kind is LinkKind.TEXT:
        return False
    host = shown_host(page.link.shown)
    return host is not None and brand.knows(host)
