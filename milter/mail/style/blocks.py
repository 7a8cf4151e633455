"""Where do the blocks of a style sheet begin and end, and what stands before each (CSS Syntax, section 5)?

Pure. Never raises; linear in the sheet. A brace in a comment, a string or a parenthesis is none: who takes it
for one reads all that follows otherwise than a browser does.
"""

import re
from collections.abc import Iterator

_MAX_BRACKETS = 4

# Atomic groups, not possessive repetition: see tests/test_patterns.py.
_string = r"""(?>"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|\\.)"""
# The one parenthesis in which a quotation mark is none, as far as it is open: `url(it's.png)`.
_address = r"""(?<=[uU][rR][lL])\((?!\s*["'])(?:[^)\\]|\\.)*"""


def _whole(but: str, depth: int = _MAX_BRACKETS, *, stray: str = "") -> str:
    """A pattern of text without the signs of `but`, unless they stand in strings or brackets; with what else
    `stray` is a pattern of.
    """
    found = rf"[^()\[\]\"'\\{but}]++|{_string}{stray}"
    if depth:
        inside = _whole("", depth - 1)
        found += rf"|(?>{_address}\))|(?>\({inside}\))|(?>\[{inside}\])"
    return f"(?>(?:{found})*)"


_comment_or_string = re.compile(
    rf"({_string}|(?>{_address}\)?))|/\*[^*]*(?:\*(?!/)[^*]*)*(?:\*/|\Z)|<!--|-->", re.DOTALL
)
_CLOSING = r"|[)\]]"
_before_a_brace = re.compile(rf"({_whole('{}', stray=_CLOSING)})([{{}}(\[]|\Z)", re.DOTALL)
_statement = re.compile(rf"\s*(@{_whole('{};')});", re.DOTALL)
_declarations = re.compile(rf"(?>(?:{_whole(';')};)*)", re.DOTALL)


def without_comments(text: str) -> str:
    """The same with a blank for each comment."""
    if "/*" not in text and "--" not in text:
        return text
    return _comment_or_string.sub(lambda found: found[1] or " ", text)


def braces(text: str) -> Iterator[tuple[str, str]]:
    """What stands before each brace, and the brace; at the end an empty one, or the bracket that is not
    closed again, in which all the rest stands.
    """
    for found in _before_a_brace.finditer(text):
        before, mark = found.groups()
        yield before, mark
        if mark not in ("{", "}"):
            return


def statements(before: str) -> tuple[list[str], str]:
    """The at-rules that end without a block (`@import …;`), and the text behind them."""
    found: list[str] = []
    at = 0
    while one := _statement.match(before, at):
        found.append(one[1])
        at = one.end()
    return found, before[at:]


def said_before(before: str) -> tuple[str, str]:
    """Of what stands before a block in a block: the declarations, and what introduces the block."""
    found = _declarations.match(before)
    end = found.end() if found else 0
    return before[:end], before[end:]
