"""What speaks for and against an item: each feature, moved alone by a word of the question or of the base."""

from dataclasses import dataclass

import pytest

from bot.items import Item, Kind, KnowledgeBase
from bot.matching import Features, Index, Matcher

LIBRARY = Item(
    "library", "图书馆", "图书馆几点开门", "早上八点。", phrasings=("图书馆什么时候开门", "图书馆几点开始营业")
)
CARD = Item(
    "card", "图书馆", "借书证怎么办理", "带身份证到服务台。", phrasings=("怎么办借书证", "办理借书证要什么手续")
)
FINE = Item("fine", "图书馆", "逾期还书罚款多少钱", "每天一角。", phrasings=("还书晚了罚多少钱",))
PARKING = Item("parking", "图书馆", "图书馆停车收费吗", "没有说。", Kind.NOT_COVERED, phrasings=("图书馆停车多少钱",))
PARTY = Item("party", "会议", "县委会议什么时候开", "5月31日。", phrasings=("县委什么时候开会议", "县委会议哪天开"))


def features(question: str, *items: Item, of: str = "library") -> Features:
    """The features of a question and the item of this id in a base with these items."""
    matcher = Matcher(Index.build(KnowledgeBase("small", items)))
    return next(found.features for found in matcher.compared(matcher.form(question)) if found.item.id == of)


BASE = (LIBRARY, CARD, FINE)


@dataclass(frozen=True)
class Case:
    """A question and an item that has more of a feature than another question, or than in another base, has."""

    feature: str
    more: Features
    less: Features


CASES = [
    Case("explained", features("图书馆几点开门", *BASE), features("图书馆几点游泳", *BASE)),
    Case("sound", features("tushuguan几点开门", *BASE), features("图书馆几点开门", *BASE)),
    Case("margin", features("图书馆几点开门", *BASE), features("图书馆借书证怎么办理", *BASE)),
    Case("margin", features("图书馆几点开门", *BASE), features("图书馆几点开门", *BASE, PARKING)),
    Case("refusal_margin", features("图书馆几点开门", *BASE), features("图书馆几点开门", *BASE, PARKING)),
    Case("covered", features("图书馆开门", *BASE), features("图书馆开门游泳", *BASE)),
    Case("asked", features("图书馆开门", *BASE), features("图书馆早上", *BASE)),
    Case("missing", features("图书馆的游泳池几点开门", *BASE), features("图书馆几点开门", *BASE)),
    Case("missing_all", features("图书馆的游泳池和电梯", *BASE), features("图书馆的游泳池", *BASE)),
    Case("unheard", features("图书馆的游泳池几点开门", *BASE), features("图书馆的借书证几点开门", *BASE)),
    Case("unheard_all", features("图书馆的游泳池和电梯", *BASE), features("图书馆的游泳池", *BASE)),
    Case("likeness", features("图书馆几点开门", *BASE), features("几点图书馆开门", *BASE)),
    Case("echo", features("图书馆几点开门", *BASE), features("图书馆在哪里", *BASE)),
    Case("silence", features("图书馆在哪里", *BASE), features("图书馆几点开门", *BASE)),
    Case("agreement", features("图书馆几点开门", *BASE), features("图书馆几点游泳", *BASE)),
    Case(
        "swapped", features("市委会议什么时候开", PARTY, of="party"), features("县委会议什么时候开", PARTY, of="party")
    ),
    Case(
        "swapped",
        features("市委会议什么时候开", PARTY, of="party"),
        features("县委会议什么时候有午饭", PARTY, of="party"),
    ),
    Case("unserved", features("图书馆为什么开门", *BASE), features("图书馆几点开门", *BASE)),
    Case("served", features("图书馆几点开门", *BASE), features("图书馆为什么开门", *BASE)),
    Case("twisted", features("除了图书馆几点开门", *BASE), features("图书馆几点开门", *BASE)),
    Case("evidence", features("图书馆几点开门营业", *BASE), features("图书馆", *BASE)),
    Case("weight", features("图书馆几点开门", *BASE), features("图书馆", *BASE)),
    Case("lead", features("图书馆几点开门", *BASE), features("图书馆几点开门", *BASE, PARKING)),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.feature)
def test_a_feature_moves_by(case: Case) -> None:
    """The word that it is about."""
    assert getattr(case.more, case.feature) > getattr(case.less, case.feature)


def test_every_feature_has_a_case() -> None:
    """None is left out of the table above."""
    assert {case.feature for case in CASES} == {*Features._fields}
