"""The clock by which days, weeks and hours are told."""

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.clock import Clock

MIDNIGHTS = {
    "east of Greenwich": ("Asia/Shanghai", "2026-06-01", "2026-05-31T16:00:00+00:00"),
    "at Greenwich": ("UTC", "2026-06-01", "2026-06-01T00:00:00+00:00"),
    "west of it in winter": ("America/New_York", "2026-03-08", "2026-03-08T05:00:00+00:00"),
    "the day after the clocks go forward": ("America/New_York", "2026-03-09", "2026-03-09T04:00:00+00:00"),
    "the day on which they go back": ("America/New_York", "2026-11-01", "2026-11-01T04:00:00+00:00"),
    "the day after": ("America/New_York", "2026-11-02", "2026-11-02T05:00:00+00:00"),
}


@pytest.mark.parametrize(("zone", "day", "expected"), MIDNIGHTS.values(), ids=MIDNIGHTS.keys())
def test_when_a_day_begins(zone: str, day: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the zone that is set, or by the machine's own where none is."""
    midnight = datetime.fromisoformat(expected)
    assert Clock(ZoneInfo(zone)).midnight(date.fromisoformat(day)) == midnight
    with monkeypatch.context() as context:
        context.setenv("TZ", zone)
        time.tzset()
        assert Clock().midnight(date.fromisoformat(day)) == midnight
        assert Clock().local(midnight).isoformat().startswith(f"{day}T00:00:00")
    time.tzset()


def test_it_is_now() -> None:
    """The same moment in every zone."""
    before = datetime.now(UTC)
    assert before <= Clock(ZoneInfo("Asia/Shanghai"))() <= Clock()() <= datetime.now(UTC)
    assert Clock(ZoneInfo("Asia/Shanghai"))().utcoffset() == Clock(ZoneInfo("Asia/Shanghai")).local(before).utcoffset()
