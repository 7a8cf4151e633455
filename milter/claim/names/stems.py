"""Does anything in this text look like the brand's words at all? One pass over the letters.

Pure.
"""

from collections.abc import Iterator
from string import ascii_lowercase

from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

from milter.brand.brand import Words
from milter.claim.names.vocabulary import ordinary_words

# What may follow a whole word of `other_words`; a dot or hyphen may stand in the name of a domain.
_BEHIND = ' \n,;:!?()"\x1f'
# Letters of a stem of which a misspelt one is no other word's.
_MISSPELT = 7


class Stems:
    """Finds the stems of one brand, other people's words that begin alike left out; built once."""

    def __init__(self, words: Words) -> None:
        """The longest word wins, so that `améliorer` is never taken for `ameli`."""
        begun = [one.removesuffix("*") for one in words.other_words if one.endswith("*")]
        whole = [one + behind for one in words.other_words if not one.endswith("*") for behind in _BEHIND]
        slips = {
            slip
            for stem in words.stems
            if len(stem) >= _MISSPELT and stem.isalpha()
            for slip in _slips_of(stem)
            if slip not in ordinary_words()
        }
        stems = (*words.stems, *sorted(slips - {*words.stems}))
        self._count = len(stems)
        # Of octets: that of characters counts those of the whole text, to say at which one a word stands.
        self._found = BytesAhoCorasick(
            [word.encode() for word in (*stems, *begun, *whole)],
            matchkind=MatchKind.LeftmostLongest,
            # Of more than a hundred words the library would build the smaller automaton, which is slower.
            implementation=Implementation.DFA,
        )

    def stand_in(self, folded: str) -> bool:
        """True where a stem stands in the folded text."""
        places = self._found.find_matches_as_indexes(folded.encode("utf-8", "replace"))
        return any(index < self._count for index, _, _ in places)


def _slips_of(stem: str) -> Iterator[str]:
    """The stem with a letter too many within it, with two that follow each other exchanged, or without one:
    the slips that `look.misspelt` undoes."""
    within = range(1, len(stem) - 1)
    yield from (stem[:at] + letter + stem[at:] for at in (*within, -1) for letter in ascii_lowercase)
    yield from (stem[:at] + stem[at + 1] + stem[at] + stem[at + 2 :] for at in (0, *within))
    yield from (stem[:at] + stem[at + 1 :] for at in within)
