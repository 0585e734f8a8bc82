"""What a change of the knowledge does to questions, before it is live."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.evaluation import impact as replaying
from bot.evaluation.impact import (
    Effect,
    Impact,
    Outcome,
    ReplayedQuestion,
    replay,
    replay_all,
)
from bot.items import Item, Kind, KnowledgeBase
from bot.matching import ConfidenceModel, Index
from bot.matching.terms import Term
from tests.conftest import CANTEEN, ROOT, loaded

RULES = loaded(CANTEEN).base
CARD, OPENING, PRICE = (RULES.by_id[item_id] for item_id in ("card", "opening", "nc-price"))
# Each of its phrasings is answered by the others when it is held out.
CARD = replace(CARD, phrasings=(*CARD.phrasings, "卡不见了怎么补办", "卡丢了找谁"))
BASE = replace(RULES, items=tuple(CARD if item.id == CARD.id else item for item in RULES.items))
LIBRARY = loaded(ROOT / "tests" / "data" / "library").base


def edited(*items: Item, base: KnowledgeBase = BASE) -> KnowledgeBase:
    """A base with items more, or in place of those with their ids."""
    return replace(base, items=tuple({item.id: item for item in (*base.items, *items)}.values()))


def without(*item_ids: str, base: KnowledgeBase = BASE) -> KnowledgeBase:
    return replace(base, items=tuple(item for item in base.items if item.id not in item_ids))


def asked(item: Item, *phrasings: str) -> Item:
    """An item that is asked in more ways."""
    return replace(item, phrasings=(*item.phrasings, *phrasings))


def impact(after: KnowledgeBase, *known: ReplayedQuestion, before: KnowledgeBase = BASE) -> Impact:
    return replay(Index.build(before), Index.build(after), ConfidenceModel(), known)


EFFECTS = {
    "a miss that gets an answer": (
        edited(asked(CARD, "卡被别人捡走")),
        ReplayedQuestion("卡被别人捡走", None),
        Effect("卡被别人捡走", Outcome.ANSWERED, None, "card"),
    ),
    "a miss in pinyin, which shares no term with anything": (
        edited(asked(CARD, "卡被别人捡走")),
        ReplayedQuestion("ka bei bieren jianzou", None),
        Effect("ka bei bieren jianzou", Outcome.ANSWERED, None, "card"),
    ),
    "an answered question that another item takes": (
        edited(asked(OPENING, "补办范卡找谁")),
        ReplayedQuestion("补办范卡找谁", "card"),
        Effect("补办范卡找谁", Outcome.CHANGED, "card", "opening"),
    ),
    "a miss that was answered by now, and that another item takes": (
        edited(asked(OPENING, "补办范卡找谁")),
        ReplayedQuestion("补办范卡找谁", None),
        Effect("补办范卡找谁", Outcome.CHANGED, "card", "opening"),
    ),
    "an answered question whose item is gone": (
        without("card"),
        ReplayedQuestion("我的饭卡丢了怎么补办", "card"),
        Effect("我的饭卡丢了怎么补办", Outcome.LOST, "card", None),
    ),
    "an answered question that has two answers now": (
        edited(Item("report", "食堂", "饭卡丢了怎么挂失？", "打电话。", phrasings=("饭卡挂失",), source=("1",))),
        ReplayedQuestion("饭卡丢了", "card"),
        Effect("饭卡丢了", Outcome.AMBIGUOUS, "card", None),
    ),
    "a question that is a negative of its item now": (
        edited(replace(CARD, negatives=("饭卡丢了谁捡到了",))),
        ReplayedQuestion("饭卡丢了谁捡到了呀", "card"),
        Effect("饭卡丢了谁捡到了呀", Outcome.LOST, "card", None),
    ),
    "a phrasing that another item takes": (
        edited(asked(OPENING, "饭卡丢了找谁")),
        None,
        Effect("卡丢了找谁", Outcome.LOST, "card", "opening", held_out=True),
    ),
    "a phrasing that has two answers now": (
        edited(asked(OPENING, "补办范卡找谁")),
        None,
        Effect("补办饭卡", Outcome.AMBIGUOUS, "card", None, held_out=True),
    ),
    "a phrasing that was taken from its item, which needs it": (
        edited(replace(CARD, phrasings=())),
        None,
        Effect("饭卡丢了怎么补？", Outcome.LOST, "card", None, held_out=True),
    ),
    "a phrasing of a refusal that is answered": (
        edited(asked(OPENING, "盒饭收费要多少")),
        None,
        Effect("盒饭收费标准", Outcome.LOST, None, "opening", held_out=True),
    ),
    "a refused question whose item was given an answer": (
        edited(replace(PRICE, kind=Kind.ANSWER, answer="十块。", source=("1",))),
        ReplayedQuestion("午饭多少钱", "nc-price"),
        Effect("午饭多少钱", Outcome.ANSWERED, "nc-price", "nc-price"),
    ),
    "another synonym, for a question that needs it": (
        replace(BASE, synonyms=()),
        ReplayedQuestion("食堂几点放饭", "opening"),
        Effect("食堂几点放饭", Outcome.CHANGED, "opening", "closing"),
    ),
}


@pytest.mark.parametrize(("after", "known", "effect"), EFFECTS.values(), ids=EFFECTS.keys())
def test_effects(after: KnowledgeBase, known: ReplayedQuestion | None, effect: Effect) -> None:
    """One case for each way a change can show."""
    assert effect in impact(after, *[known] if known else []).effects


def test_a_phrasing_whose_item_is_gone_is_not_a_held_out_one() -> None:
    """Asked in just these words it is lost."""
    lost = impact(without("card")).of(Outcome.LOST)
    assert lost
    assert {effect.held_out for effect in lost} == {False}


NONE = {
    "the same answer": (edited(asked(CARD, "卡丢了")), ReplayedQuestion("补办饭卡", "card")),
    "the same answer among several": (
        edited(asked(CARD, "卡丢了")),
        ReplayedQuestion("食堂几点开门?饭卡丢了怎么补?", "opening"),
    ),
    "an answer that was not its item's": (without("card"), ReplayedQuestion("我的饭卡丢了怎么补办", "opening")),
    "a refusal, before and after": (edited(asked(PRICE, "午饭价钱")), ReplayedQuestion("午饭要多少钱", "nc-price")),
    "a refusal that is gone": (without("nc-price"), ReplayedQuestion("午饭要多少钱", None)),
    "small talk": (edited(asked(BASE.by_id["chat-hello"], "嗨")), ReplayedQuestion("在吗", None)),
}


@pytest.mark.parametrize(("after", "known"), NONE.values(), ids=NONE.keys())
def test_no_effect(after: KnowledgeBase, known: ReplayedQuestion) -> None:
    """One case for each reason that a real question has none."""
    assert known.text not in {effect.question for effect in impact(after, known).effects}


def test_a_refusal_that_was_given_an_answer_loses_nothing() -> None:
    """Its own phrasings may now be answered, by it."""
    assert not impact(edited(replace(PRICE, kind=Kind.ANSWER, answer="十块。", source=("1",)))).effects


def test_a_phrasing_that_is_new_is_no_question() -> None:
    """Nothing was promised to it."""
    new = "补办范卡找谁"
    assert new not in {effect.question for effect in impact(edited(asked(OPENING, new))).effects}


def test_the_worst_comes_first() -> None:
    """Then by question; a loss is a lost or a changed answer."""
    known = [
        ReplayedQuestion("卡被别人捡走", None),
        ReplayedQuestion("补办范卡找谁", "card"),
        ReplayedQuestion("饭卡丢了去找谁", "card"),
        ReplayedQuestion("饭卡丢了", "card"),
    ]
    said = impact(edited(asked(OPENING, "补办范卡找谁", "饭卡丢了找谁"), asked(CARD, "卡被别人捡走")), *known)
    order = [Outcome.LOST, Outcome.CHANGED, Outcome.AMBIGUOUS, Outcome.ANSWERED]
    rows = [(order.index(effect.outcome), effect.question) for effect in said.effects]
    assert rows == sorted(rows)
    assert {effect.outcome for effect in said.effects} == {*order}
    assert [effect.question for effect in said.of(Outcome.ANSWERED)] == ["卡被别人捡走"]
    assert said.has_loss


def test_no_loss_without_one() -> None:
    """A new answer is none."""
    said = impact(edited(asked(CARD, "卡被别人捡走")), ReplayedQuestion("卡被别人捡走", None))
    assert said.effects
    assert not said.has_loss


def test_a_question_counts_once() -> None:
    """However often, and as whatever, it is asked."""
    known = [
        ReplayedQuestion("饭卡丢了怎么补?", "card"),
        ReplayedQuestion("「飯卡丟了怎麼補」", "card"),
        ReplayedQuestion("饭卡丢了怎么补", None),
    ]
    lost = impact(without("card"), *known).of(Outcome.LOST)
    assert len([effect for effect in lost if effect.question.startswith(("饭卡丢了", "「"))]) == 1


def test_what_a_change_does_not_reach_is_not_asked() -> None:
    """Nothing for a change that the matcher does not see, little for a small one."""
    assert impact(edited(replace(CARD, related=(), source=("1",)))).replayed == 0
    item = LIBRARY.items[0]
    said = impact(edited(asked(item, "这个怎么办"), base=LIBRARY), before=LIBRARY)
    assert len(item.phrasings) <= said.replayed < 100


def test_beyond_the_limit_the_nearest_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest is counted."""
    after = edited(asked(OPENING, "补办范卡找谁"))
    known = ReplayedQuestion("补办范卡找谁", "card")
    whole = impact(after, known)
    monkeypatch.setattr(replaying, "LIMIT", 4)
    part = impact(after, known)
    assert (part.replayed, part.left_out) == (4, whole.replayed - 4)
    assert [effect.question for effect in part.effects] == ["补办范卡找谁"]


def test_progress_is_shown() -> None:
    """Each question."""
    worked: list[ReplayedQuestion] = []

    def progress(work: Sequence[ReplayedQuestion]) -> Sequence[ReplayedQuestion]:
        worked.extend(work)
        return work

    said = replay_all(Index.build(BASE), Index.build(without("card")), ConfidenceModel(), [], progress)
    assert said.replayed == len(worked) > 0


REFUND, BRANCHES = (LIBRARY.by_id[item_id] for item_id in ("deposit-refund", "branches"))
NEW = Item(
    "new", "题", "丢了证还能借书吗？", "先补证。", phrasings=("证丢了怎么借书", "没带证能不能借"), source=("1.1",)
)
CHANGES = {
    "a phrasing of another item": edited(asked(BRANCHES, "退押金去哪里办"), base=LIBRARY),
    "a new answer": edited(NEW, base=LIBRARY),
    "a new refusal": edited(replace(NEW, kind=Kind.NOT_COVERED), base=LIBRARY),
    "an item less": without(REFUND.id, base=LIBRARY),
    "fewer phrasings": edited(replace(BRANCHES, phrasings=BRANCHES.phrasings[:2]), base=LIBRARY),
}


@pytest.mark.parametrize("after", CHANGES.values(), ids=CHANGES.keys())
def test_no_loss_is_overlooked(after: KnowledgeBase) -> None:
    """The slow way, which asks everything, is the oracle. What stands at the threshold itself may be overlooked."""
    indexes = Index.build(LIBRARY), Index.build(after)
    confidence = replace(ConfidenceModel(), answer=0.45)
    some = replay(*indexes, confidence, [])
    whole = replay_all(*indexes, confidence, [], list)
    assert set(some.effects) <= set(whole.effects)
    assert some.of(Outcome.LOST) == whole.of(Outcome.LOST) != ()
    assert some.replayed < whole.replayed / 4


REPLACED = {
    "another phrasing": asked(CARD, "开饭安排", "卡坏了"),
    "fewer phrasings": replace(OPENING, phrasings=()),
    "another answer": replace(CARD, answer="找老王。", keywords=("挂失",)),
    "negatives": replace(CARD, negatives=("饭卡没钱了",)),
    "a new item": Item("new", "题", "放饭安排", "看墙上。", source=("1",)),
}


@pytest.mark.parametrize("item", REPLACED.values(), ids=REPLACED.keys())
def test_an_index_with_an_item_is_as_one_built_anew(item: Item) -> None:
    """The slow way is the oracle; the index itself is untouched."""
    index, oracle = Index.build(BASE), Index.build(edited(item))
    index.sounds.alike("gua si")
    ahead = index.with_item(item)
    assert (ahead.items, ahead.forms) == (oracle.items, oracle.forms)
    assert {form: numbers for form, numbers in ahead.by_form.items() if numbers} == oracle.by_form
    assert {term: holders for term, holders in ahead.postings.items() if holders} == oracle.postings
    assert ahead.negatives == oracle.negatives
    for sound in ("gua si", "ka huai", "ban ka", "an pai"):
        heard = Term("", sound, 1.0)
        assert ahead.holders(heard) == oracle.holders(heard)
    for term in ("挂失", "饭卡"):
        assert ahead.keywords.items(term) == oracle.keywords.items(term)
    same = {name: getattr(index, name) for name in ("lexicon", "sounds", "acts", "keywords")}
    assert index == replace(Index.build(BASE), **same)


def test_what_is_wanted_counts_for_no_loss() -> None:
    """That a question loses the item that was wrong for it, however it is typed; nothing else."""
    effects = (
        Effect("饭卡丢了怎么补钱", Outcome.CHANGED, "card", "opening"),
        Effect("饭卡丢了怎么补钱？", Outcome.LOST, "closing", None),
        Effect("卡不见了", Outcome.CHANGED, "card", "opening"),
    )
    assert Impact(effects, 3).without(["饭卡丢了怎么补钱！"], "card") == Impact(effects[1:], 3)
