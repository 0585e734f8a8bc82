"""How the week went, what to fix next, and what the judgements say."""

import asyncio
from datetime import datetime, timedelta

import pytest

from bot.conversation.reply import Reply
from bot.curation.digest import Report, interval
from bot.items import VerdictKind
from bot.store.records import Answered, Feedback, Judged, NoticeKind, Opinion, Records
from bot.texts import admins as admins_texts
from tests.admin_setup import AdminSetup


def test_the_counts_are_of_the_last_seven_days(admin_setup: AdminSetup) -> None:
    """Small talk is no question; what is older does not count."""
    admin_setup.usage.record(Records(verdicts=(VerdictKind.ANSWER, VerdictKind.UNKNOWN)))
    admin_setup.clock.now += timedelta(days=6)
    thumbs = (Feedback("问", "问", "card", Opinion.HELPFUL), Feedback("问", "问", "card", Opinion.WRONG))
    kinds = (VerdictKind.ANSWER, VerdictKind.SUGGEST, VerdictKind.NOT_COVERED, VerdictKind.SMALL_TALK)
    admin_setup.usage.record(Records(verdicts=kinds, feedback=thumbs))
    assert "问了 5 次：答上 2，给了备选 1，老实说没有 1，没答上 1。\n👍 1　👎 1" in admin_setup.say("/digest").text
    admin_setup.clock.now += timedelta(days=1)
    assert "问了 3 次：答上 1，" in admin_setup.say("/digest").text


def test_the_best_next_edits(admin_setup: AdminSetup) -> None:
    """What answers most of the last month's misses comes first."""
    assert admins_texts.DIGEST_NO_EDITS in admin_setup.say("/digest").text
    for text in ("塑料片被狗吃了", *["外星人来过没有"] * 3, "外星人来过没有呀"):
        admin_setup.miss(text)
    text = admin_setup.say("/digest").text
    assert "1. 写一条「外星人来过没有」：能答上 4 次" in text
    assert "2. 写一条「塑料片被狗吃了」：能答上 1 次" in text
    assert "「外星人来过没有」" in admin_setup.press(admin_setup.say("/digest"), "1 看这张卡片").text
    admin_setup.clock.now += timedelta(days=31)
    assert admins_texts.DIGEST_NO_EDITS in admin_setup.say("/digest").text


def test_the_least_sure_answers_are_judged(admin_setup: AdminSetup) -> None:
    """Ten of them, each once, one press each; and what comes of it."""
    for number in range(12):
        answered = Answered(f"问{number}", f"问{number}", "card", number / 100)
        admin_setup.usage.record(Records(answered=(answered,)))
    shown = admin_setup.press(admin_setup.say("/digest"), admins_texts.BUTTON_JUDGE)
    for number in range(10):
        assert f"「问{number}」" in shown.text
        assert f"连这条还有 {10 - number} 条" in shown.text
        shown = admin_setup.press(shown, admins_texts.BUTTON_WRONG if number == 4 else admins_texts.BUTTON_RIGHT)
        if number == 4:
            assert shown.buttons[-1].label == admins_texts.JUDGE_MEND
    assert shown == Reply(admins_texts.JUDGED_PRECISION.format(count=10, right=9, share=0.9, low=0.5958, high=0.9821))
    assert Judged("问4", "问4", "card", right=False) in admin_setup.usage.judged()
    assert [one.question for one in admin_setup.usage.to_judge(9)] == ["问10", "问11"]
    admin_setup.clock.now += timedelta(days=8)
    assert admin_setup.usage.to_judge(9) == []


INTERVALS = {"none of one": (0, 1, 0.0, 0.793), "9 of 10": (9, 10, 0.596, 0.982), "all of 50": (50, 50, 0.929, 1.0)}


@pytest.mark.parametrize(("right", "count", "low", "high"), INTERVALS.values(), ids=INTERVALS.keys())
def test_the_interval_is_wilsons(right: int, count: int, low: float, high: float) -> None:
    """At 95 %."""
    assert interval(right, count) == pytest.approx((low, high), abs=0.001)


def test_it_comes_by_itself_once_a_week(admin_setup: AdminSetup) -> None:
    """From Monday nine o'clock on; not in the week of the first start, and in no week twice."""
    told: list[Report] = []

    async def send(report: Report, week: str) -> None:
        told.append(report)
        admin_setup.notices.add(NoticeKind.DIGEST, [], b"", week)

    counts = []
    for now in (
        "2026-05-27 12:00",  # a Wednesday
        "2026-06-01 08:59",  # a Monday
        "2026-06-01 09:00",
        "2026-06-03 09:00",
        "2026-06-10 03:00",  # it was off on Monday
    ):
        admin_setup.clock.now = datetime.fromisoformat(now).astimezone()
        asyncio.run(admin_setup.digest.send_if_due(admin_setup.current, send))
        counts.append(len(told))
    assert counts == [0, 0, 1, 1, 2]


def test_a_week_is_noted_with_the_delivery(admin_setup: AdminSetup) -> None:
    """Until then it waits, and is not made again; where it can't be delivered, the week is over too."""
    history, notices, made = admin_setup.history, admin_setup.notices, []
    history.put_mark("digest", "2020-1")

    async def send(_report: Report, week: str) -> None:
        made.append(week)
        notices.add(NoticeKind.DIGEST, [5, 6], b"", week)

    for _ in range(2):
        asyncio.run(admin_setup.digest.send_if_due(admin_setup.current, send))
    assert (made, history.mark("digest")) == (["2026-22"], "2020-1")
    waiting = notices.next(5)
    assert waiting
    notices.settle(waiting.id)
    assert history.mark("digest") == "2026-22"
    asyncio.run(admin_setup.digest.send_if_due(admin_setup.current, send))
    assert made == ["2026-22"]
