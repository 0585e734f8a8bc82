"""Cells that spreadsheets take for text and for nothing else, and lines of them as CSV."""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that a spreadsheet takes for a formula, as the OWASP page on CSV injection lists it."""


def guarded(text: str) -> str:
    """A text with an apostrophe before what would be taken for a formula, and before what could be so guarded."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA_STARTS) else text


def unguarded(cell: str) -> str:
    """The text that ``guarded`` was given."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(FORMULA_STARTS) else cell


def csv_bytes(lines: Iterable[Sequence[str]]) -> bytes:
    """Lines of cells, guarded where they must be, as CSV that Excel reads: UTF-8 with a byte order mark."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(lines)
    return written.getvalue().encode("utf-8-sig")
