"""The lane of characters: how much of the question the words of an item explain."""

from collections.abc import Sequence

from bot.matching.lanes.interface import Query, Scores, explained


class Characters:
    """The share of the question's weight that stands in an item's phrasings and answer.

    A term counts by how rare it is among the items and by how typical it is of the item; what the item does not
    explain is what is missing to 1.
    """

    name = "characters"

    def scores(self, query: Query, nearest: Sequence[int]) -> Scores:  # noqa: ARG002 - looks at every item
        """The explained share of every item that holds a term."""
        return explained(query, heard=False)
