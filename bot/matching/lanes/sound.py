"""The lane of sound: typed pinyin and homophones."""

from collections.abc import Sequence

from bot.matching.index import Index
from bot.matching.lanes.interface import Asked, Scores

_DISCOUNT = 0.8
"""What a match by ear is worth: never as much as one by characters."""


class Sound:
    """The share of the question's weight that no item holds in characters, but that sounds like terms of an item.

    It looks only at terms that the whole knowledge base has never seen, so it can't outvote characters.
    """

    name = "sound"

    def __init__(self, index: Index) -> None:
        self._text = index.text
        self._field = index.sound

    def scores(self, asked: Asked, nearest: Sequence[int]) -> Scores:  # noqa: ARG002 - looks at every item
        """The explained share of every item that holds a homophone."""
        explained: dict[int, float] = {}
        for term in asked.terms:
            if self._text.postings.get(term.text):
                continue
            if holders := self._field.postings.get(term.sound):
                weight = _DISCOUNT * term.weight * self._field.weight(term.sound) / asked.total
                for number, typical in holders:
                    explained[number] = explained.get(number, 0.0) + weight * typical
        return explained
