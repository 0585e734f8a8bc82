"""What the tables of young bases are made of."""

import pytest

from bot.evaluation.measure import Question, QuestionKind
from bot.items import Item, Kind, KnowledgeBase
from tests.bench_young import Asked, at_best_threshold, drawn, fresh_shares, thin_shares, thinned

RULES = (
    Item("card", "题", "饭卡丢了怎么补？", "到窗口", phrasings=("补办饭卡", "饭卡掉了"), related=("umbrella",)),
    Item("umbrella", "题", "雨伞怎么借？", "找门卫", phrasings=("借雨伞找谁", "下雨没带伞"), keywords=("雨伞",)),
    Item("opening", "题", "食堂几点开门？", "七点", phrasings=("早上几点开饭", "食堂开门时间", "几点有早饭")),
    Item("nc-price", "题", "午饭多少钱？", "没说", Kind.NOT_COVERED, ("一顿饭几块钱",)),
)
BASE = KnowledgeBase("", RULES)
CARD, UMBRELLA, _, PRICE = RULES


def test_a_fresh_base_has_questions_alone() -> None:
    """What asks for an item that is related to its own is not strange; refusals are left out."""
    for seed in range(20):
        asked = drawn(BASE, 1, seed)
        (item,) = asked.base.items
        assert item.all_phrasings() == (item.question,)
        assert {text for text, _ in asked.own} == {*BASE.by_id[item.id].phrasings}
        others = {owner.id for text in asked.strange for owner in RULES if text in owner.all_phrasings()}
        related = {"card", "umbrella"}
        assert others == ({"opening"} if item.id in related else related)


def test_a_thin_base_has_two_phrasings_an_item() -> None:
    """Besides its question; drawn anew by each seed."""
    bases = [thinned(BASE, seed) for seed in range(20)]
    assert [len(item.phrasings) for item in bases[0].items] == [2, 2, 2, 1]
    assert len({base.items[2].phrasings for base in bases}) > 1
    assert not any(item.keywords for base in bases for item in base.items)


ANSWERED = {
    "above all strange ones": ([0.9, 0.5], 0.4, [True, True]),
    "as high as one": ([0.9, 0.5], 0.5, [True, False]),
    "a refusal is none": ([0.9, 0.5], 0.4, [False, False]),
}


@pytest.mark.parametrize(("own", "strange", "expected"), ANSWERED.values(), ids=ANSWERED.keys())
def test_the_best_threshold(own: list[float], strange: float, expected: list[bool]) -> None:
    """One strange question of twenty may be above it."""
    best = CARD if any(expected) else PRICE
    ranked = {f"own {number}": [(best, score), (UMBRELLA, 0.1)] for number, score in enumerate(own)}
    ranked |= {f"strange {number}": [(UMBRELLA, strange if number else 0.95)] for number in range(20)}
    replies = at_best_threshold(ranked, [text for text in ranked if text.startswith("strange")])
    assert [bool(replies[f"own {number}"].answering) for number in range(len(own))] == expected
    assert replies["own 0"].first == [best, UMBRELLA]
    assert sum(bool(reply.answering) for text, reply in replies.items() if text.startswith("strange")) == 1


def test_the_shares_of_both_tables() -> None:
    """Of the engine twice and of every baseline; what is asked in the base's own words is answered rightly."""
    own = [(item.question, item) for item in (CARD, UMBRELLA)]
    rows = dict(fresh_shares(Asked(KnowledgeBase("", (CARD, UMBRELLA)), own, ["早上几点开饭", "食堂开门时间"])))
    assert len(rows) == 13
    assert rows["engine"] == {"right": 1.0, "right or listed": 1.0, "others'": 0.0, "daily life": 0.0}
    assert all(row["right or listed"] == 1.0 for row in rows.values())
    asked = [
        Question("补办饭卡", QuestionKind.ANSWERABLE, "", (("窗口",),)),
        Question("借雨伞找谁", QuestionKind.ANSWERABLE, "", (("别的",),)),
        Question("一顿饭几块钱", QuestionKind.NEAR_MISS, ""),
    ]
    assert dict(thin_shares(BASE, asked))["engine"] == {"right": 0.5, "wrong": 0.5, "near": 0.0}
