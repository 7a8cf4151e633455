import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.page.matrix import UNMOVED, matrix_of, placed, stretch, times


@pytest.mark.parametrize(
    ("told", "point"),
    [
        ("translate(10)", (11, 2)),
        ("translate(10, 20)", (11, 22)),
        ("translateY(5px)", (1, 7)),
        ("translate(10 20) scale(2)", (12, 24)),
        ("scale(2) translate(10 20)", (22, 44)),
        ("scale(2,3)", (2, 6)),
        ("matrix(1 0 0 1 5 6)", (6, 8)),
        ("rotate(90)", (-2, 1)),
        ("rotate(180 1 2)", (1, 2)),
        ("none", (1, 2)),
        ("matrix(1 2)", (1, 2)),
    ],
)
def test_a_point_is_put_where_a_browser_puts_it(told: str, point: tuple[float, float]) -> None:
    assert point == pytest.approx(placed(matrix_of(told), 1, 2))


def test_what_leads_beyond_all_measure_is_left_out() -> None:
    far = matrix_of("scale(9999999)")
    assert far == times(far, far)
    assert math.isfinite(stretch(matrix_of("scale(9999999)" * 20)))


@given(st.text(alphabet="matrixscale()0123456789.,-e "))
def test_nothing_told_raises(told: str) -> None:
    assert len(UNMOVED) == len(matrix_of(told))
