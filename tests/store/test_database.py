"""The database itself: one schema, a private file, errors that say what to do, and what is old is deleted."""

import json
import shutil
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, event, inspect, text

from bot.errors import StoreError, StoreGoneError
from bot.masking import question_key
from bot.store.answer_subscriptions import AnswerSubscriptions
from bot.store.clusters import MissClusters
from bot.store.database import REVISION, Database
from bot.store.history import History
from bot.store.inbox import Inbox
from bot.store.misses import MissLog
from bot.store.records import Answered, AnswerSubscription, Entry, Judged, Records, State
from bot.store.subscriptions import Subscriptions
from bot.store.tables import METADATA
from bot.store.usage import UsageLog
from tests.clocks import Clock
from tests.conftest import ROOT, miss


def test_first_starts_side_by_side_make_one_schema(tmp_path: Path) -> None:
    """Whoever comes second finds it made."""
    url, failed = f"sqlite:///{tmp_path}/new.db", []

    def start() -> None:
        try:
            Database.open(f"{url}?timeout=60").close()
        except StoreError as error:
            failed.append(error)

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_the_file_is_private_and_has_a_write_ahead_log(path: Path) -> None:
    """Others can't read it; commits go through a write-ahead log."""
    with Database.open(f"sqlite:///{path}") as database:
        MissLog(database, 100).record(miss("几点"))
        assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_the_migrations_make_the_tables(bare_url: str) -> None:
    """What SQLAlchemy sees is what the migrations made."""
    Database.open(bare_url).close()
    engine = create_engine(bare_url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    engine.dispose()


MISS_COLUMNS = "id, key, question, count, first_asked, last_asked, state, verdict, item, score"
MISS = "1, '几点', '几点', 2, '2026-05-31', '2026-06-01', '{state}', 'unknown', NULL, 0.5"
FORM = {"question": "几 点？", "phrasings": ["几点了", "电话13812345678"], "answer": "九点", "cluster": 7}
EDIT = [{"file": "a.yaml", "change": {"item": "card", "phrasings": ["几点了"]}, "splice": {"inserted": "几点了"}}]
NEW_ITEM = [{"file": "a.yaml", "change": {"entry": {"id": "card", "question": "几点", "phrasings": ["几号", "号"]}}}]
JSON = {"form": json.dumps(FORM), "edit": json.dumps(EDIT), "new_item": json.dumps(NEW_ITEM)}
VALUES = JSON | {"payload": b"a", "address": b"b"}
EARLIER_ROWS = {
    "0001": (
        f"INSERT INTO missed ({MISS_COLUMNS}) VALUES ({MISS.format(state='handled')})",
        "INSERT INTO missed_days VALUES (1, '2026-05-31', 1), (1, '2026-06-01', 1)",
    ),
    "0002": ("INSERT INTO inbox VALUES (1, 900, 'waiting', :payload, '2026-05-31 09:00:00', NULL, NULL)",),
    "0003": (
        "INSERT INTO feedback VALUES ('几点', 'opening', 'helpful', '几点', 3, '2026-05-31 09:00:00')",
        "INSERT INTO asked_days VALUES ('opening', '2026-05-31', 4)",
    ),
    "0004": (
        "INSERT INTO clusters VALUES (7, 4, 2, 2, 0, FALSE), (9, 0, 0, 0, 0, TRUE)",
        "UPDATE missed SET cluster = 7, chosen = 'opening'",
        "INSERT INTO wishes VALUES (1, 1, 55, :address, '2026-05-31 09:00:00', 2)",
        "INSERT INTO drafts VALUES (5, 6, :form, '2026-05-31 09:00:00')",
        "INSERT INTO actions VALUES (1, '2026-05-31 09:00:00', 5, 'phrasing', '', 'card', :edit, 'done')",
        "INSERT INTO actions VALUES (2, '2026-05-31 09:00:00', 5, 'item', '', 'card', :new_item, 'done')",
        "INSERT INTO actions VALUES (3, '2026-05-31 09:00:00', 5, 'ignore', '7', NULL, NULL, 'done')",
        "INSERT INTO answered VALUES ('几点', 'opening', '几点', 0.9, '2026-05-31 09:00:00')",
        "INSERT INTO judged VALUES ('几点', 'opening', '几点', TRUE, '2026-05-31 09:00:00')",
    ),
}
"""What is inserted into an earlier schema, on top of the rows of the schemas before it."""


@pytest.fixture
def migrate(bare_url: str) -> Iterator[Callable[..., None]]:
    """Brings a database to a revision, and runs statements there."""
    engine = create_engine(bare_url)
    is_sqlite = engine.dialect.name == "sqlite"
    if is_sqlite:
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=ON").close())
    config = Config()
    config.set_main_option("script_location", str(ROOT / "bot" / "store" / "migrations"))

    def migrate(revision: str, statements: Iterable[str] = ()) -> None:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
        with engine.begin() as connection:
            for statement in statements:
                named = {name: value for name, value in VALUES.items() if f":{name}" in statement}
                connection.execute(text(statement), named)
            if not is_sqlite:
                # The rows brought their ids.
                for table in inspect(connection).get_table_names():
                    columns = {column["name"] for column in inspect(connection).get_columns(table)}
                    if "id" in columns and table != "heartbeat":
                        following = f"pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table})"
                        connection.execute(text(f"SELECT setval({following})"))

    yield migrate
    engine.dispose()


@pytest.mark.parametrize("revision", EARLIER_ROWS)
def test_rows_of_an_earlier_schema_are_kept(
    migrate: Callable[..., None], bare_url: str, clock: Clock, revision: str
) -> None:
    """They are read as if they had been written now."""
    rows = [row for earlier, rows in EARLIER_ROWS.items() if earlier <= revision for row in rows]
    migrate(revision, rows)
    migrate("head")
    with Database.open(bare_url, clock) as database:
        check_rows(database, revision)


def check_rows(database: Database, revision: str) -> None:
    """Everything that was in an earlier schema is there."""
    store = MissLog(database, 100)
    usage = UsageLog(database, store, 100)
    inbox, history, clusters = Inbox(database, usage), History(database), MissClusters(database)
    assert AnswerSubscriptions(database).all() == []
    usage.record(Records(answer_subscriptions=(AnswerSubscription("opening", 55, b"b", "七点"),)))
    assert [row.seen for row in AnswerSubscriptions(database).all()] == ["七点"]
    assert (store.row(1).question, store.row(1).state) == ("几点", State.HANDLED)
    assert list(store.days(1).values()) == [1, 1]
    assert [row.payload for row in inbox.waiting(())] == [b"a"] * (revision >= "0002")
    assert [count.count for count in usage.feedback()] == [3] * (revision >= "0003")
    assert usage.shown() == ({"opening": 4} if revision >= "0003" else {})
    if revision < "0004":
        assert store.row(1).chosen is None
        return
    assert store.row(1).chosen == "opening"
    assert [(cluster, first.question) for cluster, first in clusters.leading(0).items()] == [(7, "几点")]
    store.set_state([1], State.OPEN)
    assert (clusters.cluster(7).asked, clusters.cluster(7).days, clusters.cluster(7).waiting) == (2, 2, 1)
    store.set_state([1], State.VERIFIED)
    store.settle({1: "digest"})
    assert [due.address for due in Subscriptions(database).due(timedelta())] == [b"b"]
    form = usage.form(5, 6)
    assert form
    assert form.content == JSON["form"]
    assert usage.answered() == [Answered("几点", "几点", "opening", 0.9)]
    assert usage.judged() == [Judged("几点", "几点", "opening", right=True)]
    usage.draw("", 5, database.now(), Random(1))
    assert usage.drawn() == []
    assert [action.edit for action in history.latest(9)] == [None, JSON["new_item"], JSON["edit"]]
    assert [action.id for action in history.of_item("card", 9)] == [2, 1]


OLD_QUESTIONS = {
    "of a form and a new item": ("几点", False, [1]),
    "of a form and an added phrasing": ("几点了？", False, [2]),
    "of a new item": ("几号", True, [1]),
    "masked, of a form": ("电话13987654321", False, [2, 1]),
    "of an answer alone": ("九点", True, [2, 1]),
    "of a miss in the cluster of a form": ("还有谁", False, [2, 1]),
}


@pytest.mark.parametrize(("question", "form_is_left", "edits"), OLD_QUESTIONS.values(), ids=OLD_QUESTIONS.keys())
def test_questions_in_old_forms_and_edits_can_be_erased(
    migrate: Callable[..., None],
    bare_url: str,
    clock: Clock,
    question: str,
    *,
    form_is_left: bool,
    edits: list[int],
) -> None:
    """Their keys are those that the same question has today."""
    other = MISS.format(state="open").replace("几点", "还有谁").replace("1,", "2,", 1)
    rows = [row for rows in EARLIER_ROWS.values() for row in rows]
    another_miss = f"INSERT INTO missed ({MISS_COLUMNS}, cluster) VALUES ({other}, 7)"
    migrate("0004", [*rows, another_miss, "UPDATE missed SET cluster = 9 WHERE id = 1"])
    with Database.open(bare_url, clock) as database:
        store = MissLog(database, 100)
        store.forget(question_key(question))
        form = UsageLog(database, store, 100).form(5, 6)
        assert form
        assert bool(form.content) == form_is_left
        assert [action.id for action in History(database).edits()] == edits


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


def replace_by_a_copy(path: Path) -> None:
    """As whoever restores a backup by ``mv``."""
    shutil.copy(path, path.with_suffix(".copy"))
    path.with_suffix(".copy").replace(path)


GONE: dict[str, tuple[Callable[[Path], object], str]] = {
    "its file is deleted": (Path.unlink, "is gone"),
    "all its files are deleted": (lambda path: [*map(Path.unlink, path.parent.iterdir())], "is gone"),
    "its log is deleted": (lambda path: path.with_name("bot.db-wal").unlink(), "bot.db-wal is gone"),
    "its file is replaced": (replace_by_a_copy, "was replaced"),
    "its folder is moved": (lambda path: path.parent.rename(path.parent.with_name("moved")), "is gone"),
    "its folder is deleted": (lambda path: shutil.rmtree(path.parent), "is gone"),
    "another folder takes its place": (
        lambda path: (path.parent.rename(path.parent.with_name("moved")), shutil.copytree(ROOT / "docs", path.parent)),
        "is gone",
    ),
}


@pytest.mark.parametrize(("go", "said"), GONE.values(), ids=GONE.keys())
def test_a_file_that_is_gone_keeps_nothing(
    database: Database, store: MissLog, path: Path, go: Callable[[Path], object], said: str
) -> None:
    """Nobody is told that something was kept, or that there is nothing; no other file is made in its place."""
    store.record(miss("几点"))
    go(path)
    left = sorted(path.parent.iterdir()) if path.parent.exists() else []
    for use in (database.probe, lambda: store.record(miss("几号")), lambda: store.rows(list(State))):
        with pytest.raises(StoreGoneError, match=said):
            use()
    assert (sorted(path.parent.iterdir()) if path.parent.exists() else []) == left


def test_a_file_that_goes_while_something_is_written(database: Database, path: Path) -> None:
    """It was committed to a file that is gone: that is a failure."""

    def write() -> None:
        with database.transaction() as connection:
            connection.exec_driver_sql("DELETE FROM missed").close()
            path.unlink()

    with pytest.raises(StoreGoneError):
        write()


def test_a_file_that_is_back_is_used_again(store: MissLog, path: Path) -> None:
    """With everything that it held."""
    store.record(miss("几点"))
    away = path.parent.rename(path.parent.with_name("away"))
    with pytest.raises(StoreGoneError):
        store.record(miss("几号"))
    away.rename(path.parent)
    store.record(miss("几号"))
    assert {row.question for row in store.rows(list(State))} == {"几点", "几号"}


def test_other_connections_may_come_and_go(database: Database, store: MissLog, path: Path) -> None:
    """Those of other processes, and our own: with the last one SQLite deletes its log, and makes another."""
    for number in range(3):
        store.record(miss(f"几点{number}"))
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("SELECT count(*) FROM missed").fetchone()
        database._engine.dispose()
        assert not path.with_name("bot.db-wal").exists()
    assert len(store.rows(list(State))) == 3


@pytest.mark.usefixtures("path")
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
    inbox.finish({done.id: Records(misses=(miss("旧"),))})
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


def test_the_last_migration_is_the_one_that_the_program_expects() -> None:
    """A migration that it does not know of would never be run."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "bot" / "store" / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION
