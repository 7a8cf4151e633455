"""What is wanted in words that no phrase of the lexicon has? By what is learnt, in config/asks/learnt.

Logistic regressions over which words, pairs of words and pieces of words stand in a passage of one or two
sentences, and how it begins, learnt by `make asking` from tests/sentences: whether its writer wants anything
of his reader, and for each kind, whether it is about that. A second opinion, for mail of which the lexicon
finds nothing that does harm.

Never raises.
"""

import math
import re
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise, repeat

from milter.ask.sentence import Sentence
from milter.brand.promise import AskKind
from milter.config.data_file import FileTable
from milter.mail.remembered import remembered
from milter.mail.text.folding import fold, words
from milter.mail.text.terms import NUMBER, numbers_alike, terms_of

# Two sentences are read as one where both are short: "Votre RIB ? Une photo suffit."
_LONGEST_OF_TWO = 200
# Of fewer known words nothing is told; where fewer are known (in percent), it is in another language.
_FEWEST_WORDS, _KNOWN = 5, 50
# What an address is called, whatever it is; more of a longer one is not looked at.
_PAGE, _MAILBOX, _LONGEST_ADDRESS = "url", "mail", 300
_HOST = re.compile(r"[a-z0-9]\.[a-z]{2}")
_MOST_SENTENCES = 300
# Letters of a piece of a word, and of a word whose pieces are looked at.
_PIECE, _LONGEST_WORD, _REMEMBERED = 4, 40, 4096
# What stands behind a question, beside its words.
QUESTION = "?"

# Up to this score a sentence surely wants nothing of its reader.
_NOTHING = -2000
# The sentences of a passage with their words; none where it is one.
_Parts = tuple[tuple[Sentence, list[str]], ...]


class _Model(FileTable):
    """The weights of terms; all numbers are thousandths."""

    bias: int
    terms: dict[str, int]

    def score(self, found: AbstractSet[str], length: float) -> float:
        """The logarithm of the odds of a passage with these terms; `length` is the root of how many of them
        are known.
        """
        # Whole numbers: their sum is the same in whatever order they come.
        return self.bias + sum(map(self.terms.get, found, repeat(0))) / length


class ParaphraseFile(FileTable):
    """What `make asking` writes: the models, and from which score on a passage wants something, and what."""

    wanting: int
    naming: int
    wants: _Model
    names: dict[AskKind, _Model]


class Paraphrases:
    """Reads passages; built once for a language."""

    def __init__(self, read: ParaphraseFile) -> None:
        """`read`: what is learnt of that language."""
        self._learnt = read

    def find(
        self, sentences: list[Sentence], wanted: Collection[AskKind]
    ) -> Iterator[tuple[AskKind, Sentence, range]]:
        """Each kind of what is wanted in each passage, in order, and which of the sentences it is made of."""
        for passage, places, said, parts in _passages(sentences[:_MOST_SENTENCES]):
            kinds = self._kinds(said, passage.text, wanted)
            told = self._told(parts, kinds) if kinds and parts else frozenset()
            yield from ((kind, passage, places) for kind in kinds if kind not in told)

    def _told(self, parts: _Parts, kinds: list[AskKind]) -> frozenset[AskKind]:
        """The kinds that a passage of two sentences names in one that surely wants nothing of its reader:
        what to bring along beside "Choisissez un créneau", what was stolen beside "Changez de mot de passe".
        """
        told, meant = set[AskKind](), set[AskKind]()
        for sentence, said in parts:
            terms = passage_terms(said, sentence.text) & self._learnt.wants.terms.keys()
            length = math.sqrt(len(terms)) or 1.0
            named = {k for k in kinds if self._learnt.names[k].score(terms, length) >= self._learnt.naming}
            wants_nothing = len(said) >= _FEWEST_WORDS and self._learnt.wants.score(terms, length) <= _NOTHING
            (told if wants_nothing else meant).update(named)
        return frozenset(told - meant)

    def kinds(self, text: str) -> list[AskKind]:
        """What a passage wants of its reader."""
        (said,) = words_said([text])
        return self._kinds(said, text, frozenset(AskKind))

    def _kinds(self, said: list[str], text: str, wanted: Collection[AskKind]) -> list[AskKind]:
        terms = passage_terms(said, text) & self._learnt.wants.terms.keys()
        known = sum(map(terms.__contains__, said)) - said.count(NUMBER)
        if known < _FEWEST_WORDS or known * 100 < _KNOWN * len(said):
            return []
        length = math.sqrt(len(terms))
        if self._learnt.wants.score(terms, length) < self._learnt.wanting:
            return []
        return [
            kind
            for kind, model in self._learnt.names.items()
            if kind in wanted and model.score(terms, length) >= self._learnt.naming
        ]


def words_said(texts: Sequence[str]) -> list[list[str]]:
    """The folded words of each of the texts, one at least.

    Whatever holds a digit is `#`, an address `url` or `mail`.
    """
    lines = fold("\n".join(" ".join(text.split()) for text in texts)).split("\n")
    return [numbers_alike(words(_without_addresses(line))) for line in lines]


def _without_addresses(line: str) -> str:
    if "@" in line or "://" in line or _HOST.search(line):
        return " ".join(map(_without_address, line.split()))
    return line


def _without_address(token: str) -> str:
    seen = token[:_LONGEST_ADDRESS]
    if "@" in seen:
        return _MAILBOX
    return _PAGE if "://" in seen or _HOST.search(seen) else token


def passage_terms(said: list[str], text: str) -> set[str]:
    """The terms of a passage of these words: its words, pairs and pieces of them, the one or two it begins
    with (`^`), and of a question that it is one.
    """
    terms = terms_of(said).union(*map(_pieces, said))
    terms |= {f"^{said[0]}", f"^{' '.join(said[:2])}"} if said else set()
    return terms | {QUESTION} if text.rstrip(' \t\n"»)').endswith("?") else terms


@remembered(_REMEMBERED, longest=_LONGEST_WORD)
def _pieces(word: str) -> frozenset[str]:
    """Each four letters of a word: `déposez` and `dépôt` have some alike."""
    edged = f"<{word[:_LONGEST_WORD]}>"
    return frozenset(f"~{edged[at : at + _PIECE]}" for at in range(len(edged) - _PIECE + 1))


def _passages(sentences: list[Sentence]) -> Iterator[tuple[Sentence, range, list[str], _Parts]]:
    """Each sentence with its words, and each two that follow each other and are short, with their parts; and
    at which places they stand.
    """
    if not sentences:
        return
    spoken = list(zip(sentences, words_said([one.text for one in sentences]), strict=True))
    yield from ((one, range(at, at + 1), said, ()) for at, (one, said) in enumerate(spoken))
    for at, ((one, said), (two, then)) in enumerate(pairwise(spoken)):
        if len(one.text) <= _LONGEST_OF_TWO and len(two.text) <= _LONGEST_OF_TWO:
            yield (
                Sentence(f"{one.text} {two.text}", one.first, two.last),
                range(at, at + 2),
                said + then,
                ((one, said), (two, then)),
            )
