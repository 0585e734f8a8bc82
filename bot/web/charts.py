"""Where the marks of a chart stand; templates draw them. Places across are percentages: text is never scaled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_TICKS = 4
_LABELS = 4
"""Dates below a chart, at most: more would not fit on a phone."""
_ROUND = (1, 2, 5, 10)


@dataclass(frozen=True)
class Part:
    """A part of a column: its series, and its place down from the top and height, in units of the chart's height."""

    name: str
    count: int
    top: float
    height: float


@dataclass(frozen=True)
class Column:
    """What happened on a day, as parts upon each other; ``left`` and ``width`` in percent."""

    day: date
    left: float
    width: float
    parts: Sequence[Part]
    is_labelled: bool

    @property
    def middle(self) -> float:
        """Where its label stands, in percent."""
        return self.left + self.width / 2


@dataclass(frozen=True)
class DayChart:
    """Columns of days without gaps between the first and the last, and ticks: each a value and its place downwards."""

    columns: Sequence[Column]
    ticks: Sequence[tuple[int, float]]


def ticks(highest: int) -> Sequence[int]:
    """Whole, round and evenly spaced values from 0, at most five; the last is at least the highest."""
    step = unit = 1
    while True:
        for factor in _ROUND:
            step = unit * factor
            if step * _TICKS >= highest:
                return range(0, step * max(1, -(-highest // step)) + 1, step)
        unit *= 10


def day_chart(days: Sequence[tuple[date, dict[str, int]]], height: float) -> DayChart:
    """A chart of these days, oldest first, each with its counts by series, in the order from the ground up."""
    values = ticks(max((sum(counts.values()) for _, counts in days), default=0))
    scale = height / values[-1]
    share = 100 / max(1, len(days))
    every = -(-len(days) // _LABELS)
    columns = []
    for number, (day, counts) in enumerate(days):
        parts, top = [], height
        for name, count in counts.items():
            top -= count * scale
            parts.append(Part(name, count, round(top, 2), round(count * scale, 2)))
        left, width = round(share * (number + 0.1), 3), round(share * 0.8, 3)
        columns.append(Column(day, left, width, parts, (number - every // 2) % every == 0))
    return DayChart(columns, [(value, round(height - value * scale, 2)) for value in values])


def between(first: date, last: date) -> Sequence[date]:
    """All days from the first to the last."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
