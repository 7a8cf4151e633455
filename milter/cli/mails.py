"""Where are the mails? Files, directories, mbox files, Maildirs and standard input, as one list.

What cannot be read comes out as a sentence, never as an exception.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

# What stands beside mails in a directory and is none. A file that is named is always read.
_NO_MAIL = frozenset({".toml", ".md", ".json", ".jsonl", ".csv", ".py", ".sh", ".pem", ".xz", ".gz", ".zip"})
# RFC 4155 appendix A; the address may be anything, the date has a time and ends in a year or zone.
_FROM_LINE = re.compile(rb"From \S.* \d\d:\d\d(:\d\d)? .*\d{4}")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_LONGEST_LINE = 1 << 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where one mail stands: a whole file, a slice of an mbox file, or bytes that were read already."""

    name: str
    path: Path | None
    start: int = 0
    length: int | None = None
    content: bytes | None = None

    def read(self) -> bytes:
        """The mail as SMTP would carry it. Raises OSError."""
        raw = self._bytes()
        if self.length is not None:
            raw = _QUOTED_FROM.sub(rb"\1", raw.removesuffix(b"\n").removesuffix(b"\r"))
        # A file with LF only is how Unix keeps what SMTP carries with CRLF; signatures are over CRLF.
        return raw if b"\r\n" in raw else raw.replace(b"\n", b"\r\n")

    def _bytes(self) -> bytes:
        if self.content is not None:
            return self.content
        if self.path is None:
            return b""
        with self.path.open("rb") as file:
            file.seek(self.start)
            return file.read() if self.length is None else file.read(self.length)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A place that could not be looked at, and why."""

    name: str
    why: str


def find_mails(paths: Iterable[str]) -> Iterator[Place | Unreadable]:
    """Every mail of these paths, in their order; directories in the order of their names."""
    for text in paths:
        try:
            yield from _standard_input() if text == "-" else _of_path(Path(text))
        except OSError as error:
            yield Unreadable(text, error.strerror or str(error))


def _standard_input() -> Iterator[Place]:
    content = sys.stdin.buffer.read()
    if not _FROM_LINE.match(content):
        yield Place("-", None, content=content)
        return
    for number, (start, length) in enumerate(_slices(content.splitlines(keepends=True)), start=1):
        part = content[start : start + length]
        yield Place(f"-#{number}", None, length=length, content=part)


def _of_path(path: Path) -> Iterator[Place | Unreadable]:
    if path.is_dir():
        yield from _of_directory(path)
    else:
        yield from _of_file(path)


def _of_directory(directory: Path) -> Iterator[Place | Unreadable]:
    """A Maildir gives `new` and `cur`, not what is still being written in `tmp`."""
    in_maildir = (directory / "cur").is_dir() and (directory / "new").is_dir()
    try:
        entries = sorted(directory.iterdir())
    except OSError as error:
        yield Unreadable(str(directory), error.strerror or str(error))
        return
    for entry in entries:
        if entry.is_dir():
            if _is_entered(entry, in_maildir=in_maildir):
                yield from _of_directory(entry)
        elif not in_maildir and not entry.name.startswith(".") and entry.suffix.lower() not in _NO_MAIL:
            yield from _guarded(entry)


def _is_entered(directory: Path, *, in_maildir: bool) -> bool:
    if directory.is_symlink():
        # Or a link to a directory above would never end.
        return False
    # The folders of a Maildir begin with a dot; elsewhere that means: not meant to be seen.
    return directory.name != "tmp" if in_maildir else not directory.name.startswith(".")


def _guarded(path: Path) -> Iterator[Place | Unreadable]:
    try:
        yield from _of_file(path)
    except OSError as error:
        yield Unreadable(str(path), error.strerror or str(error))


def _of_file(path: Path) -> Iterator[Place]:
    if not path.is_file() and not path.exists():
        raise FileNotFoundError(2, "no such file or directory")
    if not path.is_file():
        raise OSError(22, "neither a file nor a directory")
    with path.open("rb") as file:
        if path.suffix.lower() == ".eml" or not _FROM_LINE.match(file.readline(_LONGEST_LINE)):
            yield Place(str(path), path)
            return
        file.seek(0)
        slices = list(_slices(iter(lambda: file.readline(_LONGEST_LINE), b"")))
    if len(slices) == 1:
        yield Place(str(path), path, *slices[0])
        return
    for number, (start, length) in enumerate(slices, start=1):
        yield Place(f"{path}#{number}", path, start, length)


def _slices(lines: Iterable[bytes]) -> Iterator[tuple[int, int]]:
    """Start and length of each mail of an mbox file, without its From_ line (RFC 4155)."""
    at = start = 0
    begun = False
    after_empty = True
    for line in lines:
        if after_empty and _FROM_LINE.match(line):
            if begun:
                yield start, at - start
            start, begun = at + len(line), True
        at += len(line)
        after_empty = line in (b"\n", b"\r\n")
    if begun:
        yield start, at - start
