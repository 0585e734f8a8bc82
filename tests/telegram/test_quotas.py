"""What one person may do."""

import hashlib
from datetime import date

import pytest

from bot.items import VerdictKind
from bot.store.records import NOTHING, Feedback, Miss, Opinion, Records, State
from bot.telegram.quotas import DailyQuota, MemberRateLimit, Pace

MISSED = Records(misses=(Miss("几点", "几点", VerdictKind.UNKNOWN, State.OPEN, None, 0.0),))
JUDGED = Records(feedback=(Feedback("几点", "几点", "opening", Opinion.HELPFUL),))
FINE, NOTICE, SILENT = Pace.FINE, Pace.NOTICE, Pace.SILENT
FLOODS = {
    "an ordinary talk": ([0, 5, 10, 20, 61, 66, 75, 90], [FINE] * 8),
    "a burst gets one notice": ([0, 1, 2, 3, 4, 5, 6, 7], [FINE] * 4 + [NOTICE] + [SILENT] * 3),
    "silence until it was half as many": (
        [0, 1, 2, 3, 4, 30, 63, 65, 124],
        [FINE] * 4 + [NOTICE, SILENT, SILENT, SILENT, FINE],
    ),
    "told again when it floods again": (
        [0, 0, 0, 0, 0, 100, 100, 100, 100, 100],
        [FINE] * 4 + [NOTICE] + [FINE] * 4 + [NOTICE],
    ),
    "a night's backlog is no flood": ([0, 600, 1200, 1800, 2400, 3000], [FINE] * 6),
    "a clock that goes back": ([100, 100, 50, 50, 0], [FINE] * 4 + [NOTICE]),
}


@pytest.mark.parametrize(("times", "expected"), FLOODS.values(), ids=FLOODS.keys())
def test_a_member_who_floods_is_told_once(times: list[float], expected: list[Pace]) -> None:
    """Four messages a minute are allowed here."""
    rate_limit = MemberRateLimit(4)
    assert [rate_limit.judge(7, at, number) for number, at in enumerate(times)] == expected


def test_an_update_counts_once_however_often_it_is_judged() -> None:
    """While the store fails it is tried again and again; its member asked once, and may still ask twice more."""
    rate_limit = MemberRateLimit(3)
    assert {rate_limit.judge(7, 0, 1) for _ in range(100)} == {FINE}
    assert [rate_limit.judge(7, 0, number) for number in (2, 3, 4)] == [FINE, FINE, NOTICE]
    assert rate_limit.judge(7, 0, 4) is NOTICE


def test_members_are_judged_each_by_themselves() -> None:
    """One who floods silences no other."""
    rate_limit = MemberRateLimit(1)
    judged = [rate_limit.judge(member, 0, number) for number, member in enumerate((1, 1, 2, 1, 2))]
    assert judged == [FINE, NOTICE, FINE, SILENT, NOTICE]


def test_ten_thousand_members_are_remembered_at_most() -> None:
    """The member who wrote longest ago is forgotten first."""
    rate_limit = MemberRateLimit(1)
    for member in range(10_001):
        rate_limit.judge(member, 0, member)
    assert rate_limit.judge(10_000, 0, 20_000) is NOTICE
    assert rate_limit.judge(0, 0, 20_001) is FINE


def test_a_member_fills_only_so_much_of_the_log_a_day() -> None:
    """Asking spends nothing; each member has a quota of their own, and the next day a new one."""
    days = [date(2026, 5, 31)]
    quota = DailyQuota(2, today=lambda: days[-1])
    for _ in range(5):
        assert quota.has_left(7, MISSED)
    quota.spend(7, MISSED)
    assert quota.has_left(7, MISSED)
    quota.spend(7, MISSED)
    assert (quota.has_left(7, MISSED), quota.has_left(8, MISSED)) == (False, True)
    days.append(date(2026, 6, 1))
    assert quota.has_left(7, MISSED)


def test_misses_and_opinions_are_counted_apart() -> None:
    """A turn that records both needs room for both."""
    quota = DailyQuota(1)
    quota.spend(7, MISSED)
    assert (quota.has_left(7, JUDGED), quota.has_left(7, MISSED)) == (True, False)
    assert not quota.has_left(7, Records(misses=MISSED.misses, feedback=JUDGED.feedback))
    assert quota.has_left(7, NOTHING)


def test_nobody_can_be_found_among_who_was_counted() -> None:
    """Not by trying every id either: the key of the hash is another one each day, and in each process."""
    days = [date(2026, 5, 31)]
    quotas = [DailyQuota(2, today=lambda: days[-1]) for _ in range(2)]
    seen = []
    for day in (date(2026, 6, 1), date(2026, 6, 2)):
        days.append(day)
        for quota in quotas:
            quota.spend(7700112233, MISSED)
            seen += list(quota._counts)
    assert len(set(seen)) == 4
    assert hashlib.sha256(b"7700112233").digest() not in seen
