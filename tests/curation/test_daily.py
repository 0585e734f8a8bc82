"""The daily line: when it comes, what it counts, and when there is none."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.conversation import cards
from bot.curation.daily import DailyLine, Waiting
from bot.items import VerdictKind
from bot.store.records import Miss, NoticeKind, Records, State, Subscription
from bot.text import normalise
from tests.admin_setup import AdminSetup

ADMIN, OTHER = 5, 6


class Days:
    """A bot that looks each time that it is told to; what it has sent is delivered at once, unless ``reached`` says."""

    def __init__(self, setup: AdminSetup, zone: str = "UTC", hour: int | None = 9) -> None:
        self.setup = setup
        setup.clock.zone = ZoneInfo(zone)
        self.told: list[str] = []
        self.reached = True
        self.restart(hour)

    def restart(self, hour: int | None = 9) -> None:
        """The bot ends and starts."""
        parts = self.setup
        self.line = DailyLine(
            parts.misses, parts.subscriptions, parts.history, parts.notices, parts.current, parts.clock, hour
        )

    def at(self, time: str, fold: int = 0) -> list[str]:
        """What is told when the bot looks, twice, at this time of its zone."""
        self.setup.clock.now = datetime.fromisoformat(time).replace(tzinfo=self.setup.clock.zone, fold=fold)
        before = len(self.told)
        for _ in range(2):
            asyncio.run(self.line.send_if_due(self._send))
            if self.reached:
                self.deliver()
        return self.told[before:]

    def deliver(self, chat: int = ADMIN) -> None:
        """Telegram takes what waits for an admin."""
        while notice := self.setup.notices.next(chat):
            self.told.append(notice.content.decode())
            self.setup.notices.settle(notice.id)

    async def _send(self, waiting: Waiting, mark: str) -> None:
        self.setup.notices.add(NoticeKind.DAILY, [ADMIN, OTHER], str(cards.daily(waiting).text).encode(), mark)

    def subscribe(self, question: str, *people: int) -> None:
        """Members want to be told of an answer."""
        some = tuple(Subscription(normalise(question), person, b"") for person in people)
        self.setup.usage.record(Records(subscriptions=some))


def test_answers_that_are_past_their_day_are_counted_once(admin_setup: AdminSetup) -> None:
    """On the day after; there is a line for them alone."""
    admin_setup.write("items.yaml", "answer: 早上", "valid_until: 2026-06-01\n    answer: 早上")
    admin_setup.start()
    days = Days(admin_setup)
    assert days.at("2026-05-31T09:00") == []
    assert days.at("2026-06-01T09:00") == []
    assert days.at("2026-06-02T09:00") == ["又有 1 条回答到日子了，看看是哪几条：/status"]
    assert days.at("2026-06-03T09:00") == []


ZONES = {
    "Shanghai": ("Asia/Shanghai", 9, "2026-06-02 08:59", "2026-06-02 09:00"),
    "Greenwich": ("UTC", 9, "2026-06-02 08:59:59", "2026-06-02 09:00"),
    "New York before the clocks go forward": ("America/New_York", 9, "2026-03-07 08:59", "2026-03-07 09:00"),
    "New York on the day": ("America/New_York", 9, "2026-03-08 08:59", "2026-03-08 09:00"),
    "New York without that hour": ("America/New_York", 2, "2026-03-08 01:59", "2026-03-08 03:00"),
    "New York on the day when they go back": ("America/New_York", 9, "2026-11-01 08:59", "2026-11-01 09:00"),
    "midnight in Shanghai": ("Asia/Shanghai", 0, "2026-06-01 23:59", "2026-06-02 00:00"),
    "the last hour": ("Asia/Shanghai", 23, "2026-06-02 22:59", "2026-06-02 23:00"),
}


@pytest.mark.parametrize(("zone", "hour", "before", "due"), ZONES.values(), ids=ZONES.keys())
def test_it_comes_at_its_hour(admin_setup: AdminSetup, zone: str, hour: int, before: str, due: str) -> None:
    """By the clock's zone, once."""
    days = Days(admin_setup, zone, hour)
    days.at("2026-03-01 12:00")
    day_before = datetime.fromisoformat(due) - timedelta(days=1)
    days.at(day_before.replace(hour=23, minute=58).isoformat() if hour else day_before.isoformat())
    admin_setup.miss("外星人来过没有")
    assert days.at(before) == []
    assert days.at(due) == ["新增 1 条没答上的。看看：/missed"]
    assert days.at(due[:10] + " 23:59") == []


def test_an_hour_that_comes_twice_brings_one_line(admin_setup: AdminSetup) -> None:
    """As when the clocks go back."""
    days = Days(admin_setup, "America/New_York", 1)
    days.at("2026-10-31 12:00")
    admin_setup.miss("外星人来过没有")
    assert len(days.at("2026-11-01 01:00")) == 1
    admin_setup.miss("还有谁")
    assert days.at("2026-11-01 01:00", fold=1) == []
    assert days.at("2026-11-02 01:00") == ["新增 1 条没答上的。看看：/missed"]


def nothing(_: Days) -> None:
    """Nobody asks."""


def ask(days: Days) -> None:
    for text in ("外星人来过没有", "外星人来过没有", "塑料片被狗吃了"):
        days.setup.miss(text)


def ask_and_wait(days: Days) -> None:
    ask(days)
    days.subscribe("外星人来过没有", 1, 2)
    days.subscribe("塑料片被狗吃了", 2, 3)


def handle(days: Days) -> None:
    ask_and_wait(days)
    rows = [row.id for row in days.setup.misses.rows([State.OPEN])]
    days.setup.misses.set_state(rows, State.HANDLED)


def ask_what_is_not_covered(days: Days) -> None:
    text = "谁来监督"
    days.setup.misses.record(Miss(text, text, VerdictKind.NOT_COVERED, State.NOT_COVERED, None, 0.9))


TOLD: dict[str, tuple[Callable[[Days], None], list[str], list[str]]] = {
    "nothing": (nothing, [], []),
    "misses, equal ones once": (ask, ["新增 2 条没答上的。看看：/missed"], []),
    "members who wait, each once": (
        ask_and_wait,
        ["新增 2 条没答上的，3 个人在等回音。看看：/missed"],
        ["还有 3 个人在等回音。看看：/missed"],
    ),
    "what is handled": (handle, [], []),
    "what the speech does not say": (ask_what_is_not_covered, [], []),
}


@pytest.mark.parametrize(("happen", "next_day", "day_after"), TOLD.values(), ids=TOLD.keys())
def test_what_it_counts(
    admin_setup: AdminSetup, happen: Callable[[Days], None], next_day: list[str], day_after: list[str]
) -> None:
    """Open misses that are new since the last line, and members who wait for the answer to any; else it is silent."""
    days = Days(admin_setup)
    assert days.at("2026-06-01 10:00") == []
    happen(days)
    assert days.at("2026-06-02 09:00") == next_day
    assert days.at("2026-06-03 09:00") == day_after


def test_it_quotes_nobody() -> None:
    """A line may be kept and shown in a group: it holds counts alone."""
    assert cards.daily(Waiting(12, 3)).text == "新增 12 条没答上的，3 个人在等回音。看看：/missed"


def test_a_first_start_tells_nothing(admin_setup: AdminSetup) -> None:
    """What was there before is not new."""
    admin_setup.miss("外星人来过没有")
    admin_setup.clock.now += timedelta(days=1)
    days = Days(admin_setup)
    assert days.at("2026-06-02 09:00") == []
    assert days.at("2026-06-03 09:00") == []


def test_off(admin_setup: AdminSetup) -> None:
    """Nothing is ever told."""
    days = Days(admin_setup, hour=None)
    days.at("2026-06-01 10:00")
    ask_and_wait(days)
    assert days.at("2026-06-02 09:00") == days.at("2026-06-03 23:00") == []


RESTARTS = {
    "after the line of the day": (["2026-06-02 09:00"], "2026-06-02 15:00", 0),
    "later on a day that it missed": ([], "2026-06-02 15:00", 1),
    "in the last minute of it": ([], "2026-06-02 23:59", 1),
    "the day after, before the hour": ([], "2026-06-03 00:00", 0),
    "days after": ([], "2026-06-05 09:00", 1),
}


@pytest.mark.parametrize(("looked", "start", "count"), RESTARTS.values(), ids=RESTARTS.keys())
def test_after_a_restart(admin_setup: AdminSetup, looked: list[str], start: str, count: int) -> None:
    """A day has one line: a line that was missed comes after the start, as long as it is the same day."""
    days = Days(admin_setup)
    days.at("2026-06-01 10:00")
    ask(days)
    for time in looked:
        assert len(days.at(time)) == 1
    days.restart()
    assert len(days.at(start)) == count


def test_a_line_that_waits_is_not_made_again(admin_setup: AdminSetup) -> None:
    """Nor after a restart; the next day's takes its place and counts on from the last one that was delivered."""
    days = Days(admin_setup)
    days.at("2026-06-01 10:00")
    ask(days)
    days.reached = False
    days.at("2026-06-02 09:00")
    waiting = admin_setup.notices.next(ADMIN)
    admin_setup.miss("还有谁")
    days.restart()
    days.at("2026-06-02 15:00")
    assert admin_setup.notices.next(ADMIN) == waiting
    days.reached = True
    assert days.at("2026-06-03 09:00") == ["新增 3 条没答上的。看看：/missed"]
    assert days.at("2026-06-03 10:00") == []


def test_an_admin_who_is_not_reached_holds_up_nobody(admin_setup: AdminSetup) -> None:
    """The other one is told every day."""
    days = Days(admin_setup)
    days.at("2026-06-01 10:00")
    for day in (2, 3, 4):
        admin_setup.miss(f"第{day}天问的")
        assert days.at(f"2026-06-0{day} 09:00") == ["新增 1 条没答上的。看看：/missed"]


def test_another_zone_or_hour_brings_no_second_line(admin_setup: AdminSetup) -> None:
    """A day is one day, whatever is set meanwhile."""
    days = Days(admin_setup, "Asia/Shanghai")
    days.at("2026-06-01 10:00")
    ask_and_wait(days)
    assert len(days.at("2026-06-02 09:00")) == 1
    days.restart(15)
    assert days.at("2026-06-02 15:00") == []
    admin_setup.clock.zone = ZoneInfo("Asia/Tokyo")
    assert days.at("2026-06-02 17:00") == []
