"""What the tests of deploy/ share: one installed gateway, which takes seconds to make."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.installed import install


@pytest.fixture(scope="session")
def command() -> Iterator[Path]:
    """`vigimel`, installed from its wheel, where every user may run it."""
    directory = Path(tempfile.mkdtemp(prefix="vigimel-installed-"))
    os.chmod(directory, 0o755)  # noqa: PTH101 S103 the user of the service reads it
    try:
        yield install(directory)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
