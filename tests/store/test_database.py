"""The database itself: one schema, a private file, errors that say what to do, and what is old is deleted."""

import sqlite3
import stat
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, event

from bot.errors import StoreError
from bot.store.database import Database
from bot.store.inbox import Inbox
from bot.store.misses import MissLog
from bot.store.records import Done, Entry, Records, State
from bot.store.tables import METADATA
from bot.store.usage import UsageLog
from tests.clocks import Clock
from tests.conftest import ROOT, miss


def test_first_starts_side_by_side_make_one_schema(tmp_path: Path) -> None:
    """Whoever comes second finds it made."""
    url, failed = f"sqlite:///{tmp_path}/new.db", []

    def start() -> None:
        try:
            Database.open(url).close()
        except StoreError as error:
            failed.append(error)

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_the_file_is_private_and_has_a_write_ahead_log(store: MissLog, path: Path) -> None:
    """Others can't read it; commits go through a write-ahead log."""
    store.record(miss("几点"))
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.usefixtures("store")
def test_the_migrations_make_the_tables(path: Path) -> None:
    """What SQLAlchemy sees is what the migrations made."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    engine.dispose()


def test_a_log_of_an_older_version_is_taken_over(path: Path) -> None:
    """With its rows and their days; and back again."""
    path.parent.mkdir()
    engine = create_engine(f"sqlite:///{path}")
    config = Config()
    config.set_main_option("script_location", str(ROOT / "bot" / "store" / "migrations"))

    def migrate(step: Callable[[Config, str], None], revision: str) -> None:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            step(config, revision)

    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=ON").close())
    migrate(command.upgrade, "0003")
    with engine.begin() as connection:
        row = "1, '几点', '几点', 2, '2026-05-31', '2026-06-01', 'handled', 'unknown', NULL, 0.5"
        columns = "id, key, question, count, first_asked, last_asked, state, verdict, item, score"
        connection.exec_driver_sql(f"INSERT INTO missed ({columns}) VALUES ({row})").close()
        connection.exec_driver_sql("INSERT INTO missed_days VALUES (1, '2026-05-31', 1), (1, '2026-06-01', 1)").close()
    steps = ((command.upgrade, "head"), (command.downgrade, "0003"), (command.upgrade, "head"))
    for step, revision in steps:
        migrate(step, revision)
    engine.dispose()
    with Database.open(f"sqlite:///{path}") as database:
        store = MissLog(database, 100)
        assert (store.row(1).question, store.row(1).state, store.row(1).chosen) == ("几点", State.HANDLED, None)
        assert list(store.days(1).values()) == [1, 1]
        store.set_state(1, State.VERIFIED)


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
        Database.open(url)
    assert reason in str(caught.value)
    assert "CAMPAIGN_BOT_DATABASE_URL" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_broken_file_says_what_to_do(tmp_path: Path) -> None:
    """A file that is no database is left as it is."""
    path = tmp_path / "bot.db"
    path.write_bytes(b"no database at all " * 100)
    with pytest.raises(StoreError, match="not a database"):
        Database.open(f"sqlite:///{path}")
    assert path.read_bytes().startswith(b"no database")


def test_a_damaged_file_says_what_to_do(database: Database, path: Path) -> None:
    """Damage that is met while the bot runs is one line too, and nothing is overwritten."""
    database.close()
    raw = bytearray(path.read_bytes())
    raw[100:] = b"\x55" * (len(raw) - 100)
    path.write_bytes(raw)
    for attempt in range(2):
        with pytest.raises(StoreError, match=r"malformed.*put a backup in its place"):
            database.probe()
        assert path.read_bytes() == raw, attempt


def test_a_full_disk_says_what_to_do(database: Database, store: MissLog) -> None:
    """SQLite's own bound on pages stands in for the disk here; what was kept stays."""
    inbox = Inbox(database, UsageLog(database, store, 100))
    inbox.receive([Entry(1, b"a")])
    with database.transaction() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1").close()
    with pytest.raises(StoreError, match=r"full.*free some space"):
        inbox.receive([Entry(2, b"x" * 100_000)])
    assert [row.payload for row in inbox.waiting(())] == [b"a"]


def test_what_was_kept_long_enough_is_deleted(database: Database, store: MissLog, clock: Clock) -> None:
    """Done updates after 48 hours, dead letters after 7 days, misses after their days; what waits never."""
    inbox = Inbox(database, UsageLog(database, store, 100))
    done, _ = inbox.receive([Entry(1, b"done"), Entry(2, b"waits")])
    inbox.receive([Entry(3, b"dead", fault="x")])
    inbox.finish([Done(done.id, Records(misses=(miss("旧"),)))])
    clock.now += timedelta(days=2, seconds=1)
    store.record(miss("新"))
    assert database.purge(timedelta(days=180)) == 1
    assert [letter.fault for letter in inbox.dead_letters()] == ["x"]
    clock.now += timedelta(days=5)
    assert database.purge(timedelta(days=180)) == 1
    assert inbox.dead_letters() == []
    clock.now += timedelta(days=173)
    assert database.purge(timedelta(days=180)) == 1
    assert [row.question for row in store.rows(list(State))] == ["新"]
    assert [row.payload for row in inbox.waiting(())] == [b"waits"]
