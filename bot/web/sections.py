"""What pages and reports show of figures: each a chart and a table, or a table whose rows have bars."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.spreadsheet import csv_bytes, guarded
from bot.web.charts import Chart, Link


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table. ``link``: the page of what it counts, None where there is none."""

    head: str
    cells: Sequence[int | str]
    link: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Some figures. ``name`` is that of their file; ``columns``: what the rows have in common, the head's name first.

    Without a ``chart`` the first cells of the rows are numbers, and are drawn as bars in the table. ``most``: how many
    rows are shown, where a file has more. Without rows ``if_empty`` says what that means.
    """

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Row]
    if_empty: str
    note: str = ""
    chart: Chart | None = None
    most: int | None = None
    is_wide: bool = False

    @property
    def shown(self) -> Sequence[tuple[Row, float | None]]:
        """The rows that are shown, each with the length of its bar in percent of the longest; None without bars."""
        rows = self.rows[: self.most]
        counts = [count if isinstance(count := row.cells[0], int) else 0 for row in rows]
        if self.chart or not any(counts):
            return [(row, None) for row in rows]
        return [(row, round(100 * count / max(counts), 2)) for row, count in zip(rows, counts, strict=True)]

    def csv(self) -> bytes:
        """All rows as CSV in which every cell is text."""
        lines = [[row.head, *map(str, row.cells)] for row in self.rows]
        return csv_bytes([guarded(cell) for cell in line] for line in [self.columns, *lines])
