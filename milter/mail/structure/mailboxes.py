"""Which mailboxes does an address field hold, by the grammar of RFC 5322 section 3.4?

Pure. Never raises: what is off the grammar is read on, and spoils `plain`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from milter.mail.coding.encoded_word import decode_words
from milter.mail.text.bidi import displayed_order

MAX_TEXT = 8192

_token = re.compile(r'"((?:[^"\\]|\\.)*)(?:"|\Z)|([()<>,;:])|(\\.)|([^"()<>,;:\\ \t]++)|([ \t]++)', re.DOTALL)
_escape = re.compile(r"\\(.)", re.DOTALL)
# RFC 5322 dot-atom with the letters of RFC 6532; a quoted local-part may not hold an at-sign here.
_plain_address = re.compile(
    r"""(?:[\w!#$%&'*+/=?^`{|}~.-]+|"[^"@<>\\]+")@(?:[\w-]+\.)*[\w-]+\.?|[\w.+-]+@\[[\w.:]+\]"""
)


@dataclass(slots=True)
class Parsed:
    """One field while it is read: whether all of it was plain so far, and how many tokens that were."""

    most: int
    tokens: int = 0
    plain: bool = True
    group: str = ""
    # Bytes that are no UTF-8 may be read in several ways; that matters in an address only.
    unsure: bool = False


class _Pieces:
    """The pieces of one mailbox while tokens come in."""

    __slots__ = ("angle", "bare", "closed", "comments", "depth", "raw", "words")

    def __init__(self) -> None:
        self.words: list[str] = []
        # The words with their quotes: a local-part may be quoted.
        self.raw: list[str] = []
        self.comments: list[str] = []
        self.angle: list[str] | None = None
        self.closed = False
        self.depth = 0

    def finish(self, parsed: Parsed) -> Iterator[tuple[str, str]]:
        """The display name and address, if there is any of them; an odd one spoils `parsed.plain`."""
        comment = decode_words("".join(self.comments).encode())[:MAX_TEXT]
        address, phrase = self._address_and_phrase(parsed)
        if self.depth or (self.angle is not None and not self.closed):
            parsed.plain = False
        if address and not (_plain_address.fullmatch(address) and (address.isascii() or not parsed.unsure)):
            parsed.plain = False
        shown = decode_words(phrase.encode())
        shown = f"{shown} ({comment})" if shown and comment else shown or comment or parsed.group
        if shown or address:
            yield _unquote_once(displayed_order(shown)[:MAX_TEXT]), address.lower()[:MAX_TEXT]

    def _address_and_phrase(self, parsed: Parsed) -> tuple[str, str]:
        """What stands where the address should, and the words before it."""
        phrase = "".join(self.words).strip(" \t")
        if self.angle is not None:
            parsed.plain = parsed.plain and bool("".join(self.angle).strip(" \t"))
            return "".join(self.angle).strip(" \t"), phrase
        bare = "".join(self.raw).strip(" \t")
        if _plain_address.fullmatch(bare):
            return bare, ""
        parsed.plain = parsed.plain and not bare
        return "", phrase


def _unquote_once(shown: str) -> str:
    return shown[1:-1].strip() if len(shown) > 1 and shown[0] == shown[-1] in "'\"" else shown


def mailboxes(text: str, parsed: Parsed) -> Iterator[tuple[str, str]]:
    """Follow the tokens of RFC 5322 section 3.4; whatever is off the grammar spoils `parsed.plain`."""
    one = _Pieces()
    for token in _token.finditer(text):
        if parsed.tokens == parsed.most:
            parsed.plain = False
            break
        parsed.tokens += 1
        quoted, special, escaped, _, _ = token.groups()
        if one.depth or special in ("(", ")"):
            _take_comment(one, special, token[0], parsed)
        elif special in (",", ";") and (one.angle is None or one.closed or special == ";"):
            yield from one.finish(parsed)
            one = _Pieces()
            parsed.group = "" if special == ";" else parsed.group
        elif special == ":" and one.angle is None:
            # A group name (section 3.4), shown before its members.
            parsed.plain = False
            parsed.group = decode_words("".join(one.words).encode())[:MAX_TEXT]
            one = _Pieces()
        elif special:
            _take_special(one, special, parsed)
        else:
            if escaped:
                parsed.plain = False
            _take_word(one, token[0], quoted, parsed)
    yield from one.finish(parsed)


def _take_comment(one: _Pieces, special: str | None, text: str, parsed: Parsed) -> None:
    """Comments nest (section 3.2.2); counted, not recursed into."""
    if special == "(":
        one.depth += 1
    elif special == ")":
        if not one.depth:
            parsed.plain = False
        one.depth = max(0, one.depth - 1)
    elif len(one.comments) < 1000:
        one.comments.append(text)


def _take_special(one: _Pieces, special: str, parsed: Parsed) -> None:
    if special == "<" and one.angle is None:
        one.angle = []
    elif special == ">" and one.angle is not None and not one.closed:
        one.closed = True
    elif special == ":" and one.angle is not None and not one.closed:
        # A source route (section 4.4): the address stands behind it.
        parsed.plain = False
        one.angle = []
    else:
        parsed.plain = False


def _take_word(one: _Pieces, text: str, quoted: str | None, parsed: Parsed) -> None:
    if one.angle is not None and not one.closed:
        one.angle.append(text)
        return
    if one.closed:
        parsed.plain = parsed.plain and not text.strip()
        if not text.strip():
            return
    one.raw.append(text)
    one.words.append(text if quoted is None else _escape.sub(r"\1", quoted))
