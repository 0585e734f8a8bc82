"""Who wants to be told of an answer: kept encrypted, and deleted once they were told."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import Connection, and_, func, or_, select

from bot.store.database import Repository
from bot.store.records import SETTLED, Due, State, Subscription
from bot.store.tables import MISSED, SUBSCRIPTIONS

WAITING = and_(SUBSCRIPTIONS.c.readable, SUBSCRIPTIONS.c.note.is_(None))
"""Whether whoever subscribed waits for the answer, and can be told: no admin has replied to them alone."""


class Subscriptions(Repository):
    """Who wants to be told."""

    def record_in(self, connection: Connection, subscription: Subscription) -> None:
        """Keep a subscription within another transaction, in place of an earlier one of this person to this miss.

        A note that has not been delivered yet goes to the new address. A subscription to a question that was never
        missed is dropped.
        """
        missed_id = connection.execute(select(MISSED.c.id).where(MISSED.c.key == subscription.key)).scalar_one_or_none()
        if missed_id is None:
            return
        key = {"missed_id": missed_id, "person": subscription.person}
        note = connection.execute(select(SUBSCRIPTIONS.c.note).filter_by(**key)).scalar_one_or_none()
        row = key | {"address": subscription.address, "made_at": self._database.now(), "attempts": 0}
        connection.execute(SUBSCRIPTIONS.delete().filter_by(**key))
        connection.execute(SUBSCRIPTIONS.insert().values(row | {"readable": True, "note": note}))

    def due(self, stood: timedelta) -> Sequence[Due]:
        """Those with a note, or whose miss is settled and would have been answered alike for as long as ``stood``.

        They come in this order: those begun least often first, then the oldest. Those that can't be told are left out.
        """
        settled = and_(MISSED.c.state.in_(SETTLED), MISSED.c.settled_at <= self._database.now() - stood)
        due = (
            select(SUBSCRIPTIONS.c.id, MISSED.c.question, SUBSCRIPTIONS.c.address, SUBSCRIPTIONS.c.note)
            .join(MISSED)
            .where(SUBSCRIPTIONS.c.readable, or_(SUBSCRIPTIONS.c.note.is_not(None), settled))
            .order_by(SUBSCRIPTIONS.c.attempts, SUBSCRIPTIONS.c.id)
        )
        return [Due(*row) for row in self._database.read(due)]

    def count_waiting(self) -> int:
        """How many people wait for the answer to an open miss, and can be told."""
        people = select(func.count(SUBSCRIPTIONS.c.person.distinct())).join(MISSED)
        return self._database.read(people.where(MISSED.c.state == State.OPEN, WAITING)).scalar_one()

    def count_unreachable(self) -> int:
        """How many people wait who can't be told, since where they asked can't be decrypted."""
        people = select(func.count(SUBSCRIPTIONS.c.person.distinct())).where(~SUBSCRIPTIONS.c.readable)
        return self._database.read(people).scalar_one()

    def addresses(self) -> Sequence[tuple[int, bytes, bool]]:
        """The id of each subscription with its address, and whether that is known to be readable."""
        return self._database.read(select(SUBSCRIPTIONS.c.id, SUBSCRIPTIONS.c.address, SUBSCRIPTIONS.c.readable)).all()

    def set_readable(self, readable: Mapping[int, bool]) -> None:
        """Say of these whether their addresses can be decrypted."""
        for value in (True, False):
            if ids := [id_ for id_, is_readable in readable.items() if is_readable is value]:
                rows = SUBSCRIPTIONS.update().where(SUBSCRIPTIONS.c.id.in_(ids))
                self._database.write(rows.values(readable=value))

    def put_note(self, cluster_id: int, note: bytes) -> int:
        """Have all who wait for the open misses of a cluster be told an encrypted note; how many people they are.

        Whoever waits for several of them is told once, for the last one, and waits for none of them any more.
        """
        misses = select(MISSED.c.id).where(MISSED.c.cluster == cluster_id, MISSED.c.state == State.OPEN)
        waiting = and_(SUBSCRIPTIONS.c.missed_id.in_(misses), WAITING)
        latest = select(func.max(SUBSCRIPTIONS.c.id)).where(waiting).group_by(SUBSCRIPTIONS.c.person)
        with self._database.transaction() as connection:
            ids = connection.execute(latest).scalars().all()
            connection.execute(SUBSCRIPTIONS.delete().where(waiting, SUBSCRIPTIONS.c.id.not_in(ids)))
            connection.execute(SUBSCRIPTIONS.update().where(SUBSCRIPTIONS.c.id.in_(ids)).values(note=note, attempts=0))
        return len(ids)

    def begin(self, ids: Collection[int]) -> None:
        """Say that these are about to be fulfilled: if a kill comes in between, others are told before them."""
        begun = SUBSCRIPTIONS.update().where(SUBSCRIPTIONS.c.id.in_(ids))
        self._database.write(begun.values(attempts=SUBSCRIPTIONS.c.attempts + 1))

    def drop(self, ids: Collection[int]) -> None:
        """Erase these. Raises as ``Database.erase``."""
        self._database.erase(SUBSCRIPTIONS.delete().where(SUBSCRIPTIONS.c.id.in_(ids)))

    def forget(self, person: int) -> int:
        """Erase all of this person, and say how many. Raises as ``Database.erase``."""
        return self._database.erase(SUBSCRIPTIONS.delete().where(SUBSCRIPTIONS.c.person == person))
