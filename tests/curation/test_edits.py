"""Edits of a real folder: planned, made, taken back, byte by byte; and no edit of anybody is lost."""

import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.curation.edits import Plan
from bot.curation.planning import AlreadyThereError
from bot.errors import EditRefusedError, Refusal
from bot.evaluation.impact import Impact, Outcome, ReplayedQuestion, replay
from bot.items import Item, Kind
from bot.knowledge import read
from bot.knowledge.edit import (
    AddItem,
    AddSource,
    ByHandError,
    Change,
    ChangeTexts,
    ChangeWords,
    DeleteItem,
    MoveItem,
    SetPlace,
    SetText,
)
from bot.knowledge.folder import replace as replace_file
from bot.matching import ConfidenceModel, Index
from bot.store.database import Database
from bot.store.history import History
from bot.store.records import ActionKind, ActionState
from bot.store.tables import ACTION_KEYS
from bot.texts import knowledge as knowledge_texts
from tests.admin_setup import AdminSetup
from tests.clocks import Clock
from tests.conftest import CANTEEN

ADMIN = 5
MORE = ChangeTexts("card", "phrasings", ("卡被狗吃了", "卡折了怎么办"))
ANSWER = SetText("opening", "answer", "早上六点半开门：\n周末七点。")
NIGHT = Item("", "食堂", "有没有夜宵？", "没有夜宵。", phrasings=("半夜饿了",), source=("1",))
ITEM = AddItem(NIGHT, document="供餐通知")
PARKING = Item("", "停车", "停车场几点开？", "六点。", source=("2",))
TOPIC = AddItem(PARKING)
REFUSAL = AddItem(Item("", "新的", "厨师叫什么？", "须知里没有说。", Kind.NOT_COVERED, phrasings=("大厨贵姓",)))
CHANGES: dict[str, Change] = {
    "phrasings": MORE,
    "an answer": ANSWER,
    "an item that cites a new document": ITEM,
    "an item of a new topic": TOPIC,
    "a refusal": REFUSAL,
    "a document": AddSource("", "供餐通知"),
    "a phrasing that goes": ChangeTexts("card", "phrasings", removed=("补办饭卡",)),
    "another question": SetText("card", "question", "补办饭卡"),
    "another wording": SetText("card", "question", "饭卡不见了怎么办？"),
    "other sources": ChangeTexts("opening", "source", ("2",), ("1",)),
    "no related item": ChangeTexts("card", "related", removed=("opening",)),
    "a negative": ChangeTexts("card", "negatives", ("饭卡没钱了",)),
    "a negative that was a phrasing": ChangeTexts("card", "negatives", ("补办饭卡",)),
    "a short answer": SetText("card", "short", "到窗口补办。"),
    "a day until when it holds": SetText("card", "valid_until", "2026-12-31"),
    "a day to look at it again": SetText("card", "review_by", "2026-12-31"),
    "who looks after it": SetText("card", "owner", "行政科"),
    "a keyword": ChangeTexts("card", "keywords", ("补卡",)),
    "an item for a new topic": MoveItem("opening", "时间"),
    "a synonym": ChangeWords("开饭", ("开伙",)),
    "no group of synonyms": ChangeWords("开饭", removed=("放饭",)),
    "a group of synonyms": ChangeWords("饭卡", ("饭票", "餐卡")),
    "the first frames": ChangeWords("", ("请问", "想问一下")),
    "a title": SetPlace("", "食堂新须知"),
    "a place": SetPlace("1", "第一条，新的"),
}


def made(admin_setup: AdminSetup, change: Change) -> int:
    return admin_setup.edits.apply(admin_setup.edits.plan(change), ADMIN)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_an_edit_is_live_and_undone_byte_by_byte(admin_setup: AdminSetup, change: Change) -> None:
    """At once, in both directions, as often as one likes; and what is on the disk is what answers."""
    before = read(admin_setup.folder)
    plan = admin_setup.edits.plan(change)
    assert read(admin_setup.folder) == before
    action = admin_setup.edits.apply(plan, ADMIN)
    assert read(admin_setup.folder) == plan.after.files == admin_setup.current.snapshot.files != before
    base = admin_setup.current.snapshot.base
    assert plan.item in {*base.by_id, *base.places, "synonyms", "frames", "title"}
    assert not admin_setup.edits.take_over()
    with pytest.raises(AlreadyThereError) as already:
        admin_setup.edits.plan(change)
    assert already.value.item == plan.item
    for _ in range(2):
        assert admin_setup.edits.undo(action, ADMIN) == plan.item
        assert read(admin_setup.folder) == before == admin_setup.current.snapshot.files
    assert [action.state for action in admin_setup.history.latest(9) if action.item] == [ActionState.UNDONE]
    again = admin_setup.edits.apply(admin_setup.edits.plan_again(action), ADMIN)
    assert read(admin_setup.folder) == plan.after.files
    admin_setup.edits.undo(again, ADMIN)
    assert read(admin_setup.folder) == before


REFUSED_WORDS: dict[str, tuple[Change, Refusal]] = {
    "a word of another group": (ChangeWords("饭卡", ("放 饭",)), Refusal.WORD_TAKEN),
    "a group of a word that is a synonym": (ChangeWords("放饭", ("开伙",)), Refusal.WORD_TAKEN),
    "no such place": (SetPlace("9", "第九条"), Refusal.PLACE_GONE),
    "an empty title": (SetPlace("", " "), Refusal.EDIT_UNSAFE),
}


@pytest.mark.parametrize(("change", "refusal"), REFUSED_WORDS.values(), ids=REFUSED_WORDS.keys())
def test_words_and_places_that_cannot_be(admin_setup: AdminSetup, change: Change, refusal: Refusal) -> None:
    """Nothing is planned."""
    with pytest.raises(EditRefusedError) as refused:
        admin_setup.edits.plan(change)
    assert refused.value.refusal is refusal


def test_words_change_what_is_answered(admin_setup: AdminSetup) -> None:
    """A question in the new word is that of the standard one; one that loses its answer is told before."""
    made(admin_setup, ChangeWords("饭卡", ("磁条票",)))
    answer = admin_setup.current.snapshot.matcher.match("磁条票丢了怎么补")
    assert answer.candidates[0].item.id == "card"
    admin_setup.known.append(ReplayedQuestion("磁条票丢了怎么补", "card"))
    plan = admin_setup.edits.plan(ChangeWords("饭卡", removed=("磁条票",)))
    assert [effect.before for effect in plan.impact.effects] == ["card"]


def test_an_item_goes_with_what_leads_to_it_and_comes_back(admin_setup: AdminSetup) -> None:
    """Other items no longer name it as related; its id is not used again."""
    before = read(admin_setup.folder)
    action = made(admin_setup, DeleteItem("opening"))
    base = admin_setup.current.snapshot.base
    assert "opening" not in base.by_id
    assert base.by_id["card"].related == ()
    assert read(admin_setup.folder) == admin_setup.current.snapshot.files
    with pytest.raises(EditRefusedError) as refused:
        admin_setup.edits.plan(DeleteItem("opening"))
    assert refused.value.refusal is Refusal.ITEM_GONE
    assert "opening" in admin_setup.history.used_ids()
    admin_setup.write("items.yaml", "晚上八点关门。", "晚上九点关门。")
    assert admin_setup.edits.undo(action, ADMIN) == "opening"
    since = before["items.yaml"].decode().replace("晚上八点关门。", "晚上九点关门。")
    assert admin_setup.file("items.yaml") == since


def test_the_last_item_of_a_file_goes_with_it(admin_setup: AdminSetup) -> None:
    """And comes back with it."""
    made(admin_setup, TOPIC)
    before = read(admin_setup.folder)
    action = made(admin_setup, DeleteItem("ting-che-chang-ji-dian-kai"))
    assert set(before) - set(read(admin_setup.folder)) == {"ting-che.yaml"}
    admin_setup.edits.undo(action, ADMIN)
    assert read(admin_setup.folder) == before


def test_another_question_keeps_the_old_one_as_a_way_to_ask(admin_setup: AdminSetup) -> None:
    """A phrasing that becomes the question is no phrasing any more."""
    made(admin_setup, SetText("card", "question", "补办饭卡？"))
    item = admin_setup.current.snapshot.base.by_id["card"]
    assert (item.question, item.phrasings) == ("补办饭卡？", ("卡不见了找谁", "饭卡丢了怎么补？"))
    made(admin_setup, SetText("card", "question", "补办饭卡"))
    assert admin_setup.current.snapshot.base.by_id["card"].phrasings == ("卡不见了找谁", "饭卡丢了怎么补？")


def test_an_item_that_is_moved_is_where_its_topic_is(admin_setup: AdminSetup) -> None:
    """With all that it says; one action, called a move."""
    made(admin_setup, TOPIC)
    plan = admin_setup.edits.plan(MoveItem("card", "停车"))
    assert plan.kind is ActionKind.MOVED
    old = admin_setup.current.snapshot.base.by_id["card"]
    action = admin_setup.edits.apply(plan, ADMIN)
    assert admin_setup.current.snapshot.base.by_id["card"] == replace(old, topic="停车")
    assert "- id: card" in admin_setup.file("ting-che.yaml")
    assert "- id: card" not in admin_setup.file("items.yaml")
    admin_setup.edits.undo(action, ADMIN)
    assert admin_setup.current.snapshot.base.by_id["card"] == old


def test_a_move_that_a_kill_cut_short_is_taken_back(admin_setup: AdminSetup) -> None:
    """The item is gone from its file, and not yet in the other one."""
    before = read(admin_setup.folder)
    plan = admin_setup.edits.plan(MoveItem("card", "停车"))
    action = admin_setup.edits.apply(plan, ADMIN)
    admin_setup.history.settle(action, ActionState.BEGUN)
    (admin_setup.folder / "ting-che.yaml").unlink()
    admin_setup.start()
    admin_setup.edits.recover()
    assert read(admin_setup.folder) == before == admin_setup.current.snapshot.files
    assert admin_setup.history.latest(1)[0].state is ActionState.VOID


def test_what_is_asked_is_what_is_answered(admin_setup: AdminSetup) -> None:
    """A new item with its document, its phrasings and its refusal."""
    for change in (ITEM, REFUSAL):
        made(admin_setup, change)
    base = admin_setup.current.snapshot.base
    new = base.by_id["you-mei-you-ye-xiao"]
    assert (new.source, new.phrasings, new.topic) == (("1", "doc-1"), ("半夜饿了",), "食堂")
    assert base.places["doc-1"] == "供餐通知"
    refusal = base.by_id["nc-chu-shi-jiao-shen-me"]
    assert (refusal.kind, refusal.topic, refusal.source) == (Kind.NOT_COVERED, "须知没说的", ())
    second = replace(ITEM, item=replace(NIGHT, question="有没有早茶？", phrasings=()))
    made(admin_setup, second)
    assert admin_setup.current.snapshot.base.by_id["you-mei-you-zao-cha"].source == ("1", "doc-1")


def test_an_id_is_never_used_again(admin_setup: AdminSetup) -> None:
    """Old buttons and logs would mean something else then."""
    admin_setup.edits.undo(made(admin_setup, REFUSAL), ADMIN)
    assert admin_setup.edits.plan(REFUSAL).item == "nc-chu-shi-jiao-shen-me-2"


def test_a_question_of_one_long_word_has_an_id_and_a_file(admin_setup: AdminSetup) -> None:
    """As pinyin is typed."""
    word = "zhoumoshitangkaibukaimenyouwanfanchima"
    made(admin_setup, AddItem(replace(PARKING, question=word, topic=word * 2)))
    admin_setup.start()
    assert admin_setup.current.snapshot.base.by_id[word[:36]].topic == word * 2


def test_a_file_that_was_made_for_one_item_takes_more(admin_setup: AdminSetup) -> None:
    """The first can be taken back all the same."""
    first = made(admin_setup, TOPIC)
    made(admin_setup, AddItem(replace(PARKING, question="停车场几点关？")))
    admin_setup.edits.undo(first, ADMIN)
    assert [item.question for item in admin_setup.current.snapshot.base.topics["停车"]] == ["停车场几点关？"]


def test_marks_and_line_ends_stay_as_they_are(admin_setup: AdminSetup) -> None:
    """Of a file that some other editor has saved in its own way."""
    path = admin_setup.folder / "items.yaml"
    path.write_bytes(b"\xef\xbb\xbf# \xe6\xb3\xa8\r\n" + path.read_bytes().replace(b"\n", b"\r\n"))
    before = path.read_bytes()
    admin_setup.edits.take_over()
    actions = [made(admin_setup, change) for change in (MORE, ANSWER, AddItem(NIGHT))]
    edited = path.read_bytes()
    assert edited.startswith(b"\xef\xbb\xbf# ")
    assert edited.count(b"\n") == edited.count(b"\r\n") > before.count(b"\n")
    for action in reversed(actions):
        admin_setup.edits.undo(action, ADMIN)
    assert path.read_bytes() == before


def test_undone_after_another_change_it_takes_that_one_change_back(admin_setup: AdminSetup) -> None:
    """Whoever made the other one."""
    first = made(admin_setup, MORE)
    admin_setup.write("items.yaml", "晚上八点关门。", "晚上九点关门。 # 夏天")
    second = made(admin_setup, ANSWER)
    admin_setup.edits.undo(first, ADMIN)
    items = admin_setup.current.snapshot.base.by_id
    assert items["card"].phrasings == ("卡不见了找谁", "补办饭卡")
    assert (items["closing"].answer, items["opening"].answer) == ("晚上九点关门。", ANSWER.text)
    assert "# 夏天" in admin_setup.file("items.yaml")
    admin_setup.edits.undo(second, ADMIN)
    assert admin_setup.current.snapshot.base.by_id["opening"].answer == "早上七点开门。"


def test_an_undo_that_a_kill_cut_short_is_done(admin_setup: AdminSetup) -> None:
    """Also if the file was changed elsewhere since the edit."""
    action = made(admin_setup, MORE)
    admin_setup.write("items.yaml", "晚上八点关门。", "晚上九点关门。")
    admin_setup.write("items.yaml", "      - 卡被狗吃了\n      - 卡折了怎么办\n", "")
    assert admin_setup.edits.undo(action, ADMIN) == "card"
    assert [action.state for action in admin_setup.history.latest(9) if action.item] == [ActionState.UNDONE]


def test_an_answer_that_somebody_has_changed_again_is_not_undone(admin_setup: AdminSetup) -> None:
    """It is not back: it is another one."""
    first = made(admin_setup, ANSWER)
    made(admin_setup, SetText("opening", "answer", "早上五点。"))
    with pytest.raises(EditRefusedError) as refused:
        admin_setup.edits.undo(first, ADMIN)
    assert refused.value.refusal is Refusal.UNDO_ENTANGLED
    assert admin_setup.current.snapshot.base.by_id["opening"].answer == "早上五点。"


REFUSED = {
    "somebody has changed that very place": ("卡被狗吃了", "卡被猫吃了", Refusal.UNDO_ENTANGLED),
    "the files have a fault now": ("answer: 晚上", "anwser: 晚上", Refusal.FOLDER_FAULTY),
    "another item is related to it now": (
        "related: [opening]",
        "related: [you-mei-you-ye-xiao]",
        Refusal.UNDO_FAULTY,
    ),
}


@pytest.mark.parametrize(("old", "new", "refusal"), REFUSED.values(), ids=REFUSED.keys())
def test_an_undo_that_can_not_be_done_changes_nothing(
    admin_setup: AdminSetup, old: str, new: str, refusal: Refusal
) -> None:
    """And says why."""
    action = made(admin_setup, MORE if refusal is not Refusal.UNDO_FAULTY else ITEM)
    admin_setup.write("items.yaml", old, new)
    files = read(admin_setup.folder)
    with pytest.raises(EditRefusedError) as refused:
        admin_setup.edits.undo(action, ADMIN)
    assert refused.value.refusal is refusal
    assert read(admin_setup.folder) == files


TAKEN = {"phrasing": "开饭安排", "question": "食堂几点开门？"}
IMPOSSIBLE: dict[str, tuple[Change, Refusal, dict[str, str]]] = {
    "a phrasing of another item": (
        ChangeTexts("closing", "phrasings", ("开饭安排！",)),
        Refusal.PHRASING_TAKEN,
        TAKEN | {"phrasing": "开饭安排！"},
    ),
    "an item that is gone": (ChangeTexts("gone", "phrasings", ("x",)), Refusal.ITEM_GONE, {}),
    "a move of an item that is gone": (MoveItem("gone", "停车"), Refusal.ITEM_GONE, {}),
    "a question of another item": (
        SetText("closing", "question", "开饭安排！"),
        Refusal.PHRASING_TAKEN,
        TAKEN | {"phrasing": "开饭安排！"},
    ),
    "an answer without a source": (
        ChangeTexts("closing", "source", removed=("2",)),
        Refusal.EDIT_FAULTY,
        {"fault": knowledge_texts.SOURCE_MISSING.format(id="closing")},
    ),
    "a negative that is the question": (
        ChangeTexts("closing", "negatives", ("食堂几点关门",)),
        Refusal.EDIT_FAULTY,
        {"fault": knowledge_texts.NEGATIVE_IS_PHRASING.format(negative="食堂几点关门", line=11)},
    ),
    "an answer of an item that is gone": (SetText("gone", "answer", "x"), Refusal.ITEM_GONE, {}),
    "a new item that is asked like another": (
        AddItem(replace(NIGHT, phrasings=("开饭安排",))),
        Refusal.PHRASING_TAKEN,
        TAKEN,
    ),
    "a source that is gone": (
        AddItem(replace(NIGHT, source=("9",))),
        Refusal.EDIT_FAULTY,
        {"fault": knowledge_texts.UNKNOWN_SOURCE.format(source="9")},
    ),
}


@pytest.mark.parametrize(("change", "refusal", "details"), IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_what_can_not_be_done_says_why(
    admin_setup: AdminSetup, change: Change, refusal: Refusal, details: dict[str, str]
) -> None:
    """Before anything is written."""
    files = read(admin_setup.folder)
    with pytest.raises(EditRefusedError) as refused:
        admin_setup.edits.plan(change)
    assert (refused.value.refusal, refused.value.details) == (refusal, details)
    assert read(admin_setup.folder) == files


def test_a_folder_with_faults_is_not_edited(admin_setup: AdminSetup) -> None:
    """Its first fault is named."""
    admin_setup.write("items.yaml", "answer: 晚上", "anwser: 晚上")
    with pytest.raises(EditRefusedError) as refused:
        admin_setup.edits.plan(MORE)
    assert refused.value.refusal is Refusal.FOLDER_FAULTY
    assert refused.value.details["count"] == 2
    assert str(refused.value.details["fault"]).startswith("items.yaml:10: ")


def test_a_file_in_another_style_is_edited_by_hand(admin_setup: AdminSetup) -> None:
    """All edits of the change are told, also those that could be made."""
    admin_setup.write("speech.yaml", '  "2": 第二条\n', '  "2": 第二条\nothers: {}\n')
    files = read(admin_setup.folder)
    with pytest.raises(ByHandError) as refused:
        admin_setup.edits.plan(ITEM)
    assert (refused.value.refusal, refused.value.details) == (Refusal.EDIT_UNSAFE, {"file": "speech.yaml"})
    speech, item = refused.value.edits
    assert (speech.file, speech.to_paste()) == ("speech.yaml", "others:\n  doc-1: 供餐通知\n")
    assert (item.file, item.to_paste()) == ("items.yaml", item.inserted)
    assert 'source: ["1", doc-1]' in item.inserted
    assert read(admin_setup.folder) == files


def test_a_plan_is_for_the_folder_that_it_was_made_for(admin_setup: AdminSetup) -> None:
    """An editor that saves in between wins, and the admin is told."""
    plan = admin_setup.edits.plan(MORE)
    admin_setup.write("speech.yaml", "第二条", "第二条的")
    with pytest.raises(EditRefusedError) as refused:
        admin_setup.edits.apply(plan, ADMIN)
    assert refused.value.refusal is Refusal.FOLDER_CHANGED
    assert "卡被狗吃了" not in admin_setup.file("items.yaml")
    assert admin_setup.history.latest(9) == []
    again = admin_setup.edits.plan(MORE)
    assert again.digest != plan.digest
    admin_setup.edits.apply(again, ADMIN)
    assert "第二条的" in admin_setup.file("speech.yaml")


def test_what_a_change_does_to_others_is_said_before(admin_setup: AdminSetup) -> None:
    """To real questions too."""
    admin_setup.known = [
        ReplayedQuestion("早上什么时候能进去吃啊", "opening"),
        ReplayedQuestion("塑料片被狗吃了", None),
    ]
    theft = admin_setup.edits.plan(ChangeTexts("closing", "phrasings", ("早上什么时候能进去吃啊",)))
    assert theft.impact.has_loss
    assert {effect.question for effect in theft.impact.of(Outcome.CHANGED)} == {"早上什么时候能进去吃啊"}
    fine = admin_setup.edits.plan(ChangeTexts("card", "phrasings", ("塑料片被狗吃了",)))
    assert not fine.impact.has_loss
    assert [effect.after for effect in fine.impact.of(Outcome.ANSWERED)] == ["card"]


def test_a_change_is_tried_once_on_one_folder(admin_setup: AdminSetup, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was previewed is what is confirmed; another folder, another change and another process try anew."""
    tried: list[Index] = []

    def counted(before: Index, after: Index, confidence: ConfidenceModel, known: Sequence[ReplayedQuestion]) -> Impact:
        tried.append(after)
        return replay(before, after, confidence, known)

    monkeypatch.setattr("bot.curation.edits.replay", counted)
    plan = admin_setup.edits.plan(MORE)
    assert admin_setup.edits.plan(MORE) is plan
    assert len(tried) == 1
    admin_setup.edits.plan(ANSWER)
    assert admin_setup.edits.plan(MORE) is plan
    assert len(tried) == 2
    admin_setup.write("speech.yaml", "第二条", "第二条的")
    assert admin_setup.edits.plan(MORE).digest != plan.digest
    assert len(tried) == 3
    admin_setup.write("speech.yaml", "第二条的", "第二条")
    admin_setup.start()
    admin_setup.edits.recover()
    again = admin_setup.edits.plan(MORE)
    assert (again.digest, len(tried)) == (plan.digest, 4)
    admin_setup.edits.apply(again, ADMIN)
    assert len(tried) == 4


def test_of_two_files_both_are_changed_or_none(admin_setup: AdminSetup, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the second can't be written, the first is put back."""
    plan, files = admin_setup.edits.plan(ITEM), read(admin_setup.folder)

    def refuses(folder: Path, name: str, before: bytes | None, after: bytes | None) -> None:
        if name == "items.yaml":
            raise EditRefusedError(Refusal.FOLDER_READ_ONLY, file=name, reason="")
        replace_file(folder, name, before, after)

    monkeypatch.setattr("bot.curation.edits.replace", refuses)
    with pytest.raises(ByHandError) as refused:
        admin_setup.edits.apply(plan, ADMIN)
    assert refused.value.edits == plan.edits
    assert read(admin_setup.folder) == files
    assert [action.state for action in admin_setup.history.latest(9)] == [ActionState.VOID]


@pytest.mark.parametrize("written", [True, False])
def test_after_a_kill_it_is_known_whether_an_edit_came_about(admin_setup: AdminSetup, *, written: bool) -> None:
    """It stands in the files, or it does not; what was half written is cleared away."""
    plan = admin_setup.edits.plan(MORE)
    admin_setup.edits.apply(plan, ADMIN)
    action = admin_setup.history.latest(1)[0]
    admin_setup.history.settle(action.id, ActionState.BEGUN)
    if not written:
        (admin_setup.folder / "items.yaml").write_bytes(plan.before.files["items.yaml"])
    (admin_setup.folder / ".campaign-bot-half").write_bytes(b"topic: x")
    admin_setup.start()
    admin_setup.edits.recover()
    assert admin_setup.history.latest(1)[0].state is (ActionState.DONE if written else ActionState.VOID)
    assert not (admin_setup.folder / ".campaign-bot-half").exists()


@pytest.mark.parametrize("whole", [True, False])
def test_what_another_process_left_is_looked_for_in_the_folder(admin_setup: AdminSetup, *, whole: bool) -> None:
    """Whatever answers here still: all of it stands, and can be undone; half of it is taken back."""
    here, before = admin_setup.edits, read(admin_setup.folder)
    admin_setup.start()
    plan = admin_setup.edits.plan(ITEM)
    action = admin_setup.edits.apply(plan, ADMIN)
    admin_setup.history.settle(action, ActionState.BEGUN)
    if not whole:
        (admin_setup.folder / "items.yaml").write_bytes(before["items.yaml"])
    here.recover()
    assert admin_setup.history.latest(1)[0].state is (ActionState.DONE if whole else ActionState.VOID)
    assert read(admin_setup.folder) == (plan.after.files if whole else before)


def test_the_edit_of_another_process_was_not_cut_short(admin_setup: AdminSetup) -> None:
    """It is under way: neither is it taken back, nor is another one made beside it."""
    plan = admin_setup.edits.plan(MORE)
    half = admin_setup.folder / ".campaign-bot-half"
    with Database.open(f"sqlite:///{admin_setup.path}") as other, History(other).editing():
        admin_setup.history.begin(None, ActionKind.PHRASINGS, ["card"], "", "[]", ())
        half.write_bytes(b"topic: x")
        admin_setup.edits.recover()
        assert admin_setup.history.latest(1)[0].state is ActionState.BEGUN
        assert half.exists()
        with pytest.raises(EditRefusedError) as refused:
            admin_setup.edits.apply(plan, ADMIN)
        assert refused.value.refusal is Refusal.FOLDER_BUSY
    admin_setup.edits.recover()
    assert not half.exists()
    admin_setup.edits.apply(plan, ADMIN)


def test_where_nothing_was_cut_short_the_lock_is_left_to_who_edits(
    admin_setup: AdminSetup, caplog: pytest.LogCaptureFixture
) -> None:
    """Every process looks every half minute: an admin who edits elsewhere just then must not be refused."""
    admin_setup.edits.apply(admin_setup.edits.plan(MORE), ADMIN)
    with (
        caplog.at_level("INFO", "bot.curation.edits"),
        Database.open(f"sqlite:///{admin_setup.path}") as other,
        History(other).editing(),
    ):
        admin_setup.edits.recover()
        assert not caplog.messages
        (admin_setup.folder / ".campaign-bot-half").write_bytes(b"topic: x")
        admin_setup.edits.recover()
        assert len(caplog.messages) == 1


def test_an_older_copy_saved_over_an_edit_is_noticed(admin_setup: AdminSetup) -> None:
    """And the edit can be made again; one that somebody undid is not meant."""
    old = admin_setup.file("items.yaml")
    first = made(admin_setup, MORE)
    admin_setup.edits.undo(made(admin_setup, ANSWER), ADMIN)
    (admin_setup.folder / "items.yaml").write_text(old, encoding="utf-8")
    # Whoever looks first: here it is another edit.
    made(admin_setup, REFUSAL)
    assert not admin_setup.edits.take_over()
    (taken,) = admin_setup.edits.taken_over
    assert [action.id for action in admin_setup.edits.overwritten(*taken)] == [first]
    admin_setup.edits.apply(admin_setup.edits.plan_again(first), ADMIN)
    assert "卡被狗吃了" in admin_setup.file("items.yaml")
    with pytest.raises(AlreadyThereError):
        admin_setup.edits.plan_again(first)


MORE_ITEMS = '  - id: x\n    question: 问\n    answer: 答\n    source: ["2"]\n'
KEPT_BY_0_1 = {
    "phrasings": (
        ActionKind.PHRASINGS,
        MORE,
        {"item": "card", "phrasings": ["卡被狗吃了", "卡折了怎么办"]},
        MORE_ITEMS,
    ),
    "an answer": (
        ActionKind.ANSWER,
        ANSWER,
        {"item": "opening", "answer": "早上六点半开门：\n周末七点。", "before": "早上七点开门。"},
        MORE_ITEMS,
    ),
    "an item of a new topic": (
        ActionKind.ITEM,
        TOPIC,
        {
            "entry": {
                "id": "ting-che-chang-ji-dian-kai",
                "kind": "answer",
                "question": "停车场几点开？",
                "phrasings": [],
                "keywords": [],
                "answer": "六点。",
                "source": ["2"],
                "related": [],
            }
        },
        MORE_ITEMS,
    ),
    "a document": (ActionKind.SOURCE, AddSource("", "供餐通知"), {"id": "doc-1", "name": "供餐通知"}, "# 注\n"),
}


@pytest.mark.parametrize("elsewhere", [False, True])
@pytest.mark.parametrize(("kind", "change", "kept", "added"), KEPT_BY_0_1.values(), ids=KEPT_BY_0_1.keys())
def test_an_edit_that_an_earlier_version_made_is_undone(
    admin_setup: AdminSetup, kind: ActionKind, change: Change, kept: object, added: str, *, elsewhere: bool
) -> None:
    """Its row of the history has the shape of that time; and the file may have changed elsewhere since."""
    before = read(admin_setup.folder)
    (edit,) = admin_setup.edits.plan(change).edits
    splice = {"start": edit.start, "removed": edit.removed, "inserted": edit.inserted}
    row = {"file": edit.file, "change": kept, "splice": splice, "before": None, "after": "0"}
    made(admin_setup, change)
    item = admin_setup.history.latest(1)[0].item or ""
    action = admin_setup.history.begin(ADMIN, kind, [item], item, json.dumps([row]), keys=())
    admin_setup.history.settle(action, ActionState.DONE)
    path = admin_setup.folder / edit.file
    path.write_text(path.read_text(encoding="utf-8") + added * elsewhere, encoding="utf-8")
    assert admin_setup.edits.undo(action, ADMIN) == item
    undone = {**before}
    if elsewhere:
        head = "# yaml-language-server: $schema=schema.json\ntopic: 停车\nitems:\n"
        undone[edit.file] = before.get(edit.file, head.encode()) + added.encode()
    assert read(admin_setup.folder) == undone


KEYS: dict[str, tuple[Change, set[str]]] = {
    "phrasings": (ChangeTexts("card", "phrasings", ("卡，丢了！", "打13812345678找谁")), {"卡丢了", "打电话找谁"}),
    "an item": (AddItem(NIGHT), {"有没有夜宵", "半夜饿了"}),
    "an answer": (ANSWER, set()),
    "a document": (AddSource("", "供餐通知"), set()),
    "a synonym": (ChangeWords("开饭", ("开伙",)), set()),
    "a phrasing that goes": (
        ChangeTexts("card", "phrasings", removed=("补办饭卡",)),
        {"补办饭卡", "卡不见了找谁"},
    ),
    "a negative": (ChangeTexts("card", "negatives", ("饭卡没钱了",)), {"饭卡没钱了"}),
    "a question": (SetText("closing", "question", "几点关"), {"几点关", "食堂几点关门"}),
    "an item that goes": (DeleteItem("nc-price"), {"1份午饭多少钱", "盒饭收费标准", "吃1顿要花几块"}),
}


@pytest.mark.parametrize(("change", "keys"), KEYS.values(), ids=KEYS.keys())
def test_an_edit_is_known_by_the_questions_that_it_holds(
    admin_setup: AdminSetup, change: Change, keys: set[str]
) -> None:
    """As misses are: masked, in their normal form."""
    made(admin_setup, change)
    assert set(admin_setup.database.read(select(ACTION_KEYS.c.key)).scalars()) == keys


class Git:
    """The repository of a knowledge folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *words: str) -> str:
        command = ["git", "-C", str(self.folder), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def start(self) -> None:
        """With everything committed."""
        for words in (["init", "-q"], ["config", "user.name", "x"], ["config", "user.email", "x@example.org"]):
            self(*words)
        self("add", ".")
        self("commit", "-q", "-m", "first")


def test_edits_are_committed_to_git_when_that_is_wanted(admin_setup: AdminSetup) -> None:
    """Only the files that were changed."""
    admin_setup.start(commits=True)
    git = Git(admin_setup.folder)
    git.start()
    admin_setup.write("synonyms.yaml", "放饭", "放饭, 供饭")
    action = made(admin_setup, TOPIC)
    assert git("log", "-1", "--format=%s", "--name-only").split() == [
        "item:",
        "ting-che-chang-ji-dian-kai",
        "ting-che.yaml",
    ]
    admin_setup.edits.undo(action, ADMIN)
    assert git("log", "-1", "--format=%s").startswith("undo: ")
    assert git("status", "--porcelain").split() == ["M", "synonyms.yaml"]
    assert admin_setup.edits.git_fault is None


def refuse(folder: Path) -> None:
    """A hook that lets nothing pass."""
    hook = folder / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'no commits on Friday' >&2\nexit 1\n")
    hook.chmod(0o755)


GIT_FAULTS: dict[str, tuple[Callable[[Path], object], Callable[[Path], object], str]] = {
    "no repository": (lambda folder: shutil.rmtree(folder / ".git"), lambda folder: Git(folder).start(), "not a git"),
    "a hook": (refuse, lambda folder: (folder / ".git" / "hooks" / "pre-commit").unlink(), "no commits on Friday"),
    "a lock that was left behind": (
        lambda folder: (folder / ".git" / "index.lock").touch(),
        lambda folder: (folder / ".git" / "index.lock").unlink(),
        "index.lock",
    ),
}


@pytest.mark.parametrize(("spoil", "repair", "reason"), GIT_FAULTS.values(), ids=GIT_FAULTS.keys())
def test_what_git_does_not_take_is_committed_later(
    admin_setup: AdminSetup,
    caplog: pytest.LogCaptureFixture,
    spoil: Callable[[Path], object],
    repair: Callable[[Path], object],
    reason: str,
) -> None:
    """The edits stand all the same; the fault is logged once, and gone once git takes them."""
    admin_setup.start(commits=True)
    git = Git(admin_setup.folder)
    git.start()
    spoil(admin_setup.folder)
    made(admin_setup, MORE)
    undone = made(admin_setup, TOPIC)
    admin_setup.edits.undo(undone, ADMIN)
    admin_setup.edits.commit()
    assert reason in (admin_setup.edits.git_fault or "")
    assert len([record for record in caplog.records if "can't be committed" in record.message]) == 1
    repair(admin_setup.folder)
    admin_setup.edits.commit()
    assert admin_setup.edits.git_fault is None
    assert git("status", "--porcelain") == ""


LETTERS = "食堂饭卡开门关早晚几点丢补办谁说: #-'\"[]{}&*!|>%@`\\,？！a1"
WORDS = st.text(LETTERS, min_size=1, max_size=12).filter(str.strip)
LINES = st.lists(WORDS, min_size=1, max_size=3).map("\n".join)
ITEM_IDS = st.sampled_from(["card", "opening", "closing"])
BY_CHAT = st.one_of(
    st.builds(ChangeTexts, st.sampled_from(["card", "opening", "nc-price"]), st.just("phrasings"), st.tuples(WORDS)),
    st.builds(SetText, st.sampled_from(["card", "closing"]), st.just("answer"), LINES),
    st.builds(
        AddItem,
        st.builds(Item, st.just(""), st.just("食堂"), WORDS, LINES, phrasings=st.tuples(WORDS), source=st.just(("1",))),
        WORDS,
    ),
    st.builds(AddItem, st.builds(Item, st.just(""), st.just("没有的"), WORDS, LINES, st.just(Kind.NOT_COVERED))),
    st.builds(SetText, ITEM_IDS, st.sampled_from(["question", "short"]), WORDS),
    st.builds(ChangeTexts, ITEM_IDS, st.just("negatives"), st.tuples(WORDS)),
    st.builds(ChangeTexts, st.just("card"), st.just("phrasings"), st.tuples(WORDS), st.just(("补办饭卡",))),
    st.builds(ChangeTexts, st.just("card"), st.just("source"), st.just(()), st.sampled_from([("1",), ("1", "2")])),
    st.builds(DeleteItem, ITEM_IDS),
    st.builds(MoveItem, ITEM_IDS, st.sampled_from(["食堂", "停车"])),
)
BY_EDITOR = st.tuples(st.sampled_from(["items.yaml", "not-covered.yaml", "speech.yaml"]), st.integers(0, 30))
STARTS = ("- id", "topic", "title", "question")
"""Where a comment may stand before: not within a text of several lines, where it would be text."""


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(steps=[DeleteItem("card"), DeleteItem("opening"), DeleteItem("closing"), ("items.yaml", 0)])
@given(steps=st.lists(st.one_of(BY_CHAT, BY_EDITOR), min_size=1, max_size=8))
def test_any_sequence_of_edits_leaves_sound_files(
    steps: list[Change | tuple[str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every comment stays, and an undo right after its edit restores the folder byte by byte."""
    admin_setup = AdminSetup(CANTEEN, tmp_path_factory.mktemp("edits"), Clock())
    comments: list[str] = []
    for step in steps:
        if isinstance(step, tuple):
            name, place = step
            # A file whose last item was deleted is gone.
            if name not in read(admin_setup.folder):
                continue
            lines = admin_setup.file(name).split("\n")
            free = [number for number, line in enumerate(lines) if line.lstrip().startswith(STARTS)]
            comments.append(f"# 注{len(comments)}")
            lines.insert(free[place % len(free)], comments[-1])
            (admin_setup.folder / name).write_bytes("\n".join(lines).encode())
            admin_setup.edits.take_over()
            continue
        before = read(admin_setup.folder)
        try:
            plan: Plan = admin_setup.edits.plan(step)
        except (EditRefusedError, AlreadyThereError):
            assert read(admin_setup.folder) == before
            continue
        action = admin_setup.edits.apply(plan, ADMIN)
        admin_setup.edits.undo(action, ADMIN)
        assert read(admin_setup.folder) == before
        admin_setup.edits.apply(admin_setup.edits.plan(step), ADMIN)
    admin_setup.start()
    written = "".join(admin_setup.file(name) for name in read(admin_setup.folder))
    assert [comment for comment in comments if f"{comment}\n" not in written] == []
    admin_setup.database.close()
