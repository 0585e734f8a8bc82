"""From a question to a verdict."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.items import Item, Kind, KnowledgeBase
from bot.knowledge import Knowledge
from bot.matching import Answer, Index, Matcher, NotCovered, SmallTalk, Suggestions, Unknown, Verdict
from tests.conftest import CANTEEN, loaded, settled_by

CANTEEN_MATCHER = Matcher(Index.build(loaded(CANTEEN).base))


VERDICTS = {
    "a phrasing": ("补办饭卡", Answer, ["card"]),
    "with other marks and in traditional characters": ("「補辦飯卡」!!", Answer, ["card"]),
    "a phrasing with words around it": ("请问一下补办饭卡的事", Answer, ["card"]),
    "typed in pinyin": ("buban fanka", Answer, ["card"]),
    "typed in pinyin without spaces, as it is heard in the south-west": ("bubanfanka", Answer, ["card"]),
    "a homophone": ("补办范卡", Answer, ["card"]),
    "a compound question": ("食堂几点开门?饭卡丢了怎么补?", Answer, ["opening", "card"]),
    "what the speech does not say": ("一份午饭多少钱呀", NotCovered, ["nc-price"]),
    "an answer and a refusal in one: the refusal": ("饭卡丢了怎么补?一份午饭多少钱?", NotCovered, ["nc-price"]),
    "small talk": ("在吗", SmallTalk, ["chat-hello"]),
    "two items in the very same words": ("开饭安排", Suggestions, []),
    "the same through a synonym": ("放饭安排", Suggestions, []),
    "off topic": ("写首诗送我妈", Unknown, []),
    "blank": (" \n", Unknown, []),
    "emoji only": ("😀", Unknown, []),
}


@pytest.mark.parametrize(("question", "kind", "items"), VERDICTS.values(), ids=VERDICTS.keys())
def test_verdicts(question: str, kind: type[Verdict], items: list[str]) -> None:
    """One case for each way a question can come and each verdict it can get."""
    verdict = CANTEEN_MATCHER.match(question)
    assert isinstance(verdict, kind)
    assert settled_by(verdict) == items


def test_a_phrasing_is_certain() -> None:
    """The exact words of one item have score 1."""
    assert CANTEEN_MATCHER.match("补办饭卡").score == 1.0


def test_a_tie_is_below_an_answer_and_in_order_of_ids() -> None:
    """Equal scores, the smaller id first."""
    verdict = CANTEEN_MATCHER.match("开饭安排")
    first, second = verdict.candidates[:2]
    assert [first.item.id, second.item.id] == ["closing", "opening"]
    assert first.score == second.score < 0.4


def test_of_an_answer_and_a_refusal_in_the_same_words_the_answer_is_offered() -> None:
    """Whatever their ids are."""
    for answer, refusal in (("a", "z"), ("z", "a")):
        items = (
            Item(answer, "题", "几点开门", "七点", source=("1",)),
            Item(refusal, "题", "几点开门", "没说", Kind.NOT_COVERED),
        )
        verdict = Matcher(Index.build(KnowledgeBase("", items))).match("几点开门")
        assert isinstance(verdict, Suggestions)
        assert verdict.suggestions[0].item.id == answer


def test_a_refusal_among_many_parts_is_said() -> None:
    """Also as the fourth."""
    verdict = CANTEEN_MATCHER.match("食堂几点开门?食堂几点关门?饭卡丢了怎么补?一份午饭多少钱?")
    assert settled_by(verdict) == ["nc-price"]
    assert {candidate.item.id for candidate in verdict.suggestions} == {"opening", "closing", "card"}


def test_candidates_are_best_first() -> None:
    """Of a compound question, too; and ``why`` is about the first."""
    for question, _, _ in VERDICTS.values():
        verdict = CANTEEN_MATCHER.match(question)
        order = [(-candidate.score, candidate.item.id) for candidate in verdict.candidates]
        assert order == sorted(order)


def test_beside_a_refusal_the_answer_is_offered() -> None:
    """Nothing that was asked is passed over."""
    verdict = CANTEEN_MATCHER.match("饭卡丢了怎么补?一份午饭多少钱?")
    assert verdict.suggestions[0].item.id == "card"


def test_a_rambling_message_is_judged_by_the_clause_that_asks() -> None:
    """The question is one clause of many."""
    ramble = (
        "昨天下雨我骑车摔了一跤,回家翻遍书包也没找到,我妈还说了我一顿,真是倒霉,今天请了半天假,"
        "想来想去还是先问问吧,饭卡丢了怎么补?同事说不用急,可我中午就没地方用餐了,唉。"
    )
    assert settled_by(CANTEEN_MATCHER.match(ramble)) == ["card"]


def test_suggestions_are_answers_and_at_most_three(shipped: Knowledge, matcher: Matcher) -> None:
    """What is offered can be answered."""
    for item in shipped.base.items[:50]:
        verdict = matcher.match(item.topic + item.question[:4])
        assert len(verdict.suggestions) <= 3
        assert len(verdict.candidates) <= 10
        assert all(candidate.item.kind is Kind.ANSWER for candidate in verdict.suggestions)


def test_why_names_what_decided() -> None:
    """The nearest phrasing, the lanes, and what is unexplained."""
    why = CANTEEN_MATCHER.match("补办饭卡要带驴吗").why
    assert why.phrasing == "补办饭卡"
    assert set(why.lanes) == {"characters", "sound", "edit_distance", "answer_type"}
    assert "补办" in why.matched
    assert "驴" in why.unexplained


def test_the_order_of_items_is_irrelevant(canteen: Knowledge) -> None:
    """A base turned round gives the same candidates and scores."""
    turned = Matcher(Index.build(dataclasses.replace(canteen.base, items=canteen.base.items[::-1])))
    for question, _, _ in VERDICTS.values():
        here, there = CANTEEN_MATCHER.match(question).candidates, turned.match(question).candidates
        assert [one.item.id for one in there] == [one.item.id for one in here]
        assert [one.score for one in there] == pytest.approx([one.score for one in here])


def test_a_base_of_one_item_works() -> None:
    """Nothing to compare with is no error."""
    base = KnowledgeBase(title="", items=loaded(CANTEEN).base.items[:1])
    assert settled_by(Matcher(Index.build(base)).match("食堂几点开门")) == ["opening"]


@given(st.text(max_size=300))
def test_any_text_has_a_verdict(text: str) -> None:
    """Whatever Unicode holds."""
    assert isinstance(CANTEEN_MATCHER.match(text), Verdict)


@given(st.sampled_from([asking for item in loaded(CANTEEN).base.items for asking in item.all_phrasings()]))
def test_full_width_is_half_width(asking: str) -> None:
    """The width of characters does not matter."""
    wide = asking.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    assert CANTEEN_MATCHER.match(wide).candidates == CANTEEN_MATCHER.match(asking).candidates
