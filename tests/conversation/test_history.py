"""What admins did, as they read it."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.conversation.callbacks import AdminAction, AdminCallback
from bot.conversation.forms import Admin
from bot.conversation.history import moment
from bot.conversation.reply import Reply, plain_text
from bot.store.records import ActionKind, State
from bot.texts import admins as texts
from tests.admin_setup import ADMIN, AdminSetup
from tests.clocks import Clock

NOW = datetime(2026, 6, 2, 10, 0, tzinfo=UTC)
MOMENTS = {
    "today": (timedelta(hours=1), "今天 09:00"),
    "yesterday, though within a day": (timedelta(hours=11), "昨天 23:00"),
    "the day before": (timedelta(days=2), "前天 10:00"),
    "this year": (timedelta(days=12), "5月21日 10:00"),
    "another year": (timedelta(days=200), "2025年11月14日 10:00"),
}


@pytest.mark.parametrize(("ago", "said"), MOMENTS.values(), ids=MOMENTS.keys())
def test_when_it_was_is_said_as_people_do(clock: Clock, ago: timedelta, said: str) -> None:
    """By the days of the clock's zone."""
    clock.now = NOW
    assert moment(NOW - ago, clock) == said


def with_phrasings(admin_setup: AdminSetup, phrasings: str) -> Reply:
    """The reply to an edit that added these phrasings."""
    admin_setup.press(admin_setup.say("/item card"), texts.BUTTON_WORDS)
    return admin_setup.press(admin_setup.say(phrasings), texts.BUTTON_FINE)


def lines(admin_setup: AdminSetup, admin: Admin = ADMIN) -> list[str]:
    """The sentences of the first page, without when."""
    return [line.partition("，")[2] for line in admin_setup.past.page(0, admin).text.splitlines() if "，" in line][1:]


def test_an_entry_has_neither_numbers_nor_ids(admin_setup: AdminSetup) -> None:
    """Of what was done to misses neither: their questions stand there."""
    with_phrasings(admin_setup, "卡没了\n卡被狗吃了")
    admin_setup.miss("外星人来过没有")
    admin_setup.press(admin_setup.say("/missed"), texts.BUTTON_IGNORE)
    (row,) = admin_setup.misses.rows([State.IGNORED])
    admin_setup.history.record(None, ActionKind.RESOLVE_MISS, str(row.id))
    admin_setup.history.record(6, ActionKind.JUDGE, "opening")
    assert lines(admin_setup) == [
        "另一位管理员看了「食堂几点开门？」答得对不对",
        "有人在机器人的电脑上把「外星人来过没有」标为处理好",
        "你不管「外星人来过没有」了",
        "你给「饭卡丢了怎么补？」加了 2 种问法",
    ]


@pytest.mark.parametrize(
    ("admin", "who"), [(ADMIN, "你"), (Admin(5, -9000), "王芳"), (Admin(6, 6), "王芳")], ids=["self", "group", "other"]
)
def test_who_it_was_is_said_by_name(admin_setup: AdminSetup, admin: Admin, who: str) -> None:
    """And 你 where nobody else reads it."""
    admin_setup.names[5] = "王芳"
    admin_setup.history.record(5, ActionKind.RELOAD, "")
    assert lines(admin_setup, admin) == [f"{who}重新读了知识库"]


def test_what_is_deleted_for_good_is_in_no_entry(admin_setup: AdminSetup) -> None:
    """Neither as a phrasing nor as a miss; the edit stays made."""
    with_phrasings(admin_setup, "卡被狗吃了")
    admin_setup.miss("外星人来过没有")
    admin_setup.press(admin_setup.say("/missed"), texts.BUTTON_IGNORE)
    admin_setup.misses.forget("卡被狗吃了")
    admin_setup.misses.forget("外星人来过没有")
    assert lines(admin_setup) == ["你不管「（已经不在记录里的问题）」了", "你给「饭卡丢了怎么补？」加了问法"]
    for number in ("1", "2"):
        opened = admin_setup.press(admin_setup.say("/history"), number)
        assert "狗" not in opened.text
        assert "外星人" not in opened.text
        assert [button.label for button in opened.buttons] == [texts.HISTORY_BACK]


def test_an_opened_edit_shows_what_it_changed(admin_setup: AdminSetup) -> None:
    """Of an answer the lines before and after."""
    admin_setup.press(admin_setup.say("/item opening"), texts.BUTTON_ANSWER)
    admin_setup.press(admin_setup.say("早上六点开门。"), texts.BUTTON_FINE)
    opened = admin_setup.press(admin_setup.say("/history"), "1")
    assert plain_text(opened.text).endswith("你改了「食堂几点开门？」的回答\n\n－ 早上七点开门。\n＋ 早上六点开门。")
    assert "<s>七</s>" in opened.text


def test_a_new_item_is_shown_whole_and_undone(admin_setup: AdminSetup) -> None:
    """Its question still names it when it is taken back."""
    admin_setup.say("/new")
    admin_setup.say("有没有夜宵？")
    shown = admin_setup.press(admin_setup.say("没有夜宵。"), "第一条")
    admin_setup.press(admin_setup.press(shown, texts.BUTTON_DONE), texts.BUTTON_FINE)
    opened = admin_setup.press(admin_setup.say("/history"), "1")
    assert plain_text(opened.text).endswith("＋ 有没有夜宵？\n＋ 没有夜宵。\n＋ 出处：第一条")
    undone = admin_setup.press(opened, texts.BUTTON_UNDO)
    assert undone.text == "已经撤销：新写了「有没有夜宵？」"
    assert "新写了「有没有夜宵？」（已撤销）" in admin_setup.press(undone, texts.HISTORY_BACK).text


def test_pages_lead_to_each_other_and_back(admin_setup: AdminSetup) -> None:
    """An entry leads back to the page that it was opened from."""
    for _ in range(20):
        admin_setup.history.record(5, ActionKind.RELOAD, "")
    second = admin_setup.press(admin_setup.say("/history"), texts.HISTORY_OLDER)
    assert [button.label for button in second.buttons][:2] == ["9", "10"]
    opened = admin_setup.press(second, "10")
    assert admin_setup.press(opened, texts.HISTORY_BACK) == second
    third = admin_setup.press(second, texts.HISTORY_OLDER)
    assert [button.label for button in third.buttons] == ["17", "18", "19", "20", texts.HISTORY_NEWER]


def test_an_entry_that_is_gone_says_so(admin_setup: AdminSetup) -> None:
    """It was kept long enough."""
    assert admin_setup.turn_pressed(AdminCallback(AdminAction.SHOW_ACTION, 99)).notice == texts.HISTORY_GONE


def test_each_kind_of_action_has_its_words() -> None:
    """And no words are left over."""
    assert {*texts.HISTORY_KINDS, ActionKind.UNDO} == set(ActionKind)
