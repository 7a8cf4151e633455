"""Debian's miltertest, a client that knows the protocol from libmilter and nothing of us: each action."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from milter.quarantine.store import Store
from milter.verdict.verdict import Finding
from tests.intake.milters import NotingJudge, listening

pytestmark = pytest.mark.needs("miltertest")

_MAIL = """\
local conn = mt.connect("{address}")
assert(conn, "no connection")
assert(mt.negotiate(conn, nil, nil, nil) == nil, "no negotiation")
assert(mt.conninfo(conn, "mail.client.example", "192.0.2.7") == nil)
assert(mt.helo(conn, "client.example") == nil)
assert(mt.mailfrom(conn, "<a@client.example>", "SIZE=10") == nil)
assert(mt.rcptto(conn, "<b@hop.example>") == nil)
assert(mt.header(conn, "X-Vigimel-Finding", " genuine") == nil)
assert(mt.header(conn, "From", " a@client.example") == nil)
assert(mt.header(conn, "Subject", " hello") == nil)
assert(mt.eoh(conn) == nil)
assert(mt.bodystring(conn, "one\\r\\ntwo\\r\\n") == nil)
assert(mt.eom(conn) == nil, "no end")
{checks}
mt.disconnect(conn)
"""
_PASSES = """\
assert(mt.getreply(conn) == SMFIR_CONTINUE, "not continued")
assert(mt.eom_check(conn, MT_HDRDELETE, "X-Vigimel-Finding"), "forged field not deleted")
assert(mt.eom_check(conn, MT_HDRINSERT, "X-Vigimel-Finding", " {finding}", 0), "our field not on top")
assert(not mt.eom_check(conn, MT_BODYCHANGE), "body changed")
assert(not mt.eom_check(conn, MT_HDRADD), "a field at the end")
"""
_TAG = 'assert(mt.eom_check(conn, MT_HDRCHANGE, "Subject"), "no tag")\n'
_NOT_TAGGED = 'assert(not mt.eom_check(conn, MT_HDRCHANGE, "Subject"), "tagged")\n'
_HOLD = 'assert(mt.eom_check(conn, MT_QUARANTINE), "not held")\n'
_REFUSED = 'assert(mt.eom_check(conn, MT_SMTPREPLY, "{}", "{}", "{}"), "another reply")\n'
_DISCARDED = 'assert(mt.getreply(conn) == SMFIR_DISCARD, "not discarded")\n'

CASES: dict[str, tuple[Finding, dict[str, Any], str]] = {
    "pass": (Finding.UNRELATED, {}, _PASSES.format(finding="unrelated") + _NOT_TAGGED),
    "tag": (Finding.SUSPECT, {}, _PASSES.format(finding="suspect") + _TAG),
    "quarantine_here": (Finding.IMPERSONATION, {}, _DISCARDED),
    "quarantine_there": (
        Finding.IMPERSONATION,
        {"quarantine": "mta"},
        _PASSES.format(finding="impersonation") + _HOLD + _NOT_TAGGED,
    ),
    "defer": (
        Finding.UNDECIDED,
        {},
        _REFUSED.format("451", "4.7.5", "Sender cannot be verified now, try again later"),
    ),
    "reject": (
        Finding.IMPERSONATION,
        {"policy": {"impersonation": "reject"}},
        _REFUSED.format("550", "5.7.1", "Message refused by policy"),
    ),
}


async def play(script: Path) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        "miltertest",
        "-w",
        "-s",
        str(script),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("socket", ["inet", "unix"])
async def test_each_action_is_what_libmilter_calls_it(
    case: str, socket: str, store: Store, tmp_path: Path
) -> None:
    finding, options, checks = CASES[case]
    listen = "inet:127.0.0.1:0" if socket == "inet" else f"unix:{tmp_path}/milter.sock"
    async with listening(NotingJudge(finding), store, listen=(listen,), **options) as milter:
        [bound] = milter.addresses
        address = (
            bound if socket == "unix" else "inet:{1}@{0}".format(*bound.removeprefix("inet:").split(":"))
        )
        script = tmp_path / "script.lua"
        script.write_text(_MAIL.format(address=address, checks=checks))

        assert (0, "") == await play(script)


async def test_a_script_that_asks_for_what_is_not_there_fails(store: Store, tmp_path: Path) -> None:
    async with listening(NotingJudge(), store) as milter:
        host, port = milter.addresses[0].removeprefix("inet:").split(":")
        script = tmp_path / "script.lua"
        script.write_text(_MAIL.format(address=f"inet:{port}@{host}", checks=_HOLD))
        status, _ = await play(script)

    assert status != 0
