"""How does our SPF fare on the public test suite of RFC 7208?

    python -m tests.bench.spf_suite

The suite (openspf.org, release 2014.04) comes from the source archive of pyspf, which is fetched and checked
by its hash. It has its own licence, and stays below .cache. Exit status 1 where a result is none that it
allows.
"""

import asyncio
import hashlib
import subprocess
import sys
import tarfile
from collections.abc import Iterable
from typing import Any

import yaml

from milter.mail.envelope import Envelope
from milter.proof.dns import DnsAway, LookUps
from milter.proof.spf import check_spf
from tests.conftest import ROOT

_VERSION = "2.0.14"
_SHA256 = "57a7ef01bda090173aafb6af0106251686ed73f03db4e911fcd34c57fc347186"
_MEMBER = f"pyspf-{_VERSION}/test/rfc7208-tests.yml"
_TIMEOUT = "TIMEOUT"
_SECONDS = 20.0


class _Zone(LookUps):
    """The zone of a scenario; a record of type SPF stands for a TXT where there is none."""

    def __init__(self, data: dict[str, list[Any]]) -> None:
        self._records = {name.lower(): [*_typed(entries)] for name, entries in data.items()}

    async def _values(self, name: str, rdtype: str) -> tuple[bytes, ...]:
        found: list[bytes] = []
        for kind, value in self._at(name.lower().removesuffix("."), rdtype):
            # By itself it means every other type than those before it.
            if (kind == rdtype and value == _TIMEOUT) or (kind == _TIMEOUT and not found):
                raise DnsAway(name)
            if kind == rdtype:
                found.append(_bytes(rdtype, value))
        return tuple(found)

    def _at(self, name: str, rdtype: str) -> list[tuple[str, Any]]:
        records = self._records.get(name, [])
        aliases = [value for kind, value in records if kind == "CNAME"]
        return self._records.get(aliases[0].lower(), []) if aliases and rdtype != "CNAME" else records


def _typed(entries: list[Any]) -> Iterable[tuple[str, Any]]:
    pairs = [
        pair for each in entries for pair in (each.items() if isinstance(each, dict) else [(each, each)])
    ]
    has_txt = any(kind == "TXT" for kind, _ in pairs)
    for kind, value in pairs:
        if kind == "SPF":
            if not has_txt:
                yield "TXT", value
        elif value != "NONE":
            yield kind, value


def _bytes(rdtype: str, value: Any) -> bytes:
    if rdtype == "MX":
        return str(value[1]).removesuffix(".").encode()
    if rdtype == "TXT":
        return "".join(value if isinstance(value, list) else [value]).encode()
    return str(value).removesuffix(".").encode()


def _suite() -> list[dict[str, Any]]:
    cache = ROOT / ".cache" / "suites"
    archive = cache / f"pyspf-{_VERSION}.tar.gz"
    if not archive.exists():
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*pip, "--dest", str(cache), f"pyspf=={_VERSION}"], check=True)
    if hashlib.sha256(archive.read_bytes()).hexdigest() != _SHA256:
        sys.exit(f"{archive} is not what it was")
    with tarfile.open(archive) as tar:
        member = tar.extractfile(_MEMBER)
        assert member
        return [*yaml.safe_load_all(member.read())]


async def _run(suite: list[dict[str, Any]]) -> list[str]:
    missed = []
    for scenario in suite:
        zone, right = _Zone(scenario["zonedata"]), 0
        for name, test in scenario["tests"].items():
            envelope = Envelope(str(test["host"]), str(test["helo"]), test["mailfrom"], ("b@rcpt.example",))
            found = (await check_spf(envelope, zone, _SECONDS)).result.value
            allowed = test["result"] if isinstance(test["result"], list) else [test["result"]]
            right += found in allowed
            if found not in allowed:
                missed.append(f"{scenario['description']}: {name}: {found} instead of {' or '.join(allowed)}")
        print(f"{scenario['description']:<40}{right:>6} of {len(scenario['tests'])}")
    return missed


if __name__ == "__main__":
    suite = _suite()
    missed = asyncio.run(_run(suite))
    total = sum(len(scenario["tests"]) for scenario in suite)
    print(f"{'all':<40}{total - len(missed):>6} of {total}", *missed, sep="\n")
    sys.exit(bool(missed))
