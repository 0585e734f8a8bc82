"""Ways to ask that are made of a question, and what they are for."""

import pytest

from bot.items import Item, KnowledgeBase
from bot.matching import Index, Matcher
from bot.matching.paraphrases import WAYS, ways_to_ask

MADE = {
    "when": ("缴费什么时候截止？", "缴费哪天截止"),
    "where": ("报名处在哪里？", "报名处在什么地方"),
    "who": ("车库由谁负责？", "车库由哪位负责"),
    "how much": ("补办一张卡要多少钱？", "补办一张卡要几块钱"),
    "how": ("怎么退押金？", "咋退押金"),
    "why": ("为什么要登记？", "为啥要登记"),
    "what, at the end": ("“三不准”是哪三条？", "“三不准”是什么"),
    "what it is called, where the question ends with it": ("活动的主题是什么？", "活动的主题内容"),
}


@pytest.mark.parametrize(("question", "way"), MADE.values(), ids=MADE.keys())
def test_what_asks_is_said_in_other_words(question: str, way: str) -> None:
    """The rest stays as it is."""
    ways = ways_to_ask(question)
    assert way in ways
    assert len(ways) <= WAYS
    assert question.rstrip("？") not in ways


@pytest.mark.parametrize("question", ["谁？", "车库由谁负责，几点开？", "登记", ""])
def test_of_some_questions_none_are_made(question: str) -> None:
    """About nothing, of several things, without a word that asks, empty."""
    assert ways_to_ask(question) == []


QUESTION, OTHERS = (
    "后门的钥匙在哪里领？",
    ("钥匙领取处", "上哪领后门那把", "领钥匙去几楼", "钥匙去哪拿", "后门钥匙哪领"),
)


def key(*phrasings: str) -> Item:
    return Item("key", "门", QUESTION, "在传达室领。", phrasings=phrasings, source=("1",))


def index(*items: Item) -> Index:
    return Index.build(KnowledgeBase("", items))


def test_an_item_with_few_phrasings_is_compared_with_them() -> None:
    """They are no phrasings: nothing else knows them."""
    young = index(key())
    assert "后门的钥匙在什么地方领" in young.compared(0)
    assert young.forms == (("后门的钥匙在哪里领",),)
    assert "后门的钥匙在什么地方领" not in young.by_form
    assert Matcher(young).match("后门的钥匙在什么地方领").why.phrasing == "后门的钥匙在哪里领"


def test_an_item_with_many_phrasings_needs_none() -> None:
    """Six are enough."""
    old = index(key(*OTHERS))
    assert old.compared(0) == old.forms[0]


def test_a_question_that_is_held_out_makes_none() -> None:
    """They would tell what is held out."""
    held_out = index(key("钥匙领取处")).without(0, ["后门的钥匙在哪里领"])
    assert held_out.compared(0) == ("钥匙领取处",)


def test_an_index_with_another_item_is_the_index_that_is_built_anew() -> None:
    """With what was made of it, too."""
    assert index(key(*OTHERS)).with_item(key()).made == index(key()).made
