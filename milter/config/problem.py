"""What is wrong with the configuration, with which option, and for whom?"""

import os
import pwd
from typing import NamedTuple


class Problem(NamedTuple):
    """One thing wrong: the key it is about, as parts, and the sentence for the operator."""

    key: tuple[str, ...]
    sentence: str


def user() -> str:
    """Who we run as, by name where he has one: whose rights they are that do not suffice."""
    number = os.geteuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
