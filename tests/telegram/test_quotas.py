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
    limit = MemberRateLimit(4)
    assert [limit.judge(7, at, update_id) for update_id, at in enumerate(times)] == expected


def test_members_are_judged_each_by_themselves() -> None:
    """One that floods silences no other."""
    limit = MemberRateLimit(1)
    members = (1, 1, 2, 1, 2)
    judged = [limit.judge(member, 0, update_id) for update_id, member in enumerate(members)]
    assert judged == [FINE, NOTICE, FINE, SILENT, NOTICE]


def test_an_update_counts_once_however_often_it_is_tried() -> None:
    """While the store fails it is handled again and again, and keeps its judgement."""
    limit = MemberRateLimit(2)
    assert [limit.judge(7, 0, update_id=1) for _ in range(9)] == [FINE] * 9
    assert [limit.judge(7, 0, update_id) for update_id in (2, 3, 3, 4)] == [FINE, NOTICE, NOTICE, SILENT]


def test_ten_thousand_members_are_remembered_at_most() -> None:
    """Whoever wrote longest ago is forgotten first."""
    limit = MemberRateLimit(1)
    for member in range(10_001):
        assert limit.judge(member, 0, update_id=member) is FINE
    assert limit.judge(1, 0, update_id=20_000) is NOTICE
    assert limit.judge(0, 0, update_id=20_001) is FINE


def test_one_person_fills_only_so_much_of_the_log_a_day() -> None:
    """Others are counted by themselves; the next day all is forgotten."""
    days = [date(2026, 5, 31)]
    quota = DailyQuota(2, today=lambda: days[-1])
    for _ in range(2):
        assert quota.has_left(7)
        quota.spend(7)
    assert (quota.has_left(7), quota.has_left(8)) == (False, True)
    days.append(date(2026, 6, 1))
    assert quota.has_left(7)


def test_what_is_only_asked_for_spends_nothing() -> None:
    """A record that comes to nothing leaves the quota as it was."""
    quota = DailyQuota(1)
    assert [quota.has_left(7) for _ in range(3)] == [True] * 3


def test_members_are_counted_under_names_that_can_not_be_traced() -> None:
    """The same member has another pseudonym in another process, and on another day."""
    days = [date(2026, 5, 31)]
    quota, other = DailyQuota(2, today=lambda: days[-1]), DailyQuota(2, today=lambda: days[-1])
    names: list[bytes] = []
    for day in (date(2026, 5, 31), date(2026, 6, 1)):
        days.append(day)
        for counted in (quota, other):
            counted.spend(7)
            names += counted._counts
    assert len(set(names)) == 4
    assert all(str(7).encode() != name for name in names)
