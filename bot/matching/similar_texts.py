"""How alike two texts are, by rapidfuzz's ratio: 0..100, and 100 for equal texts."""

from collections.abc import Iterable

from rapidfuzz import fuzz

NEAR_COPY = 75
"""Texts with this ratio or more are near copies: one of them tells nothing that the other does not."""


def near_copies(text: str, others: Iterable[str], least: float = NEAR_COPY) -> list[str]:
    """Those of the others with at least this ratio to a text, in their order."""
    return [other for other in others if fuzz.ratio(text, other) >= least]
