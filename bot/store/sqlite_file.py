"""A SQLite database as a file: copied while it is in use, and put in the place of another one."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from bot.errors import StoreError

ShowProgress = Callable[[int, int], None]
"""Is told how much of a long piece of work is done, and how much there is in all."""
_PAGES_AT_ONCE = 1024


def copy_file(source: Path, target: Path, show: ShowProgress) -> str:
    """Copy a database that may be in use, as it is at one moment, to a file that is not there; its schema's revision.

    Raises:
        StoreError: it can't be read, or it is damaged.
    """
    target.touch(mode=0o600, exist_ok=False)
    with (
        _clear_errors(source),
        closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True, isolation_level=None)) as reading,
        closing(sqlite3.connect(target, isolation_level=None)) as writing,
    ):
        # One transaction from the first page to the last: else the copy began anew whenever somebody writes.
        reading.execute("BEGIN")
        revision = _revision(reading)
        reading.backup(
            writing, pages=_PAGES_AT_ONCE, progress=lambda _, left, pages: show(pages - left, pages), sleep=0
        )
        # One file, without a log beside it.
        writing.execute("PRAGMA journal_mode=DELETE").close()
        _check(writing)
    return revision


def check_file(file: Path) -> str:
    """See that a file which nobody uses is a sound database; its schema's revision. Raises StoreError if it is not."""
    with _clear_errors(file), closing(sqlite3.connect(file, isolation_level=None)) as connection:
        _check(connection)
        return _revision(connection)


def put_in_place(new: Path, file: Path, aside: Path) -> None:
    """Put a database file in the place of another one, if there is one, which is kept in the folder ``aside``.

    At each moment one of the two is there as a whole.

    Raises:
        StoreError: another program has the database open.
        OSError: a file can't be written; nothing has changed.
    """
    moved: list[tuple[Path, Path]] = []
    try:
        if file.exists():
            for log in _logs_left(file):
                moved.append((log, aside / log.name))
                log.replace(aside / log.name)
            try:
                os.link(file, aside / file.name)
            except OSError:
                shutil.copy2(file, aside / file.name)
        new.replace(file)
    except OSError:
        for log, kept in moved:
            kept.replace(log)
        raise


def _logs_left(file: Path) -> Sequence[Path]:
    """The logs of a damaged database; those of a sound one are merged into it. Raises StoreError if it is open."""
    logs = [log for suffix in ("-wal", "-shm") if (log := Path(f"{file}{suffix}")).exists()]
    try:
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
    except sqlite3.DatabaseError:
        return [log for log in logs if log.exists()]
    # The last connection that is closed deletes them.
    if any(log.exists() for log in logs):
        raise StoreError(f"Another program has {file} open: end it first.")
    return []


def _revision(connection: sqlite3.Connection) -> str:
    (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(revision)


def _check(connection: sqlite3.Connection) -> None:
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise sqlite3.DatabaseError(found)


@contextmanager
def _clear_errors(file: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, TypeError) as error:
        raise StoreError(f"The database {file} can't be copied: {error}.") from error
