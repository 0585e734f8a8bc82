"""Pages of plots, each self-contained: it loads nothing from anywhere. Plotly is an extra that nothing else needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from bot.evaluation.measure import QuestionKind, Result, reliability
from bot.items import Item
from bot.matching import ConfidenceModel
from bot.store.records import Cluster, MissedQuestion
from bot.texts import command_line as command_line_texts

_BARS = 15
_AGES = ((1, command_line_texts.REPORT_DAY), (7, command_line_texts.REPORT_WEEK), (30, command_line_texts.REPORT_MONTH))


@dataclass(frozen=True, slots=True)
class MissFigures:
    """What is asked and missed. ``daily``: each day's counts by verdict; ``shown``: how often items were answers."""

    daily: Mapping[date, Mapping[str, int]]
    clusters: Sequence[Cluster]
    items: Sequence[Item]
    shown: Mapping[str, int]
    open_misses: Sequence[MissedQuestion]
    today: date


def misses_page(figures: MissFigures) -> str:
    """The page about what is asked and missed, as HTML."""
    days = _figure(command_line_texts.REPORT_DAYS)
    for name, verdicts in command_line_texts.REPORT_LINES.items():
        counts = [sum(counts.get(verdict, 0) for verdict in verdicts) for counts in figures.daily.values()]
        days.add_scatter(x=list(figures.daily), y=counts, name=name, mode="lines+markers")

    top = figures.clusters[:_BARS][::-1]
    clusters = _bars(command_line_texts.REPORT_CLUSTERS, len(top), barmode="group")
    labels = [cluster.questions[0].question for cluster in top]
    asked, on_days = [cluster.asked for cluster in top], [cluster.days for cluster in top]
    clusters.add_bar(orientation="h", x=asked, y=labels, name=command_line_texts.REPORT_ASKED)
    clusters.add_bar(orientation="h", x=on_days, y=labels, name=command_line_texts.REPORT_ON_DAYS)

    ranked = sorted(figures.items, key=lambda item: (figures.shown.get(item.id, 0), item.id))
    cold, hot = ranked[:_BARS], ranked[-_BARS:]
    usage = _bars(command_line_texts.REPORT_ITEMS, 2 * _BARS)
    for name, items in ((command_line_texts.REPORT_COLD, cold), (command_line_texts.REPORT_HOT, hot)):
        counts = [figures.shown.get(item.id, 0) for item in items]
        usage.add_bar(orientation="h", x=counts, y=[item.question for item in items], name=name)

    ages = dict.fromkeys([*(name for _, name in _AGES), command_line_texts.REPORT_OLDER], 0)
    for row in figures.open_misses:
        age = (figures.today - row.first_asked.date()).days
        ages[next((name for limit, name in _AGES if age < limit), command_line_texts.REPORT_OLDER)] += 1
    by_age = _figure(command_line_texts.REPORT_AGES)
    by_age.add_bar(x=list(ages), y=list(ages.values()))
    return _page(command_line_texts.REPORT_TITLE, (days, clusters, usage, by_age))


def evaluation_page(results: Sequence[Result], report: Mapping[str, Any], confidence: ConfidenceModel) -> str:
    """The page about an evaluation with its summary, as HTML."""
    scores = _figure(command_line_texts.PLOT_SCORES, barmode="overlay")
    answerable = [result for result in results if result.question.kind is QuestionKind.ANSWERABLE]
    sets = {
        command_line_texts.PLOT_RIGHT: [result.score for result in answerable if result.first],
        command_line_texts.PLOT_WRONG: [result.score for result in answerable if not result.first],
        command_line_texts.PLOT_UNANSWERABLE: [
            result.score for result in results if result.question.kind is not QuestionKind.ANSWERABLE
        ],
    }
    for name, values in sets.items():
        scores.add_histogram(x=values, name=name, opacity=0.6, xbins={"start": 0, "end": 1.02, "size": 0.02})
    for threshold, name in (
        (confidence.suggest, command_line_texts.PLOT_SUGGEST),
        (confidence.answer, command_line_texts.PLOT_ANSWER),
    ):
        scores.add_vline(x=threshold, line_dash="dash", annotation_text=f"{name} {threshold:.2f}")
    # Most unanswerable questions score 0; on a linear scale their bar hides all others.
    scores.update_yaxes(type="log")

    worst = report["confusions"][::-1]
    confusions = _bars(command_line_texts.PLOT_CONFUSIONS, len(worst))
    confusions.add_bar(
        orientation="h",
        x=[row["count"] for row in worst],
        y=[f"{row['expected']} → {row['got']}" for row in worst],
        hovertext=[row["example"] for row in worst],
    )

    curve = reliability(results)
    reliable = _figure(command_line_texts.PLOT_RELIABILITY)
    reliable.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line_dash="dot", name=command_line_texts.PLOT_IDEAL)
    reliable.add_scatter(
        x=[score for score, _, _ in curve],
        y=[right for _, right, _ in curve],
        text=[str(count) for _, _, count in curve],
        mode="lines+markers",
        name=command_line_texts.PLOT_MEASURED,
    )
    return _page(command_line_texts.PLOT_TITLE, (scores, confusions, reliable))


def _figure(title: str, **layout: object) -> Any:  # noqa: ANN401 - plotly ships no types
    from plotly import graph_objects  # noqa: PLC0415 - an extra

    return graph_objects.Figure(layout={"title": title, **layout})


def _bars(title: str, rows: int, **layout: object) -> Any:  # noqa: ANN401 - as above
    """A figure for horizontal bars, high enough for so many rows and wide enough for their labels."""
    figure = _figure(title, height=200 + 26 * rows, **layout)
    figure.update_yaxes(automargin=True)
    return figure


def _page(title: str, figures: Sequence[Any]) -> str:
    parts = (
        figure.to_html(full_html=False, include_plotlyjs="inline" if number == 0 else False)
        for number, figure in enumerate(figures)
    )
    head = (
        f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>{escape(title)}</title><h1>{escape(title)}</h1>'
    )
    return f"{head}{''.join(parts)}</html>\n"
