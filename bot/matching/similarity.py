"""Which missed questions ask the same: told by the engine's own terms and weights, and only when it is plain."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from bot.matching.index import Index
from bot.matching.lanes.answer_type import answer_types
from bot.matching.similar_texts import NEAR_COPY
from bot.matching.terms import FRAME_WEIGHT, grams
from bot.text import normalise

SAME = 0.7
"""Two questions are the same when they share this part of the weight of either one's terms.

Of the shipped phrasings, which were written to be unlike, 149 of 9,813 join an earlier one then: 116 of their own item,
33 of another that is asked in nearly the same words. At 0.6 it is 262 and 92.
"""
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class _Question:
    """``hard``: what must be the same, however alike the rest is: numbers, and what kind of thing is asked for."""

    weights: Mapping[str, float]
    total: float
    hard: frozenset[str]


class Clusters:
    """Clusters of questions, each known by a number and by the question that it began with.

    Of several clusters that fit the most similar is taken, of equals the oldest.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._questions: dict[int, _Question] = {}
        self._holders: dict[str, list[int]] = defaultdict(list)

    def learn(self, cluster: int, text: str) -> None:
        """A cluster, and the question that it began with."""
        question = self._questions[cluster] = self._read(text)
        for term in question.weights:
            self._holders[term].append(cluster)

    def forget(self, cluster: int) -> None:
        """There is no such cluster any more."""
        question = self._questions.pop(cluster, None)
        for term in question.weights if question else ():
            self._holders[term].remove(cluster)

    def find(self, text: str) -> int | None:
        """The cluster that a question belongs to, if there is one."""
        question = self._read(text)
        best, most = None, SAME
        for cluster in sorted(self._near(question)):
            other = self._questions[cluster]
            if question.hard != other.hard:
                continue
            shared = sum(weight for term, weight in question.weights.items() if term in other.weights)
            likeness = shared / max(question.total, other.total)
            if likeness > most or (likeness == most and best is None):
                best, most = cluster, likeness
        return best

    def _near(self, question: _Question) -> set[int]:
        """The clusters that may be the same: whoever shares enough with it shares one of its rarest terms."""
        near: set[int] = set()
        looked_at = 0.0
        for term in sorted(question.weights, key=lambda one: len(self._holders.get(one, ()))):
            if looked_at > (1 - SAME) * question.total:
                break
            near.update(self._holders.get(term, ()))
            looked_at += question.weights[term]
        return near

    def _read(self, text: str) -> _Question:
        form = self._index.form(text)
        core = grams(self._index.lexicon.core(form))
        weights = {
            term: self._index.weight(self._index.postings.get(term, {})) * (1.0 if term in core else FRAME_WEIGHT)
            for term in grams(form)
        }
        hard = frozenset((*_NUMBER.findall(form), *answer_types(form)))
        return _Question(weights, sum(weights.values()) or 1.0, hard)


def unlike(texts: Iterable[str]) -> list[str]:
    """The texts without those that are near copies of an earlier one, or blank."""
    kept: dict[str, str] = {}
    for text in texts:
        form = normalise(text)
        if form and all(fuzz.ratio(form, other) < NEAR_COPY for other in kept):
            kept[form] = text
    return list(kept.values())
