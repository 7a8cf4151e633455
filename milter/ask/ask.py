"""What does the mail want from its reader?"""

from dataclasses import dataclass, field

from milter.brand.promise import AskKind, Promise


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing asked for, the sentence that asks, and the promise that this breaks.

    `quote` is the sentence as the reader sees it, at most 300 characters. It is never logged.
    `where` says where it stands (`text`, `html link`, `attachment`, `subject`, ...).
    """

    kind: AskKind
    quote: str = field(repr=False)
    promise: Promise | None = None
    where: str = "text"
