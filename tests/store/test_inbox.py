"""The inbox in a real SQLite file."""

import sqlite3
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.errors import StoreError
from bot.store.database import Database
from bot.store.inbox import Inbox
from bot.store.misses import MissLog
from bot.store.records import Entry, Records, State
from bot.store.usage import UsageLog
from tests.clocks import Clock
from tests.conftest import miss


@pytest.fixture
def inbox(database: Database, store: MissLog) -> Inbox:
    return Inbox(database, UsageLog(database, store, 100))


def test_what_comes_in_waits_in_its_order(inbox: Inbox, clock: Clock) -> None:
    """By when it came, not by its number: after a quiet week Telegram starts at any."""
    rows = inbox.receive([Entry(900, b"first"), Entry(5, b"second")])
    assert [row.payload for row in rows] == [b"first", b"second"]
    assert {row.received_at for row in rows} == {clock.now.astimezone(UTC)}
    assert inbox.waiting(()) == rows
    assert inbox.waiting({rows[0].id}) == rows[1:]


def test_the_same_update_is_kept_once_within_48_hours(inbox: Inbox, clock: Clock) -> None:
    """Waiting, done or dead; after that its number may be another's."""
    row, _ = inbox.receive([Entry(1, b"a"), Entry(2, b"b"), Entry(1, b"a"), Entry(3, b"c", fault="x")])
    inbox.finish({row.id: Records()})
    again = [Entry(1, b"a"), Entry(2, b"b"), Entry(3, b"c")]
    clock.now += timedelta(hours=47)
    assert inbox.receive(again) == []
    clock.now += timedelta(hours=2)
    assert [row.payload for row in inbox.receive(again)] == [b"a", b"b", b"c"]


def test_done_empties_the_row_and_records_the_miss_at_once(
    inbox: Inbox, store: MissLog, path: Path, database: Database
) -> None:
    """Or neither: a commit that fails leaves the update waiting and the log as it was."""
    (row,) = inbox.receive([Entry(1, b"encrypted content")])
    with pytest.raises(AttributeError):
        inbox.finish({row.id: Records(misses=(miss("几点"), None))})  # type: ignore[arg-type]  # fails half way
    assert inbox.waiting(()) == [row]
    assert store.rows([State.OPEN]) == []
    inbox.finish({row.id: Records(misses=(miss("几点"),))})
    assert inbox.waiting(()) == []
    assert [row.question for row in store.rows([State.OPEN])] == ["几点"]
    database.erase()
    assert b"encrypted content" not in b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_a_question_may_hold_what_nobody_sees(inbox: Inbox, store: MissLog) -> None:
    """NUL, which PostgreSQL refuses in texts, holds up no other."""
    (row,) = inbox.receive([Entry(1, b"a")])
    inbox.finish({row.id: Records(misses=(replace(miss("几点"), question="几\0点"),))})
    assert [missed.question.replace("\0", "") for missed in store.rows([State.OPEN])] == ["几点"]
    assert inbox.waiting(()) == []


def test_a_dead_letter_waits_again_when_it_is_replayed(inbox: Inbox) -> None:
    """One, or all; what is not dead is left alone."""
    first, second, third = inbox.receive([Entry(1, b"a"), Entry(2, b"b"), Entry(3, b"c")])
    for row in (first, second):
        inbox.make_dead_letters({row.id: "Telegram refused it"})
    inbox.finish({third.id: Records()})
    assert [(letter.id, letter.fault) for letter in inbox.dead_letters()] == [
        (first.id, "Telegram refused it"),
        (second.id, "Telegram refused it"),
    ]
    assert inbox.replay([second.id, third.id]) == 1
    assert [row.payload for row in inbox.waiting(())] == [b"b"]
    assert inbox.replay() == 1
    assert [row.payload for row in inbox.waiting(())] == [b"b", b"a"]


@pytest.mark.usefixtures("path")
def test_more_rows_wait_than_a_statement_can_name(inbox: Inbox, database: Database) -> None:
    """They are all read, in their order."""

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 999)

    event.listen(database._engine, "connect", limit)
    database.close()
    for start in range(0, 2_000, 500):
        inbox.receive([Entry(number, b"%d" % number) for number in range(start, start + 500)])
    assert [int(row.payload) for row in inbox.waiting(())] == list(range(2_000))


def test_a_locked_database_keeps_nothing_and_says_so(inbox: Inbox, database: Database, path: Path) -> None:
    """Whoever receives updates must not acknowledge them then."""
    with (
        Database.open(f"sqlite:///{path}?timeout=0") as other,
        database.transaction(),
        pytest.raises(StoreError, match=r"locked.*another program holds it"),
    ):
        Inbox(other, UsageLog(other, MissLog(other, 100), 100)).receive([Entry(1, b"a")])
    assert [row.payload for row in inbox.receive([Entry(1, b"a")])] == [b"a"]
