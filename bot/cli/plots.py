"""Self-contained pages of plots: they load nothing from anywhere."""

from collections.abc import Sequence
from html import escape
from typing import Any


def page(title: str, figures: Sequence[Any]) -> str:
    """Plotly's figures as one page."""
    parts = (
        figure.to_html(full_html=False, include_plotlyjs="inline" if number == 0 else False)
        for number, figure in enumerate(figures)
    )
    head = (
        f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>{escape(title)}</title><h1>{escape(title)}</h1>'
    )
    return f"{head}{''.join(parts)}</html>\n"
