"""Lists of misses: what is found, what is ticked, and what is done to many at once, with its undo."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from bot.items import VerdictKind
from bot.store.bulk_actions import BulkActions
from bot.store.clusters import Assignment, MissClusters
from bot.store.database import Database
from bot.store.history import History
from bot.store.miss_lists import MissLists
from bot.store.misses import MissLog
from bot.store.records import (
    ActionKind,
    ActionState,
    Feedback,
    Miss,
    MissFilter,
    MissList,
    Opinion,
    Records,
    State,
    Subscription,
)
from bot.store.tables import CLUSTERS, MISSED, MISSED_DAYS
from bot.store.usage import UsageLog
from tests.clocks import Clock
from tests.conftest import miss


@pytest.fixture
def lists(database: Database) -> MissLists:
    return MissLists(database)


@pytest.fixture
def clusters(database: Database) -> MissClusters:
    return MissClusters(database)


@pytest.fixture
def bulk(database: Database) -> BulkActions:
    return BulkActions(database)


@pytest.fixture
def usage(database: Database, store: MissLog) -> UsageLog:
    return UsageLog(database, store, 100)


def record(store: MissLog, clusters: MissClusters, *texts: str) -> None:
    """Each of these is a cluster of its own."""
    for text in texts:
        store.record(miss(text))
    assign(clusters)


def assign(clusters: MissClusters) -> None:
    newest = max(clusters.leading(0), default=0)
    assert clusters.assign([Assignment(None, (waiting,)) for waiting in clusters.unclustered(99)], newest) is not None


def complaint(text: str) -> Miss:
    return replace(miss(text), verdict=VerdictKind.ANSWER, item="card")


def found(lists: MissLists, search: str = "", chosen: MissFilter = MissFilter.ALL) -> list[str]:
    """The questions that a list shows."""
    opened = lists.open(5, search)
    lists.set_filter(opened.id, chosen)
    return [cluster.first.question for cluster in lists.page(replace(opened, filter=chosen), 0, 99).clusters]


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The statements that are executed."""
    executed: list[str] = []

    def note(*given: object) -> None:
        # PostgreSQL's transactions begin with one that bounds their time.
        if "set_config" not in (statement := str(given[2])):
            executed.append(statement)

    event.listen(database._engine, "before_cursor_execute", note)
    yield executed
    event.remove(database._engine, "before_cursor_execute", note)


SEARCHES = {
    "a word": ("医保", ["医保卡丢了", "医保怎么交"]),
    "a word in another script": ("醫保", ["医保卡丢了", "医保怎么交"]),
    "several words, each of which it must hold": ("卡 医保", ["医保卡丢了"]),
    "signs that a search could take for its own": ("%", ["打折100%吗"]),
    "what is nowhere": ("社保", []),
    "nothing but signs": ("？！", ["打折100%吗", "饭卡丢了", "医保卡丢了", "医保怎么交"]),
}


@pytest.mark.parametrize(("search", "questions"), SEARCHES.values(), ids=SEARCHES.keys())
def test_a_list_is_searched_by_normal_form(
    store: MissLog, clusters: MissClusters, lists: MissLists, search: str, questions: list[str]
) -> None:
    """Of equals the newest comes first."""
    record(store, clusters, "医保怎么交", "医保卡丢了", "饭卡丢了", "打折100%吗")
    assert found(lists, search) == questions


def test_filters(store: MissLog, clusters: MissClusters, lists: MissLists, usage: UsageLog) -> None:
    """What was not answered, rejected, thumbed down, waited for, ignored."""
    store.record(complaint("点踩"))
    record(store, clusters, "没答上", "都不是", "有人等", "不管")
    not_meant = Feedback("都不是", "都不是", "card", Opinion.NOT_MEANT)
    usage.record(Records(feedback=(not_meant,), subscriptions=(Subscription("有人等", 1, b"a"),)))
    clusters.ignore(5)
    assert {chosen: found(lists, chosen=chosen) for chosen in MissFilter if chosen is not MissFilter.HANDLED} == {
        MissFilter.ALL: ["有人等", "都不是", "没答上", "点踩"],
        MissFilter.UNANSWERED: ["有人等", "没答上"],
        MissFilter.REJECTED: ["都不是"],
        MissFilter.COMPLAINED: ["点踩"],
        MissFilter.WAITING: ["有人等"],
        MissFilter.IGNORED: ["不管"],
    }


def test_pages(store: MissLog, clusters: MissClusters, lists: MissLists) -> None:
    """Each place is on one page; past the end stands the last one. Ticks count on every page."""
    record(store, clusters, *map(str, range(7)))
    opened = lists.open(5, "")
    lists.tick(opened.id, 1)
    lists.tick(opened.id, 1)
    for start, shown in ((0, "654"), (2, "654"), (3, "321"), (6, "0"), (99, "0")):
        page = lists.page(opened, start, 3)
        assert "".join(cluster.first.question for cluster in page.clusters) == shown
        assert (page.start, page.count, page.ticked) == (start // 3 * 3 if start < 7 else 6, 7, 1)
    assert [cluster.ticked for cluster in page.clusters] == [True]
    lists.untick(opened.id, 1)
    assert lists.page(opened, 0, 3).ticked == 0


def test_a_list_is_one_admins_and_is_given_up_after_a_day(
    store: MissLog, clusters: MissClusters, lists: MissLists, database: Database, clock: Clock
) -> None:
    """Two lists share no ticks; a use keeps a list; another filter begins anew."""
    record(store, clusters, "甲", "乙")
    one, other = lists.open(5, ""), lists.open(6, "甲")
    lists.tick_all(one)
    assert [lists.page(opened, 0, 9).ticked for opened in (one, other)] == [2, 0]
    clock.now += timedelta(hours=20)
    lists.tick(other.id, 1)
    clock.now += timedelta(hours=20)
    assert [lists.opened(opened.id) for opened in (one, other)] == [None, other]
    assert database.purge(timedelta(days=180)) == 1
    lists.set_filter(other.id, MissFilter.WAITING)
    assert lists.opened(other.id) == replace(other, filter=MissFilter.WAITING)
    assert lists.chosen(other).clusters == ()


def test_a_list_whose_search_was_a_question_goes_with_it(
    store: MissLog, clusters: MissClusters, lists: MissLists
) -> None:
    """Whoever wants a question deleted wants it gone wherever it stands."""
    record(store, clusters, "饭卡丢了")
    opened, other = lists.open(5, "饭卡丢了？"), lists.open(5, "饭卡")
    store.forget("饭卡丢了")
    assert (lists.opened(opened.id), lists.opened(other.id)) == (None, other)


def ticked(lists: MissLists, *chosen: int, shown: MissFilter = MissFilter.ALL) -> MissList:
    """A list in which these clusters are ticked, all of them by default."""
    opened = lists.open(5, "")
    lists.set_filter(opened.id, shown)
    opened = replace(opened, filter=shown)
    for cluster in chosen:
        lists.tick(opened.id, cluster)
    if not chosen:
        lists.tick_all(opened)
    return opened


def act(lists: MissLists, kind: ActionKind, opened: MissList) -> int:
    action = lists.act(opened, kind, lists.chosen(opened).digest)
    assert action
    return action


def states(store: MissLog) -> dict[str, State]:
    return {row.question: row.state for row in store.rows(list(State))}


def test_many_are_ignored_at_once_and_opened_again(
    store: MissLog, clusters: MissClusters, lists: MissLists, bulk: BulkActions, database: Database
) -> None:
    """One action; what joins them later is ignored too, until it is undone; a second undo does nothing."""
    record(store, clusters, "甲", "乙", "丙")
    action = act(lists, ActionKind.IGNORE_MANY, ticked(lists, 1, 2))
    assert states(store) == {"甲": State.IGNORED, "乙": State.IGNORED, "丙": State.OPEN}
    (done,) = History(database).latest(9)
    assert (done.kind, done.detail, done.admin, done.state) == (ActionKind.IGNORE_MANY, "2", 5, ActionState.DONE)
    store.record(miss("甲二"))
    clusters.assign([Assignment(1, tuple(clusters.unclustered(9)))], 3)
    assert store.row(4).state is State.IGNORED
    assert bulk.undoable([action, 99]) == {action}
    assert bulk.undo(action, 6) == 2
    assert states(store) == {"甲": State.OPEN, "乙": State.OPEN, "丙": State.OPEN, "甲二": State.IGNORED}
    with database.reading() as connection:
        assert not any(row.ignored for row in connection.execute(CLUSTERS.select()))
    assert (bulk.undo(action, 6), bulk.undoable([action])) == (None, frozenset())
    undo, done = History(database).latest(9)
    assert (undo.kind, undo.detail, undo.admin, done.state) == (ActionKind.UNDO, f"#{action}", 6, ActionState.UNDONE)


def test_many_that_are_ignored_are_opened_at_once(
    store: MissLog, clusters: MissClusters, lists: MissLists, bulk: BulkActions
) -> None:
    """And its undo ignores them again, also what joins them."""
    record(store, clusters, "甲", "乙")
    act(lists, ActionKind.IGNORE_MANY, ticked(lists))
    action = act(lists, ActionKind.UNIGNORE_MANY, ticked(lists, shown=MissFilter.IGNORED))
    assert states(store) == {"甲": State.OPEN, "乙": State.OPEN}
    bulk.undo(action, 5)
    assert states(store) == {"甲": State.IGNORED, "乙": State.IGNORED}
    store.record(miss("甲二"))
    clusters.assign([Assignment(1, tuple(clusters.unclustered(9)))], 2)
    assert store.row(3).state is State.IGNORED


def test_of_complaints_the_next_one_is_told(
    store: MissLog, clusters: MissClusters, lists: MissLists, database: Database
) -> None:
    """As when one of them is ignored."""
    store.record(complaint("甲"))
    assign(clusters)
    act(lists, ActionKind.IGNORE_MANY, ticked(lists))
    with database.reading() as connection:
        assert [row.ignored for row in connection.execute(CLUSTERS.select())] == [False]


def test_an_undo_leaves_what_was_done_since(
    store: MissLog, clusters: MissClusters, lists: MissLists, bulk: BulkActions
) -> None:
    """An admin has seen to it meanwhile."""
    record(store, clusters, "甲", "乙")
    action = act(lists, ActionKind.IGNORE_MANY, ticked(lists))
    store.set_state([1], State.HANDLED)
    bulk.undo(action, 5)
    assert states(store) == {"甲": State.HANDLED, "乙": State.OPEN}


def test_what_was_confirmed_is_what_is_done(store: MissLog, clusters: MissClusters, lists: MissLists) -> None:
    """If something else is ticked, or a ticked one is gone, nothing is done; nor twice."""
    record(store, clusters, "甲", "乙", "丙")
    opened = ticked(lists, 1, 2)
    digest = lists.chosen(opened).digest
    lists.tick(opened.id, 3)
    assert lists.act(opened, ActionKind.IGNORE_MANY, digest) is None
    lists.untick(opened.id, 3)
    store.set_state([1], State.HANDLED)
    assert lists.chosen(opened).clusters == (2,)
    assert lists.act(opened, ActionKind.IGNORE_MANY, digest) is None
    digest = lists.chosen(opened).digest
    assert lists.act(opened, ActionKind.IGNORE_MANY, digest)
    assert lists.act(opened, ActionKind.IGNORE_MANY, digest) is None
    assert states(store) == {"甲": State.HANDLED, "乙": State.IGNORED, "丙": State.OPEN}


def test_a_choice_says_how_many_people_wait(
    store: MissLog, clusters: MissClusters, lists: MissLists, usage: UsageLog
) -> None:
    """Each person once; with the first questions."""
    record(store, clusters, *"甲乙丙丁戊己庚")
    usage.record(Records(subscriptions=tuple(Subscription(key, 1 + (key == "丙"), b"a") for key in "甲乙丙")))
    chosen = lists.chosen(ticked(lists, 1, 2, 3, 4, 5, 6))
    assert (chosen.clusters, chosen.waiting) == ((6, 5, 4, 3, 2, 1), 2)
    assert [first.question for first in chosen.first] == ["己", "戊", "丁", "丙", "乙"]


def test_what_is_deleted_can_be_undone_for_ten_minutes(
    store: MissLog, clusters: MissClusters, lists: MissLists, bulk: BulkActions, usage: UsageLog, clock: Clock
) -> None:
    """Till then it is out of sight, and then it is nowhere any more."""
    record(store, clusters, "甲", "乙")
    usage.record(Records(feedback=(Feedback("甲", "甲", "card", Opinion.NOT_MEANT),)))
    action = act(lists, ActionKind.DELETE_MANY, ticked(lists))
    assert [found(lists, chosen=chosen) for chosen in (MissFilter.ALL, MissFilter.IGNORED)] == [[], []]
    clock.now += timedelta(minutes=10) - timedelta(seconds=1)
    store.delete_marked()
    assert bulk.undo(action, 5) == 2
    clock.now += timedelta(minutes=1)
    store.delete_marked()
    assert found(lists) == ["乙", "甲"]
    action = act(lists, ActionKind.DELETE_MANY, ticked(lists))
    clock.now += timedelta(minutes=10)
    store.delete_marked()
    assert (states(store), usage.feedback()) == ({}, [])
    assert (bulk.undo(action, 5), bulk.undoable([action])) == (None, frozenset())


def test_what_is_ignored_can_be_deleted_too(
    store: MissLog, clusters: MissClusters, lists: MissLists, bulk: BulkActions
) -> None:
    """Its undo leaves it ignored."""
    record(store, clusters, "甲")
    clusters.ignore(1)
    action = act(lists, ActionKind.DELETE_MANY, ticked(lists, shown=MissFilter.IGNORED))
    assert found(lists, chosen=MissFilter.IGNORED) == []
    bulk.undo(action, 5)
    assert found(lists, chosen=MissFilter.IGNORED) == ["甲"]


def test_what_is_asked_again_or_opened_again_is_not_deleted(
    store: MissLog, clusters: MissClusters, lists: MissLists, clock: Clock
) -> None:
    """It is a new question, counted from one; nor is it deleted when it is ignored later."""
    record(store, clusters, "甲", "甲", "乙", "丙")
    act(lists, ActionKind.DELETE_MANY, ticked(lists))
    record(store, clusters, "甲")
    clusters.unignore(2)
    clock.now += timedelta(minutes=10)
    store.delete_marked()
    clusters.ignore(2)
    store.delete_marked()
    assert states(store) == {"甲": State.OPEN, "乙": State.IGNORED}
    assert [row.count for row in store.rows([State.OPEN])] == [1]


def test_a_page_of_a_large_log_takes_few_statements(database: Database, lists: MissLists, clock: Clock) -> None:
    """The number of rows changes nothing; nor does acting on all of them."""
    count = 10_000
    asked = {"count": 1, "first_asked": clock.now, "last_asked": clock.now, "state": "open", "verdict": "unknown"}
    rows = [{"id": n, "key": f"问{n}", "question": f"问{n}", "score": 0.0, "cluster": n} | asked for n in range(count)]
    with database.transaction() as connection:
        connection.execute(CLUSTERS.insert(), [{"id": n, "ignored": False} for n in range(count)])
        connection.execute(MISSED.insert(), rows)
        connection.execute(MISSED_DAYS.insert(), [{"missed_id": n, "day": clock.now, "count": 1} for n in range(count)])
    opened = lists.open(5, "")
    with statements(database) as executed:
        page = lists.page(opened, 5000, 10)
    assert (page.count, len(page.clusters), page.start) == (count, 10, 5000)
    assert len([statement for statement in executed if statement.startswith("SELECT")]) == 4
    lists.tick_all(opened)
    digest = lists.chosen(opened).digest
    with statements(database) as executed:
        assert lists.act(opened, ActionKind.IGNORE_MANY, digest)
    assert len(executed) < 12
    assert lists.page(opened, 0, 10).count == 0
