"""A gateway of two workers that delivers into a Maildir, and its configuration."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.serving import CONFIG, Gateway, serving

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write the configuration; what is given stands in its section."""

    def write(**sections: str) -> Path:
        text = CONFIG
        for section, lines in sections.items():
            heading = f"[{section}]\n"
            text = (text if heading in text else text + heading).replace(heading, heading + lines + "\n")
        path = tmp_path / "vigimel.toml"
        path.write_text(text)
        return path

    return write


@pytest.fixture
def gateway(write: Write) -> Iterator[Gateway]:
    with serving(write()) as running:
        yield running
