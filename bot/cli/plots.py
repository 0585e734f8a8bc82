"""Pages of plots, each self-contained: it loads nothing from anywhere. Plotly is an extra that nothing else needs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from html import escape
from typing import Any

from bot.app import App
from bot.conversation.cards import sampled
from bot.evaluation.measure import QuestionKind, Result, reliability
from bot.items import Kind
from bot.snapshot import CONFIDENCE
from bot.store.records import State
from bot.texts import command_line as texts

_BARS = 15
_BINS = 50
"""Bars of the histogram of scores, from 0 to 1."""


def misses_page(bot: App) -> str:
    """The page about what is asked and missed, as HTML."""
    bot.clustering.cluster_new()
    today = bot.clock.today()
    daily = bot.usage.daily(today - timedelta(days=bot.settings.retention_days))
    lines = {
        name: {day: sum(counts.get(verdict, 0) for verdict in verdicts) for day, counts in daily.items()}
        for name, verdicts in texts.REPORT_LINES.items()
    }
    top = bot.clusters.top(_BARS)[::-1]
    clusters = {
        texts.REPORT_ASKED: {cluster.questions[0].question: cluster.asked for cluster in top},
        texts.REPORT_ON_DAYS: {cluster.questions[0].question: cluster.days for cluster in top},
    }
    shown = bot.usage.shown()
    answers = [item for item in bot.loaded.base.items if item.kind is Kind.ANSWER]
    ranked = sorted(answers, key=lambda item: (shown.get(item.id, 0), item.id))
    items = {
        name: {item.question: shown.get(item.id, 0) for item in some}
        for name, some in ((texts.REPORT_COLD, ranked[:_BARS]), (texts.REPORT_HOT, ranked[-_BARS:]))
    }
    ages = dict.fromkeys(texts.REPORT_AGE_LIMITS, 0)
    for row in bot.misses.rows([State.OPEN]):
        days = (today - bot.clock.local(row.first_asked).date()).days
        ages[next(name for name, limit in texts.REPORT_AGE_LIMITS.items() if days < limit)] += 1
    return _page(
        texts.REPORT_TITLE,
        sampled(bot.usage.sample(CONFIDENCE)),
        _figure(texts.REPORT_DAYS, lines, "scatter"),
        _rows(texts.REPORT_CLUSTERS, clusters),
        _rows(texts.REPORT_ITEMS, items),
        _figure(texts.REPORT_AGES, {"": ages}, "bar"),
    )


def evaluation_page(results: Sequence[Result], report: Mapping[str, Any]) -> str:
    """The page about an evaluation with its summary, as HTML."""
    scores = {name: Counter[float]() for name in (texts.PLOT_RIGHT, texts.PLOT_WRONG, texts.PLOT_UNANSWERABLE)}
    for result in results:
        if result.question.kind is QuestionKind.NEGATIVE:
            # Another item may be right.
            continue
        name = texts.PLOT_RIGHT if result.first else texts.PLOT_WRONG
        name = name if result.question.kind is QuestionKind.ANSWERABLE else texts.PLOT_UNANSWERABLE
        scores[name][(int(result.score * _BINS) + 0.5) / _BINS] += 1
    histogram = _figure(texts.PLOT_SCORES, scores, "bar", barmode="overlay").update_traces(opacity=0.6)
    # Most unanswerable questions score 0; on a linear scale their bar hides all others.
    histogram.update_yaxes(type="log")
    for name, threshold in report["thresholds"].items():
        text = f"{texts.PLOT_THRESHOLDS[name]} {threshold:.2f}"
        histogram.add_vline(x=threshold, line_dash="dash", annotation_text=text)
    confusions = {texts.PLOT_CONFUSION.format(**row): row["count"] for row in report["confusions"][::-1]}
    curve = {texts.PLOT_IDEAL: {0.0: 0.0, 1.0: 1.0}, texts.PLOT_MEASURED: reliability(results)}
    risks = {
        texts.EVALUATE_OUTCOMES[name]: {row["coverage"]: row[name] for row in report["risk_coverage"]}
        for name in ("right", "wrong")
    }
    return _page(
        texts.PLOT_TITLE,
        texts.EVALUATE_AUGRC.format(augrc=report["augrc"]),
        histogram,
        _rows(texts.PLOT_CONFUSIONS, {"": confusions}),
        _figure(texts.PLOT_RELIABILITY, curve, "scatter"),
        _figure(texts.PLOT_RISK, risks, "scatter"),
    )


def _figure(title: str, series: Mapping[str, Mapping[Any, float]], kind: str, **layout: object) -> Any:  # noqa: ANN401 - plotly ships no types
    """A figure of series by their names, each of values by their place on the horizontal axis."""
    from plotly import graph_objects  # noqa: PLC0415 - an extra

    traces = [
        {"type": kind, "name": name, "x": list(points), "y": list(points.values())} for name, points in series.items()
    ]
    return graph_objects.Figure(traces, {"title": title, **layout})


def _rows(title: str, series: Mapping[str, Mapping[str, float]]) -> Any:  # noqa: ANN401 - as above
    """A figure of horizontal bars, high enough for them and wide enough for their labels."""
    figure = _figure(title, series, "bar", height=200 + 26 * len(set().union(*series.values())))
    for trace in figure.data:
        trace.update(orientation="h", x=trace.y, y=trace.x)
    return figure.update_yaxes(automargin=True)


def _page(title: str, words: str, *figures: Any) -> str:  # noqa: ANN401 - as above
    """A page of words and figures; the first one brings the library along."""
    parts = (figure.to_html(full_html=False, include_plotlyjs=figure is figures[0]) for figure in figures)
    head = f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>{escape(title)}</title>'
    return f"{head}<h1>{escape(title)}</h1><p>{escape(words)}</p>{''.join(parts)}</html>\n"
