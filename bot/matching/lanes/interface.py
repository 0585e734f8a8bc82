"""What a lane is given and what it gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.matching.index import Index
from bot.matching.terms import Term, terms

Scores = Mapping[int, float]
"""Item number -> 0..1; an item that is left out scores 0."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, or a part of one, ready to be compared. ``total``: what all its terms weigh, above 0."""

    form: str
    terms: Sequence[Term]
    total: float

    @classmethod
    def of(cls, form: str, index: Index) -> "Asked":
        """From a standardised form that is not empty."""
        asked = terms(form, index.lexicon)
        return cls(form, asked, sum(term_weight(term, index) for term in asked) or 1.0)


def term_weight(term: Term, index: Index) -> float:
    """What a term weighs: how rare it is; one heard but never seen weighs what its sound does."""
    field, key = (index.text, term.text) if term.text in index.text.postings else (index.sound, term.sound)
    return term.weight * field.weight(key)


class Lane(Protocol):
    """One way to compare. ``nearest`` are the items worth looking at, best first so far; none for the first lanes."""

    name: str

    def scores(self, asked: Asked, nearest: Sequence[int]) -> Scores:
        """How well items fit what was asked."""
