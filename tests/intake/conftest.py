"""The intake on a free port of loopback, with a scripted next hop behind it."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from milter.config import NextHopConfig, PolicyConfig, SmtpConfig
from milter.decision import AsksQuestions, Holds
from milter.gate import Gate
from milter.intake.board import Board
from milter.intake.listen import Listeners, wanted_by_smtp
from milter.intake.smtp import SmtpIntake
from milter.quarantine.store import Store
from milter.relay.next_hop import next_hop
from tests.intake.client import Client
from tests.intake.hop import Hop
from tests.intake.judges import FixedJudge


@dataclass
class Running:
    """An intake, and the way to talk to it."""

    intake: SmtpIntake
    hop: Hop

    @property
    def port(self) -> int:
        return self.intake.addresses[0].port

    async def client(self, header: bytes = b"") -> Client:
        """A client that has said EHLO, and a PROXY header before."""
        client = await Client.connect(self.port, header)
        await client.say("EHLO client.example")
        return client


Start = Callable[..., Awaitable[Running]]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "quarantine.db")
    yield store
    await store.close()


@pytest.fixture
async def start(store: Store) -> AsyncIterator[Start]:
    """Start an intake; it is stopped after the test."""
    running: list[Running] = []

    async def start(
        *,
        judge: AsksQuestions | None = None,
        hop: Hop | None = None,
        holds: Holds | None = None,
        scheme: str = "smtp",
        hop_timeout: float = 10.0,
        keep_idle: float = 0,
        tls: ssl.SSLContext | None = None,
        proxied: bool = False,
        next_hops: Mapping[str, Any] | None = None,
        **options: float | str | tuple[str, ...],
    ) -> Running:
        there = hop or Hop()
        if there.server is None:
            await there.start()
        place = {"proxy_listen" if proxied else "listen": ("127.0.0.1:0",)}
        config = SmtpConfig(**{"listen": (), **place, **options})  # type: ignore[arg-type] # right ones
        gate = Gate(judge or FixedJudge(), holds or store, PolicyConfig(), "gw.example", "gw.example")
        hops = {"url": f"{scheme}://127.0.0.1:{there.port}", "connect_timeout": 2.0, **(next_hops or {})}
        hops = {"greeting_timeout": hop_timeout, "timeout": hop_timeout, "data_timeout": hop_timeout, **hops}
        onward = next_hop(NextHopConfig(**hops), "gw.example", keep_idle)
        intake = SmtpIntake(gate, onward, config, "gw.example", Board().row(0), tls)
        sockets = Listeners().open(wanted_by_smtp(config))
        await intake.start(sockets.get("smtp", ()), sockets.get("proxied", ()))
        running.append(Running(intake, there))
        return running[-1]

    yield start
    for each in running:
        await each.intake.stop(0)
        each.hop.stop()
