"""What does this text say to the eye? Folding before every comparison of words.

Pure. Never raises. NFKC, UTS #39 skeleton, case, accents, and all that is not seen: zero-width and bidi
characters, soft hyphens, tags. Newlines stay one to one, so that a folded line can be quoted as written.
"""

import re
import unicodedata
from functools import lru_cache
from importlib.resources import files
from itertools import islice, product

from milter.mail.octets import NOWHERE, Patterns
from milter.mail.remembered import remembered

_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
# The s that `singular` takes off, for many words at once.
# It begins with the letter that is looked for: with the look behind first it takes seven times as long.
PLURAL = re.compile(r"s(?![a-z0-9])(?<=[a-z0-9]{2}[a-rt-z0-9]s)")
_APART = bytes(byte if chr(byte) in "abcdefghijklmnopqrstuvwxyz0123456789" else 32 for byte in range(256))
_APART_IN_LINES = _APART[:10] + b"\n" + _APART[11:]
# Letters that stand alone between blanks or dots: "A m e l i", "C.P.A.M.", "A-m-e-l-i".
_SPACED = re.compile(r"(?<![a-z0-9])[a-z0-9](?:[ .\-_*|/~+]{1,3}[a-z0-9](?![a-z0-9])){2,}")
_WORDS_ONLY = bytes(97 if chr(byte) in "abcdefghijklmnopqrstuvwxyz0123456789" else 32 for byte in range(256))
# Three letters, as `a`, each alone.
_SPELT = Patterns(
    *(b" a%ba%ba " % (b" " * one, b" " * two) for one in (1, 2, 3) for two in (1, 2, 3)), *NOWHERE
)
_NOT_ALNUM = re.compile(r"[^a-z0-9]+")
_LATIN_NAME = re.compile(r"LATIN (?:SMALL |CAPITAL )?LETTER (?:SMALL CAPITAL )?([A-Z]{1,2})(?: .*)?$")
_DRAWN_NAME = re.compile(r"(?:NEGATIVE |REGIONAL |CROSSED )?.*(?:CAPITAL LETTER|SYMBOL LETTER) ([A-Z])$")
_PUNCTUATION = {
    **dict.fromkeys("‘’‚‛′ʼʹ´`＇", "'"),
    **dict.fromkeys("«»“”„‟″‹›＂", '"'),
    **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
    **dict.fromkeys("\u2028\u2029\x85\u1680\u3000\u2800\u3164\u115f\u1160\uffa0", " "),
    **dict.fromkeys("·•∙⋅・‧", "."),
    "…": "...",
    "。": ".",
}
# Digits and signs that stand for letters, tried only on single words (see `letters`).
# i, l and 1 all become `i`.
_LEET = str.maketrans("0134578@$!|€l", "oieastbasiiei")
_DRAWN = {"m": "rn", "w": "vv"}
_BEGUN = 3  # letters
_SIGNS = "0134578@$!|€"
# A letter as `a`, a digit or sign that passes for one as `1`, all else as a blank.
_CLASSES = bytes(
    97 if char.isascii() and char.isalpha() else 49 if char in _SIGNS else 32
    for char in bytes(range(256)).decode("cp1252", "replace")
)
_MAX_DISGUISED = 2000  # places looked at in one text
_MAX_WORD = 24
_ODD = Patterns(b"a1a", b" 1a", b"a1 ", *NOWHERE)


def fold(text: str) -> str:
    """The text in lower case Latin letters without accents or unseen characters, line for line."""
    if text.isascii():
        return _undisguise(text.lower(), text.encode("ascii"))
    # Nearly all French mail: one table look-up a byte instead of one a run, ten times as fast.
    for tables in _WESTERN:
        try:
            western = text.encode(tables.charset)
        except UnicodeEncodeError:
            continue
        seen = western.translate(tables.table, tables.unseen)
        return _undisguise(seen.decode("ascii"), seen) if seen.isascii() else _undisguise(tables.long(seen))
    return _undisguise(_NOT_ASCII.sub(_fold_run, text).lower())


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


def letters(word: str) -> str:
    """A folded word with the digits and signs that pass for letters replaced: `4me1i` -> `ameii`.

    Only for comparing with another word treated by `letters`: i, l and 1 all become `i`.
    """
    return word.translate(_LEET).replace("vv", "w").replace("rn", "m")


def join_spaced(folded: str) -> str:
    """The folded text with letters that stand alone drawn together: `a m e l i` -> `ameli`."""
    if not has_spaced(folded):
        return folded
    return _SPACED.sub(lambda run: _NOT_ALNUM.sub("", run.group()), folded)


def has_spaced(folded: str) -> bool:
    """True where letters may be drawn together; a fifth of the price of doing so."""
    shown = folded.encode("ascii", "replace").translate(_WORDS_ONLY)
    return _SPELT.stand_in(b" %b " % shown)


def _undisguise(folded: str, octets: bytes | None = None) -> str:
    """The folded text with the words of data/disguised.txt written plainly: `am€li`, `v!tale`, `c4rte`.

    `octets`: the same text in ASCII, of any case, where it is at hand and has no other characters.
    Only whole words of the list: prices, file numbers and addresses stay what they are.
    """
    shown = b" %b " % (octets or folded.encode("cp1252", "replace")).translate(_CLASSES)
    if b"1" not in shown:
        return folded
    pieces: list[str] = []
    done = last = 0
    for place, _ in islice(_ODD.places(shown), _MAX_DISGUISED):
        # One blank was put in front: a place in `shown` is one further on than in the text.
        at = place if shown[place] != _BLANK else place + 1
        start = shown.rfind(b" ", max(at - _MAX_WORD, 0), at) + 1
        if start == last or folded[start - 1 : start - 1 + _BEGUN].translate(_LEET) not in _BEGINNINGS:
            continue
        last, end = start, shown.find(b" ", at)
        word = folded[start - 1 : end - 1]
        if start <= done or len(word) > _MAX_WORD or (plain := _plainly(word)) is None:
            continue
        pieces += (folded[max(done - 1, 0) : start - 1], plain)
        done = end
    return "".join((*pieces, folded[max(done - 1, 0) :])) if pieces else folded


def _plainly(word: str) -> str | None:
    """The word of the list that this one passes for, with the signs of punctuation at its ends."""
    bare = word.rstrip("!|")
    for end in (bare, bare.removesuffix("s")):
        if (plain := _DISGUISED.get(letters(end))) is not None and plain != end:
            return plain + word[len(end) :]
    return None


def _fold_run(run: re.Match[str]) -> str:
    return _fold_characters(run.group()) if len(run.group()) < 16 else _fold_long(run.group())


def _fold_long(run: str) -> str:
    return "".join(map(_fold_characters, run))


@lru_cache(maxsize=1024)
def _fold_characters(run: str) -> str:
    return "".join(map(_fold_character, run))


def _fold_character(char: str) -> str:
    if (seen := _CONFUSABLES.get(char) or _PUNCTUATION.get(char)) is not None:
        return seen
    category = unicodedata.category(char)
    # Tags; and the pictures of control characters, which is what `mail` makes of the characters themselves.
    if category in {"Cf", "Mn", "Me"} or 0xE0000 <= ord(char) <= 0xE0FFF or 0x2400 <= ord(char) <= 0x2421:
        return ""
    if category == "Zs":
        return " "
    plain = "".join(map(_plain, unicodedata.normalize("NFKD", char)))
    return plain or " "


def _plain(char: str) -> str:
    if char.isascii():
        return char
    if unicodedata.combining(char):
        return ""
    if seen := _CONFUSABLES.get(char):
        return seen
    name = unicodedata.name(char, "")
    latin = _LATIN_NAME.match(name) or _DRAWN_NAME.match(name)
    return latin.group(1).lower() if latin else char


def _read_confusables() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in files("milter.mail").joinpath("data/confusables.txt").read_text("ascii").splitlines():
        if not line.startswith("#"):
            target, *points = line.split()
            table.update((chr(int(point, 16)), target) for point in points)
    return table


_CONFUSABLES = _read_confusables()


def _read_disguised() -> dict[str, str]:
    text = files("milter.mail").joinpath("data/disguised.txt").read_text("ascii")
    found = [line for line in text.splitlines() if not line.startswith("#")]
    return {letters(word): word for line in found for word in line.split()}


_DISGUISED = _read_disguised()
# As one of these words few of the numbers in addresses begin.
_BEGINNINGS = frozenset(
    "".join(drawn)[:_BEGUN]
    for word in _DISGUISED
    for drawn in product(*((letter, _DRAWN.get(letter, letter)) for letter in word[:_BEGUN]))
)
_BLANK = 32


class _Western:
    """The folding of the characters of a charset of one byte each."""

    def __init__(self, charset: str) -> None:
        """A translation table over its bytes, the bytes left out, and what folds to several letters."""
        self.charset = charset
        table, unseen, longer = bytearray(range(256)), bytearray(), []
        for byte in range(256):
            char = bytes([byte]).decode(charset, "replace")
            seen = (char if char.isascii() else _fold_character(char)).lower()
            if len(seen) == 1 and seen.isascii():
                table[byte] = ord(seen)
            elif not seen:
                unseen.append(byte)
            elif seen != chr(byte):
                longer.append((chr(byte), seen))
        self.table, self.unseen = bytes(table), bytes(unseen)
        self._longer = tuple(longer)

    def long(self, seen: bytes) -> str:
        """What the table gave, with what is more than one letter, or none of ASCII."""
        folded = seen.decode("latin-1")
        for char, instead in self._longer:
            folded = folded.replace(char, instead)
        return folded


# The first is the faster to encode, the second knows the dashes and quotes of printers.
_WESTERN = _Western("latin-1"), _Western("cp1252")
