"""The lane of edit distance: the whole question against whole phrasings."""

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from bot.matching.index import Index
from bot.matching.lanes.interface import Query, Scores


class EditDistance:
    """The best similarity of the question to any one phrasing of an item, by edits (rapidfuzz's ratio)."""

    name = "edit_distance"

    def __init__(self, index: Index) -> None:
        self._forms = index.forms

    def scores(self, query: Query, nearest: Sequence[int]) -> Scores:
        """The best ratio of each of the nearest items."""
        return {number: self.nearest(query, number)[1] for number in nearest}

    def nearest(self, query: Query, number: int) -> tuple[str, float]:
        """The item's nearest phrasing in standardised form and its similarity; the first of equals."""
        form, score, _ = process.extractOne(query.form, self._forms[number], scorer=fuzz.ratio)
        return form, score / 100
