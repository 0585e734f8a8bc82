"""The log of missed questions in a real SQLite file."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.errors import UnknownMissError
from bot.store.clusters import Assignment, MissClusters
from bot.store.database import Database
from bot.store.history import History
from bot.store.misses import MissLog
from bot.store.records import ActionKind, ActionState, Records, State, StoredForm
from bot.store.usage import UsageLog
from tests.clocks import Clock
from tests.conftest import miss


def test_equal_questions_are_one_row(store: MissLog, clock: Clock) -> None:
    """How often, and on which days."""
    store.record(miss("几点"))
    store.record(miss("几点"))
    clock.now += timedelta(days=2)
    store.record(miss("几点"))
    store.record(miss("几号"))
    first, second = store.rows([State.OPEN])
    assert (first.question, first.count, second.count) == ("几点", 3, 1)
    assert first.first_asked == datetime(2026, 5, 31, 9, tzinfo=UTC)
    assert first.last_asked == datetime(2026, 6, 2, 9, tzinfo=UTC)
    assert store.days(first.id) == {date(2026, 5, 31): 2, date(2026, 6, 2): 1}


def test_a_question_is_counted_on_the_day_of_the_clock(store: MissLog, clock: Clock) -> None:
    """It is tomorrow in Shanghai already."""
    clock.zone, clock.now = ZoneInfo("Asia/Shanghai"), datetime(2026, 5, 31, 15, 59, tzinfo=UTC)
    store.record(miss("几点开门"))
    clock.now += timedelta(minutes=1)
    store.record(miss("几点开门"))
    (row,) = store.rows([State.OPEN])
    assert store.days(row.id) == {date(2026, 5, 31): 1, date(2026, 6, 1): 1}


def test_rows_are_ordered_by_how_often_then_by_how_recent(store: MissLog, clock: Clock) -> None:
    """What members ask most comes first."""
    for text in ("旧", "多", "多", "新"):
        clock.now += timedelta(minutes=1)
        store.record(miss(text))
    assert [row.question for row in store.rows([State.OPEN])] == ["多", "新", "旧"]


LIFE = {
    "handled and missed again: open": (State.HANDLED, State.OPEN, State.OPEN),
    "ignored stays ignored": (State.IGNORED, State.OPEN, State.IGNORED),
    "open and now known not to be covered": (State.OPEN, State.NOT_COVERED, State.NOT_COVERED),
    "handled, now known not to be covered": (State.HANDLED, State.NOT_COVERED, State.NOT_COVERED),
}


@pytest.mark.parametrize(("was", "judged", "then"), LIFE.values(), ids=LIFE.keys())
def test_the_life_of_a_miss(store: MissLog, was: State, judged: State, then: State) -> None:
    """What becomes of a row when its question is missed again."""
    store.record(miss("几点"))
    store.set_state([1], was)
    store.record(miss("几点", judged))
    assert store.row(1).state is then
    assert store.row(1).count == 2


def test_an_unknown_row_is_an_error(store: MissLog) -> None:
    with pytest.raises(UnknownMissError, match="99"):
        store.row(99)


def test_it_is_still_there_after_a_restart(store: MissLog, database: Database, path: Path) -> None:
    """Opening it again migrates nothing and loses nothing."""
    store.record(miss("几点"))
    database.close()
    with Database.open(f"sqlite:///{path}") as opened_again:
        assert MissLog(opened_again, 100).row(1).question == "几点"


def test_two_processes_may_write(store: MissLog, path: Path) -> None:
    """Neither loses a count to the other."""

    def record(log: MissLog) -> None:
        for _ in range(50):
            log.record(miss("几点"))

    with Database.open(f"sqlite:///{path}") as other:
        threads = [threading.Thread(target=record, args=[log]) for log in (store, MissLog(other, 100))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert store.row(1).count == 100
    assert sum(store.days(1).values()) == 100


def test_at_its_bound_the_log_takes_no_new_question(database: Database) -> None:
    """What is there already is still counted, and nothing is dropped for it."""
    log = MissLog(database, limit=2)
    usage = UsageLog(database, log, limit=2)
    for text in ("一", "二"):
        assert usage.has_capacity(Records(misses=(miss(text),)))
        assert not log.is_full()
        log.record(miss(text))
    assert log.is_full()
    assert not usage.has_capacity(Records(misses=(miss("三"),)))
    assert usage.has_capacity(Records(misses=(miss("一"),)))
    assert [row.question for row in log.rows(list(State))] == ["一", "二"]


def test_a_deleted_question_is_gone_from_the_bytes(store: MissLog, database: Database, path: Path) -> None:
    """From the file and from its write-ahead log; also where an admin was about to use it, or has taken it back."""
    key = "请把这个问题删掉"
    store.record(miss(key))
    history = History(database)
    for state in (ActionState.DONE, ActionState.UNDONE):
        history.settle(history.begin(5, ActionKind.PHRASINGS, ["card"], "card", f'["{key}"]', {key}), state)
    UsageLog(database, store, 100).record(Records(forms=(StoredForm(5, 5, f'["{key}"]', keys=(key,)),)))
    assert any(key.encode() in file.read_bytes() for file in path.parent.iterdir())
    assert store.forget(key)
    assert store.rows(list(State)) == []
    assert store.days(1) == {}
    assert not any(key.encode() in file.read_bytes() for file in path.parent.iterdir())
    assert not store.forget(key)


ERASED_EDITS = {
    "it did not come about": lambda history, _: history.settle(1, ActionState.VOID),
    "it is old": lambda _, database: database.purge(timedelta(days=-1)),
}


@pytest.mark.parametrize("end", ERASED_EDITS.values(), ids=ERASED_EDITS.keys())
def test_an_edit_takes_its_keys_along(
    database: Database, path: Path, end: Callable[[History, Database], object]
) -> None:
    """Nothing of the questions in an edit is left in the file once it can't be undone, for whatever reason."""
    key = "请把这个问题删掉"
    history = History(database)
    history.begin(5, ActionKind.ITEM, ["card"], "card", f'["{key}"]', {key})
    end(history, database)
    database.erase()
    assert not any(key.encode() in file.read_bytes() for file in path.parent.iterdir())


HOLDERS = {
    "a form that holds it": (StoredForm(5, 5, "form", keys=("饭卡", "几点")), ""),
    "a form about its cluster": (StoredForm(5, 5, "form", cluster=1), ""),
    "a form about a word that holds it": (StoredForm(5, 5, "form", keys=("饭卡丢了",)), "form"),
    "a form about another cluster": (StoredForm(5, 5, "form", cluster=2), "form"),
}


@pytest.mark.parametrize(("form", "left"), HOLDERS.values(), ids=HOLDERS.keys())
def test_a_form_goes_with_the_question_that_it_holds(
    store: MissLog, database: Database, form: StoredForm, left: str
) -> None:
    """Told by its keys and its cluster alone, whatever its content looks like; that there was a form is still known."""
    store.record(miss("饭卡"))
    clusters = MissClusters(database)
    clusters.assign([Assignment(None, tuple(clusters.unclustered(1)))], 0)
    UsageLog(database, store, 100).record(Records(forms=(form,)))
    store.forget(store.row(1).key)
    kept = UsageLog(database, store, 100).form(5, 5)
    assert kept
    assert kept.content == left
    assert not store.forget("饭卡")


def test_what_holds_a_question_is_found_without_a_miss(store: MissLog, database: Database) -> None:
    """An edit that holds it stays made, but can't be undone; edits that hold longer questions still can be."""
    history = History(database)
    for keys in ({"饭卡", "补卡"}, {"饭卡丢了"}, ()):
        history.settle(history.begin(5, ActionKind.PHRASINGS, ["card"], "card", "edit", keys), ActionState.DONE)
    assert store.forget("饭卡")
    assert [action.id for action in history.edits()] == [3, 2]
    assert [action.state for action in history.latest(3)] == [ActionState.DONE] * 3
    assert not store.forget("饭卡")
