"""A running gateway knows what became of every mail, by SMTP and by the milter."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command import FRAUD, ORDINARY, VIGIMEL
from tests.conftest import ROOT
from tests.dns_server import DnsServer
from tests.intake.mta import Mta
from tests.serving import Gateway, configured, eventually, serving


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    directory = tmp_path_factory.mktemp("trace")
    with DnsServer() as dns:
        path = directory / "vigimel.toml"
        path.write_text(configured(workers=1, nameserver=dns.address))
        yield path


@pytest.fixture(scope="module")
def gateway(config: Path) -> Iterator[Gateway]:
    with serving(config) as running:
        yield running


def traced(config: Path, *arguments: str) -> list[dict[str, object]]:
    command = [*VIGIMEL, "trace", *arguments, "--config", str(config), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode in {0, 1}, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def noted(config: Path) -> list[tuple[str, str]]:
    """What the journal says of searches of the trace."""
    command = [*VIGIMEL, "audit", "show", "--config", str(config), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    lines = map(json.loads, done.stdout.splitlines())
    return [(line["deed"], line["detail"]) for line in lines if line["deed"] == "searched the trace"]


def send(gateway: Gateway, sender: str, mail: bytes) -> None:
    with gateway.smtp() as client:
        client.sendmail(sender, ["b@town-hall.example"], mail)


def test_a_mail_that_went_on_and_one_that_is_held(config: Path, gateway: Gateway) -> None:
    send(gateway, "goes@client.example", ORDINARY)
    send(gateway, "held@client.example", FRAUD)
    eventually(lambda: len(traced(config, "@client.example")) == 2, "the rows are not there")

    held, gone = traced(config, "@client.example")
    assert ("unrelated", "pass", ["b@town-hall.example"]) == (
        gone["finding"],
        gone["action"],
        gone["recipients"],
    )
    assert str(gone["reply"]).startswith("250 2.0.0 Delivered as ")
    assert ("impersonation", "quarantine", 1) == (held["finding"], held["action"], held["held_id"])
    assert f"250 2.0.0 Ok {held['mail_id']}" == held["reply"]
    assert "bank_details" in str(held["asks"])
    assert [held] == traced(config, "--finding", "impersonation", "--since", "1h", "@client.example")
    assert ("searched the trace", "1") == noted(config)[-1]


async def test_a_mail_of_the_milter(tmp_path: Path) -> None:
    config = tmp_path / "vigimel.toml"
    door = f'[milter]\nlisten = ["unix:{tmp_path}/milter.sock"]'
    config.write_text(configured(workers=1, next_hop="smtp://127.0.0.1:1", more=door))
    with serving(config) as gateway:
        mta = await Mta.ready(tmp_path / "milter.sock")
        await mta.mail(ORDINARY)
        mta.close()
        assert 0 == gateway.stop()[0]

    (row,) = traced(config)
    assert "250 2.0.0 Left to the mail server" == row["reply"]
    assert "a@client.example" == row["reverse_path"]


def test_what_is_under_way_when_the_gateway_ends_is_written(config: Path, tmp_path: Path) -> None:
    own = tmp_path / "vigimel.toml"
    own.write_text(config.read_text().replace(str(config.parent), str(tmp_path)))
    with serving(own) as gateway:
        send(gateway, "last@client.example", ORDINARY)
        assert 0 == gateway.stop()[0]

    assert 1 == len(traced(own, "last@client.example"))


def test_nothing_is_kept_where_the_admin_does_not_want_it(config: Path, tmp_path: Path) -> None:
    own = tmp_path / "vigimel.toml"
    own.write_text(config.read_text().replace(str(config.parent), str(tmp_path)) + "[trace]\nkeep_days = 0\n")
    with serving(own) as gateway:
        send(gateway, "no@client.example", ORDINARY)
        assert 0 == gateway.stop()[0]

    assert [] == traced(own)


def test_a_time_that_is_none_is_not_understood(config: Path) -> None:
    command = [*VIGIMEL, "trace", "--since", "yesterday", "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)

    assert 2 == done.returncode
    assert "Traceback" not in done.stderr
