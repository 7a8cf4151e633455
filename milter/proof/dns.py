"""What does the DNS say? The only look-ups in the product: cache, time limit, one question at a time a name.

Raises `DnsAway` and nothing else, whatever the answer. `ConfigError` for nameservers that are none.
"""

import asyncio
import ipaddress
import re
import time
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import dns.asyncresolver
import dns.exception
import dns.name
import dns.nameserver
import dns.rdata
import dns.resolver
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.PTR import PTR
from dns.rdtypes.ANY.TXT import TXT

from milter.errors import ConfigError, TryLater
from milter.proof.pulse import Pulse

# Larger than any key or policy seen; what a hostile zone sends beyond is not read.
_MAX_RECORDS = 50
_MAX_CACHED = 2048
# More than any key, policy or list of texts is in earnest, and all that is remembered together: a stranger's
# zone must not fill our memory.
_LARGEST_CACHED, _MOST_OCTETS = 8 * 1024, 1024 * 1024
# Seconds. A key that was withdrawn must stop working the same day, whatever its TTL says.
_LONGEST = 3600.0
# RFC 2308 section 5 takes it from the SOA; shorter is always allowed.
_NEGATIVE = 60.0
# RFC 2308 section 7: a dead server may be remembered (at most 5 minutes).
_AWAY = 5.0
# A UDP packet may be lost: ask again before the time is over.
_ONE_TRY = 2.0

_NAMESERVER = re.compile(r"\[([^\]]+)\](?::(\d{1,5}))?|([^:]+):(\d{1,5})|(.+)")

_Question = tuple[str, str]


class DnsAway(TryLater):
    """No answer: time-out, SERVFAIL, no nameserver. RFC 8601 calls it temperror."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What is remembered; `values` is None where the DNS was away. `until` is monotonic time."""

    values: tuple[bytes, ...] | None
    until: float

    @property
    def octets(self) -> int:
        """How much was answered."""
        return sum(map(len, self.values or ()))


class LookUps(ABC):
    """Questions by type of record."""

    async def txt(self, name: str) -> tuple[bytes, ...]:
        """The TXT records, each joined from its strings (RFC 7208 section 3.3); empty where there is none."""
        return await self._values(name, "TXT")

    async def a(self, name: str) -> tuple[str, ...]:
        """The IPv4 addresses."""
        return await self._texts(name, "A")

    async def aaaa(self, name: str) -> tuple[str, ...]:
        """The IPv6 addresses."""
        return await self._texts(name, "AAAA")

    async def mx(self, name: str) -> tuple[str, ...]:
        """The exchanges, without the final dot."""
        return await self._texts(name, "MX")

    async def ptr(self, name: str) -> tuple[str, ...]:
        """The names that a reverse name (`1.2.0.192.in-addr.arpa`) points to, without the final dot."""
        return await self._texts(name, "PTR")

    async def _texts(self, name: str, rdtype: str) -> tuple[str, ...]:
        return tuple(value.decode("ascii", "replace") for value in await self._values(name, rdtype))

    @abstractmethod
    async def _values(self, name: str, rdtype: str) -> tuple[bytes, ...]:
        """The records of that type; DnsAway where nobody answers."""


class Resolver(LookUps):
    """Look-ups at the given nameservers (`address`, `address:port`, `[address]:port`), else the system's.

    A machine without any nameserver works: then every look-up raises DnsAway.
    """

    def __init__(self, nameservers: Sequence[str] = (), timeout: float = 5.0) -> None:
        """Read the nameservers; `timeout` is in seconds, for one look-up with all its repetitions."""
        self.timeout = timeout
        self._stub = _stub(nameservers, timeout)
        self._pulse = Pulse(self._stub) if self._stub is not None else None
        self._cache: OrderedDict[_Question, _Answer] = OrderedDict()
        self._octets = 0
        self._asking: dict[_Question, asyncio.Task[_Answer]] = {}

    def for_a_mail(self, seconds: float, questions: int) -> "Limited":
        """The same, for one mail: whatever it makes us ask ends after so many seconds and questions."""
        return Limited(self, asyncio.get_running_loop().time() + seconds, questions)

    async def _values(self, name: str, rdtype: str) -> tuple[bytes, ...]:
        question = (name.lower().removesuffix("."), rdtype)
        answer = self._remembered(question) or await self._shared(question)
        if answer.values is None:
            raise DnsAway(f"no answer for {rdtype} {name!r}")
        return answer.values

    def _remembered(self, question: _Question) -> _Answer | None:
        answer = self._cache.get(question)
        if answer is None or answer.until <= time.monotonic():
            return None
        self._cache.move_to_end(question)
        return answer

    async def _shared(self, question: _Question) -> _Answer:
        """Join the look-up under way, or start one. It survives the mail that started it: others may wait."""
        task = self._asking.get(question)
        if task is None or task.get_loop() is not asyncio.get_running_loop():
            task = asyncio.create_task(self._ask(question))
            self._asking[question] = task
        return await asyncio.shield(task)

    async def _ask(self, question: _Question) -> _Answer:
        try:
            values, lasts = await self._resolve(*question)
        finally:
            self._asking.pop(question, None)
        answer = _Answer(values, time.monotonic() + lasts)
        if answer.octets <= _LARGEST_CACHED:
            self._keep(question, answer)
        return answer

    def _keep(self, question: _Question, answer: _Answer) -> None:
        before = self._cache.pop(question, None)
        self._octets += answer.octets - (before.octets if before else 0)
        self._cache[question] = answer
        while len(self._cache) > _MAX_CACHED or self._octets > _MOST_OCTETS:
            self._octets -= self._cache.popitem(last=False)[1].octets

    async def _resolve(self, name: str, rdtype: str) -> tuple[tuple[bytes, ...] | None, float]:
        absolute = _absolute(name)
        if absolute is None:
            return (), _LONGEST
        if self._stub is None or self._pulse is None or await self._pulse.is_still():
            return None, _AWAY
        try:
            found = await self._stub.resolve(absolute, rdtype, raise_on_no_answer=False, search=False)
        except dns.resolver.NXDOMAIN:
            return (), _NEGATIVE
        except dns.exception.Timeout:
            await self._pulse.beats()
            return None, _AWAY
        except (dns.exception.DNSException, OSError):
            return None, _AWAY
        if found.rrset is None:
            return (), _NEGATIVE
        lasts = min(float(found.chaining_result.minimum_ttl), _LONGEST)
        return tuple(_value(rdata) for rdata in list(found.rrset)[:_MAX_RECORDS]), lasts


class Limited(LookUps):
    """The look-ups of one mail: a sender chooses how many names we look up, so somebody must count."""

    def __init__(self, resolver: Resolver, until: float, questions: int) -> None:
        """`until` is in the time of the running event loop. What is remembered counts as well."""
        self.until = until
        self.left = questions
        self._resolver = resolver

    async def _values(self, name: str, rdtype: str) -> tuple[bytes, ...]:
        self.left -= 1
        if self.left < 0:
            raise DnsAway("too many look-ups for one mail")
        try:
            async with asyncio.timeout_at(self.until):
                return await self._resolver._values(name, rdtype)  # noqa: SLF001 of the same module
        except TimeoutError as error:
            raise DnsAway(f"no time left for {rdtype} {name!r}") from error


def _value(rdata: dns.rdata.Rdata) -> bytes:
    """What counts of a record: the joined strings, the address, or the name without its final dot."""
    match rdata:
        case TXT():
            return b"".join(rdata.strings)
        case MX():
            return _bare(rdata.exchange)
        case PTR():
            return _bare(rdata.target)
        case _:
            return rdata.to_text().encode("ascii", "replace")


def _bare(name: dns.name.Name) -> bytes:
    return name.to_text(omit_final_dot=True).encode("ascii")


def _absolute(name: str) -> dns.name.Name | None:
    """The name to ask for; None where no such name can exist (RFC 1035 section 3.1: labels, lengths)."""
    if not name.isascii():
        return None
    try:
        return dns.name.from_text(name)
    except (dns.exception.DNSException, UnicodeError, ValueError):
        return None


def _stub(nameservers: Sequence[str], timeout: float) -> dns.asyncresolver.Resolver | None:
    """The resolver that asks; None on a machine that knows no nameserver."""
    try:
        stub = dns.asyncresolver.Resolver(configure=not nameservers)
    except dns.resolver.NoResolverConfiguration:
        return None
    if nameservers:
        stub.nameservers = [_nameserver(text) for text in nameservers]
    stub.timeout = min(timeout, _ONE_TRY)
    stub.lifetime = timeout
    # RFC 6891, with the size that passes everywhere; a longer answer is asked again over TCP.
    stub.use_edns(0, 0, 1232)
    return stub


def _nameserver(text: str) -> dns.nameserver.Nameserver:
    found = _NAMESERVER.fullmatch(text.strip())
    in_brackets, port6, host, port4, bare = found.groups() if found else (None,) * 5
    address, port = in_brackets or host or bare or "", int(port6 or port4 or 53)
    try:
        ipaddress.ip_address(address)
    except ValueError:
        raise ConfigError([f"dns.nameservers: {text!r} is not an IP address with a port"]) from None
    if not 0 < port < 65536:
        raise ConfigError([f"dns.nameservers: {text!r} has no port between 1 and 65535"])
    return dns.nameserver.Do53Nameserver(address, port)
