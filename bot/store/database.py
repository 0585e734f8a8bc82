"""The database over SQLAlchemy, one SQLite file or PostgreSQL, and what the repositories execute in common."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Self, TypeVarTuple

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.clock import MACHINE, Clock
from bot.errors import StoreError
from bot.priority import give_way
from bot.store.backend import Backend, clear_errors
from bot.store.postgresql import PostgresqlBackend
from bot.store.records import InboxState
from bot.store.sqlite import SqliteBackend
from bot.store.tables import (
    ACTION_KEYS,
    ACTIONS,
    ANSWER_SUBSCRIPTIONS,
    ANSWERED,
    CLUSTERS,
    FEEDBACK,
    FORMS,
    HEARTBEAT,
    INBOX,
    JUDGED,
    METADATA,
    MISS_LISTS,
    MISSED,
    PAGE_LINKS,
    PAGE_SESSIONS,
    SAMPLED,
    SUBSCRIPTIONS,
)

Columns = TypeVarTuple("Columns")
_ERRORS = (DBAPIError, PoolTimeoutError)

DEDUPE_WINDOW = timedelta(hours=48)
"""How long an update that was handled is known again. Telegram offers one again for 24 hours at most."""
DEAD_LETTERS_KEPT = timedelta(days=7)
FORMS_KEPT = timedelta(days=30)
"""Since their last change."""
MISS_LISTS_KEPT = timedelta(days=1)
"""How long the buttons of a list work after they were last used."""
SUBSCRIPTIONS_KEPT = timedelta(days=30)
ANSWERED_KEPT = timedelta(days=30)
NOTICES_KEPT = timedelta(days=3)
"""How long a notice to admins may wait for its delivery."""
PARTICIPANTS_KEPT = timedelta(minutes=50)
"""How long what is talked about is kept after its last change. Deleted every five minutes, it is gone in an hour."""
PAGE_LINKS_KEPT = timedelta(minutes=5)
PAGE_SESSIONS_KEPT = timedelta(hours=12)
PAGE_SESSIONS_IDLE = timedelta(hours=1)
"""Who has looked at no page for so long is signed out."""

_AT_ONCE = 5_000
"""Updates that are deleted in one transaction, since nobody else can write meanwhile."""

_MIGRATIONS = Path(__file__).with_name("migrations")
REVISION = "0014"
"""The last of the migrations: the schema that ``tables`` describes."""
DELETE_EMPTY_CLUSTERS = CLUSTERS.delete().where(
    ~sa.select(MISSED.c.id).where(MISSED.c.cluster == CLUSTERS.c.id).exists(),
)
"""The clusters that hold no miss any more."""
DELETE_KEYS_WITHOUT_EDIT = ACTION_KEYS.delete().where(
    ACTION_KEYS.c.action_id.in_(sa.select(ACTIONS.c.id).where(ACTIONS.c.edit.is_(None)))
)
"""The keys of the actions whose edit is erased, which no foreign key deletes."""


@dataclass(eq=False)
class Database:
    """One database and its schema. Open it with ``Database.open``; whoever opens it closes it, or uses ``with``.

    The repositories share it. Every method raises StoreError when the database fails.
    """

    _backend: Backend
    _clock: Clock

    @classmethod
    def open(cls, url: str, clock: Clock = MACHINE) -> Self:
        """Open the database at a SQLAlchemy URL; its schema is created or brought up to date first.

        ``clock``: by which days are counted.

        Raises:
            StoreError: it can't be used, or a newer version has brought it up to date.
        """
        return cls._opened(url, clock, _bring_up_to_date)

    @classmethod
    def open_as_it_is(cls, url: str) -> Self:
        """Open a database only to read it: its schema is not changed.

        Raises:
            StoreError: it can't be used, or its schema is not the one of this version.
        """
        return cls._opened(url, MACHINE, _refuse_outdated)

    @classmethod
    def _opened(cls, url: str, clock: Clock, see_to_schema: Callable[[Backend, str | None], None]) -> Self:
        with clear_errors("the URL in CAMPAIGN_BOT_DATABASE_URL", ArgumentError):
            parsed = sa.make_url(url)
        with clear_errors(parsed, *_ERRORS, ArgumentError, ImportError, OSError):
            is_postgresql = parsed.get_backend_name() == "postgresql"
            backend: Backend = PostgresqlBackend(parsed) if is_postgresql else SqliteBackend(parsed)
            try:
                if (revision := _revision(backend)) != REVISION:
                    see_to_schema(backend, revision)
                backend.check()
            except BaseException:
                backend.close()
                raise
        return cls(backend, clock)

    @property
    def is_shared(self) -> bool:
        """Whether several processes may serve from this database, each with its leases."""
        return self._backend.is_shared

    @property
    def _engine(self) -> sa.Engine:
        return self._backend.engine

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections, and give up the claim. A closed database that is used again opens new ones."""
        self._backend.close()

    def claim(self) -> None:
        """Be the one process that serves from this database, until it is closed: two would answer everything twice.

        Raises:
            StoreError: another process does.
        """
        with clear_errors(self._engine.url, OSError):
            self._backend.claim()

    @contextmanager
    def editing(self) -> Iterator[bool]:
        """Within this no other process that uses this database edits the knowledge folder; False where one does."""
        with ExitStack() as stack:
            with clear_errors(self._engine.url, *_ERRORS, OSError):
                is_alone = stack.enter_context(self._backend.editing())
            yield is_alone

    def check_files(self) -> None:
        """See that the files in use still stand where they were opened.

        Raises:
            StoreGoneError: SQLite's file, or its log, was deleted or replaced.
        """
        self._backend.check()

    def now(self) -> datetime:
        """The time as the tables keep it: UTC, in whole seconds."""
        return self._clock().astimezone(UTC).replace(microsecond=0)

    def day(self, at: datetime) -> date:
        """The day of a moment, by which counts are kept."""
        return self._clock.local(at).date()

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """A transaction that may write: it is durable when this ends, or undone when this raises.

        It keeps out every other writer from its first moment on, so nothing that it reads can change before it writes.
        Keep it short: do no work in it that needs no connection.
        """
        self.check_files()
        with clear_errors(self._engine.url, *_ERRORS), self._engine.begin() as connection:
            yield connection
        # It may have gone meanwhile, and with it what was committed.
        self.check_files()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that only reads one state of the database: it waits for no writer, and no writer for it."""
        give_way()
        self.check_files()
        with (
            clear_errors(self._engine.url, *_ERRORS),
            self._engine.connect().execution_options(**self._backend.reading_options) as connection,
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
        """Erase what was kept long enough, of every kind, and say how many rows that were.

        Misses, opinions, counts, judgements, samples and actions are kept for ``misses_kept``: a miss from when it was
        last asked, an opinion from when it was last given.
        """
        now = self.now()
        since = now - misses_kept
        day = self.day(since)
        done = sa.select(INBOX.c.id).where(INBOX.c.state == InboxState.DONE, INBOX.c.received_at < now - DEDUPE_WINDOW)
        some = INBOX.delete().where(INBOX.c.id.in_(done.limit(_AT_ONCE)))
        count = 0
        while deleted := self.write(some):
            count += deleted
        return count + self.erase(
            INBOX.delete().where(INBOX.c.state == InboxState.DEAD, INBOX.c.died_at < now - DEAD_LETTERS_KEPT),
            MISSED.delete().where(MISSED.c.last_asked < since),
            *(table.delete().where(table.c.day < day) for table in METADATA.sorted_tables if "day" in table.c),
            FEEDBACK.delete().where(FEEDBACK.c.last_given < since),
            JUDGED.delete().where(JUDGED.c.judged_at < since),
            SAMPLED.delete().where(SAMPLED.c.drawn_at < since),
            ACTIONS.delete().where(ACTIONS.c.at < since),
            ANSWERED.delete().where(ANSWERED.c.last_asked < now - ANSWERED_KEPT),
            SUBSCRIPTIONS.delete().where(SUBSCRIPTIONS.c.made_at < now - SUBSCRIPTIONS_KEPT),
            ANSWER_SUBSCRIPTIONS.delete().where(ANSWER_SUBSCRIPTIONS.c.made_at < now - SUBSCRIPTIONS_KEPT),
            FORMS.delete().where(FORMS.c.changed_at < now - FORMS_KEPT),
            PAGE_LINKS.delete().where(PAGE_LINKS.c.made_at < now - PAGE_LINKS_KEPT),
            PAGE_SESSIONS.delete().where(PAGE_SESSIONS.c.made_at < now - PAGE_SESSIONS_KEPT),
            PAGE_SESSIONS.delete().where(PAGE_SESSIONS.c.seen_at < now - PAGE_SESSIONS_IDLE),
            MISS_LISTS.delete().where(MISS_LISTS.c.changed_at < now - MISS_LISTS_KEPT),
        )

    def erase(self, *statements: sa.UpdateBase) -> int:
        """Delete by these statements, all or none, so that nothing is left; say how many rows they changed.

        Clusters without a miss, and keys without an edit, go with them.

        Raises:
            StoreError: the store fails, or another connection keeps the write-ahead log, where they still stand.
        """
        with self.transaction() as connection:
            count = sum(connection.execute(statement).rowcount for statement in statements)
            connection.execute(DELETE_EMPTY_CLUSTERS)
            connection.execute(DELETE_KEYS_WITHOUT_EDIT)
        self._backend.forget_deleted()
        return count


@dataclass(eq=False)
class Repository:
    """What is kept in a group of tables.

    Every method raises StoreError when the store fails. What it writes is durable when it returns.
    """

    _database: Database


def fields_of(kind: type[Any], table: sa.Table) -> sa.Select[*tuple[Any, ...]]:
    """A query of the columns after which a dataclass names its fields: ``kind(*row)`` is a row's value."""
    return sa.select(*(table.c[field.name] for field in fields(kind)))


def has_room(connection: sa.Connection, table: sa.Table, limit: int, key: Mapping[str, object]) -> bool:
    """Whether a row with this key may be in a table: it is there already, or there are fewer than ``limit`` rows."""
    rows = sa.select(sa.func.count()).select_from(table)
    known = connection.execute(rows.filter_by(**key)).scalar_one()
    return bool(known) or connection.execute(rows).scalar_one() < limit


def insert(connection: sa.Connection, table: sa.Table, row: Mapping[str, object]) -> int:
    """Insert a row, and give the id that it got."""
    key = connection.execute(table.insert().values(row)).inserted_primary_key
    assert key is not None  # noqa: S101 - an insert of one row has one
    return int(key[0])


def put(
    connection: sa.Connection,
    table: sa.Table,
    key: Mapping[str, object],
    values: Mapping[str, object],
    again: Mapping[str, object] | None = None,
) -> None:
    """Put values into the row with this key, which is inserted where there is none.

    A row that is there takes ``again`` in place of ``values``, if it is given.
    """
    if not connection.execute(table.update().filter_by(**key).values(values if again is None else again)).rowcount:
        connection.execute(table.insert().values({**key, **values}))


def count_one(connection: sa.Connection, table: sa.Table, key: Mapping[str, object]) -> None:
    """Count one more in the row with this key."""
    put(connection, table, key, {"count": 1}, again={"count": table.c.count + 1})


def _revision(backend: Backend) -> str | None:
    """The last migration of a schema; None where there is none. Whoever only looks waits for no one who writes."""
    with backend.engine.connect().execution_options(**backend.reading_options) as connection, connection.begin():
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        revision = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
        # The revisions are numbers of four digits.
        if revision and revision > REVISION:
            raise StoreError(
                f"A newer version has used the database {backend.engine.url} (schema {revision}): install it."
            )
        return str(revision) if revision else None


def _refuse_outdated(backend: Backend, revision: str | None) -> None:
    """Refuse a schema that is not this version's. Raises StoreError."""
    url = backend.engine.url
    if revision is None:
        raise StoreError(f"The database {url} holds nothing of a bot's: check its name.")
    raise StoreError(
        f"The database {url} is of an older version (schema {revision}, not {REVISION}), and is only read: start this "
        "version's `campaign-bot run` on it once, which brings it up to date, or do this with the older version."
    )


def _bring_up_to_date(backend: Backend, _revision: str | None) -> None:
    """Make the tables, or bring them up to date.

    Raises:
        OSError: they can't be brought up to date.
    """
    # Alembic takes as long to import as all of SQLAlchemy, and most starts do without it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with backend.engine.connect().execution_options(patient=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise OSError(str(error)) from error
