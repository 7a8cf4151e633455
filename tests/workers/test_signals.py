"""SIGTERM ends what is under way, SIGHUP reads the configuration again, and systemd is told."""

import contextlib
import json
import re
import signal
import smtplib
import socket
import sqlite3
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.certificate import write_certificate
from tests.cli.command import FRAUD, ORDINARY
from tests.serving import Gateway, eventually, serving
from tests.workers.conftest import Write


def test_an_idle_client_hears_421_when_the_service_stops(gateway: Gateway) -> None:
    with contextlib.closing(gateway.smtp()) as client:
        client.ehlo()
        gateway.send(signal.SIGTERM)

        assert 421 == client.getreply()[0]
    assert 0 == gateway.process.wait(60)


def test_a_second_signal_cuts_short_what_is_under_way(gateway: Gateway, tmp_path: Path) -> None:
    with _under_way(gateway) as client:
        gateway.send(signal.SIGTERM)
        eventually(lambda: gateway.knock().startswith("421 "))
        gateway.send(signal.SIGTERM)

        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.getreply()
    assert 0 == gateway.process.wait(60)
    assert not list(tmp_path.glob("maildir/new/*"))


def test_new_sessions_have_the_new_configuration_and_a_mail_under_way_ends_with_the_old(
    write: Write, tmp_path: Path
) -> None:
    with serving(write(smtp='hostname = "old.example"')) as gateway, _under_way(gateway) as client:
        write(smtp='hostname = "new.example"')
        gateway.send(signal.SIGHUP)
        eventually(lambda: gateway.knock().startswith("220 new.example "))
        client.send(ORDINARY + b".\r\n")

        assert 250 == client.getreply()[0]
        eventually(lambda: len(gateway.pids("worker")) == 2)
    (mail,) = (tmp_path / "maildir" / "new").iterdir()
    assert b"by old.example" in mail.read_bytes()


def test_a_wrong_configuration_changes_nothing_and_the_log_says_why(write: Write) -> None:
    with serving(write(smtp='hostname = "old.example"')) as gateway:
        before = set(gateway.pids("worker"))
        write(smtp='hostname = "not a name"')
        gateway.send(signal.SIGHUP)
        eventually(lambda: "event=reload_refused" in gateway.log)

        assert "'not a name' is not a host name" in gateway.log
        assert before == set(gateway.pids("worker"))
        assert gateway.knock().startswith("220 old.example ")


def test_a_quarantine_that_cannot_be_used_keeps_the_old_processes(write: Write, tmp_path: Path) -> None:
    with serving(write()) as gateway:
        before = set(gateway.pids("worker"))
        (tmp_path / "other.db").write_text("This is a letter, not a database. " * 40)
        write(quarantine='path = "other.db"')
        gateway.send(signal.SIGHUP)
        eventually(lambda: "event=reload_refused" in gateway.log)

        assert "other.db" in gateway.log
        assert before == set(gateway.pids("worker"))
        with gateway.smtp() as client:
            client.sendmail("a@client.example", ["b@town-hall.example"], ORDINARY)


def test_an_address_that_is_new_is_listened_on_and_one_that_is_gone_is_closed(write: Write) -> None:
    with serving(write()) as gateway:
        config = write()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        config.write_text(config.read_text().replace("127.0.0.1:0", f"127.0.0.1:{port}"))
        gateway.send(signal.SIGHUP)
        eventually(lambda: "event=reloaded" in gateway.log)
        eventually(lambda: not _is_open(gateway.address.port))

        assert _is_open(port)


def test_a_renewed_certificate_is_shown_after_a_reload_and_a_broken_one_is_not(
    write: Write, tmp_path: Path
) -> None:
    def shown(gateway: Gateway) -> str:
        context = ssl.create_default_context(cafile=str(files[0]))
        context.check_hostname = False
        try:
            with gateway.smtp() as client:
                return str(client.starttls(context=context)[0])
        except ssl.SSLCertVerificationError:
            return "another"
        except (smtplib.SMTPException, ConnectionError, ssl.SSLEOFError):
            # A worker that goes says 421, or hangs up in the middle of the handshake.
            return "gone"

    files = write_certificate(tmp_path)
    with serving(write(smtp='certificate = "certificate.pem"\nkey = "key.pem"')) as gateway:
        assert "220" == shown(gateway)
        write_certificate(tmp_path)
        assert "another" == shown(gateway)
        gateway.send(signal.SIGHUP)
        eventually(lambda: shown(gateway) == "220")

        good = files[0].read_bytes()
        files[0].write_text("not yet written to its end")
        gateway.send(signal.SIGHUP)
        eventually(lambda: "event=reload_refused" in gateway.log)
        assert "certificate.pem: is no certificate in PEM" in gateway.log
        files[0].write_bytes(good)
        eventually(lambda: shown(gateway) == "220")


def test_a_word_added_to_a_brand_file_counts_after_a_reload(write: Write, tmp_path: Path) -> None:
    brands = tmp_path / "brands"
    brands.mkdir()
    shipped = Path(__file__).parents[2] / "config" / "brands"
    for file in shipped.glob("*.toml"):
        (brands / file.name).write_bytes(file.read_bytes())
    with serving(write(judge='brands = "brands"')) as gateway:
        (brands / "broken.toml").write_text("this is no TOML")
        gateway.send(signal.SIGHUP)
        eventually(lambda: "event=reload_refused" in gateway.log)
        assert "broken.toml" in gateway.log

        (brands / "broken.toml").unlink()
        gateway.send(signal.SIGHUP)
        eventually(lambda: "event=reloaded" in gateway.log)


def test_what_is_remembered_of_mails_is_as_the_reload_has_it(write: Write, tmp_path: Path) -> None:
    with serving(write()) as gateway:
        for number, recipients in enumerate(("domain", "none", "full")):
            write(trace=f'recipients = "{recipients}"')
            reload(gateway)
            send(gateway, f"{number}@client.example", ORDINARY)

        known = [
            json.loads(traced(tmp_path, f"{number}@client.example", "recipients")) for number in range(3)
        ]
        assert [["town-hall.example"], [], ["b@town-hall.example"]] == known


def test_a_threshold_counts_after_a_reload_and_a_copy_that_lacks_it_changes_nothing(
    write: Write, tmp_path: Path, checkout: Path
) -> None:
    shipped = (checkout / "config" / "claim.toml").read_text("utf-8")
    claim = tmp_path / "claim.toml"
    claim.write_text(shipped, "utf-8")
    with serving(write(judge='claim = "claim.toml"')) as gateway:
        send(gateway, "shipped@client.example", FRAUD)
        higher = re.compile("^(claim|likely|strong) = [0-9]+", re.MULTILINE)
        claim.write_text(higher.sub(r"\1 = 900", shipped), "utf-8")
        reload(gateway)
        send(gateway, "higher@client.example", FRAUD)
        claim.write_text(re.sub("^trace = .*$", "", shipped, flags=re.MULTILINE), "utf-8")
        gateway.send(signal.SIGHUP)
        eventually(lambda: "event=reload_refused" in gateway.log)
        send(gateway, "refused@client.example", FRAUD)

        assert "thresholds.trace: missing" in gateway.log
        senders = ("shipped", "higher", "refused")
        known = [traced(tmp_path, f"{sender}@client.example", "likeness") for sender in senders]
        assert ["display_name", "voice", "voice"] == known


def test_systemd_hears_when_we_are_ready_reload_stop_and_that_we_live(write: Write, tmp_path: Path) -> None:
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(address))
        heard.settimeout(60)
        environment = {"NOTIFY_SOCKET": str(address), "WATCHDOG_USEC": "200000"}
        with serving(write(), environment=environment) as gateway:
            assert "READY=1" == _next(heard, but="WATCHDOG=1")
            assert "WATCHDOG=1" == _next(heard)
            gateway.send(signal.SIGHUP)
            reloading = _next(heard, but="WATCHDOG=1").split("\n")
            assert "RELOADING=1" == reloading[0]
            assert reloading[1].removeprefix("MONOTONIC_USEC=").isdecimal()
            assert "READY=1" == _next(heard, but="WATCHDOG=1")
            gateway.send(signal.SIGTERM)
            assert "STOPPING=1" == _next(heard, but="WATCHDOG=1")


def test_a_socket_that_systemd_has_opened_is_used(write: Write) -> None:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        port = opened.getsockname()[1]
        config = write()
        config.write_text(config.read_text().replace("127.0.0.1:0", f"127.0.0.1:{port}"))
        # A client that came before the service was there.
        with contextlib.closing(socket.create_connection(("127.0.0.1", port), timeout=60)) as early:
            with serving(config, opened=opened) as gateway:
                assert early.makefile().readline().startswith("220 ")
                assert port == gateway.address.port
                assert 0 == gateway.stop()[0]
            # It is open as before: systemd keeps it for the next start.
            assert _is_open(port)


def test_a_socket_of_systemd_that_no_option_names_is_an_error(write: Write) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as opened,
        pytest.raises(AssertionError, match=r"systemd has opened 127\.0\.0\.1:.*, which no listen names"),
        serving(write(), opened=opened),
    ):
        pass


def reload(gateway: Gateway) -> None:
    """Read the configuration again, until those who have the old one are gone."""
    before, times = {*gateway.pids("worker")}, gateway.log.count("event=reloaded")
    gateway.send(signal.SIGHUP)
    eventually(lambda: gateway.log.count("event=reloaded") > times and not before & {*gateway.pids("worker")})


def send(gateway: Gateway, sender: str, mail: bytes) -> None:
    """Send a mail."""
    with gateway.smtp() as client:
        client.sendmail(sender, ["b@town-hall.example"], mail)


def traced(directory: Path, sender: str, column: str) -> str:
    """What the trace knows of the mail of a sender; it is written a moment after the mail is taken."""
    with contextlib.closing(sqlite3.connect(directory / "quarantine.db")) as database:
        query = f"SELECT {column} FROM trace WHERE reverse_path = ?"  # noqa: S608 a column of ours
        eventually(lambda: database.execute(query, (sender,)).fetchone())
        return str(database.execute(query, (sender,)).fetchone()[0])


@contextlib.contextmanager
def _under_way(gateway: Gateway) -> Iterator[smtplib.SMTP]:
    """A client that has said DATA."""
    with contextlib.closing(gateway.smtp()) as client:
        client.ehlo()
        client.mail("a@client.example")
        client.rcpt("b@town-hall.example")
        client.docmd("DATA")
        yield client


def _next(heard: socket.socket, but: str = "") -> str:
    while (message := heard.recv(4096).decode()) == but:
        pass
    return message


def _is_open(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
