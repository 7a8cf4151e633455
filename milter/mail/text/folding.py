"""What does this text say to the eye? Folding before every comparison of words.

Pure. Never raises. Characters as they look, in lower case, and words in disguise as they are meant. Newlines
stay one to one, so that a folded line can be quoted as written.
"""

import re

from milter.mail.remembered import remembered
from milter.mail.text.characters import fold_characters
from milter.mail.text.disguise import undisguise
from milter.mail.text.western import WESTERN

_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
# The s that `singular` takes off, for many words at once.
# It begins with the letter that is looked for: with the look behind first it takes seven times as long.
PLURAL = re.compile(r"s(?![a-z0-9])(?<=[a-z0-9]{2}[a-rt-z0-9]s)")
_APART = bytes(byte if chr(byte) in "abcdefghijklmnopqrstuvwxyz0123456789" else 32 for byte in range(256))
_APART_IN_LINES = _APART[:10] + b"\n" + _APART[11:]


def fold(text: str) -> str:
    """The text in lower case Latin letters without accents or unseen characters, line for line."""
    if text.isascii():
        return undisguise(text.lower(), text.encode("ascii"))
    # Nearly all French mail: one table look-up a byte instead of one a run, ten times as fast.
    for tables in WESTERN:
        try:
            western = text.encode(tables.charset)
        except UnicodeEncodeError:
            continue
        seen = western.translate(tables.table, tables.unseen)
        return undisguise(seen.decode("ascii"), seen) if seen.isascii() else undisguise(tables.long(seen))
    return undisguise(_NOT_ASCII.sub(lambda run: fold_characters(run.group()), text).lower())


# Of the mail that is read: several ask for it, one after the other.
@remembered(2, longest=200_000)
def folded(text: str) -> str:
    """`fold` of the text of a mail."""
    return fold(text)


def words(folded: str) -> list[str]:
    """The words of a folded text: runs of ASCII letters and digits, in order."""
    return _apart(folded).split()


def first_words(folded: str, most: int) -> list[str]:
    """The same, so many of them; what stands behind is not looked at."""
    return _apart(folded).split(None, most)[:most]


def _apart(folded: str) -> str:
    return folded.encode("ascii", "replace").translate(_APART).decode("ascii")


def in_one_word(text: str) -> str:
    """The words of a text as one, the way of domains: `eauvitale` of `Eau Vitale`."""
    return "".join(words(fold(text)))


def words_in_lines(folded: str) -> list[str]:
    """The words of each line of a folded text, with one blank between them."""
    apart = folded.encode("ascii", "replace").translate(_APART_IN_LINES).decode("ascii")
    return [" ".join(line.split()) for line in apart.split("\n")]


def phrase(text: str) -> str:
    """The words of a text, folded, without the s of a plural, with one blank between them.

    `phrase("L'Assurance-Maladie")` is `l assurance maladie`. Two phrases are compared as whole words
    by padding both with a blank.
    """
    return PLURAL.sub("", " ".join(words(fold(text))))


# Of the mail that is read: several ask for it, one after the other.
@remembered(2, longest=200_000)
def phrases_in_lines(text: str) -> tuple[str, ...]:
    """`phrase` of each line of the text of a mail."""
    return tuple(PLURAL.sub("", "\n".join(words_in_lines(folded(text)))).split("\n"))


def whole_phrase(subject: str, text: str) -> str:
    """`phrase` of the subject and text of a mail."""
    return " ".join(filter(None, (phrase(subject), *phrases_in_lines(text))))


def singular(word: str) -> str:
    """A folded word without the s of a plural; short words (`sos`, `nos`) as they are."""
    return word[:-1] if len(word) > 3 and word[-1] == "s" and word[-2] != "s" else word
