"""Items as tables, and tables that hold what spreadsheets and people make of them."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from bot.items import Item, KnowledgeBase
from bot.knowledge import Knowledge
from bot.knowledge.tables import (
    LARGEST_TABLE,
    LISTS,
    Row,
    Sheet,
    TableError,
    all_rows,
    read_table,
    rows_of,
    to_csv,
    to_xlsx,
    to_zip,
)
from bot.texts import tables as texts

WRITERS = {"csv": to_csv, "xlsx": to_xlsx}
HEADER = "编号,标准问法,其他问法,回答\r\n"


def items_in(data: bytes) -> Sequence[Item]:
    """The items of a table."""
    rows = read_table(data)
    assert [row.faults for row in rows if row.faults] == []
    return [Item(**{field: row.value(field) for field in row.cells}) for row in rows]  # type: ignore[arg-type]


def xlsx(*lines: Sequence[object]) -> bytes:
    """A workbook as a spreadsheet program saves it."""
    book = Workbook()
    sheet = book.active
    assert sheet
    for line in lines:
        sheet.append(list(line))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def base_in(data: bytes) -> KnowledgeBase:
    """The knowledge base in a file of all sheets."""
    rows = read_table(data)
    assert [row.faults for row in rows if row.faults] == []
    said = {sheet: [row.entry() for row in rows if row.sheet is sheet] for sheet in Sheet}
    title, *places = said[Sheet.OUTLINE]
    return KnowledgeBase(
        title=str(title["place_words"]),
        items=tuple(Item(**entry) for entry in said[Sheet.ITEMS]),  # type: ignore[arg-type]
        places={str(entry["place"]): str(entry["place_words"]) for entry in places},
        synonyms=tuple((str(entry["standard"]), *entry["words"]) for entry in said[Sheet.SYNONYMS]),
        frames=tuple(str(entry["frame"]) for entry in said[Sheet.FRAMES]),
        documents=frozenset(str(entry["place"]) for entry in places if entry["part"] == texts.PARTS["others"]),
    )


@pytest.mark.parametrize("write", [to_zip, to_xlsx])
def test_the_shipped_base_comes_back_as_it_was(shipped: Knowledge, write: Callable[..., bytes]) -> None:
    """Every text of every field of every item, in its order; the outline with a document; synonyms and frames."""
    places = {**shipped.base.places, "notice": "=某某通知", "1.10": "'第十段"}
    base = replace(shipped.base, places=places, documents=frozenset({"notice"}))
    data = write(all_rows(base))
    assert base_in(data) == base
    assert write(all_rows(base_in(data))) == data or write is to_xlsx
    assert len(data) < LARGEST_TABLE / 4


def test_everything_of_a_base_has_a_column() -> None:
    """Or an export would lose it."""
    assert {field.name for field in fields(Item)} == {*texts.COLUMNS}
    assert {field.name for field in fields(KnowledgeBase)} == {
        *("items", "title", "places", "documents"),
        *(sheet for sheet in Sheet if sheet not in {Sheet.ITEMS, Sheet.OUTLINE}),
    }


def test_sheets_are_known_by_their_columns() -> None:
    """Whatever they are called; empty ones are left out, and two of a kind are one too many."""
    book = Workbook()
    for lines in ([["套话"], ["请问"]], [], [["编号", "回答"], ["one", "好"]]):
        sheet = book.create_sheet()
        for line in lines:
            sheet.append(line)
    book.remove(book.worksheets[0])
    written = io.BytesIO()
    book.save(written)
    assert [(row.sheet, row.name) for row in read_table(written.getvalue())] == [
        (Sheet.FRAMES, "“套话”第 2 行"),
        (Sheet.ITEMS, "第 2 行"),
    ]
    (row,) = read_table("标准说法,也这么说\n开饭,放饭\n".encode())
    assert (row.sheet, row.entry()) == (Sheet.SYNONYMS, {"standard": "开饭", "words": ("放饭",)})
    again = book.create_sheet()
    again.append(["套话"])
    book.save(written := io.BytesIO())
    with pytest.raises(TableError) as refused:
        read_table(written.getvalue())
    assert str(refused.value) == texts.TWICE_SHEET.format(sheet="套话")


STRIPPED = st.text(st.characters(exclude_categories=["Cs"])).map(str.strip).filter(bool)


@settings(deadline=None, max_examples=50)  # a busy machine takes its time over a workbook
@given(STRIPPED, st.lists(STRIPPED, max_size=3))
def test_any_text_comes_back(text: str, phrasings: list[str]) -> None:
    """Line ends, backslashes, quotes, formulas, control characters."""
    item = Item("one", "话题", text, text, phrasings=tuple(phrasings), negatives=tuple(phrasings))
    for write in WRITERS.values():
        assert items_in(write(rows_of([item]))) == [item]


@pytest.mark.parametrize("text", ["=1+1", "+86", "-5 度", "@all", "'=x", "''-x", "'80 年代", '=HYPERLINK("http://x")'])
def test_no_cell_is_a_formula(text: str) -> None:
    """An apostrophe guards it, and is taken off again."""
    item = Item("one", "话题", text, text, phrasings=(text, "二"))
    data = to_xlsx(rows_of([item]))
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet
    cells = [cell for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells if str(cell.value).startswith(("=", "+", "-", "@"))] == []
    assert items_in(data) == [item]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_encodings_of_a_csv_file(encoding: str) -> None:
    """Excel in China writes GBK."""
    (row,) = read_table((HEADER + 'open,几点开门？,"何时开门\n开门时间",早上七点。\r\n').encode(encoding))
    assert row.value("question") == "几点开门？"
    assert row.value("phrasings") == ("何时开门", "开门时间")


def test_columns_may_be_fewer_and_named_by_the_fields() -> None:
    """And parted as some spreadsheets part them; rows without a text do not count, but have their number."""
    rows = read_table("question;answer;问题\n;;\n几点？;七点。;什么\n".encode())
    assert [(row.number, row.cells) for row in rows] == [(3, {"question": "几点？", "answer": "七点。"})]


TYPED = {
    "a number": (5, texts.NUMBER, "5"),
    "a date": (dt.datetime(2026, 5, 31), texts.DATE, "2026-05-31 00:00:00"),  # noqa: DTZ001 - as Excel has it
    "a time": (dt.time(7, 30), texts.DATE, "07:30:00"),
    "a formula": ("=1+1", texts.FORMULA, "=1+1"),
    "yes or no": (True, texts.NOT_TEXT, "True"),
}


@pytest.mark.parametrize(("value", "fault", "shown"), TYPED.values(), ids=TYPED.keys())
def test_what_excel_made_of_a_text_is_a_fault(value: object, fault: str, shown: str) -> None:
    """Its row is named, and what the cell says now."""
    (row,) = read_table(xlsx(["编号", "标准问法"], ["one", value]))
    assert (row.number, row.faults) == (2, (fault.format(column="标准问法", value=shown),))


def test_faults_stand_beside_their_rows() -> None:
    """In a column that is not read when the file is imported again."""
    row = replace(rows_of([Item("one", "话题", "几点？", "七点。")])[0], faults=("不对",))
    for write in WRITERS.values():
        (again,) = read_table(write([row]))
        assert again == replace(row, faults=())
    assert b"\xe4\xb8\x8d\xe5\xaf\xb9" in to_csv([row])


def test_a_faulty_row_is_no_formula_either() -> None:
    """As somebody wrote it, with what it says unchanged."""
    row = Row(2, {"id": "=1+1", "question": "a\x07b"}, ("不对",))
    for write in WRITERS.values():
        (again,) = read_table(write([row]))
        assert again.cells["id"] == "'=1+1"
        assert {key: again.value(key) for key in row.cells} == row.cells


def bomb() -> bytes:
    """A small archive that is large when it is unpacked."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (65 << 20))
    return written.getvalue()


def with_doctype() -> bytes:
    """A workbook that declares entities."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(["编号"], ["one"]))) as old, zipfile.ZipFile(written, "w") as new:
        for part in old.infolist():
            data = old.read(part)
            new.writestr(part, data.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet'))
    return written.getvalue()


REFUSED = {
    "no table": (b"\xff\xfe\x00", texts.NOT_A_TABLE),
    "an open quote": ((HEADER + '"one').encode(), texts.NOT_A_TABLE),
    "an archive of something else": (b"PK\x03\x04 rest", texts.NOT_A_TABLE),
    "declared entities": (with_doctype(), texts.NOT_A_TABLE),
    "large when it is unpacked": (bomb(), texts.TOO_LARGE.format(limit=64)),
    "large": (b"x" * (9 << 20), texts.TOO_LARGE.format(limit=8)),
    "nothing": (b"", texts.NO_HEADER[:8]),
    "a column of something else": ("编号,颜色\n".encode(), "不认识“颜色”这一列"),
    "a column twice": ("编号,id\n".encode(), texts.TWICE_COLUMN.format(column="id")),
    "too many rows": (("编号\n" + "one\n" * 10_001).encode(), texts.TOO_MANY_ROWS.format(limit=10_000)),
}


@pytest.mark.parametrize(("data", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_table_of_items(data: bytes, said: str) -> None:
    """It is refused as a whole, in words that say what to do."""
    with pytest.raises(TableError) as refused:
        read_table(data)
    assert str(refused.value).startswith(said)


def test_an_export_never_cuts_a_text() -> None:
    """Excel keeps no more than 32,767 characters of a cell."""
    item = Item("one", "话题", "几点？", "七点。", phrasings=tuple(f"问法{number:05}" for number in range(5000)))
    with pytest.raises(TableError):
        to_xlsx(rows_of([item]))
    assert items_in(to_csv(rows_of([item]))) == [item]


def test_lists_are_the_fields_of_several_texts() -> None:
    """A list in one cell has a line for each text."""
    item = Item("one", "话题", "几点？", "七点。")
    assert {name for name in texts.COLUMNS if isinstance(getattr(item, name), tuple)} == {*LISTS} - {"words"}
