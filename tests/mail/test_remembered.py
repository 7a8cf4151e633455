import tracemalloc
from collections.abc import Callable

import pytest

from milter.mail.domain import Domain
from milter.mail.remembered import remembered
from milter.mail.style.color import read_color
from milter.mail.style.css import read_style
from milter.mail.style.stylesheet import read_sheet
from milter.proof.signature import read_key


def test_a_short_question_is_answered_once_and_a_long_one_each_time() -> None:
    asked: list[str] = []

    @remembered(2, longest=3)
    def answer(text: str) -> int:
        asked.append(text)
        return len(text)

    assert [3, 3, 4, 4] == [answer("abc"), answer("abc"), answer("abcd"), answer("abcd")]
    assert ["abc", "abcd", "abcd"] == asked


@pytest.mark.parametrize(
    "read",
    [read_style, read_color, read_sheet, Domain.parse, lambda text: read_key(text.encode())],
    ids=["style", "colour", "sheet", "domain", "key"],
)
def test_what_a_sender_makes_long_does_not_stay_in_our_memory(read: Callable[[str], object]) -> None:
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for number in range(300):
            read(f"color:{number}" + "x" * 40_000)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert after - before < 1_000_000
