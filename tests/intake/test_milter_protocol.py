"""The codec and the table of the milter protocol, without a socket."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.errors import PeerError, Reply
from milter.intake import milter_replies as say
from milter.intake import milter_wire as wire
from milter.intake.milter_mail import BUSY, Limits, MailInParts, text
from milter.intake.milter_session import IN_A_MAIL, NEXT, MilterSession, State, agree, unanswered
from milter.intake.milter_wire import Actions
from tests.cases import MAILS
from tests.intake.mta import split_fields

ON_THE_WIRE: list[tuple[bytes, bytes, wire.Command]] = [
    (b"O", b"\0\0\0\6\0\0\1\xff\0\x1f\xff\xff", wire.Negotiate(6, 0x1FF, 0x1FFFFF)),
    (b"O", b"\0\0\0\6\0\0\1\xff\0\x1f\xff\xffmore", wire.Negotiate(6, 0x1FF, 0x1FFFFF)),
    (b"D", b"Ei\x004F1\0", wire.Macros(b"E", b"i\x004F1\0")),
    (b"D", b"", wire.Macros(b"", b"")),
    (b"C", b"mx.example\x004\x00\x19192.0.2.1\0", wire.Connect(b"mx.example", b"192.0.2.1")),
    (b"C", b"localhost\0U", wire.Connect(b"localhost", b"")),
    (b"C", b"localhost\0L\0\0/run/socket\0", wire.Connect(b"localhost", b"")),
    (b"C", b"", wire.Connect(b"", b"")),
    (b"H", b"client.example\0", wire.Helo(b"client.example")),
    (b"M", b"<a@b.example>\0SIZE=3\0", wire.MailFrom(b"<a@b.example>", (b"SIZE=3",))),
    (b"M", b"<>\0", wire.MailFrom(b"<>", ())),
    (b"R", b"<a@b.example>\0", wire.RcptTo(b"<a@b.example>", ())),
    (b"T", b"", wire.Data()),
    (b"L", b"Subject\0 hello\n\tyou\0", wire.HeaderField(b"Subject", b" hello\n\tyou")),
    (b"L", b"Subject\0\0", wire.HeaderField(b"Subject", b"")),
    (b"N", b"", wire.EndOfHeader()),
    (b"B", b"\0\1\2", wire.BodyChunk(b"\0\1\2")),
    (b"E", b"", wire.EndOfMessage(b"")),
    (b"A", b"", wire.Abort()),
    (b"Q", b"", wire.Quit()),
    (b"K", b"", wire.QuitNewConnection()),
    (b"U", b"XYZZY\0", wire.Unknown()),
]
CUT_SHORT = [
    (b"O", b"\0\0\0\6"),
    (b"C", b"mx\x004\0"),
    (b"C", b"mx\x004\0\x19192.0.2.1"),
    (b"H", b"x"),
    (b"M", b""),
    (b"R", b"<a"),
    (b"L", b"Subject\0 hello"),
    (b"L", b"Subject\0"),
    (b"L", b"\0"),
]
EXAMPLE_OF: dict[type[wire.Command], wire.Command] = {type(command): command for _, _, command in ON_THE_WIRE}


def commands_in(*pieces: bytes) -> list[wire.Command]:
    frames = wire.FrameReader()
    found = []
    for piece in pieces:
        frames.feed(piece)
        while (command := frames.next_command()) is not None:
            found.append(command)
    return found


@pytest.mark.parametrize(("code", "data", "command"), ON_THE_WIRE)
def test_a_frame_is_read_as_what_it_says(code: bytes, data: bytes, command: wire.Command) -> None:
    assert [command] == commands_in(say.frame(code, data))


@pytest.mark.parametrize(("code", "data"), CUT_SHORT)
def test_a_frame_cut_short_is_refused(code: bytes, data: bytes) -> None:
    with pytest.raises(PeerError):
        commands_in(say.frame(code, data))


@pytest.mark.parametrize(
    "octets", [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\x20\0\1", b"\0\0\0\1Z", b"GET / HT"]
)
def test_what_is_no_frame_is_refused_before_it_is_kept(octets: bytes) -> None:
    with pytest.raises(PeerError):
        commands_in(octets)


@given(st.lists(st.sampled_from(ON_THE_WIRE), max_size=12), st.lists(st.integers(0, 400), max_size=8))
def test_it_does_not_matter_where_the_octets_are_cut(
    said: list[tuple[bytes, bytes, wire.Command]], cuts: list[int]
) -> None:
    octets = b"".join(say.frame(code, data) for code, data, _ in said)
    ends = [*sorted(cuts), len(octets)]
    pieces = [octets[start:end] for start, end in zip([0, *ends], ends, strict=False)]

    assert [command for _, _, command in said] == commands_in(*pieces)


@given(st.lists(st.tuples(st.sampled_from(b"ODCHMRTLNBEAQKUZ"), st.binary(max_size=60)), max_size=20))
def test_whatever_is_sent_becomes_commands_or_a_refusal(said: list[tuple[int, bytes]]) -> None:
    session = MilterSession()
    mail = None
    try:
        for command in commands_in(*(say.frame(bytes([code]), data) for code, data in said)):
            session.receive(command)
            if isinstance(command, wire.MailFrom):
                mail = MailInParts.begun(command, wire.Macros(b"M", b"a\0b"), Limits(99, 999))
            elif isinstance(command, wire.HeaderField) and mail:
                mail.add_field(command)
    except PeerError:
        pass


def test_the_table_names_every_state() -> None:
    assert set(State) == set(NEXT)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("kind", EXAMPLE_OF, ids=lambda kind: kind.__name__)
def test_what_may_not_come_changes_nothing(state: State, kind: type[wire.Command]) -> None:
    session = MilterSession()
    session.state = state
    anywhere = (
        {wire.Quit}
        if state is State.NEW
        else {wire.Quit, wire.Macros, wire.Unknown, wire.Abort, wire.QuitNewConnection}
    )
    if kind in anywhere | set(NEXT[state]):
        session.receive(EXAMPLE_OF[kind])
        return
    with pytest.raises(PeerError, match=f"{kind.__name__} may not come in state {state.name}"):
        session.receive(EXAMPLE_OF[kind])
    assert state is session.state


@pytest.mark.parametrize("state", [state for state in State if state is not State.NEW])
def test_abort_and_a_new_client_are_possible_at_any_time(state: State) -> None:
    session = MilterSession()
    session.state = state
    session.receive(wire.Abort())
    assert (State.CONNECTED if state in IN_A_MAIL else state) is session.state
    session.receive(wire.Unknown())
    session.receive(wire.QuitNewConnection())

    assert State.READY is session.state


@pytest.mark.parametrize(
    "kind", [wire.Abort, wire.QuitNewConnection, wire.Connect, wire.Macros, wire.Unknown]
)
def test_before_the_negotiation_there_is_nothing_but_good_bye(kind: type[wire.Command]) -> None:
    session = MilterSession()
    session.receive(wire.Quit())
    with pytest.raises(PeerError):
        session.receive(EXAMPLE_OF[kind])


def test_a_version_that_nobody_speaks_any_more_is_refused() -> None:
    with pytest.raises(PeerError):
        agree(wire.Negotiate(1, 0x1FF, 0), Actions.ADD_HEADERS)


@given(st.integers(2, 2**32 - 1), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_nothing_is_agreed_that_was_not_offered(version: int, actions: int, protocol: int) -> None:
    agreement = agree(wire.Negotiate(version, actions, protocol), Actions.ADD_HEADERS | Actions.QUARANTINE)

    assert 0 == int(agreement.actions) & ~actions
    assert 0 == int(agreement.protocol) & ~protocol
    assert not agreement.can(Actions.CHANGE_HEADERS)
    assert agreement.version <= min(6, version)
    # END OF MESSAGE is always answered, macros never.
    assert wire.EndOfMessage not in unanswered(agreement)
    assert wire.Macros in unanswered(agreement)


def test_a_percent_sign_and_a_strange_letter_survive_the_format_of_the_mail_server() -> None:
    [(code, data)] = say.read_frames(say.reply_code(Reply(550, "5.7.1", "100 % sûr %s")))

    assert (b"y", b"550 5.7.1 100 %% s?r %%s\0") == (code, data)


NAMES = st.binary(min_size=1, max_size=12).filter(lambda name: not set(name) & set(b"\r\n\0:"))
VALUES = st.lists(
    st.binary(max_size=12).filter(lambda line: not set(line) & set(b"\r\n\0")), min_size=1, max_size=4
)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=8), st.binary(max_size=50))
def test_a_mail_is_put_together_byte_for_byte(fields: list[tuple[bytes, list[bytes]]], body: bytes) -> None:
    mail = begun()
    raw = b""
    for name, lines in fields:
        raw += name + b":" + b"\r\n\t".join(lines) + b"\r\n"
        mail.add_field(wire.HeaderField(name, b"\n\t".join(lines)))
    mail.end_header()
    mail.add_body(body)
    places = mail.places

    assert raw + b"\r\n" + body == mail.take()
    for number, place in enumerate(places):
        assert raw[place.start : place.end].startswith(fields[number][0] + b":")
        same = [name for name, _ in fields[: number + 1] if name.lower() == place.name.lower()]
        assert len(same) == place.nth


def begun(limits: Limits | None = None) -> MailInParts:
    return MailInParts.begun(wire.MailFrom(b"<a@b.example>", ()), None, limits or Limits(10_000, 10_000))


def test_every_mail_we_have_comes_together_as_it_was() -> None:
    different = []
    for path in sorted(MAILS.glob("*/message.eml")):
        raw = path.read_bytes()
        header, empty_line, body = raw.partition(b"\r\n\r\n")
        mail = begun(Limits(len(raw), 2 * len(raw)))
        fields = split_fields(header + b"\r\n")
        # The protocol carries no NUL in a header, for its texts end with it; nor what no server takes for a
        # field, for want of a name on its first line.
        nameless = b"\r\n:" in header or any(b"\n" in name for name, _ in fields)
        if not empty_line or b"\0" in header or nameless:
            continue
        for name, value in fields:
            mail.add_field(wire.HeaderField(name, value))
        mail.end_header()
        mail.add_body(body)
        if mail.take() != raw:
            different.append(path.parent.name)

    assert [] == different


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"", b"x"),
        (b"A\rB", b"x"),
        (b"A", b"x\ry"),
        (b"A", b"x\ny"),
        (b"A", b"x\n"),
        (b"A", b"\0"),
        (b"A:B", b"x"),
    ],
)
def test_a_field_that_programs_would_read_in_two_ways_is_refused(name: bytes, value: bytes) -> None:
    mail = begun()
    mail.add_field(wire.HeaderField(b"From", b" a@b.example"))
    mail.add_field(wire.HeaderField(name, value))
    mail.end_header()

    assert "550 5.6.0 Message header has a bare CR, a bare LF or a NUL" == str(mail.take())


def test_a_mail_over_a_limit_is_let_go_at_once_and_refused_at_its_end() -> None:
    mail = begun(Limits(100, 200))
    mail.add_body(b"x" * 150)
    mail.add_body(b"x" * 51)
    assert b"" == bytes(mail._raw)
    mail.add_body(b"x" * 1000)
    assert "552 5.3.4 Message size exceeds fixed limit" == str(mail.take())

    mail = begun(Limits(100, 1000))
    for _ in range(30):
        mail.add_recipient(wire.RcptTo(b"<b@c.example>", ()))
    mail.add_field(wire.HeaderField(b"A", b"b"))
    assert 7 == len(mail.forward_paths)
    mail.refuse(BUSY)
    assert "552 5.3.4 Message header size exceeds fixed limit" == str(mail.take())


@given(st.binary(max_size=50))
def test_what_a_stranger_wrote_is_read_as_text_whatever_it_is(octets: bytes) -> None:
    assert text(octets).encode("utf-8", "strict") or not octets
    mail = MailInParts.begun(wire.MailFrom(octets, (octets,)), wire.Macros(b"M", octets), Limits(1000, 1000))
    mail.add_recipient(wire.RcptTo(b"<" + octets + b">", ()))
    assert [text(octets)] == mail.forward_paths
