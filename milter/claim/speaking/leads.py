"""Where do the links of the mail lead, and what are they called?

Pure. A host that is the brand's to the eye, an address of the brand that leads elsewhere, and the one link of
a short note that is called after the reader's account there.
"""

from collections.abc import Iterator
from dataclasses import replace

from milter.brand.brand import Brand, Words
from milter.claim.claim import FALSE_ADDRESS, LOOKALIKE_LINK, Evidence, trace
from milter.claim.lines import MAX_LINE, Phrases
from milter.claim.names.author import MAX_MAILBOXES
from milter.claim.names.comparer import Comparer
from milter.claim.names.labels import Degree
from milter.claim.speaking.office import AMOUNT
from milter.claim.words import ClaimWords
from milter.mail.domain import Domain
from milter.mail.reading import Link, LinkKind, Reading
from milter.mail.target import read_target, shown_hosts
from milter.mail.text.folding import phrase

_SHORT_NOTE = 40  # words
_MOST_LINKS = 400
_FOLLOWED = frozenset({LinkKind.ANCHOR, LinkKind.FORM})


class Leads:
    """Reads the links for one brand; built once."""

    def __init__(self, brand: Brand, words: Words, common: ClaimWords, comparer: Comparer) -> None:
        """Prepare the names of the brand and of the reader's accounts there."""
        self._brand = brand
        self._common = common
        self._comparer = comparer
        self._names = Phrases(words.names)
        self._soft_objects = Phrases(words.soft_objects)
        own = (one for one in words.objects if one not in words.shared)
        self._accounts = Phrases(tuple(one for one in own if "compte" in one or "espace" in one))

    def evidence(self, reading: Reading) -> Iterator[Evidence]:
        """Every trace of the brand in the links, each kind once."""
        yield from self._hosts(reading)
        yield from self._lone_label(reading)

    def lead_elsewhere(self, reading: Reading) -> bool:
        """True where a link leads neither to the organisation nor to the sender."""
        links = [link for link in reading.links[:_MOST_LINKS] if link.kind is not LinkKind.IMAGE]
        own = own_domains(reading)
        return any(
            host.organizational not in own and not self._brand.knows(host)
            for host in dict.fromkeys(filter(None, map(_led_to, links)))
        )

    def _hosts(self, reading: Reading) -> Iterator[Evidence]:
        weights = self._common.weights
        disguised = lookalike = False
        own = own_domains(reading)
        seen: set[str] = set()
        for link in reading.links[:_MOST_LINKS]:
            # A newsletter has many links of few hosts.
            host, shown = link.host, link.shown
            if host is None or (host.name in seen and (disguised or "." not in shown)):
                continue
            if self._brand.knows(host):
                continue
            # What the sender calls a host of his own domain says his domain, and that has been looked at.
            if (
                not lookalike
                and host.name not in seen
                and host.organizational not in own
                and self._comparer.domain(host) is Degree.WHOLE
            ):
                lookalike = True
                yield trace(LOOKALIKE_LINK, host.unicode, self._link_weight(host))
            seen.add(host.name)
            if not disguised and "." in shown and self._shows_home(shown):
                disguised = True
                where = FALSE_ADDRESS if self._is_passed_off(host) else "link"
                yield trace(where, shown, weights.disguised_link)

    def _lone_label(self, reading: Reading) -> Iterator[Evidence]:
        """The one link of a short note, whose words are the reader's account or refund there, and which leads
        elsewhere; nothing else in the note says whose it is.
        """
        followed = {link.target: link for link in reading.links[:_MOST_LINKS] if link.kind in _FOLLOWED}
        if len(followed) != 1 or reading.quoted or len(reading.note.split()) > _SHORT_NOTE:
            return
        link = next(iter(followed.values()))
        label = f" {phrase(link.shown[:MAX_LINE])} "
        if link.host is None or self._brand.knows(link.host) or not self._is_account(link.shown, label):
            return
        rest = f" {phrase(f'{reading.subject} {reading.text}')} ".replace(label, " ")
        if not self._names.find(rest):
            yield trace("label", link.shown, self._common.weights.lone_label)

    def _is_account(self, shown: str, label: str) -> bool:
        """`Mon compte ameli`, `CPAM : 58,20 €`; a form or an article of it is sent on by many."""
        if self._comparer.name(shown[:MAX_LINE]) < Degree.PART:
            return False
        return bool(self._accounts.find(label) or self._soft_objects.find(label) or AMOUNT.search(shown))

    def _link_weight(self, host: Domain) -> int:
        """Less for a page below somebody's own name: `carte-vitale.handbook.example` tells of it."""
        weights = self._common.weights
        return weights.lookalike_link if self._is_passed_off(host) else weights.lookalike_page

    def _is_passed_off(self, host: Domain) -> bool:
        return self._comparer.is_passed_off(host) or any(
            host.name.startswith(f"{owned.domain.name}.") or f".{owned.domain.name}." in host.name
            for owned in self._brand.domains
        )

    def _shows_home(self, shown: str) -> bool:
        return any(map(self._brand.owns, shown_hosts(shown)))


def own_domains(reading: Reading) -> set[Domain]:
    """The organizational domains of the authors."""
    return {box.domain.organizational for box in reading.authors[:MAX_MAILBOXES] if box.domain is not None}


def without_quoted_links(reading: Reading, own_text: str) -> Reading:
    """The reading without the addresses that are written in the text, and not in the sender's `own_text`."""
    links = [
        link
        for link in reading.links[:_MOST_LINKS]
        if link.kind is not LinkKind.TEXT or link.target in own_text or link.target not in reading.text
    ]
    return replace(reading, links=tuple(links))


def _led_to(link: Link) -> Domain | None:
    """The host of the link; of what is written in the text without its scheme, the host that is seen."""
    return read_target(link.target).host if link.kind is LinkKind.TEXT else link.host
