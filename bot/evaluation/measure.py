"""How good the answers are, in numbers: by the knowledge's own phrasings, or by a file of questions."""

import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.evaluation.leave_one_out import Progress, leave_items_out, leave_phrasings_out, sample
from bot.items import Item, Kind
from bot.matching.index import Index
from bot.matching.matcher import Matcher
from bot.matching.verdict import Answer, Suggestions, Verdict

ANSWERABLE = "in"
REFUTED = "refuted"
_ANSWER_LIMIT, _OFFER_LIMIT = 900, 600
"""A longer text holds no fact: an answer that says everything says nothing."""
_CONFUSIONS = 15
_BINS = 10


@dataclass(frozen=True, slots=True)
class Question:
    """A test question. ``must``: a right answer holds an alternative of every group; empty for what has no answer.

    ``item``: what an admin has judged: the right item with ``kind`` ``in``, a wrong one with ``refuted``.
    """

    text: str
    kind: str
    group: str
    must: tuple[tuple[str, ...], ...] = ()
    item: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one question.

    ``kind``: ``in`` can be answered, every other can't. ``outcome``: right, offered, wrong or missed for ``in``; false,
    offered or declined for others. ``first``: the right item ranks first. ``score``: the best answer's, 0 if the best
    candidate is no answer. ``expected`` and ``got``: item ids, as far as they are known.
    """

    text: str
    kind: str
    group: str
    outcome: str
    first: bool
    score: float
    expected: str | None
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
            questions.append(Question(str(row["q"]), str(row["kind"]), str(row.get("style", "")), must))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(number) from error
    return questions


def ask_questions(matcher: Matcher, questions: Iterable[Question]) -> Iterator[Result]:
    """Each question's result: right by the facts that the answer holds, whichever item gave it."""
    for question in questions:
        verdict, seconds = _timed(matcher, question.text)
        if question.item:
            outcome, first = _judged(verdict, question)
            yield _result(question, outcome, verdict, seconds, expected=question.item, first=first)
            continue
        if question.kind != ANSWERABLE:
            outcome = _unanswerable(verdict)
        elif isinstance(verdict, Answer):
            given = "\n\n".join(candidate.item.answer for candidate in verdict.chosen)
            outcome = "right" if _holds(given, question.must, _ANSWER_LIMIT) else "wrong"
        else:
            offered = any(_answers(candidate.item, question) for candidate in verdict.suggestions)
            outcome = "offered" if offered else "missed"
        first = (
            bool(verdict.candidates) and question.kind == ANSWERABLE and _answers(verdict.candidates[0].item, question)
        )
        yield _result(question, outcome, verdict, seconds, first=first)


def ask_itself(
    index: Index, most: int, seed: int, matcher: Callable[[Index], Matcher], track: Progress
) -> Iterator[Result]:
    """The self-test on a seeded sample: each phrasing without itself and its near copies, then without its item.

    Right is the phrasing's own item. Kinds: ``in``; ``not-covered``, which must not be answered; ``hidden``, whose item
    is left out.
    """
    askings = [asking for asking in sample(index, most, seed) if index.items[asking[0]].kind is not Kind.SMALL_TALK]
    for question in track(leave_phrasings_out(index, askings), len(askings)):
        verdict, seconds = _timed(matcher(question.index), question.form)
        own = question.item
        answerable = own.kind is Kind.ANSWER
        outcome = _own(verdict, own.id) if answerable else _unanswerable(verdict)
        kind = ANSWERABLE if answerable else own.kind.value
        first = bool(verdict.candidates) and verdict.candidates[0].item.id == own.id
        yield _result(Question(question.form, kind, own.topic), outcome, verdict, seconds, expected=own.id, first=first)
    covered = [asking for asking in askings if index.items[asking[0]].kind is Kind.ANSWER]
    for question in track(leave_items_out(index, covered), len(covered)):
        verdict, seconds = _timed(matcher(question.index), question.form)
        asked = Question(question.form, "hidden", question.item.topic)
        yield _result(asked, _unanswerable(verdict), verdict, seconds)


def summary(results: Sequence[Result]) -> dict[str, Any]:
    """Shares by kind, recall, by group, the worst confusions and the latency, ready for JSON."""
    inside = [result for result in results if result.kind == ANSWERABLE]
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in inside:
        groups[result.group].append(result)
    pairs = Counter((one.expected, one.got) for one in inside if not one.first and one.expected and one.got)
    example = {(one.expected, one.got): one.text for one in inside}
    seconds = sorted(one.seconds for one in results) or [0.0]
    kinds = dict.fromkeys(one.kind for one in results)
    return {
        "kinds": {kind: _shares([one for one in results if one.kind == kind]) for kind in kinds},
        "recall_at_1": _share(one.first for one in inside),
        "groups": {
            name: {"recall_at_1": _share(one.first for one in rows), **_shares(rows)} for name, rows in groups.items()
        },
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
        (sum(one.score for one in rows) / len(rows), sum(one.first for one in rows) / len(rows), len(rows))
        for _, rows in sorted(bins.items())
    ]


def _timed(matcher: Matcher, text: str) -> tuple[Verdict, float]:
    start = time.perf_counter()
    verdict = matcher.match(text)
    return verdict, time.perf_counter() - start


def _result(
    asked: Question, outcome: str, verdict: Verdict, seconds: float, *, expected: str | None = None, first: bool = False
) -> Result:
    best = verdict.candidates[0] if verdict.candidates else None
    score = best.score if best and best.item.kind is Kind.ANSWER else 0.0
    got = best.item.id if best else None
    return Result(asked.text, asked.kind, asked.group, outcome, first, score, expected, got, seconds)


def _judged(verdict: Verdict, question: Question) -> tuple[str, bool]:
    """What became of a question of which a right item is known, or a wrong one; and whether the right one is first."""
    outcome = _own(verdict, question.item)
    if question.kind == REFUTED:
        return "false" if outcome == "right" else "declined", False
    return outcome, bool(verdict.candidates) and verdict.candidates[0].item.id == question.item


def _own(verdict: Verdict, item: str) -> str:
    if isinstance(verdict, Answer):
        return "right" if item in {candidate.item.id for candidate in verdict.chosen} else "wrong"
    return "offered" if item in {candidate.item.id for candidate in verdict.suggestions} else "missed"


def _unanswerable(verdict: Verdict) -> str:
    match verdict:
        case Answer():
            return "false"
        case Suggestions():
            return "offered"
        case _:
            return "declined"


def _answers(item: Item, question: Question) -> bool:
    return item.kind is Kind.ANSWER and _holds(item.answer, question.must, _OFFER_LIMIT)


def _holds(text: str, must: Sequence[Sequence[str]], most: int) -> bool:
    """Whether a text that is not too long holds an alternative of every group; quotation marks do not count."""
    flat = _flat(text)
    return len(text) <= most and all(any(_flat(alternative) in flat for alternative in group) for group in must)


def _flat(text: str) -> str:
    return re.sub(r"[\s“”\"'‘’《》「」]", "", text)


def _shares(results: Sequence[Result]) -> Mapping[str, Any]:
    counts = Counter(result.outcome for result in results)
    return {"questions": len(results)} | {name: round(n / len(results), 4) for name, n in counts.most_common()}


def _share(flags: Iterable[bool]) -> float:
    rows = list(flags)
    return round(sum(rows) / len(rows), 4) if rows else 0.0
