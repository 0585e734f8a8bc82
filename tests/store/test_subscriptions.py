"""Who wants to be told: kept sealed, told once, and gone then."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.store.database import Database
from bot.store.misses import SqlMissedLog
from bot.store.records import Records, State, Wish
from bot.store.subscriptions import SqlWishes
from bot.store.usage import SqlJournal
from tests.clocks import Clock
from tests.conftest import miss


@pytest.fixture
def journal(database: Database, store: SqlMissedLog) -> SqlJournal:
    return SqlJournal(database, store, 100)


@pytest.fixture
def wishes(database: Database) -> SqlWishes:
    return SqlWishes(database)


def wish(text: str, person: int = 1, address: bytes = b"sealed") -> Records:
    return Records(misses=(miss(text),), wishes=(Wish(text, person, address),))


DUE = {State.OPEN: 0, State.HANDLED: 0, State.IGNORED: 0, State.VERIFIED: 1, State.NOT_COVERED: 1}


@pytest.mark.parametrize(("state", "count"), DUE.items())
def test_a_wish_is_due_when_there_is_an_honest_end(
    journal: SqlJournal, wishes: SqlWishes, store: SqlMissedLog, state: State, count: int
) -> None:
    """An answer that was proven, or that the speech does not say it."""
    journal.record(wish("几点"))
    store.set_state(1, state)
    assert [(one.question, one.address) for one in wishes.due()] == [("几点", b"sealed")] * count


def test_one_person_is_told_once(journal: SqlJournal, wishes: SqlWishes, store: SqlMissedLog) -> None:
    """Of a question, however often it was wished; of each other one too; and nobody of what was never missed."""
    journal.record(wish("几点", address=b"first"))
    journal.record(wish("几点", address=b"second"))
    journal.record(wish("几号"))
    journal.record(Records(wishes=(Wish("never missed", 1, b"x"),)))
    store.settle([1, 2], State.VERIFIED)
    due = wishes.due()
    assert [(one.question, one.address) for one in due] == [("几点", b"second"), ("几号", b"sealed")]
    wishes.begin([due[0].id])
    assert [one.question for one in wishes.due()] == ["几号", "几点"]
    wishes.drop([due[0].id])
    assert [one.question for one in wishes.due()] == ["几号"]


def test_a_person_is_forgotten_at_once(journal: SqlJournal, wishes: SqlWishes, store: SqlMissedLog, path: Path) -> None:
    """All of theirs and nobody else's; from the bytes too."""
    journal.record(wish("几点", person=1, address=b"canary-address"))
    journal.record(wish("几点", person=2))
    assert any(b"canary-address" in file.read_bytes() for file in path.parent.iterdir())
    assert wishes.forget(1) == 1
    assert not any(b"canary-address" in file.read_bytes() for file in path.parent.iterdir())
    store.settle([1], State.VERIFIED)
    assert len(wishes.due()) == 1


def test_a_wish_is_gone_after_thirty_days(
    journal: SqlJournal, wishes: SqlWishes, store: SqlMissedLog, database: Database, clock: Clock, path: Path
) -> None:
    """Or with its miss."""
    journal.record(wish("几点", address=b"canary-address"))
    journal.record(wish("几号"))
    store.delete(2)
    clock.now += timedelta(days=30)
    database.purge(timedelta(days=180))
    store.settle([1], State.VERIFIED)
    assert [one.question for one in wishes.due()] == ["几点"]
    clock.now += timedelta(seconds=1)
    database.purge(timedelta(days=180))
    assert wishes.due() == []
    assert not any(b"canary-address" in file.read_bytes() for file in path.parent.iterdir())
