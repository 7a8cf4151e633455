"""What are the letters of this text, in whatever script? For languages that are not folded to Latin.

Pure. Never raises. `folding` writes Cyrillic as the Latin letters that it looks like, to see through
disguise, and leaves other scripts out; what is meant in such a language is compared by its own letters.
"""

import re
import unicodedata

from milter.mail.text.folding import fold

# Letters but those of the Latin script: of all languages of Europe, and of Vietnam.
NOT_LATIN = re.compile(r"[^\W\d_\x00-\u024f\u1e00-\u1eff]+")
# One may stand in the middle of a text without blanks, but for those of mailboxes, which begin a word.
_ADDRESS = re.compile(r"https?://\S*|www\.\S*|(?<!\S)\S+@\S*", re.IGNORECASE)
_OF_ADDRESSES = ("://", "@", "www.")
_SPACES = re.compile(r"\s+")
# Letters of an office beside a name, at most: `法国疾病保险 CPAM 服务处`.
_OFFICE = 10


def says_more_than_latin(line: str) -> bool:
    """True for a line that says a sentence in letters that fold to none, whatever Latin words stand in it."""
    return not line.isascii() and sum(not char.isascii() and char.isalpha() for char in fold(line)) > _OFFICE


def plain(text: str) -> str:
    """The text in lower case without accents, one blank between words, its letters of its own script."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return _SPACES.sub(" ", "".join(char for char in apart if not unicodedata.combining(char)))


def without_addresses(text: str) -> str:
    """The text without addresses of pages and mailboxes: those are of no language."""
    if not any(sign in text for sign in _OF_ADDRESSES):
        return text
    # A pattern that is tried at every letter takes ten times as long.
    return " ".join(
        _ADDRESS.sub(" ", word) if any(sign in word for sign in _OF_ADDRESSES) else word
        for word in text.split(" ")
    )
