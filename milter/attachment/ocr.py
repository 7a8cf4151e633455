"""What is written in these pictures? Debian's tesseract, where it is installed.

Runs inside a child of ours: what limits the child limits tesseract, and what kills it kills both.
"""

import shutil
import subprocess
from dataclasses import dataclass

from PIL import Image

from milter.attachment.found import Page

PROGRAM = "tesseract"
_LANGUAGES = ("fra", "eng")
_LEAST = (120, 40)
# Tesseract reads letters of some 30 pixels best, and screens show them at half of that: a small picture is
# made larger, which takes no longer than a large one.
_SMALL, _TIMES = 500_000, 2
_MAX_TEXT = 20_000
_SECONDS_TO_ASK = 5.0


@dataclass(frozen=True, slots=True)
class Reader:
    """A tesseract that can be used: where it is, and the languages it knows of those we want."""

    path: str
    languages: tuple[str, ...]

    def read(self, page: Page, seconds: float) -> str | None:
        """The text of the picture; None where it took too long or could not be read."""
        if page.width < _LEAST[0] or page.height < _LEAST[1]:
            return ""
        page = _enlarged(page)
        # Binary PGM: a header and the grey values, nothing that must be packed and unpacked.
        picture = b"P5 %d %d 255\n" % (page.width, page.height) + page.pixels
        command = [self.path, "stdin", "stdout", "-l", "+".join(self.languages)]
        try:
            done = subprocess.run(  # noqa: S603 a fixed program; the picture comes on its standard input
                command,
                input=picture,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=seconds,
                check=False,
            )
        except (subprocess.TimeoutExpired, OSError):
            return None
        if done.returncode != 0:
            return None
        return done.stdout.decode("utf-8", "replace").replace("\f", "\n")[:_MAX_TEXT]


def _enlarged(page: Page) -> Page:
    if page.width * page.height > _SMALL:
        return page
    size = (page.width * _TIMES, page.height * _TIMES)
    picture = Image.frombytes("L", (page.width, page.height), page.pixels)
    return Page(*size, picture.resize(size, Image.Resampling.BICUBIC).tobytes())


def find_reader() -> Reader | None:
    """The tesseract of this machine; None where it, or every language we want, is missing."""
    path = shutil.which(PROGRAM, path="/usr/local/bin:/usr/bin:/bin")
    if path is None:
        return None
    try:
        listed = subprocess.run(  # noqa: S603 a fixed program with a fixed argument
            [path, "--list-langs"], capture_output=True, timeout=_SECONDS_TO_ASK, check=False
        )
    except (subprocess.TimeoutExpired, OSError):
        return None
    known = set(listed.stdout.decode("ascii", "replace").split())
    languages = tuple(language for language in _LANGUAGES if language in known)
    return Reader(path, languages) if languages else None
