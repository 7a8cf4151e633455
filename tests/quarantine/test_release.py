import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, update

from milter.config.options.next_hop import LONGEST_COMMAND, LONGEST_DATA
from milter.errors import Reply, TryLater
from milter.quarantine.held import State
from milter.quarantine.release import Refused, Released, release
from milter.quarantine.schema import held_mail
from milter.quarantine.store import Store
from tests.quarantine.mails import MAIL, RAW, hop, mail
from tests.relay.peer import CLOSE, HANG, Peer, listening

BOTH = MAIL.envelope.forward_paths
# The most that the configuration allows, of what is asked in this test.
TAKES = {"MAIL": LONGEST_COMMAND, "RCPT": LONGEST_COMMAND, "dot": LONGEST_DATA}
# What is answered last before this command goes.
BEFORE = {"MAIL": "greeting", "RCPT": "MAIL", "DATA": "RCPT"}
UNKNOWN = Reply(550, "5.1.1", "Unknown")


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with listening(Peer()) as listening_peer:
        yield listening_peer


async def test_a_released_mail_goes_on_as_it_came_below_one_field(store: Store, peer: Peer) -> None:
    mail_id = await store.hold(MAIL)
    released = await release(store, hop(f"smtp://127.0.0.1:{peer.port}"), mail_id)
    assert Released(mail_id, State.RELEASED, BOTH) == released
    released_field = b"X-Vigimel-Released: %d\r\n" % mail_id
    on_the_way = RAW.replace(b"\r\n.", b"\r\n..").replace(b"bare\n\0", b"bare\r\n")
    (content,) = peer.contents
    seal, field, below = content.partition(released_field)
    assert on_the_way == below
    assert seal.startswith(b"X-Vigimel-Seal: ")
    assert [
        "EHLO gw.example",
        f"MAIL FROM:<a@b.example> BODY=8BITMIME SIZE={len(seal + field + RAW)}",
        "RCPT TO:<c@d.example>",
        "RCPT TO:<e@d.example>",
        "DATA",
        "QUIT",
    ] == peer.commands


@pytest.mark.parametrize(
    "above",
    [
        b" From: <x@evil.example>\r\n\tmore\r\n",
        b"From a@b.example Tue Nov 24\r\n",
        b">From a@b.example Tue Nov 24\r\n X-Vigimel-Finding: genuine\r\n",
    ],
)
async def test_our_fields_stand_below_what_would_change_them_or_end_the_header(
    store: Store, peer: Peer, above: bytes
) -> None:
    below = b"From: <admin@ameli.example>\r\n\r\n"
    mail_id = await store.hold(mail(raw=above + below))
    await release(store, hop(f"smtp://127.0.0.1:{peer.port}"), mail_id)

    (content,) = peer.contents
    seal, _, rest = content.removeprefix(above).partition(b"X-Vigimel-Released: %d\r\n" % mail_id)
    assert (above, b"X-Vigimel-Seal: ", below) == (content[: len(above)], seal[:16], rest)


async def test_what_was_said_of_a_recipient_is_said_again_where_that_is_understood(
    store: Store, peer: Peer
) -> None:
    """RFC 3461 section 5.2: without NOTIFY=NEVER the next hop would write to a sender who may be forged."""
    peer.answers["EHLO"] = b"250-peer.example\r\n250 DSN\r\n"
    to = (*BOTH, "admin@d.example")
    await release(store, hop(f"smtp://127.0.0.1:{peer.port}"), await store.hold(MAIL), to)

    assert [
        "RCPT TO:<c@d.example> NOTIFY=NEVER ORCPT=rfc822;all@d.example",
        "RCPT TO:<e@d.example>",
        "RCPT TO:<admin@d.example>",
    ] == [command for command in peer.commands if command.startswith("RCPT")]


async def test_by_lmtp_each_recipient_has_a_transaction(store: Store, peer: Peer) -> None:
    released = await release(store, hop(f"lmtp://127.0.0.1:{peer.port}"), await store.hold(MAIL))
    assert BOTH == released.delivered
    assert ["LHLO", "MAIL", "RCPT", "DATA", "RSET", "MAIL", "RCPT", "DATA", "QUIT"] == peer.verbs


async def test_it_can_go_to_others_than_its_envelope_says(store: Store, peer: Peer) -> None:
    to = ("admin@d.example", "admin@d.example")
    released = await release(store, hop(f"smtp://127.0.0.1:{peer.port}"), await store.hold(MAIL), to)
    assert (State.RELEASED, ("admin@d.example",)) == (released.state, released.delivered)
    assert 1 == peer.verbs.count("RCPT")


async def test_who_has_it_already_is_not_sent_it_again(store: Store, peer: Peer) -> None:
    mail_id = await store.hold(MAIL)
    peer.answers["RCPT"] = b"550 5.1.1 Unknown\r\n"
    refused = await release(store, hop(f"lmtp://127.0.0.1:{peer.port}"), mail_id, BOTH[1:])
    assert (State.HELD, "550 5.1.1") == (refused.state, refused.why)
    peer.answers["RCPT"] = b"250 2.1.5 Ok\r\n"
    here = hop(f"lmtp://127.0.0.1:{peer.port}")
    await release(store, here, mail_id, BOTH[:1], rest_waits=True)
    sent = peer.verbs.count("DATA")
    again = await release(store, here, mail_id, BOTH[:1], rest_waits=True)

    assert (State.HELD, BOTH[:1], "held") == (again.state, again.delivered, again.why)
    assert 1 == sent == peer.verbs.count("DATA")
    assert "no such mail" == Released(mail_id, None).why


async def test_to_nobody_nothing_is_released(store: Store, peer: Peer) -> None:
    mail_id = await store.hold(MAIL)
    assert Released(mail_id, State.HELD) == await release(
        store, hop(f"smtp://127.0.0.1:{peer.port}"), mail_id, ()
    )
    assert [] == peer.commands


@pytest.mark.threat("W20")
@pytest.mark.parametrize(
    "path",
    [
        "c@d.example>\r\nRCPT TO:<eve@evil.example",
        "c@d.example\nDATA",
        "c@d.example> ORCPT=rfc822;eve@evil.example <x",
        "c\0@d.example",
        "é@d.example",
    ],
)
async def test_no_path_of_a_mail_becomes_a_command(store: Store, peer: Peer, path: str) -> None:
    url = f"smtp://127.0.0.1:{peer.port}"
    to_it = await store.hold(mail(envelope=replace(MAIL.envelope, forward_paths=(path,))))
    from_it = await store.hold(mail(envelope=replace(MAIL.envelope, reverse_path=path)))
    outcomes = [await release(store, hop(url), mail_id) for mail_id in (to_it, from_it)]
    assert [(State.HELD, ())] * 2 == [(one.state, one.delivered) for one in outcomes]
    assert {"EHLO gw.example", "MAIL", "QUIT"} >= {
        "MAIL" if command.startswith("MAIL FROM:<a@b.example> ") else command for command in peer.commands
    }
    assert [] == peer.contents


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "dot"])
@pytest.mark.parametrize("scheme", ["smtp", "lmtp"])
async def test_a_mail_refused_for_all_is_held_again(
    store: Store, peer: Peer, stage: str, scheme: str
) -> None:
    peer.answers[stage] = b"550 5.1.1 Unknown\r\n"
    mail_id = await store.hold(MAIL)
    released = await release(store, hop(f"{scheme}://127.0.0.1:{peer.port}"), mail_id)
    refused = tuple(Refused(path, UNKNOWN) for path in BOTH)
    assert Released(mail_id, State.HELD, (), refused) == released
    assert RAW == await store.raw(mail_id)


@pytest.mark.parametrize("scheme", ["smtp", "lmtp"])
async def test_a_mail_refused_for_one_is_held_again_and_the_other_gets_it_once(
    store: Store, peer: Peer, scheme: str
) -> None:
    mail_id = await store.hold(mail(envelope=MAIL.envelope.__class__("", "h", "", ("c@d.example", "é@d"))))
    next_hop = hop(f"{scheme}://127.0.0.1:{peer.port}")
    for _ in range(2):
        released = await release(store, next_hop, mail_id)
        assert (State.HELD, ("c@d.example",)) == (released.state, released.delivered)
        assert [("é@d", 550)] == [(refused.recipient, refused.reply.code) for refused in released.refused]
    assert 1 == len(peer.contents)
    assert State.RELEASED == (await release(store, next_hop, mail_id, ("c@d.example", "f@d.example"))).state
    assert ["RCPT TO:<c@d.example>", "RCPT TO:<f@d.example>"] == [
        command for command in peer.commands if command.startswith("RCPT")
    ]


@pytest.mark.parametrize("stage", ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "dot"])
@pytest.mark.parametrize("wrong", [CLOSE, HANG, b"421 4.3.2 Going\r\n", b"garbage\r\n"])
async def test_a_next_hop_that_fails_means_held_again(
    store: Store, peer: Peer, stage: str, wrong: bytes
) -> None:
    peer.answers[stage] = wrong
    mail_id = await store.hold(MAIL)
    failed = await release(store, hop(f"smtp://127.0.0.1:{peer.port}", timeout=0.3), mail_id)
    assert (State.HELD, (), ()) == (failed.state, failed.delivered, failed.refused)
    assert failed.cause == failed.why
    peer.answers[stage] = Peer().answers[stage]
    released = await release(store, hop(f"smtp://127.0.0.1:{peer.port}"), mail_id)
    assert (State.RELEASED, BOTH) == (released.state, released.delivered)


async def test_a_next_hop_that_fails_between_recipients_gets_only_the_missing_one(
    store: Store, peer: Peer
) -> None:
    peer.answers["RSET"] = CLOSE
    mail_id = await store.hold(MAIL)
    next_hop = hop(f"lmtp://127.0.0.1:{peer.port}")
    assert (await release(store, next_hop, mail_id)).cause
    held = await store.get(mail_id)
    assert held is not None
    assert (State.HELD, BOTH[:1]) == (held.state, held.delivered)
    assert BOTH == (await release(store, next_hop, mail_id)).delivered
    assert 2 == len(peer.contents)


async def test_a_release_that_was_taken_over_stops_before_its_next_recipient(
    store: Store, peer: Peer
) -> None:
    mail_id = await store.hold(MAIL)

    class Thief(Store):
        async def note_delivered(self, mail_id: int, token: str, delivered: tuple[str, ...]) -> bool:
            if delivered:
                await self.end_release(mail_id, token, (), done=False)
            return await super().note_delivered(mail_id, token, delivered)

    taken = await release(Thief(store.transactions), hop(f"lmtp://127.0.0.1:{peer.port}"), mail_id)
    assert (State.HELD, BOTH[:1], "released elsewhere") == (taken.state, taken.delivered, taken.why)
    assert not taken.is_done
    assert 1 == len(peer.contents)


async def test_who_has_it_is_known_where_the_end_of_the_release_cannot_be_written(
    store: Store, peer: Peer
) -> None:
    class Endless(Store):
        async def end_release(self, *_: object, **__: object) -> bool:
            raise TryLater("no room")

    next_hop, mail_id = hop(f"smtp://127.0.0.1:{peer.port}"), await store.hold(MAIL)
    with pytest.raises(TryLater):
        await release(Endless(store.transactions), next_hop, mail_id)
    await store.recover(timedelta(0))
    assert Released(mail_id, State.RELEASED, BOTH) == await release(store, next_hop, mail_id)
    assert 1 == len(peer.contents)


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
async def test_nothing_is_sent_of_a_mail_that_was_taken_over(store: Store, command: str) -> None:
    mail_id = await store.hold(MAIL)

    class Thieves(Peer):
        async def _answer(self, stage: str, writer: asyncio.StreamWriter) -> None:
            if stage == BEFORE[command]:
                await store.recover(timedelta(0))
            await super()._answer(stage, writer)

    async with listening(Thieves()) as peer:
        taken = await release(store, hop(f"smtp://127.0.0.1:{peer.port}"), mail_id)
    assert Released(mail_id, State.HELD, elsewhere=True) == taken
    assert command not in peer.verbs
    assert "elsewhere" in taken.why


@pytest.mark.threat("W21")
async def test_a_release_that_takes_as_long_as_it_may_is_not_taken_for_dead(store: Store) -> None:
    mail_id = await store.hold(MAIL)
    others = []

    class Slow(Peer):
        """Needs for each answer all the time there is, while the keeper looks and somebody else tries."""

        async def _answer(self, stage: str, writer: asyncio.StreamWriter) -> None:
            if seconds := TAKES.get(stage):
                await _age(store, timedelta(seconds=seconds))
                await store.recover()
                others.append(await release(store, hop(f"smtp://127.0.0.1:{self.port}"), mail_id))
            await super()._answer(stage, writer)

    async with listening(Slow()) as peer:
        released = await release(store, hop(f"smtp://127.0.0.1:{peer.port}"), mail_id)
    assert Released(mail_id, State.RELEASED, BOTH) == released
    assert [Released(mail_id, State.RELEASING)] * 4 == others
    assert 1 == len(peer.contents)


async def _age(store: Store, by: timedelta) -> None:
    """So much time goes by."""

    def work(connection: Connection) -> None:
        changed = connection.execute(select(held_mail.c.changed)).scalar_one()
        connection.execute(update(held_mail).values(changed=changed - by))

    await store.transactions.write(work)


@pytest.mark.threat("W21")
async def test_twenty_callers_release_it_once(store: Store, tmp_path: Path) -> None:
    mail_id = await store.hold(MAIL)
    next_hop = hop(f"maildir:{tmp_path}/box")
    results = await asyncio.gather(*(release(store, next_hop, mail_id) for _ in range(20)))
    assert 1 == sum(bool(released.delivered) for released in results)
    assert 1 == len([*(tmp_path / "box" / "new").iterdir()])


async def test_what_is_not_held_is_not_released(store: Store, peer: Peer) -> None:
    next_hop = hop(f"smtp://127.0.0.1:{peer.port}")
    mail_id = await store.hold(MAIL)
    await store.delete(mail_id)
    assert Released(mail_id, State.DELETED) == await release(store, next_hop, mail_id)
    assert Released(99, None) == await release(store, next_hop, 99)
    assert [] == peer.commands
