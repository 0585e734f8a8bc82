"""What admins did, and the bot's own notes."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import EditRefusedError, Refusal
from bot.store.database import Database
from bot.store.history import History
from bot.store.records import ActionKind, ActionState
from tests.clocks import Clock
from tests.postgresql import Server


@pytest.fixture
def history(database: Database) -> History:
    return History(database)


def test_actions_are_kept_in_their_order(history: History, clock: Clock) -> None:
    """Who, when and what; the command line has no id."""
    history.record(5, ActionKind.IGNORE, "3")
    clock.now += timedelta(minutes=1)
    history.record(None, ActionKind.RESOLVE_MISS, "7")
    last, first = history.latest(9)
    assert (last.admin, last.kind, last.detail, last.state) == (None, "resolve", "7", ActionState.DONE)
    assert (first.admin, first.at) == (5, datetime(2026, 5, 31, 9, tzinfo=UTC))
    assert [action.id for action in history.latest(1, start=1)] == [first.id]
    assert history.action(first.id) == first
    assert history.action(99) is None


def test_an_edit_is_begun_before_it_is_made(history: History) -> None:
    """So that a kill in between is noticed."""
    first, second, third = (history.begin(5, ActionKind.PHRASINGS, ["card"], str(n), "[]", ()) for n in range(3))
    assert [action.id for action in history.begun()] == [first, second, third]
    history.settle(first, ActionState.DONE)
    history.settle(second, ActionState.VOID)
    assert [action.id for action in history.begun()] == [third]
    history.settle(third, ActionState.DONE)
    history.record(5, ActionKind.IGNORE, "1")
    assert [action.id for action in history.edits()] == [third, first]
    assert [action.id for action in history.edits(1)] == [third]
    history.settle(third, ActionState.UNDONE)
    assert [action.id for action in history.edits()] == [first]
    assert [action.edit for action in history.latest(4)] == [None, "[]", None, "[]"]


def test_the_folder_is_edited_by_one_process(bare_url: str) -> None:
    """Until its edit comes to an end; who reads and writes the history is not kept waiting."""
    with Database.open(bare_url) as here, Database.open(bare_url) as there:
        with History(here).editing():
            with pytest.raises(EditRefusedError) as refused, History(there).editing():
                pass
            assert refused.value.refusal is Refusal.FOLDER_BUSY
            History(there).record(5, ActionKind.IGNORE, "1")
        with History(there).editing(), pytest.raises(EditRefusedError), History(here).editing():
            pass


def test_an_edit_outlives_the_connection_of_its_lock(postgresql: Server) -> None:
    """The database was away meanwhile: the edit is made, and the next one is free."""
    url = postgresql.new_database()
    with Database.open(url) as database:
        with History(database).editing():
            postgresql.stop()
            postgresql.start()
        with History(database).editing():
            pass
    postgresql.drop(url)


def test_an_id_that_was_used_is_known_for_good(history: History) -> None:
    """However often it is used."""
    history.keep_ids([])
    history.keep_ids(["item-0", "item-1"])
    history.keep_ids(["item-1", "item-2"])
    assert history.used_ids() == {"item-0", "item-1", "item-2"}


def test_notes_are_kept(history: History) -> None:
    """The last one counts."""
    assert history.mark("digest") is None
    history.put_mark("digest", "2026-21")
    history.put_mark("digest", "2026-22")
    assert history.mark("digest") == "2026-22"
