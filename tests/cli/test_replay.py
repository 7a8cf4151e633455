"""`vigimel replay`: the admin sees before he acts."""

import asyncio
import json
from pathlib import Path

from milter.config import load
from milter.quarantine.store import Store
from tests.cli.command import FRAUD, ORDINARY, run
from tests.quarantine.mails import mail

BASE = """\
[state]
directory = "."
[dns]
nameservers = ["127.0.0.1:9"]
timeout = 0.2
[policy]
language = "en"
"""


async def hold(config: Path, raw: bytes) -> None:
    store = await Store.open(load(config, to_serve=False).quarantine.place)
    await store.hold(mail(raw=raw))
    await store.close()


def test_what_would_change_is_told_and_nothing_is_changed(tmp_path: Path) -> None:
    now, then = tmp_path / "now.toml", tmp_path / "then.toml"
    now.write_text(BASE, "utf-8")
    then.write_text(BASE + 'impersonation = "tag"\n', "utf-8")
    mails = tmp_path / "mails"
    mails.mkdir()
    (mails / "fraud.eml").write_bytes(FRAUD)
    (mails / "ordinary.eml").write_bytes(ORDINARY)
    asyncio.run(hold(now, FRAUD))
    before = (tmp_path / "quarantine.db").read_bytes()

    done = run("replay", then, mails, "--config", now, "--quarantine", "--json")

    assert 0 == done.returncode, done.stderr
    *changes, summary = map(json.loads, done.stdout.splitlines())
    assert {"quarantine 1", str(mails / "fraud.eml")} == {change["file"] for change in changes}
    assert {("quarantine", "tag")} == {(one["now"]["action"], one["then"]["action"]) for one in changes}
    assert (3, 1, 2) == (summary["judged"], summary["alike"], summary["changed"][0]["count"])
    assert before == (tmp_path / "quarantine.db").read_bytes()


def test_a_person_reads_that_nothing_would_change(tmp_path: Path) -> None:
    now = tmp_path / "now.toml"
    now.write_text(BASE, "utf-8")
    (tmp_path / "fraud.eml").write_bytes(FRAUD)

    done = run("replay", now, tmp_path / "fraud.eml", "--config", now, "--quarantine")

    assert "1 of 1 judged alike\nnothing would change\n" == done.stdout
    assert not (tmp_path / "quarantine.db").exists()
