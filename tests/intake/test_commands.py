import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.intake.commands import Command, Refuse, read_command, read_mail, read_rcpt
from milter.mail.envelope import Path


def mail(argument: str) -> Path:
    return read_mail(argument, esmtp=True, max_size=1000)


def refusal_of_mail(argument: str, *, esmtp: bool = True) -> str:
    with pytest.raises(Refuse) as refused:
        read_mail(argument, esmtp=esmtp, max_size=1000)
    return str(refused.value.answer)[:9]


def refusal_of_line(line: bytes) -> int:
    with pytest.raises(Refuse) as refused:
        read_command(line)
    return refused.value.answer.code


def test_a_command_is_its_verb_in_upper_case_and_the_rest() -> None:
    assert Command("MAIL", "FROM:<A@b.example> size=3") == read_command(
        b"mail FROM:<A@b.example> size=3 \r\n"
    )


@pytest.mark.parametrize("line", [b"NOOP\n", b"NOOP", b"MAIL FROM:<\xff@b.example>\r\n"])
def test_a_line_without_crlf_or_not_utf_8_is_refused(line: bytes) -> None:
    assert 500 == refusal_of_line(line)


@pytest.mark.parametrize("control", [b"\0", b"\r", b"\t", b"\x1b", b"\x7f", b"\xe2\x80\xa8"])
def test_a_control_character_in_a_command_is_refused(control: bytes) -> None:
    assert 501 == refusal_of_line(b"MAIL FROM:<a" + control + b"@c.example>\r\n")


def test_a_reverse_path_and_its_parameters_stay_as_written() -> None:
    expected = Path("Jo.Doe@Example.org", ("SIZE=10", "Body=8bitMIME", "ENVID=aBc"))

    assert expected == mail("from:<Jo.Doe@Example.org> SIZE=10 Body=8bitMIME ENVID=aBc")


@pytest.mark.parametrize(
    "address",
    [
        "",
        '"a b"@c.example',
        '"a>b"@c.example',
        "a@[127.0.0.1]",
        "a@[IPv6:::1]",
        "a+b=c@d_e.example",
        "é@c.example",
    ],
)
def test_these_are_reverse_paths(address: str) -> None:
    assert address == mail(f"FROM:<{address}> SMTPUTF8").address


@pytest.mark.parametrize(
    "path",
    [
        "<(any@ameli.example>",
        "<any@ameli.example(.evil.example>",
        "<any@ameli.example'@a.evil.example>",
        "<@ameli.example,@any.example:'any@e.example>",
        "<@a.example:b@c.example>",
        "<a@b.example",
        "a@b.example",
        "<a b@c.example>",
        "<a@@b.example>",
        "<a@b..example>",
        "<a@-b.example>",
        "<a@>",
        "<@b.example>",
        "<root>",
        '<"a@b.example>',
        "<a@b.example@c.example>",
        "",
    ],
)
def test_a_malformed_path_is_refused_and_not_repaired(path: str) -> None:
    assert "553 5.1." == refusal_of_mail(f"FROM:{path}")[:8]


@pytest.mark.parametrize("path", ["<a@b.example>SIZE=3", "<<a@b.example>>", "<a@b.example>, <c@d.example>"])
def test_text_behind_the_path_is_no_parameter(path: str) -> None:
    assert "501 5.5.4" == refusal_of_mail(f"FROM:{path}")


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ("SIZE=99999999999", "552 5.3.4"),
        ("SIZE=-1", "501 5.5.4"),
        ("SIZE", "501 5.5.4"),
        ("SIZE=1 size=2", "501 5.5.4"),
        ("BODY=BINARYMIME", "501 5.5.4"),
        ("SMTPUTF8=1", "501 5.5.4"),
        ("AUTH", "501 5.5.4"),
        ("AUTH=+2", "501 5.5.4"),
        ("AUTH=<> AUTH=<>", "501 5.5.4"),
        ("ENVID=é", "501 5.5.4"),
        ("REQUIRETLS", "555 5.5.4"),
        ("BY=120;R", "555 5.5.4"),
        ("X", "555 5.5.4"),
        ("=", "501 5.5.4"),
    ],
)
def test_a_parameter_that_is_wrong_or_not_known_is_refused(parameter: str, expected: str) -> None:
    assert expected == refusal_of_mail(f"FROM:<a@b.example> {parameter}")


@pytest.mark.parametrize("parameter", ["SIZE=3", "SMTPUTF8", "BODY=7BIT", "RET=HDRS", "AUTH=<>"])
def test_a_parameter_after_helo_is_refused(parameter: str) -> None:
    assert "555 5.5.4" == refusal_of_mail(f"FROM:<a@b.example> {parameter}", esmtp=False)


@pytest.mark.parametrize("auth", ["<>", "ada+2Bmail@town-hall.example", "e+3Dmc2@example.com"])
def test_who_logged_in_before_us_is_not_kept(auth: str) -> None:
    """RFC 4954 section 5: a server may be told AUTH that has not offered it (Postfix, smtpd_proxy_filter)."""
    assert Path("a@b.example", ("SIZE=3", "RET=HDRS")) == mail(
        f"FROM:<a@b.example> SIZE=3 Auth={auth} RET=HDRS"
    )


def test_a_parameter_that_is_not_ascii_needs_smtputf8() -> None:
    """RFC 6533 section 3: ORCPT of an internationalized address."""
    path = Path("é@c.example", ("ORCPT=utf-8;é@c.example",))
    command = "TO:<é@c.example> ORCPT=utf-8;é@c.example"

    assert path == read_rcpt(command, esmtp=True, smtputf8=True)
    with pytest.raises(Refuse, match="Malformed or repeated parameter"):
        read_rcpt(command, esmtp=True, smtputf8=False)


def test_an_address_that_is_not_ascii_needs_smtputf8() -> None:
    assert "553 5.6.7" == refusal_of_mail("FROM:<é@c.example>")


def test_a_recipient_keeps_its_parameters() -> None:
    expected = Path("b@c.example", ("NOTIFY=NEVER",))

    assert expected == read_rcpt("TO:<b@c.example> NOTIFY=NEVER", esmtp=True, smtputf8=False)


def test_postmaster_needs_no_domain() -> None:
    assert "PostMaster" == read_rcpt("to: <PostMaster>", esmtp=False, smtputf8=False).address


@pytest.mark.parametrize(
    "argument", ["TO:<>", "TO:<root>", "TO:<a@b", "FROM:<a@b.example>", "TO:<a@b.example> SIZE=1"]
)
def test_a_malformed_recipient_is_refused(argument: str) -> None:
    with pytest.raises(Refuse):
        read_rcpt(argument, esmtp=True, smtputf8=False)


@given(st.binary(max_size=200))
def test_any_line_is_read_or_refused(noise: bytes) -> None:
    for line in (noise, noise + b"\r\n", b"MAIL FROM:<" + noise + b">\r\n", b"RCPT TO:" + noise + b"\r\n"):
        with contextlib.suppress(Refuse):
            command = read_command(line)
            read_rcpt(command.argument, esmtp=True, smtputf8=True)
        with contextlib.suppress(Refuse):
            mail(read_command(line).argument)
