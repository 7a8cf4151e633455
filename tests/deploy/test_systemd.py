"""Is the unit as closed as it says, and does the gateway work within?"""

import re
import smtplib
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cases import MAILS
from tests.cli.command import FRAUD
from tests.conftest import ROOT
from tests.end_to_end.postfix import free_port
from tests.serving import eventually

UNITS = ROOT / "deploy" / "systemd"
SERVICE = UNITS / "vigimel.service"
SANDBOX = Path(__file__).parent / "sandbox.py"
WITH_PDF = MAILS / "attached_pdf_letter_with_qr_code_asks_card_shipping_payment" / "message.eml"

CONFIG = """
[state]
directory = "{directory}"
[smtp]
listen = ["127.0.0.1:{port}"]
[review]
listen = []
[dns]
nameservers = ["127.0.0.1:9"]
timeout = 0.2
"""


@pytest.mark.needs("systemd-analyze")
def test_the_exposure_of_the_service_is_small() -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=16", str(SERVICE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert 0 == done.returncode, done.stdout + done.stderr


@pytest.mark.needs("systemd-analyze")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for unit in UNITS.glob("vigimel.*"):
        # What ExecStart= names is installed by the guide, not here.
        text = unit.read_text("utf-8").replace("/opt/vigimel/bin/vigimel", "/bin/true")
        (tmp_path / unit.name).write_text(text)

    for unit in UNITS.glob("vigimel.*"):
        command = ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit.name)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        about_us = [line for line in done.stderr.splitlines() if "vigimel" in line]
        assert (0, []) == (done.returncode, about_us), done.stderr


@pytest.mark.needs("systemd-sysusers", "systemd-tmpfiles")
@pytest.mark.needs_root("gives directories to the user of the service")
def test_the_user_and_the_directories_are_made(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    for program, file in (("systemd-sysusers", "sysusers.conf"), ("systemd-tmpfiles", "tmpfiles.conf")):
        more = ["--create"] if program == "systemd-tmpfiles" else []
        command = [program, f"--root={tmp_path}", *more, str(UNITS / file)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert 0 == done.returncode, done.stderr

    assert "vigimel:" in (tmp_path / "etc" / "passwd").read_text()
    assert 0o700 == (tmp_path / "var" / "lib" / "vigimel").stat().st_mode & 0o777


def test_a_child_that_is_killed_for_its_memory_does_not_stop_the_service() -> None:
    """What systemd does else: one mail with a large file would end all mail under way."""
    assert "\nOOMPolicy=continue\n" in SERVICE.read_text("utf-8")


def test_the_socket_is_where_the_gateway_listens() -> None:
    shipped = (ROOT / "config" / "vigimel.toml").read_text("utf-8")
    (listened,) = re.findall(r"^ListenStream=(.+)$", (UNITS / "vigimel.socket").read_text(), re.MULTILINE)

    assert f'#listen = ["{listened}"]' in shipped


@pytest.mark.needs("systemd-analyze")
def test_files_are_opened_and_mail_is_held_under_the_filter_of_the_unit(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    config = tmp_path / "vigimel.toml"
    config.write_text(CONFIG.format(directory=tmp_path, port=port))
    serve = [sys.executable, "-m", "milter", "serve", "--config", str(config)]
    command = [sys.executable, str(SANDBOX), str(SERVICE), *serve]
    with log.open("wb") as output, subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output) as run:
        try:
            eventually(lambda: b"event=listening" in log.read_bytes() or run.poll() is not None, "no start")
            with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
                for mail in (FRAUD, WITH_PDF.read_bytes()):
                    client.sendmail("a@client.example", ["b@town-hall.example"], mail)
        finally:
            run.terminate()
            assert 0 == run.wait(120), log.read_text()
    said = log.read_text()

    assert 2 == said.count("event=held"), said
    assert "event=crashed" not in said
    assert "died" not in said
