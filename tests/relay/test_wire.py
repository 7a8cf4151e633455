import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milter.errors import PeerError, Reply
from milter.mail.octets import Lines
from milter.relay import wire

LINE_ENDS = st.lists(st.sampled_from([b"\r\n", b"\r", b"\n", b".", b"..", b"a", b"\0", b"\xff"]), max_size=40)


def stuffed(*pieces: bytes) -> bytes:
    stuffer = wire.Stuffer()
    return b"".join([*map(stuffer.feed, pieces), stuffer.end()])


def unstuffed(data: bytes) -> bytes:
    """As RFC 5321 section 4.5.2 tells a receiver: a line begins after CRLF."""
    return b"\r\n".join(line.removeprefix(b".") for line in data.split(b"\r\n"))


def in_lines(content: bytes) -> bytes:
    return re.sub(rb"(?<!\r)\n|\r(?!\n)", b"\r\n", content.replace(b"\0", b""))


def reply_of(data: bytes) -> Reply:
    parser = wire.ReplyParser()
    parser.feed(data)
    reply = parser.next_reply()
    assert reply is not None
    return reply.reply()


@settings(deadline=None)
@given(LINE_ENDS)
def test_a_receiver_unstuffs_exactly_what_was_sent_in_lines(pieces: list[bytes]) -> None:
    content = in_lines(b"".join(pieces))
    data = stuffed(*pieces)
    ending = b"" if not content or content.endswith(b"\r\n") else b"\r\n"
    assert content + ending == unstuffed(data.removesuffix(b".\r\n"))


@settings(deadline=None)
@given(LINE_ENDS)
def test_nothing_leaves_that_one_server_may_take_for_a_line_end_and_another_not(pieces: list[bytes]) -> None:
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\0", stuffed(*pieces))


@settings(deadline=None)
@given(LINE_ENDS)
def test_the_final_dot_stands_at_the_end_only(pieces: list[bytes]) -> None:
    assert (b"\r\n" + stuffed(*pieces)).find(b"\r\n.\r\n") == len(stuffed(*pieces)) - 3


@settings(deadline=None)
@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=5))
def test_where_the_pieces_are_cut_changes_nothing(content: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(content)]
    pieces = [content[a:b] for a, b in itertools.pairwise(edges)]
    assert stuffed(content) == stuffed(*pieces)


@given(
    st.lists(
        st.one_of(
            st.sampled_from([b"\r", b"\n", b"\0", b".", b"x\r"]),
            st.lists(st.sampled_from([b"\r\n", b".", b"x"]), max_size=6).map(
                lambda lines: Lines(b"".join(lines))
            ),
        ),
        max_size=6,
    )
)
def test_lines_that_need_no_second_look_leave_as_any_others(pieces: list[bytes]) -> None:
    assert stuffed(*map(bytes, pieces)) == stuffed(*pieces)
    assert b"".join(wire.stuffed(map(bytes, pieces))) == b"".join(wire.stuffed(pieces))


@pytest.mark.parametrize(
    ("content", "on_the_wire"),
    [
        (b"", b".\r\n"),
        (b".", b"..\r\n.\r\n"),
        (b".\r\n", b"..\r\n.\r\n"),
        (b"a\r\n..b\r\n", b"a\r\n...b\r\n.\r\n"),
        (b"a\n.\nb\r\n", b"a\r\n..\r\nb\r\n.\r\n"),
        (b"a\r.\rb\r\n", b"a\r\n..\r\nb\r\n.\r\n"),
        (b"a\r\n\0.\r\n", b"a\r\n..\r\n.\r\n"),
        (b"a\r\0\nb", b"a\r\nb\r\n.\r\n"),
        (b"a\r", b"a\r\n.\r\n"),
        (b"a\r\n.\r", b"a\r\n..\r\n.\r\n"),
    ],
)
def test_dots_at_the_beginning_of_a_line_are_doubled(content: bytes, on_the_wire: bytes) -> None:
    assert on_the_wire == stuffed(content)


def test_pieces_are_small_and_nothing_is_lost() -> None:
    chunks = [b"a" * (wire.PIECE + 1), b"", b"b"]
    assert [wire.PIECE, 1, 1] == [len(piece) for piece in wire.pieces(chunks)]
    assert b"".join(chunks) == b"".join(wire.pieces(chunks))


def test_a_small_mail_leaves_in_one_piece_with_its_dot() -> None:
    assert [b"A: b\r\n\r\n..x\r\n.\r\n"] == list(wire.stuffed([b"A: b\r\n", b"\r\n", b".x\r\n"]))


@given(sizes=st.lists(st.integers(0, 2 * wire.PIECE), max_size=6))
def test_a_large_mail_leaves_in_pieces_and_nothing_is_lost(sizes: list[int]) -> None:
    chunks = [bytes((97 + number,)) * size for number, size in enumerate(sizes)]
    content = b"".join(chunks)
    sent = list(wire.stuffed(chunks))

    assert stuffed(content) == b"".join(sent)
    assert max(map(len, sent)) <= wire.PIECE + 5
    assert len(sent) <= 2 * (len(content) // wire.PIECE + 1)


@settings(deadline=None)
@given(st.lists(st.text(max_size=20), max_size=4))
def test_no_control_character_leaves_in_a_command(words: list[str]) -> None:
    try:
        line = wire.command("MAIL", *words)
    except ValueError:
        return
    assert not re.search(rb"[\x00-\x1f\x7f]", line[:-2])
    assert b"\r\n" == line[-2:]


@settings(deadline=None)
@given(st.text(max_size=40))
def test_what_is_a_path_cannot_end_its_command(path: str) -> None:
    if wire.is_path(path):
        line = wire.command("MAIL", f"FROM:<{path}>").decode()
        bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", line)
        assert (1, 1) == (bare.count("<"), bare.count(">"))
        assert 1 == bare.count(" ")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "a@b.example",
        '"a b"@c.example',
        r'"a\"> b"@c.example',
        "@a.example,@b.example:c@d.example",
        "é@ô.example",
    ],
)
def test_a_path_may_be_strange(path: str) -> None:
    assert wire.is_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "a\r\n@b",
        "a\nb@c",
        "a\0b@c",
        "a@b> SIZE=1",
        "a b@c",
        "<a@b>",
        '"a@b',
        '"a\r"@b',
        "a\\",
        "a\udcff@b",
        "a" * 513,
    ],
)
def test_what_could_end_the_command_is_no_path(path: str) -> None:
    assert not wire.is_path(path)


@pytest.mark.parametrize(
    ("parameters", "good"),
    [
        (("SIZE=1", "BODY=8BITMIME", "SMTPUTF8"), True),
        (("ORCPT=rfc822;a+2Bb@c.example",), True),
        (("SIZE=1", "size=2"), False),
        (("SIZE=1 RET=FULL",), False),
        (("ENVID=a\r\nRSET",), False),
        (("SIZE=",), False),
        (("",), False),
        (("X=" + "a" * 600,), False),
    ],
)
def test_parameters_are_words_given_once(parameters: tuple[str, ...], good: bool) -> None:
    assert good == wire.are_parameters(parameters)


def test_what_a_mail_cannot_do_without_is_all_but_a_hint_of_its_size() -> None:
    parameters = ["SIZE=10", "body=8bitmime", "RET=HDRS", "ENVID=x", "UNHEARD=1"]
    assert frozenset({"8BITMIME", "DSN"}) == wire.extensions_for(parameters)


def test_only_parameters_of_offered_extensions_are_passed_on() -> None:
    given_ones = ("BODY=8BITMIME", "size=10", "RET=HDRS", "ENVID=x", "AUTH=<>", "SMTPUTF8")
    assert ("BODY=8BITMIME", "size=10") == wire.offered(given_ones, {"8BITMIME": "", "SIZE": ""})
    assert ("RET=HDRS", "ENVID=x") == wire.offered(given_ones, {"DSN": ""})


@pytest.mark.parametrize(
    ("data", "reply"),
    [
        (b"250 2.1.5 Ok\r\n", Reply(250, "2.1.5", "Ok")),
        (b"250\r\n", Reply(250, "", "")),
        (b"250 \r\n", Reply(250, "", "")),
        (b"250 2.0.0\r\n", Reply(250, "2.0.0", "")),
        (b"250 ok\n", Reply(250, "", "ok")),
        (b"299 odd\r\n", Reply(299, "", "odd")),
        (b"550-5.7.1 No,\r\n550-5.7.1 not\r\n550 5.7.1 here\r\n", Reply(550, "5.7.1", "No, not here")),
        (b"550 2.0.0 wrong class\r\n", Reply(550, "", "2.0.0 wrong class")),
        (b"550 d\xc3\xa9j\xe0\0\x1b[2J \x0dx\r\n", Reply(550, "", "d??j???[2J ?x")),
    ],
)
def test_a_reply_keeps_code_enhanced_code_and_text(data: bytes, reply: Reply) -> None:
    assert reply == reply_of(data)


def test_a_long_reply_is_cut_to_what_fits_our_own() -> None:
    assert wire.MAX_TEXT == len(reply_of(b"250 " + b"a" * 3000 + b"\r\n").text)


@pytest.mark.parametrize(
    "data",
    [
        b"199 x\r\n",
        b"600 x\r\n",
        b"25\r\n",
        b"2500\r\n",
        b"\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"250-a\r\n251 b\r\n",
        b"a" * 5000,
    ],
)
def test_what_is_no_reply_is_the_peers_error(data: bytes) -> None:
    with pytest.raises(PeerError):
        reply_of(data)


def test_a_reply_is_bounded_however_it_comes() -> None:
    parser = wire.ReplyParser()

    def feed_line_by_line() -> None:
        for _ in range(100_000):
            parser.feed(b"250-" + b"a" * 100 + b"\r\n")
            parser.next_reply()

    with pytest.raises(PeerError):
        feed_line_by_line()
    with pytest.raises(PeerError):
        wire.ReplyParser().feed(b"a" * 10_000_000)


@settings(deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=30), st.sampled_from([b"250-a\r\n", b"250 ok\r\n", b"\r\n"]))))
def test_the_reply_parser_answers_or_blames_the_peer(chunks: list[bytes]) -> None:
    parser = wire.ReplyParser()
    try:
        for chunk in chunks:
            parser.feed(chunk)
            while reply := parser.next_reply():
                assert 200 <= reply.code < 600
                assert str(reply.reply()).isascii()
                assert str(reply.reply()).isprintable()
    except PeerError:
        pass


@settings(deadline=None)
@given(st.lists(st.sampled_from([b"250-a\r\n250 b\r\n", b"550 5.1.1 no\r\n", b"354\n"]), max_size=8))
def test_replies_read_byte_by_byte_are_the_same(replies: list[bytes]) -> None:
    whole, slow = wire.ReplyParser(), wire.ReplyParser()
    whole.feed(b"".join(replies))
    read = []
    for byte in b"".join(replies):
        slow.feed(bytes([byte]))
        if reply := slow.next_reply():
            read.append(reply)
    assert [whole.next_reply() for _ in replies] == read
    assert b"" == whole.unread == slow.unread


def test_ehlo_keywords_are_read_without_the_greeting() -> None:
    reply = wire.PeerReply(250, ("SIZE.example hello", "size 1000", "PIPELINING", "", "XFORWARD NAME ADDR"))
    assert {"SIZE": "1000", "PIPELINING": "", "XFORWARD": "NAME ADDR"} == reply.extensions()
