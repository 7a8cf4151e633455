"""`vigimel judge`, as an admin runs it."""

import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.attachment.made import mail, pdf
from tests.cli.command import FRAUD, ORDINARY, VIGIMEL, reports, run

# Nothing answers there, and at once: no test asks the DNS of the machine.
NO_DNS = ("--nameserver", "127.0.0.1:9")


@pytest.fixture
def mails(tmp_path: Path) -> Path:
    """A directory with a fraud and an ordinary mail."""
    (tmp_path / "1.eml").write_bytes(FRAUD)
    (tmp_path / "2.eml").write_bytes(ORDINARY)
    return tmp_path


def test_a_line_of_json_says_all_that_was_found(mails: Path) -> None:
    done = run("judge", "--json", *NO_DNS, mails / "1.eml")

    (report,) = reports(done.stdout)
    assert 0 == done.returncode, done.stderr
    assert [
        *(
            "file",
            "finding",
            "action",
            "brand",
            "brand_version",
            "claim",
            "proof",
            "asks",
            "unreadable",
            "ambiguous",
        ),
        *("reason", "cpu_ms"),
    ] == list(report)
    assert str(mails / "1.eml") == report["file"]
    assert ("impersonation", "quarantine") == (report["finding"], report["action"])
    assert {"where", "shows", "folded", "likeness", "weight"} == set(report["claim"]["evidence"][0])
    assert "unproven" == report["proof"]["standing"]
    assert "bank_details" in {ask["kind"] for ask in report["asks"]}
    assert {"text", "source", "date"} == {
        key for ask in report["asks"] if ask["promise"] for key in ask["promise"]
    }
    assert "RIB" in report["reason"]
    assert report["cpu_ms"] > 0


def test_a_place_without_a_mail_is_said_to_have_none(tmp_path: Path) -> None:
    done = run("judge", "--json", *NO_DNS, tmp_path)

    assert (0, "") == (done.returncode, done.stdout)
    assert f"aucun message dans {tmp_path}" in " ".join(done.stderr.split())


def test_a_mail_without_a_claim_has_no_brand_and_no_asks(mails: Path) -> None:
    (report,) = reports(run("judge", "--json", mails / "2.eml").stdout)

    assert ("unrelated", "pass") == (report["finding"], report["action"])
    assert (None, None, []) == (report["brand"], report["claim"], report["asks"])
    assert {"standing": "unproven", "results": [], "attested": None, "vouching": []} == report["proof"]


def test_a_person_reads_a_block_for_each_mail_in_order(mails: Path) -> None:
    done = run("judge", *NO_DNS, mails)

    first, second = done.stdout.split("\n\n")[:2]
    assert first.startswith(f"{mails / '1.eml'}\n  constat  impersonation -> quarantine\n  motif ")
    assert second.startswith(f"{mails / '2.eml'}\n  constat  unrelated -> pass\n")
    assert "" == done.stderr


def test_verbose_shows_each_trace_with_its_place_and_what_it_weighs(mails: Path) -> None:
    done = run("judge", "-v", *NO_DNS, mails / "1.eml")

    assert "assurance-maladie: display_name, strong\n" in done.stdout
    assert "  110 From: 'Votre Assurance Maladie'\n" in done.stdout
    assert "dkim=none\n" in done.stdout
    assert "bank_details, text: 'Veuillez renseigner votre RIB" in done.stdout


def test_verbose_says_in_french_why_a_signature_counts_for_nothing_and_json_stays(tmp_path: Path) -> None:
    (tmp_path / "1.eml").write_bytes(b"DKIM-Signature: v=1\r\n" + FRAUD)
    shown = run("judge", "-v", *NO_DNS, tmp_path / "1.eml").stdout
    [report] = reports(run("judge", "--json", *NO_DNS, tmp_path / "1.eml").stdout)

    assert "dkim=permerror reason=signature mal formée\n" in shown
    assert "malformed signature" == report["proof"]["results"][0]["reason"]


def test_verbose_says_what_could_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "1.eml").write_bytes(FRAUD.replace(b"utf-8", b"x-unknown"))

    assert "  illisible " in run("judge", "-v", *NO_DNS, tmp_path / "1.eml").stdout


def test_more_processes_say_the_same_in_the_same_order(mails: Path) -> None:
    for number in range(3, 12):
        (mails / f"{number:02}.eml").write_bytes(FRAUD if number % 2 else ORDINARY)

    one, two = (
        reports(run("judge", "--json", *NO_DNS, *jobs, mails).stdout) for jobs in ((), ("--jobs", "2"))
    )

    assert 11 == len(one)
    assert [{**report, "cpu_ms": 0} for report in one] == [{**report, "cpu_ms": 0} for report in two]


def test_what_stands_in_files_is_judged_alike_by_one_process_and_by_more(tmp_path: Path) -> None:
    letter = pdf(
        ["L'Assurance Maladie", "Votre carte Vitale expire.", "Renseignez votre RIB par retour de mail."]
    )
    raw = mail(
        "Service <a@b.example>", "Avis", "Voir le document joint.\n", ("a.pdf", "application/pdf", letter)
    )
    for number in range(3):
        (tmp_path / f"{number}.eml").write_bytes(raw)

    found = [
        [(report["finding"], [ask["kind"] for ask in report["asks"]]) for report in reports(done.stdout)]
        for done in (run("judge", "--json", *NO_DNS, *jobs, tmp_path) for jobs in ((), ("--jobs", "2")))
    ]

    assert found[0] == found[1]
    assert [("impersonation", ["bank_details", "reply"])] * 3 == [(f, a[:1] + a[-1:]) for f, a in found[0]]


def test_standard_input_is_a_mail() -> None:
    (report,) = reports(run("judge", "--json", *NO_DNS, "-", standard_input=FRAUD).stdout)

    assert ("-", "impersonation") == (report["file"], report["finding"])


def test_an_mbox_on_standard_input_is_taken_apart() -> None:
    line = b"From a@b.example Tue Feb  3 10:00:00 2026\n"
    done = run("judge", "--json", "-", standard_input=line + ORDINARY + b"\n" + line + ORDINARY + b"\n")

    assert ["-#1", "-#2"] == [report["file"] for report in reports(done.stdout)]


def test_what_cannot_be_read_is_said_and_the_rest_is_judged(mails: Path) -> None:
    done = run("judge", "--json", mails / "none.eml", mails / "2.eml")

    assert 1 == done.returncode
    assert [str(mails / "2.eml")] == [report["file"] for report in reports(done.stdout)]
    assert (
        f"vigimel: {mails / 'none.eml'} : n'a pas pu être jugé : no such file or directory\n" == done.stderr
    )


def test_nothing_given_is_not_understood() -> None:
    done = run("judge")

    assert 2 == done.returncode
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "raw", [b"", b"\0" * 4096, b"From: (((((\xff\n\n" + b"=" * 5000, b"\n\n\n", b"\x1b[2J"]
)
def test_whatever_the_bytes_there_is_a_verdict(raw: bytes) -> None:
    done = run("judge", "--json", "-", standard_input=raw)

    assert (0, 1, "") == (done.returncode, len(done.stdout.splitlines()), done.stderr)


def test_what_the_sender_wrote_does_not_reach_the_terminal_as_a_command(tmp_path: Path) -> None:
    path = tmp_path / "m.eml"
    path.write_bytes(FRAUD.replace(b"Votre Assurance Maladie", b"Votre Assurance Maladie \x1b]0;x\x07"))

    for arguments in ((), ("--json",)):
        assert "\x1b" not in run("judge", *NO_DNS, *arguments, path).stdout


def test_a_number_that_identifies_a_person_is_masked(tmp_path: Path) -> None:
    path = tmp_path / "m.eml"
    nir = "1 84 12 75 123 456 78"
    path.write_bytes(FRAUD.replace(b"votre RIB", f"votre RIB (dossier {nir})".encode()))

    for arguments in ((), ("--json",)):
        done = run("judge", *NO_DNS, *arguments, path)
        assert "RIB" in done.stdout
        assert nir not in done.stdout


def test_english_is_spoken_where_the_config_says_so(mails: Path) -> None:
    config = mails / "vigimel.toml"
    config.write_text('[policy]\nlanguage = "en"\n[dns]\nnameservers = ["127.0.0.1:9"]\n')

    done = run("judge", "--config", config, mails / "1.eml")

    assert "  finding  impersonation -> quarantine\n  reason   Says it is " in done.stdout


def test_observe_only_is_observed(mails: Path) -> None:
    config = mails / "vigimel.toml"
    config.write_text('[policy]\nobserve_only = true\n[dns]\nnameservers = ["127.0.0.1:9"]\n')

    (report,) = reports(run("judge", "--json", "--config", config, mails / "1.eml").stdout)

    assert ("impersonation", "tag") == (report["finding"], report["action"])


def test_a_wrong_config_is_said_before_anything_is_judged(mails: Path) -> None:
    config = mails / "vigimel.toml"
    config.write_text("[polcy]\n")

    done = run("judge", "--config", config, mails)

    assert (78, "") == (done.returncode, done.stdout)
    assert f"vigimel: {config}:1: polcy: unknown section; did you mean policy?\n" == done.stderr


def test_a_wrong_nameserver_is_said_without_a_traceback(mails: Path) -> None:
    done = run("judge", "--nameserver", "dns.example.org", mails)

    assert 78 == done.returncode
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_ends_it_quietly(mails: Path) -> None:
    for number in range(30):
        (mails / f"{number}.eml").write_bytes(ORDINARY)
    with subprocess.Popen(
        [*VIGIMEL, "judge", "--json", mails], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert b"" == process.stderr.read()


def test_a_progress_bar_is_drawn_on_a_terminal_and_only_there(mails: Path) -> None:
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [*VIGIMEL, "judge", "--json", mails],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
        check=True,
    )
    os.close(theirs)

    assert 2 == len(done.stdout.splitlines())
    assert b"2/2" in os.read(ours, 65536)
    assert "" == run("judge", "--json", mails / "2.eml").stderr
