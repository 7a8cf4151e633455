"""Does what the guides say work, as a new admin would type it?"""

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.deploy.guide import DATABASE, GUIDES, Block, blocks, commands, follow
from tests.end_to_end.sendmail import PROGRAM as SENDMAIL
from tests.end_to_end.sendmail import UNPACKED

NAMES = sorted(path.name for path in (GUIDES / "en").glob("*.md"))
ROOT_IS_NEEDED = pytest.mark.needs_root("starts mail servers in namespaces of their own")


def test_each_guide_is_there_in_both_languages() -> None:
    assert NAMES
    assert NAMES == sorted(path.name for path in (GUIDES / "fr").glob("*.md"))


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_give_the_same_commands(name: str) -> None:
    def told(language: str) -> list[Block]:
        return [block for block in blocks(GUIDES / language / name) if block.kind != "text"]

    assert told("fr") == told("en")


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_chapters_tables_and_words_to_type(name: str) -> None:
    def shape(language: str) -> tuple[int, int, set[str]]:
        text = re.sub("(?ms)^```.*?^```$", "", (GUIDES / language / name).read_text("utf-8"))
        typed = re.findall(r"`([a-z_]+(?: = [^`]*)?|\[[a-z_]+\][^`]*|event=[^`]*)`", " ".join(text.split()))
        return len(re.findall("^#", text, re.MULTILINE)), text.count("\n|"), set(typed)

    assert shape("en") == shape("fr")


def test_each_guide_with_commands_is_followed_by_a_test() -> None:
    text = Path(__file__).read_text("utf-8")
    typed = [name for name in NAMES if commands(GUIDES / "en" / name)]

    assert [] == [name for name in typed if f'"{name.removesuffix(".md")}"' not in text and name not in text]


@pytest.mark.parametrize("name", NAMES)
def test_no_reader_of_a_pipe_leaves_before_its_writer_has_ended(name: str) -> None:
    # With pipefail the writer's SIGPIPE is the end of the whole guide, now and then.
    assert [] == re.findall(r"\|\s*(?:grep\s+-\w*q|head|sed\s+\S*q\b).*", commands(GUIDES / "en" / name))


def test_the_quick_guide_sets_what_it_means_and_nothing_of_the_same_name(tmp_path: Path) -> None:
    config = tmp_path / "vigimel.toml"
    shutil.copy(ROOT / "config" / "vigimel.toml", config)
    before = tomllib.loads(config.read_text("utf-8"))
    told = commands(GUIDES / "en" / "quick.md")
    [line] = re.findall(r"^sed -i .*/etc/vigimel/vigimel.toml$", told, re.MULTILINE)
    subprocess.run(
        ["sh", "-c", line.replace("/etc/vigimel/vigimel.toml", str(config))], check=True, timeout=60
    )

    after = tomllib.loads(config.read_text("utf-8"))
    set_by_it = {
        "smtp": {"trusted_proxies": ["127.0.0.1"]},
        "next_hop": {"url": "smtp://127.0.0.1:10026", "tls": "off"},
    }
    assert {section: before[section] | set_by_it.get(section, {}) for section in before} == after


def done(command: Path, *names: str) -> None:
    scripts = [commands(GUIDES / "en" / f"{name}.md") for name in names]
    result = follow(command.parents[1], *scripts)

    assert 0 == result.returncode, result.stdout[-4000:] + result.stderr[-4000:]


@ROOT_IS_NEEDED
@pytest.mark.needs("postfix", "dovecot", "swaks", "unshare", "setpriv")
def test_the_quick_guide_catches_its_first_fraud_and_the_others_go_on_from_it(command: Path) -> None:
    names = ("operating", "dovecot-lmtp", "milter-postfix", "elsewhere", "rgpd", "login", "uninstall")
    done(command, "quick", *names)


def site(name: str) -> str:
    """The mail server that is there before the guide begins, and points 1 and 2 of the quick guide."""
    there = (Path(__file__).parent / "sites" / f"{name}.sh").read_text("utf-8")
    return there + commands(GUIDES / "en" / "quick.md", first=1)


@ROOT_IS_NEEDED
@pytest.mark.needs("postfix", "opendkim", "swaks", "unshare", "setpriv")
def test_a_postfix_of_long_standing_takes_it_in_and_is_afterwards_as_before(command: Path) -> None:
    guide = commands(GUIDES / "en" / "existing-postfix.md")
    result = follow(command.parents[1], site("postfix"), guide)

    assert 0 == result.returncode, result.stdout[-4000:] + result.stderr[-4000:]


@ROOT_IS_NEEDED
@pytest.mark.needs("swaks", "m4", "unshare", "setpriv", str(SENDMAIL))
def test_a_sendmail_of_long_standing_takes_it_in_and_is_afterwards_as_before(command: Path) -> None:
    guide = commands(GUIDES / "en" / "milter-sendmail.md")
    result = follow(command.parents[1], f"SENDMAIL={UNPACKED}", site("sendmail"), guide)

    assert 0 == result.returncode, result.stdout[-4000:] + result.stderr[-4000:]


def https(*words: str) -> str:
    """The command that asks the review page by https."""
    return shlex.join([sys.executable, str(Path(__file__).parent / "https_site.py"), *words]) + "\n"


@ROOT_IS_NEEDED
@pytest.mark.needs("nginx", "apache2ctl", "caddy", "unshare", "setpriv", "openssl")
def test_each_web_server_asks_who_it_is_and_the_page_believes_it(command: Path) -> None:
    certificate = "/etc/vigimel-web/certificate.pem"
    asked = https(
        certificate, "vigimel.town-hall.example", "localhost", "443", "zoe:un mot de passe bien long"
    )
    quick = commands(GUIDES / "en" / "quick.md", first=1)
    guide = commands(GUIDES / "en" / "web-server.md")
    for started in ("systemctl restart nginx\n", "systemctl restart apache2\n", "systemctl restart caddy\n"):
        assert started in guide
        guide = guide.replace(started, started + asked)
    result = follow(command.parents[1], quick, guide)

    assert 0 == result.returncode, result.stdout[-4000:] + result.stderr[-4000:]


@ROOT_IS_NEEDED
@pytest.mark.needs("postfix", "dovecot", "swaks", "ip", "unshare", "setpriv", "createuser", "openssl")
def test_the_services_of_the_compose_file_pass_mail_on_and_hold_a_fraud(command: Path) -> None:
    page = https("secrets/certificate.pem", "mail.town-hall.example", "gateway", "10081")
    guide = commands(GUIDES / "en" / "containers.md")
    before, _, after = guide.partition("docker compose exec -T gateway vigimel doctor || true\n")
    result = follow(command.parents[1], before, page, after)

    assert 0 == result.returncode, result.stdout[-4000:] + result.stderr[-4000:]


def on_machines_of_their_own(guide: str) -> str:
    """The same guide with the addresses of two_machines.sh: it says that each node has one of its own."""
    changes = {
        "127.0.1.$node:10081": "127.0.0.1:10081",
        "127.0.1.": "10.77.0.1",
        "127.0.0.0/8": "10.77.0.1",
        "lmtp://127.0.0.1:10024": "lmtp://10.77.0.1:10024",
    }
    for one_machine, several in changes.items():
        assert one_machine in guide
        guide = guide.replace(one_machine, several)
    return guide


@ROOT_IS_NEEDED
@pytest.mark.needs("haproxy", "ip", "unshare", "setpriv", "createuser")
def test_a_node_behind_haproxy_dies_under_load_and_nothing_is_lost(command: Path) -> None:
    here = Path(__file__).parent
    machines = (here / "sites" / "two_machines.sh").read_text("utf-8")
    guide = on_machines_of_their_own(commands(GUIDES / "en" / "many-nodes.md"))
    result = follow(
        command.parents[1], DATABASE, machines, guide, f"{sys.executable} {here / 'two_nodes.py'}"
    )

    assert 0 == result.returncode, result.stdout[-4000:] + result.stderr[-4000:]
    said = json.loads(result.stdout.splitlines()[-1])
    assert ([], [], True) == (said["lost"], said["not_shown"], said["both_show_the_same"])
    assert said["held"] > 4
    assert said["delivered"] > 4
