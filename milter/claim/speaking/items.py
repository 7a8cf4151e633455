"""Which lines are items of a list: the jobs of an alert, the addresses of a directory, the trips of a day?

Pure, linear. Such lists name whoever they hold. An item is one of several blocks that are built alike, or one
of several lines that each name the brand; beside them hardly a sentence is said, and none of the brand.
"""

import re
from collections import Counter
from itertools import groupby

from milter.brand.brand import Words
from milter.claim.lines import MAX_LINE, Line, Phrases
from milter.claim.speaking.sentences import any_of
from milter.claim.words import ClaimWords

_MOST_LINES, _LONGEST_ITEM = 120, 90
_BLOCK, _LONGEST_BLOCK = 2, 6  # lines
_FEWEST_BLOCKS, _FEWEST_NAMED = 2, 3
_MOST_WORDS = 30
_URL = re.compile(r"https?://\S+")
_TIME = re.compile(r"\d{1,2}\s?[hH:]\s?(?:\d\d)?(?:\s?[-–à]\s?\d{1,2}\s?[hH:]\s?(?:\d\d)?)?")
_NUMBER = re.compile(r"(?:t[ée]l\.?\s?:?\s?)?\+?\d[\d .]{3,20}", re.IGNORECASE)


class Items:
    """Finds the items for one brand; built once."""

    def __init__(self, words: Words, common: ClaimWords) -> None:
        """`words` are the brand's."""
        self._placed = re.compile(rf" {any_of(words.with_place)} (?:(?:de|du|d|la|le|l) ){{0,3}}(\w+)(?= )")
        self._spoken = common.you | common.we | common.yours
        self._bodies = Phrases(tuple(one for one in words.names if one not in words.objects))
        self._things = Phrases(words.objects)
        self._news = re.compile(f" {any_of((*words.soft_objects, *common.issuer_acts))} ")
        self._meant = Phrases(tuple(dict.fromkeys((*words.names, *words.objects, *words.unnamed))))

    def of(self, text: str, lines: list[Line]) -> frozenset[str]:
        """The lines that are items, as they are written; none where more than a list is said. `lines` are
        those of the text that hold words.
        """
        if text.count("\n") > _MOST_LINES or not self._bodies.standing_in(lines):
            return frozenset()
        said = {line.text: line for line in lines}
        blocks = [
            [said[one] for one in some if one in said]
            for filled, some in groupby(text.split("\n"), key=lambda one: bool(one.strip()))
            if filled
        ]
        items = [line for block in self._alike(blocks) for line in block] or self._run(lines)
        found = frozenset(line.text for line in items)
        rest = [line for line in lines if line.text not in found]
        if not found or any(map(self._tells_news, blocks)) or not self._is_hardly_said(rest):
            return frozenset()
        return found

    def _alike(self, blocks: list[list[Line]]) -> list[list[Line]]:
        """The blocks that hold the same kind of line as another: a time, a number, a link."""
        kinds = [(block, self._kinds(block)) for block in blocks]
        often = Counter(kind for _, found in kinds for kind in found)
        shared = {kind for kind, times in often.items() if times >= _FEWEST_BLOCKS}
        return [block for block, found in kinds if found & shared]

    def _kinds(self, block: list[Line]) -> frozenset[str]:
        if not _BLOCK <= len(block) <= _LONGEST_BLOCK or not all(map(self._is_short, block)):
            return frozenset()
        said = [line.text.strip() for line in block]
        found = {
            "time": any(map(_TIME.fullmatch, said)),
            "number": any(map(_NUMBER.fullmatch, said)),
            "link": any(map(_URL.search, said)),
        }
        return frozenset(kind for kind, stands in found.items() if stands)

    def _run(self, lines: list[Line]) -> list[Line]:
        """The longest run of lines that each name the brand, offices of several places among them."""
        named = groupby(
            lines, key=lambda one: self._bodies.find(one.words) is not None and self._is_short(one)
        )
        longest = max((list(some) for is_named, some in named if is_named), key=len, default=[])
        places = {found.group(1) for line in longest for found in self._placed.finditer(line.words)}
        return longest if len(longest) >= _FEWEST_NAMED and len(places) > 1 else []

    def _is_short(self, line: Line) -> bool:
        said = _URL.sub(" ", line.text[:MAX_LINE])
        return (
            len(said) <= _LONGEST_ITEM
            and not said.rstrip().endswith((".", "!", "?"))
            and self._spoken.isdisjoint(line.words.split())
        )

    def _tells_news(self, block: list[Line]) -> bool:
        """True of a block that names the brand beside what is the reader's there: `Carte Vitale`, `CPAM de
        Paris`, `Expirée`.
        """
        if not self._bodies.standing_in(block):
            return False
        return any(self._things.find(line.words) or self._news.match(line.words) for line in block)

    def _is_hardly_said(self, rest: list[Line]) -> bool:
        if self._meant.standing_in(rest):
            return False
        return sum(len(_URL.sub(" ", line.text[:MAX_LINE]).split()) for line in rest) <= _MOST_WORDS
