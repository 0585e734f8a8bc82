"""Edits of a real folder: planned, made, taken back, byte by byte; and no edit of anybody is lost."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.curation.changes import AlreadyThereError, MorePhrasings, NewAnswer, NewItem, Proposal
from bot.curation.edits import Plan
from bot.errors import EditRefusedError, FolderChangedError, FolderReadOnlyError
from bot.evaluation.impact import Outcome, RealQuestion
from bot.items import Kind
from bot.knowledge import read
from bot.knowledge.folder import replace as replace_file
from bot.store.records import ActionState
from tests.admin_setup import AdminSetup
from tests.clocks import Clock
from tests.conftest import CANTEEN

ADMIN = 5
MORE = MorePhrasings("card", ("卡被狗吃了", "卡折了怎么办"))
ANSWER = NewAnswer("opening", "早上六点半开门：\n周末七点。")
ITEM = NewItem(Kind.ANSWER, "有没有夜宵？", ("半夜饿了",), "没有夜宵。", ("1",), "食堂", "供餐通知")
TOPIC = NewItem(Kind.ANSWER, "停车场几点开？", (), "六点。", ("2",), "停车")
REFUSAL = NewItem(Kind.NOT_COVERED, "厨师叫什么？", ("大厨贵姓",), "须知里没有说。")
PROPOSALS: dict[str, Proposal] = {
    "phrasings": MORE,
    "an answer": ANSWER,
    "an item that cites a new document": ITEM,
    "an item of a new topic": TOPIC,
    "a refusal": REFUSAL,
}


def made(admin_setup: AdminSetup, proposal: Proposal) -> int:
    return admin_setup.editor.apply(admin_setup.editor.plan(proposal), ADMIN)


@pytest.mark.parametrize("proposal", PROPOSALS.values(), ids=PROPOSALS.keys())
def test_an_edit_is_live_and_undone_byte_by_byte(admin_setup: AdminSetup, proposal: Proposal) -> None:
    """At once, in both directions; and what is on the disk is what answers."""
    before = read(admin_setup.folder)
    plan = admin_setup.editor.plan(proposal)
    assert read(admin_setup.folder) == before
    action = admin_setup.editor.apply(plan, ADMIN)
    assert read(admin_setup.folder) == plan.after.files == admin_setup.current.snapshot.files != before
    assert plan.item in admin_setup.current.snapshot.base.by_id
    assert not admin_setup.editor.take_over()
    with pytest.raises(AlreadyThereError) as already:
        admin_setup.editor.plan(proposal)
    assert already.value.item == plan.item
    for _ in range(2):
        assert admin_setup.editor.undo(action, ADMIN) == plan.item
        assert read(admin_setup.folder) == before == admin_setup.current.snapshot.files
    assert [one.state for one in admin_setup.history.latest(9) if one.item] == [ActionState.UNDONE]


def test_what_is_asked_is_what_is_answered(admin_setup: AdminSetup) -> None:
    """A new item with its document, its phrasings and its refusal."""
    for one in (ITEM, REFUSAL):
        made(admin_setup, one)
    base = admin_setup.current.snapshot.base
    new = base.by_id["you-mei-you-ye-xiao"]
    assert (new.source, new.phrasings, new.topic) == (("1", "doc-1"), ("半夜饿了",), "食堂")
    assert base.places["doc-1"] == "供餐通知"
    refusal = base.by_id["nc-chu-shi-jiao-shen-me"]
    assert (refusal.kind, refusal.topic, refusal.source) == (Kind.NOT_COVERED, "须知没说的", ())
    second = replace(ITEM, question="有没有早茶？", phrasings=())
    made(admin_setup, second)
    assert admin_setup.current.snapshot.base.by_id["you-mei-you-zao-cha"].source == ("1", "doc-1")


def test_an_id_is_never_used_again(admin_setup: AdminSetup) -> None:
    """Old buttons and logs would mean something else then."""
    admin_setup.editor.undo(made(admin_setup, REFUSAL), ADMIN)
    assert admin_setup.editor.plan(REFUSAL).item == "nc-chu-shi-jiao-shen-me-2"


def test_a_question_of_one_long_word_has_an_id_and_a_file(admin_setup: AdminSetup) -> None:
    """As pinyin is typed."""
    word = "zhoumoshitangkaibukaimenyouwanfanchima"
    made(admin_setup, replace(TOPIC, question=word, topic=word * 2))
    admin_setup.start()
    assert admin_setup.current.snapshot.base.by_id[word[:36]].topic == word * 2


def test_a_file_that_was_made_for_one_item_takes_more(admin_setup: AdminSetup) -> None:
    """The first can be taken back all the same."""
    first = made(admin_setup, TOPIC)
    made(admin_setup, replace(TOPIC, question="停车场几点关？"))
    admin_setup.editor.undo(first, ADMIN)
    assert [item.question for item in admin_setup.current.snapshot.base.topics["停车"]] == ["停车场几点关？"]


def test_marks_and_line_ends_stay_as_they_are(admin_setup: AdminSetup) -> None:
    """Of a file that some other editor has saved in its own way."""
    path = admin_setup.folder / "items.yaml"
    path.write_bytes(b"\xef\xbb\xbf# \xe6\xb3\xa8\r\n" + path.read_bytes().replace(b"\n", b"\r\n"))
    before = path.read_bytes()
    admin_setup.editor.take_over()
    actions = [made(admin_setup, one) for one in (MORE, ANSWER, replace(ITEM, other=""))]
    edited = path.read_bytes()
    assert edited.startswith(b"\xef\xbb\xbf# ")
    assert edited.count(b"\n") == edited.count(b"\r\n") > before.count(b"\n")
    for action in reversed(actions):
        admin_setup.editor.undo(action, ADMIN)
    assert path.read_bytes() == before


def test_undone_after_another_change_it_takes_that_one_change_back(admin_setup: AdminSetup) -> None:
    """Whoever made the other one."""
    first = made(admin_setup, MORE)
    admin_setup.write("items.yaml", "晚上八点关门。", "晚上九点关门。 # 夏天")
    second = made(admin_setup, ANSWER)
    admin_setup.editor.undo(first, ADMIN)
    items = admin_setup.current.snapshot.base.by_id
    assert items["card"].phrasings == ("卡不见了找谁", "补办饭卡")
    assert (items["closing"].answer, items["opening"].answer) == ("晚上九点关门。", ANSWER.answer)
    assert "# 夏天" in admin_setup.file("items.yaml")
    admin_setup.editor.undo(second, ADMIN)
    assert admin_setup.current.snapshot.base.by_id["opening"].answer == "早上七点开门。"


def test_an_undo_that_a_kill_cut_short_is_done(admin_setup: AdminSetup) -> None:
    """Also if the file was changed elsewhere since the edit."""
    action = made(admin_setup, MORE)
    admin_setup.write("items.yaml", "晚上八点关门。", "晚上九点关门。")
    admin_setup.write("items.yaml", "      - 卡被狗吃了\n      - 卡折了怎么办\n", "")
    assert admin_setup.editor.undo(action, ADMIN) == "card"
    assert [one.state for one in admin_setup.history.latest(9) if one.item] == [ActionState.UNDONE]


def test_an_answer_that_somebody_has_changed_again_is_not_undone(admin_setup: AdminSetup) -> None:
    """It is not back: it is another one."""
    first = made(admin_setup, ANSWER)
    made(admin_setup, NewAnswer("opening", "早上五点。"))
    with pytest.raises(EditRefusedError, match="分不清"):
        admin_setup.editor.undo(first, ADMIN)
    assert admin_setup.current.snapshot.base.by_id["opening"].answer == "早上五点。"


REFUSED = {
    "somebody has changed that very place": ("卡被狗吃了", "卡被猫吃了", "分不清"),
    "the files have a fault now": ("answer: 晚上", "anwser: 晚上", "2 处错误"),
}


@pytest.mark.parametrize(("old", "new", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_an_undo_that_can_not_be_done_changes_nothing(admin_setup: AdminSetup, old: str, new: str, reason: str) -> None:
    """And says why."""
    action = made(admin_setup, MORE)
    admin_setup.write("items.yaml", old, new)
    files = read(admin_setup.folder)
    with pytest.raises(EditRefusedError, match=reason):
        admin_setup.editor.undo(action, ADMIN)
    assert read(admin_setup.folder) == files


IMPOSSIBLE: dict[str, tuple[Proposal, str]] = {
    "a phrasing of another item": (MorePhrasings("opening", ("补办饭卡！",)), "饭卡丢了怎么补"),
    "an item that is gone": (MorePhrasings("gone", ("x",)), "已经不在"),
    "an answer of an item that is gone": (NewAnswer("gone", "x"), "已经不在"),
    "a new item that is asked like another": (replace(ITEM, phrasings=("开饭安排",)), "食堂几点开门"),
    "a source that is gone": (replace(ITEM, sources=("9",)), "没有“9”"),
}


@pytest.mark.parametrize(("proposal", "reason"), IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_what_can_not_be_done_says_why(admin_setup: AdminSetup, proposal: Proposal, reason: str) -> None:
    """Before anything is written."""
    files = read(admin_setup.folder)
    with pytest.raises(EditRefusedError, match=reason):
        admin_setup.editor.plan(proposal)
    assert read(admin_setup.folder) == files


def test_a_folder_with_faults_is_not_edited(admin_setup: AdminSetup) -> None:
    """Its first fault is named."""
    admin_setup.write("items.yaml", "answer: 晚上", "anwser: 晚上")
    with pytest.raises(EditRefusedError, match=r"2 处错误.*items\.yaml:10"):
        admin_setup.editor.plan(MORE)


def test_a_plan_is_for_the_folder_that_it_was_made_for(admin_setup: AdminSetup) -> None:
    """An editor that saves in between wins, and the admin is told."""
    plan = admin_setup.editor.plan(MORE)
    admin_setup.write("speech.yaml", "第二条", "第二条的")
    with pytest.raises(FolderChangedError):
        admin_setup.editor.apply(plan, ADMIN)
    assert "卡被狗吃了" not in admin_setup.file("items.yaml")
    assert admin_setup.history.latest(9) == []
    again = admin_setup.editor.plan(MORE)
    assert again.digest != plan.digest
    admin_setup.editor.apply(again, ADMIN)
    assert "第二条的" in admin_setup.file("speech.yaml")


def test_what_a_change_does_to_others_is_said_before(admin_setup: AdminSetup) -> None:
    """To real questions too."""
    admin_setup.known = [RealQuestion("早上什么时候能进去吃啊", "opening"), RealQuestion("塑料片被狗吃了", None)]
    theft = admin_setup.editor.plan(MorePhrasings("closing", ("早上什么时候能进去吃啊",)))
    assert theft.impact.has_loss
    assert {one.question for one in theft.impact.of(Outcome.CHANGED)} == {"早上什么时候能进去吃啊"}
    fine = admin_setup.editor.plan(MorePhrasings("card", ("塑料片被狗吃了",)))
    assert not fine.impact.has_loss
    assert [one.after for one in fine.impact.of(Outcome.ANSWERED)] == ["card"]


def test_of_two_files_both_are_changed_or_none(admin_setup: AdminSetup, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the second can't be written, the first is put back."""
    plan, files = admin_setup.editor.plan(ITEM), read(admin_setup.folder)

    def refuses(folder: Path, name: str, before: bytes | None, after: bytes | None) -> None:
        if name == "items.yaml":
            raise FolderReadOnlyError
        replace_file(folder, name, before, after)

    monkeypatch.setattr("bot.curation.edits.replace", refuses)
    with pytest.raises(FolderReadOnlyError):
        admin_setup.editor.apply(plan, ADMIN)
    assert read(admin_setup.folder) == files
    assert [one.state for one in admin_setup.history.latest(9)] == [ActionState.VOID]


@pytest.mark.parametrize("written", [True, False])
def test_after_a_kill_it_is_known_whether_an_edit_came_about(admin_setup: AdminSetup, *, written: bool) -> None:
    """It stands in the files, or it does not; what was half written is cleared away."""
    plan = admin_setup.editor.plan(MORE)
    admin_setup.editor.apply(plan, ADMIN)
    action = admin_setup.history.latest(1)[0]
    admin_setup.history.settle(action.id, ActionState.BEGUN)
    if not written:
        (admin_setup.folder / "items.yaml").write_bytes(plan.before.files["items.yaml"])
    (admin_setup.folder / ".campaign-bot-half").write_bytes(b"topic: x")
    admin_setup.start()
    admin_setup.editor.recover()
    assert admin_setup.history.latest(1)[0].state is (ActionState.DONE if written else ActionState.VOID)
    assert not (admin_setup.folder / ".campaign-bot-half").exists()


def test_an_older_copy_saved_over_an_edit_is_noticed(admin_setup: AdminSetup) -> None:
    """And the edit can be made again; one that somebody undid is not meant."""
    old = admin_setup.file("items.yaml")
    first = made(admin_setup, MORE)
    admin_setup.editor.undo(made(admin_setup, ANSWER), ADMIN)
    (admin_setup.folder / "items.yaml").write_text(old, encoding="utf-8")
    # Whoever looks first: here it is another edit.
    made(admin_setup, REFUSAL)
    assert not admin_setup.editor.take_over()
    (taken,) = admin_setup.editor.taken_over()
    assert [one.id for one in admin_setup.editor.overwritten(*taken)] == [first]
    admin_setup.editor.apply(admin_setup.editor.plan_again(first), ADMIN)
    assert "卡被狗吃了" in admin_setup.file("items.yaml")
    with pytest.raises(AlreadyThereError):
        admin_setup.editor.plan_again(first)


def test_edits_are_committed_to_git_when_that_is_wanted(
    admin_setup: AdminSetup, caplog: pytest.LogCaptureFixture
) -> None:
    """Only the files that were changed; where there is no repository the edit stands all the same."""
    admin_setup.start(commits=True)
    made(admin_setup, MORE)
    assert "could not be committed" in caplog.text

    def git(*words: str) -> str:
        command = ["git", "-C", str(admin_setup.folder), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    for words in (["init", "-q"], ["config", "user.name", "x"], ["config", "user.email", "x@example.org"]):
        git(*words)
    git("add", ".")
    git("commit", "-q", "-m", "first")
    admin_setup.write("synonyms.yaml", "放饭", "放饭, 供饭")
    action = made(admin_setup, TOPIC)
    assert git("log", "-1", "--format=%s", "--name-only").split() == [
        "item:",
        "ting-che-chang-ji-dian-kai",
        "ting-che.yaml",
    ]
    admin_setup.editor.undo(action, ADMIN)
    assert git("log", "-1", "--format=%s").startswith("undo: ")
    assert git("status", "--porcelain").split() == ["M", "synonyms.yaml"]


LETTERS = "食堂饭卡开门关早晚几点丢补办谁说: #-'\"[]{}&*!|>%@`\\,？！a1"
WORDS = st.text(LETTERS, min_size=1, max_size=12).filter(str.strip)
LINES = st.lists(WORDS, min_size=1, max_size=3).map("\n".join)
BY_CHAT = st.one_of(
    st.builds(MorePhrasings, st.sampled_from(["card", "opening", "nc-price"]), st.tuples(WORDS)),
    st.builds(NewAnswer, st.sampled_from(["card", "closing"]), LINES),
    st.builds(NewItem, st.just(Kind.ANSWER), WORDS, st.tuples(WORDS), LINES, st.just(("1",)), st.just("食堂"), WORDS),
    st.builds(NewItem, st.just(Kind.NOT_COVERED), WORDS, st.just(()), LINES),
)
BY_EDITOR = st.tuples(st.sampled_from(["items.yaml", "not-covered.yaml", "speech.yaml"]), st.integers(0, 30))
STARTS = ("- id", "topic", "title", "question")
"""Where a comment may stand before: not within a text of several lines, where it would be text."""


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.one_of(BY_CHAT, BY_EDITOR), min_size=1, max_size=8))
def test_any_sequence_of_edits_leaves_sound_files(
    steps: list[Proposal | tuple[str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every comment stays, and an undo right after its edit restores the folder byte by byte."""
    admin_setup = AdminSetup(CANTEEN, tmp_path_factory.mktemp("edits"), Clock())
    comments: list[str] = []
    for step in steps:
        if isinstance(step, tuple):
            name, place = step
            lines = admin_setup.file(name).split("\n")
            free = [number for number, line in enumerate(lines) if line.lstrip().startswith(STARTS)]
            comments.append(f"# 注{len(comments)}")
            lines.insert(free[place % len(free)], comments[-1])
            (admin_setup.folder / name).write_bytes("\n".join(lines).encode())
            admin_setup.editor.take_over()
            continue
        before = read(admin_setup.folder)
        try:
            plan: Plan = admin_setup.editor.plan(step)
        except (EditRefusedError, AlreadyThereError):
            assert read(admin_setup.folder) == before
            continue
        action = admin_setup.editor.apply(plan, ADMIN)
        admin_setup.editor.undo(action, ADMIN)
        assert read(admin_setup.folder) == before
        admin_setup.editor.apply(admin_setup.editor.plan(step), ADMIN)
    admin_setup.start()
    written = "".join(admin_setup.file(name) for name in read(admin_setup.folder))
    assert [one for one in comments if f"{one}\n" not in written] == []
    admin_setup.database.close()
