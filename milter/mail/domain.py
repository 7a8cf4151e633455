"""What is this domain, and whose is it? The only code that parses or compares domains.

Pure.
"""

import re
from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache

import idna

from milter.mail.remembered import remembered
from milter.mail.suffixes import build_extract

# RFC 5321 section 4.1.2, sub-domain. Keep the hyphen: lookalikes live in it. The underscore is not
# allowed in a host name, but hostile and careless senders use it, and it must not hide a domain.
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_MAX_LENGTH = 253

_extract = build_extract()


@dataclass(frozen=True, slots=True, order=True)
class Domain:
    """A domain as A-labels, lower case, without the final dot."""

    name: str

    @classmethod
    def parse(cls, text: str) -> "Domain | None":
        """Read a domain as written in a mail; None if it is not one. Never raises."""
        return _parse(text)

    @property
    def unicode(self) -> str:
        """The domain as a person sees it: U-labels where they are valid IDNA 2008, else A-labels."""
        return ".".join(_to_unicode(x) if x.startswith("xn--") else x for x in self.name.split("."))

    @property
    def organizational(self) -> "Domain":
        """The registrable domain by the public suffix list (RFC 7489 section 3.2), else itself."""
        return _organizational(self)

    @property
    def label(self) -> str:
        """The registrable label without its suffix: `ameli` for `info.ameli.fr`."""
        return self.organizational.name.split(".")[0]

    def is_within(self, parent: "Domain") -> bool:
        """True for the parent itself and for every name below it."""
        return self.name == parent.name or self.name.endswith("." + parent.name)

    def is_within_any(self, parents: Container[str]) -> bool:
        """True for each of these names and for every name below one; a look-up a label."""
        name, dot = self.name, "."
        while dot:
            if name in parents:
                return True
            _, dot, name = name.partition(".")
        return False

    def __str__(self) -> str:
        """The A-label form."""
        return self.name


@remembered(1024, longest=_MAX_LENGTH)
def _parse(text: str) -> Domain | None:
    text = text.strip().removesuffix(".").lower()
    if not text or len(text) > _MAX_LENGTH:
        return None
    if not text.isascii():
        try:
            text = idna.encode(text, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    labels = text.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        return None
    return Domain(text)


@lru_cache(maxsize=256)
def _to_unicode(label: str) -> str:
    try:
        return idna.decode(label)
    except (idna.IDNAError, UnicodeError):
        return label


@lru_cache(maxsize=1024)
def _organizational(domain: Domain) -> Domain:
    found = _extract(domain.name)
    if found.domain and found.suffix:
        return Domain(f"{found.domain}.{found.suffix}")
    # A suffix that the list does not know: its default rule is "*", one label (publicsuffix.org, algorithm).
    return domain if found.suffix else Domain(".".join(domain.name.split(".")[-2:]))
