"""What the operator may write, and what he is told when it is wrong."""

import contextlib
import re
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.config import Config, find, load, shipped
from milter.config.address import (
    HostPort,
    check_nameserver,
    check_next_hop,
    check_next_server,
    check_postgresql,
    without_password,
)
from milter.config.certificate import server_context
from milter.config.lines import line_of
from milter.config.milter_socket import UnixPath, parse_socket
from milter.config.options.quarantine import QuarantineConfig
from milter.config.problem import user
from milter.errors import ConfigError
from tests.certificate import write_certificate
from tests.conftest import nobody

BAD_CONFIGS = sorted((Path(__file__).parent / "bad_configs").glob("*.toml"))
OPTIONS = [
    (section, option)
    for section, field in Config.model_fields.items()
    for option in getattr(field.annotation, "model_fields", {})
]


@pytest.mark.parametrize("path", BAD_CONFIGS, ids=lambda path: path.stem)
def test_every_problem_of_a_bad_config_is_named_with_its_place(path: Path) -> None:
    expected = path.with_suffix(".expected").read_text("utf-8")
    expected = expected.replace("{file}", str(path)).replace("{shipped}", str(shipped().parent))
    expected = expected.replace("{here}", str(path.parent))

    with pytest.raises(ConfigError) as caught:
        load(path)

    assert expected.splitlines() == list(caught.value.problems)


def test_every_bad_config_has_its_problems_written_down() -> None:
    assert [p.with_suffix(".expected").name for p in BAD_CONFIGS] == sorted(
        p.name for p in BAD_CONFIGS[0].parent.glob("*.expected")
    )


def test_the_shipped_file_is_right_and_says_nothing_but_defaults() -> None:
    config = load(shipped())

    assert Config().model_dump(exclude={"state", "judge", "quarantine", "next_hop"}) == config.model_dump(
        exclude={"state", "judge", "quarantine", "next_hop"}
    )


def test_the_shipped_file_shows_every_option_with_its_default() -> None:
    shown = re.sub(r"^#(?=[a-z_]+ = )", "", shipped().read_text("utf-8"), flags=re.MULTILINE)

    assert Config().model_dump(mode="json") == tomllib.loads(shown)


@pytest.mark.parametrize(("section", "option"), OPTIONS)
def test_the_shipped_file_gives_the_reason_that_stands_beside_the_option(section: str, option: str) -> None:
    text = shipped().read_text("utf-8")
    part = text[text.index(f"\n[{section}]\n") :]
    above = part[: part.index(f"\n#{option} = ")].rpartition("\n\n")[2]
    fields = getattr(Config.model_fields[section].annotation, "model_fields", {})

    assert fields[option].description == " ".join(line.removeprefix("# ") for line in above.splitlines())


def test_the_shipped_file_delivers_below_var_of_the_checkout(checkout: Path) -> None:
    config = load(shipped())

    assert f"maildir:{checkout / 'var' / 'maildir'}" == config.next_hop.url
    assert checkout / "var" / "quarantine.db" == config.quarantine.path


def test_browsers_open_the_port_of_the_review_page() -> None:
    """They refuse some (https://fetch.spec.whatwg.org/#port-blocking), 10080 among them."""
    refused = {1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6679, 6697, 10080}
    refused |= set(range(6665, 6670))
    ports = {HostPort.parse(text).port for text in Config().review.listen}

    assert not ports & refused
    assert min(ports) > 1023


def test_without_a_file_of_the_system_the_shipped_one_is_read() -> None:
    assert shipped() == find()


def test_a_file_of_the_system_in_a_closed_directory_is_there_and_who_may_read_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    monkeypatch.setattr(sys.modules["milter.config.load"], "_SYSTEM", closed / "vigimel.toml")

    with nobody():
        said = f"{closed / 'vigimel.toml'}: cannot be read by {user()}: Permission denied; root may"
        with pytest.raises(ConfigError, match=re.escape(said)):
            load(find())


def test_of_a_certificate_and_its_key_the_one_that_cannot_be_read_is_named_and_by_whom(
    tmp_path: Path,
) -> None:
    certificate, key = write_certificate(tmp_path)
    key.unlink()

    with pytest.raises(ValueError, match=f"^{key}: No such file or directory$"):
        server_context(str(certificate), str(key))
    tmp_path.chmod(0)
    with nobody():
        said = f"^{certificate}: cannot be read by {user()}: Permission denied$"
        with pytest.raises(ValueError, match=said):
            server_context(str(certificate), str(key))
    tmp_path.chmod(0o700)


def test_what_is_written_goes_below_the_state_directory_and_what_is_read_beside_the_file(
    tmp_path: Path,
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "one.toml").touch()
    path = tmp_path / "vigimel.toml"
    path.write_text('[state]\ndirectory = "here"\n[judge]\nbrands = "mine"\n[next_hop]\nurl = "maildir:in"\n')

    config = load(path)

    assert tmp_path / "here" / "quarantine.db" == config.quarantine.path
    assert f"maildir:{tmp_path / 'here' / 'in'}" == config.next_hop.url
    assert tmp_path / "mine" == config.judge.brands


def test_what_is_not_set_is_read_from_the_shipped_files(tmp_path: Path) -> None:
    path = tmp_path / "vigimel.toml"
    path.touch()

    config = load(path)

    assert shipped().parent / "brands" == config.judge.brands
    assert shipped().parent / "claim.toml" == config.judge.claim


def test_to_judge_a_mail_the_places_for_mail_need_not_be_there(tmp_path: Path) -> None:
    path = tmp_path / "vigimel.toml"
    path.write_text('[quarantine]\npath = "/dev/null/x"\n[next_hop]\nurl = "lmtp+unix:/no/such/dir/lmtp"\n')

    assert Path("/dev/null/x") == load(path, to_serve=False).quarantine.path


def test_a_missing_file_is_a_problem_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "none.toml")

    assert f"{tmp_path / 'none.toml'}: cannot be read: No such file or directory" == str(caught.value)


def test_what_examines_the_config_adds_its_problems(tmp_path: Path) -> None:
    path = tmp_path / "vigimel.toml"
    path.write_text("[log]\nlevle = 1\n")

    def examine(_: Config) -> None:
        raise ConfigError(["the data is wrong too"])

    with pytest.raises(ConfigError) as caught:
        load(path, examine=examine)

    assert 2 == len(caught.value.problems)
    assert "the data is wrong too" == caught.value.problems[1]


def test_the_authserv_id_is_the_host_name_unless_it_is_set() -> None:
    config = Config.model_validate_json('{"smtp": {"hostname": "mx.example.org"}}')

    assert "mx.example.org" == config.authserv_id


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("inet:127.0.0.1:10026", HostPort("127.0.0.1", 10026)),
        ("inet:10026@127.0.0.1", HostPort("127.0.0.1", 10026)),
        ("inet:10026@localhost", HostPort("localhost", 10026)),
        ("inet6:10026@::1", HostPort("::1", 10026)),
        ("inet6:10026@[::1]", HostPort("::1", 10026)),
        ("inet:[::1]:10026", HostPort("::1", 10026)),
        ("unix:/run/vigimel/milter.sock", UnixPath(Path("/run/vigimel/milter.sock"))),
        ("local:/run/vigimel/milter.sock", UnixPath(Path("/run/vigimel/milter.sock"))),
    ],
)
def test_a_milter_listens_where_either_mail_server_would_write_it(
    text: str, expected: HostPort | UnixPath
) -> None:
    assert expected == parse_socket(text)


@given(st.text(alphabet="inet6unix:local@/[].0123456789 é\x00", max_size=200))
def test_a_milter_socket_is_read_or_refused_with_a_sentence(text: str) -> None:
    with contextlib.suppress(ValueError):
        parse_socket(text)


def test_a_milter_needs_no_proxy_but_a_way_back_for_what_it_held(tmp_path: Path) -> None:
    path = tmp_path / "vigimel.toml"
    path.write_text(
        '[state]\ndirectory = "."\n[smtp]\nlisten = []\n[milter]\nlisten = ["unix:milter.sock"]\n'
        '[next_hop]\nurl = "smtp://127.0.0.1:10027"\n'
    )
    assert (f"unix:{tmp_path / 'milter.sock'}",) == load(path).milter.listen

    path.write_text(path.read_text().replace("smtp://127.0.0.1:10027", "maildir:in"))
    with pytest.raises(ConfigError, match="released into a Maildir that nobody reads"):
        load(path)

    # Nothing is held here, so nothing is released from here.
    path.write_text(path.read_text().replace("[next_hop]", 'quarantine = "mta"\n[next_hop]'))
    assert "mta" == load(path).milter.quarantine


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (("smtp", "listen"), 3),
        (("smtp", "absent"), 2),
        (("dns", "timeout"), 5),
        (("log", "level"), 6),
        (("nowhere", "x"), None),
    ],
)
def test_a_key_is_found_on_its_line(key: tuple[str, str], line: int | None) -> None:
    text = '# a comment\n[smtp]\nlisten = [1]\n  [ "dns" ]\n"timeout"=1\n[log]#x\n'.replace(
        "[log]#x", "log.level = 1"
    )
    # Inside [dns] a dotted key belongs to dns; written at the top it stands for itself.
    text = text if key[0] != "log" else "\n" * 5 + "log.level = 1\n"

    assert line == line_of(text, key)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:25", "127.0.0.1", 25),
        ("[::1]:25", "::1", 25),
        ("mail.example.org:2525", "mail.example.org", 2525),
        ("localhost:0", "localhost", 0),
    ],
)
def test_a_host_and_port_are_read_and_written_back(text: str, host: str, port: int) -> None:
    assert HostPort(host, port) == HostPort.parse(text)
    assert text == str(HostPort(host, port))


@pytest.mark.parametrize("text", ["127.0.0.1", "127.0.0.1:53", "::1", "[::1]", "[::1]:5353"])
def test_a_nameserver_is_an_address_with_or_without_port(text: str) -> None:
    assert text == check_nameserver(text)


@pytest.mark.parametrize(
    "url",
    [
        "smtp://127.0.0.1:10026",
        "smtp://mail.example.org",
        "lmtp://[::1]:24",
        "lmtp+unix:/run/lmtp",
        "maildir:in",
    ],
)
def test_each_form_of_next_hop_is_taken(url: str) -> None:
    assert url == check_next_hop(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mx.example:25",
        "http://mx.example",
        "smtp://",
        "smtp://:25",
        "smtp://mx.example:0",
        "smtp://mx.example:70000",
        "smtp://mx.example:x",
        "smtp://user:secret@mx.example",
        "smtp://mx.example/path",
        "smtp://[::1",
        "lmtp+unix:",
        "maildir:",
    ],
)
def test_what_names_no_next_hop_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        check_next_hop(url)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://gate@db.example/mail", "postgresql://gate@db.example/mail"),
        ("postgresql://gate:secret@[::1]:5432/mail", "postgresql://gate@[::1]:5432/mail"),
        ("postgresql://gate:a/secret?x#y@db.example/mail", "postgresql://gate@db.example/mail"),
        ("postgresql://db.example/mail?sslmode=require", "postgresql://db.example/mail"),
        (
            "postgresql://gate:secret@/mail?host=/run/postgresql&pasword=secret",
            "postgresql://gate@/mail?host=/run/postgresql",
        ),
    ],
)
def test_the_address_of_a_database_is_shown_without_secrets(url: str, shown: str) -> None:
    assert url == check_postgresql(url)
    assert shown == without_password(url) == QuarantineConfig(url=url).shown


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://gate:a@secret@db.example/mail",
        "postgresql://gate:secret@db.example",
        "postgresql://gate@db.example/mail?password=secret",
        "postgresql://gate@/mail?host=/run/postgresql&p%61ssword=secret",
        "postgresql://gate@db.example/mail?sslpassword=secret&sslmode=require",
    ],
)
def test_a_secret_where_it_would_be_shown_is_refused_and_not_told(url: str) -> None:
    with pytest.raises(ValueError, match=r"must (be|not hold)") as refused:
        check_postgresql(url)

    assert "secret" not in str(refused.value) + without_password(url).partition("?")[0]


def test_no_maildir_stands_in_for_a_server() -> None:
    with pytest.raises(ValueError, match="would be missed"):
        check_next_server("maildir:in")


@given(st.text())
def test_no_text_as_an_address_raises_anything_but_value_error(text: str) -> None:
    for check in (check_nameserver, check_next_hop, HostPort.parse):
        with contextlib.suppress(ValueError):
            check(text)


@given(st.text(max_size=200), st.tuples(st.text(max_size=5), st.text(max_size=5)))
def test_looking_for_a_line_never_raises(text: str, key: tuple[str, str]) -> None:
    line_of(text, key)
