"""What have all processes counted together? A row for each of them, in memory that they share.

A process that is killed leaves its counts in its row, and the next one with its number goes on from there: a
sum never goes back, there is no file to clean up, and nobody has to be alive for it. Only what was true of
the process itself (gauges) is wiped with it.
"""

import mmap
from collections.abc import Iterable

from milter.meter.figure import Figure, Gauge, cells_of_all, count_into, figures

_OCTETS = 8


class Table:
    """Made before the first process is forked, when every figure is declared."""

    def __init__(self, rows: int) -> None:
        """Nothing is counted yet. Memory that nobody writes costs nothing."""
        self.figures = figures()
        self._rows = rows
        self._width = cells_of_all()
        self._cells = memoryview(mmap.mmap(-1, max(1, rows * self._width) * _OCTETS)).cast("d")

    def use(self, number: int) -> None:
        """This process counts into its row from now on."""
        count_into(self._cells[number * self._width : (number + 1) * self._width])

    def wipe(self, number: int) -> None:
        """The process has ended: what it was and had is no more, what it has counted stays."""
        for gauge in self.figures:
            if isinstance(gauge, Gauge):
                start = number * self._width + gauge.start
                self._cells[start : start + gauge.size] = memoryview(bytes(gauge.size * _OCTETS)).cast("d")

    def sums(self) -> list[float]:
        """A row with the sums of all rows."""
        return [sum(self.column(cell)) for cell in range(self._width)]

    def column(self, cell: int) -> list[float]:
        """What each process has in one cell."""
        return [float(count) for count in self._cells[cell :: self._width][: self._rows]]

    def columns(self, *of: Figure) -> Iterable[tuple[float, ...]]:
        """For each process, what it has in the only cell of each of these."""
        return zip(*(self.column(figure.start) for figure in of), strict=True)
