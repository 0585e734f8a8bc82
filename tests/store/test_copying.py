"""All that one database holds, in another one."""

import subprocess
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.errors import StoreError
from bot.store import copying
from bot.store.copying import COPIED, _set_last_ids, claim_for_copy, copy_store
from bot.store.database import REVISION, Database, insert
from bot.store.leases import Leases
from bot.store.tables import HEARTBEAT, METADATA, REPLICAS, UtcDateTime
from tests.clocks import Clock
from tests.command_line import command
from tests.new_database import VERSION, put_new_database
from tests.postgresql import Server

ROWS = 12


def value(column: sa.Column[Any], number: int, clock: Clock) -> object:  # noqa: PLR0911 - a type each
    """A value that such a column may hold, another one for each number where the key must be."""
    match column.type:
        case sa.Enum(enums=enums, enum_class=kind):
            return kind(enums[number % len(enums)]) if kind else None
        case UtcDateTime():
            return clock().replace(microsecond=number)
        case sa.Date():
            return date.fromordinal(date(2026, 5, 31).toordinal() + number)
        case sa.Boolean():
            return number % 2 == 0
        case sa.Float():
            return number / 7
        case sa.LargeBinary():
            return bytes([number, 0, 255])
        case sa.String(length=length):
            # Beyond the basic plane, so that code points, and not UTF-16, must sort them.
            return f"{'𠮷五a Z'[number % 5]}{number}"[: length or 40]
        case _:
            return number + 1


def fill(database: Database, clock: Clock, rows: int = ROWS) -> None:
    """Put rows into every table, which refer to one another by equal numbers."""
    with database.transaction() as connection:
        for table in METADATA.sorted_tables:
            numbers = range(1 if table is HEARTBEAT else rows)
            made = [{column.name: value(column, number, clock) for column in table.columns} for number in numbers]
            connection.execute(table.insert(), made)


def content(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """What is to be copied."""
    return {
        table.name: [tuple(row) for row in database.read(sa.select(table).order_by(*table.primary_key))]
        for table in COPIED
    }


@pytest.fixture
def new_database(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[str], str]]:
    """Makes empty databases of a kind; the URL of each."""
    made: list[str] = []

    def make(kind: str) -> str:
        if kind == "sqlite":
            return put_new_database(tmp_path / f"{len(list(tmp_path.iterdir()))}.db")
        server: Server = request.getfixturevalue("postgresql")
        made.append(server.new_database())
        return made[-1]

    yield make
    for url in made:
        request.getfixturevalue("postgresql").drop(url)


KINDS = [("sqlite", "sqlite"), ("sqlite", "postgresql"), ("postgresql", "sqlite")]


@pytest.fixture(params=KINDS, ids=" to ".join)
def kinds(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Of the source and of the target."""
    found: tuple[str, str] = request.param
    return found


@pytest.fixture
def source(kinds: tuple[str, str], new_database: Callable[[str], str], clock: Clock) -> Iterator[Database]:
    """A database with rows in every table."""
    with Database.open(new_database(kinds[0]), clock) as database:
        fill(database, clock)
        yield database


@pytest.fixture
def target(kinds: tuple[str, str], new_database: Callable[[str], str]) -> Iterator[Database]:
    """An empty database."""
    with Database.open(new_database(kinds[1])) as database:
        yield database


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that each table takes several."""
    monkeypatch.setattr(copying, "_BATCH", 5)


def no_progress(_done: int, _total: int) -> None:
    """Nobody looks."""


def test_everything_is_copied(source: Database, target: Database) -> None:
    """Every row of every table; and how far it is, is told."""
    told: list[tuple[int, int]] = []
    total = copy_store(source, target, lambda *told_now: told.append(told_now))
    assert total == ROWS * (len(COPIED) - 1) + 1
    assert told == sorted(told)
    assert told[-1] == (total, total)
    assert content(target) == content(source)
    # Whoever serves from the one does not serve from the other.
    assert not target.read(sa.select(REPLICAS)).all()


def test_ids_that_were_given_are_not_given_again(source: Database, target: Database) -> None:
    """Though the rows that had them are gone: old buttons name them."""
    notices = METADATA.tables["notices"]
    template = source.read(sa.select(notices)).first()
    assert template
    row = dict(zip(notices.columns.keys(), template, strict=True))
    del row["id"]
    with source.transaction() as connection:
        _set_last_ids(connection, {"notices": 40})
        last = insert(connection, notices, row)
        connection.execute(notices.delete())
    assert last == 41
    copy_store(source, target, no_progress)
    with target.transaction() as connection:
        assert insert(connection, notices, row) == 42


@pytest.mark.parametrize("after", [1, 30], ids=lambda calls: f"after {calls} steps")
def test_a_copy_that_was_cut_short_goes_on(source: Database, target: Database, after: int) -> None:
    """What is there is not copied again, and nothing is left out."""
    seen = 0

    def kill(_done: int, _total: int) -> None:
        nonlocal seen
        seen += 1
        if seen == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_store(source, target, kill)
    told: list[int] = []
    copy_store(source, target, lambda done, _total: told.append(done))
    assert content(target) == content(source)


def test_a_source_that_changed_meanwhile_is_noticed(source: Database, target: Database) -> None:
    """By a row that was copied before: counts alone would not show it."""

    def change(done: int, total: int) -> None:
        if done == total:
            missed = METADATA.tables["missed"]
            target.write(missed.update().where(missed.c.id == 2).values(count=99))

    with pytest.raises(StoreError, match=r"not the same as its source \(missed\)"):
        copy_store(source, target, change)


def test_a_target_that_holds_something_else_is_refused(source: Database, target: Database) -> None:
    """Nothing is mixed; nor is half a copy copied."""
    target.probe()
    with pytest.raises(StoreError, match=r"not empty \(heartbeat\)"):
        copy_store(source, target, no_progress)
    target.write(HEARTBEAT.delete())
    with pytest.raises(KeyboardInterrupt):
        copy_store(source, target, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    third = Database.open("sqlite://")
    with pytest.raises(StoreError, match="itself a copy that was cut short"):
        copy_store(target, third, no_progress)
    third.close()


@pytest.mark.parametrize("kinds", [("sqlite", "postgresql")], indirect=True)
def test_nothing_is_copied_under_a_replica_that_lives(target: Database) -> None:
    """It would go on writing; one that has left is none."""
    replica = Leases(target, "a", "1")
    replica.join("")
    with pytest.raises(StoreError, match="serves from the database"):
        claim_for_copy(target)
    replica.leave()
    claim_for_copy(target)


def copied(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return command({}, "copy-store", *words, folder=folder)


@pytest.mark.parametrize("kinds", [("sqlite", "sqlite")], indirect=True)
def test_the_command(source: Database, tmp_path: Path) -> None:
    """It makes the target, and says how much it copied; what can't be done is one line."""
    expected = content(source)
    source.close()
    done = copied(tmp_path, f"sqlite:///{tmp_path}/0.db", f"sqlite:///{tmp_path}/new/to.db")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{sum(map(len, expected.values()))} 行" in done.stdout
    with Database.open(f"sqlite:///{tmp_path}/new/to.db") as made:
        assert content(made) == expected
    for source_url, target_url, said in (
        ("0.db", "0.db", "同一个数据库"),
        ("missing.db", "other.db", "那里没有数据库"),
        ("0.db", "new/to.db", "is not empty"),
    ):
        refused = copied(tmp_path, *(f"sqlite:///{tmp_path}/{name}" for name in (source_url, target_url)))
        assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (2, "", 1)
        assert said in refused.stderr
    for version, said in (
        ("0010", "is of an older version (schema 0010"),
        ("9000", "A newer version has used the database"),
    ):
        with Database.open(f"sqlite:///{tmp_path}/new/to.db") as outdated:
            outdated.write(VERSION.update().values(version_num=version))
            refused = copied(tmp_path, f"sqlite:///{tmp_path}/new/to.db", f"sqlite:///{tmp_path}/fourth.db")
            assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (2, "", 1)
            assert said in refused.stderr
            assert outdated.read(sa.select(VERSION)).scalar_one() == version
            outdated.write(VERSION.update().values(version_num=REVISION))
    assert not (tmp_path / "fourth.db").exists()
    with Database.open(f"sqlite:///{tmp_path}/0.db") as served:
        served.claim()
        refused = copied(tmp_path, f"sqlite:///{tmp_path}/0.db", f"sqlite:///{tmp_path}/third.db")
    assert "Another `campaign-bot run` serves" in refused.stderr
