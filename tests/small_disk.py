"""A file system that is soon full, to see what is done then; mounted for a test, and by root alone."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


@contextlib.contextmanager
def small_disk(directory: Path, size: str) -> Iterator[Path]:
    """One of this size (`1m`), in the directory."""
    path = directory / "disk"
    path.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)]
    if os.geteuid() != 0 or subprocess.run(["mount", *options], check=False).returncode:
        pytest.skip("a real full disk needs a mount, and that needs root")
    try:
        yield path
    finally:
        subprocess.run(["umount", path], check=True)
