"""Does the text say this word as a name, or use it as a word? Names have a capital, outside of addresses.

Pure. A name is written with a capital, and a word of the language in the middle of a sentence without.
"""

import re

from milter.claim.names.comparer import Comparer
from milter.claim.names.labels import Degree
from milter.mail.text.folding import folded, phrase

_MAX_TEXT = 200_000
_MAX_PLACES = 20  # where a word is looked at
_MAX_LINE = 1000
_ADDRESS = re.compile(r"[@/\\=_]|\w\.\w{2}")
_WORD = re.compile(r"[^\W\d_]+")
_GAPS = " '\u2019.&-"  # between the letters of a name that is spelt
_GAPS_OUT = str.maketrans("", "", _GAPS)


class NamesInText:
    """Says which words the text uses as names, and which as words."""

    def __init__(self, text: str, comparer: Comparer, subject: str = "") -> None:
        self._comparer = comparer
        self._subject = subject[:_MAX_LINE]
        self._text = text[:_MAX_TEXT]
        self._folded = folded(self._text)
        self._lines: list[str] = []

    def spells(self, label: str) -> bool:
        """True where the text writes the label as words of its own: `Mutuelle Grand Large`."""
        # Few texts do. A pattern for each sender costs a millisecond, and kilobytes as long as it is kept.
        if label not in self._folded.translate(_GAPS_OUT):
            return False
        letters = f"[{_GAPS}]{{0,2}}".join(label)
        for count, found in enumerate(
            re.finditer(rf"(?<![a-z0-9@./-]){letters}(?![a-z0-9@/]|\.[a-z])", self._folded)
        ):
            if count == _MAX_PLACES:
                break
            if set(phrase(found.group()).split()) & set(self._capitals(found.start())):
                return True
        return False

    def names(self, word: str) -> bool:
        """True where the word stands in the text with a capital, outside of an address."""
        at = -1
        for _ in range(_MAX_PLACES):
            at = self._folded.find(word, at + 1)
            if at < 0:
                return False
            # A word that begins a line has its capital from there: `Rétablir la liaison`.
            begins = not self._folded[:at].rpartition("\n")[2].strip()
            if begins and self._comparer.words.is_word(word):
                continue
            if not self._folded[max(at - 1, 0) : at].isalnum() and word in self._capitals(at):
                return True
        return False

    def signs(self, name: str) -> bool:
        """True where a line ends or begins with this name of several words, written as it is."""
        shown = " ".join(name.split())
        lines = (" ".join(line.split()) for line in self._text.split("\n") if shown in line or "  " in line)
        return " " in shown and any(
            line.startswith(shown) or line.rstrip(" .").endswith(shown) for line in lines
        )

    def is_spoken_of(self, word: str) -> bool:
        """True where the text uses a word of the language as such, without a capital: `votre courrier`."""
        if not self._comparer.words.is_word(word):
            return False
        if word in _small(self._subject):
            return True
        at = -1
        for _ in range(_MAX_PLACES):
            at = self._folded.find(word, at + 1)
            if at < 0:
                return False
            if not self._folded[max(at - 1, 0) : at].isalnum() and self._is_small(at, word):
                return True
        return False

    def _is_small(self, at: int, word: str) -> bool:
        """True where the line round this place of the folded text writes the word without a capital."""
        line, start = self._line(at)
        return word in _small(line[start : start + _MAX_LINE])

    def _line(self, at: int) -> tuple[str, int]:
        """The line of this place of the folded text, and where in it to begin to read."""
        self._lines = self._lines or self._text.split("\n")
        number = self._folded.count("\n", 0, at)
        line = self._lines[number] if number < len(self._lines) else ""
        return line, max(at - self._folded.rfind("\n", 0, at) - _MAX_LINE // 2, 0)

    def _capitals(self, at: int) -> list[str]:
        """The words with a capital in the line around this place of the folded text.

        None where the line names the brand: they may be its place (`Assurance Maladie de Paris`).
        """
        line, start = self._line(at)
        tokens = line[start : start + _MAX_LINE].split()
        named = [
            word
            for token in tokens
            if not _ADDRESS.search(token)
            for word in _WORD.findall(token)
            if any(map(str.isupper, word))
        ]
        if self._comparer.name(" ".join(tokens)) >= Degree.BODY:
            return []
        return phrase(" ".join(named)).split()


def _small(text: str) -> list[str]:
    """The folded words that stand without a capital, outside of addresses."""
    found = (word for token in text.split() if not _ADDRESS.search(token) for word in _WORD.findall(token))
    return phrase(" ".join(word for word in found if word.islower())).split()
