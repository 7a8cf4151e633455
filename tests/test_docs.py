"""Do the papers say what is there?"""

import re
import tomllib
from pathlib import Path

import pytest
from typer import Typer

from milter.cli.admin import admin, audit
from milter.cli.app import app
from milter.cli.brand import brand
from milter.cli.quarantine import quarantine
from milter.cli.requests import requests
from milter.verdict.verdict import Finding
from tests.conftest import ROOT

AT_THE_TOP = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")]
FURTHER = [*(ROOT / "deploy").rglob("*.md"), ROOT / "tests" / "bench" / "figures.md"]
PAPERS = sorted([*AT_THE_TOP, *FURTHER])
README = (ROOT / "README.md").read_text("utf-8")


def named_in(paper: Path) -> str:
    """What a test of it is called."""
    return str(paper.relative_to(ROOT))


def anchors(paper: Path) -> set[str]:
    """Where a link into this paper can lead: its headings, as GitHub names them."""
    headings = re.findall(r"^#+ (.+)$", paper.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("paper", PAPERS, ids=named_in)
def test_every_make_target_that_is_named_is_there(paper: Path) -> None:
    named = set(re.findall(r"`make ([a-z][a-z-]*)", paper.read_text("utf-8")))

    assert set() == named - make_targets()


@pytest.mark.parametrize("paper", PAPERS, ids=named_in)
def test_every_file_that_is_linked_or_named_is_there(paper: Path) -> None:
    text = paper.read_text("utf-8")
    linked = set(re.findall(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)", text))
    named = set(re.findall(r"`((?:milter|config|tests|deploy)/[^`\s]*)`", text))

    assert [] == [name for name in sorted(linked) if not (paper.parent / name).exists()]
    assert [] == [name for name in sorted(named) if not (ROOT / name).exists()]


@pytest.mark.parametrize("paper", PAPERS, ids=named_in)
def test_every_link_into_a_paper_leads_to_a_heading(paper: Path) -> None:
    linked = set(re.findall(r"\]\((?!https?:)([^)#]*)#([^)]+)\)", paper.read_text("utf-8")))

    assert [] == [
        (name, anchor)
        for name, anchor in sorted(linked)
        if anchor not in anchors(paper.parent / name if name else paper)
    ]


def test_the_readme_is_short_enough_to_be_read() -> None:
    assert len(README.splitlines()) <= 400


def test_every_command_is_in_the_readme_and_no_other() -> None:
    commands = {
        command.name or command.callback.__name__ for command in app.registered_commands if command.callback
    }
    named = set(re.findall(r"`vigimel ([a-z-]+)", README)) - {"quarantine", "admin", "audit", "brand"}

    assert commands == named


@pytest.mark.parametrize(
    "group",
    [quarantine, requests, admin, audit, brand],
    ids=["quarantine", "quarantine requests", "admin", "audit", "brand"],
)
def test_every_command_of_a_group_is_in_the_readme(group: Typer, request: pytest.FixtureRequest) -> None:
    row = next(line for line in README.splitlines() if f"| `vigimel {request.node.callspec.id}" in line)
    for command in group.registered_commands:
        assert command.callback
        assert re.search(rf"\b{command.name or command.callback.__name__}( [A-Z]+)?`", row)


def test_every_finding_is_explained() -> None:
    table = README.split("## How it decides")[1].split("\n## ")[0]

    assert [] == [finding for finding in Finding if f"`{finding}`" not in table]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_guide_on_deciding_explains_every_finding_of_the_three_questions(language: str) -> None:
    table = (ROOT / "deploy" / "guides" / language / "deciding.md").read_text("utf-8")

    assert [Finding.ALLOWED] == [finding for finding in Finding if f"`{finding}`" not in table]


def test_the_house_shows_every_room_and_every_module_at_the_top() -> None:
    house = README.split("## The house")[1]
    there = {
        f"{path.name}/" if path.is_dir() else path.name
        for path in (ROOT / "milter").iterdir()
        if path.name not in {"__pycache__", "shipped"} and (path.is_dir() or path.suffix == ".py")
    }
    shown = set(re.findall(r"^[├└]── (\S+)", house, re.MULTILINE))

    assert there == shown


def test_every_module_that_the_house_shows_is_there() -> None:
    house = README.split("## The house")[1]
    room, inner, missing = "", "", []
    for line in house.splitlines():
        if found := re.match(r"[├└]── (\S+/)", line):
            room, inner = found[1], ""
        elif line.startswith("│   "):
            if found := re.match(r"│   [├└]── (\S+/)", line):
                inner = found[1]
            place = ROOT / "milter" / room / inner
            missing += [
                room + inner + name
                for name in re.findall(r"\b[a-z_0-9]+\.py\b", line)
                if not (place / name).exists()
            ]

    assert [] == missing


@pytest.mark.parametrize("room", ["claim", "mail"])
def test_the_house_shows_every_room_of_the_two_widest(room: str) -> None:
    shown = README.split("## The house")[1].split(f"\n├── {room}/")[1].split("\n├── ")[0]
    rooms = {f"{path.parent.name}/" for path in (ROOT / "milter" / room).glob("*/__init__.py")}

    assert rooms == set(re.findall(r"^│   [├└]── (\S+)", shown, re.MULTILINE))


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_pinned_by_hash_and_name_no_address(name: str) -> None:
    lines = (ROOT / name).read_text("utf-8").splitlines()
    pins = [line for line in lines if re.match(r"[A-Za-z0-9]", line)]

    assert [] == [line for line in lines if "://" in line or line.startswith("-")]
    assert [] == [line for line in pins if "==" not in line or not line.endswith("\\")]


def test_what_the_package_needs_is_what_is_pinned() -> None:
    wanted = {line.strip() for line in (ROOT / "requirements.in").read_text().splitlines() if line.strip()}
    pinned = (ROOT / "requirements.txt").read_text("utf-8").lower().replace("_", "-")

    assert [] == [line for line in wanted if f"{line.lower().replace('_', '-')} " not in pinned]


def test_the_changelog_knows_the_version_or_says_unreleased() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")

    assert f"## {version}" in changelog or "## Unreleased" in changelog
