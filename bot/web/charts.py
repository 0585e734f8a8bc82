"""Where the marks of a chart stand; templates draw them. Places across are percentages: text is never scaled."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

HEIGHT = 160
"""Of every chart, in pixels, without what stands above and below it."""
_TICKS = 4
_LABELS = 4
"""Labels below a chart, at most: more would not fit on a phone."""
_ROUND = (1, 2, 5, 10)
_QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)
PERCENT = "{:.0%}"


@dataclass(frozen=True, slots=True)
class Link:
    """The path of a page, with its query."""

    path: str
    query: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Series:
    """What a chart shows in one colour. ``tone`` is the class of the style sheet that has it."""

    label: str
    tone: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a column: its series, and its place down from the top and height, in pixels."""

    series: Series
    count: int
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """Parts upon each other, with the name of what they count; ``left`` and ``width`` in percent.

    ``label``: what stands below, empty where there is no place for it; ``link``: the page that lists what is
    counted, None where there is none.
    """

    name: str
    left: float
    width: float
    parts: Sequence[Part]
    label: str
    link: Link | None

    @property
    def middle(self) -> float:
        """Where its label stands, in percent."""
        return self.left + self.width / 2


@dataclass(frozen=True, slots=True)
class Mark:
    """A line from top to bottom: its place in percent, and what it says."""

    left: float
    label: str


@dataclass(frozen=True, slots=True)
class ColumnChart:
    """Columns side by side, and ticks: each what it says and its place down from the top, in pixels."""

    series: Sequence[Series]
    columns: Sequence[Column]
    ticks: Sequence[tuple[str, float]]
    marks: Sequence[Mark] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """A value: its place, across in percent and downwards in pixels, that of its interval's ends, and what it is."""

    left: float
    top: float
    ends: tuple[float, float] | None
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """Points of one series, from left to right. They are joined, and those that have a name are marked."""

    series: Series
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class LineChart:
    """Lines of shares between 0 and 1, with ticks at quarters, and labels below: each its place in percent."""

    lines: Sequence[Line]
    ticks: Sequence[tuple[str, float]]
    labels: Sequence[tuple[str, float]]

    @property
    def series(self) -> Sequence[Series]:
        """What is shown, in the order of the lines."""
        return [line.series for line in self.lines]


Chart = ColumnChart | LineChart


@dataclass(frozen=True, slots=True)
class Counted:
    """What a column shows: its full name, a short one for below, its counts from the ground up, and its page."""

    name: str
    short: str
    counts: Sequence[int]
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A share between 0 and 1, where it stands across, also between 0 and 1, and its interval if it has one."""

    place: float
    share: float
    name: str
    interval: tuple[float, float] | None = None


def ticks(highest: int) -> Sequence[int]:
    """Whole, round and evenly spaced values from 0, at most five; the last is at least the highest."""
    step = unit = 1
    while True:
        for factor in _ROUND:
            step = unit * factor
            if step * _TICKS >= highest:
                return range(0, step * max(1, -(-highest // step)) + 1, step)
        unit *= 10


def column_chart(series: Sequence[Series], columns: Sequence[Counted], marks: Sequence[Mark] = ()) -> ColumnChart:
    """A chart of columns, the left one first, each with a count for every series."""
    values = ticks(max((sum(column.counts) for column in columns), default=0))
    scale = HEIGHT / values[-1]
    share = 100 / max(1, len(columns))
    every = -(-len(columns) // _LABELS)
    drawn = []
    for number, column in enumerate(columns):
        parts, top = [], float(HEIGHT)
        for counted, count in zip(series, column.counts, strict=True):
            top -= count * scale
            parts.append(Part(counted, count, round(top, 2), round(count * scale, 2)))
        left, width = round(share * (number + 0.1), 3), round(share * 0.8, 3)
        label = column.short if (number - every // 2) % every == 0 else ""
        drawn.append(Column(column.name, left, width, parts, label, column.link))
    return ColumnChart(series, drawn, [(f"{value:,}", _down(value / values[-1])) for value in values], marks)


def line_chart(lines: Mapping[Series, Sequence[Share]], labels: Iterable[tuple[str, float]]) -> LineChart:
    """A chart of shares. ``labels`` stand below it, each at its place between 0 and 1."""
    drawn = [Line(series, [_point(share) for share in shares]) for series, shares in lines.items()]
    shown = [(PERCENT.format(share), _down(share)) for share in _QUARTERS]
    return LineChart(drawn, shown, [(label, round(100 * place, 3)) for label, place in labels])


def _point(share: Share) -> Point:
    ends = (_down(share.interval[1]), _down(share.interval[0])) if share.interval else None
    return Point(round(100 * share.place, 3), _down(share.share), ends, share.name)


def percents() -> Sequence[tuple[str, float]]:
    """Labels for what goes from 0 to 1 across."""
    return [(PERCENT.format(place), place) for place in _QUARTERS]


def _down(share: float) -> float:
    return round(HEIGHT * (1 - share), 2)
