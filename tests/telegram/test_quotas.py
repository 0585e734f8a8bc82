"""What one person may do."""

from datetime import date

import pytest

from bot.telegram.quotas import DailyQuota, MemberRateLimit, Pace

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
def test_floods(times: list[float], expected: list[Pace]) -> None:
    """Four a minute are allowed here."""
    guard = MemberRateLimit(4)
    assert [guard.judge(7, at) for at in times] == expected


def test_members_are_judged_each_by_themselves() -> None:
    """One that floods silences no other."""
    guard = MemberRateLimit(1)
    assert [guard.judge(member, 0) for member in (1, 1, 2, 1, 2)] == [FINE, NOTICE, FINE, SILENT, NOTICE]


def test_ten_thousand_members_are_remembered_at_most() -> None:
    """Whoever wrote longest ago is forgotten first."""
    guard = MemberRateLimit(1)
    for member in range(20_000):
        guard.judge(member, 0)
    assert guard.judge(0, 0) is FINE
    assert guard.judge(19_999, 0) is NOTICE


def test_one_person_fills_only_so_much_of_the_log_a_day() -> None:
    """The next day all is forgotten, the key of the hash too."""
    days = [date(2026, 5, 31)]
    quota = DailyQuota(2, today=lambda: days[-1])
    assert [quota.admits(7700112233) for _ in range(3)] == [True, True, False]
    assert quota.admits(8)
    before = set(quota._counts)
    days.append(date(2026, 6, 1))
    assert quota.admits(7700112233)
    assert before.isdisjoint(quota._counts)


def test_members_are_counted_without_their_ids() -> None:
    """Neither in digits nor in bytes; and no two quotas count a member under the same hash."""
    quotas = [DailyQuota(2), DailyQuota(2)]
    for quota in quotas:
        quota.admits(7700112233)
    first, second = (bytes(person) for quota in quotas for person in quota._counts)
    assert first != second
    assert not [kept for kept in (b"7700112233", (7700112233).to_bytes(5, "big")) if kept in first + second]
