"""How is what was written made to outlast a power cut?"""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Return when the disk has the file, or the names in the directory (fsync(2)); OSError where it has not.

    A new name is safe only with its directory: for a file both are asked for.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
