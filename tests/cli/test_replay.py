"""`vigimel replay`: the admin sees before he acts."""

import asyncio
import json
import shutil
from pathlib import Path

from milter.config import load, shipped
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
    strange = mails / "<script>alert(1)< 1 85 05 78 006 048 22.eml"
    strange.write_bytes(FRAUD)
    (mails / "ordinary.eml").write_bytes(ORDINARY)
    asyncio.run(hold(now, FRAUD))
    before, page = (tmp_path / "quarantine.db").read_bytes(), tmp_path / "page.html"

    done = run("replay", then, mails, "--config", now, "--quarantine", "--json", "--html", page)

    assert 0 == done.returncode, done.stderr
    *changes, summary = map(json.loads, done.stdout.splitlines())
    assert {"quarantine 1", str(strange)} == {change["file"] for change in changes}
    assert {("quarantine", "tag")} == {(one["now"]["action"], one["then"]["action"]) for one in changes}
    assert (3, 1, 2) == (summary["judged"], summary["alike"], summary["changed"][0]["count"])
    assert before == (tmp_path / "quarantine.db").read_bytes()
    written = page.read_text("utf-8")
    assert "2 of 3 would be judged otherwise" in written
    assert "its reader would see more of it" in written
    # Its sentence stays, so it is told once a mail.
    assert 2 == written.count("As now</small> <bdi>Says it is the Assurance Maladie")
    assert "<script" not in written
    assert "&lt;script&gt;alert(1)&lt; 1 ** ** ** *** *** **.eml" in written
    assert 0o600 == page.stat().st_mode & 0o777


def test_facts_are_tried_in_the_configuration_that_is(tmp_path: Path) -> None:
    now, facts, page = tmp_path / "now.toml", tmp_path / "facts", tmp_path / "page.html"
    now.write_text(BASE.replace('"en"', '"fr"'), "utf-8")
    facts.mkdir()
    shutil.copy(shipped().parent / "brands" / "examples" / "impots.toml", facts)
    (tmp_path / "fraud.eml").write_bytes(FRAUD)

    done = run(
        "replay", facts, tmp_path / "fraud.eml", tmp_path / "none.eml", "--config", now, "--html", page
    )

    assert "1 : impersonation, quarantine -> unrelated, pass\n" in done.stdout
    assert 1 == done.returncode
    written = page.read_text("utf-8")
    assert "son lecteur en verrait plus" in written
    assert f'jugés (1)</h2>\n<ul class="evidence"><li><bdi>{tmp_path / "none.eml"}</bdi>' in written


def test_a_page_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    now = tmp_path / "now.toml"
    now.write_text(BASE, "utf-8")

    done = run("replay", now, "--config", now, "--html", tmp_path)

    assert 1 == done.returncode
    assert "cannot be written" in done.stderr


def test_a_person_reads_that_nothing_would_change(tmp_path: Path) -> None:
    now = tmp_path / "now.toml"
    now.write_text(BASE, "utf-8")
    (tmp_path / "fraud.eml").write_bytes(FRAUD)

    done = run("replay", now, tmp_path / "fraud.eml", "--config", now, "--quarantine")

    assert "1 of 1 judged alike\nnothing would change\n" == done.stdout
    assert not (tmp_path / "quarantine.db").exists()
