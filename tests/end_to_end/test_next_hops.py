"""Through the gateway to real servers: Dovecot by LMTP; Postfix by TLS, which knows the client."""

import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.certificate import write_certificate
from tests.end_to_end.dovecot import Dovecot
from tests.end_to_end.gateway import Gateway
from tests.end_to_end.postfix import MAILBOXES, Postfix
from tests.serving import eventually

ORDINARY = (
    b"From: Marie <marie@client.example>\r\nTo: b@hop.example\r\nDate: Tue, 24 Nov 2026 04:00:00 +0000\r\n"
    b"Message-ID: <%s@client.example>\r\nSubject: R=?utf-8?q?=C3=A9?=union\r\n folded\r\n"
    b"X-Odd:  two  spaces \r\n\r\nBonjour,\r\n.\r\n..dots\r\n\xe9t\xe9 8-bit \r\n"
    + b"x" * 900
    + b"\r\n" * 3
    + b".line\r\n" * 20_000
)

_TLS = """\
smtpd_tls_security_level = may
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_tls_loglevel = 1
smtpd_authorized_xclient_hosts = 127.0.0.1
"""
_TLSMGR = "tlsmgr unix - - n 1000? 1 tlsmgr"


def send(port: int, names: list[str], *recipients: str) -> None:
    """All of them on one connection, from an address of its own."""
    with smtplib.SMTP("127.0.0.1", port, "client.example", source_address=("127.0.0.2", 0)) as client:
        for name in names:
            client.sendmail("a@client.example", recipients or ["b@hop.example"], ORDINARY % name.encode())


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with Dovecot() as server:
        yield server


@pytest.fixture(scope="module")
def postfix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Postfix, Path]]:
    certificate, key = write_certificate(tmp_path_factory.mktemp("tls"), "mx.hop.example")
    with Postfix("tls", MAILBOXES + _TLS, _TLSMGR, certificate=certificate, key=key) as server:
        yield server, certificate


WAYS_TO_DOVECOT = {
    "tcp": ("lmtp://127.0.0.1:{port}", 'tls = "off"', "gw.example ([127.0.0.1])"),
    "tcp_encrypted": (
        "lmtp://127.0.0.1:{port}",
        'tls = "required"\ntls_name = "mailbox.example"\ntls_ca = "{ca}"\ntell_client = "xclient"',
        "client.example ([127.0.0.2])\n\t(using TLS",
    ),
    "unix": ("lmtp+unix:{socket}", "", "gw.example"),
}


@pytest.mark.needs("dovecot", "doveadm")
@pytest.mark.needs_root("starts Dovecot")
@pytest.mark.parametrize("way", WAYS_TO_DOVECOT)
def test_dovecot_gives_out_the_mail_byte_for_byte_and_knows_who_brought_it(
    dovecot: Dovecot, tmp_path: Path, nameserver: str, way: str
) -> None:
    url, hop, known = WAYS_TO_DOVECOT[way]
    names = [f"{way}-{number}" for number in range(2)]
    where = {"port": dovecot.port, "socket": dovecot.socket, "ca": dovecot.certificate}
    with Gateway(tmp_path, url.format(**where), nameserver, hop=hop.format(**where)) as gateway:
        send(gateway.port, names)
        with pytest.raises(smtplib.SMTPRecipientsRefused, match=r"550.*nobody@hop.example"):
            send(gateway.port, ["never"], "nobody@hop.example")
    for name in names:
        mail = ORDINARY % name.encode()
        # Dovecot ends its lines in LF, as is the custom of a Maildir.
        delivered = dovecot.fetched("b", f"<{name}@client.example>").replace(b"\r\n", b"\n")
        delivered = delivered.replace(b"\n", b"\r\n")
        assert delivered.endswith(mail), dovecot.log
        assert b"\r\nX-Vigimel-Finding: unrelated\r\n" in delivered.removesuffix(mail)
        assert f"\nReceived: from {known}".replace("\n", "\r\n").encode() in delivered.removesuffix(mail)


def test_a_maildir_holds_the_mail_byte_for_byte(tmp_path: Path, nameserver: str) -> None:
    with Gateway(tmp_path, "maildir:in", nameserver) as gateway:
        send(gateway.port, ["maildir"], "b@hop.example", "c@hop.example")
    [file] = (tmp_path / "in" / "new").iterdir()
    delivered, mail = file.read_bytes(), ORDINARY % b"maildir"
    assert delivered.endswith(mail)
    assert b"\r\nDelivered-To: c@hop.example\r\n" in delivered.removesuffix(mail)


TELLING = {
    "xclient": (
        'tls = "required"\ntls_name = "mx.hop.example"\ntls_ca = "{ca}"\ntell_client = "xclient"',
        ": client=unknown[127.0.0.2]",
    ),
    "xforward": ('tls = "opportunistic"', "orig_client=unknown[127.0.0.2]"),
}


@pytest.mark.needs("postfix")
@pytest.mark.needs_root("starts Postfix")
@pytest.mark.parametrize(("hop", "known"), TELLING.values(), ids=TELLING)
def test_postfix_behind_us_speaks_tls_and_knows_the_client_of_each_mail(
    postfix: tuple[Postfix, Path],
    tmp_path: Path,
    nameserver: str,
    hop: str,
    known: str,
    request: pytest.FixtureRequest,
) -> None:
    server, certificate = postfix
    names = [f"{request.node.callspec.id}-{number}" for number in range(3)]
    before = len(server.log.read_text())
    url = f"smtp://127.0.0.1:{server.port}"
    with Gateway(tmp_path, url, nameserver, hop=hop.format(ca=certificate)) as gateway:
        send(gateway.port, names)
    expected = [ORDINARY % name.encode() for name in names]

    def arrived(mail: bytes) -> bool:
        return any(each.endswith(mail) for each in server.delivered("b"))

    eventually(lambda: all(map(arrived, expected)), server.log.read_text())
    log = server.log.read_text()[before:]
    assert "TLS connection established from" in log
    assert len(names) == log.count(known), log
