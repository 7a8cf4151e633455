"""Which letters stand in this text as references of HTML (`s&eacute;curit&eacute;`)?

Pure. Never raises. Mailers that escape a text twice, or send it as plain text, show their readers the
references themselves, who know what they stand for.
"""

import html
import re

_REFERENCE = re.compile(r"&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,5}|[A-Za-z]{2,8});")
# What else may be written so; marks of markup, line ends and what turns a text round stay as they are shown.
_SIGNS = frozenset(" \xa0'’‘«»“”-–—…€°&")


def with_letters(text: str) -> str:
    """The text with the letters, and the signs of a text, that such references in it stand for."""
    return _REFERENCE.sub(_letter, text) if "&" in text else text


def _letter(found: re.Match[str]) -> str:
    meant = html.unescape(found[0])
    return meant if len(meant) == 1 and (meant.isalnum() or meant in _SIGNS) else found[0]
