"""What is wrong with the configuration, and with which option?"""

from typing import NamedTuple


class Problem(NamedTuple):
    """One thing wrong: the key it is about, as parts, and the sentence for the operator."""

    key: tuple[str, ...]
    sentence: str
