"""What ``check`` advises on a base that has no fault."""

import pytest

from bot.evaluation.advice import Advice, AdviceKind, advise
from bot.items import Item, KnowledgeBase
from bot.matching import ConfidenceModel, Index

MANY = tuple(f"{word}怎么办" for word in "春夏秋冬东南西北天地")


def item(item_id: str, question: str, *phrasings: str, keywords: tuple[str, ...] = ()) -> Item:
    return Item(item_id, "题", question, "答。", phrasings=phrasings, keywords=keywords, source=("1",))


def advice(*items: Item, synonyms: tuple[tuple[str, ...], ...] = ()) -> list[Advice]:
    base = KnowledgeBase("", items, synonyms=synonyms)
    return list(advise(base, Index.build(base), ConfidenceModel(), lambda work: work))


def test_a_sound_item_needs_none() -> None:
    """Enough phrasings, all different."""
    assert advice(item("one", "饭卡丢了怎么补？", *MANY)) == []


def test_a_thin_item_is_named() -> None:
    """With how few ways there are to ask it."""
    assert advice(item("one", "饭卡丢了怎么补？", "补办饭卡")) == [
        Advice(AdviceKind.FEW_PHRASINGS, ("one",), {"count": 2})
    ]


def test_phrasings_that_are_alike_are_named() -> None:
    """One of them has no use."""
    one, other = "我的饭卡昨天丢了要怎么补办呢", "我的饭卡昨天丢了要怎么补办"
    assert advice(item("one", "挂失？", one, other, *MANY)) == [
        Advice(AdviceKind.REDUNDANT_PHRASINGS, ("one",), {"one": one, "other": other})
    ]


def test_phrasings_that_synonyms_make_one_are_named() -> None:
    """Neither item is reached by them any more."""
    pieces = advice(
        item("one", "开饭安排", *MANY[:9]),
        item("two", "放饭安排", *(f"{text}呀" for text in MANY[:9])),
        synonyms=(("开饭", "放饭"),),
    )
    assert Advice(AdviceKind.SHARED_FORM, ("one", "two"), {"form": "开饭安排"}) in pieces


def test_a_synonym_that_merges_key_terms_is_named() -> None:
    """Two items' keywords in one group."""
    pieces = advice(
        item("one", "问一", *MANY, keywords=("主题",)),
        item("two", "问二", *(f"{text}呀" for text in MANY), keywords=("主线",)),
        synonyms=(("主题", "主线"), ("开饭", "放饭")),
    )
    assert Advice(AdviceKind.MERGED_KEYWORDS, ("one", "two"), {"words": ("主题", "主线")}) in pieces


def test_an_item_that_takes_the_questions_of_another_is_named() -> None:
    """Both, and an example."""
    pieces = advice(
        item("robbed", "饭卡丢了", "工作证不见了", "车钥匙掉了", "雨伞找不到"),
        item(
            "robber",
            "丢了东西找谁",
            "卡丢了怎么办",
            "工作证丢了",
            "证不见了",
            "钥匙掉了",
            "车钥匙找不到",
            "伞找不到",
            "雨伞丢了",
        ),
    )
    (confused,) = [piece for piece in pieces if piece.items == ("robbed", "robber")]
    assert confused.kind is AdviceKind.CONFUSED_ITEMS
    assert confused.details["count"] in {3, 4}
    assert confused.details["example"] in {"饭卡丢了", "工作证不见了", "车钥匙掉了", "雨伞找不到"}


@pytest.mark.parametrize("count", [9, 10])
def test_the_bound_of_thin(count: int) -> None:
    """Ten ways are enough."""
    assert bool(advice(item("one", "问一", *MANY[: count - 1]))) is (count < 10)
