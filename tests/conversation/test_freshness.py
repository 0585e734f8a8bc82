"""What admins read of the days until which answers hold."""

from dataclasses import replace
from datetime import date

import pytest

from bot.conversation import cards, freshness
from bot.curation.daily import Waiting
from bot.curation.freshness import Overdue
from bot.items import Item
from tests.admin_setup import AdminSetup

ITEM = Item("card", "食堂", "饭卡丢了怎么补？", "到窗口。")
SAID = {
    "nothing": (ITEM, ""),
    "the owner": (replace(ITEM, owner="王主任"), "归王主任管"),
    "all": (
        replace(ITEM, owner="王主任", valid_until="2026-12-31", review_by="2026-06-01"),
        "归王主任管，只管到2026年12月31日，该在2026年6月1日前再看一遍",
    ),
}
OLD = "answer: |-\n      到窗口"
DATED = f"owner: 王主任\n    review_by: 2026-05-30\n    {OLD}"


@pytest.mark.parametrize(("item", "said"), SAID.values(), ids=SAID.keys())
def test_what_is_known_of_an_answer_s_freshness(item: Item, said: str) -> None:
    """Whom to ask, and its days."""
    assert freshness.freshness(item) == said


def test_the_list_names_question_day_and_owner() -> None:
    """Ten of them; the others are counted."""
    late = Overdue(replace(ITEM, owner="王主任"), date(2026, 5, 30), is_expired=True)
    due = Overdue(ITEM, date(2026, 5, 1), is_expired=False)
    lines = list(freshness.overdue_lines([late, *[due] * 11]))
    assert lines[1].startswith("有 12 条回答到日子了")
    assert lines[2:4] == [
        "· 「饭卡丢了怎么补？」只管到2026年5月30日，归王主任管",
        "· 「饭卡丢了怎么补？」该在2026年5月1日前再看一遍",
    ]
    assert lines[12:] == ["· 还有 2 条"]
    assert list(freshness.overdue_lines([])) == []


DAILY = {
    Waiting(0, 0, 2): "又有 2 条回答到日子了，看看是哪几条：/status",
    Waiting(1, 0, 2): "新增 1 条没答上的。看看：/missed\n又有 2 条回答到日子了，看看是哪几条：/status",
}


@pytest.mark.parametrize(("waiting", "line"), DAILY.items(), ids=str)
def test_the_daily_line_counts_what_has_newly_passed(waiting: Waiting, line: str) -> None:
    """In a line of its own."""
    assert cards.daily(waiting).text == line


@pytest.mark.parametrize("command", ["/status", "/digest"])
def test_admins_are_shown_the_list_when_they_ask(admin_setup: AdminSetup, command: str) -> None:
    """Until a later day is set."""
    listed = "该在2026年5月30日前再看一遍，归王主任管"
    assert listed not in admin_setup.say(command).text
    admin_setup.write("items.yaml", OLD, DATED)
    admin_setup.start()
    assert listed in admin_setup.say(command).text
    admin_setup.write("items.yaml", "2026-05-30", "2026-05-31")
    admin_setup.start()
    assert listed not in admin_setup.say(command).text


def test_from_the_status_each_item_is_a_press_away(admin_setup: AdminSetup) -> None:
    """To be changed."""
    admin_setup.write("items.yaml", OLD, DATED)
    admin_setup.start()
    shown = admin_setup.press(admin_setup.say("/status"), "饭卡丢了怎么补？")
    assert "到窗口补办" in shown.text


DAYS = {
    "2026-12-31": date(2026, 12, 31),
    " 2026/1/5 ": date(2026, 1, 5),
    "2026年12月31日": date(2026, 12, 31),
    "２０２６．１２．３１": date(2026, 12, 31),
    "2026 年 2 月 30 日": None,
    "12月31日": None,
    "年底": None,
    "2026-12-31 晚上": None,
}


@pytest.mark.parametrize(("typed", "day"), DAYS.items(), ids=DAYS.keys())
def test_a_day_is_read_as_people_type_it(typed: str, day: date | None) -> None:
    """With its year; what is no day is none."""
    assert freshness.day_of(typed) == day
