"""How many mails are put in a wrong campaign, how many are kept apart? `make bench-campaign`.

    python -m tests.bench.campaign [--copies N] [--words N] [--swaps N] [--mails DIR]

Of every letter copies are made for other recipients (another name, reference, date, amount and tokens, some
words changed, some letters swapped), and all are grouped as the quarantine does it, in an order of chance.
Then one letter is copied with another link each time: how long does the quarantine look for the next copy?
"""

import argparse
import tempfile
import time
from pathlib import Path

from milter.campaign.sketch import KEPT
from milter.campaign.traits import Traits, traits_of
from milter.quarantine.matching import _find, campaign_of
from milter.quarantine.transactions import open_database
from tests.campaign.copies import Letter, letter_of
from tests.campaign.grouped import measure
from tests.cases import read_cases

# Fewer are no letter: such mails are known by what is attached to them.
_FEW_WORDS = 12


def letters_in(mails: Path | None) -> list[tuple[str, Letter]]:
    """The letters of a folder, else those of tests/mails, by name."""
    if mails is None:
        raws = {case.name: case.raw for case in read_cases()}
    else:
        raws = {path.name: path.read_bytes() for path in sorted(mails.rglob("*")) if path.is_file()}
    began = time.process_time()
    for raw in raws.values():
        traits_of(raw, ())
    print(f"{len(raws)} mails, {1000 * (time.process_time() - began) / len(raws):.2f} ms of CPU each")
    letters = [(name, letter_of(raw)) for name, raw in raws.items()]
    return [(name, letter) for name, letter in letters if len(letter.text.split()) >= _FEW_WORDS]


def search(copies: int) -> float:
    """Milliseconds of a search in a quarantine with so many campaigns of one text, none of them the one."""
    sketch = tuple(range(KEPT))
    with tempfile.TemporaryDirectory() as directory:
        database = open_database(Path(directory) / "quarantine.db")
        with database.engine.begin() as connection:
            for number in range(copies):
                campaign_of(connection, Traits(sketch, f"{number:064x}"))
            began = time.perf_counter()
            for number in range(copies, copies + 100):
                _find(connection, Traits(sketch, f"{number:064x}"))
            took = time.perf_counter() - began
        database.engine.dispose()
    return 1000 * took / 100


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=5)
    parser.add_argument("--words", type=int, default=2)
    parser.add_argument("--swaps", type=int, default=3)
    parser.add_argument("--mails", type=Path)
    options = parser.parse_args()
    found = measure(letters_in(options.mails), options.copies, options.words, options.swaps)
    total = found.letters * found.copies
    print(
        f"{found.letters} letters, {found.copies} copies each, {options.words} words, {options.swaps} swaps"
    )
    print(f"kept apart wrongly: {found.split} of {total} copies ({100 * found.split / total:.2f} %)")
    print(f"put together wrongly: {len(found.joins)} pairs of letters")
    for join in found.joins:
        print("  ", *join)
    for copies in (1_000, 20_000):
        print(
            f"one text with {copies} links, a campaign each: {search(copies):.1f} ms of search for one more"
        )


if __name__ == "__main__":
    main()
