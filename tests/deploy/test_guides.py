"""Does what the guides say work, as a new admin would type it?"""

from pathlib import Path

import pytest

from tests.deploy.guide import GUIDES, Block, blocks, commands, follow

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


def done(command: Path, *names: str) -> None:
    scripts = [commands(GUIDES / "en" / f"{name}.md") for name in names]
    result = follow(command.parents[1], *scripts)

    assert 0 == result.returncode, result.stdout[-4000:] + result.stderr[-4000:]


@ROOT_IS_NEEDED
@pytest.mark.needs("postfix", "dovecot", "swaks", "unshare", "setpriv")
def test_the_quick_guide_catches_its_first_fraud_and_the_service_is_operated(command: Path) -> None:
    done(command, "quick", "operating")
