"""Does anything in this text look like the brand's words at all? One pass over the letters.

Pure.
"""

import ahocorasick_rs

from milter.brand.brand import Words

# What may follow a whole word of `other_words`; a dot or hyphen may stand in the name of a domain.
_BEHIND = ' \n,;:!?()"\x1f'


class Stems:
    """Finds the stems of one brand, other people's words that begin alike left out; built once."""

    def __init__(self, words: Words) -> None:
        """The longest word wins, so that `améliorer` is never taken for `ameli`."""
        begun = [one.removesuffix("*") for one in words.other_words if one.endswith("*")]
        whole = [one + behind for one in words.other_words if not one.endswith("*") for behind in _BEHIND]
        self._count = len(words.stems)
        self._found = ahocorasick_rs.AhoCorasick(
            [*words.stems, *begun, *whole], matchkind=ahocorasick_rs.MatchKind.LeftmostLongest
        )

    def stand_in(self, folded: str) -> bool:
        """True where a stem stands in the folded text."""
        return any(index < self._count for index, _, _ in self._found.find_matches_as_indexes(folded))
