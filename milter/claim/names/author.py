"""Does the sender show himself as the brand? Reads From, and Reply-To where From shows nothing.

Pure.
"""

import re
from collections.abc import Iterator

from rapidfuzz.distance import OSA

from milter.brand.brand import Brand
from milter.claim.claim import Evidence, Likeness
from milter.claim.names.comparer import Comparer
from milter.claim.names.labels import Degree
from milter.claim.names.matter import Matter
from milter.claim.names.namesake import is_called_so_too, is_named_by_another, is_namesake, is_on_a_list
from milter.claim.words import ClaimWords
from milter.mail.address import Addresses
from milter.mail.reading import Mailbox, Reading
from milter.mail.text.folding import fold, phrase

MAX_MAILBOXES = 20

_ADDRESS = re.compile(r"[^\s<>@\"',;:()\[\]]{1,64}@[^\s<>@\"',;:()\[\]]{3,253}")


class AuthorReader:
    """Reads the author fields for one brand; built once."""

    def __init__(self, brand: Brand, common: ClaimWords) -> None:
        """Keep what the fields are compared with."""
        self._brand = brand
        self._common = common
        called = brand.words.first_names
        # As people are called, beside the brand's own spelling of it: `Amélie` for `Ameli`.
        self._given_names = frozenset(
            soft for soft in brand.words.soft if any(OSA.distance(soft, name) == 1 for name in called)
        )

    def evidence(self, shown: Reading | Addresses, comparer: Comparer) -> list[Evidence]:
        """Every trace of the brand in the author fields."""
        found = [e for box in shown.authors[:MAX_MAILBOXES] for e in self._of_mailbox(box, comparer)]
        if all(e.likeness is Likeness.MATTER for e in found):
            for box in shown.reply_to[:MAX_MAILBOXES]:
                strongest = max(
                    (e.weight for e in self._of_mailbox(box, comparer) if e.likeness is not Likeness.MATTER),
                    default=0,
                )
                if strongest >= self._common.thresholds.claim:
                    shows = f"{box.display_name} <{box.address}>".strip()
                    found.append(
                        self._trace("Reply-To", shows, Likeness.DISPLAY_NAME, self._common.weights.reply_to)
                    )
        return found

    def of_its_sector(self, shown: Reading | Addresses, comparer: Comparer) -> Evidence | None:
        """What an author is called who says his trade and no name: no claim, but a reason to read him."""
        for box in shown.authors[:MAX_MAILBOXES]:
            domain = box.domain
            if domain is None or self._brand.knows(domain):
                continue
            name = box.display_name[:400]
            if comparer.matter.text(name) is Matter.SECTOR and comparer.name(name) < Degree.BODY:
                return self._trace(box.field, name, Likeness.MATTER, self._common.thresholds.trace)
            if comparer.matter.domain(domain) is Matter.SECTOR and comparer.domain(domain) < Degree.BODY:
                return self._trace(box.field, domain.unicode, Likeness.MATTER, self._common.thresholds.trace)
        return None

    def is_telling(self, found: list[Evidence]) -> bool:
        """False where it is nothing but a person's given name: that alone is no reason to read her mail."""
        return any(e.folded not in self._given_names for e in found)

    def evidence_of(self, box: Mailbox, comparer: Comparer) -> list[Evidence]:
        """Every trace of the brand in one mailbox."""
        return list(self._of_mailbox(box, comparer))

    def _of_mailbox(self, box: Mailbox, comparer: Comparer) -> Iterator[Evidence]:
        yield from self._of_address(box, comparer)
        yield from self._of_display_name(box, comparer)
        yield from self._of_matter(box, comparer)

    def _of_matter(self, box: Mailbox, comparer: Comparer) -> Iterator[Evidence]:
        """What display name and domain are made of, where they say nobody's name."""
        weights = self._common.weights
        domain = box.domain
        if domain is None or self._brand.knows(domain):
            return
        if comparer.name(box.display_name[:400]) < Degree.BODY:
            in_display = (0, 0, weights.soft_matter_in_display, weights.matter_in_display)
            if weight := in_display[comparer.matter.text(box.display_name)]:
                yield self._trace(box.field, box.display_name, Likeness.MATTER, weight)
        if comparer.domain(domain) < Degree.BODY:
            in_domain = (0, 0, weights.soft_matter_in_domain, weights.matter_in_domain)
            if weight := in_domain[comparer.matter.domain(domain)]:
                yield self._trace(box.field, domain.unicode, Likeness.MATTER, weight)

    def _of_address(self, box: Mailbox, comparer: Comparer) -> Iterator[Evidence]:
        weights = self._common.weights
        address, field = box.address, box.field
        local_part, _, host = address.rpartition("@")
        domain = box.domain
        if self._brand.lists(address):
            yield self._trace(field, address, Likeness.OFFICIAL_ADDRESS, weights.official_address)
        elif domain is not None and self._brand.owns(domain):
            yield self._trace(field, address, Likeness.OWNED_DOMAIN, weights.owned_domain)
        elif domain is not None and self._brand.knows(domain):
            return
        else:
            degree = comparer.domain(domain) if domain is not None else comparer.name(host)
            if degree >= Degree.SHORT:
                shows = domain.unicode if domain else host
                yield self._trace(field, shows, Likeness.LOOKALIKE_DOMAIN, weights.lookalike_domain)
            elif degree is Degree.PART and not is_namesake(box, comparer):
                weight = weights.lookalike_domain if comparer.is_office(box) else weights.name_in_domain
                yield self._trace(field, address, Likeness.LOOKALIKE_DOMAIN, weight)
            elif degree is Degree.HINT:
                yield self._trace(field, address, Likeness.LOOKALIKE_DOMAIN, weights.hint_in_domain)
            local = comparer.label(local_part[:64])
            if local is Degree.WHOLE and phrase(local_part) not in self._brand.words.first_names:
                yield self._trace(field, address, Likeness.LOCAL_PART, weights.local_part)

    def _of_display_name(self, box: Mailbox, comparer: Comparer) -> Iterator[Evidence]:
        weights = self._common.weights
        name = box.display_name[:400]
        if not name:
            return
        domain = box.domain
        if domain is not None and self._brand.knows(domain) and not self._brand.owns(domain):
            return
        for address in _ADDRESS.findall(name)[:4]:
            shown = Mailbox("", address.lower()).domain
            if shown is not None and (self._brand.owns(shown) or comparer.domain(shown) is Degree.WHOLE):
                yield self._trace(box.field, name, Likeness.DISPLAY_NAME, weights.display_name)
                return
        if weight := self._name_weight(box, comparer):
            yield self._trace(box.field, name, Likeness.DISPLAY_NAME, weight)

    def _name_weight(self, box: Mailbox, comparer: Comparer) -> int:
        weights = self._common.weights
        name = box.display_name[:400]
        degree = max(comparer.name(name), comparer.name(_displayed(name)))
        if degree is Degree.PART:
            if is_named_by_another(box, comparer) or is_on_a_list(box, comparer):
                return weights.body_in_display
            if not comparer.is_shared(name):
                return weights.distinct_in_display
            return weights.body_in_display if is_called_so_too(box, comparer) else weights.name_in_display
        return {
            Degree.WHOLE: weights.display_name,
            Degree.SHORT: weights.short_display_name,
            Degree.BODY: weights.body_in_display,
            Degree.HINT: weights.soft_name,
            Degree.NONE: 0,
        }[degree]

    def _trace(self, where: str, shows: str, likeness: Likeness, weight: int) -> Evidence:
        return Evidence(where, " ".join(shows.split())[:200], fold(shows[:200]), likeness, weight)


def _displayed(name: str) -> str:
    """The name as shown where a right-to-left override turns it round."""
    return name[::-1] if "\u202e" in name or "\u202b" in name else name
