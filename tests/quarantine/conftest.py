from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from milter.quarantine.store import Store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "var" / "quarantine.db", busy_timeout=0.5)
    yield opened
    await opened.close()
