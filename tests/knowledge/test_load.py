"""What the loader refuses, what it warns of, and what it reads."""

import shutil
from pathlib import Path

import pytest

from bot.errors import Fault, KnowledgeError
from bot.items import Item, Kind
from bot.knowledge import Knowledge, Location
from bot.knowledge.models import ItemEntry, ItemFile
from bot.texts import knowledge as knowledge_texts
from tests.conftest import CANTEEN, loaded

BAD = Path(__file__).parent.parent / "data" / "bad"
ITEM_KEYS = "、".join(ItemEntry.model_fields)


def date_fault(template: str, key: str, typed: str, better: str) -> str:
    """What an admin reads of a day that is none."""
    return template.format(key=key, typed=typed, better=better)


# The bad file, as what it is put into the folder, the line of the fault, and what the admin reads.
FAULTS = [
    ("unknown-key", "bad.yaml", 6, knowledge_texts.UNKNOWN_KEY.format(key="anwser", known=ITEM_KEYS)),
    ("unknown-key-of-file", "bad.yaml", 2, knowledge_texts.UNKNOWN_KEY.format(key="titel", known="topic、items")),
    ("duplicate-key", "bad.yaml", 8, knowledge_texts.DUPLICATE_KEY.format(key="answer", line=6)),
    ("missing-key", "bad.yaml", 3, knowledge_texts.MISSING_KEY.format(key="answer")),
    ("duplicate-id", "items.yaml", 3, knowledge_texts.DUPLICATE_ID.format(id="opening", other="bad.yaml:3")),
    ("bad-id", "bad.yaml", 3, knowledge_texts.BAD_ID.format(id="Breakfast_1")),
    ("long-id", "bad.yaml", 3, knowledge_texts.TOO_LONG.format(key="id", limit=40)),
    ("bad-kind", "bad.yaml", 4, knowledge_texts.BAD_KIND.format(kind="anser")),
    (
        "same-phrasing",
        "items.yaml",
        21,
        knowledge_texts.DUPLICATE_PHRASING.format(phrasing="补办饭卡", other="bad.yaml:5", id="breakfast"),
    ),
    ("blank-phrasing", "bad.yaml", 5, knowledge_texts.BLANK_TEXT.format(text="……")),
    (
        "negative-is-phrasing",
        "bad.yaml",
        9,
        knowledge_texts.NEGATIVE_IS_PHRASING.format(negative="早飯時間！", line=6),
    ),
    ("blank-negative", "bad.yaml", 5, knowledge_texts.BLANK_TEXT.format(text="……")),
    ("long-negative", "bad.yaml", 5, knowledge_texts.TOO_LONG.format(key="negatives", limit=200)),
    ("empty-text", "bad.yaml", 6, knowledge_texts.EMPTY_TEXT.format(key="answer")),
    ("empty-value", "bad.yaml", 6, knowledge_texts.EMPTY_TEXT.format(key="answer")),
    ("long-answer", "bad.yaml", 6, knowledge_texts.TOO_LONG.format(key="answer", limit=600)),
    ("unknown-source", "bad.yaml", 7, knowledge_texts.UNKNOWN_SOURCE.format(source="9")),
    ("missing-source", "bad.yaml", 3, knowledge_texts.SOURCE_MISSING.format(id="breakfast")),
    ("source-not-wanted", "bad.yaml", 8, knowledge_texts.SOURCE_NOT_WANTED.format(id="breakfast")),
    ("unknown-related", "bad.yaml", 8, knowledge_texts.UNKNOWN_RELATED.format(related="dinner")),
    ("mapping-for-text", "bad.yaml", 6, knowledge_texts.NOT_TEXT_VALUE.format(key="answer")),
    ("list-for-text", "bad.yaml", 4, knowledge_texts.NOT_TEXT_VALUE.format(key="question")),
    ("text-for-list", "bad.yaml", 5, knowledge_texts.NOT_LIST_VALUE.format(key="phrasings")),
    ("text-for-item", "bad.yaml", 3, knowledge_texts.NOT_MAPPING_VALUE.format(key="“items”")),
    ("list-for-file", "bad.yaml", 1, knowledge_texts.NOT_MAPPING_VALUE.format(key="")),
    ("not-utf8", "bad.yaml", 1, knowledge_texts.NOT_UTF8),
    (
        "not-yaml",
        "bad.yaml",
        8,
        knowledge_texts.INDENTATION.format(now=3, better=4, like=knowledge_texts.INDENTATION_LIKE.format(line=5)),
    ),
    ("full-width-colon", "bad.yaml", 1, knowledge_texts.FULL_WIDTH_COLON.format(character="「：」")),
    ("tab", "bad.yaml", 6, knowledge_texts.TAB.format(character="制表符（U+0009）")),
    (
        "control-character",
        "bad.yaml",
        6,
        knowledge_texts.CONTROL_CHARACTER.format(character="看不见的字符（U+0007）"),
    ),
    ("empty-file", "bad.yaml", 1, knowledge_texts.EMPTY_FILE),
    ("alias", "bad.yaml", 4, knowledge_texts.ALIAS),
    ("two-documents", "bad.yaml", 8, knowledge_texts.TWO_DOCUMENTS),
    ("speech-without-title", "speech.yaml", 1, knowledge_texts.MISSING_KEY.format(key="title")),
    ("synonym-alone", "synonyms.yaml", 3, knowledge_texts.TOO_SHORT_GROUP),
    ("bad-date", "bad.yaml", 7, date_fault(knowledge_texts.BAD_DATE, "valid_until", "2026年12月1日", "2026-12-01")),
    ("no-such-day", "bad.yaml", 7, date_fault(knowledge_texts.NO_SUCH_DAY, "review_by", "2026-02-30", "2026-12-31")),
    ("long-owner", "bad.yaml", 7, knowledge_texts.TOO_LONG.format(key="owner", limit=20)),
    ("owner-of-several-lines", "bad.yaml", 7, knowledge_texts.SEVERAL_LINES.format(key="owner")),
    (
        "small-talk-with-date",
        "bad.yaml",
        7,
        knowledge_texts.FRESHNESS_NOT_WANTED.format(id="breakfast", key="valid_until"),
    ),
    ("frames-as-text", "frames.yaml", 1, knowledge_texts.NOT_LIST_VALUE.format(key="frames")),
]
WARNINGS = [
    ("comment-cuts-text", "bad.yaml", 6, knowledge_texts.COMMENT_CUTS_TEXT),
    ("repeated-phrasing", "bad.yaml", 7, knowledge_texts.REPEATED_PHRASING.format(phrasing="早饭，时间", line=6)),
    ("repeated-negative", "bad.yaml", 7, knowledge_texts.REPEATED_NEGATIVE.format(negative="晚饭，几点", line=6)),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CANTEEN, tmp_path / "knowledge"))


@pytest.mark.parametrize(("case", "target", "line", "message"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_fault_is_named_with_its_place_and_its_mend(
    folder: Path, case: str, target: str, line: int, message: str
) -> None:
    """Each bad file gives exactly one fault; "；" parts what is wrong from how to fix it."""
    bad = target if target in {"speech.yaml", "synonyms.yaml", "frames.yaml"} else "bad.yaml"
    shutil.copy(BAD / f"{case}.yaml", folder / bad)
    with pytest.raises(KnowledgeError) as caught:
        loaded(folder)
    assert caught.value.faults == (Fault(target, line, message),)
    assert "；" in message


@pytest.mark.parametrize(("case", "target", "line", "message"), WARNINGS, ids=[warning[0] for warning in WARNINGS])
def test_a_warning_refuses_nothing(folder: Path, case: str, target: str, line: int, message: str) -> None:
    """What may be meant so is only pointed out."""
    shutil.copy(BAD / f"{case}.yaml", folder / target)
    assert loaded(folder).warnings == (Fault(target, line, message),)


def test_every_bad_file_has_its_row() -> None:
    """No file in the folder is forgotten."""
    assert {path.stem for path in BAD.iterdir()} == {row[0] for row in FAULTS + WARNINGS}


def test_all_faults_are_reported_at_once(folder: Path) -> None:
    """Faults of several files, of shape and between items, in the order of files and lines."""
    for case in ("unknown-key", "not-utf8", "unknown-source"):
        shutil.copy(BAD / f"{case}.yaml", folder / f"bad-{case}.yaml")
    (folder / "bad-unknown-source.yaml").write_text(
        (BAD / "unknown-source.yaml").read_text().replace("breakfast", "Bad Id").replace("七点。", '""')
    )
    with pytest.raises(KnowledgeError) as caught:
        loaded(folder)
    assert [(fault.file, fault.line) for fault in caught.value.faults] == [
        ("bad-not-utf8.yaml", 1),
        ("bad-unknown-key.yaml", 6),
        ("bad-unknown-source.yaml", 3),
        ("bad-unknown-source.yaml", 6),
    ]


MISSING = {
    "no folder": ((), knowledge_texts.FOLDER_MISSING),
    "no speech.yaml": (("items.yaml",), knowledge_texts.SPEECH_MISSING),
    "no items": (("speech.yaml",), knowledge_texts.NO_ITEMS),
}


@pytest.mark.parametrize(("files", "message"), MISSING.values(), ids=MISSING.keys())
def test_what_is_missing_is_a_fault(tmp_path: Path, files: tuple[str, ...], message: str) -> None:
    """A folder without what it must hold."""
    folder = tmp_path / "knowledge"
    for name in files:
        folder.mkdir(exist_ok=True)
        shutil.copy(CANTEEN / name, folder)
    with pytest.raises(KnowledgeError) as caught:
        loaded(folder)
    assert message in {fault.message for fault in caught.value.faults}


TYPED = ["1.10", "5:31", "是", "yes", "null", "~", "2010-05-31", "0x1F", "1e3"]


def test_a_negative_may_be_the_phrasing_of_another_item(folder: Path) -> None:
    """That item is what answers it."""
    items = folder / "items.yaml"
    items.write_text(items.read_text().replace("    answer: 早上", "    negatives: [食堂几点关门？]\n    answer: 早上"))
    assert loaded(folder).base.by_id["opening"].negatives == ("食堂几点关门？",)


@pytest.mark.parametrize("typed", TYPED)
def test_every_scalar_stays_what_was_typed(folder: Path, typed: str) -> None:
    """No number, date, boolean or null is made of text."""
    (folder / "more.yaml").write_text(
        f'topic: {typed}\nitems:\n  - {{id: more, question: 问{typed}, answer: {typed}, source: ["1"]}}\n'
    )
    item = loaded(folder).base.by_id["more"]
    assert (item.topic, item.answer) == (typed, typed)


@pytest.mark.parametrize("kind", ["answer", "not-covered"])
def test_dates_and_the_owner_of_an_item_stay_text(folder: Path, kind: str) -> None:
    """An answer may cease to hold, and so may the truth that the speech does not say."""
    source = 'source: ["1"]' if kind == "answer" else "kind: not-covered"
    fresh = "valid_until: 2026-12-31\n    review_by: '2026-06-30'\n    owner: 王 主任"
    item = f"topic: 菜\nitems:\n  - id: more\n    question: 有鱼吗\n    answer: 有。\n    {source}\n    {fresh}\n"
    (folder / "more.yaml").write_text(item)
    knowledge = loaded(folder)
    item_read = knowledge.base.by_id["more"]
    assert (item_read.valid_until, item_read.review_by, item_read.owner) == ("2026-12-31", "2026-06-30", "王 主任")
    assert knowledge.location("more", "2026-06-30") == Location("more.yaml", 8)


OTHER_DATES = {
    "2026/12/1": "2026-12-01",
    "2026.12.1": "2026-12-01",
    "20261201": "2026-12-01",
    "2026－12－01": "2026-12-01",
    "2026—12—01": "2026-12-01",
    "２０２６年１２月１日": "2026-12-01",
    "2026-1-5": "2026-01-05",
    "2026-12-01 18:00": "2026-12-01",
    "明年底": "2026-12-31",
    "12-01": "2026-12-31",
}


@pytest.mark.parametrize(("typed", "better"), OTHER_DATES.items(), ids=OTHER_DATES.keys())
def test_a_date_in_another_way_is_told_with_the_way_to_write_it(folder: Path, typed: str, better: str) -> None:
    """As it was meant; where nobody can tell, an example."""
    bad = (BAD / "bad-date.yaml").read_text().replace("2026年12月1日", typed)
    (folder / "bad.yaml").write_text(bad)
    with pytest.raises(KnowledgeError) as caught:
        loaded(folder)
    message = date_fault(knowledge_texts.BAD_DATE, "valid_until", typed, better)
    assert caught.value.faults == (Fault("bad.yaml", 7, message),)


def test_a_folder_becomes_a_base(canteen: Knowledge) -> None:
    """All keys of an item, the places, the locations."""
    assert canteen.base.by_id["card"] == Item(
        id="card",
        topic="食堂",
        question="饭卡丢了怎么补？",
        answer="到窗口补办：\n带上工作证就行。",
        kind=Kind.ANSWER,
        phrasings=("卡不见了找谁", "补办饭卡"),
        source=("1", "2"),
        related=("opening",),
    )
    assert canteen.base.title == "食堂须知"
    assert canteen.base.places == {"1": "第一条", "2": "第二条"}
    assert canteen.base.synonyms == (("开饭", "放饭"),)
    assert canteen.locations["card"] == Location("items.yaml", 17)
    assert list(canteen.base.topics) == ["食堂"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("饭卡丢了怎么补？", 18),
        ("卡不见了找谁", 20),
        ("补办饭卡", 21),
        ("到窗口补办：\n带上工作证就行。", 22),
        ("", 17),
    ],
    ids=["question", "phrasing", "another phrasing", "answer", "none of its texts"],
)
def test_each_text_of_an_item_has_its_line(canteen: Knowledge, text: str, line: int) -> None:
    """So that what is said of it can be found; anything else stands where the item begins."""
    assert canteen.location("card", text) == Location("items.yaml", line)


def test_a_byte_order_mark_and_windows_line_ends_are_read(folder: Path) -> None:
    """What Windows editors write is fine."""
    path = folder / "items.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert loaded(folder).base.by_id["card"].answer == "到窗口补办：\n带上工作证就行。"


def test_other_documents_can_be_cited(folder: Path) -> None:
    """``others`` in speech.yaml are sources too."""
    speech = folder / "speech.yaml"
    speech.write_text(speech.read_text() + "others:\n  notice: 一份通知\n")
    items = folder / "items.yaml"
    items.write_text(items.read_text().replace('["1"]', "[notice]"))
    assert loaded(folder).base.places["notice"] == "一份通知"


def test_only_a_file_of_items_has_items() -> None:
    """The schema names each kind of file once."""
    assert list(ItemFile.model_fields) == ["topic", "items"]
