"""How much of two texts is the same? Sketches that are small and compared without the texts.

Pure. Broder's bottom sketch (On the resemblance and containment of documents, 1997): of the hashes of all
runs of a few letters the smallest are kept, and the share that two sketches have in common estimates the
share that the texts have. Chosen because one hash a run is enough, because it says how much two texts share
where a simhash of a text as short as a mail says little, and because short texts, which are most, are
compared exactly: the sketch then holds all their runs.
"""

import struct
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

from milter.mail.remembered import remembered

# Letters of a run: long enough that French is not similar to French, short enough that one wrong letter
# spoils few of them.
_RUN = 6
# Hashes of a sketch: with so many the estimate is off by 0.03.
KEPT = 256
# By these a sketch is found again. Two texts that share half of their runs share none of them once in
# 60,000 times.
BANDS = 16

# How many hashes there are.
_HASHES = 1 << 32

Sketch = tuple[int, ...]


def sketch_of(words: Sequence[str]) -> Sketch:
    """The smallest hashes of the runs of letters in these words, in order; nothing of nothing."""
    return _sketch(f" {' '.join(words)} ") if words else ()


# A wave of one letter is what mostly comes, and nothing of what is looked at differs from copy to copy.
@remembered(16, longest=1 << 13)
def _sketch(text: str) -> Sketch:
    runs = {text[start : start + _RUN] for start in range(max(1, len(text) - _RUN + 1))}
    return tuple(_smallest({*map(_hash, runs)}))


def _smallest(hashes: set[int]) -> list[int]:
    """So many of them as a sketch has, in order. Most need not be sorted: they are spread evenly."""
    limit = 2 * KEPT * _HASHES // max(1, len(hashes))
    few = [hashed for hashed in hashes if hashed < limit]
    return sorted(few if len(few) >= KEPT else hashes)[:KEPT]


def resemblance(one: Sketch, other: Sketch) -> float:
    """The share of their runs that two texts have in common, from 0 to 1; two that are empty are the same."""
    if not one and not other:
        return 1.0
    mine, yours = {*one}, {*other}
    smallest = sorted(mine | yours)[:KEPT]
    return sum(hashed in mine and hashed in yours for hashed in smallest) / len(smallest)


def bands_of(sketch: Sketch) -> tuple[int, ...]:
    """The numbers by which a sketch is found again; one that all empty ones have."""
    return sketch[:BANDS] or (0,)


def packed(sketch: Sketch) -> bytes:
    """As it is stored: four octets a hash, the highest first."""
    return struct.pack(f">{len(sketch)}I", *sketch)


def unpacked(octets: bytes) -> Sketch:
    """The sketch that was stored."""
    whole = len(octets) // 4
    return struct.unpack(f">{whole}I", octets[: 4 * whole])


# Copies of a letter have the same runs: a look here is a tenth of a hash. Room for those of the last letters;
# four times as much is no faster with letters that differ, and 2.5 MB more in each worker.
@lru_cache(maxsize=1 << 12)
def _hash(run: str) -> int:
    return int.from_bytes(blake2b(run.encode("utf-8", "replace"), digest_size=4).digest())
