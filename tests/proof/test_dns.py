"""Look-ups: what counts as an answer, what as none, and that a dead DNS costs its time once."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import dns.asyncresolver
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milter.errors import ConfigError
from milter.proof import dns as our_dns
from milter.proof import pulse as our_pulse
from milter.proof.dns import DnsAway, Resolver
from tests.dns_server import DnsServer

LONG = "v=DKIM1; p=" + "A" * 3000
RECORDS = {
    "a.example": {
        "TXT": ["one", LONG],
        "A": ["192.0.2.1"],
        "AAAA": ["2001:db8::1"],
        "MX": ["10 mx.a.example."],
    },
    "1.2.0.192.in-addr.arpa": {"PTR": ["mail.a.example."]},
}


def served() -> DnsServer:
    return DnsServer(zone=None, records=RECORDS)


async def test_every_type_is_read_and_a_long_answer_comes_over_tcp() -> None:
    with served() as server:
        resolver = Resolver([server.address])

        assert {b"one", LONG.encode()} == set(await resolver.txt("A.Example."))
        assert ("192.0.2.1",) == await resolver.a("a.example")
        assert ("2001:db8::1",) == await resolver.aaaa("a.example")
        assert ("mx.a.example",) == await resolver.mx("a.example")
        assert ("mail.a.example",) == await resolver.ptr("1.2.0.192.in-addr.arpa")


@pytest.mark.parametrize(
    "name", ["nobody.example", "1.2.0.192.in-addr.arpa", "x" * 64 + ".example", "a..example", ""]
)
async def test_a_name_without_records_has_none(name: str) -> None:
    with served() as server:
        assert () == await Resolver([server.address]).txt(name)


async def test_an_answer_that_fills_memory_is_given_and_not_remembered() -> None:
    texts = ["A" * 3000, "B" * 3000, "C" * 3000]
    with DnsServer(zone=None, records={"b.example": {"TXT": texts}}) as server:
        resolver = Resolver([server.address])
        for _ in range(2):
            assert {text.encode() for text in texts} == set(await resolver.txt("b.example"))

        # Each time over UDP, which is too small, and again over TCP.
        assert ["TXT b.example"] * 4 == server.questions


async def test_answers_that_fill_memory_together_put_out_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(our_dns, "_MOST_OCTETS", 100)
    names = [f"{letter}.example" for letter in "abc"]
    with DnsServer(zone=None, records={name: {"TXT": ["x" * 50]} for name in names}) as server:
        resolver = Resolver([server.address])
        for name in (*names, "c.example", "b.example", "a.example"):
            assert (b"x" * 50,) == await resolver.txt(name)

        assert [*names, "a.example"] == [question.removeprefix("TXT ") for question in server.questions]


async def test_an_answer_that_took_the_place_of_another_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(our_dns, "_MOST_OCTETS", 100)
    monkeypatch.setattr(our_dns, "_LONGEST", 0.0)
    with DnsServer(zone=None, records={"a.example": {"TXT": ["x" * 50]}}) as server:
        resolver = Resolver([server.address])
        for _ in range(5):
            await resolver.txt("a.example")
        await resolver.txt("nobody.example")
        await resolver.txt("nobody.example")

        assert ["TXT a.example"] * 5 + ["TXT nobody.example"] == server.questions
        assert 50 == resolver._octets


async def test_both_answers_and_absences_are_remembered() -> None:
    with served() as server:
        resolver = Resolver([server.address])
        for _ in range(3):
            await resolver.a("a.example")
            await resolver.a("nobody.example")

        assert ["A a.example", "A nobody.example"] == server.questions


async def test_one_question_is_asked_for_all_who_wait_for_it() -> None:
    with served() as server:
        resolver = Resolver([server.address])
        answers = await asyncio.gather(*(resolver.a("a.example") for _ in range(20)))

        assert [("192.0.2.1",)] * 20 == answers
        assert ["A a.example"] == server.questions


async def test_who_gives_up_waiting_does_not_stop_the_others() -> None:
    with served() as server:
        resolver = Resolver([server.address])
        impatient = asyncio.create_task(resolver.a("a.example"))
        patient = asyncio.create_task(resolver.a("a.example"))
        await asyncio.sleep(0)
        impatient.cancel()

        assert ("192.0.2.1",) == await patient


@pytest.mark.parametrize("mode", ["dead", "servfail"])
async def test_a_dns_that_is_away_is_asked_once_not_by_each_mail(mode: str) -> None:
    with served() as server:
        server.mode = mode  # type: ignore[assignment]  # one of the modes
        resolver = Resolver([server.address], timeout=0.2)
        for _ in range(3):
            with pytest.raises(DnsAway):
                await resolver.txt("a.example")

        assert {"TXT a.example"} == set(server.questions) - {"NS ."}
        asked = len(server.questions)
        with pytest.raises(DnsAway):
            await resolver.txt("a.example")
        assert asked == len(server.questions)


async def test_a_dns_that_comes_back_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(our_dns, "_AWAY", 0.0)
    with served() as server:
        resolver = Resolver([server.address], timeout=2.0)
        server.mode = "servfail"
        with pytest.raises(DnsAway):
            await resolver.a("a.example")
        server.mode = "answers"

        assert ("192.0.2.1",) == await resolver.a("a.example")


async def test_while_the_resolver_is_silent_no_other_question_waits_for_it() -> None:
    with served() as server:
        server.mode = "dead"
        resolver = Resolver([server.address], timeout=0.2)
        for name in ("a.example", "b.example", "c.example"):
            with pytest.raises(DnsAway):
                await resolver.txt(name)

        assert {"TXT a.example", "NS ."} == set(server.questions)


async def test_a_zone_that_never_answers_silences_nobody_else() -> None:
    """A sender chooses such zones at will."""
    with served() as server:
        server.silent = {f"{letter}.silent.example" for letter in "xyz"}
        resolver = Resolver([server.address], timeout=2.0)
        for name in sorted(server.silent):
            with pytest.raises(DnsAway):
                await resolver.txt(name)

        assert ("192.0.2.1",) == await resolver.a("a.example")
        assert {f"TXT {name}" for name in server.silent} <= set(server.questions)


async def test_a_resolver_that_answers_again_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(our_pulse, "_REST", 0.0)
    with served() as server:
        server.mode = "dead"
        resolver = Resolver([server.address], timeout=2.0)
        for name in ("x.example", "y.example"):
            with pytest.raises(DnsAway):
                await resolver.txt(name)
        server.mode = "answers"

        assert ("192.0.2.1",) == await resolver.a("a.example")
        assert "TXT y.example" not in server.questions


async def test_a_machine_without_nameservers_works_and_every_question_is_away(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    empty = tmp_path / "resolv.conf"
    empty.write_text("")
    real = dns.asyncresolver.Resolver

    def of_this_machine(*, configure: bool) -> object:
        return real(filename=str(empty), configure=configure)

    monkeypatch.setattr(dns.asyncresolver, "Resolver", of_this_machine)
    resolver = Resolver()

    with pytest.raises(DnsAway):
        await resolver.txt("a.example")


def test_a_resolver_serves_one_event_loop_after_the_other() -> None:
    with served() as server:
        resolver = Resolver([server.address])
        for name in ("a.example", "a.example", "nobody.example"):
            asyncio.run(resolver.a(name))

        assert ("192.0.2.1",) == asyncio.run(resolver.a("a.example"))


@pytest.mark.parametrize(
    "text", ["ns.example", "127.0.0.1:0", "127.0.0.1:99999", "[::1", "", "::1:53:", "a b"]
)
def test_what_is_no_nameserver_is_told_to_the_operator(text: str) -> None:
    with pytest.raises(ConfigError):
        Resolver([text])


@pytest.mark.parametrize("text", ["127.0.0.1", "127.0.0.1:5353", "::1", "[::1]", "[::1]:5353"])
def test_nameservers_may_be_written_with_and_without_port(text: str) -> None:
    assert 1.0 == Resolver([text], timeout=1.0).timeout


ASK: list[Callable[[Resolver, str], Awaitable[object]]] = [
    Resolver.txt,
    Resolver.a,
    Resolver.mx,
    Resolver.ptr,
]


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=300), st.sampled_from(ASK))
def test_no_name_raises_anything_but_away(
    name: str, ask: Callable[[Resolver, str], Awaitable[object]]
) -> None:
    async def try_it() -> None:
        with served() as server:
            try:
                await ask(Resolver([server.address], timeout=0.2), name)
            except DnsAway:
                return

    asyncio.run(try_it())
