"""The log of missed questions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, and_, case, func, or_, select, tuple_

from bot.errors import UnknownMissError
from bot.store.database import Database
from bot.store.records import COMPLAINED, Miss, MissedQuestion, State
from bot.store.statements import DELETE_EMPTY_CLUSTERS, DELETE_KEYS_WITHOUT_EDIT, count_one, fields_of, put
from bot.store.tables import ACTION_KEYS, ACTIONS, CLUSTERS, FORM_KEYS, FORMS, METADATA, MISSED, MISSED_DAYS

_PENDING = (State.OPEN, State.HANDLED)
MOST_FREQUENT = (MISSED.c.count.desc(), MISSED.c.last_asked.desc(), MISSED.c.id)
"""The order of misses: the most often asked first, then the most recent, then the oldest row."""


class MissLog:
    """Where misses are kept, equal questions in one row. Every method raises StoreError when the store fails.

    What a method writes is durable when it returns. ``limit``: how many rows there may be before new questions are
    refused, by whoever asks ``UsageLog.has_capacity`` first.
    """

    def __init__(self, database: Database, limit: int) -> None:
        self._database = database
        self._limit = limit

    def is_full(self) -> bool:
        """Whether no new question fits."""
        return self._database.read(select(func.count()).select_from(MISSED)).scalar_one() >= self._limit

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
        cluster_ignored = select(CLUSTERS.c.id).where(CLUSTERS.c.id == former, CLUSTERS.c.ignored).exists()
        ignored = or_(MISSED.c.state == State.IGNORED, cluster_ignored)
        state = case((and_(ignored, alike, MISSED.c.verdict != COMPLAINED), State.IGNORED), else_=miss.state)
        counted = {"count": MISSED.c.count + 1, "chosen": None, "cluster": case((alike, MISSED.c.cluster), else_=None)}
        first = {"question": miss.question, "state": miss.state, "count": 1, "first_asked": now}
        put(connection, MISSED, {"key": miss.key}, judged | first, again=judged | counted | {"state": state})
        kept = select(MISSED.c.id, MISSED.c.cluster).where(MISSED.c.key == miss.key)
        row_id, cluster = connection.execute(kept).one()
        count_one(connection, MISSED_DAYS, {"missed_id": row_id, "day": now.date()})
        if cluster != former:
            connection.execute(DELETE_EMPTY_CLUSTERS)

    def rows(self, states: Collection[State]) -> Sequence[MissedQuestion]:
        """The rows in these states, the most often asked first, then the most recent."""
        found = fields_of(MissedQuestion, MISSED).where(MISSED.c.state.in_(states)).order_by(*MOST_FREQUENT)
        return [MissedQuestion(*row) for row in self._database.read(found)]

    def row(self, row_id: int) -> MissedQuestion:
        """One row.

        Raises:
            UnknownMissError: there is none with this id.
        """
        row = self._database.read(fields_of(MissedQuestion, MISSED).where(MISSED.c.id == row_id)).one_or_none()
        if row is None:
            raise UnknownMissError(row_id)
        return MissedQuestion(*row)

    def days(self, row_id: int) -> Mapping[date, int]:
        """How often a row's question was asked on which days (UTC), the oldest first; empty without such a row."""
        days = select(MISSED_DAYS.c.day, MISSED_DAYS.c.count).where(MISSED_DAYS.c.missed_id == row_id)
        return dict(self._database.read(days.order_by(MISSED_DAYS.c.day)).all())

    def set_state(self, row_id: int, state: State) -> MissedQuestion:
        """Put a row into a state, and give it as it is then.

        Raises:
            UnknownMissError: there is none with this id.
        """
        self._database.write(MISSED.update().where(MISSED.c.id == row_id).values(state=state))
        return self.row(row_id)

    def settle(self, ids: Collection[int], state: State) -> None:
        """Put those of these rows that are open or handled into a state."""
        pending = MISSED.update().where(MISSED.c.id.in_(ids), MISSED.c.state.in_(_PENDING))
        self._database.write(pending.values(state=state))

    def reopen(self, ids: Collection[int]) -> None:
        """Open these rows again; no item is chosen for them any more."""
        self._database.write(MISSED.update().where(MISSED.c.id.in_(ids)).values(state=State.OPEN, chosen=None))

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
            *(table.delete().where(table.c.key == key) for table in METADATA.sorted_tables if "key" in table.c),
        )
        with self._database.transaction() as connection:
            found = sum(connection.execute(erasure).rowcount for erasure in erasures)
            connection.execute(DELETE_EMPTY_CLUSTERS)
            connection.execute(DELETE_KEYS_WITHOUT_EDIT)
        self._database.forget_deleted()
        return found > 0
