"""The log of missed questions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, and_, case, func, or_, select, tuple_

from bot.errors import UnknownMissError
from bot.store.bulk_actions import MARKED, UNDO_DELETION
from bot.store.database import DELETE_EMPTY_CLUSTERS, Repository, count_one, fields_of, put
from bot.store.records import COMPLAINED, QUOTING, SETTLED, ActionKind, Awaited, Miss, MissedQuestion, State
from bot.store.subscriptions import WAITING
from bot.store.tables import (
    ACTION_KEYS,
    ACTIONS,
    BULK_MISSES,
    CLUSTERS,
    FORM_KEYS,
    FORMS,
    METADATA,
    MISSED,
    MISSED_DAYS,
    NOTICES,
    SUBSCRIPTIONS,
)

MOST_FREQUENT = (MISSED.c.count.desc(), MISSED.c.last_asked.desc(), MISSED.c.id)
"""The order of misses: the most often asked first, then the most recent, then the oldest row."""
_UNSETTLED = {"settled_at": None, "settled_as": None}


_AT_ONCE = 500
"""Questions that are erased in one transaction."""


@dataclass(eq=False)
class MissLog(Repository):
    """Where misses are kept, equal questions in one row.

    ``limit``: how many rows there may be before new questions are refused, by whoever asks ``UsageLog.has_capacity``.
    """

    limit: int

    def is_full(self) -> bool:
        """Whether no new question fits."""
        return self._database.read(select(func.count()).select_from(MISSED)).scalar_one() >= self.limit

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
        # A question that is about to be deleted begins anew.
        connection.execute(MISSED.delete().where(MISSED.c.key == miss.key, MISSED.c.id.in_(MARKED)))
        former = connection.execute(select(MISSED.c.cluster).where(MISSED.c.key == miss.key)).scalar_one_or_none()
        # When a question is missed again, it stays ignored if it was, unless this is a complaint; else it is in the
        # state of this miss, so that what was handled is open again.
        cluster_ignored = select(CLUSTERS.c.id).where(CLUSTERS.c.id == former, CLUSTERS.c.ignored).exists()
        ignored = or_(MISSED.c.state == State.IGNORED, cluster_ignored)
        state = case((and_(ignored, alike, MISSED.c.verdict != COMPLAINED), State.IGNORED), else_=miss.state)
        counted = {"count": MISSED.c.count + 1, "chosen": None, "cluster": case((alike, MISSED.c.cluster), else_=None)}
        counted |= _UNSETTLED
        first = {"question": miss.question, "state": miss.state, "count": 1, "first_asked": now}
        put(connection, MISSED, {"key": miss.key}, judged | first, again=judged | counted | {"state": state})
        kept = select(MISSED.c.id, MISSED.c.cluster).where(MISSED.c.key == miss.key)
        row_id, cluster = connection.execute(kept).one()
        count_one(connection, MISSED_DAYS, {"missed_id": row_id, "day": self._database.day(now)})
        if cluster != former:
            connection.execute(DELETE_EMPTY_CLUSTERS)

    def rows(self, states: Collection[State]) -> Sequence[MissedQuestion]:
        """The rows in these states, the most often asked first, then the most recent."""
        found = fields_of(MissedQuestion, MISSED).where(MISSED.c.state.in_(states)).order_by(*MOST_FREQUENT)
        return [MissedQuestion(*row) for row in self._database.read(found)]

    def awaited_in(self, states: Collection[State]) -> Sequence[MissedQuestion]:
        """The rows in these states that somebody waits for, and can be told of."""
        awaited = MISSED.c.id.in_(select(SUBSCRIPTIONS.c.missed_id).where(WAITING))
        found = fields_of(MissedQuestion, MISSED).where(MISSED.c.state.in_(states), awaited).order_by(MISSED.c.id)
        return [MissedQuestion(*row) for row in self._database.read(found)]

    def count_waiting(self, ids: Collection[int]) -> int:
        """How many people wait for these rows, and can be told; who waits for several counts once."""
        people = select(func.count(SUBSCRIPTIONS.c.person.distinct()))
        return self._database.read(people.where(SUBSCRIPTIONS.c.missed_id.in_(ids), WAITING)).scalar_one()

    def row(self, row_id: int) -> MissedQuestion:
        """One row.

        Raises:
            UnknownMissError: there is none with this id.
        """
        row = self._database.read(fields_of(MissedQuestion, MISSED).where(MISSED.c.id == row_id)).one_or_none()
        if row is None:
            raise UnknownMissError(row_id)
        return MissedQuestion(*row)

    def count_open(self, since: datetime) -> int:
        """How many open rows were first asked since then."""
        new = (MISSED.c.state == State.OPEN, MISSED.c.first_asked >= since)
        return self._database.read(select(func.count()).select_from(MISSED).where(*new)).scalar_one()

    def days(self, row_id: int) -> Mapping[date, int]:
        """How often a row's question was asked on which days, the oldest first; empty without such a row."""
        days = select(MISSED_DAYS.c.day, MISSED_DAYS.c.count).where(MISSED_DAYS.c.missed_id == row_id)
        return dict(self._database.read(days.order_by(MISSED_DAYS.c.day)).all())

    def set_state(self, ids: Collection[int], state: State, among: Collection[State] = tuple(State)) -> None:
        """Put those of these rows that are ``among`` these states into a state; no item is chosen for an open one.

        What they are answered with, if they are, has stood for no time yet.
        """
        rows = MISSED.update().where(MISSED.c.id.in_(ids), MISSED.c.state.in_(among))
        chosen = {"chosen": None} if state is State.OPEN else {}
        self._database.write(rows.values({"state": state} | chosen | _UNSETTLED))

    def set_nearest(self, nearest: Mapping[int, tuple[str | None, float]]) -> None:
        """Note the item that each of these rows comes nearest to, with its score.

        A complaint is about the item that it names, and stays so.
        """
        rows = MISSED.update().where(MISSED.c.verdict != COMPLAINED)
        changed = (
            rows.where(MISSED.c.id == row).values(item=item, score=score) for row, (item, score) in nearest.items()
        )
        self._database.write(*changed)

    def awaited(self) -> Sequence[Awaited]:
        """The rows that are verified or not covered, and of which somebody waits to be told."""
        awaited = MISSED.c.id.in_(select(SUBSCRIPTIONS.c.missed_id).where(WAITING))
        # Whatever is settled in the future was settled by a clock that has been set back since.
        settled_as = case((MISSED.c.settled_at <= self._database.now(), MISSED.c.settled_as), else_=None)
        rows = select(MISSED.c.id, MISSED.c.question, settled_as).where(MISSED.c.state.in_(SETTLED), awaited)
        return [Awaited(*row) for row in self._database.read(rows)]

    def settle(self, digests: Mapping[int, str | None]) -> None:
        """Note that from now on whoever waits for these rows would be told what has this digest; None for nothing."""
        now = self._database.now()
        rows = MISSED.update().where(MISSED.c.state.in_(SETTLED))
        self._database.write(
            *(
                rows.where(MISSED.c.id == row_id).values(settled_as=digest, settled_at=now if digest else None)
                for row_id, digest in digests.items()
            )
        )

    def delete_marked(self) -> None:
        """Erase, as ``forget`` does, what was marked for deletion so long ago that it can't be undone any more."""
        since = self._database.now() - UNDO_DELETION
        marked = select(MISSED.c.key).where(MISSED.c.id.in_(MARKED.where(ACTIONS.c.at <= since))).limit(_AT_ONCE)
        while keys := self._database.read(marked).scalars().all():
            self.forget(*keys)
        # What was opened again meanwhile is not marked any more.
        settled = select(ACTIONS.c.id).where(ACTIONS.c.kind == ActionKind.DELETE_MANY, ACTIONS.c.at <= since)
        self._database.write(BULK_MISSES.delete().where(BULK_MISSES.c.action_id.in_(settled)))

    def forget(self, *keys: str) -> bool:
        """Erase whatever holds the questions of these normal forms; whether anything did. Raises as ``erase``.

        That is their rows in every log, the content of the forms that hold one or are about its cluster, and what it
        takes to undo the edits that hold one; these edits stay made. Notices that may quote one are not delivered any
        more.
        """
        clusters = select(MISSED.c.cluster).where(MISSED.c.key.in_(keys))
        holding = select(FORM_KEYS.c.admin, FORM_KEYS.c.chat).where(FORM_KEYS.c.key.in_(keys))
        held = or_(FORMS.c.cluster.in_(clusters), tuple_(FORMS.c.admin, FORMS.c.chat).in_(holding))
        erased = select(FORMS.c.admin, FORMS.c.chat).where(FORMS.c.content == "")
        edits = select(ACTION_KEYS.c.action_id).where(ACTION_KEYS.c.key.in_(keys))
        found = self._database.erase(
            # The form stays, without content, so that whoever was filling it in can be told.
            FORMS.update().where(held).values(content="", cluster=None),
            FORM_KEYS.delete().where(tuple_(FORM_KEYS.c.admin, FORM_KEYS.c.chat).in_(erased)),
            ACTIONS.update().where(ACTIONS.c.id.in_(edits)).values(edit=None),
            *(table.delete().where(table.c.key.in_(keys)) for table in METADATA.sorted_tables if "key" in table.c),
        )
        if found:
            self._database.erase(NOTICES.delete().where(NOTICES.c.kind.in_(QUOTING)))
        return found > 0
