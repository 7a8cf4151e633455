"""Where must no line end? At the blanks that French has within its punctuation. Pure."""

import re

_HELD_TOGETHER = re.compile(r"(?<=«) | (?=[»:;?!](?:\s|$))")


def unbroken(text: str) -> str:
    """The text, in which no line begins with such a mark, or ends with an opening one."""
    return _HELD_TOGETHER.sub("\u00a0", text)
