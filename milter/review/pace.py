"""Does somebody without a login ask too often? Counted by client, in this process, for a minute at a time."""

import ipaddress
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

_SECONDS = 60.0
# A house behind one address that reads its mail in the morning; a wrong token or password costs more.
MOST = 600
WRONG = 30
# Clients that are counted; beyond, all others are one.
_CLIENTS = 10_000


@dataclass(slots=True)
class Pace:
    """What each client has spent in this minute."""

    clock: Callable[[], float] = time.monotonic
    _spent: Counter[str] = field(default_factory=Counter)
    _began: float = float("-inf")

    def spend(self, client: str, cost: int = 1) -> bool:
        """False for who has spent all he may."""
        now = self.clock()
        if now - self._began >= _SECONDS:
            self._spent.clear()
            self._began = now
        key = key_of(client)
        if key not in self._spent and len(self._spent) >= _CLIENTS:
            key = ""
        self._spent[key] += cost
        return self._spent[key] <= MOST


def key_of(client: str) -> str:
    """What a client is counted by: of IPv6, the /64, for whoever has one address has them all."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return ""
    # As a server that listens on both writes IPv4.
    plain = getattr(address, "ipv4_mapped", None) or address
    return str(plain) if plain.version == 4 else address.packed[:8].hex()
