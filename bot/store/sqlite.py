"""SQLite in one file: one process serves from it, and whoever writes keeps out every other writer."""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from bot.errors import StoreError, StoreGoneError
from bot.store.backend import clear_errors


def lock(path: str) -> IO[str]:
    """Keep others from serving from a database file, which need not be there, until what is returned is closed.

    Raises:
        StoreError: another process does.
    """
    claim = _locked(f"{path}.lock")
    if claim is None:
        message = f"Another `campaign-bot run` serves from {path}: end that one, or set CAMPAIGN_BOT_DATABASE_URL."
        raise StoreError(message)
    return claim


def _locked(file: str) -> IO[str] | None:
    """A file that only this process has locked, until it is closed; None where another one has."""
    # Windows has none, where neither `run` nor `page` runs, but other commands do.
    import fcntl  # noqa: PLC0415

    locked = Path(file).open("w", encoding="utf-8")  # noqa: SIM115 - until it is closed
    try:
        fcntl.flock(locked, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        locked.close()
        return None
    return locked


class SqliteBackend:
    """A file, which is made private where there is none, or a database in memory.

    A write waits 5 seconds for another process's, e.g. for ``missed resolve`` beside a running bot; ``?timeout=`` at
    the end of the URL sets other seconds.
    """

    is_shared = False

    def __init__(self, url: sa.URL) -> None:
        self.reading_options: Mapping[str, object] = {"reads": True}
        self.engine = sa.create_engine(url, hide_parameters=True)
        self._path = "" if url.database == ":memory:" else url.database or ""
        self._files: dict[str, tuple[int, int]] = {}
        """The device and inode of each of SQLite's files that is in use."""
        self._claim: IO[str] | None = None
        sa.event.listen(self.engine, "connect", _configure)
        sa.event.listen(self.engine, "begin", _begin_immediate)
        # SQLite deletes its log with the last connection.
        sa.event.listen(self.engine, "close", lambda *_: self._forget_log())
        if self._path:
            path = Path(self._path)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)

    def claim(self) -> None:
        """Two processes would answer everything twice."""
        if not self._path:
            return
        self._claim = lock(self._path)

    @contextmanager
    def editing(self) -> Iterator[bool]:
        """A second file is locked, since ``page`` may edit beside ``run``, which has the claim."""
        if not self._path:
            yield True
            return
        locked = _locked(f"{self._path}.edits.lock")
        try:
            yield locked is not None
        finally:
            if locked:
                locked.close()

    def check(self) -> None:
        """See that the files in use still stand where they were opened.

        On Unix a process goes on writing into a file that was deleted or replaced, and nothing of that is kept.
        """
        if not self._path:
            return
        for name in (self._path, *self._logs()):
            try:
                state = os.stat(name)  # noqa: PTH116 - with each transaction: a Path costs more than the call
                found = (state.st_dev, state.st_ino)
            except OSError:
                found = None
            known = self._files.get(name)
            if found and not known:
                self._files[name] = found
            elif found != known:
                what = "was replaced by another file" if found else "is gone"
                message = f"{name} {what} while the bot uses it: put it back, or restart the bot. Nothing is taken in."
                raise StoreGoneError(message)

    def forget_deleted(self) -> None:
        """Deleted rows are overwritten; the write-ahead log, where they still stand, is emptied."""
        url = self.engine.url
        # Past SQLAlchemy, which would begin a transaction, within which there is no checkpoint.
        with clear_errors(url, DBAPIError, sqlite3.Error), closing(self.engine.raw_connection()) as connection:
            busy, *_ = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            message = f"The database {url} is in use: what was deleted stays in its log until the next purge."
            raise StoreError(message)

    def close(self) -> None:
        """Close all connections, and give up the claim."""
        self.engine.dispose()
        self._files.clear()
        if self._claim:
            self._claim.close()

    def _logs(self) -> tuple[str, str]:
        """The files that SQLite keeps beside a database that is in use."""
        return f"{self._path}-wal", f"{self._path}-shm"

    def _forget_log(self) -> None:
        for name in self._logs():
            self._files.pop(name, None)


def _begin_immediate(connection: sa.Connection) -> None:
    """Take the write lock at once: whoever reads first and writes then could find the file changed in between."""
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get("reads") else "BEGIN IMMEDIATE")


def _configure(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own transactions leave out changes of the schema; ours, begun in _begin_immediate, do not.
    connection.isolation_level = None
    try:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}").close()
    except sqlite3.Error:
        # The pool does not know it yet, so nobody else can close it.
        connection.close()
        raise
