"""Who wants to be told of an answer, in the database: sealed, and gone when it was done."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select

from bot.store.database import Database
from bot.store.records import Due, State, Wish
from bot.store.tables import MISSED, WISHES


class SqlWishes:
    """``Wishes`` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_in(self, connection: Connection, wish: Wish) -> None:
        """Keep a wish, if its miss is there, within another transaction; of one person and miss the latest."""
        missed_id = connection.execute(select(MISSED.c.id).where(MISSED.c.key == wish.key)).scalar_one_or_none()
        if missed_id is None:
            return
        row = {"missed_id": missed_id, "person": wish.person}
        connection.execute(
            WISHES.delete().where(WISHES.c.missed_id == missed_id, WISHES.c.person == wish.person),
        )
        connection.execute(
            WISHES.insert().values(row | {"address": wish.address, "made_at": self._database.now(), "attempts": 0})
        )

    def due(self) -> Sequence[Due]:
        """The wishes whose miss is verified or not covered, those that were begun least often first."""
        settled = (
            select(WISHES.c.id, MISSED.c.question, WISHES.c.address)
            .join(MISSED)
            .where(MISSED.c.state.in_((State.VERIFIED, State.NOT_COVERED)))
            .order_by(WISHES.c.attempts, WISHES.c.id)
        )
        with self._database.reading() as connection:
            return [Due(*row) for row in connection.execute(settled)]

    def begin(self, ids: Collection[int]) -> None:
        """Say that these are about to be fulfilled."""
        with self._database.transaction() as connection:
            begun = WISHES.update().where(WISHES.c.id.in_(ids))
            connection.execute(begun.values(attempts=WISHES.c.attempts + 1))

    def drop(self, ids: Collection[int]) -> None:
        """Delete these; nothing of them is left."""
        with self._database.transaction() as connection:
            connection.execute(WISHES.delete().where(WISHES.c.id.in_(ids)))
        self._database.forget_deleted()

    def forget(self, person: int) -> int:
        """Delete all of this person, and say how many; nothing of them is left."""
        with self._database.transaction() as connection:
            count = connection.execute(WISHES.delete().where(WISHES.c.person == person)).rowcount
        self._database.forget_deleted()
        return count
