"""Who wants to be told when an answer changes: kept encrypted, and deleted once they were told."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from bot.store.database import Repository, fields_of
from bot.store.records import AnswerSubscription, KeptAnswerSubscription
from bot.store.tables import ANSWER_SUBSCRIPTIONS


class AnswerSubscriptions(Repository):
    """Who wants to be told of changed answers."""

    def record_in(self, connection: Connection, subscription: AnswerSubscription) -> None:
        """Keep one within another transaction, in place of an earlier one of this person to this item."""
        key = {"item": subscription.item, "person": subscription.person}
        connection.execute(ANSWER_SUBSCRIPTIONS.delete().filter_by(**key))
        row = {"address": subscription.address, "seen": subscription.seen, "made_at": self._database.now()}
        connection.execute(ANSWER_SUBSCRIPTIONS.insert().values(key | row | {"approved": False, "attempts": 0}))

    def all(self) -> Sequence[KeptAnswerSubscription]:
        """All of them: those begun least often first, then the oldest."""
        kept = fields_of(KeptAnswerSubscription, ANSWER_SUBSCRIPTIONS)
        ordered = kept.order_by(ANSWER_SUBSCRIPTIONS.c.attempts, ANSWER_SUBSCRIPTIONS.c.id)
        return [KeptAnswerSubscription(*row) for row in self._database.read(ordered)]

    def offer(self, ids: Collection[int], answer: str) -> None:
        """Note that admins were asked whether to tell this answer, which nobody has approved yet."""
        self._set(ids, offered=answer, approved=False)

    def approve(self, ids: Collection[int]) -> None:
        """Have the answers told that were offered."""
        self._set(ids, approved=True)

    def withdraw(self, ids: Collection[int]) -> None:
        """Forget what was offered, and that it was approved."""
        self._set(ids, offered=None, approved=False)

    def skip(self, ids: Collection[int], answer: str) -> None:
        """Take it that the subscribers know this answer, without telling them."""
        self._set(ids, seen=answer, offered=None, approved=False)

    def begin(self, ids: Collection[int]) -> None:
        """Say that these are about to be fulfilled: if a kill comes in between, others are told before them."""
        self._set(ids, attempts=ANSWER_SUBSCRIPTIONS.c.attempts + 1)

    def drop(self, ids: Collection[int]) -> None:
        """Erase these. Raises as ``Database.erase``."""
        self._database.erase(ANSWER_SUBSCRIPTIONS.delete().where(ANSWER_SUBSCRIPTIONS.c.id.in_(ids)))

    def forget(self, person: int) -> int:
        """Erase all of this person, and say how many. Raises as ``Database.erase``."""
        return self._database.erase(ANSWER_SUBSCRIPTIONS.delete().where(ANSWER_SUBSCRIPTIONS.c.person == person))

    def _set(self, ids: Collection[int], **values: object) -> None:
        if ids:
            self._database.write(
                ANSWER_SUBSCRIPTIONS.update().where(ANSWER_SUBSCRIPTIONS.c.id.in_(ids)).values(**values)
            )
