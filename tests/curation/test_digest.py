"""How the week went, what to mend next, and what the judgements say."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.conversation.replies import Reply
from bot.curation.digest import interval
from bot.curation.weekly import Weekly
from bot.store.records import Answered, Feedback, Judged, Opinion, Records
from bot.texts import admins as admins_texts
from tests.workshop import Workshop


def test_the_counts_are_of_the_last_seven_days(workshop: Workshop) -> None:
    """Small talk is no question; what is older does not count."""
    workshop.journal.record(Records(counted=("answer", "unknown")))
    workshop.clock.now += timedelta(days=6)
    thumbs = (Feedback("问", "问", "card", Opinion.HELPFUL), Feedback("问", "问", "card", Opinion.WRONG))
    workshop.journal.record(Records(counted=("answer", "suggest", "not-covered", "small-talk"), feedback=thumbs))
    assert "问了 5 次：答上 2，给了备选 1，老实说没有 1，没答上 1。\n👍 1　👎 1" in workshop.say("/digest").text
    workshop.clock.now += timedelta(days=1)
    assert "问了 3 次：答上 1，" in workshop.say("/digest").text


def test_the_best_next_edits(workshop: Workshop) -> None:
    """What answers most of the last month's misses comes first."""
    assert admins_texts.DIGEST_NO_EDITS in workshop.say("/digest").text
    for text in ("塑料片被狗吃了", *["外星人来过没有"] * 3, "外星人来过没有呀"):
        workshop.miss(text)
    text = workshop.say("/digest").text
    assert "1. 写一条「外星人来过没有」：能答上 4 次" in text
    assert "2. 写一条「塑料片被狗吃了」：能答上 1 次" in text
    assert "「外星人来过没有」" in workshop.press(workshop.say("/digest"), "1 看这张卡片").text
    workshop.clock.now += timedelta(days=31)
    assert admins_texts.DIGEST_NO_EDITS in workshop.say("/digest").text


def test_the_least_sure_answers_are_judged(workshop: Workshop) -> None:
    """Ten of them, each once, one press each; and what comes of it."""
    for number in range(12):
        answered = Answered(f"问{number}", f"问{number}", "card", number / 100)
        workshop.journal.record(Records(answered=(answered,)))
    shown = workshop.press(workshop.say("/digest"), admins_texts.BUTTON_JUDGE)
    for number in range(10):
        assert f"「问{number}」" in shown.text
        assert f"连这条还有 {10 - number} 条" in shown.text
        shown = workshop.press(shown, admins_texts.BUTTON_WRONG if number == 4 else admins_texts.BUTTON_RIGHT)
        if number == 4:
            assert shown.buttons[-1].label == admins_texts.JUDGE_MEND
    assert shown == Reply(admins_texts.JUDGED_PRECISION.format(count=10, right=9, share=0.9, low=0.5958, high=0.9821))
    assert Judged("问4", "问4", "card", right=False) in workshop.journal.judged()
    assert [one.question for one in workshop.journal.to_judge(9)] == ["问10", "问11"]
    workshop.clock.now += timedelta(days=8)
    assert workshop.journal.to_judge(9) == []


INTERVALS = {"none of one": (0, 1, 0.0, 0.793), "9 of 10": (9, 10, 0.596, 0.982), "all of 50": (50, 50, 0.929, 1.0)}


@pytest.mark.parametrize(("right", "count", "low", "high"), INTERVALS.values(), ids=INTERVALS.keys())
def test_the_interval_is_wilsons(right: int, count: int, low: float, high: float) -> None:
    """At 95 %."""
    assert interval(right, count) == pytest.approx((low, high), abs=0.001)


def test_it_comes_by_itself_once_a_week(workshop: Workshop) -> None:
    """From Monday nine o'clock on; not in the week of the first start, and in no week twice."""
    told: list[Reply] = []

    async def tell(reply: Reply) -> None:
        told.append(reply)

    counts = []
    for now in (
        datetime(2026, 5, 27, 12, tzinfo=UTC),  # a Wednesday
        datetime(2026, 6, 1, 8, 59, tzinfo=UTC),  # a Monday
        datetime(2026, 6, 1, 9, tzinfo=UTC),
        datetime(2026, 6, 3, 9, tzinfo=UTC),
        datetime(2026, 6, 10, 3, tzinfo=UTC),  # it was off on Monday
    ):
        weekly = Weekly(workshop.digest, workshop.live, workshop.history, tell, lambda now=now: now)  # type: ignore[misc]
        asyncio.run(weekly.look())
        counts.append(len(told))
    assert counts == [0, 0, 1, 1, 2]
