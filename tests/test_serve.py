"""The service as a whole: started, used, stopped."""

import asyncio
import contextlib
import signal
import socket
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest

from milter.log.lines import configure_log
from milter.mail.envelope import Envelope
from milter.quarantine.held import HeldMail
from milter.quarantine.migrations.upgrade import HEAD
from milter.quarantine.store import Store
from milter.serve.tables import make_tables
from milter.verdict.verdict import Finding
from tests.cli.command import FRAUD, ORDINARY, reports, run
from tests.serving import CONFIG, serving

# What a worker has, once it has opened a quarantine that was not there yet.
_OPENED = """
import asyncio, contextlib, pathlib, sys
import milter.cli, milter.serve.gateway, milter.serve.worker
from milter.quarantine.store import Store
from milter.serve.tables import make_tables

async def main(place):
    await make_tables(place, contextlib.nullcontext)
    store = await Store.open(place)
    assert () == await store.list()
    await store.close()

asyncio.run(main(pathlib.Path(sys.argv[1])))
print(*sys.modules)
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration on a free port that writes below the test's directory."""
    path = tmp_path / "vigimel.toml"
    path.write_text(CONFIG)
    return path


def test_a_worker_carries_nothing_that_it_does_not_work_with(tmp_path: Path) -> None:
    """Each megabyte is there once for each core."""
    command = [sys.executable, "-c", _OPENED, str(tmp_path / "quarantine.db")]
    said = subprocess.run(command, check=True, capture_output=True, text=True)
    loaded = {*said.stdout.split()}

    assert "sqlalchemy" in loaded
    assert loaded.isdisjoint(
        {"sqlalchemy.orm", "sqlalchemy.ext.asyncio", "sqlalchemy.dialects.postgresql", "alembic", "psycopg"}
    )


def test_it_says_what_listens_where_and_how_to_try_it(config: Path) -> None:
    with serving(config) as gateway:
        said = "".join(gateway.said)

    assert str(gateway.address) in said
    assert f"maildir:{config.parent / 'maildir'}" in said
    assert str(config.parent / "quarantine.db") in said
    assert f"swaks --server {gateway.address}" in said


def test_an_ordinary_mail_is_delivered_and_a_fraud_is_held(config: Path) -> None:
    with serving(config) as gateway:
        with gateway.smtp() as smtp:
            for raw in (ORDINARY, FRAUD):
                smtp.sendmail("from@client.example", ["to@town-hall.example"], raw)
        status, log = gateway.stop()

    assert 0 == status
    (delivered,) = (config.parent / "maildir" / "new").iterdir()
    assert delivered.read_bytes().endswith(ORDINARY)
    (held,) = reports(run("quarantine", "list", "--json", "--config", config).stdout)
    assert ("impersonation", ["to@town-hall.example"]) == (held["finding"], held["forward_paths"])
    assert "RIB" not in log


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_either_signal_stops_it_with_status_0(config: Path, number: signal.Signals) -> None:
    with serving(config) as gateway:
        status, log = gateway.stop(number)

    assert 0 == status
    assert "Traceback" not in log
    assert "event=stopped" in log


def test_a_mail_begun_before_the_signal_is_ended_and_no_new_one_is_taken(config: Path) -> None:
    with serving(config) as gateway:
        with contextlib.closing(gateway.smtp()) as smtp:
            smtp.ehlo()
            smtp.mail("from@client.example")
            smtp.rcpt("to@town-hall.example")
            smtp.docmd("DATA")
            gateway.process.send_signal(signal.SIGTERM)
            while not gateway.knock().startswith("421 4.3.2 "):
                pass
            smtp.send(ORDINARY + b".\r\n")
            code, _ = smtp.getreply()
        gateway.process.wait(60)

    assert 250 == code
    assert 1 == len(list((config.parent / "maildir" / "new").iterdir()))


def test_a_second_signal_does_not_wait_for_an_idle_sender(config: Path) -> None:
    with serving(config) as gateway, contextlib.closing(gateway.smtp()) as smtp:
        smtp.ehlo()
        smtp.mail("from@client.example")
        smtp.rcpt("to@town-hall.example")
        smtp.docmd("DATA")
        gateway.process.send_signal(signal.SIGINT)
        while not gateway.knock().startswith("421 4.3.2 "):
            pass
        status, log = gateway.stop(signal.SIGINT)

    assert (0, False) == (status, "Traceback" in log)


def test_an_address_in_use_is_said_and_nothing_is_left_running(config: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config.write_text(CONFIG.replace("127.0.0.1:0", f"127.0.0.1:{port}"))
        done = run("serve", "--config", config)

    assert 78 == done.returncode
    assert f"127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_review_address_in_use_is_said_by_the_name_of_its_option(config: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        text = CONFIG.replace("[review]\nlisten = []", f'[review]\nlisten = ["127.0.0.1:{port}"]')
        config.write_text(text)
        done = run("serve", "--config", config)

    assert 78 == done.returncode
    assert f"[review] listen: 127.0.0.1:{port}: " in done.stderr


def test_a_gateway_may_be_a_milter_only(tmp_path: Path) -> None:
    config = tmp_path / "vigimel.toml"
    config.write_text(
        CONFIG.replace('listen = ["127.0.0.1:0"]', "listen = []")
        + '[milter]\nlisten = ["inet:127.0.0.1:0"]\n[next_hop]\nurl = "smtp://127.0.0.1:9"\n'
    )
    with serving(config) as gateway:
        status, log = gateway.stop()

    assert "écoute milter    inet:127.0.0.1:" in "".join(gateway.said)
    assert "make try" not in "".join(gateway.said)
    assert (0, 1) == (status, log.count("event=listening"))


def test_a_milter_address_in_use_is_said_and_the_proxy_does_not_run_alone(config: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config.write_text(
            f'{CONFIG}[milter]\nlisten = ["inet:127.0.0.1:{port}"]\n[next_hop]\nurl = "smtp://127.0.0.1:9"\n'
        )
        done = run("serve", "--config", config)

    assert 78 == done.returncode
    assert f"[milter] listen: inet:127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_another_process_left_half_released_or_too_old_is_put_right_at_start(config: Path) -> None:
    asyncio.run(_leave_behind(config.parent / "quarantine.db"))

    with serving(config) as gateway:
        while _states(config)[:2] != ["held", "expired"]:
            assert gateway.process.poll() is None

    assert ["held", "expired"] == _states(config)


def _states(config: Path) -> list[str]:
    mails = reports(run("quarantine", "list", "--state", "all", "--json", "--config", config).stdout)
    return [mail["state"] for mail in mails]


async def _leave_behind(path: Path) -> None:
    store = await Store.open(path)
    now = datetime.now(UTC)
    for received in (now - timedelta(days=31), now):
        envelope = Envelope("192.0.2.1", "client.example", "a@b.example", ("to@town-hall.example",))
        await store.hold(HeldMail(envelope, received, Finding.IMPERSONATION, "", FRAUD))
    await store.begin_release(2, "token")
    await store.close()
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE held_mail SET changed = datetime('now', '-1 day') WHERE id = 2")
        database.commit()


async def test_an_upgrade_of_the_tables_is_said_and_waited_for(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A start that was broken off after a minute, as one that hangs, would begin anew for ever."""
    place, waited = tmp_path / "quarantine.db", Mock(side_effect=contextlib.nullcontext)
    configure_log("info")
    await make_tables(place, waited)
    assert not waited.called
    with contextlib.closing(sqlite3.connect(place)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '11'")
    await make_tables(place, waited)

    assert 1 == waited.call_count
    said = [line.partition("event=")[2] for line in capfd.readouterr().err.splitlines()]
    assert [f"upgrading_tables of=11 to={HEAD}", f"upgraded_tables to={HEAD} seconds=0"] == said
    await make_tables(place, waited)
    assert 1 == waited.call_count
