"""From a question to a verdict."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.items import Item, Kind, KnowledgeBase
from bot.knowledge import Knowledge
from bot.matching import (
    Answer,
    ConfidenceModel,
    Index,
    Matcher,
    NotCovered,
    OpenPart,
    SmallTalk,
    Suggestions,
    Unknown,
    Verdict,
)
from bot.text import normalise
from tests.conftest import CANTEEN, ROOT, SHIPPED_CONFIDENCE, loaded, settled_by

RULES_MATCHER = Matcher(Index.build(loaded(ROOT / "tests" / "data" / "rules").base))
CANTEEN_MATCHER = Matcher(Index.build(loaded(CANTEEN).base))


VERDICTS = {
    "a phrasing": ("补办饭卡", Answer, ["card"]),
    "with other marks and in traditional characters": ("「補辦飯卡」!!", Answer, ["card"]),
    "a phrasing with words around it": ("补办饭卡的事", Answer, ["card"]),
    "typed in pinyin": ("buban fanka", Answer, ["card"]),
    "typed in pinyin without spaces, as it is heard in the south-west": ("bubanfanka", Answer, ["card"]),
    "a homophone": ("补办范卡", Answer, ["card"]),
    "a compound question": ("食堂几点开门?饭卡丢了怎么补?", Answer, ["opening", "card"]),
    "what the speech does not say": ("一份午饭多少钱呀", NotCovered, ["nc-price"]),
    "an answer and a refusal in one: both": ("饭卡丢了怎么补?一份午饭多少钱?", Answer, ["card", "nc-price"]),
    "small talk": ("在吗", SmallTalk, ["chat-hello"]),
    "two items in the very same words": ("开饭安排", Suggestions, []),
    "the same through a synonym": ("放饭安排", Suggestions, []),
    "off topic": ("写首诗送我妈", Unknown, []),
    "blank": (" \n", Unknown, []),
    "emoji only": ("😀", SmallTalk, []),
    "thanks, without an item for it": ("谢谢啦", SmallTalk, []),
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
    assert first.score == second.score < ConfidenceModel().answer


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
    assert settled_by(verdict) == ["opening", "closing", "card", "nc-price"]


PARTS = {
    "by a mark": ("后厨几点开门，小卖部几点开门", ["kitchen-opening", "shop-opening"]),
    "by 还有": ("后厨谁管还有小卖部几点开门", ["kitchen-head", "shop-opening"]),
    "without a mark": ("后厨谁管小卖部谁管", ["kitchen-head", "shop-head"]),
    "with 分别": ("后厨和小卖部分别由谁负责", ["kitchen-head", "shop-head"]),
    "the subject is carried": ("小卖部谁管，几点开门", ["shop-head", "shop-opening"]),
    "the subject of a refusal too": ("小卖部几点开门，电话多少", ["shop-opening", "nc-shop-phone"]),
    "a term behind another question": ("小卖部谁管，还有三不准", ["shop-head", "three-donts"]),
    "terms that are joined": ("三不准和王师傅", ["three-donts", "kitchen-head"]),
    "who behind another question": ("小卖部几点开门谁管", ["shop-opening", "shop-head"]),
    "terms that are enumerated": ("三不准、王师傅", ["three-donts", "kitchen-head"]),
}


@pytest.mark.parametrize(("question", "expected"), PARTS.values(), ids=PARTS.keys())
def test_a_double_question_is_answered_whole(question: str, expected: list[str]) -> None:
    """However its parts are joined."""
    assert settled_by(RULES_MATCHER.match(question)) == expected


def test_a_part_that_is_not_known_is_told() -> None:
    """In the words that asked for it."""
    verdict = RULES_MATCHER.match("三不准是哪三条，火星上有几个人")
    assert isinstance(verdict, Answer)
    assert verdict.open == (OpenPart("火星上有几个人", ()),)


@pytest.mark.parametrize("question", ["我的饭卡哪去了", "补卡去哪"])
@pytest.mark.parametrize("other", ["火星上有几个人", "工作证丢了找谁签字"])
def test_half_an_answer_must_be_surer_than_a_whole_one(question: str, other: str) -> None:
    """What would do alone is only offered where nothing answers the other part, and what it holds of that is little."""
    matcher = Matcher(Index.build(loaded(CANTEEN).base), SHIPPED_CONFIDENCE)
    alone = matcher.match(question)
    assert (type(alone), settled_by(alone)) == (Answer, ["card"])
    beside = matcher.match(f"{question}，{other}")
    assert isinstance(beside, Suggestions)
    assert beside.suggestions[0].item.id == "card"


def test_half_of_a_question_is_refused_as_a_whole_one_is() -> None:
    """Nothing that would answer it instead is near."""
    matcher = Matcher(Index.build(loaded(CANTEEN).base), SHIPPED_CONFIDENCE)
    for question in ("早饭多少钱", "早饭多少钱，火星上有几个人"):
        verdict = matcher.match(question)
        assert (type(verdict), settled_by(verdict)) == (NotCovered, ["nc-price"])


def test_what_an_unsure_part_may_have_meant_is_offered() -> None:
    """Beside the part that is answered."""
    verdict = RULES_MATCHER.match("三不准是哪三条，早上有什么")
    assert isinstance(verdict, Answer)
    assert [part.words for part in verdict.open] == ["早上有什么"]
    assert [near.item.id for near in verdict.open[0].suggestions] == ["kitchen-opening"]


@pytest.mark.parametrize("typed", ["sanbuzhun dou bu zhun xie sha", "sanbuzhundoubuzhunxiesha"])
def test_a_phrasing_that_is_typed_in_pinyin_is_that_phrasing(typed: str) -> None:
    """With and without spaces."""
    verdict = RULES_MATCHER.match(typed)
    assert settled_by(verdict) == ["three-donts"]
    assert verdict.score == pytest.approx(0.95)


def test_who_says_that_they_know_nothing_asks_nothing() -> None:
    """啥都不懂 is no part of a double question."""
    verdict = RULES_MATCHER.match("我啥都不懂，三不准是哪三条")
    assert isinstance(verdict, Answer)
    assert verdict.open == ()


TERMS = {
    "one item": ("三不准", Answer, ["three-donts"]),
    "in a frame": ("请问三不准是什么", Answer, ["three-donts"]),
    "by its sound": ("三步准", Answer, ["three-donts"]),
    "typed in pinyin": ("sanbuzhun", Answer, ["three-donts"]),
    "several items: they are offered": ("早上", Suggestions, []),
    "a word of the questions that is no keyword": ("开门", Suggestions, []),
    "a refusal where no answer has it": ("电话", NotCovered, ["nc-shop-phone"]),
    "a word of nothing": ("火星", Unknown, []),
}


@pytest.mark.parametrize(("term", "kind", "expected"), TERMS.values(), ids=TERMS.keys())
def test_a_term_alone(term: str, kind: type[Verdict], expected: list[str]) -> None:
    """It is answered by the item whose keyword it is."""
    verdict = RULES_MATCHER.match(term)
    assert isinstance(verdict, kind)
    assert settled_by(verdict) == expected
    if isinstance(verdict, Suggestions):
        assert verdict.word == term


def test_every_fixed_term_of_the_speech_has_its_answer(matcher: Matcher) -> None:
    """Answered or offered by an item that holds it; never refused."""
    for term in (ROOT / "tests" / "data" / "fixed-terms.txt").read_text(encoding="utf-8").split():
        verdict = matcher.match(term)
        assert isinstance(verdict, Answer | Suggestions), term
        chosen = verdict.chosen if isinstance(verdict, Answer) else verdict.suggestions
        texts = [normalise(candidate.item.question + candidate.item.answer) for candidate in chosen]
        assert any(normalise(term) in text for text in texts), term


def test_a_refusal_of_something_else_stands_back(matcher: Matcher) -> None:
    """One of another campaign, or of the county's office, does not keep this campaign's answer from being sure."""
    assert settled_by(matcher.match("谁具体负责活动呢")) == ["person-in-charge"]
    assert settled_by(matcher.match("这活动谁在管")) == ["person-in-charge"]


def test_candidates_are_best_first() -> None:
    """Of a compound question, too; and ``why`` is about the first."""
    for question, _, _ in VERDICTS.values():
        verdict = CANTEEN_MATCHER.match(question)
        order = [(-candidate.score, candidate.item.id) for candidate in verdict.candidates]
        assert order == sorted(order)


def test_of_a_ramble_with_a_refusal_the_refusal_counts() -> None:
    """Its other questions may only lead there; their answers are offered."""
    ramble = (
        "我来说说是怎么回事，上个月我请假回老家，走的时候太急，饭卡丢了怎么补?现在我就想晓得一件事，一份午饭多少钱?"
    )
    verdict = CANTEEN_MATCHER.match(ramble)
    assert settled_by(verdict) == ["nc-price"]
    assert "card" in [candidate.item.id for candidate in verdict.suggestions]


def test_a_rambling_message_is_judged_by_the_clause_that_asks() -> None:
    """The question is one clause of many."""
    ramble = (
        "昨天下雨我骑车摔了一跤,回家翻遍书包也没找到,我妈还说了我一顿,真是倒霉,今天请了半天假,"
        "想来想去还是先问问吧,饭卡丢了怎么补?同事说不用急,可我中午就没地方用餐了,唉。"
    )
    assert settled_by(CANTEEN_MATCHER.match(ramble)) == ["card"]


def test_a_clause_that_tells_counts_no_more_than_one_that_asks() -> None:
    """A word like 没有 asks in one clause and tells in another."""
    told = "跟老张聊了半天家常,他说晚上最迟八点要走,走了食堂里就没有人了,我听了半信半疑"
    assert settled_by(CANTEEN_MATCHER.match(f"{told},我也不晓得他说得准不准,反正也不急。")) == ["closing"]
    assert not isinstance(CANTEEN_MATCHER.match(f"{told}。倒是想问一下,门口那棵树叫什么名字"), Answer)


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


COUNTED = {
    "how many it has": ("五个好有几个", Answer, ["five-goods"]),
    "whether it has another number": ("五个好有没有六条", Answer, ["five-goods"]),
    "a wrong number": ("五带头有三个吗", Answer, ["five-leads"]),
    "its own number": ("五个好是五个吗", Answer, ["five-goods"]),
    "a thing of another number": ("六个好是什么", NotCovered, ["nc-wrong-six-goods"]),
    "a part that it does not have": ("第六个带头是什么", NotCovered, ["nc-wrong-six-leads"]),
    "a phase that it does not have": ("第四阶段干什么", NotCovered, ["nc-wrong-three-stages"]),
    "another word in its place": ("忧患意识是什么", NotCovered, ["nc-wrong-awareness"]),
    "another number in its place": ("四个意识是什么", NotCovered, ["nc-wrong-awareness"]),
    "a word that nobody has": ("安全意识是什么", NotCovered, ["nc-wrong-awareness"]),
}


@pytest.mark.parametrize(("question", "kind", "items"), COUNTED.values(), ids=COUNTED.keys())
def test_what_is_counted_or_confused(question: str, kind: type[Verdict], items: list[str], matcher: Matcher) -> None:
    """A count is answered by the list; what does not exist is corrected; never an item of the list."""
    verdict = matcher.match(question)
    assert isinstance(verdict, kind)
    assert settled_by(verdict) == items


def test_several_parts_of_a_numbered_term_are_the_term() -> None:
    """Two at least; a single one may be an item of its own."""
    assert settled_by(RULES_MATCHER.match("三不准第一条和第二条分别是什么")) == ["three-donts"]


FOREIGN = ["市委是哪天开动员大会的", "市委哪天开的大会", "2019年县委动员大会是哪天", "谁来修电梯", "明天会下雨吗"]


@pytest.mark.parametrize("question", FOREIGN)
def test_what_the_speech_does_not_name_is_not_answered(question: str, matcher: Matcher) -> None:
    """Another organisation, another year, another matter."""
    assert not isinstance(matcher.match(question), Answer)


@pytest.mark.parametrize("question", ["图书馆几点开门", "谁来修电梯", "明天会下雨吗"])
def test_a_base_of_three_items_does_not_know_the_rest_of_the_world(question: str) -> None:
    """No refusal competes there."""
    items = (
        Item("opening", "食堂", "食堂几点开门？", "早上七点开门。", source=("1",)),
        Item("price", "食堂", "一份午饭多少钱？", "十二块。", source=("1",)),
        Item("card", "食堂", "饭卡丢了怎么补？", "到窗口补办。", source=("1",)),
    )
    young = Matcher(Index.build(KnowledgeBase("", items)))
    assert settled_by(young.match("食堂几点开门")) == settled_by(young.match("食堂啥时候开门")) == ["opening"]
    assert not isinstance(young.match(question), Answer)
