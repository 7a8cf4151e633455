"""Nothing a sender writes raises, grows without bound, or takes long, in any reader of his bytes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.mutate import TOKENS, mutated
from tests.fuzz.seeds import vectors
from tests.fuzz.targets import TARGETS
from tests.fuzz.watch import TooLongError, watched
from tests.vectors.lure import FRAUD

SEEDS = vectors()
# Words of every syntax that is read, in any order, with noise between them.
SOUP = st.lists(
    st.one_of(st.sampled_from(TOKENS), st.binary(max_size=20), st.text(max_size=10).map(str.encode)),
    max_size=60,
)


@pytest.mark.parametrize("target", TARGETS)
def test_no_bytes_break_a_reader(target: str) -> None:
    @settings(max_examples=60, deadline=None)
    @given(st.one_of(st.binary(max_size=400), SOUP.map(b"".join)))
    def holds(data: bytes) -> None:
        with watched():
            TARGETS[target](data)

    holds()


@pytest.mark.parametrize("target", TARGETS)
def test_no_broken_mail_breaks_a_reader(target: str) -> None:
    for number in range(40):
        with watched():
            TARGETS[target](mutated(SEEDS, 2, number)[:65536])


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    "word", [b"<", b"(", b" ", b"=?", b"a@", b"http://", b"carte Vitale ", b"\r\n> ", b"&#x41;", b"\0"]
)
def test_a_word_said_fifty_thousand_times_is_read_in_time(target: str, word: bytes) -> None:
    with watched():
        TARGETS[target](word * (50_000 // len(word)))
        TARGETS[target](FRAUD.text.encode()[:200] + word * (50_000 // len(word)))


def test_no_single_value_that_a_child_tells_in_place_of_another_raises() -> None:
    for place in range(128):
        for odd in range(14):
            TARGETS["told"](bytes((place, odd)))


def test_the_watchdog_bites() -> None:
    def never_ends() -> None:
        while True:
            pass

    with pytest.raises(TooLongError), watched(0.01):
        never_ends()
