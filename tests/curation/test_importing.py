"""Tables that are imported: what becomes of each row, and one edit with one undo."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.curation.importing import Import, RowOutcome, try_rows
from bot.items import Item, KnowledgeBase
from bot.knowledge import Knowledge, read
from bot.knowledge.load import SPEECH
from bot.knowledge.tables import LISTS, Row, Sheet, all_rows, read_table, rows_of, to_csv, to_zip
from bot.matching import ConfidenceModel, Index
from bot.snapshot import Snapshot
from bot.store.records import ActionKind
from bot.texts import tables as texts
from tests.admin_setup import ADMIN, AdminSetup

NEW = {"topic": "食堂", "question": "有没有早茶？", "answer": "有。", "source": "1"}


def row(number: int = 2, /, **cells: str) -> Row:
    """A row of a table that has these columns."""
    return Row(number, cells)


def tried(admin_setup: AdminSetup, *rows: Row) -> Import:
    """What becomes of rows."""
    return try_rows(rows, admin_setup.edits.on_disk(), admin_setup.history.used_ids())


def imported(admin_setup: AdminSetup, *rows: Row) -> int:
    """Rows are brought in; the number of the action."""
    before = admin_setup.edits.on_disk()
    changes = try_rows(rows, before, admin_setup.history.used_ids()).changes
    return admin_setup.edits.apply(admin_setup.edits.plan_together(before, ActionKind.IMPORT, changes), ADMIN.id)


OUTCOMES: Mapping[str, tuple[Row, RowOutcome, str]] = {
    "a new question": (row(**NEW), RowOutcome.ADDED, "you-mei-you-zao-cha"),
    "a new id": (row(id="tea", **NEW), RowOutcome.ADDED, "tea"),
    "a new refusal": (
        row(kind="not-covered", question="能带狗吗", answer="没说。"),
        RowOutcome.ADDED,
        "nc-neng-dai-gou-ma",
    ),
    "another answer": (row(id="opening", answer="八点开门。"), RowOutcome.CHANGED, "opening"),
    "an emptied field": (row(id="card", related=""), RowOutcome.CHANGED, "card"),
    "another topic": (row(id="card", topic="饭卡"), RowOutcome.CHANGED, "card"),
    "nothing new": (row(id="opening", answer="早上七点开门。"), RowOutcome.SKIPPED, "opening"),
    "phrasings in another order": (
        row(id="opening", phrasings="开饭安排\n早上什么时候能进去吃"),
        RowOutcome.SKIPPED,
        "opening",
    ),
    "a known question": (row(question="食堂几点开门", phrasings="何时开门"), RowOutcome.MERGED, "opening"),
    "a known question alone": (row(question="开饭安排"), RowOutcome.SKIPPED, "opening"),
}


@pytest.mark.parametrize(("given", "outcome", "item"), OUTCOMES.values(), ids=OUTCOMES.keys())
def test_what_becomes_of_a_row(admin_setup: AdminSetup, given: Row, outcome: RowOutcome, item: str) -> None:
    """It is planned, made and undone: then the folder's bytes are as before."""
    before = read(admin_setup.folder)
    (found,) = tried(admin_setup, given).rows
    assert (found.outcome, found.item) == (outcome, item)
    if outcome is RowOutcome.SKIPPED:
        assert tried(admin_setup, given).changes == ()
        return
    action = imported(admin_setup, given)
    assert read(admin_setup.folder) != before
    (again,) = tried(admin_setup, Row(2, {**given.cells, "id": item})).rows
    assert again.outcome is RowOutcome.SKIPPED or outcome is RowOutcome.MERGED
    admin_setup.edits.undo(action, ADMIN.id)
    assert read(admin_setup.folder) == before


FAULTY: Mapping[str, tuple[Row, str]] = {
    "no answer": (row(**{**NEW, "answer": ""}), "缺少“回答”"),
    "a long answer": (row(id="opening", answer="长" * 601), "“回答”太长了"),
    "no topic": (row(**{**NEW, "topic": ""}), "“话题”是空的"),
    "a bad id": (row(id="Ä", **NEW), "编号“Ä”不合规定"),
    "a bad date": (row(id="opening", valid_until="5月31日"), "“有效期”里的“5月31日”不是日期的写法"),
    "an unknown source": (row(**{**NEW, "source": "9"}), "没有“9”这一段"),
    "an unknown relative": (row(related="nobody", **NEW), "没有编号为“nobody”的条目"),
    "another kind": (row(id="opening", kind="small-talk"), texts.KIND_STAYS.format(kind="answer")),
    "no kind": (row(kind="回答", **NEW), "kind 不能是“回答”"),
    "a phrasing of another item": (row(id="opening", phrasings="放饭安排"), "和 知识库 的问法一样（条目 closing）"),
    "a known question with another answer": (
        row(question="食堂几点开门", answer="九点。"),
        texts.MERGE_DIFFERS.format(question="食堂几点开门", id="opening", column="回答"),
    ),
    "somebody's number": (row(**{**NEW, "question": "打13912345678行吗"}), texts.HAS_NUMBER),
    "what Excel made": (Row(2, {"id": "opening"}, ("日期",)), "日期"),
}


@pytest.mark.parametrize(("given", "said"), FAULTY.values(), ids=FAULTY.keys())
def test_a_faulty_row(admin_setup: AdminSetup, given: Row, said: str) -> None:
    """It says why, in the words of the table, and nothing of it is brought in."""
    (found,) = (trial := tried(admin_setup, given)).rows
    assert found.outcome is RowOutcome.FAULTY
    assert said in found.row.faults[0]
    assert trial.changes == ()


def other(sheet: Sheet, /, **cells: str) -> Row:
    """A row of another sheet than that of items."""
    return Row(2, cells, sheet=sheet)


OTHERS: Mapping[str, tuple[Row, RowOutcome]] = {
    "a title": (other(Sheet.OUTLINE, part="标题", place_words="新须知"), RowOutcome.CHANGED),
    "a place": (other(Sheet.OUTLINE, part="段落", place="1", place_words="第一条，新的"), RowOutcome.CHANGED),
    "a paragraph": (other(Sheet.OUTLINE, part="段落", place="3", place_words="第三条"), RowOutcome.ADDED),
    "a document": (other(Sheet.OUTLINE, part="其他文件", place="n1", place_words="通知"), RowOutcome.ADDED),
    "a known place": (other(Sheet.OUTLINE, part="paragraphs", place="1", place_words="第一条"), RowOutcome.SKIPPED),
    "a group": (other(Sheet.SYNONYMS, standard="饭卡", words="餐卡\n饭票"), RowOutcome.ADDED),
    "other words of a group": (other(Sheet.SYNONYMS, standard="开饭", words="开伙"), RowOutcome.CHANGED),
    "a known group": (other(Sheet.SYNONYMS, standard="开饭", words="放饭"), RowOutcome.SKIPPED),
    "a frame": (other(Sheet.FRAMES, frame="请问"), RowOutcome.ADDED),
}


@pytest.mark.parametrize(("given", "outcome"), OTHERS.values(), ids=OTHERS.keys())
def test_what_becomes_of_a_row_of_another_sheet(admin_setup: AdminSetup, given: Row, outcome: RowOutcome) -> None:
    """It is made, known from then on, and undone to the byte."""
    before = read(admin_setup.folder)
    trial = tried(admin_setup, given)
    assert [found.outcome for found in trial.rows] == [outcome]
    assert bool(trial.changes) == (outcome is not RowOutcome.SKIPPED)
    if trial.changes:
        action = imported(admin_setup, given)
        assert [found.outcome for found in tried(admin_setup, given).rows] == [RowOutcome.SKIPPED]
        admin_setup.edits.undo(action, ADMIN.id)
    assert read(admin_setup.folder) == before


FAULTY_OTHERS: Mapping[str, tuple[Row, str]] = {
    "no part": (other(Sheet.OUTLINE, part="章", place="3", place_words="三"), texts.PARTS["others"]),
    "no words of a place": (other(Sheet.OUTLINE, part="段落", place="3", place_words=""), texts.NO_PLACE),
    "no title": (other(Sheet.OUTLINE, part="标题", place="1", place_words="三"), texts.NO_TITLE),
    "another part": (
        other(Sheet.OUTLINE, part="其他文件", place="1", place_words="三"),
        texts.PART_STAYS.format(place="1", part="段落"),
    ),
    "no group": (other(Sheet.SYNONYMS, standard="开饭", words=""), texts.NO_WORDS),
    "no standard word": (other(Sheet.SYNONYMS, standard="", words="开伙"), texts.NO_STANDARD),
    "a word of another group": (
        other(Sheet.SYNONYMS, standard="饭卡", words="餐卡\n放饭"),
        texts.WORD_TAKEN.format(word="放饭", standard="开饭"),
    ),
    "what Excel made": (Row(2, {"frame": "5"}, ("数字",), Sheet.FRAMES), "数字"),
}


@pytest.mark.parametrize(("given", "said"), FAULTY_OTHERS.values(), ids=FAULTY_OTHERS.keys())
def test_a_faulty_row_of_another_sheet(admin_setup: AdminSetup, given: Row, said: str) -> None:
    """It says why, and nothing of it is brought in."""
    trial = tried(admin_setup, given)
    assert [found.outcome for found in trial.rows] == [RowOutcome.FAULTY]
    assert said in trial.rows[0].row.faults[0]
    assert trial.changes == ()


def test_words_that_go_from_one_group_to_another(admin_setup: AdminSetup) -> None:
    """As all rows together would have it; a group that two rows are about is at fault."""
    rows = [
        Row(2, {"standard": "开饭", "words": "开伙"}, sheet=Sheet.SYNONYMS),
        Row(3, {"standard": "吃饭", "words": "放饭"}, sheet=Sheet.SYNONYMS),
        Row(4, {"standard": "开 饭", "words": "供饭"}, sheet=Sheet.SYNONYMS),
    ]
    trial = tried(admin_setup, *rows)
    assert [found.outcome for found in trial.rows] == [RowOutcome.CHANGED, RowOutcome.ADDED, RowOutcome.FAULTY]
    imported(admin_setup, *rows)
    assert admin_setup.current.snapshot.base.synonyms == (("开饭", "开伙"), ("吃饭", "放饭"))


def test_items_may_cite_what_comes_with_them(admin_setup: AdminSetup) -> None:
    """In the outline of the same file."""
    paragraph = other(Sheet.OUTLINE, part="段落", place="9", place_words="第九条")
    imported(admin_setup, row(2, id="tea", **{**NEW, "source": "9"}), paragraph)
    assert admin_setup.current.snapshot.base.by_id["tea"].source == ("9",)


def test_a_whole_base_is_brought_to_another_one(admin_setup: AdminSetup, shipped: Knowledge) -> None:
    """Its outline, synonyms, frames and items, as far as nothing there is in the way; and all out again by one undo."""
    before = read(admin_setup.folder)
    rows = read_table(to_zip(all_rows(shipped.base)))
    few = {item.id for item in shipped.base.items[:9]}
    some = [replace(row, cells={**row.cells, "related": ""}) for row in rows if row.cells.get("id") in few]
    trial = tried(admin_setup, *some, *(row for row in rows if row.sheet is not Sheet.ITEMS))
    assert trial.of(RowOutcome.FAULTY) == []
    before_import = admin_setup.edits.on_disk()
    plan = admin_setup.edits.plan_together(before_import, ActionKind.IMPORT, trial.changes)
    action = admin_setup.edits.apply(plan, ADMIN.id)
    base = admin_setup.current.snapshot.base
    assert (base.title, base.frames) == (shipped.base.title, shipped.base.frames)
    assert {*shipped.base.synonyms} <= {*base.synonyms}
    assert {*shipped.base.places.items()} <= {*base.places.items()}
    admin_setup.edits.undo(action, ADMIN.id)
    assert read(admin_setup.folder) == before


def test_rows_that_meet_each_other(admin_setup: AdminSetup) -> None:
    """The second of two is at fault; what cites a faulty row is faulty, too; what cites a sound one is not."""
    trial = tried(
        admin_setup,
        row(2, id="tea", **NEW),
        row(3, id="tea", **{**NEW, "question": "茶呢"}),
        row(4, **{**NEW, "question": "有没有早茶"}),
        row(5, id="bad", **{**NEW, "question": "咖啡呢", "source": "9"}),
        row(6, id="cites-bad", related="bad", **{**NEW, "question": "牛奶呢"}),
        row(7, id="cites-tea", related="tea", **{**NEW, "question": "豆浆呢"}),
    )
    assert {found.row.number: found.row.faults[0] for found in trial.of(RowOutcome.FAULTY)} == {
        3: texts.TWICE_ROW.format(id="tea", other="第 2 行"),
        4: "“有没有早茶”和 第 2 行 的问法一样（条目 tea）；请只留在一个条目里",
        5: "speech.yaml 里没有“9”这一段；请改成已有的编号，或先在 speech.yaml 里加上",
        6: "没有编号为“bad”的条目；请改成已有的编号，或删掉",
    }
    assert [found.item for found in trial.of(RowOutcome.ADDED)] == ["tea", "cites-tea"]


def test_the_ids_of_an_undone_import_are_not_used_again(admin_setup: AdminSetup) -> None:
    """Neither by a row that names one, nor for an item of the same question; nor after the history is gone."""
    tea, coffee = row(2, id="tea", **NEW), row(3, **{**NEW, "question": "有没有咖啡？"})
    admin_setup.edits.undo(imported(admin_setup, tea, coffee), ADMIN.id)
    admin_setup.clock.now += timedelta(days=400)
    admin_setup.database.purge(timedelta(days=180))
    assert admin_setup.history.latest(5) == []
    found = tried(admin_setup, tea, coffee).rows
    assert found[0].row.faults == (texts.ID_USED.format(id="tea"),)
    assert found[1].item == "you-mei-you-ka-fei-2"


def test_an_id_that_was_used_is_not_used_again(admin_setup: AdminSetup) -> None:
    """Logs and links may name it."""
    (found,) = try_rows([row(id="old", **NEW)], admin_setup.edits.on_disk(), {"old"}).rows
    assert found.row.faults == (texts.ID_USED.format(id="old"),)


def test_the_shipped_base_imported_into_itself_changes_nothing(shipped: Knowledge) -> None:
    """Every row is skipped."""
    snapshot = Snapshot({SPEECH: b""}, shipped, Index.build(KnowledgeBase("", ())), ConfidenceModel())
    trial = try_rows(read_table(to_zip(all_rows(shipped.base))), snapshot, ())
    assert {found.outcome for found in trial.rows} == {RowOutcome.SKIPPED}
    assert trial.changes == ()


def fuzzed(draws: random.Random) -> tuple[Sequence[Row], Sequence[int]]:
    """200 rows, some of them with a fault; and the numbers of these."""
    rows, faulty = list[Row](), list[int]()
    for number in range(2, 202):
        cells = {**NEW, "id": f"new-{number}", "question": f"第{number}样东西在哪？", "phrasings": f"找第{number}样"}
        if draws.random() < 0.4:
            faulty.append(number)
            cells |= draws.choice(
                (
                    {"id": "opening", "kind": "small-talk"},
                    {"answer": ""},
                    {"answer": "长" * 700},
                    {"source": "没有"},
                    {"related": "no-such"},
                    {"valid_until": "2026-02-30"},
                    {"question": "食堂几点关门？"},
                    {"phrasings": "？？"},
                    {"negatives": f"第{number}样东西在哪？"},
                    {"question": "打 13912345678"},
                    {"owner": "很" * 30},
                    {"id": "不行"},
                )
            )
        rows.append(Row(number, {key: cells.get(key, "") for key in texts.COLUMNS}))
    return rows, faulty


@pytest.mark.parametrize("seed", range(3))
def test_a_fuzzed_file(admin_setup: AdminSetup, seed: int) -> None:
    """Each fault is named by its row; the others are all brought in, and one undo takes all of them out again."""
    rows, faulty = fuzzed(random.Random(seed))
    before = read(admin_setup.folder)
    trial = tried(admin_setup, *read_table(to_csv(rows)))
    assert [found.row.number for found in trial.of(RowOutcome.FAULTY)] == faulty
    assert all(found.row.faults for found in trial.of(RowOutcome.FAULTY))
    assert read(admin_setup.folder) == before
    action = imported(admin_setup, *rows)
    added = {*admin_setup.current.snapshot.base.by_id} - {"opening", "closing", "card", "nc-price", "chat-hello"}
    assert added == {f"new-{row.number}" for row in rows if row.number not in faulty}
    admin_setup.edits.undo(action, ADMIN.id)
    assert read(admin_setup.folder) == before


def test_a_table_of_another_base_brings_all_of_it(admin_setup: AdminSetup) -> None:
    """Every field of an item, as it was written."""
    item = Item(
        "tea",
        "茶水",
        "茶在哪里？",
        "在一楼。\n\n二楼也有: 3 处 # 自取",
        phrasings=("哪里有茶", "- 茶"),
        keywords=("茶",),
        source=("1", "2"),
        related=("card",),
        short="=一楼",
        negatives=("茶多少钱",),
        valid_until="2026-12-31",
        review_by="2026-11-30",
        owner="王主任",
    )
    assert {key for key in texts.COLUMNS if not getattr(item, key)} == set()
    assert {*LISTS} - {"words"} < {*texts.COLUMNS}
    imported(admin_setup, *read_table(to_csv(rows_of([item]))))
    assert admin_setup.current.snapshot.base.by_id["tea"] == item
