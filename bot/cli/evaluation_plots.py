"""One self-contained page of plots about an evaluation; plotly is an extra that nothing else needs."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.cli.plots import page
from bot.evaluation.measure import ANSWERABLE, Result, reliability
from bot.matching.confidence import ConfidenceModel
from bot.texts import command_line as command_line_texts


def plotted(results: Sequence[Result], report: Mapping[str, Any], confidence: ConfidenceModel) -> str:
    """The page as HTML; it loads nothing from anywhere."""
    from plotly import graph_objects  # noqa: PLC0415 - an extra

    scores = graph_objects.Figure(layout={"barmode": "overlay", "title": command_line_texts.PLOT_SCORES})
    sets = {
        command_line_texts.PLOT_RIGHT: [one.score for one in results if one.kind == ANSWERABLE and one.first],
        command_line_texts.PLOT_WRONG: [one.score for one in results if one.kind == ANSWERABLE and not one.first],
        command_line_texts.PLOT_UNANSWERABLE: [one.score for one in results if one.kind != ANSWERABLE],
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
    confusions = graph_objects.Figure(
        layout={"title": command_line_texts.PLOT_CONFUSIONS, "height": 200 + 26 * len(worst)}
    )
    confusions.add_bar(
        orientation="h",
        x=[row["count"] for row in worst],
        y=[f"{row['expected']} → {row['got']}" for row in worst],
        hovertext=[row["example"] for row in worst],
    )
    confusions.update_yaxes(automargin=True)

    curve = reliability(results)
    reliable = graph_objects.Figure(layout={"title": command_line_texts.PLOT_RELIABILITY})
    reliable.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line_dash="dot", name=command_line_texts.PLOT_IDEAL)
    reliable.add_scatter(
        x=[score for score, _, _ in curve],
        y=[right for _, right, _ in curve],
        text=[str(count) for _, _, count in curve],
        mode="lines+markers",
        name=command_line_texts.PLOT_MEASURED,
    )
    return page(command_line_texts.PLOT_TITLE, (scores, confusions, reliable))
