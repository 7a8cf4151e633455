"""The gateway as a milter of real Postfix: what it does to a mail, and what Postfix does without it."""

import re
import smtplib
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dkim
import pytest

from tests.cli.command import run
from tests.conftest import ROOT
from tests.dns_server import DnsServer
from tests.end_to_end.conftest import Send
from tests.end_to_end.gateway import Gateway
from tests.end_to_end.milter_site import OFFICIAL, dns_key, milter_section, wait_for
from tests.end_to_end.postfix import MAILBOXES, Postfix, free_port
from tests.end_to_end.test_through_postfix import FRAUD, ORDINARY, SUSPECT, with_id

pytestmark = [
    pytest.mark.needs("postfix", "swaks"),
    pytest.mark.needs_root("starts Postfix"),
]

GUIDES = ROOT / "deploy" / "guides"


_MAIN = """\
smtpd_milters = {milter}
non_smtpd_milters = {milter}
milter_default_action = tempfail
# As before Postfix 3.7.10, which leaves it to us.
cleanup_replace_stray_cr_lf = no
"""
# The entrance for what is released: it does not ask the milter again.
_AGAIN = "127.0.0.1:{port} inet n - n - - smtpd -o smtpd_milters="


@dataclass(frozen=True)
class Site:
    """A mail server with mailboxes, and the gateway as its milter."""

    postfix: Postfix
    gateway: Gateway
    dns: DnsServer

    def arrived(self, part: bytes) -> bytes:
        """The one mail in the mailbox that contains this; waits for it."""
        return wait_for(lambda: next(iter(self.delivered(part)), None), self.postfix.log, self.gateway.log)

    def delivered(self, part: bytes) -> list[bytes]:
        return [mail for mail in self.postfix.delivered("b") if part in mail]


def start(directory: Path, milter: str, quarantine: str, protocol: int = 6) -> Iterator[Site]:
    again = free_port()
    main = f"{MAILBOXES}{_MAIN}milter_protocol = {protocol}\n"
    server = Postfix("milter", main, _AGAIN.format(port=again), milter=milter)
    more = milter_section(milter, quarantine)
    with DnsServer() as dns:
        gateway = Gateway(directory, f"smtp://127.0.0.1:{again}", dns.address, more)
        with gateway, server:
            yield Site(server, gateway, dns)


@pytest.fixture(scope="module", params=["inet", "unix", "oldest"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    directory: Path = tmp_path_factory.mktemp("gateway")
    protocol = 2 if request.param == "oldest" else 6
    # Not below tmp_path: that one is for root only, and Postfix drops root.
    with tempfile.TemporaryDirectory(prefix="vigimel-milter-") as sockets:
        Path(sockets).chmod(0o755)
        where = f"unix:{sockets}/milter.sock" if request.param == "unix" else f"inet:127.0.0.1:{free_port()}"
        yield from start(directory, where, "store", protocol)


@pytest.fixture(scope="module")
def holding_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Where Postfix holds the mail itself."""
    yield from start(tmp_path_factory.mktemp("gateway"), f"inet:127.0.0.1:{free_port()}", "mta")


def test_an_ordinary_mail_arrives_byte_for_byte_below_our_fields(site: Site, send: Send) -> None:
    mail = with_id(ORDINARY, "milter")
    transcript = send(site.postfix.port, mail)

    assert "\n<-  250 2.0.0 Ok: queued as " in transcript
    delivered = site.arrived(b"<milter@client.example>")
    assert delivered.endswith(mail)
    top = delivered.removesuffix(mail)
    assert b"\r\nX-Vigimel-Finding: unrelated\r\n" in top
    # Above that of Postfix itself, and without one of ours.
    assert top.index(b"X-Vigimel-Finding") < top.index(b"Received:")
    assert 1 == top.count(b"Received:")


def test_a_mail_of_this_machine_is_judged_too(site: Site) -> None:
    site.postfix.submit(
        with_id(SUSPECT, "local").replace(b"\r\n", b"\n"), "a@client.example", "b@hop.example"
    )

    delivered = site.arrived(b"<local@lune.example>")
    assert b"\r\nX-Vigimel-Finding: suspect\r\n" in delivered
    assert b"\r\nSubject: =?utf-8?q?=5BHame=C3=A7onnage_=3F=5D?= Bonne fin d'annee\r\n" in delivered


def test_a_suspect_mail_is_tagged_in_place(site: Site, send: Send) -> None:
    send(site.postfix.port, with_id(SUSPECT, "tagged"))

    delivered = site.arrived(b"<tagged@lune.example>")
    assert b"\r\nSubject: =?utf-8?q?=5BHame=C3=A7onnage_=3F=5D?= Bonne fin d'annee\r\n" in delivered
    assert 1 == delivered.count(b"\r\nSubject:")


def test_forged_results_are_removed_and_others_stay(site: Site, send: Send) -> None:
    forged = (
        b"Authentication-Results: gw.example; dkim=pass header.d=ameli.fr\r\nX-Vigimel-Finding: genuine\r\n"
        b"Authentication-Results: other.example; dkim=none\r\n"
    )
    send(site.postfix.port, forged + with_id(ORDINARY, "forged"))

    delivered = site.arrived(b"<forged@client.example>")
    assert b"dkim=pass" not in delivered
    assert b"genuine" not in delivered
    assert b"\r\nAuthentication-Results: other.example; dkim=none\r\nFrom: Marie" in delivered


def test_the_signature_of_official_mail_is_true_for_us_and_for_who_comes_after_us(
    site: Site, send: Send
) -> None:
    send(site.postfix.port, OFFICIAL)

    delivered = site.arrived(b"info.ameli.fr")
    assert b"\r\nX-Vigimel-Finding: genuine\r\n" in delivered
    assert dkim.verify(delivered, dnsfunc=dns_key)


def test_a_fraud_is_answered_250_held_and_released_past_the_milter(site: Site, send: Send) -> None:
    transcript = send(site.postfix.port, FRAUD)

    assert "\n<-  250 2.0.0 Ok" in transcript.partition("354")[2]
    assert [] == site.delivered(b"boutique-lunaire")
    listed = run("quarantine", "list", "--config", site.gateway.config)
    assert "impersonation" in listed.stdout
    released = run("quarantine", "release", "1", "--config", site.gateway.config)
    assert 0 == released.returncode, released.stderr
    delivered = site.arrived(b"boutique-lunaire")
    assert b"\r\nX-Vigimel-Released: 1\r\n" in delivered
    assert delivered.endswith(FRAUD)


def test_where_dns_is_dead_the_sender_hears_our_451_and_keeps_the_mail(site: Site, send: Send) -> None:
    unproven = OFFICIAL.replace(b"s=", b"s=other", 1)
    site.dns.mode = "dead"
    try:
        transcript = send(site.postfix.port, unproven)
    finally:
        site.dns.mode = "answers"

    assert "<** 451 4.7.5 Sender cannot be verified now, try again later" in transcript


def test_a_header_that_programs_would_read_in_two_ways_is_refused_in_our_words(
    site: Site, send: Send
) -> None:
    transcript = send(
        site.postfix.port, b"X-Odd: a\rX-Vigimel-Finding: genuine\r\n" + with_id(ORDINARY, "odd")
    )

    assert "<** 550 5.6.0 Message header has a bare CR, a bare LF or a NUL" in transcript


def test_postfix_holds_what_it_is_told_to_hold(holding_site: Site, send: Send) -> None:
    transcript = send(holding_site.postfix.port, FRAUD)

    assert "\n<-  250 2.0.0 Ok" in transcript.partition("354")[2]
    assert 1 == holding_site.postfix.queued("hold")
    assert "milter triggers HOLD action" in holding_site.postfix.log.read_text()
    assert "answer=quarantine" in holding_site.gateway.log.read_text()


def test_many_mails_on_one_connection_keep_apart(site: Site) -> None:
    names = [f"apart-{number}" for number in range(5)]
    with smtplib.SMTP("127.0.0.1", site.postfix.port, "client.example") as client:
        for name in names:
            client.sendmail("a@client.example", ["b@hop.example"], with_id(ORDINARY, name))
            # Begun and given up: nothing of it may be in the next.
            client.mail("gives-up@client.example")
            client.rcpt("c@hop.example")
            client.rset()

    for name in names:
        assert site.arrived(f"<{name}@client.example>".encode()).endswith(with_id(ORDINARY, name))


ACTIONS = ("accept", "tempfail", "reject", "quarantine")
_FAILING = (
    "127.0.0.1:{port} inet n - n - - smtpd -o {{ smtpd_milters = {{ {milter}, connect_timeout=2s, "
    "command_timeout=2s, content_timeout=2s, default_action={action} }} }}"
)


@dataclass(frozen=True)
class Failing:
    """A mail server with an entrance for each default action, and a milter that can be made to fail."""

    how: str
    site: Site
    entrances: dict[str, int]


def promised(language: str = "en") -> dict[str, tuple[str, str, str]]:
    """What the guide says of each action: while it is away or hangs, when it is killed, and of the mail."""
    guide = (GUIDES / language / "milter-postfix.md").read_text("utf-8")
    table = guide.split("| `milter_default_action` |")[1].split("\n\n")[0]
    rows = re.findall(r"^\| `(\w+)` \| `([^`]+)`[^|]*\| `([^`]+)`[^|]*\| ([^|]+) \|$", table, re.MULTILINE)
    return {action: (away, killed, fate) for action, away, killed, fate in rows}


def test_the_guide_names_every_default_action_and_both_languages_promise_the_same() -> None:
    replies = {action: (away, killed) for action, (away, killed, _) in promised().items()}

    assert set(ACTIONS) == set(replies)
    assert replies == {action: (away, killed) for action, (away, killed, _) in promised("fr").items()}


@pytest.fixture(params=["dead", "hung", "killed"])
def failing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Failing]:
    milter = f"inet:127.0.0.1:{free_port()}"
    entrances = {action: free_port() for action in ACTIONS}
    lines = (_FAILING.format(port=port, action=action, milter=milter) for action, port in entrances.items())
    server = Postfix("failing", MAILBOXES, "\n".join(lines))
    more = milter_section(milter)
    with DnsServer() as dns, server:
        gateway = Gateway(tmp_path, f"smtp://127.0.0.1:{server.port}", dns.address, more)
        # It will be killed while it waits for an answer.
        dns.mode = "dead"
        if request.param == "hung":
            with gateway:
                gateway.freeze()
                yield Failing(request.param, Site(server, gateway, dns), entrances)
                gateway.kill()
        else:
            yield Failing(request.param, Site(server, gateway, dns), entrances)


def transcript_of(failing: Failing, action: str, send: Send) -> str:
    """What is said between a client and the mail server when the milter fails in this way."""
    if failing.how != "killed":
        return send(failing.entrances[action], OFFICIAL)
    with failing.site.gateway:
        threading.Thread(target=_kill_while_it_judges, args=(failing.site,)).start()
        return send(failing.entrances[action], OFFICIAL)


def _kill_while_it_judges(site: Site) -> None:
    site.dns.questions.clear()
    while not site.dns.questions:
        time.sleep(0.02)
    site.gateway.kill()


def test_without_its_milter_postfix_does_what_its_default_action_says(failing: Failing, send: Send) -> None:
    for action, (away, killed, fate) in promised().items():
        heard = re.findall(r"<(?:-|\*\*) +(.*)", transcript_of(failing, action, send))

        reply = killed if failing.how == "killed" else away
        assert any(line.startswith(f"{reply} ") for line in heard), (action, heard)
        assert (reply == "250") == any("Ok: queued" in line for line in heard)
        assert ("hold" in fate) == (failing.site.postfix.queued("hold") == 1)
        if fate.startswith("delivered"):
            assert b"X-Vigimel" not in failing.site.arrived(b"info.ameli.fr")
