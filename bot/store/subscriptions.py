"""Who wants to be told of an answer: kept encrypted, and deleted once they were told."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, func, select

from bot.store.database import Repository
from bot.store.records import Due, State, Subscription
from bot.store.tables import MISSED, SUBSCRIPTIONS


class Subscriptions(Repository):
    """Who wants to be told."""

    def record_in(self, connection: Connection, subscription: Subscription) -> None:
        """Keep a subscription within another transaction, in place of an earlier one of this person to this miss.

        A subscription to a question that was never missed is dropped.
        """
        missed_id = connection.execute(select(MISSED.c.id).where(MISSED.c.key == subscription.key)).scalar_one_or_none()
        if missed_id is None:
            return
        key = {"missed_id": missed_id, "person": subscription.person}
        row = key | {"address": subscription.address, "made_at": self._database.now(), "attempts": 0}
        connection.execute(SUBSCRIPTIONS.delete().filter_by(**key))
        connection.execute(SUBSCRIPTIONS.insert().values(row))

    def due(self) -> Sequence[Due]:
        """The subscriptions whose miss is verified or not covered: those begun least often first, then the oldest."""
        settled = (
            select(SUBSCRIPTIONS.c.id, MISSED.c.question, SUBSCRIPTIONS.c.address)
            .join(MISSED)
            .where(MISSED.c.state.in_((State.VERIFIED, State.NOT_COVERED)))
            .order_by(SUBSCRIPTIONS.c.attempts, SUBSCRIPTIONS.c.id)
        )
        return [Due(*row) for row in self._database.read(settled)]

    def count_waiting(self) -> int:
        """How many people wait for the answer to an open miss."""
        people = select(func.count(SUBSCRIPTIONS.c.person.distinct())).join(MISSED).where(MISSED.c.state == State.OPEN)
        return self._database.read(people).scalar_one()

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
