"""A mail server that breaks the protocol, floods us, or is gone: its connection ends, nothing else does."""

import asyncio
import random
import struct
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from milter.intake.milter import MilterIntake
from milter.intake.milter_replies import frame
from milter.log.lines import configure_log
from milter.quarantine.store import Store
from milter.verdict.verdict import Finding
from tests.intake.judges import WaitingJudge
from tests.intake.milters import NotingJudge, listening, port
from tests.intake.mta import OLDEST, POSTFIX, Mta

MAIL = b"From: a@client.example\r\nSubject: %d\r\n\r\nbody %d\r\n"
FLOOD = 65535


@pytest.fixture(autouse=True)
def _log() -> None:
    configure_log("info")


async def still_works(milter: MilterIntake) -> None:
    """Another connection is served, and nothing is kept of those that are gone."""
    mta = await Mta.ready(port(milter))
    assert (b"c", b"") == (await mta.mail(MAIL % (1, 1))).last
    mta.close()
    await milter._service.connections.wait_for_all()
    assert 0 == milter._service.kept


@pytest.mark.parametrize(
    "octets",
    [
        b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\xffO", b"\0\0\0\1Z", b"EHLO x.example\r\n",
        b"\x16\3\1\2\0\1\0\1", frame(b"M", b"<a@b.example>\0"), frame(b"E"),
        frame(b"O", b"\0\0\0\1" + b"\0" * 8),
        frame(b"O"), frame(b"A"), frame(b"K"),
    ],
)  # fmt: skip
async def test_what_is_no_negotiation_ends_the_connection(
    octets: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    async with listening(NotingJudge()) as milter:
        mta = await Mta.dial(port(milter))
        mta.writer.write(octets)
        assert await mta.is_hung_up()
        assert "event=milter_failed" in capsys.readouterr().err
        await still_works(milter)


@pytest.mark.parametrize(
    "octets",
    [
        b"\0\0\0\0", b"\xff\xff\xff\xff", frame(b"Z"), frame(b"O", struct.pack(">III", *POSTFIX)),
        frame(b"C", b"x\0U"),
        frame(b"H", b"x\0"), frame(b"B", b"x"), frame(b"E"), frame(b"L", b"cut"), frame(b"M", b"<>\0"),
    ],
)  # fmt: skip
async def test_what_may_not_come_in_the_middle_of_a_mail_ends_the_connection(octets: bytes) -> None:
    async with listening(NotingJudge()) as milter:
        mta = await Mta.ready(port(milter))
        await mta.envelope()
        mta.writer.write(octets)
        assert await mta.is_hung_up()
        await still_works(milter)


async def nothing(_mta: Mta) -> None:
    pass


async def negotiated(mta: Mta) -> None:
    await mta.negotiate(*POSTFIX)


async def connected(mta: Mta) -> None:
    await negotiated(mta)
    await mta.client()


async def addressed(mta: Mta) -> None:
    await connected(mta)
    await mta.envelope()


async def in_the_header(mta: Mta) -> None:
    await addressed(mta)
    await mta.event(b"L", b"From\0 a@client.example\0")


async def in_the_body(mta: Mta) -> None:
    await addressed(mta)
    await mta.content(MAIL % (0, 0))


async def in_a_frame(mta: Mta) -> None:
    await in_the_body(mta)
    mta.writer.write(frame(b"B", b"x" * 1000)[:500])


async def after_the_end(mta: Mta) -> None:
    await in_the_body(mta)
    mta.write(b"E")
    await mta.writer.drain()


STAGES = pytest.mark.parametrize(
    "reach",
    [nothing, negotiated, connected, addressed, in_the_header, in_the_body, in_a_frame, after_the_end],
)


@STAGES
async def test_a_mail_server_that_vanishes_leaves_nothing_behind(
    reach: Callable[[Mta], Awaitable[None]],
) -> None:
    async with listening(NotingJudge()) as milter:
        mta = await Mta.dial(port(milter))
        await reach(mta)
        mta.writer.transport.abort()
        await still_works(milter)


async def test_a_mail_server_that_vanishes_while_we_judge_has_its_mail_judged_no_further() -> None:
    judge = WaitingJudge()
    async with listening(judge) as milter:
        mta = await Mta.dial(port(milter))
        await after_the_end(mta)
        await judge.asked.wait()
        mta.writer.transport.abort()
        await milter._service.connections.wait_for_all()
        judge.go_on.set()
        await still_works(milter)


async def test_a_mail_server_that_vanishes_while_we_commit_leaves_a_quarantine_that_works(
    store: Store,
) -> None:
    async with listening(NotingJudge(Finding.IMPERSONATION), store) as milter:
        for number in range(60):
            mta = await Mta.dial(port(milter))
            await after_the_end(mta)
            # Later each time: before the judge is asked, in the middle of the commit, after it.
            await asyncio.sleep(number / 4000)
            mta.writer.transport.abort()
        await milter._service.connections.wait_for_all()
        mta = await Mta.ready(port(milter))
        assert (b"d", b"") == (await mta.mail(MAIL % (1, 1))).last

    newest, *others = await store.list(limit=100)
    assert (await store.raw(newest.id)).endswith(MAIL % (1, 1))
    for held in others:
        # Held twice it may be, but never half.
        assert (await store.raw(held.id)).endswith(MAIL % (0, 0))


@pytest.mark.parametrize("offer", [POSTFIX, OLDEST], ids=["postfix", "oldest"])
async def test_nothing_of_an_aborted_mail_is_in_the_next(offer: tuple[int, int, int]) -> None:
    judge = NotingJudge()
    async with listening(judge) as milter:
        mta = await Mta.ready(port(milter), offer)
        await mta.envelope(b"<first@client.example>", b"<first@hop.example>")
        await mta.content(b"X-First: first\r\n\r\nfirst")
        mta.write(b"A")
        await mta.mail(MAIL % (2, 2), b"<second@hop.example>")
        mta.write(b"K")
        await mta.client(b"U", b"localhost")
        await mta.mail(MAIL % (3, 3), b"<third@hop.example>")

    assert [MAIL % (2, 2), MAIL % (3, 3)] == judge.mails
    assert [("<second", "192.0.2.7"), ("<third", "")] == [
        ("<" + e.forward_paths[0].partition("@")[0], e.client_address) for e in judge.envelopes if e
    ]
    assert [1, 1] == [len(envelope.forward_paths) for envelope in judge.envelopes if envelope]


async def test_ten_thousand_mails_on_one_connection_keep_apart() -> None:
    judge = NotingJudge()
    async with listening(judge) as milter:
        mta = await Mta.ready(port(milter))
        for number in range(10_000):
            mta.write(b"M", b"<%d@client.example>\0" % number)
            mta.write(b"R", b"<%d@hop.example>\0" % number)
            mta.write(b"L", b"X-Number-%d\0 %d\0" % (number, number))
            mta.write(b"N")
            if number % 3 == 0:
                mta.write(b"A")
                continue
            assert (b"c", b"") == (await mta.end()).last
        assert 0 == milter._service.kept

    numbers = [number for number in range(10_000) if number % 3]
    assert [b"X-Number-%d: %d\r\n\r\n" % (number, number) for number in numbers] == judge.mails
    assert numbers == [int(e.forward_paths[0].partition("@")[0]) for e in judge.envelopes if e]


async def test_a_flood_of_body_is_let_go_and_refused_at_its_end() -> None:
    async with listening(NotingJudge(), max_size=300_000) as milter:
        mta = await Mta.ready(port(milter))
        await mta.envelope()
        await mta.event(b"N")
        for _ in range(100):
            await mta.event(b"B", b"x" * FLOOD)
        outcome = await mta.end()
        assert [(b"y", b"552 5.3.4 Message size exceeds fixed limit\0")] == outcome.frames
        # The connection goes on.
        assert (b"c", b"") == (await mta.mail(MAIL % (1, 1))).last


async def test_a_flood_of_macros_is_not_kept_and_one_frame_has_an_end() -> None:
    async with listening(NotingJudge()) as milter:
        mta = await Mta.ready(port(milter))
        await mta.envelope()
        for _ in range(30):
            mta.write(b"D", b"L" + b"{x}\0y\0" * 170_000)
            mta.write(b"L", b"A\0b\0")
            await mta.writer.drain()
        for code in range(256):
            mta.write(b"D", bytes([code]) + b"i\x00" + b"x" * 100_000 + b"\0")
            mta.write(b"D", bytes([code]) + b"i\x00" + b"x" * 1000 + b"\0")
            await mta.writer.drain()
        await mta.event(b"N")
        [connection] = milter._service.connections
        kept = connection._macros.values()  # type: ignore[attr-defined]
        assert 0 < sum(len(macros.pairs) for macros in kept) < 5000
        assert (b"c", b"") == (await mta.end()).last
        mta.write(b"D", b"L" + b"x" * 2 * 1024 * 1024)
        assert await mta.is_hung_up()
        await still_works(milter)


async def test_many_large_mails_at_once_are_tempfailed_before_memory_ends() -> None:
    async with listening(NotingJudge(), max_kept_size=2**20) as milter:
        mtas = [await Mta.ready(port(milter)) for _ in range(4)]
        for mta in mtas:
            await mta.envelope()
            await mta.event(b"L", b"From\0 a@client.example\0")
            await mta.event(b"N")
        for _ in range(6):
            for mta in mtas:
                await mta.event(b"B", b"x" * FLOOD)
        answers = [(await mta.end()).last for mta in mtas]
        busy = (b"y", b"451 4.3.1 Mail system has no room now, try again later\0")
        assert {(b"c", b""), busy} == set(answers)
        assert 0 == milter._service.kept


async def test_one_connection_more_than_there_may_be_is_hung_up_on() -> None:
    async with listening(NotingJudge(), max_connections=2) as milter:
        first, second = await Mta.ready(port(milter)), await Mta.ready(port(milter))
        third = await Mta.dial(port(milter))
        assert await third.is_hung_up()
        second.close()
        await second.writer.wait_closed()
        # Its end is told by the loop, in one of its next rounds.
        while len(milter._service.connections) > 1:  # noqa: ASYNC110 there is no event for one of two
            await asyncio.sleep(0)
        await Mta.ready(port(milter))
        assert (b"c", b"") == (await first.mail(MAIL % (1, 1))).last


@pytest.mark.parametrize(
    ("reach", "options"),
    [
        (nothing, {"idle_timeout": 0.05}),
        (connected, {"idle_timeout": 0.05}),
        (in_the_body, {"content_timeout": 0.05}),
        (in_a_frame, {"content_timeout": 0.05}),
    ],
)
async def test_a_mail_server_that_says_nothing_more_is_hung_up_on(
    reach: Callable[[Mta], Awaitable[None]], options: dict[str, Any]
) -> None:
    async with listening(NotingJudge(), **options) as milter:
        mta = await Mta.dial(port(milter))
        await reach(mta)
        assert await mta.is_hung_up()


async def test_a_mail_server_that_does_not_read_our_answers_does_not_fill_our_memory() -> None:
    async with listening(NotingJudge()) as milter:
        mta = await Mta.dial(port(milter))
        await mta.negotiate(*OLDEST)
        [connection] = milter._service.connections
        await mta.client()
        transport = connection._transport  # type: ignore[attr-defined]
        # Each one is answered, and no answer is read: at some point we read no more either.
        while transport.is_reading():
            mta.writer.write(frame(b"U", b"x\0") * 1000)
            await asyncio.sleep(0)
        assert transport.get_write_buffer_size() < 4 * 2**20
        mta.writer.transport.abort()
        await still_works(milter)


async def test_no_order_of_frames_and_no_broken_frame_breaks_the_service() -> None:
    rng = random.Random(20261127)
    texts = (
        b"<a@b.example>\0",
        b"From\0 x\n\ty\0",
        b"x\x004\0\x19192.0.2.1\0",
        b"\xff\xfe\0",
        b"",
        b"i\0q\0",
        b"\r\0",
    )
    codes = (b"C", b"H", b"M", b"R", b"R", b"L", b"N", b"B", b"E", b"D", b"A", b"K", b"U")
    async with listening(NotingJudge(Finding.SUSPECT)) as milter:
        for _ in range(300):
            mta = await Mta.dial(port(milter))
            offer = struct.pack(">III", rng.randrange(2, 8), rng.getrandbits(9), rng.getrandbits(21))
            octets = frame(b"O", offer)
            # Half of them in an order that a mail server might choose.
            order = (
                rng.choices(codes, k=12)
                if rng.random() < 0.5
                else sorted(rng.choices(codes, k=12), key=codes.index)
            )
            octets += b"".join(frame(code, rng.choice(texts)) for code in order)
            if rng.random() < 0.3:
                place = rng.randrange(len(octets))
                octets = octets[:place] + rng.randbytes(4) + octets[place:]
            mta.writer.write(octets)
            if rng.random() < 0.5:
                mta.writer.write_eof()
                await mta.reader.read()
            mta.writer.transport.abort()
        await still_works(milter)
