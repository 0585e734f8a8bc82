"""Cells that spreadsheets take for text."""

import csv
import io

import pytest

from bot.spreadsheet import csv_bytes, guarded, unguarded

CELLS = {
    "=1+1": "'=1+1",
    "+86": "'+86",
    "-5 度": "'-5 度",
    "@all": "'@all",
    "\t=1": "'\t=1",
    "'=x": "''=x",
    "'80 年代": "'80 年代",
    "几点开门": "几点开门",
    "": "",
}


@pytest.mark.parametrize(("text", "cell"), CELLS.items())
def test_what_could_be_a_formula_is_guarded(text: str, cell: str) -> None:
    """And nothing else; the guard is taken off again."""
    assert guarded(text) == cell
    assert unguarded(cell) == text


def test_lines_come_back() -> None:
    """From CSV with a byte order mark."""
    lines = [["问题", "次数"], ['他说"好",\n就走了', "1"]]
    data = csv_bytes(lines)
    assert data.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))) == lines
