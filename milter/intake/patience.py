"""How long is a client waited for? The deadlines of one connection. Pure: the clock is handed in.

A client that says one octet now and then is never idle, so a command line has a deadline, a mail has a least
rate, and a connection without a mail has an end, as has every connection (THREATS section 5).
"""

from collections.abc import Callable

from milter.config import SmtpConfig
from milter.errors import Reply

IDLE = Reply(421, "4.4.2", "No word for too long, good-bye")
TOO_SLOW = Reply(421, "4.4.2", "Mail comes too slowly, good-bye")
NO_MAIL = Reply(421, "4.4.2", "No mail for too long, good-bye")
TOO_LONG = Reply(421, "4.4.2", "Connection open for too long, good-bye")


class Patience:
    """Asked before each wait for the client; what we do ourselves is no wait for him."""

    def __init__(self, config: SmtpConfig, now: Callable[[], float]) -> None:
        """The connection begins."""
        self._config = config
        self._now = now
        self._end = now() + config.max_session_time
        self._mail_due = now() + config.max_time_without_mail
        self._line_due = now() + config.idle_timeout
        self._mail_began: float | None = None
        self._octets = 0

    def expect_line(self) -> None:
        """A whole command is to come, however many pieces it comes in."""
        self._line_due = self._now() + self._config.idle_timeout

    def expect_mail(self) -> None:
        """The text of a mail is to come."""
        self._mail_began, self._octets = self._now(), 0

    def received(self, octets: int) -> None:
        """So much more of the mail has come."""
        self._octets += octets

    def mail_ended(self) -> None:
        """The mail was read, and what is done with it is done: the next one may take its time."""
        self._mail_began = None
        self._mail_due = self._now() + self._config.max_time_without_mail

    def left(self) -> tuple[float, Reply]:
        """Seconds to wait for the next octets (0 or less: none), and what to say when they do not come."""
        now = self._now()
        if self._mail_began is None:
            end, reply = self._line_due, IDLE
            other, instead = self._mail_due, NO_MAIL
        else:
            pace = self._octets / self._config.min_data_rate
            end, reply = now + self._config.idle_timeout, IDLE
            other, instead = self._mail_began + self._config.idle_timeout + pace, TOO_SLOW
        if other < end:
            end, reply = other, instead
        if self._end < end:
            end, reply = self._end, TOO_LONG
        return end - now, reply
