"""Leave-one-out: the knowledge base is asked its own questions, never with themselves in the index.

A phrasing can be held out in two ways: without itself and its near copies, which should still lead to its item; and
without its whole item, which should lead nowhere. The second costs nothing to write and is what a near miss looks like.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from bot.matching import Index
from bot.matching.similarity import near_copies

Progress = Callable[[Sequence[Any]], Iterable[Any]]
"""Passes on what a long piece of work is done on, and shows how far it is."""


def sample(index: Index, most: int, seed: int = 1) -> Sequence[tuple[int, str]]:
    """At most so many phrasings, as item number and form, drawn by a seed; all of them if there are no more."""
    phrasings = [(number, form) for number, forms in enumerate(index.forms) for form in forms]
    return phrasings if len(phrasings) <= most else random.Random(seed).sample(phrasings, most)  # noqa: S311 - a sample


def without_near_copies(index: Index, number: int, form: str) -> Index:
    """The index without a form of an item and its near copies, whether or not the item is asked in this form."""
    return index.without(number, near_copies(form, index.forms[number]))


def without_item(index: Index, number: int) -> Index:
    """The index without an item, whose number stays taken."""
    return index.without(number, index.forms[number])
