"""The log of missed questions in the database."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date
from typing import Any

from sqlalchemy import Connection, Row, case, func, select

from bot import catalogue
from bot.errors import UnknownMissError
from bot.store.database import Database
from bot.store.interface import Miss, MissedQuestion, State
from bot.store.tables import FEEDBACK, MISSED, MISSED_DAYS


class SqlMissedLog:
    """``MissedLog`` over SQL. ``limit``: how many rows there may be before new questions are refused."""

    def __init__(self, database: Database, limit: int) -> None:
        self._database = database
        self._limit = limit

    def has_room(self, miss: Miss) -> bool:
        """Whether this miss may be recorded: its row is there already, or one more fits."""
        with self._database.reading() as connection:
            known = select(func.count()).where(MISSED.c.key == miss.key)
            return bool(connection.execute(known).scalar_one()) or self._count(connection) < self._limit

    def is_full(self) -> bool:
        """Whether no new question fits."""
        with self._database.reading() as connection:
            return self._count(connection) >= self._limit

    def record(self, miss: Miss) -> None:
        """Keep a miss, or count it where an equal one is kept."""
        with self._database.transaction() as connection:
            self.record_in(connection, miss)

    def record_in(self, connection: Connection, miss: Miss) -> None:
        """The same within another transaction."""
        now = self._database.now()
        judged = {"last_asked": now, "verdict": miss.verdict, "item": miss.item, "score": miss.score}
        # Missed again: what is ignored stays so; what was handled is open again, the rest is as it was judged now.
        state = case((MISSED.c.state == State.IGNORED, State.IGNORED), else_=miss.state)
        again = (
            MISSED.update()
            .where(MISSED.c.key == miss.key)
            .values(judged | {"count": MISSED.c.count + 1, "state": state})
        )
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
        with self._database.reading() as connection:
            found = connection.execute(select(MISSED).where(MISSED.c.state.in_(states)).order_by(*order)).all()
        return [_missed_question(row) for row in found]

    def row(self, row_id: int) -> MissedQuestion:
        """One row."""
        with self._database.reading() as connection:
            found = connection.execute(select(MISSED).where(MISSED.c.id == row_id)).one_or_none()
        if found is None:
            raise UnknownMissError(catalogue.MISSED_UNKNOWN.format(id=row_id))
        return _missed_question(found)

    def days(self, row_id: int) -> Mapping[date, int]:
        """How often it was asked on which days, oldest first."""
        query = select(MISSED_DAYS.c.day, MISSED_DAYS.c.count.label("times")).where(MISSED_DAYS.c.missed_id == row_id)
        with self._database.reading() as connection:
            return {row.day: row.times for row in connection.execute(query.order_by(MISSED_DAYS.c.day))}

    def set_state(self, row_id: int, state: State) -> MissedQuestion:
        """The row in its new state."""
        with self._database.transaction() as connection:
            connection.execute(MISSED.update().where(MISSED.c.id == row_id).values(state=state))
        return self.row(row_id)

    def delete(self, row_id: int) -> MissedQuestion:
        """The row as it was; nothing of it is left in the database."""
        row = self.row(row_id)
        with self._database.transaction() as connection:
            key = select(MISSED.c.key).where(MISSED.c.id == row_id).scalar_subquery()
            connection.execute(FEEDBACK.delete().where(FEEDBACK.c.key == key))
            connection.execute(MISSED.delete().where(MISSED.c.id == row_id))
        self._database.forget_deleted()
        return row

    @staticmethod
    def _count(connection: Connection) -> int:
        return connection.execute(select(func.count()).select_from(MISSED)).scalar_one()


def _missed_question(row: Row[Any]) -> MissedQuestion:
    fields = row._asdict()
    del fields["key"]
    asked = {name: fields[name].replace(tzinfo=UTC) for name in ("first_asked", "last_asked")}
    return MissedQuestion(**fields | asked | {"state": State(row.state)})
