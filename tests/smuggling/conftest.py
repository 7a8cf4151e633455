"""The intake on a free port of loopback, as for its own tests."""

from tests.intake.conftest import start, store

__all__ = ["start", "store"]
