"""What are the words of this sentence, whatever it looks like? The form that the phrases are matched against.

Pure. Never raises. Linear.
"""

import itertools
import re
from collections.abc import Mapping

from milter.mail.octets import NOWHERE, Patterns
from milter.mail.text.disguise import DIGITS
from milter.mail.text.folding import fold
from milter.mail.text.spaced_letters import join_spaced

# Letters apart ("R.I.B.", "R I B"): looked for by the shape first, because drawing them together costs more.
_SHAPES = bytes(
    97 if chr(code).isascii() and chr(code).isalnum() else 32 if chr(code) in " .-_*" else 120
    for code in range(256)
)
_LETTERS_APART = Patterns(b" a a ", *NOWHERE)

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
_MOST_WORDS, _LONGEST_WORD = 1365, 40


def looks(folded: str) -> str:
    """The folded text with what passes for a letter replaced: l and 1 by i, 0 by o, 3 by e, and so on."""
    return folded.translate(DIGITS)


def joined(folded: str) -> str:
    """The folded text with letters that stand apart drawn together."""
    shapes = folded.encode("ascii", "replace").translate(_SHAPES)
    return join_spaced(folded) if _LETTERS_APART.stand_in(b" %b " % shapes) else folded


class Spelled(dict[str, str]):
    """For each folded word the word that is meant, whatever it looks like: `r1b` and `rlb` are `rib`.

    Words are looked up once: so many of so many letters are remembered.
    """

    def __init__(self, spellings: Mapping[str, str]) -> None:
        """`spellings` gives for the looks of a word the word itself."""
        super().__init__()
        self._spellings = spellings

    def __missing__(self, word: str) -> str:
        meant = self.meant_by(word)
        if len(self) >= _MOST_WORDS:
            self.clear()
        # Numbers are all different.
        if len(word) <= _LONGEST_WORD and not word.isdigit():
            self[word] = meant
        return meant

    def meant_by(self, word: str) -> str:
        """The word that is meant, or itself."""
        return self._spellings.get(looks(word), word)


AS_WRITTEN = Spelled({})


def canonical(text: str, words: Spelled = AS_WRITTEN) -> str:
    """The folded words of the text, one blank around each; sums, addresses and gaps become signs.

    `words` gives for each word what stands for it.
    """
    return canonical_of(joined(fold(text)), words)


def canonical_of(folded: str, words: Spelled) -> str:
    """The same of what is folded and `joined`."""
    if folded.isascii() and _is_plain(folded):
        apart = folded.replace(" - ", " | ").translate(_PLAIN).replace("|", " | ").replace(":", " : ")
        return _once(f" {' '.join([words[word] for word in apart.split()])} ")
    tokens = map(_canonical_token, _TOKEN.finditer(folded))
    return f" {' '.join([words[token] for token, _ in itertools.groupby(tokens)])} "


def _is_plain(folded: str) -> bool:
    return not (any(sign in folded for sign in _SIGNS) or _HOST.search(folded) or _SUM.search(folded))


def _once(said: str) -> str:
    """The words with one break where several stand."""
    for several, one in (" | | ", " | "), (" : : ", " : "):
        while several in said:
            said = said.replace(several, one)
    return said


def _canonical_token(found: re.Match[str]) -> str:
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
    return found.group()
