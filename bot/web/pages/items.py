"""All items by topic: searched, filtered, and opened to be changed; and the lists of words that matching uses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby

from starlette.responses import Response

from bot.curation.item_search import holding
from bot.items import Item
from bot.texts.page import items as texts
from bot.web import item_page, words_page
from bot.web.visit import Page, Visit

_FEW = 8
"""An item with fewer phrasings is asked in ways that nobody has written down."""
_A_PAGE = 100
_LONGEST = 100
"""Characters that are looked for."""


@dataclass(frozen=True, slots=True)
class _Row:
    """An item in the list, with how it was used within 30 days."""

    item: Item
    count: int
    shown: int
    complaints: int
    is_overdue: bool
    overlaps: int
    """How many of its phrasings meet other items."""


_SLOW = "overlapping"
_FILTERS: Mapping[str, Callable[[_Row], bool]] = {
    "few": lambda row: row.count < _FEW,
    "disliked": lambda row: row.complaints > 0,
    "unasked": lambda row: not row.shown,
    _SLOW: lambda row: row.overlaps > 0,
    "overdue": lambda row: row.is_overdue,
}


def _show(visit: Visit) -> Response:
    services = visit.services
    snapshot = services.current.snapshot
    base = snapshot.base
    words = visit.query.get("q", "")[:_LONGEST].strip()
    topics = list(dict.fromkeys(item.topic for item in base.items))
    topic = visit.query.get("topic", "") if visit.query.get("topic") in topics else ""
    chosen = visit.query.get("only", "") if visit.query.get("only") in _FILTERS else ""
    shown, complaints, today = services.usage.shown(), services.usage.complaints_by_item(), services.clock.today()
    # They cost a minute, which is worth it only for those who look for them.
    overlaps, is_compared = services.overlaps.of(snapshot.index, snapshot.confidence) if chosen == _SLOW else ({}, True)
    rows = [
        _Row(
            item,
            len(item.all_phrasings()),
            shown.get(item.id, 0),
            complaints.get(item.id, 0),
            item.is_expired(today) or item.is_due(today),
            len(overlaps.get(item.id, ())),
        )
        for item in holding(words, base)
        if not topic or item.topic == topic
    ]
    if chosen:
        rows = [row for row in rows if _FILTERS[chosen](row)]
    rows.sort(key=lambda row: topics.index(row.item.topic))
    last = max(0, len(rows) - 1) // _A_PAGE
    page = min(visit.number("page"), last)
    of_page = rows[page * _A_PAGE : (page + 1) * _A_PAGE]
    return visit.page(
        "items.html",
        words=words,
        topic=topic,
        topics=topics,
        only=chosen,
        few=_FEW,
        is_compared=is_compared,
        count=len(rows),
        groups=[(name, list(group)) for name, group in groupby(of_page, lambda row: row.item.topic)],
        page=page,
        last=last,
        undo=visit.number("undo"),
    )


PAGE = Page(
    path="/items",
    label=texts.LABEL,
    shows={
        "/items": _show,
        "/items/words/{name}": words_page.show,
        "/items/{item}": item_page.show,
    },
    does={
        "/items/words/{name}": words_page.change,
        "/items/{item}": item_page.change,
        "/items/{item}/correction": item_page.correct,
    },
)
