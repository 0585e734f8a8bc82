"""Which misses are one cluster: only what plainly asks the same, also when several processes put them there."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.curation.clustering import Clustering
from bot.errors import StoreError
from bot.knowledge import Knowledge
from bot.matching import Index
from bot.matching.similarity import SimilarQuestions, unlike
from bot.store.clusters import MissClusters
from bot.store.database import Database
from bot.store.misses import MissLog
from bot.store.records import COMPLAINED
from tests.admin_setup import AdminSetup
from tests.clocks import Clock
from tests.conftest import miss


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
    for known, asked in ((first, second), (second, first)):
        questions = SimilarQuestions(index)
        questions.add(1, known)
        assert questions.find(asked) == (1 if same else None)


def test_the_most_similar_question_is_found(index: Index) -> None:
    """Of equals the one with the lowest number."""
    questions = SimilarQuestions(index)
    questions.add(7, "会上发不发纪念品给退休同志")
    questions.add(5, "会上发不发纪念品给我们")
    questions.add(9, "会上发不发纪念品给我们")
    assert questions.find("会上发不发纪念品给我们呀") == 5


def test_complaints_about_one_item_are_one_cluster(index: Index, store: MissLog, database: Database) -> None:
    """Whatever was asked; and never together with what was not answered. A restart changes nothing."""
    clusters = MissClusters(database)

    def ask(question: str, complained_of: str = "") -> None:
        asked = miss(question)
        if complained_of:
            asked = replace(asked, key=f"{question}{complained_of}", verdict=COMPLAINED, item=complained_of)
        store.record(asked)

    ask("补办饭卡", "card")
    ask("补办饭卡")
    Clustering(clusters, index).cluster_new()
    ask("食堂几点开门", "card")
    ask("补办饭卡", "opening")
    ask("补办饭卡呀")
    ask("食堂几点开门", "opening")
    Clustering(clusters, index).cluster_new()
    assert sorted(wordings(clusters)) == [
        ["补办饭卡", "补办饭卡呀"],
        ["补办饭卡", "食堂几点开门"],
        ["补办饭卡", "食堂几点开门"],
    ]


def test_misses_join_the_cluster_of_their_question(admin_setup: AdminSetup) -> None:
    """Also after a restart, and whatever was asked since."""
    for text in ("外星人来过没有", "外星人来过没有呀", "写首诗送我妈"):
        admin_setup.miss(text)
    admin_setup.clustering.cluster_new()
    admin_setup.start()
    admin_setup.miss("写首诗送我妈！")
    admin_setup.miss("写首诗送我妈吧")
    admin_setup.clustering.cluster_new()
    assert wordings(admin_setup.clusters) == [
        ["写首诗送我妈", "写首诗送我妈吧"],
        ["外星人来过没有", "外星人来过没有呀"],
    ]


def wordings(clusters: MissClusters) -> list[list[str]]:
    return [[row.question for row in cluster.questions] for cluster in clusters.top(9)]


def test_more_misses_than_fit_one_transaction(index: Index, store: MissLog, database: Database) -> None:
    """All of them are put into clusters, and one of the last joins one of the first."""
    for number in range(250):
        store.record(miss(f"第{number}号外星人来过没有"))
    store.record(miss("第0号外星人来过没有呀"))
    clusters = MissClusters(database)
    Clustering(clusters, index).cluster_new()
    assert clusters.unclustered(1) == []
    assert len(clusters.ranked(999)) == 250


def test_a_deleted_cluster_is_joined_no_more(index: Index, store: MissLog, database: Database) -> None:
    """What asks the same later begins a new cluster, of which no other one is made."""
    clusters = MissClusters(database)
    clustering = Clustering(clusters, index)
    store.record(miss("外星人来过没有"))
    clustering.cluster_new()
    store.forget(store.row(1).key)
    for text in ("外星人来过没有呀", "外星人来过没有", "写首诗送我妈"):
        store.record(miss(text))
        clustering.cluster_new()
    assert wordings(clusters) == [["外星人来过没有呀", "外星人来过没有"], ["写首诗送我妈"]]


@pytest.fixture
def other(path: Path, clock: Clock) -> Iterator[Database]:
    """The database as another process opens it; it does not wait for a lock."""
    with Database.open(f"sqlite:///{path}?timeout=0", clock) as database:
        yield database


def while_choosing(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Do something once, when a cluster was chosen for a miss, and before that is written."""
    find, acts = SimilarQuestions.find, [act]

    def interrupted(questions: SimilarQuestions, text: str) -> int | None:
        found = find(questions, text)
        if acts:
            acts.pop()()
        return found

    monkeypatch.setattr(SimilarQuestions, "find", interrupted)


def test_nobody_waits_while_clusters_are_chosen(
    index: Index, store: MissLog, database: Database, other: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process records a miss at that moment, and it is put into a cluster too."""
    while_choosing(monkeypatch, lambda: MissLog(other, 100).record(miss("写首诗送我妈")))
    store.record(miss("外星人来过没有"))
    clusters = MissClusters(database)
    Clustering(clusters, index).cluster_new()
    assert wordings(clusters) == [["写首诗送我妈"], ["外星人来过没有"]]


def test_two_processes_make_one_cluster_of_one_question(
    index: Index, store: MissLog, database: Database, other: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other process makes its clusters after this one has chosen: this one chooses again, among those."""

    def cluster_in_the_other_process() -> None:
        Clustering(MissClusters(other), index).cluster_new()
        MissLog(other, 100).record(miss("外星人来过没有呀"))

    while_choosing(monkeypatch, cluster_in_the_other_process)
    store.record(miss("外星人来过没有"))
    clusters = MissClusters(database)
    Clustering(clusters, index).cluster_new()
    assert wordings(clusters) == [["外星人来过没有", "外星人来过没有呀"]]


def test_a_failing_store_leaves_nothing_half_known(
    index: Index, store: MissLog, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be written is chosen again the next time."""
    clusters = MissClusters(database)
    clustering = Clustering(clusters, index)
    store.record(miss("外星人来过没有"))

    def fail() -> None:
        raise StoreError("the disk is full")

    while_choosing(monkeypatch, fail)
    with pytest.raises(StoreError):
        clustering.cluster_new()
    store.record(miss("外星人来过没有呀"))
    clustering.cluster_new()
    assert wordings(clusters) == [["外星人来过没有", "外星人来过没有呀"]]


def test_near_copies_are_no_phrasings() -> None:
    """Nor are blank ones."""
    assert unlike(["饭卡丢了", "饭卡丢了！", "……", "饭卡丢了呀", "卡被狗吃了"]) == ["饭卡丢了", "卡被狗吃了"]
