"""Signatures that mean the brand without its name: `Sécurité sociale - branche maladie`. Pure.

They count only where nobody else says who he is: of a person, and where no name stands at all.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from milter.brand.brand import Words
from milter.claim.claim import Evidence, Likeness, trace
from milter.claim.lines import MAX_LINE, Line, Phrases, name_before
from milter.claim.names.comparer import Comparer
from milter.claim.names.labels import Degree
from milter.claim.names.matter import Matter
from milter.claim.speaking.office import LONGEST_NAME
from milter.claim.words import ClaimWords

_MINE = frozenset({"mon", "ma", "me", "moi", "je", "j"})
# What stands over or under a letter as a name: no sentence, no list, no amount.
_TITLE = re.compile(r"\s*[^\W\d_a-zà-ÿ][^.:;!?()\d€,]{5,60}")


class Hints:
    """Reads the hints at one brand; built once."""

    def __init__(self, words: Words, common: ClaimWords, comparer: Comparer) -> None:
        """Prepare the phrases that mean the brand without a name of it."""
        self._weights = common.weights
        self._yours = common.yours
        self._spoken = common.you | common.we
        self._comparer = comparer
        self._unnamed = Phrases(words.unnamed)

    def evidence(self, head: list[Line], foot: list[Line]) -> Iterator[Evidence]:
        """At most one trace, in the first or the last lines of a letter that names nobody as its writer."""
        for line in head:
            name = name_before(line.text)
            if name and set(line.words.split()) & self._yours and self._comparer.name(name) is Degree.HINT:
                # "VITALE : votre carte actuelle ...", the way of text messages.
                yield trace("letterhead", name, self._weights.soft_line)
                return
        meant = self._meant((*head, *foot)) or self._matter((*head, *foot))
        if meant is not None:
            yield meant

    def department(self, signature: list[Line]) -> Iterator[Evidence]:
        """The department for which a person signs: `Claire`, and below `Service aux assurés`."""
        tails = (line.text[:MAX_LINE].rpartition(", ")[2].strip() for line in signature)
        titles = [tail for tail in tails if _TITLE.fullmatch(tail[:1].upper() + tail[1:])]
        spoken = self._spoken | _MINE
        meant = self._meant(line for line in map(Line.of, titles) if spoken.isdisjoint(line.words.split()))
        if meant is not None:
            yield meant

    def _meant(self, lines: Iterable[Line]) -> Evidence | None:
        for line in lines:
            first = line.text.partition(". ")[0]
            if len(first) > LONGEST_NAME or not self._unnamed.find(line.words):
                continue
            if self._comparer.name(first) is Degree.HINT:
                return trace("sign-off", first, self._weights.soft_line)
        return None

    def _matter(self, lines: Iterable[Line]) -> Evidence | None:
        """A line that says what the brand is about, and nobody's name: `Protection des assurés`."""
        for line in lines:
            is_title = _TITLE.fullmatch(line.text) and self._spoken.isdisjoint(line.words.split())
            if is_title and self._comparer.matter.text(line.text) is Matter.OWN:
                line_of_matter = trace("sign-off", line.text, self._weights.matter_line)
                return replace(line_of_matter, likeness=Likeness.MATTER)
        return None
