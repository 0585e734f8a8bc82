"""Negatives of an item: questions that never get it."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.items import Item, Kind, KnowledgeBase
from bot.matching import Answer, Index, Matcher, Settled, Verdict
from tests.conftest import CANTEEN, ROOT, loaded, settled_by

GREETING = Item("chat-greeting", "寒暄", "你好呀", "你好！", Kind.SMALL_TALK, negatives=("哈喽",))
CANTEEN_BASE = loaded(CANTEEN).base
RULES_BASE = loaded(ROOT / "tests" / "data" / "rules").base
NEGATIVES = {
    "card": ("饭卡丢了谁捡到了", "饭卡丢了扣不扣分", "补办范卡"),
    "opening": ("食堂几点开会",),
    "nc-price": ("一份午饭多少克",),
    "chat-hello": ("在吗在吗",),
    "shop-opening": ("小卖部几点进货",),
    "shop-head": ("小卖部", "李师傅谁管"),
    "three-donts": ("三不准是谁定的",),
}


def matchers(base: KnowledgeBase) -> tuple[Matcher, Matcher]:
    """The matcher of a base with negatives, and that of the same base without them."""
    items = tuple(replace(item, negatives=NEGATIVES.get(item.id, item.negatives)) for item in base.items)
    index = Index.build(replace(base, items=items))
    return Matcher(index), Matcher(replace(index, negatives={}))


CANTEEN_MATCHERS = matchers(replace(CANTEEN_BASE, items=(*CANTEEN_BASE.items, GREETING)))
RULES_MATCHERS = matchers(RULES_BASE)


def given(verdict: Verdict) -> set[str]:
    """All items that a member gets or may choose."""
    chosen = verdict.chosen if isinstance(verdict, Settled) else ()
    opened = [near for part in getattr(verdict, "open", ()) for near in part.suggestions]
    return {candidate.item.id for candidate in (*chosen, *verdict.suggestions, *opened)}


# The question, the item that it must not get, and what it gets all the same.
EXCLUDED: Mapping[str, tuple[str, str, set[str]]] = {
    "a negative": ("饭卡丢了谁捡到了", "card", set()),
    "in other signs": ("「飯卡丟了誰撿到了」!!", "card", set()),
    "with a courtesy before it": ("你好，饭卡丢了谁捡到了", "card", set()),
    "a near copy": ("饭卡丢了是谁捡到了呀", "card", set()),
    "of what would only be suggested": ("食堂几点开会", "opening", set()),
    "of a refusal": ("一份午饭多少克", "nc-price", set()),
    "a part of a compound question": ("食堂几点关门？饭卡丢了谁捡到了？", "card", {"closing"}),
    "a part, of a refusal": ("食堂几点开门？一份午饭多少克？", "nc-price", {"opening"}),
    "a part that follows what is no question": ("我是新来的，饭卡丢了谁捡到了", "card", set()),
}
EXCLUDED_BY_RULES: Mapping[str, tuple[str, str, set[str]]] = {
    "a keyword": ("小卖部", "shop-head", {"shop-opening"}),
    "a question with a keyword": ("三不准是谁定的", "three-donts", set()),
    "with the subject of the part before": ("小卖部谁管，几点进货", "shop-opening", {"shop-head"}),
}


@pytest.mark.parametrize(("question", "item", "others"), EXCLUDED.values(), ids=EXCLUDED.keys())
def test_a_negative_never_gets_its_item(question: str, item: str, others: set[str]) -> None:
    """Neither as an answer nor as a refusal or a suggestion; without the negatives it would."""
    matcher, unaware = CANTEEN_MATCHERS
    verdict = matcher.match(question)
    assert item in given(unaware.match(question))
    assert item not in {*given(verdict), *(candidate.item.id for candidate in verdict.candidates)}
    assert others <= given(verdict)


@pytest.mark.parametrize(("question", "item", "others"), EXCLUDED_BY_RULES.values(), ids=EXCLUDED_BY_RULES.keys())
def test_a_negative_that_names_a_keyword_never_gets_its_item(question: str, item: str, others: set[str]) -> None:
    """The same where subjects are carried and words alone are answered."""
    matcher, unaware = RULES_MATCHERS
    assert item in given(unaware.match(question))
    assert item not in given(matcher.match(question))
    assert others <= given(matcher.match(question))


ALLOWED = {
    "a phrasing that is nearly the negative": ("食堂几点开门", "opening"),
    "what is more like a phrasing": ("请问食堂几点开门呀", "opening"),
    "another phrasing": ("补办饭卡", "card"),
    "what is like no negative": ("饭卡不见了怎么补", "card"),
    "beside a part that is a negative": ("饭卡丢了怎么补？饭卡丢了谁捡到了？", "card"),
    "beside a part that is nearly one": ("食堂几点开门，几点开会", "opening"),
    "a refusal": ("一份午饭多少钱", "nc-price"),
    "small talk": ("在吗", "chat-hello"),
    "an act": ("你好呀", "chat-greeting"),
}


@pytest.mark.parametrize(("question", "item"), ALLOWED.values(), ids=ALLOWED.keys())
def test_an_item_with_negatives_still_answers(question: str, item: str) -> None:
    """Whatever is asked in its own words."""
    assert item in given(CANTEEN_MATCHERS[0].match(question))


def test_an_act_has_negatives_too() -> None:
    """A message that is one does not get what the item says."""
    matcher, unaware = CANTEEN_MATCHERS
    assert given(unaware.match("哈喽")) == {"chat-greeting"}
    assert given(matcher.match("哈喽")) == set()


def test_that_an_item_does_not_answer_makes_no_other_surer() -> None:
    """The best of the others keeps its score."""
    aware, unaware = ([*matcher.match("食堂几点开会").candidates] for matcher in CANTEEN_MATCHERS)
    assert unaware[0].item.id == "opening"
    assert aware == unaware[1:]


@pytest.mark.parametrize("negative", ["食堂几点关门", "放饭安排"])
def test_a_negative_is_answered_by_the_item_whose_phrasing_it_is(negative: str) -> None:
    """It is a negative of another item, be it that this one is asked in the same words but for a synonym."""
    items = tuple(replace(item, negatives=(negative,)) if item.id == "opening" else item for item in CANTEEN_BASE.items)
    verdict = Matcher(Index.build(replace(CANTEEN_BASE, items=items))).match(negative)
    assert isinstance(verdict, Answer)
    assert settled_by(verdict) == ["closing"]
    assert "opening" not in given(verdict)


def test_a_keyword_that_is_a_negative_does_not_lead_to_the_item() -> None:
    """Nor where all items that hold it are listed."""
    matcher, unaware = RULES_MATCHERS
    assert "shop-head" in {item.id for item in unaware.holding("小卖部")}
    assert {item.id for item in matcher.holding("小卖部")} == {item.id for item in unaware.holding("小卖部")} - {
        "shop-head"
    }


def test_a_negative_attracts_nothing() -> None:
    """The index of questions is the same with negatives as without them."""
    items = tuple(replace(item, negatives=NEGATIVES.get(item.id, ())) for item in CANTEEN_BASE.items)
    with_negatives, plain = (Index.build(replace(CANTEEN_BASE, items=each)) for each in (items, CANTEEN_BASE.items))
    for name in ("forms", "by_form", "postings"):
        assert getattr(with_negatives, name) == getattr(plain, name)
