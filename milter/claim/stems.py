"""Does anything in this text look like the brand's words at all? One pass over the letters.

Pure.
"""

from ahocorasick_rs import BytesAhoCorasick, MatchKind

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
        # Of octets: that of characters counts those of the whole text, to say at which one a word stands.
        self._found = BytesAhoCorasick(
            [word.encode() for word in (*words.stems, *begun, *whole)], matchkind=MatchKind.LeftmostLongest
        )

    def stand_in(self, folded: str) -> bool:
        """True where a stem stands in the folded text."""
        places = self._found.find_matches_as_indexes(folded.encode("utf-8", "replace"))
        return any(index < self._count for index, _, _ in places)
