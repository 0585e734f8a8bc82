"""Leave-one-out: the knowledge base is asked its own questions, never with themselves in the index.

A phrasing can be held out in two ways: without itself and its near copies, which should still lead to its item; and
without its whole item, which should lead nowhere. The second costs nothing to write and is what a near miss looks like.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.items import Item
from bot.matching.index import Index
from bot.matching.similarity import near_copies

Progress = Callable[[Iterable[Any], int], Iterable[Any]]
"""Passes on what a long piece of work is done on, of which there is so much, and shows how far it is."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A phrasing of an item in its standardised form, and an index that does not know it."""

    item: Item
    form: str
    index: Index


def sample(index: Index, most: int, seed: int = 1) -> Sequence[tuple[int, str]]:
    """At most so many phrasings, as item number and form, drawn by a seed; all of them if there are no more."""
    phrasings = [(number, form) for number, forms in enumerate(index.forms) for form in forms]
    return phrasings if len(phrasings) <= most else random.Random(seed).sample(phrasings, most)  # noqa: S311 - a sample


def leave_phrasings_out(index: Index, phrasings: Iterable[tuple[int, str]]) -> Iterator[HeldOut]:
    """Each phrasing without itself and its near copies."""
    for number, form in phrasings:
        yield HeldOut(index.items[number], form, without_near_copies(index, number, form))


def leave_items_out(index: Index, phrasings: Iterable[tuple[int, str]]) -> Iterator[HeldOut]:
    """Each phrasing without its item."""
    for number, form in phrasings:
        yield HeldOut(index.items[number], form, index.without(number, index.forms[number]))


def without_near_copies(index: Index, number: int, form: str) -> Index:
    """The index without a form of an item and its near copies, whether or not the item is asked in this form."""
    near = near_copies(form, index.forms[number])
    return index.without(number, near) if near else index
