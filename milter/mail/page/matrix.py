"""Where does a transformation put a point (SVG 2, section 8.5; CSS Transforms 1, section 13)?

Pure. Never raises: what is no number is none.
"""

import math
import re
from itertools import islice

Matrix = tuple[float, float, float, float, float, float]

UNMOVED: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_MOST = 20  # in one attribute
_FAR = 1e9

_step = re.compile(r"([a-zA-Z]{1,12})\s{0,9}\(([^()]{0,300})\)")
_number = re.compile(r"[+-]?(?:\d{1,9}\.?\d{0,9}|\.\d{1,9})(?:[eE][+-]?\d(?!\d))?")


def times(outer: Matrix, inner: Matrix) -> Matrix:
    """The transformation that is first the inner one, then the outer."""
    a, b, c, d, e, f = outer
    g, h, i, j, k, m = inner
    made = (a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * m + e, b * k + d * m + f)
    return made if all(abs(one) < _FAR for one in made) else outer


def moved(across: float, down: float) -> Matrix:
    """The transformation that only moves."""
    return (1.0, 0.0, 0.0, 1.0, across, down)


def placed(matrix: Matrix, across: float, down: float) -> tuple[float, float]:
    """Where the point is put: across, down."""
    a, b, c, d, e, f = matrix
    return a * across + c * down + e, b * across + d * down + f


def stretch(matrix: Matrix) -> float:
    """How many times larger it makes what it is for."""
    a, b, c, d, _, _ = matrix
    return math.sqrt(abs(a * d - b * c))


def matrix_of(text: str) -> Matrix:
    """The transformation that an attribute, or a style, tells."""
    whole = UNMOVED
    for found in islice(_step.finditer(text), _MOST):
        numbers = [float(one) for one in _number.findall(found[2])[:6]]
        whole = times(whole, _one(found[1].lower(), numbers))
    return whole


def _one(name: str, numbers: list[float]) -> Matrix:
    first = numbers[0] if numbers else 0.0
    second = numbers[1] if len(numbers) > 1 else None
    match name:
        case "matrix" if len(numbers) == 6:
            a, b, c, d, e, f = numbers
            return (a, b, c, d, e, f)
        case "translate" if numbers:
            return moved(first, second or 0.0)
        case "translatex" | "translatey" if numbers:
            return moved(first, 0.0) if name[-1] == "x" else moved(0.0, first)
        case "scale" if numbers:
            return (first, 0.0, 0.0, first if second is None else second, 0.0, 0.0)
        case "rotate" if numbers:
            return _turned(math.radians(first), numbers[1:3])
    return UNMOVED


def _turned(angle: float, about: list[float]) -> Matrix:
    turn = (math.cos(angle), math.sin(angle), -math.sin(angle), math.cos(angle), 0.0, 0.0)
    if len(about) < 2:
        return turn
    return times(times(moved(*about), turn), moved(-about[0], -about[1]))
