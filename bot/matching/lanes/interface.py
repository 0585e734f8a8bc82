"""What a lane is given and what it gives."""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.matching.index import Holders, Index
from bot.matching.terms import Term, terms

_LOOKED_AT = 8_000
"""Entries of the index that are looked at for one question before common terms stop finding items."""
_KEPT = 100
"""Items that are kept then."""

Scores = Mapping[int, float]
"""Item number -> 0..1; an item that is left out scores 0."""


@dataclass(frozen=True, slots=True)
class WeighedTerm:
    """A term with its weight, and the items that hold it; ``heard``: they hold only what sounds like it."""

    term: Term
    weight: float
    holders: Holders
    heard: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A question, or a part of one, ready to be compared. ``total``: what all its terms weigh, above 0."""

    form: str
    terms: Sequence[WeighedTerm]
    total: float

    @classmethod
    def of(cls, form: str, index: Index) -> "Query":
        """From a standardised form that is not empty."""
        weighed = []
        for term in terms(form, index.lexicon):
            holders, heard = index.holders(term)
            weighed.append(WeighedTerm(term, term.weight * index.weight(holders), holders, heard))
        return cls(form, weighed, sum(term.weight for term in weighed) or 1.0)


class Lane(Protocol):
    """One way to compare. ``nearest`` are the items worth looking at, best first so far; none for the first lanes."""

    name: str

    def scores(self, query: Query, nearest: Sequence[int]) -> Scores:
        """How well items fit a query."""


def explained(query: Query, *, heard: bool) -> Scores:
    """The share of a question's weight that each item explains by the terms it holds as spelt, or as heard.

    In a large base common terms find no new items: once the rarer ones have found many, they count only for the best
    of these.
    """
    shares: dict[int, float] = {}
    looked_at = 0
    terms = sorted((term for term in query.terms if term.heard is heard), key=lambda term: len(term.holders))
    for place, term in enumerate(terms):
        if looked_at > _LOOKED_AT:
            return _completed(shares, terms[place:], query.total)
        weight = term.weight / query.total
        for number, typical in term.holders.items():
            shares[number] = shares.get(number, 0.0) + weight * typical
        looked_at += len(term.holders)
    return shares


def _completed(shares: Scores, terms: Sequence[WeighedTerm], total: float) -> Scores:
    """The best items so far, with what the other terms add."""
    best = {number: shares[number] for number in heapq.nlargest(_KEPT, shares, key=shares.__getitem__)}
    for term in terms:
        weight = term.weight / total
        for number in best.keys() & term.holders.keys():
            best[number] += weight * term.holders[number]
    return best
