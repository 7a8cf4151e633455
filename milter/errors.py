"""Who must act when something goes wrong?

Three classes and a rule: the operator (`ConfigError`), the other end (`PeerError`), nobody but time
(`TryLater`). Anything else is our own bug and is let out to `gate`, which logs it and answers 451.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Reply:
    """An SMTP reply: code (RFC 5321 section 4.2), enhanced code (RFC 3463; may be empty), text."""

    code: int
    enhanced: str
    text: str

    def __str__(self) -> str:
        """The reply as one line, without CRLF."""
        return " ".join(filter(None, (str(self.code), self.enhanced, self.text)))

    @property
    def is_success(self) -> bool:
        """True for 2xx."""
        return 200 <= self.code < 300

    @property
    def is_temporary(self) -> bool:
        """True for 4xx: the sender keeps the mail and comes again."""
        return 400 <= self.code < 500


class VigimelError(Exception):
    """Base of all our errors; never raised itself."""

    # What the SMTP client is told. Never the cause: that is for our own log.
    reply: ClassVar[Reply] = Reply(451, "4.3.0", "Mail system not ready, try again later")


class ConfigError(VigimelError):
    """The operator must act. Carries every problem found, not only the first."""

    def __init__(self, problems: Sequence[str]) -> None:
        """Keep the problems, one sentence each, with file and key."""
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class PeerError(VigimelError):
    """The other end broke the protocol; the connection is closed."""

    reply: ClassVar[Reply] = Reply(521, "5.5.2", "Protocol error")


class TryLater(VigimelError):
    """A thing we need is away (DNS, disk, next hop); the sender must retry."""
