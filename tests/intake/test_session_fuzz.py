"""Whole sessions of any octets, cut into segments anywhere: what is heard does not depend on the cuts."""

import asyncio
import itertools
import re
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.logged import logged
from tests.intake.talk import Outcome, talk
from tests.intake.test_named import SIGNATURE, V1, v2

REPLIES = re.compile(rb"(?:[2-5][0-9][0-9][ -][ -~]*\r\n)*")
OUR_TRACE = re.compile(rb"id [0-9a-f]{12};\r\n\t[^\r]*")
BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)|\0")

# Commands that end a group: their answer is waited for (RFC 2920 section 3.1).
SYNCHRONOUS = st.sampled_from(
    [
        b"EHLO client.example\r\n",
        b"HELO client.example\r\n",
        b"NOOP\r\n",
        b"VRFY a\r\n",
        b"XCLIENT ADDR=192.0.2.7\r\n",
        b"DATA\r\n",
        b"WHAT\r\n",
        b"NOOP " + b"x" * 600 + b"\r\n",
    ]
)
PIPELINED = st.sampled_from(
    [
        b"MAIL FROM:<a@client.example>\r\n",
        b"MAIL FROM:<> BODY=8BITMIME SIZE=100\r\n",
        b"RCPT TO:<b@hop.example>\r\n",
        b"RCPT TO:<c@hop.example> NOTIFY=NEVER\r\n",
        b"RCPT TO:<d@hop\r\n",
        b"RSET\r\n",
        b"XFORWARD ADDR=192.0.2.8 HELO=x\r\n",
        b"NOOP\n",
        b"\r\n",
        b"MAIL FROM:<a\0@client.example>\r\n",
    ]
)
INNER = b"\n.\r\nMAIL FROM:<s@evil.example>\r\n"
TEXT = st.lists(
    st.sampled_from(
        [b"Subject: x\r\n", b"\r\n", b".", b"\n", b"\r", b"\0", b"x" * 50, b"..\r\n", b"\n.\r\n"]
    ),
    max_size=12,
).map(b"".join)


@st.composite
def mails(draw: st.DrawFn) -> list[bytes]:
    """The groups of a mail that is begun as it should be; what follows the dot comes with it."""
    parameters = draw(st.sampled_from([b"", b" SIZE=5"]))
    begin = b"MAIL FROM:<a@client.example>" + parameters + b"\r\nRCPT TO:<b@hop.example>\r\nDATA\r\n"
    after = draw(st.lists(PIPELINED, max_size=2).map(b"".join))
    return [begin, draw(TEXT) + b"\r\n.\r\n" + after]


GROUPS = st.lists(
    st.one_of(
        st.tuples(st.lists(PIPELINED, max_size=4).map(b"".join), SYNCHRONOUS).map(
            lambda two: [b"".join(two)]
        ),
        mails(),
    ),
    min_size=1,
    max_size=5,
).map(lambda many: [b"EHLO client.example\r\n", *(group for one in many for group in one)])


def cut(group: bytes, cuts: Sequence[int]) -> list[bytes]:
    places = sorted({place % (len(group) + 1) for place in cuts} | {0, len(group)})
    return [group[begin:end] for begin, end in itertools.pairwise(places)]


def session(groups: Sequence[Sequence[bytes]], **options: object) -> tuple[Outcome, list[str]]:
    with logged() as log:
        outcome = asyncio.run(talk(groups, **options))  # type: ignore[arg-type] # of SmtpConfig
    return outcome, [line["event"] for line in log]


def facts(outcome: Outcome) -> tuple[object, ...]:
    """What happened, without our number of a mail and the time."""
    mails = [OUR_TRACE.sub(b"", mail) for mail in outcome.hop.mails]
    return outcome.replies, mails, outcome.hop.said, outcome.judge.clients


def sound(outcome: Outcome, events: Sequence[str]) -> None:
    assert "connected" in events
    assert "crashed" not in events
    assert REPLIES.fullmatch(outcome.replies), outcome.replies
    assert not any(BARE.search(mail) for mail in outcome.hop.mails)
    assert b"250 2.0.0" not in outcome.replies.partition(b"521 ")[2]


@given(GROUPS, st.lists(st.integers(0, 400), max_size=6), st.booleans())
@settings(max_examples=80, deadline=None)
def test_a_session_goes_the_same_however_its_octets_are_cut(
    groups: list[bytes], cuts: list[int], normalize: bool
) -> None:
    options = {
        "trusted_proxies": ("127.0.0.1",),
        "bare_newlines": "normalize" if normalize else "reject",
        "max_errors": 4,
        "max_command_length": 512,
    }
    whole, events = session([[group] for group in groups], **options)
    sound(whole, events)
    in_pieces, _ = session([cut(group, cuts) for group in groups], **options)
    assert facts(whole) == facts(in_pieces)
    octet_by_octet, _ = session([cut(group, range(len(group))) for group in groups[:3]], **options)
    first, _ = session([[group] for group in groups[:3]], **options)
    assert facts(first) == facts(octet_by_octet)


COMMAND = st.one_of(
    PIPELINED,
    SYNCHRONOUS,
    TEXT,
    st.binary(max_size=40),
    st.sampled_from(
        [b"STARTTLS\r\n", b"QUIT\r\n", b"\r\n.\r\n", b".\r\n", b"BDAT 5 LAST\r\n", b"GET / HTTP/1.0\r\n"]
    ),
    st.binary(max_size=30).map(lambda noise: b"XCLIENT NAME=" + noise + b"\r\n"),
    st.binary(max_size=30).map(lambda noise: b"XFORWARD HELO=" + noise + b"\r\n"),
)


@given(st.lists(st.lists(COMMAND, max_size=5), max_size=6))
@settings(max_examples=150, deadline=None)
def test_any_stream_of_octets_ends_well(groups: list[list[bytes]]) -> None:
    sound(*session([[b"EHLO client.example\r\n"], *groups], trusted_proxies=("127.0.0.1",)))


HEADER = st.one_of(
    st.sampled_from(
        [V1, v2("192.0.2.7"), v2("2001:db8::7"), b"PROXY UNKNOWN\r\n", SIGNATURE + b"\x20\0\0\0"]
    ),
    st.binary(max_size=60).map(lambda noise: SIGNATURE + noise),
    st.binary(max_size=60).map(lambda noise: b"PROXY " + noise + b"\r\n"),
    st.binary(max_size=60),
)


@given(HEADER, st.lists(st.integers(0, 100), max_size=4))
@settings(max_examples=80, deadline=None)
def test_any_header_of_a_proxy_is_believed_or_ends_the_connection(header: bytes, cuts: list[int]) -> None:
    mail = [
        [b"EHLO client.example\r\n"],
        [b"MAIL FROM:<a@client.example>\r\nRCPT TO:<b@hop.example>\r\nDATA\r\n"],
        [b"Subject: x\r\n\r\nx\r\n.\r\n"],
    ]
    options = {"trusted_proxies": ("127.0.0.1",), "is_proxied": True}
    whole, events = session([[header], *mail], **options)
    sound(whole, events)
    in_pieces, _ = session([cut(header, cuts), *mail], **options)
    assert facts(whole) == facts(in_pieces)
    # Either nothing was said to it at all, or it was greeted as it should be.
    assert not whole.replies or whole.replies.startswith(b"220 ")
