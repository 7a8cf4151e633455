import datetime
import inspect
import io
import json
import re

import pytest

from milter import maillog
from milter.ask.ask import Ask
from milter.brand.promise import AskKind
from milter.errors import Reply
from milter.log.counts import COUNTED
from milter.log.lines import configure_log
from milter.mail.envelope import Envelope
from milter.verdict.verdict import Finding, Verdict
from tests.conftest import ROOT
from tests.events import table

ENVELOPE = Envelope("192.0.2.7", "c.example", "a@client.example", ("b@hop.example", "c@hop.example"))


@pytest.fixture(autouse=True)
def _to_standard_error() -> None:
    configure_log("debug")


def written(capsys: pytest.CaptureFixture[str]) -> str:
    out, err = capsys.readouterr()
    assert not out
    return err


def test_a_line_is_key_and_value_and_begins_with_the_time(capsys: pytest.CaptureFixture[str]) -> None:
    maillog.relayed("1f2e", Reply(250, "2.0.0", "queued as A1"))

    time, _, rest = written(capsys).partition(" ")
    assert rest == "level=info event=relayed id=1f2e reply='250 2.0.0 queued as A1'\n"
    assert datetime.datetime.fromisoformat(time.removeprefix("timestamp=")).tzinfo is not None


@pytest.mark.threat("P1")
def test_a_verdict_is_logged_with_the_kinds_of_ask_and_never_their_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asks = (
        Ask(AskKind.BANK_DETAILS, "renseignez votre RIB FR76 3000"),
        Ask(AskKind.NIR, "2 55 08 14 168 025"),
    )
    maillog.judged("1f2e", ENVELOPE, Verdict(Finding.IMPERSONATION, asks=asks), "quarantine")

    line = written(capsys)
    assert "finding=impersonation asks=bank_details,nir action=quarantine\n" in line
    assert "reverse_path='a@client.example' recipients=2" in line
    assert not any(secret in line for secret in ("RIB", "FR76", "168", "hop.example"))


@pytest.mark.parametrize(
    "hostile", ["a\r\nb", "\x1b[31m", "\x00", "\u202e", "\u2028", 'a" event=held id=2', "é" * 9999]
)
@pytest.mark.threat("W14")
def test_no_control_character_of_a_stranger_reaches_the_log(
    hostile: str, capsys: pytest.CaptureFixture[str]
) -> None:
    envelope = Envelope(hostile, hostile, hostile, (hostile,))
    maillog.judged("1f2e", envelope, Verdict(Finding.UNRELATED), "pass")
    maillog.refused(hostile, Reply(550, "5.7.1", hostile), hostile)
    maillog.relay_failed("1f2e", hostile)

    lines = written(capsys).removesuffix("\n").split("\n")
    assert len(lines) == 3
    assert all(line.isprintable() and len(line) < 2000 for line in lines)


@pytest.mark.threat("P1")
def test_a_crash_is_logged_with_its_place_and_without_what_it_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    try:
        int("2 55 08 14 168 025")
    except ValueError as error:
        maillog.crashed("1f2e", error)

    line = written(capsys)
    assert "test_maillog.py" in line
    assert "error=ValueError" in line
    assert "168 025" not in line


def test_a_level_leaves_out_what_is_below_it(capsys: pytest.CaptureFixture[str]) -> None:
    configure_log("warning")
    maillog.held("1f2e", 7)
    maillog.deferred("1f2e", "DNS is away")

    assert written(capsys).count("\n") == 1


def test_a_measurement_writes_none(capsys: pytest.CaptureFixture[str]) -> None:
    configure_log("critical")
    maillog.store_failed("1f2e", "no room")

    assert not written(capsys)


def test_a_log_that_cannot_be_written_raises_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with open("/dev/full", "wb", buffering=0) as full:  # noqa: PTH123 a device, not a path of ours
        monkeypatch.setattr("sys.stderr", io.TextIOWrapper(full, write_through=True))
        maillog.held("1f2e", 7)


@pytest.mark.parametrize(
    "line",
    [
        lambda: maillog.started("1", "gw.example"),
        lambda: maillog.listening("127.0.0.1:10025"),
        lambda: maillog.stopping(0),
        lambda: maillog.stopped(0),
        lambda: maillog.connected("192.0.2.7"),
        lambda: maillog.held("1f2e", 7),
        lambda: maillog.rejected("1f2e", Reply(550, "", "no")),
        lambda: maillog.deferred("1f2e", "why"),
        lambda: maillog.store_failed("1f2e", "why"),
        lambda: maillog.released(7, 2),
        lambda: maillog.deleted(7),
    ],
)
def test_every_event_is_one_line(line: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert callable(line)
    line()

    assert written(capsys).count("\n") == 1


def test_as_json_a_line_is_an_object_with_the_same_values(capsys: pytest.CaptureFixture[str]) -> None:
    configure_log("debug", "json")
    maillog.refused("192.0.2.7", Reply(550, "5.7.1", 'no "way"\r\n'), "MAIL \x1b[31m\u202e")

    line = written(capsys)
    found = json.loads(line)
    assert ("info", "refused", "192.0.2.7") == (found["level"], found["event"], found["client"])
    assert "MAIL \x1b[31m\u202e" == found["command"]
    assert line.removesuffix("\n").isascii()
    assert line.removesuffix("\n").isprintable()


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_a_stranger_writes_is_cut_in_either_form(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure_log("debug", form)
    maillog.connected("x" * 9000)

    assert 256 == written(capsys).count("x")


def test_every_event_happens_somewhere() -> None:
    public = {name for name, value in vars(maillog).items() if inspect.isfunction(value) and name[0] != "_"}
    written = {name for name in public if vars(maillog)[name].__module__ == maillog.__name__}
    sources = "\n".join(path.read_text("utf-8") for path in (ROOT / "milter").rglob("*.py"))

    assert set() == written - {*re.findall(r"\bmaillog\.(\w+)", sources)}


def test_every_warning_and_every_error_is_counted() -> None:
    rows = [line.split("|")[1:3] for line in table().splitlines() if line.startswith("| `")]
    serious = {event.strip(" `") for event, level in rows if "warning" in level or "error" in level}

    assert {"page_failed", "deferred"} < serious
    assert set() == serious - {*COUNTED}


def test_the_page_lists_every_event_as_the_code_has_it() -> None:
    page = ROOT / "deploy" / "monitoring" / "log-events.md"

    assert table() == page.read_text("utf-8"), "python -m tests.events writes it"
