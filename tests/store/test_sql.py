"""The log of missed questions in a real SQLite file."""

import sqlite3
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from bot.errors import StoreError, UnknownMissError
from bot.store.interface import Miss, State
from bot.store.sql import SqlStore
from bot.store.tables import METADATA


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 5, 31, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def miss(text: str, state: State = State.OPEN) -> Miss:
    return Miss(question=text, key=text, verdict="unknown", state=state, item="opening", score=0.25)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "bot.db"


@pytest.fixture
def store(path: Path, clock: Clock) -> Iterator[SqlStore]:
    store = SqlStore.open(f"sqlite:///{path}", clock)
    yield store
    store.close()


def test_equal_questions_are_one_row(store: SqlStore, clock: Clock) -> None:
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


def test_rows_are_ordered_by_how_often_then_by_how_recent(store: SqlStore, clock: Clock) -> None:
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
def test_the_life_of_a_miss(store: SqlStore, was: State, judged: State, then: State) -> None:
    """What becomes of a row when its question is missed again."""
    store.record(miss("几点"))
    store.set_state(1, was)
    store.record(miss("几点", judged))
    assert store.row(1).state is then
    assert store.row(1).count == 2


def test_an_unknown_row_is_an_error(store: SqlStore) -> None:
    """Every method that takes an id says so."""
    with pytest.raises(UnknownMissError, match="99"):
        store.row(99)
    with pytest.raises(UnknownMissError, match="99"):
        store.set_state(99, State.HANDLED)


def test_it_is_still_there_after_a_restart(store: SqlStore, path: Path) -> None:
    """Opening it again migrates nothing and loses nothing."""
    store.record(miss("几点"))
    store.close()
    assert SqlStore.open(f"sqlite:///{path}").row(1).question == "几点"


def test_two_processes_may_write(store: SqlStore, path: Path) -> None:
    """Neither loses a count to the other."""
    other = SqlStore.open(f"sqlite:///{path}")

    def record(log: SqlStore) -> None:
        for _ in range(50):
            log.record(miss("几点"))

    threads = [threading.Thread(target=record, args=[log]) for log in (store, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.row(1).count == 100
    assert sum(store.days(1).values()) == 100


def test_first_starts_side_by_side_make_one_schema(tmp_path: Path) -> None:
    """Whoever comes second finds it made."""
    url, failed = f"sqlite:///{tmp_path}/new.db", []

    def start() -> None:
        try:
            SqlStore.open(url).close()
        except StoreError as error:
            failed.append(error)

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_the_file_is_private_and_has_a_write_ahead_log(store: SqlStore, path: Path) -> None:
    """Others can't read it; commits go through a write-ahead log."""
    store.record(miss("几点"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.usefixtures("store")
def test_the_migrations_make_the_tables(path: Path) -> None:
    """What SQLAlchemy sees is what the migrations made."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    engine.dispose()


UNUSABLE = {
    "no such database": ("nonsense://x", "Can't load plugin"),
    "no URL": ("bot.db", "Could not parse"),
    "a folder that can't be made": ("sqlite:////proc/none/bot.db", "No such file"),
    "a password is not shown": ("postgresql://me:secret@127.0.0.1/x", "***"),
}


@pytest.mark.parametrize(("url", "reason"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_what_can_not_be_opened_says_what_to_do(url: str, reason: str) -> None:
    """One line that names the setting."""
    with pytest.raises(StoreError) as caught:
        SqlStore.open(url)
    assert reason in str(caught.value)
    assert "CAMPAIGN_BOT_DATABASE_URL" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_broken_file_says_what_to_do(tmp_path: Path) -> None:
    """A file that is no database is left as it is."""
    path = tmp_path / "bot.db"
    path.write_bytes(b"no database at all " * 100)
    with pytest.raises(StoreError, match="not a database"):
        SqlStore.open(f"sqlite:///{path}")
    assert path.read_bytes().startswith(b"no database")
