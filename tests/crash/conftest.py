"""One site for all tests of a module; each leaves it running."""

from collections.abc import Iterator

import pytest

from tests.crash.site import Site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("crash")) as running:
        yield running
