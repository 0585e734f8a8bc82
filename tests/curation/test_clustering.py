"""Which misses are one card: only what plainly asks the same."""

import pytest

from bot.curation.clustering import MissSorter
from bot.items import VerdictKind
from bot.knowledge import Knowledge
from bot.matching import Index
from bot.matching.similarity import Clusters, unlike
from bot.store.records import UnclusteredMiss
from tests.admin_setup import AdminSetup


@pytest.fixture(scope="session")
def index(shipped: Knowledge) -> Index:
    return Index.build(shipped.base)


# All about what the shipped speech does not say.
PAIRS = {
    "the same": ("发不发纪念品", "发不发纪念品", True),
    "punctuation and width": ("发不发纪念品？！", "发不发 纪念品", True),
    "a particle more": ("会上发不发纪念品", "会上发不发纪念品嘛", True),
    "traditional characters": ("會上發不發紀念品", "会上发不发纪念品", True),
    "a frame around it": ("请问会上发不发纪念品", "会上发不发纪念品", True),
    "another number": ("第三批名单里有我吗", "第四批名单里有我吗", False),
    "another thing asked for": ("纪念品什么时候发", "纪念品在哪里发", False),
    "another thing": ("会上发不发纪念品", "会上发不发雨伞", False),
    "another person": ("县长的生日", "书记的生日", False),
    "only the frame in common": ("怎么报销出租车", "怎么报名游泳馆", False),
}


@pytest.mark.parametrize(("first", "second", "same"), PAIRS.values(), ids=PAIRS.keys())
def test_what_asks_the_same(index: Index, first: str, second: str, *, same: bool) -> None:
    """In both directions."""
    for one, other in ((first, second), (second, first)):
        clusters = Clusters(index)
        clusters.learn(1, one)
        assert clusters.find(other) == (1 if same else None)


def test_the_most_similar_cluster_is_taken(index: Index) -> None:
    """Of equals the oldest."""
    clusters = Clusters(index)
    clusters.learn(7, "会上发不发纪念品给退休同志")
    clusters.learn(5, "会上发不发纪念品给我们")
    clusters.learn(9, "会上发不发纪念品给我们")
    assert clusters.find("会上发不发纪念品给我们呀") == 5


def test_complaints_of_one_item_are_one_card(index: Index) -> None:
    """Whatever was asked; and never together with what was not answered."""
    sorter = MissSorter(index)
    sorter.learn(1, UnclusteredMiss(1, "补办饭卡", VerdictKind.ANSWER, "card"))
    sorter.learn(2, UnclusteredMiss(2, "补办饭卡", VerdictKind.UNKNOWN, "card"))
    assert sorter.find(UnclusteredMiss(3, "食堂几点开门", VerdictKind.ANSWER, "card")) == 1
    assert sorter.find(UnclusteredMiss(3, "补办饭卡", VerdictKind.ANSWER, "opening")) is None
    assert sorter.find(UnclusteredMiss(3, "补办饭卡", VerdictKind.UNKNOWN, None)) == 2
    assert sorter.newest == 2


def test_sorting_makes_cards(admin_setup: AdminSetup) -> None:
    """Also after a restart, and whatever was asked since."""
    for text in ("外星人来过没有", "外星人来过没有呀", "写首诗送我妈"):
        admin_setup.miss(text)
    admin_setup.clustering.cluster_new()
    admin_setup.start()
    admin_setup.miss("写首诗送我妈！")
    admin_setup.miss("写首诗送我妈吧")
    admin_setup.clustering.cluster_new()
    cards = [[row.question for row in one.questions] for one in admin_setup.clusters.page(0, 9)]
    assert cards == [["写首诗送我妈", "写首诗送我妈吧"], ["外星人来过没有", "外星人来过没有呀"]]


def test_near_copies_are_no_phrasings() -> None:
    """Nor are blank ones."""
    assert unlike(["饭卡丢了", "饭卡丢了！", "……", "饭卡丢了呀", "卡被狗吃了"]) == ["饭卡丢了", "卡被狗吃了"]
