"""Which questions ask the same, by the engine's terms and weights, and which texts are near copies, by edits."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import fsum

from rapidfuzz import fuzz

from bot.matching.answer_types import COARSE, asked
from bot.matching.index import Index
from bot.matching.terms import FRAME_WEIGHT, grams
from bot.text import normalise

SAME = 0.7
"""Two questions are the same when they share this part of the weight of either one's terms.

Of the shipped phrasings, which were written to be unlike, 149 of 9,813 join an earlier one then: 116 of their own item,
33 of another that is asked in nearly the same words. At 0.6 it is 262 and 92.
"""
_NEAR_COPY = 75
"""Texts with this ratio or more are near copies: one of them tells nothing that the other does not."""
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class _Question:
    """``hard``: what must be the same, however alike the rest is: numbers, and what kind of thing is asked for."""

    weights: Mapping[str, float]
    total: float
    hard: frozenset[str]


class SimilarQuestions:
    """Finds, among questions that were added to it under numbers, the one that asks the same as another."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._questions: dict[int, _Question] = {}
        self._by_term: dict[str, list[int]] = defaultdict(list)

    def add(self, number: int, text: str) -> None:
        """Add a question under a number that is not taken."""
        question = self._questions[number] = self._read(text)
        for term in question.weights:
            self._by_term[term].append(number)

    def find(self, text: str) -> int | None:
        """The number of the most similar question that asks the same, of equals the lowest; None if none does."""
        question = self._read(text)
        best, most = None, SAME
        for number in sorted(self._candidates(question)):
            other = self._questions[number]
            if question.hard != other.hard:
                continue
            shared = fsum(weight for term, weight in question.weights.items() if term in other.weights)
            similarity = shared / max(question.total, other.total)
            if similarity > most or (similarity == most and best is None):
                best, most = number, similarity
        return best

    def _candidates(self, question: _Question) -> set[int]:
        """The questions that may be similar enough: any such question shares one of the rarest terms."""
        candidates: set[int] = set()
        looked_at = 0.0
        for term in sorted(question.weights, key=lambda term: len(self._by_term.get(term, ()))):
            if looked_at > (1 - SAME) * question.total:
                break
            candidates.update(self._by_term.get(term, ()))
            looked_at += question.weights[term]
        return candidates

    def _read(self, text: str) -> _Question:
        form = self._index.lexicon.form(text)
        core = grams(self._index.lexicon.core(form))
        weights = {
            term: weight * (1.0 if term in core else FRAME_WEIGHT) for term, weight in self._index.weights(form).items()
        }
        hard = frozenset((*_NUMBER.findall(form), *asked(COARSE, form)))
        return _Question(weights, fsum(weights.values()) or 1.0, hard)


def near_copies(text: str, others: Iterable[str], least: float = _NEAR_COPY) -> list[str]:
    """Those of the others with at least this ratio (rapidfuzz's, 100 for equal texts) to a text, in their order."""
    return [other for other in others if fuzz.ratio(text, other) >= least]


def is_negative(form: str, negatives: Collection[str], phrasings: Iterable[str]) -> bool:
    """Whether a form is a negative of an item, or a near copy of one and less like each of the item's phrasings."""
    nearest = max((fuzz.ratio(form, negative) for negative in near_copies(form, negatives)), default=0.0)
    return form in negatives or all(fuzz.ratio(form, phrasing) < nearest for phrasing in phrasings)


def unlike(texts: Iterable[str]) -> list[str]:
    """The texts in their order, without blank ones and without near copies of an earlier one."""
    kept: dict[str, str] = {}
    for text in texts:
        form = normalise(text)
        if form and not near_copies(form, kept):
            kept[form] = text
    return list(kept.values())
