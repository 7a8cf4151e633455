"""The gateway as a milter of real Sendmail, with the mailbox server behind it."""

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dkim
import pytest

from tests.cli.command import run
from tests.dns_server import DnsServer
from tests.end_to_end.conftest import Send
from tests.end_to_end.gateway import Gateway
from tests.end_to_end.milter_site import OFFICIAL, dns_key, milter_section, wait_for
from tests.end_to_end.postfix import Postfix, free_port, mailbox_server
from tests.end_to_end.sendmail import PROGRAM, Sendmail
from tests.end_to_end.test_through_postfix import FRAUD, ORDINARY, SUSPECT, with_id
from tests.serving import name_of, running
from tests.workers.test_data_files import WITH_A_FILE

pytestmark = [
    pytest.mark.needs("postfix", "swaks", "m4", "unshare", str(PROGRAM)),
    pytest.mark.needs_root("starts Sendmail and Postfix"),
]


@dataclass(frozen=True)
class Site:
    """Sendmail with our milter, and a mailbox server behind it."""

    sendmail: Sendmail
    gateway: Gateway
    dns: DnsServer
    behind: Postfix

    def arrived(self, part: bytes) -> bytes:
        return wait_for(
            lambda: next((mail for mail in self.behind.delivered("b") if part in mail), None),
            self.sendmail.log,
            self.gateway.log,
        )


def start(directory: Path, quarantine: str) -> Iterator[Site]:
    port = free_port()
    with mailbox_server() as behind, DnsServer() as dns:
        sendmail = Sendmail(f"inet:{port}@127.0.0.1", behind.port)
        more = milter_section(f"inet:{port}@127.0.0.1", quarantine)
        gateway = Gateway(directory, f"smtp://127.0.0.1:{sendmail.again}", dns.address, more)
        with gateway, sendmail:
            yield Site(sendmail, gateway, dns, behind)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from start(tmp_path_factory.mktemp("gateway"), "store")


@pytest.fixture(scope="module")
def holding_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Where Sendmail holds the mail itself."""
    yield from start(tmp_path_factory.mktemp("gateway"), "mta")


def test_an_ordinary_mail_arrives_byte_for_byte_below_our_fields(site: Site, send: Send) -> None:
    mail = with_id(ORDINARY, "sendmail")
    send(site.sendmail.port, mail)

    delivered = site.arrived(b"<sendmail@client.example>")
    assert delivered.endswith(mail)
    assert b"\r\nX-Vigimel-Finding: unrelated\r\n" in delivered.removesuffix(mail)


def test_a_suspect_mail_is_tagged_in_place(site: Site, send: Send) -> None:
    send(site.sendmail.port, with_id(SUSPECT, "tagged"))

    delivered = site.arrived(b"<tagged@lune.example>")
    assert b"\r\nSubject: =?utf-8?q?=5BHame=C3=A7onnage_=3F=5D?= Bonne fin d'annee\r\n" in delivered
    assert 1 == delivered.count(b"\r\nSubject:")


def test_forged_results_are_removed_and_others_stay(site: Site, send: Send) -> None:
    forged = (
        b"Authentication-Results: gw.example; dkim=pass header.d=ameli.fr\r\nX-Vigimel-Finding: genuine\r\n"
        b"Authentication-Results: other.example; dkim=none\r\n"
    )
    send(site.sendmail.port, forged + with_id(ORDINARY, "forged"))

    delivered = site.arrived(b"<forged@client.example>")
    assert b"dkim=pass" not in delivered
    assert b"genuine" not in delivered
    assert b"\r\nAuthentication-Results: other.example; dkim=none\r\nFrom: Marie" in delivered


def test_the_signature_of_official_mail_is_true_for_us_and_for_who_comes_after_us(
    site: Site, send: Send
) -> None:
    send(site.sendmail.port, OFFICIAL)

    delivered = site.arrived(b"info.ameli.fr")
    assert b"\r\nX-Vigimel-Finding: genuine\r\n" in delivered
    assert dkim.verify(delivered, dnsfunc=dns_key)


def test_a_fraud_is_answered_250_held_and_released_past_the_milter(site: Site, send: Send) -> None:
    transcript = send(site.sendmail.port, FRAUD)

    assert "\n<-  250 2.0.0 " in transcript.partition("354")[2]
    assert "answer=discard" in site.gateway.log.read_text()
    released = run("quarantine", "release", "1", "--config", site.gateway.config)
    assert 0 == released.returncode, released.stderr
    assert b"\r\nX-Vigimel-Released: 1\r\n" in site.arrived(b"boutique-lunaire")


def test_where_dns_is_dead_the_sender_hears_our_451_and_keeps_the_mail(site: Site, send: Send) -> None:
    site.dns.mode = "dead"
    try:
        transcript = send(site.sendmail.port, OFFICIAL.replace(b"s=", b"s=other", 1))
    finally:
        site.dns.mode = "answers"

    assert "<** 451 4.7.5 Sender cannot be verified now, try again later" in transcript


def test_a_fraud_with_a_file_is_held_though_the_process_that_opens_files_was_killed(
    site: Site, send: Send
) -> None:
    for name in (b"before", b"after"):
        transcript = send(site.sendmail.port, b"X-Name: %s\r\n%s" % (name, WITH_A_FILE))
        assert "\n<-  250 2.0.0 " in transcript.partition("354")[2]
        assert site.gateway.log.read_text().splitlines()[-1].endswith("answer=discard")
        for pid in running(str(site.gateway.config)):
            if name_of(pid) == "vigimel-reader":
                os.kill(pid, signal.SIGKILL)

    assert "died" not in site.gateway.log.read_text()


def test_sendmail_holds_what_it_is_told_to_hold(holding_site: Site, send: Send) -> None:
    transcript = send(holding_site.sendmail.port, FRAUD)

    assert "\n<-  250 2.0.0 " in transcript.partition("354")[2]
    [reason] = holding_site.sendmail.quarantined()
    assert reason.endswith(": impersonation")


def test_without_its_milter_sendmail_tempfails_as_its_configuration_says(send: Send) -> None:
    # The port of the mail server behind is never asked: no mail comes so far.
    with Sendmail(f"inet:{free_port()}@127.0.0.1", free_port()) as sendmail:
        transcript = send(sendmail.port, with_id(ORDINARY, "unjudged"))

    assert "<** 451 4.3.2 Please try again later" in transcript
