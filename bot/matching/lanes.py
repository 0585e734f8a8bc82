"""Lanes: each looks at a question in one way and scores items 0..1."""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from rapidfuzz import fuzz, process

from bot.matching.answer_types import COARSE, asked, unserved
from bot.matching.index import Holders, Index
from bot.matching.terms import Term, terms

_LOOKED_AT = 8_000
"""Entries of the index that are looked at for one question before common terms stop finding items."""
_KEPT = 100
"""Items that are kept then."""
_HEARD = 0.8
"""What a match by ear is worth: never as much as one by characters."""
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
    """A question, or a part of one, ready to be compared.

    ``total``: what all its terms weigh, above 0. ``answer_types``: the kinds of thing that it asks for.
    """

    form: str
    terms: Sequence[WeighedTerm]
    total: float
    answer_types: frozenset[str]

    @classmethod
    def of(cls, form: str, index: Index) -> "Query":
        """From a standardised form that is not empty."""
        weighed = []
        for term in terms(form, index.lexicon):
            holders, heard = index.holders(term)
            weighed.append(WeighedTerm(term, term.weight * index.weight(holders), holders, heard))
        return cls(form, weighed, fsum(term.weight for term in weighed) or 1.0, asked(COARSE, form))


def by_characters(query: Query) -> Scores:
    """The share of the question's weight that stands in each item's phrasings and answer.

    A term counts by how rare it is among the items and by how typical it is of the item; what the item does not
    explain is what is missing to 1.
    """
    return _explained(query, heard=False)


def by_sound(query: Query) -> Scores:
    """The share of the question's weight that no item holds in characters, but that sounds like terms of an item.

    Typed pinyin and homophones. Only terms that the whole knowledge base has never seen count, so sound can't outvote
    characters.
    """
    return {number: _HEARD * share for number, share in _explained(query, heard=True).items()}


def by_edit_distance(query: Query, forms: tuple[str, ...]) -> float:
    """The best similarity of the whole question to any one form of an item, by edits."""
    return nearest_form(query, forms)[1]


def by_answer_type(query: Query, forms: tuple[str, ...]) -> float:
    """The share of the question's answer types (when, who, how much, ...) that an item is never asked for.

    It speaks against the item. It is 0 for a question without an answer type.
    """
    return unserved(COARSE, query.answer_types, forms)


EXPLAINING = {"characters": by_characters, "sound": by_sound}
"""The lanes that look at every item. They explain different terms of a question, so their scores add up."""
COMPARING = {"edit_distance": by_edit_distance, "answer_type": by_answer_type}
"""The lanes that look at one item at a time, by the forms in which it is asked."""


def nearest_form(query: Query, forms: Sequence[str]) -> tuple[str, float]:
    """The form that is most like the question and its similarity, by rapidfuzz's ratio 0..1; the first of equals."""
    form, ratio, _ = process.extractOne(query.form, forms, scorer=fuzz.ratio)
    return form, ratio / 100


def _explained(query: Query, *, heard: bool) -> Scores:
    """The share of a question's weight that each item explains by the terms it holds as spelt, or as heard.

    In a large base common terms find no new items: once the rarer ones have found many, they count only for the best
    of these.
    """
    shares: dict[int, float] = {}
    looked_at = 0
    for term in sorted((term for term in query.terms if term.heard is heard), key=lambda term: len(term.holders)):
        weight = term.weight / query.total
        if looked_at <= _LOOKED_AT:
            for number, typical in term.holders.items():
                shares[number] = shares.get(number, 0.0) + weight * typical
        else:
            if len(shares) > _KEPT:
                shares = {number: shares[number] for number in heapq.nlargest(_KEPT, shares, key=shares.__getitem__)}
            for number in shares.keys() & term.holders.keys():
                shares[number] += weight * term.holders[number]
        looked_at += len(term.holders)
    return shares
