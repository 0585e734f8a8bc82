"""One self-contained page of plots about what is asked and missed; plotly is an extra that nothing else needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.cli.plots import page
from bot.items import Item
from bot.store.records import Cluster, MissedQuestion
from bot.texts import command_line as command_line_texts

_BARS = 15
_AGES = ((1, command_line_texts.REPORT_DAY), (7, command_line_texts.REPORT_WEEK), (30, command_line_texts.REPORT_MONTH))


@dataclass(frozen=True, slots=True)
class Figures:
    """What is plotted. ``daily``: each day's counts by verdict; ``shown``: how often items were answers."""

    daily: Mapping[date, Mapping[str, int]]
    clusters: Sequence[Cluster]
    items: Sequence[Item]
    shown: Mapping[str, int]
    open_misses: Sequence[MissedQuestion]
    today: date


def report(figures: Figures) -> str:
    """The page as HTML."""
    from plotly import graph_objects  # noqa: PLC0415 - an extra

    days = graph_objects.Figure(layout={"title": command_line_texts.REPORT_DAYS})
    for name, verdicts in command_line_texts.REPORT_LINES.items():
        counts = [sum(counts.get(one, 0) for one in verdicts) for counts in figures.daily.values()]
        days.add_scatter(x=list(figures.daily), y=counts, name=name, mode="lines+markers")

    top = figures.clusters[:_BARS][::-1]
    clusters = graph_objects.Figure(
        layout={"title": command_line_texts.REPORT_CLUSTERS, "height": 200 + 26 * len(top), "barmode": "group"}
    )
    labels = [cluster.questions[0].question for cluster in top]
    clusters.add_bar(
        orientation="h", x=[cluster.asked for cluster in top], y=labels, name=command_line_texts.REPORT_ASKED
    )
    clusters.add_bar(
        orientation="h", x=[cluster.days for cluster in top], y=labels, name=command_line_texts.REPORT_ON_DAYS
    )
    clusters.update_yaxes(automargin=True)

    ranked = sorted(figures.items, key=lambda item: (figures.shown.get(item.id, 0), item.id))
    cold, hot = ranked[:_BARS], ranked[-_BARS:]
    warmth = graph_objects.Figure(layout={"title": command_line_texts.REPORT_ITEMS, "height": 200 + 26 * 2 * _BARS})
    for name, items in ((command_line_texts.REPORT_COLD, cold), (command_line_texts.REPORT_HOT, hot)):
        warmth.add_bar(
            orientation="h",
            x=[figures.shown.get(item.id, 0) for item in items],
            y=[item.question for item in items],
            name=name,
        )
    warmth.update_yaxes(automargin=True)

    ages = dict.fromkeys([*(name for _, name in _AGES), command_line_texts.REPORT_OLDER], 0)
    for row in figures.open_misses:
        age = (figures.today - row.first_asked.date()).days
        ages[next((name for limit, name in _AGES if age < limit), command_line_texts.REPORT_OLDER)] += 1
    old = graph_objects.Figure(layout={"title": command_line_texts.REPORT_AGES})
    old.add_bar(x=list(ages), y=list(ages.values()))
    return page(command_line_texts.REPORT_TITLE, (days, clusters, warmth, old))
