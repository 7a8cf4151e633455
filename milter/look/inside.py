"""What does the child do that looks at a mail? It tells what it has seen so far, the cheapest first.

`begin` is what `milter.child.worker` calls. If the child is killed, its last word stands.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from milter.attachment.budget import Budget
from milter.attachment.ocr import Reader, find_reader
from milter.attachment.open import read_opened
from milter.child.worker import Work
from milter.look.far import Means
from milter.look.looker import Looker
from milter.look.sight import to_json
from milter.look.worth import beginning, has_files_worth_opening
from milter.mail.message import Message
from milter.mail.read import read
from milter.mail.reading import Reading
from milter.mail.structure.mime import walk

# What is left for the questions themselves when the files have taken their time.
_SHARE_OF_FILES = 0.7


@dataclass(frozen=True, slots=True)
class _Looking:
    """One mail, and whom to tell."""

    looker: Looker
    tell: Callable[[Any], None]

    def tell_of(self, meant: Reading) -> None:
        """Say what is known of the mail as read so far, and as it is meant."""
        sight = self.looker.look(meant, self.looker.claim(meant))
        self.tell(to_json(sight))


def begin(means: Means) -> Work:
    """Make ready to look with these means, and with the OCR if it may be used."""
    reader = find_reader() if means.has_vision else None

    def work(options: dict[str, Any], content: bytes, tell: Callable[[Any], None]) -> None:
        looking = _Looking(means.looker, tell)
        ends = time.monotonic() + options["seconds"] * _SHARE_OF_FILES
        _look_at(looking, Message(content), ends, reader, large=options["large"])

    return work


def _look_at(looking: _Looking, message: Message, ends: float, reader: Reader | None, *, large: bool) -> None:
    if large:
        looking.tell_of(looking.looker.as_meant(read(beginning(message))))
    reading = read(message)
    meant = looking.looker.as_meant(reading)
    claim = looking.looker.claim(meant)
    if large:
        looking.tell(to_json(looking.looker.look(meant, claim)))
    if has_files_worth_opening(walk(message), meant, claim):
        for opened in read_opened(message, reading, Budget(ends), lambda: reader, looking.looker.as_meant):
            looking.tell_of(opened)
