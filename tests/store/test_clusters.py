"""The log by clusters: ranked by how often and on how many days, counted whatever happens to its rows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.items import VerdictKind
from bot.store.clusters import MissClusters
from bot.store.database import Database
from bot.store.misses import MissLog
from bot.store.records import State, UnclusteredMiss
from tests.clocks import Clock
from tests.conftest import miss


class ByFirstCharacter:
    """A sorter for which the first character tells."""

    def __init__(self) -> None:
        self.newest = 0
        self.known: dict[str, int] = {}

    def learn(self, cluster: int, first: UnclusteredMiss) -> None:
        self.newest = max(self.newest, cluster)
        self.known[first.question[0]] = cluster

    def forget(self, cluster: int) -> None:
        self.known = {first: one for first, one in self.known.items() if one != cluster}

    def find(self, miss: UnclusteredMiss) -> int | None:
        return self.known.get(miss.question[0])


@pytest.fixture
def clusters(database: Database) -> MissClusters:
    return MissClusters(database)


def record(store: MissLog, *texts: str) -> None:
    for text in texts:
        store.record(miss(text))


def shown(clusters: MissClusters) -> list[tuple[int, int, list[str]]]:
    """How often, on how many days, and what, by rank."""
    return [(one.asked, one.days, [row.question for row in one.questions]) for one in clusters.page(0, 99)]


def test_clusters_are_ranked_by_how_often_times_on_how_many_days(
    store: MissLog, clusters: MissClusters, clock: Clock
) -> None:
    """Three times on three days is more than eight times on one."""
    record(store, *["甲"] * 8, "乙一", "丙")
    clock.now += timedelta(days=1)
    record(store, "乙二", "乙二")
    clock.now += timedelta(days=1)
    record(store, "乙一")
    assert clusters.sort(ByFirstCharacter(), 100) == 4
    assert shown(clusters) == [(4, 3, ["乙一", "乙二"]), (8, 1, ["甲"]), (1, 1, ["丙"])]
    assert (clusters.count(99), clusters.count(2)) == (3, 2)
    assert [one.questions[0].question for one in clusters.page(1, 1)] == ["甲"]


def test_sorting_goes_on_where_it_stopped(store: MissLog, clusters: MissClusters) -> None:
    """Also by another process, which learns of the clusters that there are."""
    record(store, "甲一", "乙一", "甲二")
    first, second = ByFirstCharacter(), ByFirstCharacter()
    assert clusters.sort(first, 2) == 2
    assert clusters.sort(second, 2) == 1
    assert clusters.sort(first, 2) == 0
    record(store, "乙二")
    assert clusters.sort(second, 2) == 1
    assert sorted(questions for _, _, questions in shown(clusters)) == [["乙一", "乙二"], ["甲一", "甲二"]]


def test_counts_follow_their_rows(store: MissLog, clusters: MissClusters, database: Database, clock: Clock) -> None:
    """Asked again, settled, deleted, purged."""
    record(store, "甲一", "甲二", "乙一")
    clusters.sort(ByFirstCharacter(), 100)
    record(store, "甲二")
    assert shown(clusters) == [(3, 1, ["甲二", "甲一"]), (1, 1, ["乙一"])]
    store.settle([2], State.VERIFIED)
    store.set_state(3, State.HANDLED)
    assert shown(clusters) == [(3, 1, ["甲一"])]
    store.delete(1)
    assert shown(clusters) == []
    record(store, "甲二")
    assert shown(clusters) == [(3, 1, ["甲二"])]
    clock.now += timedelta(days=200)
    database.purge(timedelta(days=180))
    assert shown(clusters) == []
    assert clusters.cluster(1).asked == 0


def test_a_cluster_is_handled_as_a_whole(store: MissLog, clusters: MissClusters) -> None:
    """Its open misses, that is; they remember the item that they were led to, until they are missed again."""
    record(store, "甲一", "甲二", "甲三")
    store.set_state(3, State.IGNORED)
    clusters.sort(ByFirstCharacter(), 100)
    assert [row.id for row in clusters.handle(1, State.HANDLED, "card")] == [1, 2]
    assert [(row.state, row.chosen) for row in store.rows(list(State))] == [
        (State.HANDLED, "card"),
        (State.HANDLED, "card"),
        (State.IGNORED, None),
    ]
    record(store, "甲一")
    assert (store.row(1).state, store.row(1).chosen) == (State.OPEN, None)
    assert clusters.handle(99, State.HANDLED) == []


def test_what_joins_an_ignored_cluster_is_ignored(store: MissLog, clusters: MissClusters) -> None:
    """It is the same question in other words."""
    sorter = ByFirstCharacter()
    record(store, "甲一")
    clusters.sort(sorter, 100)
    clusters.handle(1, State.IGNORED)
    record(store, "甲一", "甲二", "乙")
    clusters.sort(sorter, 100)
    assert [questions for _, _, questions in shown(clusters)] == [["乙"]]
    assert store.row(2).state is State.IGNORED
    store.set_state(1, State.VERIFIED)
    record(store, "甲一")
    assert store.row(1).state is State.IGNORED
    clusters.care(1)
    assert sorted(shown(clusters)[0][2]) == ["甲一", "甲二"]


def test_a_cluster_that_is_gone_makes_room_for_a_new_one(store: MissLog, clusters: MissClusters) -> None:
    """Whoever asks the same later is together again."""
    sorter = ByFirstCharacter()
    record(store, "甲一")
    clusters.sort(sorter, 100)
    store.delete(1)
    record(store, "甲二", "甲三")
    clusters.sort(sorter, 100)
    record(store, "甲四")
    clusters.sort(sorter, 100)
    assert [questions for _, _, questions in shown(clusters)] == [["甲二", "甲三", "甲四"]]


def test_ignoring_a_complaint_keeps_the_next_one(store: MissLog, clusters: MissClusters) -> None:
    """It may be about something else; and a question that was ignored may be answered badly later."""
    sorter = ByFirstCharacter()
    store.record(replace(miss("甲一"), verdict=VerdictKind.ANSWER, item="card"))
    clusters.sort(sorter, 100)
    clusters.handle(1, State.IGNORED)
    store.record(replace(miss("甲二"), verdict=VerdictKind.ANSWER, item="card"))
    clusters.sort(sorter, 100)
    assert [questions for _, _, questions in shown(clusters)] == [["甲二"]]
    store.record(replace(miss("甲一"), verdict=VerdictKind.ANSWER, item="card"))
    assert store.row(1).state is State.OPEN
    record(store, "乙")
    store.set_state(3, State.IGNORED)
    store.record(replace(miss("乙"), verdict=VerdictKind.ANSWER, item="card"))
    assert store.row(3).state is State.OPEN


def test_complaints_and_misses_do_not_mix(store: MissLog, clusters: MissClusters) -> None:
    """A question that was answered badly is sorted anew; so is one whose answer is another one now."""
    sorter = ByFirstCharacter()
    record(store, "甲一", "甲二")
    clusters.sort(sorter, 100)
    store.record(replace(miss("甲一"), verdict=VerdictKind.ANSWER, item="card"))
    assert shown(clusters) == [(1, 1, ["甲二"])]
    assert clusters.sort(sorter, 100) == 1
    store.record(replace(miss("甲一"), verdict=VerdictKind.ANSWER, item="card"))
    assert clusters.sort(sorter, 100) == 0
    store.record(replace(miss("甲一"), verdict=VerdictKind.ANSWER, item="opening"))
    assert clusters.sort(sorter, 100) == 1


def test_recent_misses(store: MissLog, clusters: MissClusters, clock: Clock) -> None:
    """Open ones, the most frequent first; a complaint is none."""
    record(store, "旧")
    clock.now += timedelta(days=31)
    record(store, "新", "多", "多", "了")
    store.record(replace(miss("踩"), verdict=VerdictKind.ANSWER))
    store.set_state(4, State.HANDLED)
    assert clusters.recent(clock.now - timedelta(days=30), 9) == [("多", 2), ("新", 1)]
    assert clusters.recent(clock.now - timedelta(days=30), 1) == [("多", 2)]
