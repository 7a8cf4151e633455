"""What Prometheus and a prober hear of a running gateway, while its processes are killed."""

import contextlib
import json
import os
import re
import signal
import smtplib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from milter import maillog
from milter.action.action import Action
from milter.log.counts import ACTIONS, COUNTED
from tests.cli.command import FRAUD, ORDINARY
from tests.serving import CONFIG, Gateway, eventually, serving

Figures = dict[tuple[str, tuple[str, ...]], float]


@contextlib.contextmanager
def watched(directory: Path) -> Iterator[tuple[Gateway, str]]:
    """A gateway, and where it is asked how it is."""
    config = directory / "vigimel.toml"
    config.write_text(CONFIG + '[metrics]\nlisten = ["127.0.0.1:0"]\n')
    with serving(config) as gateway:
        found = re.search(r"http://127\.0\.0\.1:\d+(?=/metrics)", "".join(gateway.said))
        assert found
        yield gateway, found[0]


def ask(base: str, path: str) -> tuple[int, dict[str, Any]]:
    """Status and content; a keeper that was just killed answers when it is back, or has taken the question
    with it (0)."""
    try:
        answer = httpx.get(base + path, timeout=60)
    except httpx.TransportError:
        return 0, {}
    return answer.status_code, json.loads(answer.content)


def figures(base: str) -> Figures:
    text = httpx.get(base + "/metrics", timeout=60).text
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def send(gateway: Gateway, raw: bytes) -> None:
    """Until it is acknowledged."""

    def is_taken() -> bool:
        try:
            with gateway.smtp() as client:
                client.sendmail("from@client.example", ["to@town-hall.example"], raw)
        except (OSError, smtplib.SMTPException):
            return False
        return True

    eventually(is_taken)


def test_counts_of_all_processes_outlive_the_kill_of_each_and_never_go_back(tmp_path: Path) -> None:
    with watched(tmp_path) as (gateway, base):
        last: Figures = {}
        for _ in range(3):
            send(gateway, FRAUD)
            send(gateway, ORDINARY)
            now = figures(base)
            assert [] == [key for key, value in last.items() if _counts(key) and now[key] < value]
            last = now
            for pid in (*gateway.pids("worker"), *gateway.pids("keeper")):
                os.kill(pid, signal.SIGKILL)
        eventually(lambda: ask(base, "/readyz")[0] == 200)
        now = figures(base)

    assert 3 == now["vigimel_mails_total", ("quarantine", "impersonation")]
    assert 3 == now["vigimel_mails_total", ("pass", "unrelated")]
    assert 3 == now["vigimel_asks_total", ("bank_details",)]
    assert 6 == now["vigimel_stage_seconds_count", ("whole",)]
    assert 3 == now["vigimel_stage_seconds_count", ("relay",)]
    assert 3 == now["vigimel_quarantine_mails", ("held",)]
    assert 9 <= now["vigimel_events_total", ("process_ended",)]
    assert {"var", "maildir"} >= {path.name for path in tmp_path.iterdir() if path.is_dir()}


def test_while_it_drains_it_is_well_not_ready_and_its_last_mail_is_counted(tmp_path: Path) -> None:
    with watched(tmp_path) as (gateway, base), contextlib.closing(gateway.smtp()) as smtp:
        smtp.ehlo()
        smtp.mail("from@client.example")
        smtp.rcpt("to@town-hall.example")
        smtp.docmd("DATA")
        gateway.process.send_signal(signal.SIGTERM)
        eventually(lambda: ask(base, "/readyz")[0] == 503)
        assert not ask(base, "/readyz")[1]["service"]["ok"]
        assert 200 == ask(base, "/healthz")[0]
        smtp.send(ORDINARY + b".\r\n")
        assert 250 == smtp.getreply()[0]
        gateway.process.wait(60)


def test_nothing_else_is_answered_and_openmetrics_is_spoken(tmp_path: Path) -> None:
    with watched(tmp_path) as (_, base):
        spoken = httpx.get(base + "/metrics", headers={"Accept": "application/openmetrics-text"})
        statuses = [
            httpx.get(base + path).status_code for path in ("/", "/mails", "/metrics/x", "/../etc/passwd")
        ]
        posted = httpx.post(base + "/metrics").status_code
        for hostile in (b"a" * 9000, b"\xff", b"\x00"):
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(base + "/metrics", headers={b"accept": hostile})
        assert 200 == ask(base, "/healthz")[0]

    assert spoken.text.endswith("# EOF\n")
    assert [404] * 4 == statuses
    assert 405 == posted


def test_every_action_is_counted() -> None:
    assert {action.value for action in Action} == set(ACTIONS)


def test_every_counted_event_is_one_of_the_log() -> None:
    writing = Path(maillog.__file__).read_text("utf-8")

    assert [] == [event for event in COUNTED if f'"{event}"' not in writing]


def _counts(key: tuple[str, tuple[str, ...]]) -> bool:
    return key[0].endswith(("_total", "_count", "_sum", "_bucket"))


@pytest.mark.needs("promtool")
def test_promtool_finds_the_figures_right(tmp_path: Path) -> None:
    with watched(tmp_path) as (_, base):
        text = httpx.get(base + "/metrics", timeout=60).text
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )

    assert (0, "") == (done.returncode, done.stdout + done.stderr)
