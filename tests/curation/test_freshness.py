"""Which answers are on the admins' list, by the days that were set."""

from dataclasses import replace
from datetime import date

import pytest

from bot.curation.freshness import newly_overdue, overdue
from bot.items import Item, KnowledgeBase

TODAY = date(2026, 5, 31)
ITEM = Item("card", "食堂", "饭卡丢了怎么补？", "到窗口。")
LISTED = {
    "no day": (ITEM, None),
    "its last day": (replace(ITEM, valid_until="2026-05-31"), None),
    "past its day": (replace(ITEM, valid_until="2026-05-30"), (date(2026, 5, 30), True)),
    "to be read again": (replace(ITEM, review_by="2026-05-01"), (date(2026, 5, 1), False)),
    "read again by today": (replace(ITEM, review_by="2026-05-31"), None),
    "both": (replace(ITEM, review_by="2026-05-01", valid_until="2026-05-30"), (date(2026, 5, 30), True)),
}


def base(*items: Item) -> KnowledgeBase:
    return KnowledgeBase("须知", tuple(replace(item, id=f"item-{number}") for number, item in enumerate(items)))


@pytest.mark.parametrize(("item", "listed"), LISTED.values(), ids=LISTED.keys())
def test_an_item_is_listed_from_the_day_after(item: Item, listed: tuple[date, bool] | None) -> None:
    """With the day that has passed; where both have, with the last one on which it held."""
    found = [(late.day, late.is_expired) for late in overdue(base(item), TODAY)]
    assert found == ([listed] if listed else [])


def test_the_longest_ago_comes_first() -> None:
    """On the same day in the order of the files."""
    days = ["2026-05-30", "2026-05-02", "2026-05-30"]
    items = base(*(replace(ITEM, valid_until=day) for day in days))
    assert [late.item.id for late in overdue(items, TODAY)] == ["item-1", "item-0", "item-2"]


COUNTED = {
    "passed since": ("2026-05-30", 1),
    "was the day itself then": ("2026-05-28", 1),
    "passed before": ("2026-05-27", 0),
    "is the day itself": ("2026-05-31", 0),
}


@pytest.mark.parametrize(("day", "count"), COUNTED.values(), ids=COUNTED.keys())
def test_a_day_counts_once(day: str, count: int) -> None:
    """On the first count after it has passed."""
    items = base(replace(ITEM, review_by=day), ITEM)
    assert newly_overdue(items, date(2026, 5, 28), TODAY) == count
