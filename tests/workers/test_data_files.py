"""By which data does a child judge that opens files? By what its gateway began with, or took over since."""

import os
import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command import FRAUD
from tests.serving import Gateway, eventually, lives, offspring, serving
from tests.workers.conftest import Write

_head, _, _body = FRAUD.partition(b"\r\n\r\n")
# The same in two parts: the second one is a file, so that a child reads the mail and says what it wants.
WITH_A_FILE = b"\r\n".join(
    (
        _head.replace(b"text/plain; charset=utf-8", b"multipart/mixed; boundary=b"),
        b"",
        b"--b",
        b"Content-Type: text/plain; charset=utf-8",
        b"Content-Transfer-Encoding: 8bit",
        b"",
        _body,
        b"--b",
        b"Content-Type: application/pdf; name=a.pdf",
        b"Content-Disposition: attachment; filename=a.pdf",
        b"",
        b"%PDF-1.4",
        b"--b--",
        b"",
    )
)


@pytest.fixture
def gateway(write: Write, tmp_path: Path, checkout: Path) -> Iterator[Gateway]:
    """One that judges by files in the directory of the test."""
    shutil.copytree(checkout / "config" / "asks", tmp_path / "asks")
    shutil.copy(checkout / "config" / "claim.toml", tmp_path)
    with serving(write(judge='asks = "asks"\nclaim = "claim.toml"')) as running:
        yield running


def asked_of(gateway: Gateway) -> str:
    """What a new child finds that the mail wants."""
    judged = gateway.log.count("event=judged")
    (reader,) = gateway.pids("reader")
    before = offspring(reader)
    for child in before:
        os.kill(child, signal.SIGKILL)
    with gateway.smtp() as client:
        client.sendmail("a@client.example", ["b@town-hall.example"], WITH_A_FILE)
    eventually(lambda: gateway.log.count("event=judged") > judged)
    # On a busy machine it may have been late, and another one stands in for it.
    eventually(lambda: bool(set(offspring(reader)) - set(before)))
    found: list[str] = re.findall(r"event=judged .* asks=(\S+)", gateway.log)
    return found[-1]


def forget_bank_details(asks: Path) -> None:
    """Have the lexicon call them something else."""
    words = asks / "fr.toml"
    words.write_text(words.read_text().replace('kind = "bank_details"', 'kind = "fiscal_number"'))


def test_a_refused_reload_leaves_the_children_what_they_had(gateway: Gateway, tmp_path: Path) -> None:
    claim = tmp_path / "claim.toml"
    claim.write_text(claim.read_text().replace("trace = 15 ", "trase = 15 "))

    gateway.send(signal.SIGHUP)
    eventually(lambda: "event=reload_refused" in gateway.log)

    assert "bank_details" in asked_of(gateway)


def test_what_is_edited_without_a_reload_changes_nothing(gateway: Gateway, tmp_path: Path) -> None:
    """Nor does what an update of the package puts in the place of a file, nor one that is gone."""
    forget_bank_details(tmp_path / "asks")
    (tmp_path / "claim.toml").unlink()

    assert "bank_details" in asked_of(gateway)


def test_a_reload_changes_the_children(gateway: Gateway, tmp_path: Path) -> None:
    assert "bank_details" in asked_of(gateway)
    (old,) = gateway.pids("reader")
    forget_bank_details(tmp_path / "asks")

    gateway.send(signal.SIGHUP)
    eventually(lambda: "event=reloaded" in gateway.log)
    eventually(lambda: not lives(old))

    asked = asked_of(gateway)
    assert "fiscal_number" in asked
    assert "bank_details" not in asked
