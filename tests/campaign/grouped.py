"""What is put together wrongly, and what is kept apart wrongly? Letters grouped as the quarantine does it."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from milter.campaign.sketch import Sketch
from milter.campaign.traits import Traits, keys_of, nearest, traits_of
from tests.campaign.copies import Letter, copy_of


@dataclass
class Grouped:
    """Campaigns, found as `milter.quarantine.campaigns` finds them, without a database."""

    sketches: list[Sketch] = field(default_factory=list)
    keys: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    def put(self, traits: Traits) -> int:
        """The campaign of a mail."""
        keys = keys_of(traits)
        known = {number for key in keys for number in self.keys.get(key, ())}
        found = nearest(traits.sketch, ((number, self.sketches[number]) for number in sorted(known)))
        if found is not None:
            return found
        self.sketches.append(traits.sketch)
        for key in keys:
            self.keys[key].append(len(self.sketches) - 1)
        return len(self.sketches) - 1


@dataclass(frozen=True)
class Measured:
    """Of so many letters with so many copies each: copies that were not put with the first copy of their
    letter, and pairs of letters whose copies came together."""

    letters: int
    copies: int
    splits: tuple[tuple[str, int], ...]
    joins: tuple[tuple[str, str], ...]

    @property
    def split(self) -> int:
        """How many copies were kept apart."""
        return sum(count for _, count in self.splits)


def measure(
    letters: Sequence[tuple[str, Letter]], copies: int, words: int, swaps: int, seed: int = 1
) -> Measured:
    """Group so many copies of each letter, in an order of chance."""
    chance = random.Random(seed)
    order = [number for number in range(len(letters)) for _ in range(copies)]
    chance.shuffle(order)
    grouped = Grouped()
    firsts: dict[int, int] = {}
    splits: dict[str, int] = defaultdict(int)
    joins: set[tuple[str, str]] = set()
    owners: dict[int, int] = {}
    for number in order:
        raw = copy_of(letters[number][1], chance, words, swaps)
        campaign = grouped.put(traits_of(raw, ()))
        owner = owners.setdefault(campaign, number)
        if owner != number:
            joins.add((letters[owner][0], letters[number][0]))
        if campaign != firsts.setdefault(number, campaign):
            splits[letters[number][0]] += 1
    return Measured(len(letters), copies, tuple(splits.items()), tuple(sorted(joins)))
