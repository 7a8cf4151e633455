"""The sentences of a text in which the brand stands, or is meant, and those that go on about it.

Pure.
"""

import re
from collections.abc import Iterable, Iterator

from milter.brand.brand import Words
from milter.claim.lines import MAX_LINE, Line, Lines, Phrases
from milter.mail.text.folding import phrase

_SENTENCE = re.compile(r"(?<=[.!?;:…])\s+|\n")
_FOLLOWING = 2  # sentences after one that names it: "Elle veut que le patient confirme"
QUOTED = re.compile(r"«[^»\n]{1,400}»|“[^”\n]{1,400}”")
# Who says in words that he is not, or not of, the organisation.
DENIES = re.compile(
    r" (?:n|ne) (?:est|sont|somme|sui) (?:pas|aucunement|en rien) (?:\w+ )?"
    r"(?:un|une|l|la|le|lie|liee|affilie|affiliee|rattache|rattachee|mandate|mandatee|habilite|habilitee) "
    r"| independante? (?:de|du|d|et san) | sans? lien avec "
)

# Before a name: "a demande de la CPAM".
ARTICLES = r"(?:(?:la|le|l|de|du|votre|d|notre|no|leur) ){0,2}"


class Sentences:
    """Cuts lines into the sentences that are about one brand; built once."""

    def __init__(self, words: Words) -> None:
        """Prepare the names and things of the brand."""
        self._lines = Lines(words.homonyms)
        self._subject = Phrases((*words.names, *words.objects, *words.unnamed, *words.soft_objects))

    def of(self, lines: list[Line]) -> Iterator[Line]:
        """The sentences of the lines in which the brand stands, or is meant; without what they quote."""
        for line in self._subject.standing_in(lines):
            yield from self._cut(line)

    def going_on(self, lines: list[Line]) -> Iterator[Line]:
        """The sentences in which it stands, and the two after each."""
        standing = {id(line) for line in self._subject.standing_in(lines)}
        left = 0
        for line in lines:
            if not left and id(line) not in standing:
                continue
            for sentence in self._cut(line):
                left = _FOLLOWING + 1 if self._subject.find(sentence.words) else left
                if left:
                    left -= 1
                    yield sentence

    def _cut(self, line: Line) -> Iterator[Line]:
        for sentence in _SENTENCE.split(QUOTED.sub(" ", line.text[: 4 * MAX_LINE])):
            if words := phrase(" ".join(word for word in sentence.split() if not _is_address(word))):
                yield Line(sentence.strip(), self._lines.without_homonyms(f" {words} "))


def any_of(phrases: Iterable[str]) -> str:
    """A pattern of any of these; of none, one that never matches."""
    return f"(?:{'|'.join(phrases) or '(?!)'})"


def _is_address(word: str) -> bool:
    return "@" in word or "://" in word
