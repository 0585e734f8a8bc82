"""The log of missed questions in the database."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, delete, func, or_, select

from bot.errors import UnknownMissError
from bot.items import VerdictKind
from bot.store.database import Database
from bot.store.ranking import clusters_of, refresh
from bot.store.records import COMPLAINED, Miss, MissedQuestion, State
from bot.store.tables import ACTIONS, ANSWERED, CLUSTERS, DRAFTS, FEEDBACK, JUDGED, MISSED, MISSED_DAYS

_PENDING = (State.OPEN, State.HANDLED)


class MissLog:
    """``MissLog`` over SQL. ``limit``: how many rows there may be before new questions are refused."""

    def __init__(self, database: Database, limit: int) -> None:
        self._database = database
        self._limit = limit

    def has_capacity(self, miss: Miss) -> bool:
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
        # A complaint belongs to those about the same item, any other miss to those that ask the same.
        alike = MISSED.c.verdict != COMPLAINED
        if miss.verdict == COMPLAINED:
            alike = and_(MISSED.c.verdict == COMPLAINED, MISSED.c.item == miss.item)
        former = connection.execute(select(MISSED.c.cluster).where(MISSED.c.key == miss.key)).scalar_one_or_none()
        # Missed again: what is ignored stays so, unless it is complained of now; what was handled is open again, the
        # rest is as it was judged now.
        ignored = or_(MISSED.c.state == State.IGNORED, _is_ignored(former))
        state = case((and_(ignored, alike, MISSED.c.verdict != COMPLAINED), State.IGNORED), else_=miss.state)
        again = (
            MISSED.update()
            .where(MISSED.c.key == miss.key)
            .values(
                judged
                | {"count": MISSED.c.count + 1, "state": state, "chosen": None}
                | {"cluster": case((alike, MISSED.c.cluster), else_=None)}
            )
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
        refresh(connection, [former])

    def rows(self, states: Collection[State]) -> Sequence[MissedQuestion]:
        """The rows in these states, the most often asked first, then the most recent."""
        order = (MISSED.c.count.desc(), MISSED.c.last_asked.desc(), MISSED.c.id)
        with self._database.reading() as connection:
            found = connection.execute(select(MISSED).where(MISSED.c.state.in_(states)).order_by(*order)).all()
        return [missed_question(row) for row in found]

    def row(self, row_id: int) -> MissedQuestion:
        """One row."""
        with self._database.reading() as connection:
            found = connection.execute(select(MISSED).where(MISSED.c.id == row_id)).one_or_none()
        if found is None:
            raise UnknownMissError(row_id)
        return missed_question(found)

    def days(self, row_id: int) -> Mapping[date, int]:
        """How often it was asked on which days, oldest first."""
        query = select(MISSED_DAYS.c.day, MISSED_DAYS.c.count.label("times")).where(MISSED_DAYS.c.missed_id == row_id)
        with self._database.reading() as connection:
            return {row.day: row.times for row in connection.execute(query.order_by(MISSED_DAYS.c.day))}

    def set_state(self, row_id: int, state: State) -> MissedQuestion:
        """The row in its new state."""
        with self._database.transaction() as connection:
            connection.execute(MISSED.update().where(MISSED.c.id == row_id).values(state=state))
            refresh(connection, clusters_of(connection, [row_id]))
        return self.row(row_id)

    def settle(self, ids: Collection[int], state: State) -> None:
        """Put those of these rows that are open or handled into a state."""
        with self._database.transaction() as connection:
            pending = MISSED.update().where(MISSED.c.id.in_(ids), MISSED.c.state.in_(_PENDING))
            connection.execute(pending.values(state=state))
            refresh(connection, clusters_of(connection, ids))

    def reopen(self, ids: Collection[int]) -> None:
        """Open these rows again; no item is chosen for them any more."""
        with self._database.transaction() as connection:
            connection.execute(MISSED.update().where(MISSED.c.id.in_(ids)).values(state=State.OPEN, chosen=None))
            refresh(connection, clusters_of(connection, ids))

    def delete(self, row_id: int) -> MissedQuestion:
        """The row as it was; nothing of it is left in the database."""
        row = self.row(row_id)
        self.forget(row.key)
        return row

    def forget(self, key: str) -> bool:
        """Delete whatever holds the question of this normal form; whether anything did."""
        with self._database.transaction() as connection:
            clusters = connection.execute(select(MISSED.c.cluster).where(MISSED.c.key == key)).scalars().all()
            holders = (FEEDBACK, ANSWERED, JUDGED, MISSED)
            texts = {
                text
                for table in holders
                for text in connection.execute(select(table.c.question).where(table.c.key == key)).scalars()
            }
            found = sum(connection.execute(delete(table).where(table.c.key == key)).rowcount for table in holders)
            # What is being written may hold it, and so may what it takes to undo an edit.
            for text in texts:
                quoted = json.dumps(text, ensure_ascii=False)
                connection.execute(delete(DRAFTS).where(DRAFTS.c.content.contains(quoted, autoescape=True)))
                held = ACTIONS.c.edit.contains(quoted, autoescape=True)
                connection.execute(ACTIONS.update().where(held).values(edit=None))
            for cluster in clusters:
                connection.execute(delete(DRAFTS).where(DRAFTS.c.content.contains(f'"cluster":{cluster},')))
            refresh(connection, clusters)
        self._database.forget_deleted()
        return found > 0

    @staticmethod
    def _count(connection: Connection) -> int:
        return connection.execute(select(func.count()).select_from(MISSED)).scalar_one()


def _is_ignored(cluster: int | None) -> ColumnElement[bool]:
    """Whether a cluster is ignored."""
    return select(CLUSTERS.c.id).where(CLUSTERS.c.id == cluster, CLUSTERS.c.ignored).exists()


def missed_question(row: Row[Any]) -> MissedQuestion:
    """A row of the log as a value."""
    fields = row._asdict()
    del fields["cluster"]
    asked = {name: fields[name].replace(tzinfo=UTC) for name in ("first_asked", "last_asked")}
    return MissedQuestion(**fields | asked | {"state": State(row.state), "verdict": VerdictKind(row.verdict)})
