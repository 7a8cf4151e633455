"""What does this sentence ask for, in each language that it may be written in? Read once for all mails.

Pure. Never raises. The copies of one mail, and the letters of one sender, say the same sentences, or the same
but for names and numbers.
"""

from collections.abc import Mapping
from functools import lru_cache

from milter.ask.canonical import canonical_of
from milter.ask.grammar import Asked, asked
from milter.ask.known import Known
from milter.ask.language import Language
from milter.brand.promise import AskKind

# So many sentences are remembered, as written and in known words, and none longer, so that they take no more
# than some megabytes.
_REMEMBERED, _LONGEST = 2048, 500
_DIFFERENT = 512


class Parser:
    """Reads sentences; built once."""

    def __init__(self, languages: tuple[Language, ...], known: Known) -> None:
        """`known` are all words that any of the languages looks for."""
        self._languages, self._known = languages, known
        self._always = tuple(one for one in languages if one.is_spoken_in(()))
        self._marks = frozenset().union(*(one.marks for one in languages))
        self._written = lru_cache(maxsize=_REMEMBERED)(self._read)
        self._said = lru_cache(maxsize=_REMEMBERED)(self._ask_to_keep)
        # Nearly all have the same answer, and what is wanted differs little: equal ones are kept once.
        self._same_wanted = lru_cache(maxsize=_DIFFERENT)(_wanted)
        self._same_answer = lru_cache(maxsize=_DIFFERENT)(_answer)

    def read(self, folded: str, wanted: frozenset[AskKind], *, follows: bool) -> Mapping[str, Asked]:
        """What a folded sentence (`canonical.joined`, too) asks for of what is wanted, by the codes of the
        languages; `follows` as in `asked`.
        """
        if len(folded) > _LONGEST:
            return self._ask(canonical_of(folded, self._known), wanted, follows)
        return self._written(folded, self._same_wanted(wanted), follows)

    def _read(self, folded: str, wanted: frozenset[AskKind], follows: bool) -> Mapping[str, Asked]:
        return self._said(canonical_of(folded, self._known), wanted, follows)

    def _ask_to_keep(self, said: str, wanted: frozenset[AskKind], follows: bool) -> Mapping[str, Asked]:
        return self._same_answer(tuple(self._ask(said, wanted, follows).items()))

    def _ask(self, said: str, wanted: frozenset[AskKind], follows: bool) -> Mapping[str, Asked]:
        spoken = said.split()
        languages = self._always
        if not self._marks.isdisjoint(spoken):
            languages = tuple(one for one in self._languages if one.is_spoken_in(spoken))
        return {one.code: asked(said, one, wanted, follows=follows) for one in languages}


def _wanted(kinds: frozenset[AskKind]) -> frozenset[AskKind]:
    return kinds


def _answer(found: tuple[tuple[str, Asked], ...]) -> Mapping[str, Asked]:
    return dict(found)
