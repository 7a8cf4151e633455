"""Which words of a sentence does the lexicon know? All others say nothing, and are alike.

Pure. Never raises. `Bonjour Lucie, votre colis 214 ...` and `Bonjour Hugo, votre colis 7 ...` ask the same.
"""

from collections.abc import Iterable, Mapping

from milter.ask.canonical import Spelled

# In the place of any other word: no word of a sentence is written with it.
_OTHER = "_"


class Known(Spelled):
    """For each word what stands for it in a sentence that is read: the word that is meant, if it is known."""

    def __init__(self, words: Iterable[str], spellings: Mapping[str, str]) -> None:
        """`words` as in phrases: whole ones, beginnings with a star behind, endings with a star before."""
        super().__init__(spellings)
        words = frozenset(words)
        self._whole = frozenset(word for word in words if "*" not in word)
        self._begun = frozenset(word[:-1] for word in words if word[-1] == "*")
        self._endings = tuple(word[1:] for word in words if word[0] == "*")
        # How long the beginnings are that begin with a letter.
        self._lengths: dict[str, set[int]] = {}
        for start in self._begun:
            self._lengths.setdefault(start[0], set()).add(len(start))

    def meant_by(self, word: str) -> str:
        """The word that is meant, or the sign for all that say nothing."""
        meant = super().meant_by(word)
        return meant if self._is_known(meant) else _OTHER

    def _is_known(self, word: str) -> bool:
        """True also for the signs of a canonical sentence."""
        return (
            not word[0].isalnum()
            or word in self._whole
            or word.endswith(self._endings)
            or any(word[:length] in self._begun for length in self._lengths.get(word[0], ()))
        )
