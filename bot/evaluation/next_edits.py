"""The few edits of the knowledge that would answer most of what was missed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.items import Item, Kind
from bot.matching.confidence import ConfidenceModel
from bot.matching.index import Index
from bot.matching.matcher import Matcher
from bot.matching.terms import grams
from bot.matching.verdict import Answer

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
    counts: dict[str, int] = {}
    for question, count in misses:
        counts[question] = counts.get(question, 0) + count
    search = _Search(index, confidence, sorted(counts, key=lambda question: -counts[question]))
    edits = [search.edit(candidate) for candidate in candidates]
    left = set(counts)
    chosen: list[NextEdit] = []
    while len(chosen) < limit:
        best = max((_narrowed(edit, left, counts) for edit in edits), key=lambda edit: edit.covers, default=None)
        if best is None or not best.covers:
            break
        chosen.append(best)
        left.difference_update(best.questions)
    return chosen


def _narrowed(edit: NextEdit, left: Collection[str], counts: Mapping[str, int]) -> NextEdit:
    """An edit with what it answers of the questions that are left."""
    questions = tuple(question for question in edit.questions if question in left)
    return replace(edit, questions=questions, covers=sum(counts[question] for question in questions))


class _Search:
    """Tries edits on an index."""

    def __init__(self, index: Index, confidence: ConfidenceModel, misses: Sequence[str]) -> None:
        self._index = index
        self._confidence = confidence
        self._matcher = Matcher(index, confidence)
        self._weights = {question: index.weights(index.lexicon.form(question)) for question in misses}
        self._answered: dict[str, bool] = {}

    def edit(self, candidate: str) -> NextEdit:
        """The edit that a candidate makes, with every miss that it would answer; ``covers`` is not counted yet."""
        item = self._nearest(candidate)
        if item:
            edited = replace(item, phrasings=(*item.phrasings, candidate))
        else:
            edited = Item(_NEW, topic="", question=candidate, answer="")
        matcher = Matcher(self._index.with_item(edited), self._confidence)
        answered = (
            question
            for question in self._near(candidate)
            if _answers(matcher, question, edited.id) and not self._is_answered(question)
        )
        return NextEdit(candidate, item.id if item else None, 0, tuple(answered))

    def _nearest(self, question: str) -> Item | None:
        """The item that a question may well mean."""
        candidates = self._matcher.match(question).candidates
        best = next((candidate for candidate in candidates if candidate.item.kind is Kind.ANSWER), None)
        return best.item if best and best.score >= self._confidence.suggest else None

    def _near(self, candidate: str) -> Iterable[str]:
        """The misses that share enough with a candidate."""
        shared = grams(self._index.lexicon.form(candidate))
        for question, weights in self._weights.items():
            if sum(weights[term] for term in weights.keys() & shared) >= _SHARED * sum(weights.values()):
                yield question

    def _is_answered(self, question: str) -> bool:
        """Whether a miss is answered by now."""
        if question not in self._answered:
            self._answered[question] = isinstance(self._matcher.match(question), Answer)
        return self._answered[question]


def _answers(matcher: Matcher, question: str, item: str) -> bool:
    verdict = matcher.match(question)
    return isinstance(verdict, Answer) and any(candidate.item.id == item for candidate in verdict.chosen)
