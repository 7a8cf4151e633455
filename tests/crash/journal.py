"""What was acknowledged, to whom? Names on the disk before anything else happens."""

import os
import threading
from pathlib import Path


class Journal:
    """A line for each name, synced."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("ab")
        self._lock = threading.Lock()

    def add(self, name: str) -> None:
        """Write it down; it is on the disk now."""
        with self._lock:
            self._file.write(name.encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())

    def names(self) -> list[str]:
        """All of them, in order."""
        return self._path.read_text().split()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
