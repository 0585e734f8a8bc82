"""The few edits of the knowledge that would answer most of what was missed."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from bot.items import Item, Kind
from bot.matching import Answer, ConfidenceModel, Index, Matcher
from bot.matching.terms import grams

_SHARED = 0.1
"""A miss that shares less of its weight with a new phrasing is not answered for its sake."""
_NEW = ""
"""The id of an item that is yet to be written; no item has it."""


@dataclass(frozen=True, slots=True)
class NextEdit:
    """A phrasing to add to an item, or the question of a new item if ``item`` is None.

    ``questions``: the misses that this edit would answer and no edit before it, the most frequent first. ``covers``:
    how often these were missed.
    """

    question: str
    item: str | None
    covers: int
    questions: tuple[str, ...]


def best_next_edits(
    index: Index,
    confidence: ConfidenceModel,
    misses: Sequence[tuple[str, int]],
    candidates: Sequence[str],
    limit: int = 5,
) -> list[NextEdit]:
    """At most ``limit`` edits, the one that answers most first; of equals the first candidate's.

    ``misses``: questions, each with how often it was missed; a question that is answered by now does not count.
    """
    counts: Counter[str] = Counter()
    for question, count in misses:
        counts[question] += count
    weights = {question: index.weights(index.lexicon.form(question)) for question, _ in counts.most_common()}
    matcher = Matcher(index, confidence)

    @cache
    def is_answered(question: str) -> bool:
        return isinstance(matcher.match(question), Answer)

    edits = []
    for candidate in candidates:
        item = _nearest(candidate, matcher, confidence)
        tried = replace(item, phrasings=(*item.phrasings, candidate)) if item else Item(_NEW, "", candidate, "")
        edited = Matcher(index.with_item(tried), confidence)
        near = _near(grams(index.lexicon.form(candidate)), weights)
        answered = (question for question in near if _answers(edited, question, tried.id) and not is_answered(question))
        edits.append(NextEdit(candidate, item.id if item else None, 0, tuple(answered)))
    left = set(counts)
    chosen: list[NextEdit] = []
    while len(chosen) < limit:
        best = max((_narrowed(edit, left, counts) for edit in edits), key=lambda edit: edit.covers, default=None)
        if best is None or not best.covers:
            break
        chosen.append(best)
        left.difference_update(best.questions)
    return chosen


def _nearest(question: str, matcher: Matcher, confidence: ConfidenceModel) -> Item | None:
    """The item that a question may well mean."""
    candidates = matcher.match(question).candidates
    best = next((candidate for candidate in candidates if candidate.item.kind is Kind.ANSWER), None)
    return best.item if best and best.score >= confidence.suggest else None


def _near(terms: set[str], weights: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """The questions that share enough of their weight with some terms."""
    for question, weighed in weights.items():
        if sum(weighed[term] for term in weighed.keys() & terms) >= _SHARED * sum(weighed.values()):
            yield question


def _answers(matcher: Matcher, question: str, item: str) -> bool:
    verdict = matcher.match(question)
    return isinstance(verdict, Answer) and any(candidate.item.id == item for candidate in verdict.chosen)


def _narrowed(edit: NextEdit, left: Collection[str], counts: Mapping[str, int]) -> NextEdit:
    """An edit with what it answers of the questions that are left."""
    questions = tuple(question for question in edit.questions if question in left)
    return replace(edit, questions=questions, covers=sum(counts[question] for question in questions))
