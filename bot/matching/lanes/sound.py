"""The lane of sound: typed pinyin and homophones."""

from collections.abc import Sequence

from bot.matching.lanes.interface import Query, Scores, explained

_DISCOUNT = 0.8
"""What a match by ear is worth: never as much as one by characters."""


class Sound:
    """The share of the question's weight that no item holds in characters, but that sounds like terms of an item.

    It looks only at terms that the whole knowledge base has never seen, so it can't outvote characters.
    """

    name = "sound"

    def scores(self, query: Query, nearest: Sequence[int]) -> Scores:  # noqa: ARG002 - looks at every item
        """The explained share of every item that holds a homophone."""
        return {number: _DISCOUNT * share for number, share in explained(query, heard=True).items()}
