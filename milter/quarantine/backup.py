"""How is a consistent copy of an SQLite quarantine made while mail comes in? In place of the last one.

Raises OSError, or sqlite3.Error, where it cannot be made; then the copy that there was is still there.
"""

import contextlib
import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from milter.disk import sync


def back_up(source: Path, copy: Path) -> int:
    """The size of the copy. It holds mail: only its owner may read it, from its first octet on."""
    # Beside it, for only there it can take its place at once.
    made = copy.with_name(f".{copy.name}.{os.getpid()}")
    with contextlib.suppress(FileNotFoundError):
        # Of one that was killed and had this number.
        made.unlink()
    os.close(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        # rw: what is not there must not be made, and a write-ahead log is not read without.
        address = f"file:{quote(str(source.absolute()))}?mode=rw"
        with contextlib.closing(sqlite3.connect(address, uri=True)) as connection:
            # An empty file is as good as none to it.
            connection.execute("VACUUM INTO ?", (str(made),))
        sync(made)
        size = made.stat().st_size
        made.replace(copy)
    except BaseException:
        made.unlink(missing_ok=True)
        raise
    sync(copy.parent)
    return size
