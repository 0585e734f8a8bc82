r"""Items as the rows of a table, CSV or xlsx, and back, without loss.

Every cell is text. Lists have a line for each of their texts. A backslash is written twice, a line end within a text of
a list as ``\n``, and a character that tables can't hold as ``\u`` and its four hexadecimal digits. An apostrophe
stands before what a spreadsheet would take for a formula, and before one that could be taken for it.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import yaml

from bot.errors import CampaignBotError, KnowledgeError
from bot.items import Item, Kind
from bot.knowledge.load import SPEECH, load
from bot.spreadsheet import FORMULA_STARTS, csv_bytes, guarded, unguarded
from bot.texts import tables as texts

LISTS = frozenset({"phrasings", "keywords", "negatives", "source", "related"})
"""The fields that hold several texts."""
LARGEST_TABLE = 8 << 20
"""Bytes of a table that is read."""
_UNPACKED = 64 << 20
_MOST_PARTS = 200
"""Files within an xlsx file."""
MOST_ROWS = 10_000
_MOST_COLUMNS = 64
_LONGEST_CELL = 32_767
"""Characters that Excel keeps of a cell."""
_UNTABLED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
_OTHERS = "知识库"
_LINE = re.compile(r"(?<=知识库):\d+|(?<=行):\d+|（第 \d+ 行）")
"""Where in the files that are made for a check something stands."""
Entry = Mapping[str, str | tuple[str, ...]]
"""What an item says, by its fields; empty where it says nothing."""
_ESCAPE = re.compile(r"\\(\\|n|u(?!d[89a-f])[0-9a-f]{4})")


class TableError(CampaignBotError):
    """A file is no table of items, or more than can be read; its text is for admins."""


class RowError(CampaignBotError):
    """A row can't be brought in; the text is for admins."""

    @classmethod
    def twice(cls, item_id: str, other: "Row") -> "RowError":
        """Another row has its id."""
        return cls(texts.TWICE_ROW.format(id=item_id, other=other.name))

    @classmethod
    def id_used(cls, item_id: str) -> "RowError":
        """Its id was that of an item that is gone."""
        return cls(texts.ID_USED.format(id=item_id))

    @classmethod
    def kind_stays(cls, kind: Kind) -> "RowError":
        """An item of one kind does not become one of another."""
        return cls(texts.KIND_STAYS.format(kind=kind))

    @classmethod
    def merge_differs(cls, question: str, item_id: str, field: str) -> "RowError":
        """It asks what an item is asked, and says something else of it."""
        return cls(texts.MERGE_DIFFERS.format(question=question, id=item_id, column=texts.COLUMNS[field]))

    @classmethod
    def has_number(cls) -> "RowError":
        """A question holds somebody's number."""
        return cls(texts.HAS_NUMBER)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table. ``number`` counts from 1, the header included, as spreadsheets do.

    ``cells``: the texts by the fields of items, as they were written; ``faults``: why some of them can't be trusted.
    """

    number: int
    cells: Mapping[str, str]
    faults: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the row is called."""
        return texts.ROW.format(number=self.number)

    def entry(self) -> Entry:
        """What the fields of the columns say."""
        return {field: self.value(field) for field in self.cells}

    def value(self, field: str) -> str | tuple[str, ...]:
        """What a field says: a text, or the texts of a list."""
        text = unguarded(self.cells[field]).strip()
        if field in LISTS:
            return tuple(_unescaped(line.strip()) for line in text.split("\n") if line.strip())
        return _unescaped(text)


def rows_of(items: Iterable[Item]) -> Sequence[Row]:
    """The rows that items make, below a header."""
    fields = texts.COLUMNS
    return [
        Row(number, {field: _cell(getattr(item, field)) for field in fields}) for number, item in enumerate(items, 2)
    ]


def to_csv(rows: Iterable[Row]) -> bytes:
    """A table as CSV that Excel reads: UTF-8 with a byte order mark. Faults of rows stand in a column of their own."""
    return csv_bytes(_lines(rows))


def to_xlsx(rows: Iterable[Row]) -> bytes:
    """A table as xlsx in which every cell is text. Raises TableError if a cell holds more than Excel keeps."""
    from openpyxl import Workbook  # noqa: PLC0415 - half a second that only tables need
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    lines = list(_lines(rows))
    for line in lines:
        for column, text in zip(lines[0], line, strict=True):
            if len(text) > _LONGEST_CELL:
                raise TableError(texts.TOO_LONG_CELL.format(id=line[0], column=column))
    book = Workbook(write_only=True)
    sheet = book.create_sheet(texts.SHEET)
    sheet.freeze_panes = "A2"
    for number in range(1, len(lines[0]) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = 24
    for line in lines:
        cells = [WriteOnlyCell(sheet, text) for text in line]
        for cell in cells:
            cell.number_format = "@"
        sheet.append(cells)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def read_table(data: bytes) -> Sequence[Row]:
    """The rows of a CSV or xlsx file that hold something.

    CSV is UTF-8, with or without a byte order mark, or GB18030, as Excel writes it in China. Raises TableError.
    """
    if len(data) > LARGEST_TABLE:
        raise TableError(texts.TOO_LARGE.format(limit=LARGEST_TABLE >> 20))
    lines = _xlsx_lines(data) if data.startswith(b"PK") else _csv_lines(data)
    fields = _fields(next(lines, []))
    rows = []
    for number, line in enumerate(lines, 2):
        if number > MOST_ROWS + 1 and any(line):
            raise TableError(texts.TOO_MANY_ROWS.format(limit=MOST_ROWS))
        if row := _row(number, fields, line):
            rows.append(row)
    return rows


@dataclass(frozen=True, slots=True)
class _Typed:
    """A cell that is no text: what its place would say as text, and why it can't be trusted."""

    text: str
    fault: str


def _row(number: int, fields: Sequence[str], line: Sequence[str | _Typed]) -> Row | None:
    """A row by its header; None without a text."""
    cells, faults = dict.fromkeys(filter(None, fields), ""), list[str]()
    for field, cell in zip(fields, line, strict=False):
        text = cell.text if isinstance(cell, _Typed) else cell
        if field:
            cells[field] = text.replace("\r\n", "\n").replace("\r", "\n")
            if isinstance(cell, _Typed):
                faults.append(cell.fault.format(column=texts.COLUMNS[field], value=cell.text))
    if any(line[len(fields) :]):
        faults.append(texts.OVERFLOW)
    return Row(number, cells, tuple(faults)) if faults or any(map(str.strip, cells.values())) else None


def _fields(header: Sequence[str | _Typed]) -> Sequence[str]:
    """The fields that the columns are for; empty for one that is not read."""
    names = {name: field for field, name in texts.COLUMNS.items()} | {field: field for field in texts.COLUMNS}
    known, fields = "、".join(texts.COLUMNS.values()), list[str]()
    for cell in header:
        column = (cell.text if isinstance(cell, _Typed) else cell).strip()
        if column in {"", texts.FAULT}:
            fields.append("")
        elif column not in names:
            raise TableError(texts.UNKNOWN_COLUMN.format(column=column[:20], known=known))
        elif names[column] in fields:
            raise TableError(texts.TWICE_COLUMN.format(column=column))
        else:
            fields.append(names[column])
    if not {"id", "question"} & {*fields}:
        raise TableError(texts.NO_HEADER.format(known=known))
    return fields


def _csv_lines(data: bytes) -> Iterator[Sequence[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError:
            raise TableError(texts.NOT_A_TABLE) from None
    head = text.partition("\n")[0]
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True)
    except csv.Error:
        raise TableError(texts.NOT_A_TABLE) from None


def _xlsx_lines(data: bytes) -> Iterator[Sequence[str | _Typed]]:
    """The cells of the first sheet. What is unpacked is bounded before anything is."""
    from openpyxl import load_workbook  # noqa: PLC0415 - half a second that only tables need

    try:
        _check_archive(data)
        sheet = load_workbook(io.BytesIO(data), read_only=True).worksheets[0]
        sheet.reset_dimensions()
        lines = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=_MOST_COLUMNS)
        yield from ([_xlsx_cell(cell.value, cell.data_type) for cell in line] for line in lines)
    except TableError:
        raise
    except Exception as error:  # openpyxl raises many kinds for a file that is none of its own
        raise TableError(texts.NOT_A_TABLE) from error


def _check_archive(data: bytes) -> None:
    """Raises TableError if too much would be unpacked, or a part declares entities."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        # No more than an archive declares is unpacked of a part.
        if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _UNPACKED:
            raise TableError(texts.TOO_LARGE.format(limit=_UNPACKED >> 20))
        if any(b"<!DOCTYPE" in archive.read(part) for part in parts):
            raise TableError(texts.NOT_A_TABLE)


def _xlsx_cell(value: object, data_type: str) -> str | _Typed:
    if value is None:
        return ""
    if isinstance(value, str) and data_type in {"s", "str", "inlineStr", "n"}:
        return value
    if isinstance(value, date | datetime | time | timedelta):
        return _Typed(str(value), texts.DATE)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _Typed(str(value), texts.NUMBER)
    return _Typed(str(value), texts.FORMULA if data_type == "f" else texts.NOT_TEXT)


def _lines(rows: Iterable[Row]) -> Iterator[Sequence[str]]:
    """A header, and a line for each row; with what is wrong where something is."""
    rows = list(rows)
    has_faults = any(row.faults for row in rows)
    yield [*texts.COLUMNS.values(), *([texts.FAULT] if has_faults else [])]
    for row in rows:
        cells = [row.cells.get(field, "") for field in texts.COLUMNS] + ([" ".join(row.faults)] if has_faults else [])
        yield [_safe(cell) for cell in cells]


def _safe(cell: str) -> str:
    """A cell that somebody wrote, as another one that says the same and that no spreadsheet takes for a formula."""
    return _tabled(f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell)


def _cell(value: str | tuple[str, ...]) -> str:
    if isinstance(value, tuple):
        return guarded("\n".join(_escaped(text).replace("\n", "\\n") for text in value))
    return guarded(_escaped(str(value)))


def _escaped(text: str) -> str:
    return _tabled(text.replace("\\", "\\\\"))


def _tabled(text: str) -> str:
    return _UNTABLED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _unescaped(text: str) -> str:
    def character(found: re.Match[str]) -> str:
        named = {"\\": "\\", "n": "\n"}
        return named.get(found[1]) or chr(int(found[1][1:], 16))

    return _ESCAPE.sub(character, text)


def entry_of(item: Item) -> Entry:
    """What an item says, by its fields."""
    said = {field: getattr(item, field) for field in texts.COLUMNS}
    return said | {"kind": item.kind.value}


def entry_faults(entries: Mapping[str, Entry], others: Iterable[Item], speech: bytes) -> Mapping[str, str]:
    """What a folder would find wrong with entries that it gets beside ``others``, by the names of the entries."""
    if not entries:
        return {}
    # Of the others, only their ids and the ways to ask them matter.
    beside = [
        {"id": item.id, "kind": Kind.NOT_COVERED.value, "question": item.question, "answer": "-"}
        | ({"phrasings": item.phrasings} if item.phrasings else {})
        for item in others
    ]
    files = {SPEECH: speech, **({_OTHERS: _file(_OTHERS, beside)} if beside else {})}
    for name, entry in entries.items():
        said = {key: value for key, value in entry.items() if value and key != "topic"}
        files[name] = _file(str(entry.get("topic", "")), [said])
    try:
        load(files, "")
    except KnowledgeError as error:
        first: dict[str, str] = {}
        for fault in error.faults:
            if fault.file in entries:
                first.setdefault(fault.file, _in_columns(fault.message))
        return first
    return {}


def _file(topic: str, entries: Sequence[Mapping[str, object]]) -> bytes:
    items = [
        {key: list(value) if isinstance(value, tuple) else value for key, value in entry.items()} for entry in entries
    ]
    content = {"topic": topic, "items": items}
    dumped: str = yaml.dump(content, Dumper=yaml.CSafeDumper, default_style='"', width=1 << 20)
    return dumped.encode()


def _in_columns(message: str) -> str:
    """What is wrong with an entry, in the words of a table: columns by their names, without lines of a file."""
    for field, column in texts.COLUMNS.items():
        message = message.replace(f"“{field}”", f"“{column}”")
    return _LINE.sub("", message)
