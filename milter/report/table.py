"""Of what does a report consist? Tables of plain words. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """Words, and where they lead to on the review page. What a sender wrote is masked and disarmed here."""

    text: str
    link: str = ""
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One question and its answer. `key` names it for programs; `note` stands below. With a `headline`, the
    column that a row is called by, a row is too wide for a line: each has several."""

    key: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    headline: int | None = None

    def beside(self, row: tuple[Cell, ...]) -> tuple[tuple[str, Cell], ...]:
        """The other cells of this row, each with its head."""
        cells = zip(self.head, row, strict=True)
        return tuple(cell for index, cell in enumerate(cells) if index != self.headline)


@dataclass(frozen=True, slots=True)
class Document:
    """A report, ready to be written. `subject` is that of its mail; `notice` is what must be known first."""

    language: str
    title: str
    subject: str
    lead: str
    notice: str
    link: str
    tables: tuple[Table, ...]
