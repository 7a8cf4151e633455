"""Which figures are kept? Each is declared once, by the module that counts it, with every label it may have.

A figure owns cells in a row of numbers; each process has its own row (`table.py`), so that nothing is locked
and a mail costs some additions. Labels are those that were declared: nothing that a stranger writes becomes
one. Raises nothing: what was not declared is not counted.
"""

import itertools
import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType

Labels = tuple[str, ...]
# Seconds. The steps are those at which somebody would do something.
STEPS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


@dataclass(slots=True)
class _Here:
    """The row of this process. Until it is given one that others see, it has one of its own."""

    cells: "list[float] | memoryview[float]"


_own: list[float] = []
_here = _Here(_own)
_figures: list["Figure"] = []


class Figure:
    """Cells under a name, one or more for each combination of its labels."""

    # The word of the exposition format; what ends with a process is no counter.
    kind = "counter"

    def __init__(self, name: str, says: str, **labels: Iterable[str]) -> None:
        """Declare it, at import; `says` is the sentence that Prometheus shows."""
        self.name = name
        self.says = says
        self.label_names = tuple(labels)
        self.label_values: tuple[Labels, ...] = tuple(itertools.product(*map(tuple, labels.values())))
        self.start = len(_own)
        self._at = {values: self.start + nth * self.width for nth, values in enumerate(self.label_values)}
        _own.extend([0.0] * self.size)
        _figures.append(self)

    @property
    def width(self) -> int:
        """Cells of one combination of labels."""
        return 1

    @property
    def size(self) -> int:
        """Cells of all of them."""
        return self.width * len(self.label_values)

    def cell(self, labels: Labels) -> int | None:
        """Where these labels are counted; None where they were never declared."""
        return self._at.get(labels)

    def read(self, row: Sequence[float]) -> Iterator[tuple[Labels, Sequence[float]]]:
        """The cells of each combination of labels, in one row or in the sum of several."""
        for labels, start in self._at.items():
            yield labels, row[start : start + self.width]


class Counter(Figure):
    """How often something has happened."""

    def add(self, *labels: str) -> None:
        """It has happened once more."""
        cell = self._at.get(labels)
        if cell is not None:
            _here.cells[cell] += 1


class Gauge(Figure):
    """How much there is now, in this process; with the process it is gone."""

    kind = "gauge"

    def set(self, value: float, *labels: str) -> None:
        """There is so much."""
        cell = self._at.get(labels)
        if cell is not None:
            _here.cells[cell] = value


class Timer(Figure):
    """How long something takes: a count for each step, and the seconds of all together."""

    kind = "histogram"

    @property
    def width(self) -> int:
        """The steps, one for what takes longer, and the sum."""
        return len(STEPS) + 2

    def took(self, seconds: float, *labels: str) -> None:
        """It took so long this time."""
        start = self._at.get(labels)
        if start is not None:
            cells = _here.cells
            cells[start + bisect_left(STEPS, seconds)] += 1
            cells[start + len(STEPS) + 1] += seconds

    def timing(self, *labels: str) -> "Timing":
        """A context that is timed, however it ends."""
        return Timing(self, labels)


class Timing:
    """One time span; use `Timer.timing`."""

    __slots__ = ("_began", "_labels", "_timer")

    def __init__(self, timer: Timer, labels: Labels) -> None:
        """Nothing has begun."""
        self._timer = timer
        self._labels = labels
        self._began = 0.0

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.took(time.perf_counter() - self._began, *self._labels)


def figures() -> tuple[Figure, ...]:
    """Every figure that was declared so far."""
    return tuple(_figures)


def cells_of_all() -> int:
    """The cells of a row."""
    return sum(figure.size for figure in _figures)


def count_into(cells: "memoryview[float]") -> None:
    """From now on this process counts into these cells; what it has counted before stays where it is."""
    _here.cells = cells
