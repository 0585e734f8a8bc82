"""The log by clusters: ranked by how often and on how many days its rows were asked, whatever happens to them."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.items import VerdictKind
from bot.store.clusters import Assignment, MissClusters
from bot.store.database import Database
from bot.store.misses import MissLog
from bot.store.records import Miss, MissedQuestion, State
from bot.store.tables import CLUSTERS
from tests.clocks import Clock
from tests.conftest import miss
from tests.leading import lead


@pytest.fixture
def clusters(database: Database) -> MissClusters:
    return MissClusters(database)


def record(store: MissLog, *texts: str) -> None:
    for text in texts:
        store.record(miss(text))


def complaint(text: str, item: str = "card") -> Miss:
    return replace(miss(text), verdict=VerdictKind.ANSWER, item=item)


def cluster_by_first_character(clusters: MissClusters) -> int:
    """Put the unclustered misses into clusters, by their first character, and say how many that were."""
    known = {first.question[0]: cluster for cluster, first in clusters.leading(0).items()}
    misses: dict[str, list[MissedQuestion]] = {}
    unclustered = clusters.unclustered(100)
    for waiting in unclustered:
        misses.setdefault(waiting.question[0], []).append(waiting)
    assignments = [Assignment(known.get(first), tuple(joining)) for first, joining in misses.items()]
    assert clusters.assign(assignments, max(known.values(), default=0)) is not None
    return len(unclustered)


def shown(clusters: MissClusters) -> list[tuple[int, int, list[str]]]:
    """How often, on how many days, and what, by rank."""
    return [(cluster.asked, cluster.days, [row.question for row in cluster.questions]) for cluster in clusters.top(99)]


def test_clusters_are_ranked_by_how_often_times_on_how_many_days(
    store: MissLog, clusters: MissClusters, clock: Clock
) -> None:
    """Three times on three days is more than eight times on one."""
    record(store, *["甲"] * 8, "乙一", "丙")
    clock.now += timedelta(days=1)
    record(store, "乙二", "乙二")
    clock.now += timedelta(days=1)
    record(store, "乙一")
    assert cluster_by_first_character(clusters) == 4
    assert shown(clusters) == [(4, 3, ["乙一", "乙二"]), (8, 1, ["甲"]), (1, 1, ["丙"])]
    assert (clusters.ranked(99), clusters.ranked(2)) == ([2, 1, 3], [2, 1])
    assert [clusters.place(cluster, 99) for cluster in (2, 1, 3, 4)] == [0, 1, 2, 3]
    assert clusters.place(3, 2) == 2
    assert [cluster.id for cluster in clusters.top(1)] == [2]


def test_the_first_clusters_are_found_without_the_days_of_all(
    store: MissLog, clusters: MissClusters, clock: Clock
) -> None:
    """However many are asked for, they are the first of all; ties too."""
    chance = random.Random(3)
    for _ in range(6):
        record(store, *(text for text in "甲乙丙丁戊己庚辛壬癸" for _ in range(int(chance.paretovariate(1)) % 9)))
        clock.now += timedelta(days=1)
    cluster_by_first_character(clusters)
    every = clusters.ranked(99)
    assert len(every) == 10
    assert [list(clusters.ranked(count)) for count in range(1, 11)] == [list(every[:count]) for count in range(1, 11)]


def test_of_equal_clusters_the_newest_comes_first(store: MissLog, clusters: MissClusters) -> None:
    """A cluster whose misses are not open counts them, but is ranked only while one is."""
    record(store, "甲一", "甲二", "乙一", "乙二", "丙")
    cluster_by_first_character(clusters)
    assert clusters.ranked(9) == [2, 1, 3]
    store.set_state([3], State.HANDLED)
    assert clusters.ranked(9) == [2, 1, 3]
    store.set_state([4], State.IGNORED)
    assert clusters.ranked(9) == [1, 3]


def test_misses_wait_for_a_cluster_in_their_order(store: MissLog, clusters: MissClusters) -> None:
    """The oldest first; a cluster is known by the oldest of its misses."""
    record(store, "甲一", "乙一", "甲二")
    assert [waiting.question for waiting in clusters.unclustered(2)] == ["甲一", "乙一"]
    cluster_by_first_character(clusters)
    assert clusters.unclustered(9) == []
    assert {cluster: first.question for cluster, first in clusters.leading(0).items()} == {1: "甲一", 2: "乙一"}
    assert list(clusters.leading(1)) == [2]
    record(store, "乙二")
    cluster_by_first_character(clusters)
    assert sorted(questions for _, _, questions in shown(clusters)) == [["乙一", "乙二"], ["甲一", "甲二"]]


def another_cluster(store: MissLog, clusters: MissClusters) -> None:
    record(store, "丙")
    clusters.assign([Assignment(None, (clusters.unclustered(9)[-1],))], 1)


MEANWHILE: dict[str, Callable[[MissLog, MissClusters], object]] = {
    "another process has added a cluster": another_cluster,
    "the cluster is gone": lambda store, _: store.forget(store.row(1).key),
    "the miss is gone": lambda store, _: store.forget(store.row(2).key),
    "the miss is a complaint now": lambda store, _: store.record(complaint("甲二")),
    "the miss is in a cluster": lambda _, clusters: clusters.assign([Assignment(1, tuple(clusters.unclustered(1)))], 1),
}


@pytest.mark.parametrize("change", MEANWHILE.values(), ids=MEANWHILE.keys())
def test_what_was_chosen_before_a_change_is_not_written(
    store: MissLog, clusters: MissClusters, change: Callable[[MissLog, MissClusters], object]
) -> None:
    """Nothing of it: whoever chose must look and choose again."""
    record(store, "甲一")
    cluster_by_first_character(clusters)
    record(store, "甲二", "乙")
    chosen = [Assignment(1, (clusters.unclustered(9)[0],)), Assignment(None, (clusters.unclustered(9)[1],))]
    change(store, clusters)
    before = shown(clusters)
    assert clusters.assign(chosen, 1) is None
    assert shown(clusters) == before


def test_an_assignment_tells_the_clusters(store: MissLog, clusters: MissClusters) -> None:
    """A change of what the choice did not depend on does not hinder it."""
    record(store, "甲一")
    cluster_by_first_character(clusters)
    record(store, "甲二", "乙")
    first, second = clusters.unclustered(9)
    record(store, "甲一", "甲二", "丙")
    assert clusters.assign([Assignment(1, (first,)), Assignment(None, (second,))], 1) == [1, 2]


def test_counts_follow_their_rows(store: MissLog, clusters: MissClusters, database: Database, clock: Clock) -> None:
    """When they are asked again, settled, deleted or purged."""
    record(store, "甲一", "甲二", "乙一")
    cluster_by_first_character(clusters)
    record(store, "甲二")
    assert shown(clusters) == [(3, 1, ["甲二", "甲一"]), (1, 1, ["乙一"])]
    store.set_state([2], State.VERIFIED)
    store.set_state([3], State.HANDLED)
    assert shown(clusters) == [(3, 1, ["甲一"])]
    store.forget(store.row(1).key)
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
    store.set_state([3], State.IGNORED)
    cluster_by_first_character(clusters)
    lead(clusters, 1, "card")
    assert [(row.state, row.chosen) for row in store.rows(list(State))] == [
        (State.HANDLED, "card"),
        (State.HANDLED, "card"),
        (State.IGNORED, None),
    ]
    record(store, "甲一")
    assert (store.row(1).state, store.row(1).chosen) == (State.OPEN, None)
    assert clusters.open_misses([99]) == []


def test_what_is_answered_meanwhile_is_led_as_well(store: MissLog, clusters: MissClusters) -> None:
    """What watches the knowledge may have closed it; an admin who ignored it, or led it elsewhere, has decided."""
    record(store, "甲一", "甲二", "甲三", "甲四")
    cluster_by_first_character(clusters)
    missed = clusters.open_misses([1])
    store.set_state([1], State.VERIFIED)
    store.set_state([2], State.NOT_COVERED)
    store.set_state([3], State.IGNORED)
    clusters.lead([1], missed[3:], "opening")
    clusters.lead([1], missed, "card")
    assert [(row.state, row.chosen) for row in store.rows(list(State))] == [
        (State.HANDLED, "card"),
        (State.HANDLED, "card"),
        (State.IGNORED, None),
        (State.HANDLED, "opening"),
    ]


def test_what_joins_an_ignored_cluster_is_ignored(store: MissLog, clusters: MissClusters) -> None:
    """It is the same question in other words."""
    record(store, "甲一")
    cluster_by_first_character(clusters)
    clusters.ignore(1)
    record(store, "甲一", "甲二", "乙")
    cluster_by_first_character(clusters)
    assert [questions for _, _, questions in shown(clusters)] == [["乙"]]
    assert store.row(2).state is State.IGNORED
    store.set_state([1], State.VERIFIED)
    record(store, "甲一")
    assert store.row(1).state is State.IGNORED
    clusters.unignore(1)
    assert sorted(shown(clusters)[0][2]) == ["甲一", "甲二"]


def test_a_cluster_that_is_gone_makes_room_for_a_new_one(store: MissLog, clusters: MissClusters) -> None:
    """What asks the same later is together again."""
    record(store, "甲一")
    cluster_by_first_character(clusters)
    store.forget(store.row(1).key)
    record(store, "甲二", "甲三")
    cluster_by_first_character(clusters)
    record(store, "甲四")
    cluster_by_first_character(clusters)
    assert [questions for _, _, questions in shown(clusters)] == [["甲二", "甲三", "甲四"]]


def purge_later(database: Database, clock: Clock) -> None:
    clock.now += timedelta(days=200)
    database.purge(timedelta(days=180))


ENDS: dict[str, Callable[[MissLog, Database, Clock], object]] = {
    "deleted": lambda store, *_: store.forget(store.row(1).key),
    "complained of": lambda store, *_: store.record(complaint("甲一")),
    "purged": lambda _, database, clock: purge_later(database, clock),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_a_cluster_ends_with_its_last_miss(
    store: MissLog,
    clusters: MissClusters,
    database: Database,
    clock: Clock,
    end: Callable[[MissLog, Database, Clock], object],
) -> None:
    """That it was ignored is forgotten with it."""
    record(store, "甲一")
    cluster_by_first_character(clusters)
    clusters.ignore(1)
    end(store, database, clock)
    with database.reading() as connection:
        assert connection.execute(select(CLUSTERS)).all() == []


def test_ignoring_a_complaint_keeps_the_next_one(store: MissLog, clusters: MissClusters) -> None:
    """It may be about something else; and a question that was ignored may be answered badly later."""
    store.record(complaint("甲一"))
    cluster_by_first_character(clusters)
    clusters.ignore(1)
    store.record(complaint("甲二"))
    cluster_by_first_character(clusters)
    assert [questions for _, _, questions in shown(clusters)] == [["甲二"]]
    store.record(complaint("甲一"))
    assert store.row(1).state is State.OPEN
    record(store, "乙")
    store.set_state([3], State.IGNORED)
    store.record(complaint("乙"))
    assert store.row(3).state is State.OPEN


def test_complaints_and_misses_do_not_mix(store: MissLog, clusters: MissClusters) -> None:
    """A question that was answered badly leaves its cluster; so does one that another item answers badly now."""
    record(store, "甲一", "甲二")
    cluster_by_first_character(clusters)
    store.record(complaint("甲一"))
    assert shown(clusters) == [(1, 1, ["甲二"])]
    assert cluster_by_first_character(clusters) == 1
    store.record(complaint("甲一"))
    assert cluster_by_first_character(clusters) == 0
    store.record(complaint("甲一", item="opening"))
    assert cluster_by_first_character(clusters) == 1


def test_recent_misses(store: MissLog, clusters: MissClusters, clock: Clock) -> None:
    """Open ones, the most frequent first; a complaint is none."""
    record(store, "旧")
    clock.now += timedelta(days=31)
    record(store, "新", "多", "多", "了")
    store.record(complaint("踩"))
    store.set_state([4], State.HANDLED)
    assert clusters.recent(clock.now - timedelta(days=30), 9) == [("多", 2), ("新", 1)]
    assert clusters.recent(clock.now - timedelta(days=30), 1) == [("多", 2)]


def test_a_miss_is_split_off_into_a_cluster_of_its_own(store: MissLog, clusters: MissClusters) -> None:
    """Once: a miss that is alone in its cluster stays there."""
    record(store, "甲一", "甲二")
    cluster_by_first_character(clusters)
    alone = clusters.split_off("甲二")
    assert [row.question for row in clusters.cluster(alone).questions] == ["甲二"]
    assert shown(clusters) == [(1, 1, ["甲二"]), (1, 1, ["甲一"])]
    assert clusters.split_off("甲二") == alone
    assert [row.question for row in clusters.questions(alone, 5)] == ["甲二"]
