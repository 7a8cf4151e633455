"""Of which terms is what is learnt of texts learnt? Their words, and each two that follow each other.

Pure. Never raises.
"""

from collections.abc import Iterable
from itertools import pairwise

NUMBER = "#"


def terms_of(text: Iterable[str]) -> set[str]:
    """The words of a text, and each two that follow each other."""
    text = tuple(text)
    return {*text, *map(" ".join, pairwise(text))}


def numbers_alike(text: Iterable[str]) -> list[str]:
    """The words in order; whatever holds a digit is `#`."""
    return [word if word.isalpha() else NUMBER for word in text]
