"""The store over SQLAlchemy: SQLite in one file by default."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, Row, case, create_engine, event, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError

from bot import catalogue
from bot.errors import StoreError, UnknownMissError
from bot.store.interface import Miss, MissedQuestion, State
from bot.store.tables import MISSED, MISSED_DAYS

_MIGRATIONS = Path(__file__).with_name("migrations")
_BUSY_TIMEOUT_MS = 5000
"""How long a write waits for another process's, e.g. ``missed resolve`` beside a running bot."""


class SqlStore:
    """The log of missed questions in an SQL database. Open it with ``SqlStore.open``."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine = engine
        self._now = now

    @classmethod
    def open(cls, url: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> "SqlStore":
        """Open the database, made or brought up to date if need be.

        Raises:
            StoreError: it can't be opened or written.
        """
        with _clear_errors(url, (DBAPIError, ArgumentError, CommandError, ImportError, OSError)):
            engine = create_engine(url, hide_parameters=True)
            if engine.dialect.name == "sqlite":
                event.listen(engine, "connect", _configure_sqlite)
                event.listen(engine, "begin", _begin_immediate)
                _create_private_file(engine.url.database)
            with engine.begin() as connection:
                _migrate(connection)
        return cls(engine, now)

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()

    def record(self, miss: Miss) -> None:
        """Keep a miss, or count it where an equal one is kept."""
        now = self._now().replace(tzinfo=None, microsecond=0)
        judged = {"last_asked": now, "verdict": miss.verdict, "item": miss.item, "score": miss.score}
        # Missed again: what is ignored stays so; what was handled is open again, the rest is as it was judged now.
        state = case((MISSED.c.state == State.IGNORED, State.IGNORED), else_=miss.state)
        again = (
            MISSED.update()
            .where(MISSED.c.key == miss.key)
            .values(judged | {"count": MISSED.c.count + 1, "state": state})
        )
        with self._transaction() as connection:
            # The write comes first: it takes SQLite's write lock, so that nothing read after it can change.
            if not connection.execute(again).rowcount:
                first = {
                    "key": miss.key,
                    "question": miss.question,
                    "state": miss.state,
                    "count": 1,
                    "first_asked": now,
                }
                connection.execute(MISSED.insert().values(judged | first))
            row_id = connection.execute(select(MISSED.c.id).where(MISSED.c.key == miss.key)).scalar_one()
            days = (MISSED_DAYS.c.missed_id == row_id) & (MISSED_DAYS.c.day == now.date())
            if not connection.execute(MISSED_DAYS.update().where(days).values(count=MISSED_DAYS.c.count + 1)).rowcount:
                connection.execute(MISSED_DAYS.insert().values(missed_id=row_id, day=now.date(), count=1))

    def rows(self, states: Collection[State]) -> Sequence[MissedQuestion]:
        """The rows in these states, the most often asked first, then the most recent."""
        order = (MISSED.c.count.desc(), MISSED.c.last_asked.desc(), MISSED.c.id)
        with self._transaction() as connection:
            found = connection.execute(select(MISSED).where(MISSED.c.state.in_(states)).order_by(*order)).all()
        return [_missed_question(row) for row in found]

    def row(self, row_id: int) -> MissedQuestion:
        """One row."""
        with self._transaction() as connection:
            found = connection.execute(select(MISSED).where(MISSED.c.id == row_id)).one_or_none()
        if found is None:
            raise UnknownMissError(catalogue.MISSED_UNKNOWN.format(id=row_id))
        return _missed_question(found)

    def days(self, row_id: int) -> Mapping[date, int]:
        """How often it was asked on which days, oldest first."""
        query = select(MISSED_DAYS.c.day, MISSED_DAYS.c.count.label("times")).where(MISSED_DAYS.c.missed_id == row_id)
        with self._transaction() as connection:
            return {row.day: row.times for row in connection.execute(query.order_by(MISSED_DAYS.c.day))}

    def set_state(self, row_id: int, state: State) -> MissedQuestion:
        """The row in its new state."""
        with self._transaction() as connection:
            connection.execute(MISSED.update().where(MISSED.c.id == row_id).values(state=state))
        return self.row(row_id)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with _clear_errors(str(self._engine.url)), self._engine.begin() as connection:
            yield connection


@contextmanager
def _clear_errors(url: str, errors: tuple[type[Exception], ...] = (DBAPIError,)) -> Iterator[None]:
    """What the database or the file system says becomes one line that names the database and the mend."""
    try:
        yield
    except errors as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        try:
            shown = make_url(url).render_as_string(hide_password=True)
        except ArgumentError:
            shown = "the URL in CAMPAIGN_BOT_DATABASE_URL"
        message = f"The database {shown} can't be used ({reason}): check CAMPAIGN_BOT_DATABASE_URL, "
        raise StoreError(message + "that its folder can be written, and that the disk is not full.") from error


def _create_private_file(database: str | None) -> None:
    if database and database != ":memory:":
        path = Path(database)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)


def _begin_immediate(connection: Connection) -> None:
    """Take the write lock at once: whoever reads first and writes then could find the file changed in between."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _configure_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - DBAPI connections have no type
    # The driver's own transactions leave out changes of the schema; ours, begun below, do not.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={_BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _missed_question(row: Row[Any]) -> MissedQuestion:
    fields = row._asdict()
    del fields["key"]
    asked = {name: fields[name].replace(tzinfo=UTC) for name in ("first_asked", "last_asked")}
    return MissedQuestion(**fields | asked | {"state": State(row.state)})
