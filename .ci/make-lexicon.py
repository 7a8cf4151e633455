#!/usr/bin/env python3
"""Which words are ordinary, nobody's name? Writes milter/claim/names/data/ordinary.txt, once in years.

    apt-get install hunspell hunspell-fr-classical hunspell-en-us
    pip download --no-deps wordfreq && python -m zipfile -e wordfreq-*.whl DIR
    pip install msgpack
    .ci/make-lexicon.py DIR/wordfreq/data

A word is ordinary where people use it often enough, the spelling dictionary knows it written small, and no
first name, surname or place of that dictionary folds to it.
"""

import gzip
import re
import subprocess
import sys
from pathlib import Path

import msgpack

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from milter.mail.text.folding import fold, singular

DICTIONARY = Path("/usr/share/hunspell/fr.dic")
SPELLERS = {"fr": "fr", "en": "en_US"}
# Once in so many words of text, as centibels below one (wordfreq): 550 is three times in a million.
RAREST = {"fr": 650, "en": 430}
SHORTEST = 3
OUT = Path("milter/claim/names/data/ordinary.txt")
_NAME = re.compile(r"po:(?:npr|patr|prn)\b")
_SMALL = re.compile(r"[a-z]+")
HEADER = """\
# Ordinary words of French, and the most common ones of English: beside a name they do not say whose it is.
# Made by .ci/make-lexicon.py, one folded word a line, without the s of a plural; do not edit.
# How common a word is: wordfreq (data CC BY-SA 4.0, Robyn Speer), of which no figure is kept here. That it is
# a word, and no name: Dicollecte's French dictionary (hunspell-fr, MPL-2.0) and hunspell-en-us (BSD and the
# like, after SCOWL).
"""


def often(data: Path, language: str) -> set[str]:
    """The words that are used often enough, as they are written."""
    packed = msgpack.unpackb(gzip.decompress((data / f"large_{language}.msgpack.gz").read_bytes()))
    return {word for words in packed[1 : RAREST[language] + 1] for word in words}


def ordinary(data: Path, language: str) -> set[str]:
    """Those the speller knows written small, folded."""
    written = sorted(often(data, language))
    speller = subprocess.run(
        ["hunspell", "-d", SPELLERS[language], "-i", "utf-8", "-G"],
        input="\n".join(written),
        capture_output=True,
        text=True,
        check=True,
    )
    folded = (singular(fold(word)) for word in speller.stdout.split("\n"))
    return {word for word in folded if _SMALL.fullmatch(word) and len(word) >= SHORTEST}


def names() -> set[str]:
    """First names, surnames and places, folded."""
    lines = DICTIONARY.read_text("utf-8").split("\n")
    return {singular(fold(re.split(r"[/ ]", line)[0])) for line in lines if _NAME.search(line)}


def main() -> None:
    """Write the list."""
    data = Path(sys.argv[1])
    found = {word for language in SPELLERS for word in ordinary(data, language)}
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(HEADER + "\n".join(sorted(found - names())) + "\n", "ascii")


if __name__ == "__main__":
    main()
