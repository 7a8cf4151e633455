"""Which word is meant by one that is written with digits and signs in the place of letters?

Pure. Never raises; linear in the text.
"""

from importlib.resources import files
from itertools import islice, product

from milter.mail.octets import NOWHERE, Patterns

# Digits that stand for letters, and signs that do, tried only on single words (see `letters`).
# i, l and 1 all become `i`.
DIGITS = str.maketrans("0134578l", "oieastbi")
_LEET = DIGITS | str.maketrans("@$!|€", "asiie")
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


def undisguise(folded: str, octets: bytes | None = None) -> str:
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


def letters(word: str) -> str:
    """A folded word with the digits and signs that pass for letters replaced: `4me1i` -> `ameii`.

    Only for comparing with another word treated by `letters`: i, l and 1 all become `i`.
    """
    return word.translate(_LEET).replace("vv", "w").replace("rn", "m")


def _read_disguised() -> dict[str, str]:
    text = files("milter.mail.text").joinpath("data/disguised.txt").read_text("ascii")
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
