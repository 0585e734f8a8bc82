"""The knowledge base asked its own questions, never with themselves in the index.

Every phrasing is asked twice: without itself and its near copies, which should still lead to its item; and without its
whole item, which should lead nowhere. The second costs nothing to write and is what a near miss looks like.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from bot.items import Item
from bot.matching.index import Index
from bot.matching.similarity import NEAR_COPY


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A question of an item whose own words, or whose whole item, are not in the index."""

    item: Item
    form: str
    index: Index


Progress = Callable[[Iterable[Any], int], Iterable[Any]]
"""Shows how far a long piece of work is: what is worked on, and how much there is."""


def sample(index: Index, most: int, seed: int = 1) -> Sequence[tuple[int, str]]:
    """At most so many phrasings, as item number and form, drawn by a seed; all of them if there are no more."""
    askings = [(number, form) for number, forms in enumerate(index.forms) for form in forms]
    return askings if len(askings) <= most else random.Random(seed).sample(askings, most)  # noqa: S311 - a sample


def leave_phrasings_out(index: Index, askings: Iterable[tuple[int, str]]) -> Iterator[HeldOut]:
    """Each phrasing without itself and its near copies."""
    for number, form in askings:
        yield HeldOut(index.items[number], form, index=without_near_copies(index, number, form))


def without_near_copies(index: Index, number: int, form: str) -> Index:
    """The index as it is for who never asks an item in a form, nor in a near copy of it."""
    near = [other for other in index.forms[number] if fuzz.ratio(form, other) >= NEAR_COPY]
    return index.without(number, near) if near else index


def leave_items_out(index: Index, askings: Iterable[tuple[int, str]]) -> Iterator[HeldOut]:
    """Each phrasing without its item."""
    for number, form in askings:
        yield HeldOut(index.items[number], form, index=index.without(number, index.forms[number]))
