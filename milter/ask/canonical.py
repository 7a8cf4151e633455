"""What are the words of this sentence, whatever it looks like? The form that the phrases are matched against.

Pure. Never raises. Linear.
"""

import itertools
import re
from collections.abc import Mapping
from types import MappingProxyType

from milter.mail.folding import fold, join_spaced

_LOOKALIKES = str.maketrans("0134578l", "oieastbi")
# Letters apart ("R.I.B.", "R I B"): looked for by the shape first, because drawing them together costs more.
_SHAPES = {code: "a" if chr(code).isalnum() else "x" for code in range(128)} | dict.fromkeys(
    map(ord, " .-_*"), " "
)

_TLD = (
    "fr|com|net|org|info|eu|io|be|ch|ca|co|uk|de|me|site|online|shop|app|link|ly|xyz|top|ru|cn|click|live"
    "|test|example|invalid"
)
_TOKEN = re.compile(
    r"(?P<url>(?:https?|hxxps?)[ ]?:[^\s<>\"]+|www\.[^\s<>\"]+)"
    r"|(?P<mail>(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,255})"
    rf"|(?P<host>(?<![\w.-])[a-z0-9-]{{1,63}}(?:\.[a-z0-9-]{{1,63}}){{0,6}}\.(?:{_TLD})\b(?:/[^\s<>\"]*)?)"
    r"|(?P<amount>(?<![\w,.])\d{1,6}(?:[ .]\d{3})?(?:[.,]\d{1,2})?[ ]?(?:€|eur\b|euros?\b)(?:[ ]?\d\d\b)?"
    r"|€[ ]?\d{1,6}(?:[.,]\d{1,2})?)"
    r"|(?P<blank>_{3,}|\.{4,}|\[[ _]{0,9}\])"
    r"|(?P<number>\bn[°º])"
    r"|(?P<colon>:)"
    r"|(?P<break>[,;.!?()|\"\n]|(?<=\s)-(?=\s))"
    r"|(?P<word>[^\W_]+)"
)
# Without any of these a sentence is nothing but words and breaks, and is cut in one pass. Letters and points
# alone are looked for before what they may belong to: a pattern is tried at every place.
_SIGNS = ("@", "[", "http", "hxxp", "www.", "__", "....")
_HOST = re.compile(r"\.(?<=[a-z0-9]\.)[a-z0-9]")
_SUM = re.compile(r"eur(?<=[0-9]eur)|eur(?<=[0-9] eur)")
_PLAIN = {code: " " for code in range(128) if not chr(code).isalnum()}
_PLAIN = str.maketrans({**_PLAIN, **{ord(char): "|" for char in ',;.!?()|"\n'}, ord(":"): ":"})


def looks(folded: str) -> str:
    """The folded text with what passes for a letter replaced: l and 1 by i, 0 by o, 3 by e, and so on."""
    return folded.translate(_LOOKALIKES)


def joined(folded: str) -> str:
    """The folded text with letters that stand apart drawn together."""
    return join_spaced(folded) if " a a " in f" {folded} ".translate(_SHAPES) else folded


def canonical(text: str, spellings: Mapping[str, str] = MappingProxyType({})) -> str:
    """The folded words of the text, one blank around each; sums, addresses and gaps become signs.

    `spellings` gives for the looks of a word the word that is meant: `r1b` and `rlb` are `rib`.
    """
    folded = joined(fold(text))
    if folded.isascii() and _is_plain(folded):
        return _once(f" {' '.join(_plain(folded, spellings))} ")
    tokens = (_canonical_token(found, spellings) for found in _TOKEN.finditer(folded))
    return f" {' '.join(token for token, _ in itertools.groupby(tokens))} "


def _is_plain(folded: str) -> bool:
    return not (any(sign in folded for sign in _SIGNS) or _HOST.search(folded) or _SUM.search(folded))


def _plain(folded: str, spellings: Mapping[str, str]) -> list[str]:
    apart = folded.replace(" - ", " | ").translate(_PLAIN).replace("|", " | ").replace(":", " : ")
    words = apart.split()
    return list(map(spellings.get, looks(apart).split(), words))


def _once(words: str) -> str:
    """The words with one break where several stand."""
    for several, one in (" | | ", " | "), (" : : ", " : "):
        while several in words:
            words = words.replace(several, one)
    return words


def _canonical_token(found: re.Match[str], spellings: Mapping[str, str]) -> str:
    match found.lastgroup:
        case "url" | "host":
            return "^url"
        case "amount":
            return "^euro" if re.search(r"[1-9]", found.group()) else "^free"
        case "mail" | "blank":
            return f"^{found.lastgroup}"
        case "number":
            return "numero"
        case "colon":
            return ":"
        case "break":
            return "|"
    return spellings.get(looks(found.group()), found.group())
