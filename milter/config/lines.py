"""On which line of a TOML file does a key stand? tomllib reads values and forgets where they stood.

Pure.
"""

import re

_TABLE = re.compile(r"^[ \t]*\[[ \t]*([A-Za-z0-9_.\"' \t-]+?)[ \t]*\]")
_KEY = re.compile(r"^[ \t]*([A-Za-z0-9_\"'-]+(?:[ \t]*\.[ \t]*[A-Za-z0-9_\"'-]+)*)[ \t]*=")


def line_of(text: str, key: tuple[str, ...]) -> int | None:
    """The number of the line where the key is set, or where its section begins; None where it stands nowhere.

    Tables, dotted keys and quoted keys are known, inline tables give the line of the whole.
    """
    table: tuple[str, ...] = ()
    begins: int | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if heading := _TABLE.match(line):
            table = _parts(heading[1])
            here = table
        elif assignment := _KEY.match(line):
            here = table + _parts(assignment[1])
        else:
            continue
        if here == key:
            return number
        if here == key[: len(here)]:
            begins = number
    return begins


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
