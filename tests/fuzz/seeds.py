"""Which mails do the fuzzers start from? The mails of tests/mails, the vectors, and directories if given."""

from collections.abc import Iterable

from milter.cli.mails import Place, find_mails
from tests.cases import MAILS
from tests.vectors.everything import every_vector

_MAX = 256 * 1024


def vectors() -> list[bytes]:
    """The vectors alone: what is made of them stays the same when a mail is added to tests/mails."""
    made = every_vector()
    return [made[name] for name in sorted(made)]


def seeds(directories: Iterable[str] = ()) -> list[bytes]:
    """In a fixed order, without the largest ones."""
    places = find_mails([str(MAILS), *directories])
    mails = [place.read() for place in places if isinstance(place, Place)]
    return vectors() + [raw for raw in mails if len(raw) <= _MAX]
