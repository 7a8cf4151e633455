"""What does one version of a text say that another does not?

Pure. Never raises; linear in the texts.
"""

from collections.abc import Set as AbstractSet
from itertools import chain

_edges = "<>()[]{}\"'«».,;:!?*_-|"


def what_html_lacks(plain: str, html: str) -> tuple[str, bool]:
    """The lines of the plain alternative that say something new, and whether most of it is new."""
    known_lines = set(html.split("\n"))
    rest = [line for line in plain.split("\n") if line.strip() not in known_lines]
    said = list(map(str.split, rest))
    words = set(chain.from_iterable(said))
    if not words:
        return "", False
    new = _new_words(words, set(html.split()))
    length = sum(map(len, rest)) + len(rest) - 1
    differs = len(new) * 2 > len(words) > 5 and length * 2 > len(plain)
    return _lines_with(new, rest, said), differs


def lines_with_new_words(text: str, known: AbstractSet[str]) -> str:
    """The lines that hold a word not known yet; addresses of links do not count."""
    lines = text.split("\n")
    said = list(map(str.split, lines))
    return _lines_with(_new_words(set(chain.from_iterable(said)), known), lines, said)


def _new_words(words: set[str], known: AbstractSet[str]) -> set[str]:
    """The words not known, whatever punctuation stands around them."""
    bare = {word: word.strip(_edges) for word in words - known if "://" not in word}
    return {word for word, core in bare.items() if core not in known and any(map(str.isalnum, core))}


def _lines_with(new: set[str], lines: list[str], said: list[list[str]]) -> str:
    """The lines of which one of the words is new."""
    fresh = (line.strip() for line, words in zip(lines, said, strict=True) if not new.isdisjoint(words))
    return "\n".join(fresh) if new else ""
