"""The looker as shipped, built once."""

import pytest

from milter.look.looker import Looker, build_looker
from tests.look.shipped import CONFIG


@pytest.fixture(scope="package")
def looker() -> Looker:
    return build_looker(CONFIG)
