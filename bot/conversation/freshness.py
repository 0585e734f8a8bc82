"""What admins read of the days until which answers hold, and of whom to ask."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date

from bot.conversation import callbacks
from bot.conversation.reply import Button, Rows
from bot.curation.freshness import Overdue
from bot.items import Item
from bot.texts import admins as texts

_LISTED = 10
_BUTTONS = 5
_DAY = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?")


def overdue_lines(overdue: Sequence[Overdue]) -> Iterator[str]:
    """The items of which a day has passed, after a blank line; nothing without any."""
    if not overdue:
        return
    yield ""
    yield texts.OVERDUE.format(count=len(overdue))
    for late in overdue[:_LISTED]:
        yield f"· {overdue_words(late)}"
    if len(overdue) > _LISTED:
        yield texts.OVERDUE_MORE.format(count=len(overdue) - _LISTED)


def overdue_rows(overdue: Sequence[Overdue]) -> Rows:
    """The way to the first of these items."""
    return tuple((Button(late.item.question, callbacks.ShowItem(late.item.id)),) for late in overdue[:_BUTTONS])


def overdue_words(late: Overdue) -> str:
    """An item of which a day has passed, in a line, with whoever knows."""
    words = texts.OVERDUE_EXPIRED if late.is_expired else texts.OVERDUE_REVIEW
    owner = texts.OVERDUE_OWNER.format(owner=late.item.owner) if late.item.owner else ""
    return words.format(question=late.item.question, day=late.day) + owner


def day_of(text: str) -> date | None:
    """The day that somebody has typed, with its year, as 2026-12-31, 2026.12.31 or 2026年12月31日; else None."""
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def freshness(item: Item) -> str:
    """Who knows whether an answer still holds, and its days; empty where nothing of that is said."""
    parts = (
        texts.FRESHNESS_OWNER.format(owner=item.owner) if item.owner else "",
        texts.FRESHNESS_VALID.format(day=date.fromisoformat(item.valid_until)) if item.valid_until else "",
        texts.FRESHNESS_REVIEW.format(day=date.fromisoformat(item.review_by)) if item.review_by else "",
    )
    return "，".join(filter(None, parts))
