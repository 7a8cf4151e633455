"""One way to write a letter anew, with what is to be known of it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from tests.vectors.letter import Letter


class Where(Enum):
    """Where the letter is read in the mail."""

    TEXT = "text"
    FILE = "a file, which is opened later"


@dataclass(frozen=True, slots=True)
class Trick:
    """`section`: that of the threat catalogue (A, M, E, C or H), with its number where it has one; or empty.

    `honest`: an honest reader or writer may do so, and says himself what he thinks of the letter. It is no
    evasion, and what is lost by it is not counted as lost.
    """

    name: str
    mail: Callable[[Letter], bytes]
    section: str = ""
    where: Where = Where.TEXT
    honest: bool = False
