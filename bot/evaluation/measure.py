"""How good the answers are, in numbers: by the knowledge's own phrasings, or by a file of questions."""

import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.evaluation.leave_one_out import Progress, leave_items_out, leave_phrasings_out, sample
from bot.items import Item, Kind
from bot.matching.index import Index
from bot.matching.matcher import Matcher
from bot.matching.verdict import Answer, Suggestions, Verdict

_ANSWER_LIMIT, _SUGGESTION_LIMIT = 900, 600
"""A longer text holds no fact: an answer that says everything says nothing."""
_CONFUSIONS = 15
_BINS = 10


class QuestionKind(StrEnum):
    """What a test question is, by the names that question files and reports use. Only ``in`` has an answer."""

    ANSWERABLE = "in"
    NEAR_MISS = "near"
    OFF_TOPIC = "out"
    NOT_COVERED = "not-covered"
    """A phrasing of an item of this kind."""
    WITHOUT_ITEM = "hidden"
    """A phrasing that is asked without its item."""
    REFUTED = "refuted"
    """An admin has judged that the item that was given is wrong."""


class Grade(StrEnum):
    """What became of a question, by the names that reports use."""

    RIGHT = "right"
    WRONG = "wrong"
    MISSED = "missed"
    """An answerable question was neither answered nor was the right item suggested."""
    OFFERED = "offered"
    """The right item was suggested; or items were suggested to a question that has no answer."""
    FALSE = "false"
    """A question that has no answer got one."""
    DECLINED = "declined"
    """A question that has no answer got neither an answer nor suggestions."""


@dataclass(frozen=True, slots=True)
class Question:
    """A test question. ``must``: a right answer holds an alternative of every group; empty for what has no answer.

    ``item``: what an admin has judged, if anyone has: the right item of an answerable question, a wrong one of a
    refuted one.
    """

    text: str
    kind: QuestionKind
    group: str
    must: tuple[tuple[str, ...], ...] = ()
    item: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one question.

    ``first``: the right item ranks first. ``score``: the best candidate's, 0 if that is no answer. ``got``: the best
    candidate's item, if there is one.
    """

    question: Question
    grade: Grade
    first: bool
    score: float
    got: str | None
    seconds: float


def read_questions(lines: Iterable[str]) -> list[Question]:
    """Questions from JSON lines with the keys q, kind (in, near, out), must and style; blank lines are skipped.

    Raises:
        ValueError: a line is no such object; the message names its number.
    """
    questions = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            must = tuple(tuple(map(str, group)) for group in row.get("must", ()))
            questions.append(Question(str(row["q"]), QuestionKind(row["kind"]), str(row.get("style", "")), must))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(number) from error
    return questions


def ask_questions(matcher: Matcher, questions: Iterable[Question]) -> Iterator[Result]:
    """Each question's result: right by the item that was judged, else by the facts that the answer holds."""
    return (_ask(matcher, question) for question in questions)


def ask_held_out(
    index: Index, most: int, seed: int, matcher: Callable[[Index], Matcher], progress: Progress
) -> Iterator[Result]:
    """The results of leave-one-out on a seeded sample of phrasings.

    Each is asked without itself and its near copies, where its own item is right; then, if that is an answer, without
    its item, where nothing is.
    """
    phrasings = [phrasing for phrasing in sample(index, most, seed) if _kind(index, phrasing) is not Kind.SMALL_TALK]
    for held_out in progress(leave_phrasings_out(index, phrasings), len(phrasings)):
        own = held_out.item
        kind = QuestionKind.ANSWERABLE if own.kind is Kind.ANSWER else QuestionKind.NOT_COVERED
        yield _ask(matcher(held_out.index), Question(held_out.form, kind, own.topic, item=own.id))
    answerable = [phrasing for phrasing in phrasings if _kind(index, phrasing) is Kind.ANSWER]
    for held_out in progress(leave_items_out(index, answerable), len(answerable)):
        yield _ask(matcher(held_out.index), Question(held_out.form, QuestionKind.WITHOUT_ITEM, held_out.item.topic))


def summary(results: Sequence[Result]) -> dict[str, Any]:
    """Shares by kind, recall, by group, the worst confusions and the latency, ready for JSON."""
    answerable = [result for result in results if result.question.kind is QuestionKind.ANSWERABLE]
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in answerable:
        groups[result.question.group].append(result)
    confused = [result for result in answerable if not result.first and result.question.item and result.got]
    pairs = Counter((result.question.item, result.got) for result in confused)
    example = {(result.question.item, result.got): result.question.text for result in confused}
    seconds = sorted(result.seconds for result in results) or [0.0]
    kinds = dict.fromkeys(result.question.kind for result in results)
    return {
        "kinds": {kind: _shares([result for result in results if result.question.kind is kind]) for kind in kinds},
        "recall_at_1": _recall_at_1(answerable),
        "groups": {name: {"recall_at_1": _recall_at_1(rows), **_shares(rows)} for name, rows in groups.items()},
        "confusions": [
            {"expected": pair[0], "got": pair[1], "count": count, "example": example[pair]}
            for pair, count in pairs.most_common(_CONFUSIONS)
        ],
        "latency_ms": {
            "p50": round(1000 * seconds[len(seconds) // 2], 3),
            "p99": round(1000 * seconds[int(0.99 * (len(seconds) - 1))], 3),
        },
    }


def reliability(results: Iterable[Result]) -> list[tuple[float, float, int]]:
    """Of the questions whose best candidate is an answer, by tenths of its score: mean score, share right, how many."""
    bins: dict[int, list[Result]] = defaultdict(list)
    for result in results:
        if result.score > 0:
            bins[min(_BINS - 1, int(result.score * _BINS))].append(result)
    return [
        (sum(row.score for row in rows) / len(rows), sum(row.first for row in rows) / len(rows), len(rows))
        for _, rows in sorted(bins.items())
    ]


def _kind(index: Index, phrasing: tuple[int, str]) -> Kind:
    return index.items[phrasing[0]].kind


def _ask(matcher: Matcher, question: Question) -> Result:
    start = time.perf_counter()
    verdict = matcher.match(question.text)
    seconds = time.perf_counter() - start
    best = verdict.candidates[0] if verdict.candidates else None
    return Result(
        question=question,
        grade=_grade(question, verdict),
        first=best is not None and question.kind is QuestionKind.ANSWERABLE and _is_right(best.item, question),
        score=best.score if best and best.item.kind is Kind.ANSWER else 0.0,
        got=best.item.id if best else None,
        seconds=seconds,
    )


def _grade(question: Question, verdict: Verdict) -> Grade:
    if question.kind is QuestionKind.REFUTED:
        return Grade.FALSE if isinstance(verdict, Answer) and _is_answered(question, verdict) else Grade.DECLINED
    if question.kind is QuestionKind.ANSWERABLE:
        if isinstance(verdict, Answer):
            return Grade.RIGHT if _is_answered(question, verdict) else Grade.WRONG
        offered = any(_is_right(candidate.item, question) for candidate in verdict.suggestions)
        return Grade.OFFERED if offered else Grade.MISSED
    if isinstance(verdict, Answer):
        return Grade.FALSE
    return Grade.OFFERED if isinstance(verdict, Suggestions) else Grade.DECLINED


def _is_answered(question: Question, answer: Answer) -> bool:
    """Whether an answer, which may have several parts, is what was judged, or holds the facts."""
    if question.item:
        return any(_is_right(candidate.item, question) for candidate in answer.chosen)
    return _holds("\n\n".join(candidate.item.answer for candidate in answer.chosen), question.must, _ANSWER_LIMIT)


def _is_right(item: Item, question: Question) -> bool:
    """Whether an item is the one that was judged, or is an answer that holds the facts."""
    if question.item:
        return item.id == question.item
    return item.kind is Kind.ANSWER and _holds(item.answer, question.must, _SUGGESTION_LIMIT)


def _holds(text: str, must: Sequence[Sequence[str]], most: int) -> bool:
    """Whether a text that is not too long holds an alternative of every group; quotation marks do not count."""
    flat = _flat(text)
    return len(text) <= most and all(any(_flat(alternative) in flat for alternative in group) for group in must)


def _flat(text: str) -> str:
    return re.sub(r"[\s“”\"'‘’《》「」]", "", text)


def _shares(results: Sequence[Result]) -> Mapping[str, Any]:
    counts = Counter(result.grade for result in results)
    return {"questions": len(results)} | {grade: round(n / len(results), 4) for grade, n in counts.most_common()}


def _recall_at_1(results: Sequence[Result]) -> float:
    return round(sum(result.first for result in results) / len(results), 4) if results else 0.0
