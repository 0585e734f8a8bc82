r"""A whole knowledge base as tables, in one xlsx file or as CSV in a zip file, and back, without loss.

There is a sheet for items, and one for each of the other files: the outline of the speech, synonyms and frames. A sheet
is known by its columns, whatever its name is.

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
from enum import StrEnum
from typing import Any

import yaml

from bot.errors import CampaignBotError, KnowledgeError
from bot.items import Item, Kind, KnowledgeBase
from bot.knowledge.load import SPEECH, load
from bot.knowledge.typos import mistyped_id
from bot.spreadsheet import FORMULA_STARTS, csv_bytes, guarded, unguarded
from bot.texts import tables as texts

LISTS = frozenset({"phrasings", "keywords", "negatives", "source", "related", "words"})
"""The fields that hold several texts."""


class Sheet(StrEnum):
    """What the rows of a sheet are; their order is that of the sheets."""

    ITEMS = "items"
    OUTLINE = "outline"
    """The title of the speech, its paragraphs, and other documents."""
    SYNONYMS = "synonyms"
    FRAMES = "frames"


class Part(StrEnum):
    """What a row of the outline is about."""

    TITLE = "title"
    PARAGRAPHS = "paragraphs"
    OTHERS = "others"


COLUMNS: Mapping[Sheet, Mapping[str, str]] = {
    Sheet.ITEMS: texts.COLUMNS,
    Sheet.OUTLINE: texts.OUTLINE_COLUMNS,
    Sheet.SYNONYMS: texts.SYNONYMS_COLUMNS,
    Sheet.FRAMES: texts.FRAMES_COLUMNS,
}
"""The columns of each sheet by their fields, in their order."""
_NEEDED = {
    Sheet.ITEMS: ("id", "question"),
    Sheet.OUTLINE: ("part",),
    Sheet.SYNONYMS: ("standard",),
    Sheet.FRAMES: ("frame",),
}
"""The fields one of which a sheet must have: they tell which of its rows is which."""
LARGEST_TABLE = 8 << 20
"""Bytes of a table that is read."""
_UNPACKED = 64 << 20
_MOST_SHEETS = 20
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
    def twice_named(cls, name: str, other: "Row") -> "RowError":
        """Another row is about the same."""
        return cls(texts.TWICE_NAMED.format(name=name, other=other.name))

    @classmethod
    def no_title(cls) -> "RowError":
        """A row for the title has none, or an id."""
        return cls(texts.NO_TITLE)

    @classmethod
    def no_place(cls) -> "RowError":
        """A row for a place lacks its id or its words."""
        return cls(texts.NO_PLACE)

    @classmethod
    def part_stays(cls, place: str, part: "Part") -> "RowError":
        """A paragraph does not become another document, nor the other way round."""
        return cls(texts.PART_STAYS.format(place=place, part=texts.PARTS[part]))

    @classmethod
    def no_standard(cls) -> "RowError":
        """A group of synonyms has no standard word."""
        return cls(texts.NO_STANDARD)

    @classmethod
    def no_words(cls) -> "RowError":
        """A group of synonyms has no other word than the standard one."""
        return cls(texts.NO_WORDS)

    @classmethod
    def word_taken(cls, word: str, standard: str) -> "RowError":
        """A word stands in two groups of synonyms."""
        return cls(texts.WORD_TAKEN.format(word=word, standard=standard))

    @classmethod
    def has_number(cls) -> "RowError":
        """A question holds somebody's number."""
        return cls(texts.HAS_NUMBER)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table. ``number`` counts from 1, the header included, as spreadsheets do.

    ``cells``: the texts by the fields of its sheet, as they were written; ``faults``: why they can't be trusted.
    """

    number: int
    cells: Mapping[str, str]
    faults: tuple[str, ...] = ()
    sheet: Sheet = Sheet.ITEMS

    @property
    def name(self) -> str:
        """What the row is called."""
        name = texts.ROW.format(number=self.number)
        return name if self.sheet is Sheet.ITEMS else texts.SHEET_ROW.format(sheet=texts.SHEETS[self.sheet], row=name)

    @property
    def label(self) -> str:
        """What the row is about, in a word or a question."""
        fields = {Sheet.ITEMS: ("question", "id"), Sheet.OUTLINE: ("place_words", "place")}
        named = (self.cells.get(field, "") for field in fields.get(self.sheet, _NEEDED[self.sheet]))
        return next(filter(None, named), "")

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
    said = ({field: getattr(item, field) for field in texts.COLUMNS} for item in items)
    return _numbered(Sheet.ITEMS, said)


def all_rows(base: KnowledgeBase) -> Sequence[Row]:
    """The rows of all sheets of a knowledge base."""
    parts = (
        ("others" if place in base.documents else "paragraphs", place, words) for place, words in base.places.items()
    )
    outline = ({"part": texts.PARTS[part], "place": place, "place_words": words} for part, place, words in parts)
    title = {"part": texts.PARTS["title"], "place": "", "place_words": base.title}
    return [
        *rows_of(base.items),
        *_numbered(Sheet.OUTLINE, [title, *outline]),
        *_numbered(Sheet.SYNONYMS, ({"standard": first, "words": tuple(others)} for first, *others in base.synonyms)),
        *_numbered(Sheet.FRAMES, ({"frame": frame} for frame in base.frames)),
    ]


def _numbered(sheet: Sheet, said: Iterable[Mapping[str, str | tuple[str, ...]]]) -> list[Row]:
    return [
        Row(number, {field: _cell(value) for field, value in fields.items()}, sheet=sheet)
        for number, fields in enumerate(said, 2)
    ]


def to_csv(rows: Iterable[Row]) -> bytes:
    """Rows of one sheet as CSV: UTF-8 with a byte order mark, for Excel. Faults stand in a column of their own."""
    ((_, lines),) = _sheets(rows) or [(Sheet.ITEMS, [[*texts.COLUMNS.values()]])]
    return csv_bytes(lines)


def to_zip(rows: Iterable[Row]) -> bytes:
    """The rows of all sheets as CSV files in a zip file."""
    rows, written = list(rows), io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for sheet in dict.fromkeys(row.sheet for row in rows):
            table = to_csv(row for row in rows if row.sheet is sheet)
            archive.writestr(zipfile.ZipInfo(f"{texts.SHEETS[sheet]}.csv"), table, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def to_xlsx(rows: Iterable[Row]) -> bytes:
    """Rows as xlsx in which every cell is text. Raises TableError if a cell holds more than Excel keeps."""
    from openpyxl import Workbook  # noqa: PLC0415 - half a second that only tables need
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    sheets = _sheets(rows) or [(Sheet.ITEMS, [[*texts.COLUMNS.values()]])]
    for _, lines in sheets:
        for line in lines:
            for column, text in zip(lines[0], line, strict=True):
                if len(text) > _LONGEST_CELL:
                    raise TableError(texts.TOO_LONG_CELL.format(id=line[0], column=column))
    book = Workbook(write_only=True)
    for name, lines in sheets:
        sheet = book.create_sheet(texts.SHEETS[name])
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
    """The rows of a CSV or xlsx file, or of CSV files in a zip file, that hold something, sheet by sheet.

    CSV is UTF-8, with or without a byte order mark, or GB18030, as Excel writes it in China. Raises TableError.
    """
    if len(data) > LARGEST_TABLE:
        raise TableError(texts.TOO_LARGE.format(limit=LARGEST_TABLE >> 20))
    rows, found = list[Row](), list[Sheet]()
    for lines in _tables(data):
        header = next(lines, [])
        # A new workbook may have empty sheets.
        if not any(header) and found:
            continue
        sheet = _sheet(header)
        if sheet in found:
            raise TableError(texts.TWICE_SHEET.format(sheet=texts.SHEETS[sheet]))
        found.append(sheet)
        fields = _fields(header, sheet)
        for number, line in enumerate(lines, 2):
            if (number > MOST_ROWS + 1 or len(rows) >= MOST_ROWS) and any(line):
                raise TableError(texts.TOO_MANY_ROWS.format(limit=MOST_ROWS))
            if row := _row(number, fields, line, sheet):
                rows.append(row)
    return rows


@dataclass(frozen=True, slots=True)
class _Typed:
    """A cell that is no text: what its place would say as text, and why it can't be trusted."""

    text: str
    fault: str


def _row(number: int, fields: Sequence[str], line: Sequence[str | _Typed], sheet: Sheet) -> Row | None:
    """A row by its header; None without a text."""
    cells, faults = dict.fromkeys(filter(None, fields), ""), list[str]()
    for field, cell in zip(fields, line, strict=False):
        text = cell.text if isinstance(cell, _Typed) else cell
        if field:
            cells[field] = text.replace("\r\n", "\n").replace("\r", "\n")
            if isinstance(cell, _Typed):
                faults.append(cell.fault.format(column=COLUMNS[sheet][field], value=cell.text))
    if any(line[len(fields) :]):
        faults.append(texts.OVERFLOW)
    return Row(number, cells, tuple(faults), sheet) if faults or any(map(str.strip, cells.values())) else None


def _sheet(header: Sequence[str | _Typed]) -> Sheet:
    """The sheet that has most of these columns."""
    columns = {_text(cell) for cell in header}
    return max(Sheet, key=lambda sheet: len(columns & {*COLUMNS[sheet], *COLUMNS[sheet].values()}))


def _text(cell: str | _Typed) -> str:
    return (cell.text if isinstance(cell, _Typed) else cell).strip()


def _fields(header: Sequence[str | _Typed], sheet: Sheet) -> Sequence[str]:
    """The fields that the columns are for; empty for one that is not read."""
    columns = COLUMNS[sheet]
    names = {name: field for field, name in columns.items()} | {field: field for field in columns}
    known, fields = "、".join(columns.values()), list[str]()
    for cell in header:
        column = _text(cell)
        if column in {"", texts.FAULT}:
            fields.append("")
        elif column not in names:
            raise TableError(texts.UNKNOWN_COLUMN.format(column=column[:20], known=known))
        elif names[column] in fields:
            raise TableError(texts.TWICE_COLUMN.format(column=column))
        else:
            fields.append(names[column])
    if not {*_NEEDED[sheet]} & {*fields}:
        needed = "”或“".join(columns[field] for field in _NEEDED[sheet])
        raise TableError(texts.NO_HEADER.format(known=known, needed=needed))
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


def _tables(data: bytes) -> Iterator[Iterator[Sequence[str | _Typed]]]:
    """The lines of each table in a file. What is unpacked is bounded before anything is."""
    if not data.startswith(b"PK"):
        yield _csv_lines(data)
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_archive(archive)
            names = archive.namelist()
            csv_files = [archive.read(name) for name in names if name.lower().endswith(".csv")]
    except TableError:
        raise
    except Exception as error:  # a file that only begins like an archive may be anything
        raise TableError(texts.NOT_A_TABLE) from error
    if csv_files and "[Content_Types].xml" not in names:
        yield from map(_csv_lines, csv_files)
    else:
        yield from _xlsx_tables(data)


def _xlsx_tables(data: bytes) -> Iterator[Iterator[Sequence[str | _Typed]]]:
    """The cells of each sheet."""
    from openpyxl import load_workbook  # noqa: PLC0415 - half a second that only tables need

    try:
        sheets = load_workbook(io.BytesIO(data), read_only=True).worksheets
    except Exception as error:  # openpyxl raises many kinds for a file that is none of its own
        raise TableError(texts.NOT_A_TABLE) from error
    if len(sheets) > _MOST_SHEETS:
        raise TableError(texts.NOT_A_TABLE)
    yield from map(_xlsx_lines, sheets)


def _xlsx_lines(sheet: Any) -> Iterator[Sequence[str | _Typed]]:  # noqa: ANN401 - openpyxl has two kinds
    try:
        sheet.reset_dimensions()
        lines = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=_MOST_COLUMNS)
        yield from ([_xlsx_cell(cell.value, cell.data_type) for cell in line] for line in lines)
    except Exception as error:  # as above: what is read lazily fails late
        raise TableError(texts.NOT_A_TABLE) from error


def _check_archive(archive: zipfile.ZipFile) -> None:
    """Raises TableError if too much would be unpacked, or a part declares entities."""
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


def _sheets(rows: Iterable[Row]) -> Sequence[tuple[Sheet, Sequence[Sequence[str]]]]:
    """The sheets that have rows, each with the lines of its header and its rows."""
    by_sheet: dict[Sheet, list[Row]] = {}
    for row in rows:
        by_sheet.setdefault(row.sheet, []).append(row)
    return [(sheet, [*_lines(by_sheet[sheet], COLUMNS[sheet])]) for sheet in Sheet if sheet in by_sheet]


def _lines(rows: Sequence[Row], columns: Mapping[str, str]) -> Iterator[Sequence[str]]:
    """A header, and a line for each row; with what is wrong where something is."""
    has_faults = any(row.faults for row in rows)
    yield [*columns.values(), *([texts.FAULT] if has_faults else [])]
    for row in rows:
        cells = [row.cells.get(field, "") for field in columns] + ([" ".join(row.faults)] if has_faults else [])
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


def part_of(text: str) -> Part:
    """The part of the outline that a cell names. Raises RowError."""
    for part in Part:
        if text in {part, texts.PARTS[part]}:
            return part
    raise RowError(texts.NO_PART.format(parts="、".join(texts.PARTS.values())))


def place_fault(place: str) -> str:
    """What is wrong with the id of a place; empty if nothing is."""
    return mistyped_id(place) or ""


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
