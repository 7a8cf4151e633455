"""Does what pip installs work where there is no checkout?"""

import json
import subprocess
from pathlib import Path

from tests.cli.command import FRAUD, ORDINARY
from tests.conftest import ROOT


def run(command: Path, *arguments: str | Path, mail: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    whole = [str(command), *map(str, arguments)]
    return subprocess.run(whole, input=mail, cwd="/", capture_output=True, timeout=120, check=False)


def test_the_installed_command_judges_with_the_facts_it_carries(command: Path) -> None:
    where = subprocess.run(
        [command.parent / "python", "-c", "import milter; print(milter.__file__)"],
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    assert ROOT not in Path(where.stdout).parents

    for mail, finding in ((FRAUD, "impersonation"), (ORDINARY, "unrelated")):
        done = run(command, "judge", "--json", "--nameserver", "127.0.0.1:9", "-", mail=mail)
        assert finding == json.loads(done.stdout)["finding"], done.stderr


def test_every_file_of_the_checkout_is_in_the_wheel(command: Path) -> None:
    package = next(command.parents[1].glob("lib/python*/site-packages/milter"))
    listed = subprocess.run(
        ["git", "ls-files", "milter", "config"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    wanted = [name for name in listed.stdout.splitlines() if name != "milter/shipped"]
    places = {
        name: package / "shipped" / name.removeprefix("config/")
        if name.startswith("config/")
        else package / name.removeprefix("milter/")
        for name in wanted
    }

    assert wanted
    assert [] == [name for name, path in places.items() if not path.is_file() and (ROOT / name).is_file()]


def test_a_new_configuration_is_right_and_is_not_written_over(command: Path, tmp_path: Path) -> None:
    path, state = tmp_path / "etc" / "vigimel.toml", tmp_path / 'state "one"'

    written = run(command, "init", path, "--state", state, "--language", "en")
    checked = run(command, "check-config", "--config", path)
    again = run(command, "init", path)

    assert (0, f"{path}: written; every option is explained there\n") == (
        written.returncode,
        written.stdout.decode(),
    )
    assert (0, f"{path}: correct\n") == (checked.returncode, checked.stdout.decode())
    assert "\ndirectory = " in path.read_text("utf-8")
    assert 1 == again.returncode
    assert b"existe d\xc3\xa9j\xc3\xa0" in again.stderr


def test_a_new_configuration_names_an_unknown_language(command: Path, tmp_path: Path) -> None:
    done = run(command, "init", tmp_path / "v.toml", "--language", "de")

    assert 2 == done.returncode
    assert not (tmp_path / "v.toml").exists()
