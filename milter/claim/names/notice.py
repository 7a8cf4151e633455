"""Is this a notice of a network where anybody's page is named as the author: of a post, a job, a video?

Pure. `L'Assurance Maladie via LinkedIn` is what the network says of a page of its own. It is believed where
each link leads to such a network or to the brand, and nothing else is offered (a number to call, a file, a
form): whoever forges its address leads his reader elsewhere.
"""

import re
from urllib.parse import unquote

from milter.brand.brand import Brand
from milter.claim.text import PHONE_NUMBER
from milter.claim.words import ClaimWords
from milter.mail.domain import Domain
from milter.mail.reading import MOST_LINKS, Link, LinkKind, Mailbox, Reading

_LONGEST_TARGET, _TWICE = 4096, 2
# Where a redirector leads on: `/redirect?url=https%3A%2F%2Fhost/`.
_CARRIED = re.compile(r"(?<=.)https?:/{1,2}([^/?#&\s]{1,253})", re.IGNORECASE | re.DOTALL)
_LONGEST_TEXT = 100_000


class Notices:
    """Knows the networks; built once."""

    def __init__(self, brand: Brand, common: ClaimWords) -> None:
        """`brand` has hosts of its own, which a page may lead to."""
        self._brand = brand
        self._networks = common.networks

    def is_one(self, reading: Reading) -> bool:
        """True for one author who writes from a network, is answered there, and leads nowhere else;
        not of more text than is looked at.
        """
        if len(reading.authors) != 1 or not all(map(self._is_of_one, (*reading.authors, *reading.reply_to))):
            return False
        if reading.attachments or reading.forms or PHONE_NUMBER.search(reading.text[:_LONGEST_TEXT]):
            return False
        if len(reading.text) > _LONGEST_TEXT or len(reading.links) > MOST_LINKS:
            return False
        return all(map(self._stays, reading.links))

    def _is_of_one(self, box: Mailbox) -> bool:
        return box.domain is not None and box.domain.is_within_any(self._networks)

    def _stays(self, link: Link) -> bool:
        """True of a picture, and of a link to such a host, which carries no other host's address."""
        if link.kind is LinkKind.IMAGE:
            return True
        target = link.target[:_LONGEST_TARGET]
        for _ in range(_TWICE):
            target = unquote(target)
        carried = map(Domain.parse, _CARRIED.findall(target))
        return all(host is not None and self._is_known(host) for host in (link.host, *carried))

    def _is_known(self, host: Domain) -> bool:
        return host.is_within_any(self._networks) or self._brand.owns(host)
