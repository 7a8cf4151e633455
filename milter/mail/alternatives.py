"""What does one version of a text say that another does not?

Pure. Never raises; linear in the texts.
"""

from collections.abc import Set as AbstractSet

_edges = "<>()[]{}\"'«».,;:!?*_-|"


def what_html_lacks(plain: str, html: str) -> tuple[str, bool]:
    """The lines of the plain alternative that say something new, and whether most of it is new."""
    known_lines = set(html.split("\n"))
    rest = "\n".join(line for line in plain.split("\n") if line.strip() not in known_lines)
    if not rest.strip():
        return "", False
    known = set(html.split())
    words = set(rest.split())
    new = _new_words(words, known)
    differs = len(new) * 2 > len(words) > 5 and len(rest) * 2 > len(plain)
    return _lines_with(new, rest), differs


def lines_with_new_words(text: str, known: AbstractSet[str]) -> str:
    """The lines that hold a word not known yet; addresses of links do not count."""
    return _lines_with(_new_words(set(text.split()), known), text)


def _new_words(words: set[str], known: AbstractSet[str]) -> set[str]:
    """The words not known, whatever punctuation stands around them."""
    bare = {word: word.strip(_edges) for word in words - known if "://" not in word}
    return {word for word, core in bare.items() if core not in known and any(map(str.isalnum, core))}


def _lines_with(words: set[str], text: str) -> str:
    if not words:
        return ""
    return "\n".join(line.strip() for line in text.split("\n") if not words.isdisjoint(line.split()))
