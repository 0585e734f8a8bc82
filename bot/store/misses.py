"""The log of missed questions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, or_, select, tuple_

from bot.errors import UnknownMissError
from bot.items import VerdictKind
from bot.store.database import Database
from bot.store.orphans import delete_empty_clusters, delete_keys_without_edit
from bot.store.records import COMPLAINED, Miss, MissedQuestion, State
from bot.store.tables import (
    ACTION_KEYS,
    ACTIONS,
    ANSWERED,
    CLUSTERS,
    FEEDBACK,
    FORM_KEYS,
    FORMS,
    JUDGED,
    MISSED,
    MISSED_DAYS,
)

_PENDING = (State.OPEN, State.HANDLED)


class MissLog:
    """Where misses are kept, equal questions in one row. Every method raises StoreError when the store fails.

    What a method writes is durable when it returns. ``limit``: how many rows there may be before new questions are
    refused, by whoever asks ``has_capacity`` first.
    """

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
        """Keep a miss, whether there is capacity for it or not, or count it where an equal one is kept."""
        with self._database.transaction() as connection:
            self.record_in(connection, miss)

    def record_in(self, connection: Connection, miss: Miss) -> None:
        """Keep a miss as ``record`` does, within another transaction."""
        now = self._database.now()
        judged = {"last_asked": now, "verdict": miss.verdict, "item": miss.item, "score": miss.score}
        # A complaint belongs together with those about the same item, any other miss with those that ask the same.
        alike = MISSED.c.verdict != COMPLAINED
        if miss.verdict == COMPLAINED:
            alike = and_(MISSED.c.verdict == COMPLAINED, MISSED.c.item == miss.item)
        former = connection.execute(select(MISSED.c.cluster).where(MISSED.c.key == miss.key)).scalar_one_or_none()
        # When a question is missed again, it stays ignored if it was, unless this is a complaint; else it is in the
        # state of this miss, so that what was handled is open again.
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
        if not connection.execute(again).rowcount:
            first = {
                "key": miss.key,
                "question": miss.question,
                "state": miss.state,
                "count": 1,
                "first_asked": now,
            }
            connection.execute(MISSED.insert().values(judged | first))
        row_id, cluster = connection.execute(
            select(MISSED.c.id, MISSED.c.cluster).where(MISSED.c.key == miss.key)
        ).one()
        days = (MISSED_DAYS.c.missed_id == row_id) & (MISSED_DAYS.c.day == now.date())
        if not connection.execute(MISSED_DAYS.update().where(days).values(count=MISSED_DAYS.c.count + 1)).rowcount:
            connection.execute(MISSED_DAYS.insert().values(missed_id=row_id, day=now.date(), count=1))
        if cluster != former:
            delete_empty_clusters(connection)

    def rows(self, states: Collection[State]) -> Sequence[MissedQuestion]:
        """The rows in these states, the most often asked first, then the most recent."""
        order = (MISSED.c.count.desc(), MISSED.c.last_asked.desc(), MISSED.c.id)
        with self._database.reading() as connection:
            found = connection.execute(select(MISSED).where(MISSED.c.state.in_(states)).order_by(*order)).all()
        return [missed_question(row) for row in found]

    def row(self, row_id: int) -> MissedQuestion:
        """One row.

        Raises:
            UnknownMissError: there is none with this id.
        """
        with self._database.reading() as connection:
            found = connection.execute(select(MISSED).where(MISSED.c.id == row_id)).one_or_none()
        if found is None:
            raise UnknownMissError(row_id)
        return missed_question(found)

    def days(self, row_id: int) -> Mapping[date, int]:
        """How often a row's question was asked on which days (UTC), the oldest first; empty without such a row."""
        query = select(MISSED_DAYS.c.day, MISSED_DAYS.c.count.label("times")).where(MISSED_DAYS.c.missed_id == row_id)
        with self._database.reading() as connection:
            return {row.day: row.times for row in connection.execute(query.order_by(MISSED_DAYS.c.day))}

    def set_state(self, row_id: int, state: State) -> MissedQuestion:
        """Put a row into a state, and give it as it is then.

        Raises:
            UnknownMissError: there is none with this id.
        """
        with self._database.transaction() as connection:
            connection.execute(MISSED.update().where(MISSED.c.id == row_id).values(state=state))
        return self.row(row_id)

    def settle(self, ids: Collection[int], state: State) -> None:
        """Put those of these rows that are open or handled into a state."""
        with self._database.transaction() as connection:
            pending = MISSED.update().where(MISSED.c.id.in_(ids), MISSED.c.state.in_(_PENDING))
            connection.execute(pending.values(state=state))

    def reopen(self, ids: Collection[int]) -> None:
        """Open these rows again; no item is chosen for them any more."""
        with self._database.transaction() as connection:
            connection.execute(MISSED.update().where(MISSED.c.id.in_(ids)).values(state=State.OPEN, chosen=None))

    def delete(self, row_id: int) -> MissedQuestion:
        """Delete a row and whatever else holds its question, and give the row as it was.

        Raises:
            UnknownMissError: there is none with this id.
            StoreError: the store fails, or what was deleted still stands in its write-ahead log.
        """
        row = self.row(row_id)
        self.forget(row.key)
        return row

    def forget(self, key: str) -> bool:
        """Delete whatever holds the question of this normal form, and say whether anything did.

        That is its rows in every log, the forms that hold it or are about its cluster, and what it takes to undo the
        edits that hold it; these edits stay made.

        Raises:
            StoreError: the store fails, or what was deleted still stands in its write-ahead log.
        """
        clusters = select(MISSED.c.cluster).where(MISSED.c.key == key)
        holding = select(FORM_KEYS.c.admin, FORM_KEYS.c.chat).where(FORM_KEYS.c.key == key)
        held = or_(FORMS.c.cluster.in_(clusters), tuple_(FORMS.c.admin, FORMS.c.chat).in_(holding))
        edits = select(ACTION_KEYS.c.action_id).where(ACTION_KEYS.c.key == key)
        erasures = (
            FORMS.delete().where(held),
            ACTIONS.update().where(ACTIONS.c.id.in_(edits)).values(edit=None),
            *(table.delete().where(table.c.key == key) for table in (FEEDBACK, ANSWERED, JUDGED, MISSED)),
        )
        with self._database.transaction() as connection:
            found = sum(connection.execute(erasure).rowcount for erasure in erasures)
            delete_empty_clusters(connection)
            delete_keys_without_edit(connection)
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
