"""THREATS S1 to S14 from us towards a real Postfix, in its settings of smtpd_forbid_bare_newline: 0 splits.

All 168 mails go out when the first test asks for them, and what has arrived is counted once. Straight to
Postfix they show that the count would see a split.
"""

import asyncio
import contextlib
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from milter.config import NextHopConfig, PolicyConfig, SmtpConfig
from milter.gate import Gate
from milter.intake.board import Board
from milter.intake.listen import Listeners, wanted_by_smtp
from milter.intake.smtp import SmtpIntake
from milter.quarantine.release import release
from milter.quarantine.store import Store
from milter.relay.next_hop import NextHop, next_hop
from tests.end_to_end.postfix import MAILBOXES, Postfix, free_port
from tests.intake.client import Client
from tests.intake.judges import FixedJudge
from tests.intake.milters import NoStore
from tests.quarantine.mails import MAIL
from tests.serving import eventually
from tests.smuggling.vectors import FORBIDDEN, HIDDEN, INSIDE, LEGAL, OUTER, WITH_NUL, mail, unstuffed

pytestmark = [pytest.mark.needs("postfix"), pytest.mark.needs_root("starts Postfix")]

# Debian 12's default is the first. What 3.7.11 calls yes is normalize.
SETTINGS = ("no", "normalize", "reject")
_ENTRANCE = "127.0.0.1:{port} inet n - n - - smtpd -o smtpd_forbid_bare_newline={setting}"
_ENTRANCE += " -o smtpd_forbid_bare_newline_exclusions="
# What is smuggled in Debian 12's Postfix as it comes: the count must see it.
SPLIT_BY_DEFAULT = {"S1", "S5", "S7", "S9", "S10", "S13"}


def marks(path: str, setting: str, name: str) -> str:
    return f"{path}-{setting}-{name}"


@pytest.fixture(scope="module")
def arrived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter[str]]:
    """How often each subject has arrived."""
    ports = {setting: free_port() for setting in SETTINGS}
    entrances = (_ENTRANCE.format(port=port, setting=setting) for setting, port in ports.items())
    with Postfix("smuggling", MAILBOXES, "\n".join(entrances)) as postfix:
        asyncio.run(_send_all(ports, tmp_path_factory.mktemp("quarantine")))
        _wait_until_delivered(postfix)
        yield Counter(_subject(raw) for raw in postfix.delivered("b"))


async def _send_all(ports: dict[str, int], directory: Path) -> None:
    store = await Store.open(directory / "quarantine.db")
    for setting, port in ports.items():
        hop = next_hop(NextHopConfig(url=f"smtp://127.0.0.1:{port}"), "gw.example")
        async with _gateway(hop, "reject") as strict, _gateway(hop, "normalize") as lenient:
            for name in INSIDE:
                await _send(port, marks("straight", setting, name), name)
                await _send(strict, marks("proxy", setting, name), name)
                await _send(lenient, marks("normalize", setting, name), name)
                await _release(store, hop, marks("release", setting, name), name)
    await store.close()


@contextlib.asynccontextmanager
async def _gateway(hop: NextHop, bare_newlines: str) -> AsyncIterator[int]:
    config = SmtpConfig.model_validate({"listen": ("127.0.0.1:0",), "bare_newlines": bare_newlines})
    gate = Gate(FixedJudge(), NoStore(), PolicyConfig(), "gw.example", "gw.example")
    intake = SmtpIntake(gate, hop, config, "gw.example", Board().row(0))
    await intake.start(Listeners().open(wanted_by_smtp(config))["smtp"])
    yield intake.addresses[0].port
    await intake.stop(20)


async def _send(port: int, marks: str, name: str) -> None:
    client = await Client.connect(port)
    await client.say("EHLO client.example")
    await client.say("MAIL FROM:<a@client.example>", "RCPT TO:<b@hop.example>", "DATA")
    await client.send(mail(name, marks) + b".\r\nQUIT\r\n")
    while await client.reply():
        # Postfix says more where it was smuggled.
        pass
    client.close()


async def _release(store: Store, hop: NextHop, marks: str, name: str) -> None:
    """As a mail that the milter has held, with all its octets, and that is let go."""
    envelope = replace(MAIL.envelope, forward_paths=("b@hop.example",), mail_parameters=())
    held = replace(MAIL, envelope=envelope, raw=unstuffed(mail(name, marks)))
    await release(store, hop, await store.hold(held))


def _wait_until_delivered(postfix: Postfix) -> None:
    queues = ("maildrop", "incoming", "active")
    eventually(lambda: not any(map(postfix.queued, queues)), "mail waits in a queue")


def _subject(raw: bytes) -> str:
    found = re.search(rb"^Subject: ([^.\r\n]*)\.", raw, re.MULTILINE)
    return found[1].decode() if found else ""


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("name", INSIDE)
def test_a_mail_straight_to_postfix_is_split_where_it_is_said_to_be(
    arrived: Counter[str], setting: str, name: str
) -> None:
    is_split = setting == "no" and name in SPLIT_BY_DEFAULT

    assert is_split == arrived[f"{HIDDEN} {marks('straight', setting, name)}"]


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("name", INSIDE)
@pytest.mark.parametrize("path", ["proxy", "normalize", "release"])
def test_nothing_is_smuggled_through_us(arrived: Counter[str], path: str, setting: str, name: str) -> None:
    is_taken = name == LEGAL or path == "release" or (path == "normalize" and name not in WITH_NUL)

    assert 0 == arrived[f"{HIDDEN} {marks(path, setting, name)}"]
    assert is_taken == arrived[f"{OUTER} {marks(path, setting, name)}"]


def test_no_mail_has_arrived_that_nobody_has_counted(arrived: Counter[str]) -> None:
    smuggled = {f"{HIDDEN} {marks('straight', 'no', name)}" for name in SPLIT_BY_DEFAULT}
    outer = {subject for subject in arrived if subject.startswith(OUTER)}

    assert set(arrived) - outer == smuggled
    assert set(arrived.values()) == {1}
    assert len(FORBIDDEN) == 13
