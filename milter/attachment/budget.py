"""How much of a mail's files may be read? One budget for all files of one mail, whatever they hide in.

Pure, but for the clock.
"""

import time
from dataclasses import dataclass, field

# THREATS section 5: limits of an archive that trusted systems hold to, for a gateway that must be quick.
MAX_DEPTH = 3
MAX_FILES = 100
MAX_UNPACKED = 10 * 1024 * 1024
MAX_RATIO = 100
# Small files of one letter only are packed tighter than any honest ratio.
_RATIO_FROM = 256 * 1024

MAX_TEXT = 400_000
MAX_LINKS = 500
MAX_FORMS = 50


@dataclass(slots=True)
class Budget:
    """What is left. `ends`: the moment (`time.monotonic`) from which nothing more is begun."""

    ends: float
    files: int = MAX_FILES
    unpacked: int = MAX_UNPACKED
    words: set[str] = field(default_factory=set)

    def take_file(self) -> bool:
        """One more file; False, and `files` or `time` noted, where none is left."""
        if self.late():
            return False
        if self.files <= 0:
            self.words.add("files")
            return False
        self.files -= 1
        return True

    def take_unpacked(self, more: int, packed: int, so_far: int) -> bool:
        """So many more octets of a file that takes `packed` when packed; False where that is too much."""
        self.unpacked -= more
        if self.unpacked < 0:
            self.words.add("size")
        elif so_far + more > max(_RATIO_FROM, packed * MAX_RATIO):
            self.words.add("ratio")
        else:
            return True
        return False

    def late(self) -> bool:
        """True, and `time` noted, when the time is over."""
        if time.monotonic() < self.ends:
            return False
        self.words.add("time")
        return True

    def left(self) -> float:
        """Seconds left, not below zero."""
        return max(0.0, self.ends - time.monotonic())
