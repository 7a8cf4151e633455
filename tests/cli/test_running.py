"""How many files may the gateway open that runs? Asked of a real one, and of a /proc made by hand."""

import os
import subprocess
import sys
from pathlib import Path
from time import sleep

from milter.cli.running import open_files_of_service

LIMITS = "Limit                     Soft Limit           Hard Limit           Units\n{}\n"
# As long as its standard input is open.
WAITS = "import sys; sys.stdin.read()"


def process(proc: Path, words: str, files: str, uid: int | None = None, parent: int = 0) -> None:
    """Another process of this /proc; the first is 1."""
    place = proc / str(len(list(proc.iterdir())) + 1)
    place.mkdir()
    owner = os.geteuid() if uid is None else uid
    (place / "cmdline").write_text(words.replace(" ", "\0") + "\0")
    (place / "status").write_text(f"Name:\tx\nPPid:\t{parent}\nUid:\t{owner}\t{owner}\t{owner}\t{owner}\n")
    (place / "limits").write_text(LIMITS.format(f"Max open files            1024    {files}    files"))


def test_the_least_limit_of_the_gateways_of_this_user_counts(tmp_path: Path) -> None:
    process(tmp_path, "python /opt/vigimel/bin/vigimel serve --config x.toml", "65536")
    process(tmp_path, "python -m milter serve", "60000")
    assert 60000 == open_files_of_service(tmp_path)


def test_a_child_that_opens_files_has_a_limit_of_its_own(tmp_path: Path) -> None:
    process(tmp_path, "python /opt/vigimel/bin/vigimel serve", "65536")
    process(tmp_path, "python /opt/vigimel/bin/vigimel serve", "65536", parent=1)
    process(tmp_path, "python /opt/vigimel/bin/vigimel serve", "64", parent=2)
    assert 65536 == open_files_of_service(tmp_path)


def test_of_others_nothing_counts(tmp_path: Path) -> None:
    process(tmp_path, "python /opt/vigimel/bin/vigimel serve", "100", uid=os.geteuid() + 1)
    process(tmp_path, "python /opt/vigimel/bin/vigimel doctor", "200")
    process(tmp_path, "python manage.py serve", "300")
    process(tmp_path, "serve", "400")
    process(tmp_path, "python -m milter serve", "unlimited")
    (tmp_path / "999").mkdir()
    assert open_files_of_service(tmp_path) is None


def test_what_the_kernel_writes_is_read() -> None:
    command = ["prlimit", "--nofile=100:777", sys.executable, "-c", WAITS, "milter", "serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as runs:
        # Another test may run a gateway, whose limit is higher.
        while (found := open_files_of_service() or 778) > 777 and runs.poll() is None:
            sleep(0.05)
        runs.communicate()
    assert found <= 777
