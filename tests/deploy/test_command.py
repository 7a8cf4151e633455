"""Whose rights has the command that root types on a server?"""

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

COMMAND = ROOT / "deploy" / "vigimel"
# In place of the program: who it runs as, where its home is, and what it was told.
_PROGRAM = """#!/bin/sh
printf '%s|' "$(id -un)" "$HOME" "$@"
"""


def told(tmp_path: Path, *arguments: str) -> str:
    """What the program hears, with `nobody` as the user of the service."""
    tmp_path.chmod(0o755)
    program = tmp_path / "program"
    program.write_text(_PROGRAM)
    program.chmod(0o755)
    text = COMMAND.read_text("utf-8").replace("/opt/vigimel/bin/vigimel", str(program))
    text = text.replace("passwd vigimel", "passwd nobody")
    text = text.replace("--reuid=vigimel --regid=vigimel", "--reuid=nobody --regid=nogroup")
    done = subprocess.run(
        ["sh", "-c", text, "vigimel", *arguments], capture_output=True, text=True, check=True, cwd="/"
    )
    return done.stdout.strip()


def test_it_can_be_run() -> None:
    assert os.access(COMMAND, os.X_OK)


@pytest.mark.needs_root("changes its user")
@pytest.mark.needs("setpriv", "getent")
def test_root_is_the_user_of_the_service_but_for_what_it_writes_elsewhere() -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory)
        assert "nobody|/nonexistent|quarantine|release|1|--to|a b|" == told(
            path, "quarantine", "release", "1", "--to", "a b"
        )
        assert f"root|{os.environ['HOME']}|init|/etc/x.toml|" == told(path, "init", "/etc/x.toml")
        assert f"root|{os.environ['HOME']}|quarantine|backup|/root/x.db|" == told(
            path, "quarantine", "backup", "/root/x.db"
        )


@pytest.mark.needs_root("changes its user")
@pytest.mark.needs("getent")
def test_it_says_which_user_is_missing() -> None:
    text = COMMAND.read_text("utf-8").replace("passwd vigimel", "passwd nobody-of-that-name")
    done = subprocess.run(["sh", "-c", text, "vigimel", "list"], capture_output=True, text=True, check=False)

    assert (1, "") == (done.returncode, done.stdout)
    assert done.stderr.startswith("vigimel: there is no user vigimel yet: systemd-sysusers ")
