"""How the bot does, in numbers: what was answered a day, and what waits."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from starlette.responses import Response

from bot.conversation.cards import sampled
from bot.items import Kind, VerdictKind
from bot.snapshot import CONFIDENCE
from bot.store.records import Opinion
from bot.texts.page import figures as texts
from bot.web.charts import between, day_chart
from bot.web.services import Services
from bot.web.visit import Page, Visit

_PERIODS = (7, 30, 90, 0)
"""Days to choose from; 0 for all that is kept."""
_PERIOD = 30
_ROWS = 10
_HEIGHT = 160
_AGES = (1, 7, 30)
"""Days below which an open miss belongs to the first ages; all others belong to the last."""


def _show(visit: Visit) -> Response:
    services = visit.services
    period = next((days for days in _PERIODS if visit.query.get("days") == str(days)), _PERIOD)
    today = services.clock.today()
    daily = services.usage.daily(today - timedelta(days=(period or services.retention_days) - 1))
    days = _days(daily, today, period)
    opinions = Counter[str]()
    for counts in daily.values():
        opinions.update({opinion: counts.get(opinion, 0) for opinion in Opinion})
    shown = services.usage.shown()
    answers = [item for item in services.current.snapshot.base.items if item.kind is Kind.ANSWER]
    hot = sorted((item for item in answers if shown.get(item.id)), key=lambda item: -shown[item.id])
    return visit.page(
        "figures.html",
        periods=_PERIODS,
        period=period,
        height=_HEIGHT,
        days=days,
        chart=day_chart(days, _HEIGHT) if any(sum(counts.values()) for _, counts in days) else None,
        right=sampled(services.usage.sample(CONFIDENCE)),
        opinions=opinions if opinions.total() else None,
        clusters=[(cluster.questions[0].question, cluster.asked) for cluster in services.clusters.top(_ROWS)],
        hot=[(item.question, shown[item.id]) for item in hot[:_ROWS]],
        cold=[item.question for item in answers if not shown.get(item.id)][:_ROWS],
        ages=list(zip(texts.AGE_NAMES, _ages(services, today), strict=True)),
    )


def _days(daily: Mapping[date, Mapping[str, int]], today: date, period: int) -> Sequence[tuple[date, dict[str, int]]]:
    """The days of a period up to today with their counts, by the keys of ``texts.LINES``; all days from the first."""
    first = today - timedelta(days=period - 1) if period else min(daily, default=today)
    rows = []
    for day in between(min(first, today), today):
        counts = daily.get(day, {})
        missed = counts.get(VerdictKind.UNKNOWN, 0) + counts.get(VerdictKind.NOT_COVERED, 0)
        answered, offered = counts.get(VerdictKind.ANSWER, 0), counts.get(VerdictKind.SUGGEST, 0)
        rows.append((day, {"answered": answered, "offered": offered, "missed": missed}))
    return rows


def _ages(services: Services, today: date) -> Sequence[int]:
    """How many open misses have each of the ages ``texts.AGE_NAMES``."""
    starts = [services.clock.midnight(today - timedelta(days=days - 1)) for days in _AGES]
    younger = [services.misses.count_open(since) for since in (*starts, datetime.fromtimestamp(0, UTC))]
    return [count - before for before, count in pairwise([0, *younger])]


PAGE = Page(path="/figures", label=texts.LABEL, shows={"/figures": _show})
