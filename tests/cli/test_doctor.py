"""`vigimel doctor`: each line says how one thing stands, with real ones to look at."""

import socket
import sqlite3
from pathlib import Path

import pytest

from milter.cli.doctor import CHECKS
from tests.cli.command import reports, run
from tests.dns_server import DnsServer

CLOSED = "127.0.0.1:9"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "vigimel.toml"


def examined(config: Path, text: str) -> tuple[int, dict[str, tuple[str, str]]]:
    config.write_text('[state]\ndirectory = "."\n' + text, "utf-8")
    done = run("doctor", "--json", "--config", config)
    return done.returncode, {line["check"]: (line["state"], line["said"]) for line in reports(done.stdout)}


def test_what_is_there_is_said_to_be_there(config: Path) -> None:
    with DnsServer(
        records={"ameli.fr": {"MX": ["10 mx.ameli.fr."], "TXT": ["v=spf1 -all"], "A": ["192.0.2.1"]}}
    ) as dns:
        status, lines = examined(config, f'[dns]\nnameservers = ["{dns.address}"]\n')

    assert list(CHECKS) == list(lines)
    assert 0 == status, lines
    assert {"ok", "note"} >= {state for state, _ in lines.values()}
    assert "pypdfium2" in lines["attachments"][1]


def test_what_does_not_answer_is_wrong_and_the_status_says_so(config: Path) -> None:
    away = f'[dns]\nnameservers = ["{CLOSED}"]\ntimeout = 0.2\n[next_hop]\nurl = "smtp://{CLOSED}"\n'
    status, lines = examined(config, away)

    assert 1 == status
    assert ("wrong", "wrong") == (lines["dns"][0], lines["next_hop"][0])
    assert "ok" == lines["store"][0]


def test_each_next_hop_is_asked_though_another_could_stand_in_for_it(config: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        alive = f"127.0.0.1:{listening.getsockname()[1]}"
        hops = f'[next_hop]\nurl = "smtp://{alive}"\nfallback = ["lmtp://{CLOSED}"]\ngreeting_timeout = 0.2\n'
        status, lines = examined(config, hops + f'[dns]\nnameservers = ["{CLOSED}"]\ntimeout = 0.2\n')

    assert 1 == status
    assert "wrong" == lines["next_hop"][0]
    assert alive in lines["next_hop"][1]
    assert CLOSED in lines["next_hop"][1]


def test_a_locked_or_broken_quarantine_is_wrong(config: Path) -> None:
    path = config.parent / "quarantine.db"
    holder = sqlite3.connect(path)
    holder.execute("BEGIN EXCLUSIVE")
    _, locked = examined(config, f'[dns]\nnameservers = ["{CLOSED}"]\ntimeout = 0.2\n')
    holder.close()
    path.write_bytes(b"no database" * 100)
    _, broken = examined(config, f'[dns]\nnameservers = ["{CLOSED}"]\ntimeout = 0.2\n')

    assert "wrong" == locked["store"][0]
    assert "wrong" == broken["store"][0]


def test_a_shared_quarantine_that_does_not_answer_is_wrong_and_its_password_unsaid(config: Path) -> None:
    _, lines = examined(config, '[quarantine]\nurl = "postgresql://gate:secret@127.0.0.1:9/mail"\n')

    assert "wrong" == lines["store"][0]
    assert "postgresql://gate@127.0.0.1:9/mail" in lines["store"][1]
    assert "secret" not in str(lines)


def test_the_doctor_makes_nothing(config: Path) -> None:
    examined(config, f'[dns]\nnameservers = ["{CLOSED}"]\ntimeout = 0.2\n')

    assert [config] == list(config.parent.iterdir())


def test_vision_that_is_switched_off_is_noted_and_not_wrong(config: Path) -> None:
    off = f'[dns]\nnameservers = ["{CLOSED}"]\ntimeout = 0.2\n[judge]\nvision = "off"\n'

    assert "note" == examined(config, off)[1]["ocr"][0]


def test_a_person_reads_the_same_in_his_language(config: Path) -> None:
    for language, word in (("fr", "quarantaine"), ("en", "quarantine")):
        away = f'[dns]\nnameservers = ["{CLOSED}"]\ntimeout = 0.2\n[policy]\nlanguage = "{language}"\n'
        config.write_text('[state]\ndirectory = "."\n' + away, "utf-8")
        done = run("doctor", "--config", config)
        assert 1 == done.returncode
        assert any(line.strip().startswith(word) for line in done.stdout.splitlines())


def test_a_wrong_configuration_is_not_examined(config: Path) -> None:
    config.write_text("[nowhere]\n", "utf-8")

    assert 78 == run("doctor", "--config", config).returncode
