"""How many connections has whom, in all processes together? Counts in memory that they share.

Each process writes its own row and reads those of the others, so nothing is locked, and what a dying
process leaves behind is wiped with its row. Two clients may share a cell (once in some thousands); then
they share a limit.
"""

import ipaddress
import mmap
import secrets
from hashlib import blake2s

# Rows: more than two generations of the most workers that can be asked for.
ROWS = 256
_TOTAL, _OPEN, _CLIENTS = 0, 1, 2
_CELLS = 8192
_WIDTH = 2  # octets of a cell


class Board:
    """A row for each process; made before the first one is forked."""

    def __init__(self) -> None:
        """Nobody is there."""
        self._octets = mmap.mmap(-1, ROWS + ROWS * _CELLS * _WIDTH)
        # Which rows somebody has had. The others are not read: a page of shared memory that is looked at is
        # memory of whoever looks, two megabytes for all of them.
        self._had = memoryview(self._octets)[:ROWS]
        self.cells = memoryview(self._octets)[ROWS:].cast("H")
        # Nobody can choose an address that shares a cell with that of somebody else.
        self._key = secrets.token_bytes(16)

    def row(self, number: int) -> "Row":
        """The row of a process."""
        self._had[number] = 1
        return Row(self, number)

    def wipe(self, number: int) -> None:
        """The process has ended, and its connections with it."""
        size = _CELLS * _WIDTH
        start = ROWS + number * size
        self._octets[start : start + size] = bytes(size)

    def cell(self, client: str) -> int:
        """Where a client is counted. Of IPv6, the /64 is the client: whoever has one address has them all."""
        try:
            address = ipaddress.ip_address(client)
            packed = address.packed if address.version == 4 else address.packed[:8]
        except ValueError:
            packed = b""
        digest = blake2s(packed, key=self._key, digest_size=4).digest()
        return _CLIENTS + int.from_bytes(digest, "big") % (_CELLS - _CLIENTS)

    def column(self, cell: int) -> list[int]:
        """What each process has written into its cell of this number."""
        rows = len(bytes(self._had).rstrip(b"\0"))
        return self.cells[cell : rows * _CELLS : _CELLS].tolist()


class Row:
    """The counts of one process; only it writes them."""

    def __init__(self, board: Board, number: int) -> None:
        """Use `Board.row`."""
        self._board = board
        self._start = number * _CELLS
        self._number = number

    def begin(self) -> None:
        """This process accepts."""
        self._board.cells[self._start + _OPEN] = 1

    def end(self) -> None:
        """This process accepts no more."""
        self._board.cells[self._start + _OPEN] = 0

    def enter(self, client: str) -> "Place":
        """Count a connection, before it is asked whether there are too many: the limit is never exceeded."""
        return Place(self, self.cell(client))

    def cell(self, client: str) -> int:
        """Where a client is counted."""
        return self._board.cell(client)

    def add(self, cell: int, change: int) -> None:
        """Change a count and the total."""
        for one in (_TOTAL, cell):
            self._board.cells[self._start + one] += change

    @property
    def total(self) -> int:
        """Connections of all processes."""
        return sum(self._board.column(_TOTAL))

    def of_client(self, cell: int) -> int:
        """Connections of a client, of all processes."""
        return sum(self._board.column(cell))

    @property
    def is_ahead(self) -> bool:
        """True where another process that accepts has fewer connections."""
        totals = self._board.column(_TOTAL)
        others = (
            total
            for number, (total, is_open) in enumerate(zip(totals, self._board.column(_OPEN), strict=True))
            if is_open and number != self._number
        )
        return totals[self._number] > min(others, default=totals[self._number])


class Place:
    """One connection's place in the counts; given back once, however often it is said."""

    def __init__(self, row: Row, cell: int) -> None:
        """Use `Row.enter`."""
        self._row = row
        self._cell = cell
        self._is_taken = True
        row.add(cell, 1)

    @property
    def of_client(self) -> int:
        """How many the same client has, this one included."""
        return self._row.of_client(self._cell)

    def move(self, client: str) -> None:
        """The connection is that of another client."""
        if self._is_taken:
            self._row.add(self._cell, -1)
            self._cell = self._row.cell(client)
            self._row.add(self._cell, 1)

    def leave(self) -> None:
        """The connection has ended, and the work for it."""
        if self._is_taken:
            self._is_taken = False
            self._row.add(self._cell, -1)
