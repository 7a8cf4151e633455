"""The whole path: swaks, Postfix in front (smtpd_proxy_filter), the gateway, Postfix behind."""

import smtplib
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing

import pytest

from tests.cases import MAILS
from tests.end_to_end.conftest import Path3, Send
from tests.end_to_end.dovecot import Dovecot
from tests.end_to_end.postfix import IN_FRONT, Postfix

pytestmark = [
    pytest.mark.needs("postfix", "swaks"),
    pytest.mark.needs_root("starts Postfix"),
]

ORDINARY = (
    b"From: Marie <marie@client.example>\r\nTo: b@hop.example\r\nDate: Tue, 24 Nov 2026 04:00:00 +0000\r\n"
    b"Message-ID: <%s@client.example>\r\nSubject: R=?utf-8?q?=C3=A9?=union\r\n folded\r\n"
    b"X-Odd:  two  spaces \r\n\r\nBonjour,\r\n.\r\n..dots\r\n\xe9t\xe9 8-bit \r\n"
    + b"x" * 900
    + b"\r\n\r\n\r\n"
)
# Whoever has logged in may send.
LOGIN = """\
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {auth}
"""
# It says who it is and wants nothing: suspect.
SUSPECT = (
    b"From: Votre Assurance Maladie <contact@lune.example>\r\nTo: b@hop.example\r\n"
    b"Date: Tue, 24 Nov 2026 04:00:00 +0000\r\nMessage-ID: <%s@lune.example>\r\n"
    b"Subject: Bonne fin d'annee\r\n\r\nBonne fin d'annee.\r\n"
)
FRAUD = (
    MAILS / "refund_with_button_to_unrelated_domain_under_brand_display_name" / "message.eml"
).read_bytes()

Way = Callable[[Path3], int]
WAYS = pytest.mark.parametrize(
    "enter", [lambda way: way.front.port, lambda way: way.gateway.port], ids=["postfix_in_front", "straight"]
)


def with_id(mail: bytes, name: str) -> bytes:
    return mail % name.encode()


def arrived(way: Path3, part: bytes, mailbox: str = "b") -> bytes:
    """The one mail in the mailbox that contains this; waits for it."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        found = [mail for mail in way.behind.delivered(mailbox) if part in mail]
        if found:
            assert len(found) == 1
            return found[0]
        time.sleep(0.05)
    raise AssertionError(way.behind.log.read_text() + way.gateway.log.read_text())


def held(way: Path3) -> list[str]:
    [path] = way.gateway.directory.glob("*.db")
    with closing(sqlite3.connect(path)) as database:
        return [row[0] for row in database.execute("SELECT finding FROM held_mail")]


@WAYS
def test_an_ordinary_mail_arrives_byte_for_byte_below_our_fields(
    way: Path3, send: Send, enter: Way, request: pytest.FixtureRequest
) -> None:
    name = request.node.callspec.id
    mail = with_id(ORDINARY, name)
    transcript = send(enter(way), mail)

    assert "\n<-  250 2.0.0 Ok: queued as " in transcript
    delivered = arrived(way, f"<{name}@client.example>".encode())
    assert delivered.endswith(mail)
    assert b"\r\nX-Vigimel-Finding: unrelated\r\n" in delivered.removesuffix(mail)


@WAYS
def test_a_fraud_is_answered_250_and_held(way: Path3, send: Send, enter: Way) -> None:
    before = len(held(way))
    transcript = send(enter(way), FRAUD)

    assert "\n<-  250 2.0.0 Ok" in transcript.partition("354")[2]
    assert held(way)[before:] == ["impersonation"]
    assert not any(b"boutique-lunaire" in mail for mail in way.behind.delivered("b"))


@WAYS
def test_an_unknown_recipient_is_refused_at_rcpt_with_the_words_of_postfix(
    way: Path3, send: Send, enter: Way
) -> None:
    transcript = send(enter(way), with_id(ORDINARY, "never"), to="nobody@hop.example")

    refusal = "<** 550 5.1.1 <nobody@hop.example>: Recipient address rejected: User unknown"
    assert refusal in transcript
    assert "-> DATA" not in transcript.partition(refusal)[2]


@WAYS
def test_a_suspect_mail_arrives_with_the_tag_in_its_subject(
    way: Path3, send: Send, enter: Way, request: pytest.FixtureRequest
) -> None:
    name = request.node.callspec.id
    send(enter(way), with_id(SUSPECT, name))
    delivered = arrived(way, f"<{name}@lune.example>".encode())

    assert b"\r\nX-Vigimel-Finding: suspect\r\n" in delivered
    assert b"\r\nSubject: =?utf-8?q?=5BHame=C3=A7onnage_=3F=5D?= Bonne fin d'annee\r\n" in delivered


@WAYS
def test_one_mail_for_two_recipients_reaches_both(
    way: Path3, send: Send, enter: Way, request: pytest.FixtureRequest
) -> None:
    name = f"two-{request.node.callspec.id}"
    send(enter(way), with_id(ORDINARY, name), to="b@hop.example,c@hop.example")

    for mailbox in ("b", "c"):
        arrived(way, f"<{name}@client.example>".encode(), mailbox)


def test_many_mails_on_one_connection_keep_apart(way: Path3) -> None:
    names = [f"many-{number}" for number in range(5)]
    with smtplib.SMTP("127.0.0.1", way.front.port, "client.example") as client:
        for name in names:
            client.sendmail("a@client.example", ["b@hop.example"], with_id(ORDINARY, name))

    for name in names:
        assert arrived(way, f"<{name}@client.example>".encode()).endswith(with_id(ORDINARY, name))


def test_the_parameters_that_postfix_passes_on_do_not_bounce_a_mail(way: Path3, send: Send) -> None:
    transcript = send(
        way.front.port,
        with_id(ORDINARY, "dsn"),
        "--from",
        "a@client.example> BODY=8BITMIME RET=HDRS ENVID=QQ314159",
        to="b@hop.example",
    )

    assert "\n<-  250 2.0.0 Ok: queued as " in transcript
    arrived(way, b"<dsn@client.example>")


@pytest.mark.needs("dovecot")
def test_a_client_that_has_logged_in_to_postfix_is_heard(way: Path3, send: Send) -> None:
    """Mail programs and Postfix itself add AUTH to MAIL after a login (RFC 4954 section 5)."""
    login = ["--auth", "PLAIN", "--auth-user", "b", "--auth-password", "x"]
    with (
        Dovecot() as dovecot,
        Postfix("login", IN_FRONT + LOGIN, gateway=way.gateway.port, auth=dovecot.auth) as front,
    ):
        mail = with_id(ORDINARY, "login")
        transcript = send(front.port, mail, *login, "--from", "a@client.example> AUTH=<")

    assert "\n -> MAIL FROM:<a@client.example> AUTH=<>\n" in transcript
    assert "\n<-  250 2.0.0 Ok: queued as " in transcript
    arrived(way, b"<login@client.example>")
