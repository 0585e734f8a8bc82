"""Reports of figures, each in one HTML file that loads nothing. Only commands that write one import this module."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.app import App
from bot.evaluation.measure import QuestionKind, Result, reliability
from bot.store.miss_table import MissTable
from bot.texts import command_line as texts
from bot.web.charts import PERCENT, Counted, Mark, Series, Share, column_chart, line_chart, percents
from bot.web.figures import Figures
from bot.web.rendering import report
from bot.web.sections import Row, Section

_BINS = 20
"""Columns of the histogram of scores, from 0 to 1."""


def misses_page(bot: App) -> str:
    """The page about what is asked and missed, over all days that are kept, as HTML."""
    bot.clustering.cluster_new()
    figures = Figures(
        base=bot.loaded.base,
        usage=bot.usage,
        misses=bot.misses,
        table=MissTable(bot.database),
        clock=bot.clock,
        retention_days=bot.settings.retention_days,
        period=0,
    )
    return report(texts.REPORT_TITLE, texts.REPORT_INTRODUCTION.format(day=bot.clock.today()), figures.sections())


def evaluation_page(results: Sequence[Result], summary: Mapping[str, Any]) -> str:
    """The page about an evaluation with its summary, as HTML."""
    sections = (_scores(results, summary), _confusions(summary), _reliability(results), _risk(summary))
    return report(texts.PLOT_TITLE, texts.EVALUATE_AUGRC.format(augrc=summary["augrc"]), sections)


def _scores(results: Sequence[Result], summary: Mapping[str, Any]) -> Section:
    """How many questions have which score. Most unanswerable ones score 0: their column would hide all others."""
    # Of a negative another item may be right.
    asked = [result for result in results if result.question.kind is not QuestionKind.NEGATIVE]
    counts = [[0] * len(texts.PLOT_SCORE_SERIES) for _ in range(_BINS)]
    for result in asked:
        if result.score > 0:
            is_answerable = result.question.kind is QuestionKind.ANSWERABLE
            counts[min(_BINS - 1, int(result.score * _BINS))][(0 if result.first else 1) if is_answerable else 2] += 1
    zero = sum(result.score <= 0 for result in asked)
    names = [texts.PLOT_BETWEEN.format(low=n / _BINS, high=(n + 1) / _BINS) for n in range(_BINS)]
    thresholds = [Mark(round(100 * score, 2), f"{score:.2f}") for score in summary["thresholds"].values()]
    series = [
        Series(label, tone) for label, tone in zip(texts.PLOT_SCORE_SERIES, ("strong", "bad", "plain"), strict=True)
    ]
    columns = [
        Counted(name, PERCENT.format(n / _BINS), row) for n, (name, row) in enumerate(zip(names, counts, strict=True))
    ]
    return Section(
        name="scores",
        title=texts.PLOT_SCORES,
        columns=(texts.PLOT_SCORE, *texts.PLOT_SCORE_SERIES),
        rows=[Row(name, row) for name, row in zip(names, counts, strict=True)] if asked else [],
        if_empty=texts.PLOT_NOTHING,
        note=f"{texts.EVALUATE_THRESHOLDS.format(**summary['thresholds'])}。{texts.PLOT_ZERO.format(count=zero)}",
        chart=column_chart(series, columns, thresholds),
        is_wide=True,
    )


def _confusions(summary: Mapping[str, Any]) -> Section:
    return Section(
        name="confusions",
        title=texts.PLOT_CONFUSIONS,
        columns=texts.PLOT_CONFUSION_COLUMNS,
        rows=[Row(texts.PLOT_CONFUSION.format(**row), (row["count"],)) for row in summary["confusions"]],
        if_empty=texts.PLOT_NO_CONFUSIONS,
        is_wide=True,
    )


def _reliability(results: Sequence[Result]) -> Section:
    measured = [
        Share(score, right, texts.PLOT_POINT.format(score=score, right=right))
        for score, right in reliability(results).items()
    ]
    lines = {
        Series(texts.PLOT_IDEAL, "plain"): [Share(0, 0, ""), Share(1, 1, "")],
        Series(texts.PLOT_MEASURED, "strong"): measured,
    }
    return Section(
        name="reliability",
        title=texts.PLOT_RELIABILITY,
        columns=texts.PLOT_RELIABILITY_COLUMNS,
        rows=[Row(f"{point.place:.2f}", (PERCENT.format(point.share),)) for point in measured],
        if_empty=texts.PLOT_NOTHING,
        note=texts.PLOT_RELIABILITY_AXES,
        chart=line_chart(lines, percents()),
    )


def _risk(summary: Mapping[str, Any]) -> Section:
    rows = summary["risk_coverage"]
    lines = {
        Series(texts.EVALUATE_OUTCOMES[name], tone): [
            Share(row["coverage"], row[name], texts.PLOT_RISK_POINT.format(**row)) for row in rows
        ]
        for name, tone in (("right", "strong"), ("wrong", "bad"))
    }
    return Section(
        name="risk",
        title=texts.PLOT_RISK,
        columns=texts.EVALUATE_RISK_COLUMNS,
        rows=[
            Row(
                PERCENT.format(row["coverage"]),
                (f"{row['threshold']:.2f}", PERCENT.format(row["right"]), PERCENT.format(row["wrong"])),
            )
            for row in rows
        ],
        if_empty=texts.PLOT_NOTHING,
        note=texts.PLOT_RISK_AXES,
        chart=line_chart(lines, percents()),
    )
