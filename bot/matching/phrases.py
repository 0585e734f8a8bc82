"""Closed lists of words that a whole message may be made of: what it does is told without matching it to items."""

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

from bot.text import normalise

K = TypeVar("K")


def compact(text: str) -> str:
    """A text in normal form without any space: typed words and listed ones meet in it."""
    return normalise(text).replace(" ", "")


class Phrases(Generic[K]):
    """Tells messages that consist of listed words and fillers, and nothing else.

    ``words``: the words of each kind; of a word listed twice the first kind counts. ``fillers`` say nothing by
    themselves: particles, pronouns, degrees.
    """

    def __init__(self, words: Mapping[K, Iterable[str]], fillers: Iterable[str]) -> None:
        self._kinds: dict[str, K | None] = {}
        for kind, listed in words.items():
            for word in listed:
                self._kinds.setdefault(compact(word), kind)
        for word in fillers:
            self._kinds.setdefault(compact(word), None)
        self._kinds.pop("", None)
        lengths: dict[str, set[int]] = {}
        for word in self._kinds:
            lengths.setdefault(word[0], set()).add(len(word))
        self._lengths = {start: sorted(found, reverse=True) for start, found in lengths.items()}

    def kinds(self, text: str) -> list[K]:
        """The kinds of the words that cover a compact text, in order; empty if anything else stands in it.

        Of several ways to cover it the one with the fewest words counts, of these the one with the longest words first.
        """
        covers: dict[int, tuple[str, ...]] = {0: ()}
        furthest = 0
        for start in range(len(text)):
            if start > furthest:
                return []
            if (words := covers.get(start)) is None:
                continue
            for length in self._lengths.get(text[start], ()):
                word, end = text[start : start + length], start + length
                if word in self._kinds and (end not in covers or len(covers[end]) > len(words) + 1):
                    covers[end] = (*words, word)
                    furthest = max(furthest, end)
        found = (self._kinds[word] for word in covers.get(len(text), ()))
        return [kind for kind in found if kind is not None]
