"""`vigimel doctor`: each line says how one thing stands, with real ones to look at."""

import asyncio
import json
import resource
import socket
import sqlite3
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from milter.brand.load import load_brands
from milter.cli import listening, names, provider, surroundings
from milter.cli.doctor import CHECKS, texts
from milter.cli.surroundings import State
from milter.config import load, shipped
from milter.quarantine.migrations.upgrade import HEAD
from tests.certificate import write_certificate
from tests.cli.command import reports, run
from tests.conftest import nobody
from tests.dns_server import DnsServer

CLOSED = "127.0.0.1:9"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "vigimel.toml"


def examined(config: Path, text: str) -> tuple[int, dict[str, tuple[str, str]]]:
    config.write_text('[state]\ndirectory = "."\n' + text, "utf-8")
    done = run("doctor", "--json", "--config", config)
    return done.returncode, {line["check"]: (line["state"], line["said"]) for line in reports(done.stdout)}


def test_what_is_there_is_said_to_be_there(config: Path) -> None:
    with DnsServer(
        records={"ameli.fr": {"MX": ["10 mx.ameli.fr."], "TXT": ["v=spf1 -all"], "A": ["192.0.2.1"]}}
    ) as dns:
        status, lines = examined(config, f'[dns]\nnameservers = ["{dns.address}"]\n')

    assert list(CHECKS) == list(lines)
    assert 0 == status, lines
    assert {"ok", "note"} >= {state for state, _ in lines.values()}
    assert "pypdfium2" in lines["attachments"][1]


def test_what_does_not_answer_is_wrong_and_the_status_says_so(config: Path) -> None:
    away = f'[dns]\nnameservers = ["{CLOSED}"]\ntimeout = 0.2\n[next_hop]\nurl = "smtp://{CLOSED}"\n'
    status, lines = examined(config, away)

    assert 1 == status
    assert ("wrong", "wrong") == (lines["dns"][0], lines["next_hop"][0])
    assert "ok" == lines["store"][0]


def test_each_next_hop_is_asked_though_another_could_stand_in_for_it(config: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        alive = f"127.0.0.1:{listening.getsockname()[1]}"
        hops = f'[next_hop]\nurl = "smtp://{alive}"\nfallback = ["lmtp://{CLOSED}"]\ngreeting_timeout = 0.2\n'
        status, lines = examined(config, hops + f'[dns]\nnameservers = ["{CLOSED}"]\ntimeout = 0.2\n')

    assert 1 == status
    assert "wrong" == lines["next_hop"][0]
    assert alive in lines["next_hop"][1]
    assert CLOSED in lines["next_hop"][1]


def test_a_locked_or_broken_quarantine_is_wrong(config: Path) -> None:
    path = config.parent / "quarantine.db"
    holder = sqlite3.connect(path)
    holder.execute("BEGIN EXCLUSIVE")
    _, locked = examined(config, f'[dns]\nnameservers = ["{CLOSED}"]\ntimeout = 0.2\n')
    holder.close()
    path.write_bytes(b"no database" * 100)
    _, broken = examined(config, f'[dns]\nnameservers = ["{CLOSED}"]\ntimeout = 0.2\n')

    assert "wrong" == locked["store"][0]
    assert "wrong" == broken["store"][0]


def test_a_quarantine_that_is_closed_to_who_asks_is_wrong(config: Path) -> None:
    closed = config.parent / "closed"
    closed.mkdir(mode=0)
    config.write_text('[state]\ndirectory = "closed"\n', "utf-8")
    loaded = load(config, to_serve=False)
    with nobody():
        found = asyncio.run(surroundings.tables(loaded, surroundings.TEXTS["en"]))

    assert (surroundings.State.WRONG, f"{closed / 'quarantine.db'}: Permission denied") == found


def test_a_shared_quarantine_that_does_not_answer_is_wrong_and_its_password_unsaid(config: Path) -> None:
    _, lines = examined(config, '[quarantine]\nurl = "postgresql://gate:secret@127.0.0.1:9/mail"\n')

    assert "wrong" == lines["store"][0]
    assert "postgresql://gate@127.0.0.1:9/mail" in lines["store"][1]
    assert "secret" not in str(lines)


def test_the_doctor_makes_nothing(config: Path) -> None:
    examined(config, f'[dns]\nnameservers = ["{CLOSED}"]\ntimeout = 0.2\n')

    assert [config] == list(config.parent.iterdir())


@pytest.mark.parametrize(
    ("review", "state"),
    [
        ('listen = ["127.0.1.1:10081", "[::1]:10081", "localhost:10082"]', "ok"),
        ('listen = ["0.0.0.0:10081"]', "note"),
        ('listen = ["gate.example:10081"]', "note"),
        ('listen = ["0.0.0.0:10081"]\ntrusted_proxies = ["192.0.2.1"]', "ok"),
        ("listen = []", "ok"),
    ],
)
async def test_a_page_that_nobody_can_log_in_at_from_elsewhere_is_noted(
    tmp_path: Path, review: str, state: str
) -> None:
    assert state == (await said("page", f"[review]\n{review}\n", tmp_path))[0]


def test_vision_that_is_switched_off_is_noted_and_not_wrong(config: Path) -> None:
    off = f'[dns]\nnameservers = ["{CLOSED}"]\ntimeout = 0.2\n[judge]\nvision = "off"\n'

    assert "note" == examined(config, off)[1]["ocr"][0]


def test_a_person_reads_the_same_in_his_language(config: Path) -> None:
    for language, word in (("fr", "quarantaine"), ("en", "quarantine")):
        away = f'[dns]\nnameservers = ["{CLOSED}"]\ntimeout = 0.2\n[policy]\nlanguage = "{language}"\n'
        config.write_text('[state]\ndirectory = "."\n' + away, "utf-8")
        done = run("doctor", "--config", config)
        assert 1 == done.returncode
        assert any(line.strip().startswith(word) for line in done.stdout.splitlines())


def test_a_wrong_configuration_is_not_examined(config: Path) -> None:
    config.write_text("[nowhere]\n", "utf-8")

    assert 78 == run("doctor", "--config", config).returncode


async def said(check: str, options: str, directory: Path) -> tuple[str, str]:
    """One check alone."""
    path = directory / "vigimel.toml"
    path.write_text('[state]\ndirectory = "."\n' + options, "utf-8")
    text = texts("en")
    state, sentence = await CHECKS[check](load(path, to_serve=False), text)
    return state.value, sentence


async def test_a_resolver_that_does_not_answer_by_tcp_is_noted(tmp_path: Path) -> None:
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with udp, DnsServer() as dns:
        udp.bind(("127.0.0.1", 0))
        deaf = f"127.0.0.1:{udp.getsockname()[1]}"
        both = f'[dns]\nnameservers = ["{dns.address}", "{deaf}"]\ntimeout = 1.0\n'
        state, sentence = await said("dns_tcp", both, tmp_path)
        one = await said("dns_tcp", f'[dns]\nnameservers = ["{dns.address}"]\ntimeout = 5.0\n', tmp_path)

    assert ("note", "ok") == (state, one[0])
    assert sentence.startswith(f"{deaf} does not")


async def test_what_official_domains_publish_is_told_and_what_they_do_not(tmp_path: Path) -> None:
    domains = [owned.domain.name for owned in load_brands(shipped().parent / "brands")[0].domains]
    records = {f"_dmarc.{name}": {"TXT": ["v=DMARC1; p=reject"]} for name in domains}
    with DnsServer(zone=None, records=records) as dns:
        text = f'[dns]\nnameservers = ["{dns.address}"]\ntimeout = 5.0\n'
        state, sentence = await said("official", text, tmp_path)
    with DnsServer(zone=None, records={}) as dns:
        text = f'[dns]\nnameservers = ["{dns.address}"]\ntimeout = 5.0\n'
        nothing = await said("official", text, tmp_path)

    assert "ok" == state
    assert all(f"{name} p=reject" in sentence for name in domains)
    assert "note" == nothing[0]
    assert all(name in nothing[1] for name in domains)


async def test_domains_that_can_have_no_keys_are_told(tmp_path: Path) -> None:
    domains = [owned.domain.name for owned in load_brands(shipped().parent / "brands")[0].domains]
    records = {f"_domainkey.{name}": {"TXT": ["o=-"]} for name in domains[1:]}
    with DnsServer(zone=None, records=records) as dns:
        text = f'[dns]\nnameservers = ["{dns.address}"]\ntimeout = 5.0\n'
        one = await said("keys", text, tmp_path)
    with DnsServer(zone=None, records={f"_domainkey.{name}": {"TXT": ["o=-"]} for name in domains}) as dns:
        text = f'[dns]\nnameservers = ["{dns.address}"]\ntimeout = 5.0\n'
        every = await said("keys", text, tmp_path)
    away = await said("keys", f'[dns]\nnameservers = ["{CLOSED}"]\ntimeout = 0.2\n', tmp_path)

    assert ("note", "ok", "wrong") == (one[0], every[0], away[0])
    assert f"no DKIM key of {domains[0]} (" in one[1]


@pytest.mark.parametrize(("days", "state"), [(30, "ok"), (5, "note"), (-1, "wrong")])
async def test_a_certificate_that_ends_is_told_in_time(days: int, state: str, tmp_path: Path) -> None:
    certificate, key = write_certificate(tmp_path, days=days)
    text = f'[smtp]\ncertificate = "{certificate}"\nkey = "{key}"\n'

    assert state == (await said("certificates", text, tmp_path))[0]
    certificate.write_text("none")
    assert "wrong" == (await said("certificates", text, tmp_path))[0]


async def test_tables_of_another_version_are_told(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "quarantine.db") as store:
        store.execute("CREATE TABLE alembic_version (version_num TEXT)")
        store.execute("INSERT INTO alembic_version VALUES ('1')")
    old = await said("tables", "", tmp_path)
    with sqlite3.connect(tmp_path / "quarantine.db") as store:
        store.execute("UPDATE alembic_version SET version_num = '999'")
    new = await said("tables", "", tmp_path)
    with sqlite3.connect(tmp_path / "quarantine.db") as store:
        store.execute("UPDATE alembic_version SET version_num = ?", (HEAD,))

    assert ("note", "wrong") == (old[0], new[0])
    assert "ok" == (await said("tables", "", tmp_path))[0]


async def test_too_few_descriptors_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "[smtp]\nmax_connections = 30000\n[service]\nworkers = 1\n"
    few, many = 1024, 1_000_000
    monkeypatch.setattr(surroundings, "open_files_of_service", lambda: few)
    state, sentence = await said("limits", text, tmp_path)

    assert ("wrong", True) == (state, sentence.startswith("1024 descriptors for the gateway that runs")), (
        sentence
    )
    monkeypatch.setattr(surroundings, "open_files_of_service", lambda: many)
    assert "ok" == (await said("limits", text, tmp_path))[0]


async def test_where_no_gateway_runs_the_limit_of_the_shell_is_said_to_be_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "[smtp]\nmax_connections = 30000\n[service]\nworkers = 1\n"
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    monkeypatch.setattr(surroundings, "open_files_of_service", lambda: None)
    state, sentence = await said("limits", text, tmp_path)

    assert ("note" if 0 <= hard < 60000 else "ok") == state, sentence
    assert "for this terminal" in sentence


async def test_old_facts_are_noted(tmp_path: Path) -> None:
    brands = tmp_path / "brands"
    brands.mkdir()
    facts = (shipped().parent / "brands" / "assurance-maladie.toml").read_text("utf-8")
    (brands / "one.toml").write_text(facts.replace("read = 2026-", "read = 2006-"), "utf-8")
    old = await said("facts", '[judge]\nbrands = "brands"\n', tmp_path)

    assert "note" == old[0]
    assert "assurance-maladie@info.ameli.fr" in old[1]


async def test_a_full_disk_and_a_slow_clock_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "MB free" in (await said("space", "", tmp_path))[1]
    monkeypatch.setattr(surroundings, "_LITTLE", 2**70)
    monkeypatch.setattr(surroundings, "_TOO_LITTLE", 2**60)
    assert "wrong" == (await said("space", "", tmp_path))[0]
    brands = tmp_path / "brands"
    brands.mkdir()
    facts = (shipped().parent / "brands" / "assurance-maladie.toml").read_text("utf-8")
    (brands / "one.toml").write_text(facts.replace("read = 2026-", "read = 2999-"), "utf-8")
    assert "wrong" == (await said("clock", '[judge]\nbrands = "brands"\n', tmp_path))[0]


def test_both_languages_have_every_sentence() -> None:
    for module in (names, surroundings, listening, provider):
        assert module.TEXTS["fr"].keys() == module.TEXTS["en"].keys()
        assert set(module.CHECKS) <= set(module.TEXTS["fr"])


class Provider(BaseHTTPRequestHandler):
    """A provider as it should be, but for its name and its keys."""

    names: ClassVar[tuple[str, ...]] = ("authorization_endpoint", "token_endpoint", "jwks_uri")

    def log_message(self, *_: object) -> None:
        """Nothing is told."""

    def do_GET(self) -> None:
        """What it says of itself, and its keys."""
        host = f"http://{self.headers['Host']}"
        base = f"{host}{self.path.partition('/.well-known')[0]}"
        said: dict[str, object] = {"keys": [] if self.path.startswith("/keyless") else [{"kty": "RSA"}]}
        if self.path.endswith("/.well-known/openid-configuration"):
            issuer = host if self.path.startswith("/other") else base
            said = {"issuer": issuer, **dict.fromkeys(self.names, f"{base}/x")}
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def provider_at() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Provider) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("path", "state", "word"),
    [
        (
            "/realms/staff",
            "ok",
            "the redirect address of vigimel must be https://gate.example/login/oidc/back",
        ),
        ("/other", "wrong", "it calls itself"),
        ("/keyless", "wrong", "has no key to sign with"),
    ],
)
async def test_an_identity_provider_is_asked_before_anybody_logs_in(
    provider_at: str, path: str, state: str, word: str, tmp_path: Path
) -> None:
    options = '[review]\nurl = "https://gate.example"\n[oidc]\nclient_id = "vigimel"\nadmins = ["a"]\n'

    found, sentence = await said("provider", f'{options}issuer = "{provider_at}{path}"\n', tmp_path)

    assert state == found, sentence
    assert word in sentence


async def test_a_provider_that_is_away_is_wrong_and_none_is_well(tmp_path: Path) -> None:
    options = '[review]\nurl = "https://gate.example"\n[oidc]\nclient_id = "vigimel"\nadmins = ["a"]\n'

    assert "wrong" == (await said("provider", f'{options}issuer = "http://{CLOSED}"\n', tmp_path))[0]
    assert "ok" == (await said("provider", "", tmp_path))[0]


def test_a_port_that_another_program_has_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "open_files_of_service", lambda: None)
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = f"127.0.0.1:{other.getsockname()[1]}"
        (tmp_path / "vigimel.toml").write_text(
            f'[state]\ndirectory = "."\n[smtp]\nlisten = ["{taken}"]\n[review]\nlisten = []\n'
            f'[milter]\nlisten = ["unix:{tmp_path}/m"]\n[next_hop]\nurl = "smtp://{CLOSED}"\n',
            "utf-8",
        )
        loaded = load(tmp_path / "vigimel.toml")
        state, said = asyncio.run(listening.listening(loaded, texts("en")))
        monkeypatch.setattr(listening, "open_files_of_service", lambda: 1024)
        assert State.OK is asyncio.run(listening.listening(loaded, texts("en")))[0]
    monkeypatch.setattr(listening, "open_files_of_service", lambda: None)

    assert (State.NOTE, f"[smtp] listen: {taken}: Address already in use (ss -lnp") == (
        state,
        said.partition(" shows")[0],
    )
    assert (State.OK, f"free: {taken}") == asyncio.run(listening.listening(loaded, texts("en")))
    # Nothing is left open, or lying about.
    socket.create_server(("127.0.0.1", int(taken.rpartition(":")[2]))).close()
    assert not (tmp_path / "m").exists()
