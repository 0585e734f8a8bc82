"""Which answers no longer hold, and which are to be read again, by the days that admins have set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.items import Item, KnowledgeBase


@dataclass(frozen=True, slots=True)
class Overdue:
    """An item of which a day has passed: the last one on which its answer holds, or the one to read it again by.

    Where both have passed it is the former.
    """

    item: Item
    day: date
    is_expired: bool


def overdue(base: KnowledgeBase, today: date) -> Sequence[Overdue]:
    """The items of which a day has passed: the longest ago first, on the same day in the order of the files."""
    found = []
    for item in base.items:
        if item.is_expired(today):
            found.append(Overdue(item, date.fromisoformat(item.valid_until), is_expired=True))
        elif item.is_due(today):
            found.append(Overdue(item, date.fromisoformat(item.review_by), is_expired=False))
    return sorted(found, key=lambda late: late.day)


def newly_overdue(base: KnowledgeBase, since: date, today: date) -> int:
    """Of how many items a day has passed since another day, up to which they were counted already."""
    return sum(
        any(day and since.isoformat() <= day < today.isoformat() for day in (item.valid_until, item.review_by))
        for item in base.items
    )
