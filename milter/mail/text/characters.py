"""What does this character say to the eye?

Pure. Never raises. NFKC, UTS #39 skeleton, accents, and all that is not seen: zero-width and bidi characters,
soft hyphens, tags.
"""

import re
import unicodedata
from functools import lru_cache
from importlib.resources import files

_LONG = 16  # characters: a run of so many does not come again
_LATIN_NAME = re.compile(r"LATIN (?:SMALL |CAPITAL )?LETTER (?:SMALL CAPITAL )?([A-Z]{1,2})(?: .*)?$")
_DRAWN_NAME = re.compile(r"(?:NEGATIVE |REGIONAL |CROSSED )?.*(?:CAPITAL LETTER|SYMBOL LETTER) ([A-Z])$")
_PUNCTUATION = {
    **dict.fromkeys("‘’‚‛′ʼʹ´`＇", "'"),
    **dict.fromkeys("«»“”„‟″‹›＂", '"'),
    **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
    **dict.fromkeys("\u2028\u2029\x85\u1680\u3000\u2800\u3164\u115f\u1160\uffa0", " "),
    **dict.fromkeys("·•∙⋅・‧", "."),
    "…": "...",
    "。": ".",
}


def fold_characters(run: str) -> str:
    """What characters that are not ASCII say, one after the other, in either case."""
    return _fold_short(run) if len(run) < _LONG else "".join(map(_fold_short, run))


@lru_cache(maxsize=1024)
def _fold_short(run: str) -> str:
    return "".join(map(fold_character, run))


def fold_character(char: str) -> str:
    """What one character says: Latin letters, a sign, a blank, or nothing where it is not seen."""
    if (seen := _CONFUSABLES.get(char) or _PUNCTUATION.get(char)) is not None:
        return seen
    category = unicodedata.category(char)
    # Tags; and the pictures of control characters, which is what `mail` makes of the characters themselves.
    if category in {"Cf", "Mn", "Me"} or 0xE0000 <= ord(char) <= 0xE0FFF or 0x2400 <= ord(char) <= 0x2421:
        return ""
    if category == "Zs":
        return " "
    plain = "".join(map(_plain, unicodedata.normalize("NFKD", char)))
    return plain or " "


def _plain(char: str) -> str:
    if char.isascii():
        return char
    if unicodedata.combining(char):
        return ""
    if seen := _CONFUSABLES.get(char):
        return seen
    name = unicodedata.name(char, "")
    latin = _LATIN_NAME.match(name) or _DRAWN_NAME.match(name)
    return latin.group(1).lower() if latin else char


def _read_confusables() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in files("milter.mail.text").joinpath("data/confusables.txt").read_text("ascii").splitlines():
        if not line.startswith("#"):
            target, *points = line.split()
            table.update((chr(int(point, 16)), target) for point in points)
    return table


_CONFUSABLES = _read_confusables()
