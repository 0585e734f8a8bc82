"""The numbers that say how good the answers are."""

import json
import re
from dataclasses import replace

import pytest

from bot.cli.plots import evaluation_page
from bot.evaluation.measure import (
    Grade,
    Question,
    QuestionKind,
    Result,
    ask_held_out,
    ask_question,
    augrc,
    interval,
    read_questions,
    reliability,
    risk_coverage,
    summary,
    upper_bound,
)
from bot.knowledge import Knowledge
from bot.matching import Index, Matcher
from bot.texts.command_line import PLOT_NOTHING

GRADES = {
    "right": (Question("补办饭卡", QuestionKind.ANSWERABLE, "plain", (("工作证", "证件"),)), Grade.RIGHT),
    "quotation marks do not count": (
        Question("补办饭卡", QuestionKind.ANSWERABLE, "plain", (("“工作证”",),)),
        Grade.RIGHT,
    ),
    "a fact is missing": (
        Question("补办饭卡", QuestionKind.ANSWERABLE, "plain", (("工作证",), ("照片",))),
        Grade.WRONG,
    ),
    "offered": (Question("开饭安排", QuestionKind.ANSWERABLE, "plain", (("七点",),)), Grade.OFFERED),
    "missed": (Question("写首诗送我妈", QuestionKind.ANSWERABLE, "plain", (("诗",),)), Grade.MISSED),
    "false": (Question("补办饭卡", QuestionKind.NEAR_MISS, "plain"), Grade.FALSE),
    "offered to what has no answer": (Question("开饭安排", QuestionKind.NEAR_MISS, "plain"), Grade.OFFERED),
    "not covered": (Question("一份午饭多少钱", QuestionKind.NEAR_MISS, "plain"), Grade.DECLINED),
    "off topic": (Question("写首诗送我妈", QuestionKind.OFF_TOPIC, "plain"), Grade.DECLINED),
}


@pytest.fixture(scope="module")
def index(canteen: Knowledge) -> Index:
    return Index.build(canteen.base)


@pytest.mark.parametrize(("question", "grade"), GRADES.values(), ids=GRADES.keys())
def test_grades(index: Index, question: Question, grade: Grade) -> None:
    """One case for each thing that can become of a question."""
    assert ask_question(Matcher(index), question).grade is grade


def test_no_question_is_asked_with_its_own_words_in_the_index(index: Index) -> None:
    """Without its words or its item nothing is certain any more."""
    results = list(ask_held_out(index, 100, 1, Matcher, lambda work: work))
    assert {result.question.kind for result in results} == {"in", "not-covered", "hidden"}
    assert all(
        result.got != "card" for result in results if result.question.kind == "hidden" and "卡" in result.question.text
    )
    assert max(result.score for result in results if "开饭" not in result.question.text) < 1


NEGATIVES = {"card": ("补办饭卡要多少钱", "补办工作证"), "nc-price": ("一份午饭多少克",), "opening": ("食堂几点开会",)}


def test_negatives_are_asked_as_they_stand(canteen: Knowledge) -> None:
    """Each of them, of every kind of item; none gets its item, and each would without the negatives."""
    items = tuple(replace(item, negatives=NEGATIVES.get(item.id, ())) for item in canteen.base.items)
    index = Index.build(replace(canteen.base, items=items))
    asked = {"negative": (index, Grade.RIGHT), "nothing kept back": (replace(index, negatives={}), Grade.FALSE)}
    results = [result for result in ask_held_out(index, 100, 1, Matcher, list) if result.question.kind == "negative"]
    assert [result.question.item for result in results] == ["opening", "card", "card", "nc-price"]
    for index, grade in asked.values():
        assert {ask_question(Matcher(index), result.question).grade for result in results} == {grade}
    assert summary(results)["kinds"] == {"negative": {"questions": 4, "right": 1.0}}
    assert reliability(results) == {}


def test_a_sample_is_the_same_each_time(index: Index) -> None:
    """The seed decides, nothing else."""
    once, again = (
        [result.question.text for result in ask_held_out(index, 5, 3, Matcher, lambda work: work)] for _ in range(2)
    )
    assert once == again


def result(grade: Grade, *, first: bool, score: float, got: str = "b") -> Result:
    return Result(Question("问", QuestionKind.ANSWERABLE, "plain", item="a"), grade, first, score, got, 0.001)


def test_the_summary_counts() -> None:
    """Shares, recall, confusions, latency; all of it is JSON."""
    rows = [
        result(Grade.RIGHT, first=True, score=0.9, got="a"),
        result(Grade.RIGHT, first=True, score=0.8, got="a"),
        result(Grade.WRONG, first=False, score=0.7),
        result(Grade.MISSED, first=False, score=0.1),
        Result(
            Question("问", QuestionKind.NEAR_MISS, "plain"), Grade.FALSE, first=False, score=0.5, got="b", seconds=0.002
        ),
    ]
    report = summary(rows)
    assert report["kinds"]["in"] == {"questions": 4, "right": 0.5, "wrong": 0.25, "missed": 0.25}
    assert report["kinds"]["near"] == {"questions": 1, "false": 1.0}
    assert report["recall_at_1"] == 0.5
    assert report["groups"]["plain"]["right"] == 0.5
    assert report["confusions"] == [{"expected": "a", "got": "b", "count": 2, "example": "问"}]
    # In the order of their scores: right, right, wrong, false, wrong.
    assert report["augrc"] == pytest.approx((0.5 + 1.5 + 2.5) / 25)
    assert report["risk_coverage"][-1] == {"threshold": 0.1, "coverage": 1.0, "right": 0.4, "wrong": 0.6}
    assert report["latency_ms"] == {"p50": 1.0, "p99": 1.0}
    assert json.loads(json.dumps(report)) == report


def test_reliability_is_the_share_right_by_score() -> None:
    """By tenths; what has no answer on top is left out."""
    rows = [
        result(Grade.RIGHT, first=True, score=0.92),
        result(Grade.WRONG, first=False, score=0.98),
        result(Grade.MISSED, first=False, score=0.0),
    ]
    ((score, right),) = reliability(rows).items()
    assert score == pytest.approx(0.95)
    assert right == 0.5


def scored(*scores: tuple[float, str]) -> list[Result]:
    """Results that are right (+) or not (-) by their score."""
    return [result(Grade.MISSED, first=sign == "+", score=score) for score, sign in scores]


AUGRC = {
    "nothing": ([], 0.0),
    "all right": (scored((0.9, "+"), (0.8, "+")), 0.0),
    "all wrong": (scored((0.9, "-"), (0.8, "-")), 0.5),
    "the wrong one last": (scored((0.9, "+"), (0.8, "-")), 0.125),
    "the wrong one first": (scored((0.9, "-"), (0.8, "+")), 0.375),
    "neither is surer": (scored((0.9, "-"), (0.9, "+")), 0.25),
    "what can't be answered is no failure": (scored((0.9, "+"), (0.0, "-")), 0.0),
    "what can't be answered keeps the risk so far": (scored((0.9, "-"), (0.0, "-")), 0.375),
    "a false answer": (
        [Result(Question("问", QuestionKind.OFF_TOPIC, ""), Grade.FALSE, first=False, score=0.9, got="b", seconds=0)],
        0.5,
    ),
    "the item that was judged wrong": (
        [
            Result(
                Question("问", QuestionKind.REFUTED, "", item="b"),
                Grade.FALSE,
                first=False,
                score=0.9,
                got="b",
                seconds=0,
            )
        ],
        0.5,
    ),
    "another one than was judged wrong": (
        [
            Result(
                Question("问", QuestionKind.REFUTED, "", item="a"),
                Grade.DECLINED,
                first=False,
                score=0.9,
                got="b",
                seconds=0,
            )
        ],
        0.0,
    ),
}


@pytest.mark.parametrize(("results", "area"), AUGRC.values(), ids=AUGRC.keys())
def test_augrc_is_the_area_under_the_generalised_risk(results: list[Result], area: float) -> None:
    """Failures among all questions, over the share that is answered; the order of the results counts for nothing."""
    assert augrc(results) == augrc(results[::-1]) == pytest.approx(area)


def test_the_risk_at_each_coverage() -> None:
    """Shares of all questions. One row for a threshold; none for questions that nothing answers."""
    rows = scored((0.9, "+"), (0.8, "+"), (0.8, "-"), (0.7, "-"), (0.0, "-"))
    assert risk_coverage(rows) == [
        {"threshold": 0.9, "coverage": 0.2, "right": 0.2, "wrong": 0.0},
        {"threshold": 0.8, "coverage": 0.6, "right": 0.4, "wrong": 0.2},
        {"threshold": 0.7, "coverage": 0.8, "right": 0.4, "wrong": 0.4},
    ]
    many = risk_coverage(scored(*((1 - number / 1000, "+") for number in range(200))))
    assert [row["coverage"] for row in many] == pytest.approx([tenth / 10 for tenth in range(1, 11)])
    assert risk_coverage(scored((0.0, "-"))) == risk_coverage([]) == []


BOUNDS = {
    (0, 0): 1.0,
    (0, 1): 0.95,
    (0, 5): 0.4507,
    (0, 10): 0.2589,
    (1, 10): 0.3942,
    (5, 10): 0.7776,
    (10, 10): 1.0,
    (0, 100): 0.0295,
    (3, 5000): 0.00155,
}


@pytest.mark.parametrize(("sample", "bound"), BOUNDS.items())
def test_the_upper_bound_is_clopper_and_pearsons(sample: tuple[int, int], bound: float) -> None:
    """One-sided, at 95 %; of none out of n it is 1 - 0.05^(1/n)."""
    wrong, count = sample
    assert upper_bound(wrong, count) == pytest.approx(bound, abs=0.00005)


INTERVALS = {
    (0, 0): (0.0, 1.0),
    (1, 2): (0.0126, 0.9874),
    (10, 10): (0.6915, 1.0),
    (8, 10): (0.4439, 0.9748),
    (0, 10): (0.0, 0.3085),
}


@pytest.mark.parametrize(("sample", "ends"), INTERVALS.items())
def test_the_interval_is_clopper_and_pearsons(sample: tuple[int, int], ends: tuple[float, float]) -> None:
    """Two-sided, at 95 %; of all out of n it begins at 0.025^(1/n)."""
    right, count = sample
    assert interval(right, count) == pytest.approx(ends, abs=0.00005)


def test_the_page_is_self_contained(index: Index) -> None:
    """Plots of this very report, and nothing that is loaded from anywhere."""
    results = list(ask_held_out(index, 100, 1, Matcher, lambda work: work))
    html = evaluation_page(results, summary(results) | {"thresholds": {"answer": 0.5, "suggest": 0.2}})
    assert html.count('class="chart"') == 3
    assert html.count('class="mark"') == 2
    assert re.findall(r'(?:src|href)="(?!data:)', html) == []
    assert "<script" not in html
    assert len(html.encode()) < 300_000


def test_a_page_of_no_questions_says_so() -> None:
    """There is no empty chart."""
    html = evaluation_page([], summary([]) | {"thresholds": {"answer": 0.5, "suggest": 0.2}})
    assert 'class="chart"' not in html
    assert html.count(PLOT_NOTHING) == 3


BAD_LINES = [
    '{"q": "几点", "kind": "unheard of"}',
    '{"q": "几点"}',
    "no JSON",
    "[]",
    '{"q": "几点", "kind": "in", "must": 5}',
]


@pytest.mark.parametrize("line", BAD_LINES)
def test_a_bad_line_is_named(line: str) -> None:
    """By its number."""
    with pytest.raises(ValueError, match=r"^2$"):
        read_questions(['{"q": "几点", "kind": "out"}', line])


def test_questions_are_read() -> None:
    """Blank lines are skipped; missing keys have a meaning."""
    (question,) = read_questions(["", '{"q": "几点", "kind": "in", "must": [["七点", "7点"]], "style": "terse"}'])
    assert question == Question("几点", QuestionKind.ANSWERABLE, "terse", (("七点", "7点"),))
