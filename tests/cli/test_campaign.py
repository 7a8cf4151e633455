"""All copies of a letter are decided on by one command, those that are still to come by a standing order."""

import asyncio
from pathlib import Path

import pytest

from milter.precedent.orders import Orders
from milter.quarantine.store import Store
from tests.cli.command import reports, run
from tests.quarantine.test_campaigns import ONE, OTHER, copies


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A quarantine that holds three copies of one letter, and one of another."""
    path = tmp_path / "vigimel.toml"
    path.write_text('[state]\ndirectory = "."\n[policy]\nlanguage = "en"\n')
    asyncio.run(hold(tmp_path / "quarantine.db"))
    return path


async def hold(place: Path) -> None:
    store = await Store.open(place)
    for one in (*copies(ONE, 3), *copies(OTHER, 1)):
        await store.hold(one)
    await store.close()


def test_campaigns_are_listed_and_one_is_shown(config: Path) -> None:
    newest, first = reports(run("quarantine", "campaign", "list", "--json", "--config", config).stdout)
    assert (2, 1, 1, 3) == (newest["campaign"], newest["mails"], first["campaign"], first["mails"])
    assert {"held": 3} == first["states"]
    largest = run("quarantine", "campaign", "list", "--largest", "--limit", "1", "--config", config)
    assert ["campaign", "1"] == [line.split()[0] for line in largest.stdout.splitlines()]
    assert "the list stops at 1" in largest.stderr
    shown = run("quarantine", "campaign", "show", "1", "--config", config).stdout
    assert "dossier.evil.example/suivi/*" in shown
    assert 1 == run("quarantine", "campaign", "show", "7", "--config", config).returncode


def test_all_that_wait_of_one_are_decided_and_no_other(config: Path) -> None:
    done = run("quarantine", "campaign", "confirm", "1", "--json", "--config", config)
    assert [(1, "confirmed"), (2, "confirmed"), (3, "confirmed")] == [
        (one["id"], one["state"]) for one in reports(done.stdout)
    ]
    held = reports(run("quarantine", "list", "--json", "--config", config).stdout)
    assert [4] == [one["id"] for one in held]
    assert "no mail waits" in run("quarantine", "campaign", "confirm", "1", "--config", config).stdout
    assert 1 == run("quarantine", "campaign", "delete", "7", "--config", config).returncode


def test_an_order_is_given_listed_and_taken_back(config: Path) -> None:
    command = ("quarantine", "campaign", "order", "1", "delete", "--reason", "seen", "--config", config)
    [given] = reports(run(*command, "--until", "2w", "--json").stdout)
    assert (1, 1) == (given["order"], given["campaign"])
    [order] = reports(run("quarantine", "campaign", "orders", "--json", "--config", config).stdout)
    assert ("delete", "seen", 0, False) == (order["deed"], order["reason"], order["mails"], order["ended"])
    assert 2 == run("quarantine", "campaign", "order", "1", "release", "--reason", "x").returncode
    assert (
        1
        == run(
            "quarantine", "campaign", "order", "7", "delete", "--reason", "x", "--config", config
        ).returncode
    )
    remove = ("quarantine", "campaign", "remove-order", "1", "--config", config)
    assert [0, 1] == [run(*remove).returncode for _ in range(2)]
    assert () == asyncio.run(orders(config.parent / "quarantine.db"))


async def orders(place: Path) -> tuple[object, ...]:
    store = await Store.open(place)
    found = await Orders(store.transactions).all()
    await store.close()
    return found
