"""The few edits of the knowledge that would answer most of what was missed."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from bot.items import Item, Kind
from bot.matching import Answer, ConfidenceModel, Index, Matcher
from bot.matching.terms import grams

_SHARED = 0.1
"""A miss that shares less of its weight with a new phrasing is not answered for its sake."""


@dataclass(frozen=True, slots=True)
class NextEdit:
    """A phrasing to add to an item, or the question of a new item if ``item`` is None.

    ``questions``: the misses that this edit would answer and no edit before it, each with how often it was missed.
    """

    question: str
    item: str | None
    questions: Mapping[str, int]

    @property
    def covers(self) -> int:
        """How often its questions were missed."""
        return sum(self.questions.values())


def best_next_edits(
    index: Index,
    confidence: ConfidenceModel,
    misses: Mapping[str, int],
    candidates: Iterable[str],
    not_meant: Mapping[str, Collection[str]],
    limit: int,
) -> list[NextEdit]:
    """At most ``limit`` edits, the one that answers most first; of equals the first candidate's.

    ``misses``: questions with how often each was missed; one that is answered by now does not count. ``not_meant``: the
    items that members did not mean by a candidate, to which it is not added.
    """
    matcher = Matcher(index, confidence)
    weights = {question: index.weights(index.lexicon.form(question)) for question in misses}
    is_answered = cache(lambda question: isinstance(matcher.match(question), Answer))
    edits = []
    for candidate in candidates:
        meant = [best.item for best in matcher.match(candidate).candidates if best.score >= confidence.suggest]
        fit = (item for item in meant if item.kind is Kind.ANSWER and item.id not in not_meant.get(candidate, ()))
        item = next(fit, None)
        # The empty id is that of an item that is yet to be written; no item has it.
        tried = replace(item, phrasings=(*item.phrasings, candidate)) if item else Item("", "", candidate, "")
        edited = Matcher(index.with_item(tried), confidence)
        terms = grams(index.lexicon.form(candidate))
        answered = {
            question: count
            for question, count in misses.items()
            if _shares(weights[question], terms) and _answers(edited, question, tried.id) and not is_answered(question)
        }
        edits.append(NextEdit(candidate, item.id if item else None, answered))
    chosen: list[NextEdit] = []
    for _ in range(min(limit, len(edits))):
        best = max(edits, key=lambda edit: edit.covers)
        chosen.append(best)
        edits = [
            replace(edit, questions={text: n for text, n in edit.questions.items() if text not in best.questions})
            for edit in edits
        ]
    return [edit for edit in chosen if edit.questions]


def _shares(weights: Mapping[str, float], terms: set[str]) -> bool:
    return sum(weights[term] for term in weights.keys() & terms) >= _SHARED * sum(weights.values())


def _answers(matcher: Matcher, question: str, item: str) -> bool:
    verdict = matcher.match(question)
    return isinstance(verdict, Answer) and any(candidate.item.id == item for candidate in verdict.chosen)
