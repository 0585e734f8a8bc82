"""How the week went, what to fix next, and what the judgements say."""

import asyncio
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from bot.conversation.records import answered_questions
from bot.curation.digest import DRAWN, Report
from bot.items import VerdictKind
from bot.snapshot import CONFIDENCE
from bot.store.records import Answered, Feedback, Judged, NoticeKind, Opinion, Records, Sample, State
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
    for text in ("星期天食堂关吗", *["洗衣机把卡搅坏了"] * 3, "洗衣机把卡搅坏了呀"):
        admin_setup.miss(text)
    text = admin_setup.say("/digest").text
    assert "1. 写一条「洗衣机把卡搅坏了」：能答上 4 次" in text
    assert "2. 写一条「星期天食堂关吗」：能答上 1 次" in text
    assert "「洗衣机把卡搅坏了」" in admin_setup.press(admin_setup.say("/digest"), "1 看这张卡片").text
    admin_setup.clock.now += timedelta(days=31)
    assert admins_texts.DIGEST_NO_EDITS in admin_setup.say("/digest").text


def test_what_resembles_nothing_is_no_next_edit(admin_setup: AdminSetup) -> None:
    """It is counted, with how often it was asked: it may be a matter that is missing altogether."""
    for text in (*["写首诗送我妈"] * 3, "今年有几个闰月"):
        admin_setup.miss(text)
    text = admin_setup.say("/digest").text
    assert "有 2 组问题（问过 4 次）跟哪一条都不像" in text
    assert admins_texts.DIGEST_NO_EDITS not in text
    admin_setup.miss("洗衣机把卡搅坏了")
    shown = admin_setup.say("/digest")
    assert "1. 写一条「洗衣机把卡搅坏了」：能答上 1 次\n有 2 组问题" in shown.text
    assert "「洗衣机把卡搅坏了」" in admin_setup.press(shown, "1 看这张卡片").text


def answer(admin_setup: AdminSetup, questions: Iterable[str], confidence: str = CONFIDENCE) -> None:
    """The card is the answer to these questions; the later they come in the alphabet, the surer."""
    rows = (Answered(text, text, "card", ord(text[-1]) / 1000, confidence) for text in questions)
    admin_setup.usage.record(Records(answered=tuple(rows)))


def to_judge(admin_setup: AdminSetup) -> list[str]:
    return [answered.question for answered in admin_setup.digest.to_judge(admin_setup.current.snapshot)]


def test_answers_are_judged(admin_setup: AdminSetup) -> None:
    """First five that were drawn, then the least sure of the others; one press each; and what comes of it."""
    admin_setup.digest.random = Random(1)
    answer(admin_setup, "abcdefghijklmnop")
    waiting = to_judge(admin_setup)
    drawn, unsure = waiting[:DRAWN], waiting[DRAWN:]
    assert unsure == [text for text in "abcdefghijklmnop" if text not in drawn][:5]
    assert drawn != ["a", "b", "c", "d", "e"]
    shown = admin_setup.say("/digest")
    assert admins_texts.SAMPLE_NONE in shown.text
    shown = admin_setup.press(shown, admins_texts.BUTTON_JUDGE)
    for number, text in enumerate(waiting):
        assert f"「{text}」" in shown.text
        assert f"连这条还有 {10 - number} 条" in shown.text
        is_wrong = number in {4, 7}
        shown = admin_setup.press(shown, admins_texts.BUTTON_WRONG if is_wrong else admins_texts.BUTTON_RIGHT)
        if is_wrong:
            assert shown.text.endswith(admins_texts.JUDGED_WRONG)
            shown = admin_setup.press(shown, admins_texts.BUTTON_JUDGE_NEXT.format(left=9 - number))
    # The least sure one that was wrong counts for nothing here: 1 of 5 at the most 65.74 %.
    of_sample = "随机抽查 5 条，判错 1 条：九成五的把握，答错的不超过 66%。"
    assert shown.text == f"{admins_texts.JUDGED_SO_FAR.format(count=10, right=8)}\n{of_sample}"
    assert of_sample in admin_setup.say("/digest").text
    assert of_sample in admin_setup.say("/status").text
    assert Judged(drawn[4], drawn[4], "card", right=False) in admin_setup.usage.judged()
    admin_setup.clock.now += timedelta(days=8)
    assert to_judge(admin_setup) == []


def test_each_time_that_an_answer_was_given_counts(admin_setup: AdminSetup) -> None:
    """What was asked ninety times of a hundred is most of what is drawn; it is judged once and counts as often."""
    admin_setup.digest.random = Random(1)
    answer(admin_setup, "abcdefghij" + 90 * "z")
    assert "z" in to_judge(admin_setup)
    admin_setup.usage.judge(Judged("z", "z", "card", right=False))
    assert admin_setup.usage.sample(CONFIDENCE) in {Sample(4, 4), Sample(5, 5)}


def test_everything_is_drawn_with_the_same_chance(admin_setup: AdminSetup) -> None:
    """However sure, and whether it was judged before or not; also where less was answered than is drawn."""
    admin_setup.digest.random = Random(1)
    times = dict.fromkeys("abcdefghij", 0)
    answer(admin_setup, "abc")
    assert sorted(to_judge(admin_setup)) == ["a", "b", "c"]
    for text in "abc":
        admin_setup.usage.judge(Judged(text, text, "card", right=True))
    for _ in range(60):
        admin_setup.clock.now += timedelta(days=7)
        answer(admin_setup, times)
        to_judge(admin_setup)
        for answered in admin_setup.usage.drawn():
            times[answered.question] += 1
    # 30 each is expected, with a deviation of 3.9.
    assert sum(times.values()) == 300
    assert all(17 <= count <= 43 for count in times.values())


def test_a_draw_is_a_weeks(admin_setup: AdminSetup) -> None:
    """It stays until Monday, across restarts; the next one is from what was answered since, and only that."""
    admin_setup.clock.now = datetime.fromisoformat("2026-06-01 09:00+00:00")
    assert to_judge(admin_setup) == []
    answer(admin_setup, "abc")
    to_judge(admin_setup)
    admin_setup.clock.now += timedelta(days=6)
    answer(admin_setup, "xy")
    admin_setup.start()
    assert to_judge(admin_setup) == ["a", "b", "c", "x", "y"]
    assert [answered.question for answered in admin_setup.usage.drawn()] == ["a", "b", "c"]
    admin_setup.clock.now += timedelta(days=1)
    to_judge(admin_setup)
    assert [answered.question for answered in admin_setup.usage.drawn()] == ["x", "y"]
    # Least sure now, and no longer drawn: whether it is judged depends on how sure the bot was.
    admin_setup.usage.judge(Judged("a", "a", "card", right=True))
    assert admin_setup.usage.sample(CONFIDENCE) == Sample(0, 0)


def test_a_sample_is_of_one_confidence_model(admin_setup: AdminSetup) -> None:
    """What another one answered is neither drawn nor counted; what both answered counts from the change on."""
    answer(admin_setup, "ab", "older")
    admin_setup.usage.draw("older", DRAWN, admin_setup.clock.now, Random(1))
    for text in "ab":
        admin_setup.usage.judge(Judged(text, text, "card", right=True))
    assert admin_setup.usage.sample("older") == Sample(2, 0)
    assert admin_setup.usage.sample(CONFIDENCE) == Sample(0, 0)
    admin_setup.clock.now += timedelta(days=7)
    answer(admin_setup, "aaabcc", "older")
    answer(admin_setup, "ad")
    to_judge(admin_setup)
    drawn = admin_setup.usage.drawn()
    assert [answered.question for answered in drawn] == ["a", "d"]
    for answered in drawn:
        admin_setup.usage.judge(Judged(answered.question, answered.key, answered.item, right=True))
    assert admin_setup.usage.sample(CONFIDENCE) == Sample(2, 0)


def test_a_real_answer_has_the_version_of_its_confidence(admin_setup: AdminSetup) -> None:
    """It can be drawn, then."""
    verdict = admin_setup.current.snapshot.matcher.match("补办饭卡")
    admin_setup.usage.record(Records(answered=answered_questions("补办饭卡", verdict)))
    to_judge(admin_setup)
    assert [(answered.question, answered.confidence) for answered in admin_setup.usage.drawn()] == [
        ("补办饭卡", CONFIDENCE)
    ]


def test_a_sample_is_forgotten_with_its_question(admin_setup: AdminSetup) -> None:
    """By whoever asks for it, and after the time that judgements are kept."""
    answer(admin_setup, "ab")
    to_judge(admin_setup)
    for text in "ab":
        admin_setup.usage.judge(Judged(text, text, "card", right=True))
    admin_setup.misses.forget("a")
    assert admin_setup.usage.sample(CONFIDENCE) == Sample(1, 0)
    admin_setup.clock.now += timedelta(days=31)
    admin_setup.database.purge(timedelta(days=30))
    assert admin_setup.usage.sample(CONFIDENCE) == Sample(0, 0)


def test_days_begin_at_midnight_of_the_clock(admin_setup: AdminSetup) -> None:
    """The digest's last day, and the week of a draw: it is Monday in Shanghai 8 hours before it is in Greenwich."""
    admin_setup.clock.zone = ZoneInfo("Asia/Shanghai")
    admin_setup.clock.now = datetime.fromisoformat("2026-06-07 23:59+08:00")
    answer(admin_setup, "ab")
    admin_setup.usage.record(Records(verdicts=(VerdictKind.ANSWER,)))
    assert to_judge(admin_setup)
    answer(admin_setup, "c")
    admin_setup.clock.now += timedelta(minutes=1)
    assert "6月2日到6月8日" in admin_setup.say("/digest").text
    assert [answered.question for answered in admin_setup.usage.drawn()] == ["c"]
    assert list(admin_setup.usage.daily(date(2026, 6, 1))) == [date(2026, 6, 7)]


STATUS = {
    "nothing is known": ((), (), "「食堂几点开门？」、「食堂几点关门？」、「饭卡丢了怎么补？」"),
    "one is shown often": (("card",), (), "「饭卡丢了怎么补？」、「食堂几点开门？」、「食堂几点关门？」"),
    "another is nearest to misses": (
        ("card",),
        ("closing", "closing"),
        "「食堂几点关门？」、「饭卡丢了怎么补？」、「食堂几点开门？」",
    ),
}


@pytest.mark.parametrize(("shown", "missed", "questions"), STATUS.values(), ids=STATUS.keys())
def test_the_status_says_what_would_help_most(
    admin_setup: AdminSetup, shown: tuple[str, ...], missed: tuple[str, ...], questions: str
) -> None:
    """The items that are wanted most come first, where most have few phrasings."""
    admin_setup.usage.record(Records(shown=shown))
    for _ in range(9):
        admin_setup.miss("老早处理好了的", item="opening")
    admin_setup.misses.set_state([row.id for row in admin_setup.misses.rows(list(State))], State.HANDLED)
    for number, item in enumerate(missed):
        admin_setup.miss(f"问{number}", item=item)
    text = admin_setup.say("/status").text
    assert "现在有 3 条问答、1 条讲话没说的" in text
    assert "除了标准问法最多只有 2 种问法，很多问题只能给出候选、不能直接回答" in text
    assert f"各补到 6 种：{questions}。" in text
    assert admins_texts.SAMPLE_NONE in text


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_it_comes_by_itself_once_a_week(admin_setup: AdminSetup, zone: str) -> None:
    """From Monday nine o'clock on by the clock's zone; not in the week of the first start, and in no week twice."""
    admin_setup.clock.zone = ZoneInfo(zone)
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
        "2026-06-10 09:00",
        "2026-06-14 23:59",
        "2026-06-15 09:00",
    ):
        admin_setup.clock.now = datetime.fromisoformat(now).replace(tzinfo=admin_setup.clock.zone)
        asyncio.run(admin_setup.digest.send_if_due(admin_setup.current, send))
        counts.append(len(told))
    assert counts == [0, 0, 1, 1, 1, 2, 2, 3]


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
