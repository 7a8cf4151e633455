"""Is the way to the next hop encrypted, and to whom? Raises ConfigError on a CA file that is none."""

import ssl
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Self

from milter.errors import ConfigError


class Encryption(Enum):
    """What STARTTLS (RFC 3207) is to a next hop."""

    OFF = "off"
    OPPORTUNISTIC = "opportunistic"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Tls:
    """How a connection is encrypted. `name` is what its certificate must say; empty: the host's name."""

    encryption: Encryption = Encryption.OFF
    name: str = ""
    context: ssl.SSLContext | None = field(default=None, compare=False, repr=False)

    @classmethod
    def build(cls, encryption: Encryption, *, verify: bool, ca_file: Path | None, name: str) -> Self:
        """Opportunistic never verifies: whoever can forge a certificate can take the offer away, too."""
        if encryption is Encryption.OFF:
            return cls()
        checks = verify and encryption is Encryption.REQUIRED
        return cls(encryption, name if checks else "", _verifying(ca_file) if checks else _blind())

    @property
    def is_wanted(self) -> bool:
        """Should the offer be taken?"""
        return self.context is not None

    @property
    def is_required(self) -> bool:
        """Must no mail go without?"""
        return self.encryption is Encryption.REQUIRED


def _verifying(ca_file: Path | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except OSError as error:
        raise ConfigError([f"{ca_file}: is no file of certificates: {error}"]) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _blind() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
