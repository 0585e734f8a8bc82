"""The table of misses: its figures, its order, and what is done to many at once."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.store.bulk_actions import BulkActions
from bot.store.clusters import EVERY_OPEN, Assignment, MissClusters
from bot.store.database import Database
from bot.store.history import History
from bot.store.miss_table import MissTable
from bot.store.misses import MissLog
from bot.store.records import ActionKind, MissFilter, MissQuery, MissSort, Records, State, Subscription
from bot.store.usage import UsageLog
from tests.clocks import Clock
from tests.conftest import miss
from tests.leading import lead


@pytest.fixture
def table(database: Database) -> MissTable:
    return MissTable(database)


@pytest.fixture
def clusters(database: Database, store: MissLog, clock: Clock) -> MissClusters:
    """Clusters 1 to 4: 旧 on three days, 多 five times on one, 等 with two who wait, 新 asked last."""
    clusters = MissClusters(database)
    for text in ("旧", "多", "等", "新"):
        store.record(miss(text))
    newest = max(clusters.leading(0), default=0)
    clusters.assign([Assignment(None, (waiting,)) for waiting in clusters.unclustered(9)], newest)
    for _ in range(4):
        store.record(miss("多"))
    for _ in range(2):
        clock.now += timedelta(days=1)
        store.record(miss("旧"))
    clock.now += timedelta(days=1)
    store.record(miss("新"))
    waiting = (Subscription("等", 1, b"a"), Subscription("等", 2, b"b"))
    UsageLog(database, store, 100).record(Records(subscriptions=waiting))
    return clusters


def shown(table: MissTable, query: MissQuery = EVERY_OPEN, sort: MissSort = MissSort.PRESSING) -> list[str]:
    return [row.first.question for row in table.page(query, sort, 0, 9).rows]


ORDERS = {
    MissSort.PRESSING: ["旧", "多", "新", "等"],
    MissSort.ASKED: ["多", "旧", "新", "等"],
    MissSort.DAYS: ["旧", "新", "等", "多"],
    MissSort.WAITING: ["等", "新", "多", "旧"],
    MissSort.LAST_ASKED: ["新", "旧", "等", "多"],
}


@pytest.mark.parametrize("sort", MissSort)
@pytest.mark.usefixtures("clusters")
def test_orders(table: MissTable, sort: MissSort) -> None:
    """The most first; of equals the newest cluster."""
    assert shown(table, sort=sort) == ORDERS[sort]


@pytest.mark.usefixtures("clusters")
def test_figures(table: MissTable) -> None:
    """Times, days, how many wait, and when it was asked last."""
    rows = {row.first.question: row for row in table.page(EVERY_OPEN, MissSort.PRESSING, 0, 9).rows}
    assert {text: (row.asked, row.days, row.waiting) for text, row in rows.items()} == {
        "旧": (3, 3, 0),
        "多": (5, 1, 0),
        "等": (1, 1, 2),
        "新": (2, 2, 0),
    }
    assert rows["新"].last_asked - rows["多"].last_asked == timedelta(days=3)


@pytest.mark.usefixtures("clusters")
def test_pages(table: MissTable) -> None:
    """The page in which a place stands; the last one if there is no such place."""
    first, last = (table.page(EVERY_OPEN, MissSort.ASKED, start, 3) for start in (1, 99))
    assert (first.start, first.count, [row.id for row in first.rows]) == (0, 4, [2, 1, 4])
    assert (last.start, last.count, [row.id for row in last.rows]) == (3, 4, [3])


def test_handled(table: MissTable, clusters: MissClusters, store: MissLog) -> None:
    """What an admin has led to an item, and what got an answer; not what is only counted."""
    lead(clusters, 1, "opening")
    lead(clusters, 2, "card")
    store.set_state([2, 3], State.NOT_COVERED)
    store.set_state([4], State.VERIFIED)
    assert shown(table, MissQuery(MissFilter.HANDLED)) == ["旧", "多", "新"]
    assert shown(table) == []


def test_a_cluster_has_all_its_misses(table: MissTable, clusters: MissClusters, store: MissLog) -> None:
    """The open ones first."""
    store.record(replace(miss("旧的"), key="旧的"))
    clusters.assign([Assignment(1, tuple(clusters.unclustered(9)))], 4)
    store.set_state([1], State.VERIFIED)
    assert [missed.question for missed in table.misses(1)] == ["旧的", "旧"]
    assert table.misses(99) == []


@pytest.mark.parametrize(("ticked", "left"), [([1, 3, 99], [2, 4]), (None, [])], ids=["some", "all"])
def test_bulk_actions(
    table: MissTable, database: Database, clusters: MissClusters, ticked: Collection[int] | None, left: list[int]
) -> None:
    """One action for all that is ticked, with one undo."""
    digest = table.chosen(EVERY_OPEN, ticked).digest
    action = table.act(EVERY_OPEN, ticked, ActionKind.IGNORE_MANY, digest, None)
    assert action
    assert sorted(clusters.ranked(9)) == left
    bulk = BulkActions(database)
    assert bulk.undo(action, None) == 4 - len(left)
    assert sorted(clusters.ranked(9)) == [1, 2, 3, 4]
    assert [(done.kind, done.admin) for done in History(database).latest(9)] == [
        (ActionKind.UNDO, None),
        (ActionKind.IGNORE_MANY, None),
    ]


def test_another_choice_than_the_one_shown_is_not_done(table: MissTable, clusters: MissClusters) -> None:
    """As when another admin has handled some of it."""
    digest = table.chosen(EVERY_OPEN, [1, 2]).digest
    lead(clusters, 2, "opening")
    assert table.act(EVERY_OPEN, [1, 2], ActionKind.DELETE_MANY, digest, 5) is None
    assert table.act(EVERY_OPEN, [2], ActionKind.DELETE_MANY, table.chosen(EVERY_OPEN, [2]).digest, 5) is None
    assert sorted(clusters.ranked(9)) == [1, 3, 4]
