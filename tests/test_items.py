"""When an answer no longer holds, and when it is to be read again."""

from datetime import date

import pytest

from bot.items import Item

TODAY = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("day", "has_passed"),
    [("", False), ("2026-12-30", True), ("2026-12-31", False), ("2027-01-01", False), ("0999-01-01", True)],
    ids=["no day", "yesterday", "today", "tomorrow", "long ago"],
)
def test_a_day_has_passed_when_it_is_over(day: str, has_passed: bool) -> None:  # noqa: FBT001
    """The day itself still counts; without a day nothing ever passes."""
    item = Item("card", "食堂", "饭卡丢了怎么补？", "到窗口。", valid_until=day)
    assert (item.is_expired(TODAY), item.is_due(TODAY)) == (has_passed, False)
    item = Item("card", "食堂", "饭卡丢了怎么补？", "到窗口。", review_by=day)
    assert (item.is_expired(TODAY), item.is_due(TODAY)) == (False, has_passed)
