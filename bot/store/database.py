"""The database over SQLAlchemy: SQLite in one file by default."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import IO, Self, TypeVarTuple

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError

from bot.errors import StoreError
from bot.store.records import ActionKind, InboxState
from bot.store.statements import DELETE_EMPTY_CLUSTERS, DELETE_KEYS_WITHOUT_EDIT, put
from bot.store.tables import (
    ACTIONS,
    ANSWERED,
    FEEDBACK,
    FORMS,
    HEARTBEAT,
    INBOX,
    JUDGED,
    METADATA,
    MISSED,
    SUBSCRIPTIONS,
)

Columns = TypeVarTuple("Columns")

DEDUPE_WINDOW = timedelta(hours=48)
"""How long an update that was handled is known again. Telegram offers one again for 24 hours at most."""
DEAD_LETTERS_KEPT = timedelta(days=7)
FORMS_KEPT = timedelta(hours=1)
"""Who writes something after so long is not filling in the form any more."""
SUBSCRIPTIONS_KEPT = timedelta(days=30)
ANSWERED_KEPT = timedelta(days=30)

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_MIGRATIONS = Path(__file__).with_name("migrations")
REVISION = "0005"
"""The last of the migrations: the schema that ``tables`` describes."""
_BUSY_TIMEOUT = timedelta(seconds=5)
_FIXES = {
    "full": "free some space on its disk",
    "disk I/O error": "check that its disk is neither full nor failing",
    "locked": "another program holds it; end that one, or wait",
    "malformed": "the file is damaged: stop the bot, move it aside, and put a backup in its place or start without one",
    "not a database": "move that file aside, or name another one in CAMPAIGN_BOT_DATABASE_URL",
    "readonly": "check that the file and its folder can be written",
}


@dataclass(eq=False)
class Database:
    """One database and its schema. Open it with ``Database.open``; whoever opens it closes it, or uses ``with``.

    The repositories share it. Every method raises StoreError when the database fails.
    """

    _engine: sa.Engine
    _clock: Callable[[], datetime]
    _claim: IO[str] | None = None

    @classmethod
    def open(
        cls,
        url: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        busy_timeout: timedelta = _BUSY_TIMEOUT,
    ) -> Self:
        """Open the database at a SQLAlchemy URL; its schema is created or brought up to date first.

        ``now`` gives the time with a zone. ``busy_timeout``: how long a write waits for another process's, e.g. for
        ``missed resolve`` beside a running bot.
        """
        with _clear_errors("the URL in CAMPAIGN_BOT_DATABASE_URL", ArgumentError):
            parsed = sa.make_url(url)
        with _clear_errors(parsed, DBAPIError, ArgumentError, ImportError, OSError):
            engine = sa.create_engine(parsed, hide_parameters=True)
            try:
                if engine.dialect.name == "sqlite":
                    sa.event.listen(engine, "connect", partial(_configure_sqlite, busy_timeout))
                    sa.event.listen(engine, "begin", _begin_immediate)
                    _create_private_file(engine.url.database)
                if not _is_current(engine):
                    _migrate(engine)
            except BaseException:
                engine.dispose()
                raise
        return cls(engine, now)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections, and give up the claim. A closed database that is used again opens new ones."""
        self._engine.dispose()
        if self._claim:
            self._claim.close()

    def claim(self) -> None:
        """Be the one process that serves from this database, until it is closed: two would answer everything twice.

        Raises:
            StoreError: another process does.
        """
        path = self._engine.url.database
        if self._engine.dialect.name != "sqlite" or not path or fcntl is None:
            return
        self._claim = Path(f"{path}.lock").open("w", encoding="utf-8")  # noqa: SIM115 - the claim lasts until it is closed
        try:
            fcntl.flock(self._claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            message = f"Another `campaign-bot run` serves from {path}: end that one, or set CAMPAIGN_BOT_DATABASE_URL."
            raise StoreError(message) from error

    def now(self) -> datetime:
        """The time as the tables keep it: UTC, in whole seconds."""
        return self._clock().astimezone(UTC).replace(microsecond=0)

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """A transaction that may write: it is durable when this ends, or undone when this raises.

        On SQLite it keeps out every other writer from its first moment on, so nothing that it reads can change before
        it writes. Keep it short: do no work in it that needs no connection.
        """
        with _clear_errors(self._engine.url, DBAPIError), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that only reads one state of the database: it waits for no writer, and no writer for it."""
        with (
            _clear_errors(self._engine.url, DBAPIError),
            self._engine.connect().execution_options(reads=True) as connection,
            connection.begin(),
        ):
            yield connection

    def read(self, query: sa.Select[*Columns]) -> sa.Result[*Columns]:
        """The result of one query."""
        with self.reading() as connection:
            # Frozen, a result outlives its connection.
            return connection.execute(query).freeze()()

    def write(self, *statements: sa.UpdateBase) -> int:
        """Execute these statements, all or none, and say how many rows they changed; durable when this returns."""
        with self.transaction() as connection:
            return sum(connection.execute(statement).rowcount for statement in statements)

    def probe(self) -> None:
        """Commit something, to see that it can be done."""
        with self.transaction() as connection:
            put(connection, HEARTBEAT, {"id": 1}, {"at": self.now()})

    def purge(self, misses_kept: timedelta) -> int:
        """Delete what was kept long enough, of every kind, and say how many rows that were.

        Misses, opinions, counts, judgements and actions are kept for ``misses_kept``: a miss from when it was last
        asked, an opinion from when it was last given.
        """
        now = self.now()
        since = now - misses_kept
        old = (
            INBOX.delete().where(INBOX.c.state == InboxState.DONE, INBOX.c.received_at < now - DEDUPE_WINDOW),
            INBOX.delete().where(INBOX.c.state == InboxState.DEAD, INBOX.c.died_at < now - DEAD_LETTERS_KEPT),
            MISSED.delete().where(MISSED.c.last_asked < since),
            *(table.delete().where(table.c.day < since.date()) for table in METADATA.sorted_tables if "day" in table.c),
            FEEDBACK.delete().where(FEEDBACK.c.last_given < since),
            JUDGED.delete().where(JUDGED.c.judged_at < since),
            ACTIONS.delete().where(ACTIONS.c.at < since, ACTIONS.c.kind != ActionKind.ITEM),
            # Which ids were used is known for good, but not who used them.
            ACTIONS.update().where(ACTIONS.c.at < since, ACTIONS.c.admin.is_not(None)).values(admin=None, edit=None),
            ANSWERED.delete().where(ANSWERED.c.last_asked < now - ANSWERED_KEPT),
            SUBSCRIPTIONS.delete().where(SUBSCRIPTIONS.c.made_at < now - SUBSCRIPTIONS_KEPT),
            FORMS.delete().where(FORMS.c.changed_at < now - FORMS_KEPT),
        )
        with self.transaction() as connection:
            deleted = sum(connection.execute(statement).rowcount for statement in old)
            connection.execute(DELETE_EMPTY_CLUSTERS)
            connection.execute(DELETE_KEYS_WITHOUT_EDIT)
        if deleted:
            self.forget_deleted()
        return deleted

    def forget_deleted(self) -> None:
        """Empty the write-ahead log, which still holds what was deleted from the file itself.

        Raises:
            StoreError: another connection uses it.
        """
        if self._engine.dialect.name != "sqlite":
            return
        url = self._engine.url
        # Past SQLAlchemy, which would begin a transaction, within which there is no checkpoint.
        with _clear_errors(url, DBAPIError, sqlite3.Error), closing(self._engine.raw_connection()) as connection:
            busy, *_ = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            message = f"The database {url} is in use: what was deleted stays in its log until the next purge."
            raise StoreError(message)


@contextmanager
def _clear_errors(database: sa.URL | str, *errors: type[Exception]) -> Iterator[None]:
    """What the database or the file system says becomes one line that names the database and the fix."""
    try:
        yield
    except errors as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        otherwise = "check CAMPAIGN_BOT_DATABASE_URL, and that its folder can be written"
        fix = next((fix for sign, fix in _FIXES.items() if sign in reason), otherwise)
        raise StoreError(f"The database {database} can't be used ({reason}): {fix}.") from error


def _create_private_file(database: str | None) -> None:
    if database and database != ":memory:":
        path = Path(database)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)


def _begin_immediate(connection: sa.Connection) -> None:
    """Take the write lock at once: whoever reads first and writes then could find the file changed in between."""
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get("reads") else "BEGIN IMMEDIATE")


def _configure_sqlite(busy_timeout: timedelta, connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own transactions leave out changes of the schema; ours, begun in _begin_immediate, do not.
    connection.isolation_level = None
    try:
        for pragma in (
            f"busy_timeout={round(busy_timeout / timedelta(milliseconds=1))}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}").close()
    except sqlite3.Error:
        # The pool does not know it yet, so nobody else can close it.
        connection.close()
        raise


def _is_current(engine: sa.Engine) -> bool:
    """Whether the schema is the one of this program. Most starts find it so, and must not wait for whoever writes."""
    with engine.connect().execution_options(reads=True) as connection, connection.begin():
        if not sa.inspect(connection).has_table("alembic_version"):
            return False
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none() == REVISION


def _migrate(engine: sa.Engine) -> None:
    """Make the tables, or bring them up to date.

    Raises:
        OSError: a newer program has made them, or they can't be brought up to date.
    """
    # Alembic takes as long to import as all of SQLAlchemy, and most starts do without it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise OSError(str(error)) from error
