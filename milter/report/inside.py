"""What may others see of a mail? Read in a child process, so that a hostile mail can be killed.

`begin` is what `milter.child.worker` calls; `redacted` asks such a child, and is what its parent calls.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from milter import maillog
from milter.child.origin import Origin
from milter.child.pool import Pool
from milter.child.worker import Work
from milter.report.redact import Left, Redacted, redacting

# Within so many seconds, or what is left of it by then.
_SECONDS = 5.0


def begin(_: object) -> Work:
    """Ready at once."""

    def work(options: dict[str, Any], content: bytes, tell: Callable[[Any], None]) -> None:
        for left in redacting(content, options["recipients"]):
            tell(asdict(left))

    return work


def readers(origin: Origin | None = None) -> Pool:
    """The child that does it, started when the first mail is to be told of; from this origin, or its own."""
    return Pool("milter.report.inside:begin", origin, children=1, note=maillog.child_died)


async def redacted(pool: Pool, raw: bytes, recipients: Sequence[str]) -> Redacted:
    """What is left of a mail that came for these recipients; less, down to nothing, of one that cannot be
    read within the limits of a child. Raises TryLater where no child can be started."""
    outcome = await pool.ask(raw, _SECONDS, {"recipients": [*recipients]})
    told = outcome.value
    try:
        return Redacted(
            tuple((name, value) for name, value in told["fields"]),
            tuple(Left(**part) for part in told["parts"]),
            tuple(told["links"]),
        )
    except (TypeError, KeyError, ValueError):
        return Redacted((), (), ())
