"""The deadlines of a connection, by a clock that the test turns."""

from typing import Any

import pytest

from milter.config import SmtpConfig
from milter.errors import Reply
from milter.intake.patience import IDLE, NO_MAIL, TOO_LONG, TOO_SLOW, Patience
from tests.intake.talk import talk


class Clock:
    """Stands still until it is told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def patience(clock: Clock, **options: float) -> Patience:
    return Patience(
        SmtpConfig(
            **{  # type: ignore[arg-type] # numbers all
                "idle_timeout": 60.0,
                "min_data_rate": 500,
                "max_time_without_mail": 300.0,
                "max_session_time": 1200.0,
                **options,
            }
        ),
        clock,
    )


def test_the_first_word_is_waited_for_as_long_as_any_command() -> None:
    assert (60.0, IDLE) == patience(Clock()).left()


def test_a_command_has_its_time_as_a_whole_in_however_many_pieces_it_comes() -> None:
    clock = Clock()
    one = patience(clock)
    clock.now += 7
    one.expect_line()
    lefts: list[tuple[float, Reply]] = []
    for _ in range(7):
        lefts.append(one.left())
        clock.now += 10

    assert [60.0, 50.0, 40.0, 30.0, 20.0, 10.0, 0.0] == [seconds for seconds, _ in lefts]
    assert IDLE is lefts[-1][1]


@pytest.mark.parametrize(("rate", "seconds", "runs_out"), [(499, 601, True), (500, 601, False)])
def test_a_mail_must_come_in_at_the_least_rate(rate: int, seconds: int, runs_out: bool) -> None:
    clock = Clock()
    one = patience(clock, min_data_rate=500, idle_timeout=1.0, max_time_without_mail=1.0)
    one.expect_mail()
    left = [1.0]
    for _ in range(seconds):
        clock.now += 1
        one.received(rate)
        left.append(one.left()[0])

    assert runs_out == (min(left) <= 0)
    assert runs_out == (one.left()[1] is TOO_SLOW)


def test_an_octet_now_and_then_is_no_mail_that_comes_in() -> None:
    clock = Clock()
    one = patience(clock)
    one.expect_mail()
    pieces = 0
    while one.left()[0] > 0:
        clock.now += 10
        one.received(1)
        pieces += 1

    assert (7, TOO_SLOW) == (pieces, one.left()[1])


def test_within_its_rate_a_mail_that_stops_is_idle() -> None:
    clock = Clock()
    one = patience(clock)
    one.expect_mail()
    one.received(10_000_000)
    clock.now += 5

    assert (60.0, IDLE) == one.left()


@pytest.mark.parametrize(("seconds", "expected"), [(299.0, 1.0), (300.0, 0.0), (301.0, -1.0)])
def test_commands_alone_keep_no_connection_open(seconds: float, expected: float) -> None:
    clock = Clock()
    one = patience(clock)
    clock.now += seconds
    one.expect_line()

    assert (expected, NO_MAIL) == one.left()


def test_after_a_mail_the_next_one_has_its_time_again() -> None:
    clock = Clock()
    one = patience(clock)
    clock.now += 299
    one.expect_mail()
    clock.now += 30
    one.mail_ended()
    clock.now += 250
    one.expect_line()

    assert (50.0, NO_MAIL) == one.left()


@pytest.mark.parametrize(("seconds", "expected"), [(1199.0, 1.0), (1200.0, 0.0), (1201.0, -1.0)])
def test_every_connection_has_an_end_whatever_it_does(seconds: float, expected: float) -> None:
    clock = Clock()
    one = patience(clock, max_time_without_mail=5000.0)
    clock.now += seconds
    one.expect_line()
    at_a_command = one.left()
    one.expect_mail()
    one.received(10**9)

    assert [(expected, TOO_LONG)] * 2 == [at_a_command, one.left()]


BEGIN = [
    [b"EHLO client.example\r\n"],
    [b"MAIL FROM:<a@client.example>\r\nRCPT TO:<b@hop.example>\r\nDATA\r\n"],
]
TEXT = [[b"x" * 88 + b"\r\n"]] * 10


async def test_a_slow_mail_at_its_least_rate_comes_in_and_the_connection_goes_on() -> None:
    commands = [[b"NOOP\r\n"]] * 10
    outcome = await talk(
        [*BEGIN, *TEXT, [b".\r\n"], *commands], pause=9.0, idle_timeout=10.0, min_data_rate=10
    )

    # RCPT, the mail, and NOOP.
    assert 2 + 10 == outcome.replies.count(b"250 2.0.0 Ok\r\n")
    assert 1 == len(outcome.hop.mails)


@pytest.mark.parametrize(
    ("groups", "options", "last"),
    [
        ([*BEGIN, *TEXT], {"min_data_rate": 12, "idle_timeout": 10.0}, TOO_SLOW),
        ([*BEGIN, *TEXT], {"max_session_time": 60.0}, TOO_LONG),
        ([[b"NOOP\r\n"]] * 10, {"max_time_without_mail": 50.0}, NO_MAIL),
        ([[b"NO"], [b"OP"], [b" "], [b"x"], [b"x"], [b"x"], [b"x"], [b"x"]], {"idle_timeout": 60.0}, IDLE),
    ],
)
async def test_the_session_keeps_the_time(
    groups: list[list[bytes]], options: dict[str, Any], last: Reply
) -> None:
    outcome = await talk(groups, pause=9.0, **options)

    assert outcome.replies.endswith(f"{last}\r\n".encode())
