"""Sketches that say how much two texts share."""

from hashlib import blake2b

from hypothesis import given
from hypothesis import strategies as st

from milter.campaign.sketch import BANDS, KEPT, bands_of, packed, resemblance, sketch_of, unpacked

LONG = [f"mot{chr(97 + number % 26)}{chr(97 + number // 26)}suite" for number in range(600)]


def test_short_texts_are_compared_exactly() -> None:
    assert 1.0 == resemblance(sketch_of(["votre", "dossier"]), sketch_of(["votre", "dossier"]))
    # Of the runs of " abcdef " and " abcdeg " one is in both: " abcde".
    assert 1 / 5 == resemblance(sketch_of(["abcdef"]), sketch_of(["abcdeg"]))


def test_of_long_texts_the_share_is_estimated() -> None:
    share = resemblance(sketch_of(LONG[:400]), sketch_of(LONG[200:]))
    assert abs(share - 1 / 3) < 0.12
    assert KEPT == len(sketch_of(LONG))


@given(st.integers(0, 3000), st.integers(1, 6))
def test_a_sketch_is_the_smallest_hashes_of_all_runs(letters: int, kinds: int) -> None:
    text = f" {''.join(str((number * number // 7) % (kinds * 100)) for number in range(letters))} "
    runs = {text[start : start + 6].encode() for start in range(max(1, len(text) - 5))}
    smallest = sorted({int.from_bytes(blake2b(run, digest_size=4).digest()) for run in runs})[:KEPT]
    assert tuple(smallest) == sketch_of([text.strip()] if letters else [""])


def test_nothing_is_like_nothing_and_like_nothing_else() -> None:
    assert 1.0 == resemblance((), ())
    assert 0.0 == resemblance((), sketch_of(["abc"]))
    assert (0,) == bands_of(())


def test_what_is_alike_shares_a_band() -> None:
    one, other = sketch_of(LONG[:300]), sketch_of([*LONG[:20], "autre", *LONG[21:300]])
    assert {*bands_of(one)} & {*bands_of(other)}
    assert BANDS == len(bands_of(one))


@given(st.lists(st.text(max_size=30), max_size=50))
def test_a_sketch_comes_back_as_it_was_stored(words: list[str]) -> None:
    sketch = sketch_of(words)
    assert sketch == unpacked(packed(sketch))
    assert sorted({*sketch}) == [*sketch]


@given(st.binary(max_size=40))
def test_octets_that_are_no_sketch_are_read_as_far_as_they_go(octets: bytes) -> None:
    assert len(octets) // 4 == len(unpacked(octets))
