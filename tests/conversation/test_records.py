"""What is kept of a question: masked, with its verdict, and never who asked."""

import pytest

from bot.conversation.records import miss_of, rejected_miss
from bot.items import VerdictKind
from bot.knowledge import Knowledge
from bot.matching import Index, Matcher
from bot.store.records import Miss, State

NO_MISS = ["补办饭卡", "开饭安排", "在吗", "", "  ", "\u200b", "😀", "？！"]
MISSED = {
    "off topic": ("写首诗送我妈", Miss("写首诗送我妈", "写首诗送我妈", VerdictKind.UNKNOWN, State.OPEN, None, 0.0)),
    "not covered": (
        "一份午饭多少钱？",
        Miss("一份午饭多少钱？", "1份午饭多少钱", VerdictKind.NOT_COVERED, State.NOT_COVERED, "nc-price", 1.0),
    ),
    "masked and on one line": (
        "写诗\n发到13812345678",
        Miss("写诗 发到［电话］", "写诗发到电话", VerdictKind.UNKNOWN, State.OPEN, None, 0.0),
    ),
}


@pytest.fixture
def canteen_matcher(canteen: Knowledge) -> Matcher:
    return Matcher(Index.build(canteen.base))


@pytest.mark.parametrize("question", NO_MISS)
def test_what_is_answered_offered_or_blank_is_no_miss(canteen_matcher: Matcher, question: str) -> None:
    """An offer is a miss only when it is turned down."""
    assert miss_of(question, canteen_matcher.match(question)) is None


@pytest.mark.parametrize(("question", "expected"), MISSED.values(), ids=MISSED.keys())
def test_a_miss_is_said(canteen_matcher: Matcher, question: str, expected: Miss) -> None:
    """With its verdict, its best candidate and its score."""
    miss = miss_of(question, canteen_matcher.match(question))
    assert miss
    assert (miss.question, miss.key, miss.verdict, miss.state) == (
        expected.question,
        expected.key,
        expected.verdict,
        expected.state,
    )
    if expected.item:
        assert (miss.item, miss.score) == (expected.item, expected.score)


def test_none_of_these_is_a_miss(canteen_matcher: Matcher) -> None:
    """An offer that was turned down waits for an admin."""
    miss = rejected_miss("开饭安排", canteen_matcher.match("开饭安排"))
    assert miss
    assert (miss.question, miss.verdict, miss.state, miss.item) == (
        "开饭安排",
        VerdictKind.SUGGEST,
        State.OPEN,
        "closing",
    )


def test_a_button_without_its_question_is_no_miss(canteen_matcher: Matcher) -> None:
    """What was asked may be gone from the chat."""
    assert rejected_miss("", canteen_matcher.match("")) is None
