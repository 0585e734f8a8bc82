"""How good the answers are, in numbers: by the knowledge's own phrasings, or by a file of questions."""

import json
import math
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.evaluation.leave_one_out import Progress, sample, without_item, without_near_copies
from bot.items import Kind
from bot.matching import Answer, Candidate, Index, Matcher, Settled, Suggestions, Verdict

_ANSWER_LIMIT, _SUGGESTION_LIMIT = 900, 600
"""A longer text holds no fact: an answer that says everything says nothing."""
_CONFUSIONS = 15
_BINS = 10
_TENTHS = 10
_UNLIKELY, _EXACT = 0.05, 1e-9
"""How rare a draw is that a bound leaves out, and how exactly a bound is found."""


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
    NEGATIVE = "negative"
    """A negative of an item, which must not get it; other items may be right."""


class Grade(StrEnum):
    """What became of a question, by the names that reports use."""

    RIGHT = "right"
    """An answerable question got the right item; a negative did not get its own."""
    WRONG = "wrong"
    MISSED = "missed"
    """An answerable question was neither answered nor was the right item suggested."""
    OFFERED = "offered"
    """The right item was suggested; or items were suggested to a question that has no answer."""
    FALSE = "false"
    """A question that has no answer got one; a negative got its item."""
    DECLINED = "declined"
    """A question that has no answer got neither an answer nor suggestions."""


@dataclass(frozen=True, slots=True)
class Question:
    """A test question. ``must``: a right answer holds an alternative of every group; empty for what has no answer.

    ``item``: what an admin has judged, if anyone has: the right item of an answerable question, a wrong one of a
    refuted one or of a negative.
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


def ask_question(matcher: Matcher, question: Question) -> Result:
    """A question's result: right by the item that was judged, else by the facts that the answer holds."""
    start = time.perf_counter()
    verdict = matcher.match(question.text)
    seconds = time.perf_counter() - start
    best = verdict.candidates[0] if verdict.candidates else None
    return Result(
        question=question,
        grade=_grade(question, verdict),
        first=best is not None and question.kind is QuestionKind.ANSWERABLE and is_right(question, [best]),
        score=best.score if best and best.item.kind is Kind.ANSWER else 0.0,
        got=best.item.id if best else None,
        seconds=seconds,
    )


def ask_held_out(
    index: Index, most: int, seed: int, matcher: Callable[[Index], Matcher], progress: Progress
) -> Iterator[Result]:
    """The results of leave-one-out on a seeded sample of phrasings.

    Each is asked without itself and its near copies, where its own item is right; then, if that is an answer, without
    its item, where nothing is. Negatives are asked last, all of them and as they stand: their item is wrong.
    """
    kinds = {Kind.ANSWER: QuestionKind.ANSWERABLE, Kind.NOT_COVERED: QuestionKind.NOT_COVERED}
    phrasings = [phrasing for phrasing in sample(index, most, seed) if index.items[phrasing[0]].kind in kinds]
    for number, form in progress(phrasings):
        item = index.items[number]
        question = Question(form, kinds[item.kind], item.topic, item=item.id)
        yield ask_question(matcher(without_near_copies(index, number, form)), question)
    answerable = [phrasing for phrasing in phrasings if index.items[phrasing[0]].kind is Kind.ANSWER]
    for number, form in progress(answerable):
        question = Question(form, QuestionKind.WITHOUT_ITEM, index.items[number].topic)
        yield ask_question(matcher(without_item(index, number)), question)
    asking = matcher(index)
    for item_id, (negatives, _) in index.negatives.items():
        for form in negatives:
            yield ask_question(asking, Question(form, QuestionKind.NEGATIVE, item_id, item=item_id))


def summary(results: Sequence[Result]) -> dict[str, Any]:
    """Shares by kind, recall, by group, the worst confusions, risk and coverage, and the latency, ready for JSON."""
    answerable = [result for result in results if result.question.kind is QuestionKind.ANSWERABLE]
    confused = [result for result in answerable if not result.first and result.question.item and result.got]
    pairs = _grouped(confused, lambda result: (result.question.item, result.got))
    seconds = sorted(result.seconds for result in results) or [0.0]
    return {
        "kinds": {kind: _shares(rows) for kind, rows in _grouped(results, lambda result: result.question.kind).items()},
        "recall_at_1": _recall_at_1(answerable),
        "groups": {
            name: {"recall_at_1": _recall_at_1(rows), **_shares(rows)}
            for name, rows in _grouped(answerable, lambda result: result.question.group).items()
        },
        "confusions": [
            {"expected": expected, "got": got, "count": len(rows), "example": rows[-1].question.text}
            for (expected, got), rows in sorted(pairs.items(), key=lambda pair: -len(pair[1]))[:_CONFUSIONS]
        ],
        "augrc": round(augrc(results), 4),
        "risk_coverage": [{name: round(share, 4) for name, share in row.items()} for row in risk_coverage(results)],
        "latency_ms": {
            "p50": round(1000 * seconds[len(seconds) // 2], 3),
            "p99": round(1000 * seconds[int(0.99 * (len(seconds) - 1))], 3),
        },
    }


def reliability(results: Iterable[Result]) -> dict[float, float]:
    """The share right by the mean score, of the questions whose best candidate is an answer, by tenths of its score.

    Of a negative it is not known what is right.
    """
    scored = (result for result in results if result.score > 0 and result.question.kind is not QuestionKind.NEGATIVE)
    bins = _grouped(scored, lambda result: min(_BINS - 1, int(result.score * _BINS)))
    return {
        sum(row.score for row in rows) / len(rows): sum(row.first for row in rows) / len(rows)
        for _, rows in sorted(bins.items())
    }


def risk_coverage(results: Sequence[Result]) -> list[dict[str, float]]:
    """What thresholds do: for each a row with the shares of all questions that are answered, right and wrong.

    The rows are those that answer a tenth of the questions, two tenths, and so on, or a few more where several
    questions have the score of the threshold. The last row answers whatever can be answered: a question whose best
    candidate is no answer gets none at any threshold.
    """
    scores = sorted((result.score for result in results if result.score > 0), reverse=True)
    tenths = (math.ceil(len(results) * tenth / _TENTHS) for tenth in range(1, _TENTHS + 1))
    rows = []
    for threshold in dict.fromkeys(scores[min(count, len(scores)) - 1] for count in tenths if scores):
        answered = [result for result in results if result.score >= threshold]
        right, wrong = sum(result.first for result in answered), sum(map(_is_failure, answered))
        counts = {"coverage": len(answered), "right": right, "wrong": wrong}
        rows.append({"threshold": threshold} | {name: count / len(results) for name, count in counts.items()})
    return rows


def augrc(results: Sequence[Result]) -> float:
    """The area under the generalised risk-coverage curve: 0 is best, 0.5 is worst; 0 without any questions.

    After Traub et al., "Overcoming Common Flaws in the Evaluation of Selective Classification Systems" (2024).
    Questions are answered in the order of their scores, the surest first. The generalised risk at a coverage is the
    share of *all* questions that have been answered wrongly or falsely by then: the chance that a question is both
    answered, and answered so. Its mean over all coverages tells how much harm the scores let through, whatever the
    threshold. The older AURC divides by the questions answered instead, so that a few failures among the surest
    outweigh everything after them. Between questions of the same score, which no threshold tells apart, the curve is
    straight.
    """
    area = risk = 0.0
    for _, rows in sorted(_grouped(results, lambda result: result.score).items(), reverse=True):
        width, rise = len(rows) / len(results), sum(map(_is_failure, rows)) / len(results)
        area += width * (risk + rise / 2)
        risk += rise
    return area


def _is_failure(result: Result) -> bool:
    """Whether a question would be answered wrongly or falsely by its best candidate, were that answered."""
    if result.score <= 0:
        return False
    if result.question.kind is QuestionKind.REFUTED:
        return result.got == result.question.item
    return not result.first


def upper_bound(wrong: int, count: int, unlikely: float = _UNLIKELY) -> float:
    """The share of wrong ones in all, at most, by so many wrong ones among ``count`` that were drawn at random.

    One-sided, after Clopper and Pearson: with a larger share, so few would be wrong in less than 5 % of draws, or
    another ``unlikely`` share of them.
    """
    if wrong >= count:
        return 1.0
    low, high = wrong / count, 1.0
    while high - low > _EXACT:
        share = (low + high) / 2
        if _at_most(wrong, count, share) < unlikely:
            high = share
        else:
            low = share
    return high


def interval(right: int, count: int) -> tuple[float, float]:
    """Between which shares that of the right ones in all lies, by so many right ones of ``count`` drawn at random.

    Two-sided, at 95 %, after C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated in
    the case of the binomial" (Biometrika 26, 1934): each end leaves out 2.5 %. From 0 to 1 where nothing was drawn.
    """
    return 1 - upper_bound(count - right, count, _UNLIKELY / 2), upper_bound(right, count, _UNLIKELY / 2)


def _at_most(wrong: int, count: int, share: float) -> float:
    """The binomial chance of at most so many wrong ones. In logarithms: the coefficients outgrow what floats hold."""
    whole = math.lgamma(count + 1)
    return sum(
        math.exp(
            whole
            - math.lgamma(number + 1)
            - math.lgamma(count - number + 1)
            + number * math.log(share)
            + (count - number) * math.log1p(-share)
        )
        for number in range(wrong + 1)
    )


def _grade(question: Question, verdict: Verdict) -> Grade:
    if question.kind is QuestionKind.NEGATIVE:
        chosen = verdict.chosen if isinstance(verdict, Settled) else ()
        return Grade.FALSE if is_right(question, (*chosen, *verdict.suggestions)) else Grade.RIGHT
    is_answerable, is_refuted = (question.kind is kind for kind in (QuestionKind.ANSWERABLE, QuestionKind.REFUTED))
    if isinstance(verdict, Answer):
        right = is_right(question, verdict.chosen, _ANSWER_LIMIT)
        if is_answerable:
            return Grade.RIGHT if right else Grade.WRONG
        return Grade.DECLINED if is_refuted and not right else Grade.FALSE
    if is_answerable:
        is_offered = any(is_right(question, [candidate]) for candidate in verdict.suggestions)
        return Grade.OFFERED if is_offered else Grade.MISSED
    return Grade.OFFERED if isinstance(verdict, Suggestions) and not is_refuted else Grade.DECLINED


def is_right(question: Question, candidates: Iterable[Candidate], most: int = _SUGGESTION_LIMIT) -> bool:
    """Whether one of the candidates was judged, or their answers hold the facts and are not too long in all.

    An answer holds the facts that hold an alternative of every group; quotation marks do not count.
    """
    items = [candidate.item for candidate in candidates]
    if question.item:
        return any(item.id == question.item for item in items)
    text = "\n\n".join(item.answer for item in items if item.kind is Kind.ANSWER)
    flat = _flat(text)
    return 0 < len(text) <= most and all(any(_flat(fact) in flat for fact in group) for group in question.must)


def _flat(text: str) -> str:
    return re.sub(r"[\s“”\"'‘’《》「」]", "", text)


def _grouped(results: Iterable[Result], key: Callable[[Result], Any]) -> dict[Any, list[Result]]:
    """The results by a key, in the order of their first ones."""
    groups: dict[Any, list[Result]] = defaultdict(list)
    for result in results:
        groups[key(result)].append(result)
    return groups


def _shares(results: Sequence[Result]) -> Mapping[str, Any]:
    counts = Counter(result.grade for result in results)
    return {"questions": len(results)} | {grade: round(n / len(results), 4) for grade, n in counts.most_common()}


def _recall_at_1(results: Sequence[Result]) -> float:
    return round(sum(result.first for result in results) / len(results), 4) if results else 0.0
