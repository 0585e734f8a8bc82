"""What is asked is judged; what is missed is recorded, without who asked."""

import pytest

from bot.faq import Faq
from bot.knowledge import Knowledge
from bot.matching import Index, Matcher
from bot.store.interface import Miss, State

NOT_RECORDED = ["补办饭卡", "开饭安排", "在吗", "", "  ", "\u200b"]
RECORDED = {
    "off topic": ("写首诗送我妈", Miss("写首诗送我妈", "写首诗送我妈", "unknown", State.OPEN, None, 0.0)),
    "not covered": (
        "一份午饭多少钱？",
        Miss("一份午饭多少钱？", "1份午饭多少钱", "not-covered", State.NOT_COVERED, "nc-price", 1.0),
    ),
    "masked and on one line": (
        "写诗\n发到13812345678",
        Miss("写诗 发到［电话］", "写诗发到电话", "unknown", State.OPEN, None, 0.0),
    ),
    "emoji only": ("😀", Miss("😀", "😀", "unknown", State.OPEN, None, 0.0)),
}


@pytest.fixture
def misses() -> list[Miss]:
    return []


@pytest.fixture
def faq(canteen: Knowledge, misses: list[Miss]) -> Faq:
    return Faq(Matcher(Index.build(canteen.base)), misses.append)


@pytest.mark.parametrize("question", NOT_RECORDED)
def test_what_is_answered_offered_or_blank_is_no_miss(faq: Faq, misses: list[Miss], question: str) -> None:
    """An offer is a miss only when it is turned down."""
    faq.ask(question)
    assert misses == []


@pytest.mark.parametrize(("question", "expected"), RECORDED.values(), ids=RECORDED.keys())
def test_a_miss_is_recorded(faq: Faq, misses: list[Miss], question: str, expected: Miss) -> None:
    """With its verdict, its best candidate and its score."""
    faq.ask(question)
    (miss,) = misses
    assert (miss.question, miss.key, miss.verdict, miss.state) == (
        expected.question,
        expected.key,
        expected.verdict,
        expected.state,
    )
    if expected.item:
        assert (miss.item, miss.score) == (expected.item, expected.score)


def test_none_of_these_is_a_miss(faq: Faq, misses: list[Miss]) -> None:
    """An offer that was turned down waits for an admin."""
    faq.reject("开饭安排")
    (miss,) = misses
    assert (miss.question, miss.verdict, miss.state, miss.item) == ("开饭安排", "suggest", State.OPEN, "closing")


def test_a_button_without_its_question_records_nothing(faq: Faq, misses: list[Miss]) -> None:
    """What was asked may be gone from the chat."""
    faq.reject("")
    assert misses == []
