"""What the log says while a test looks."""

import contextlib
import io
import re
from collections.abc import Iterator

from milter.log.lines import configure_log


@contextlib.contextmanager
def logged() -> Iterator[list[dict[str, str]]]:
    """The lines that were written, as keys and values, once the block has ended; those of every level."""
    # Another test of this process may have left out some.
    configure_log("debug")
    lines: list[dict[str, str]] = []
    written = io.StringIO()
    try:
        with contextlib.redirect_stderr(written):
            yield lines
    finally:
        for line in written.getvalue().splitlines():
            pairs = re.findall(r"(?:^| )([a-z_]+)=('[^']*'|\"[^\"]*\"|\S*)", line)
            lines.append(dict(pairs))
