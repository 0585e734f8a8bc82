"""What is kept of talks: misses, opinions, and how often items are asked."""

from collections.abc import Sequence
from datetime import UTC, timedelta

from sqlalchemy import ColumnElement, Connection, func, select

from bot.store.database import Database
from bot.store.interface import Feedback, FeedbackCount, Opinion, Records
from bot.store.missed import SqlMissedLog
from bot.store.tables import ASKED_DAYS, FEEDBACK

_HOT_DAYS = timedelta(days=30)


class SqlJournal:
    """``Journal`` over SQL. ``missed`` takes the misses; ``limit``: how many opinions there may be."""

    def __init__(self, database: Database, missed: SqlMissedLog, limit: int) -> None:
        self._database = database
        self._missed = missed
        self._limit = limit

    def record(self, records: Records) -> None:
        """Keep these."""
        with self._database.transaction() as connection:
            self.record_in(connection, records)

    def record_in(self, connection: Connection, records: Records) -> None:
        """The same within another transaction."""
        for miss in records.misses:
            self._missed.record_in(connection, miss)
        now = self._database.now()
        for one in records.feedback:
            known = FEEDBACK.update().where(*_is(one))
            again = known.values(count=FEEDBACK.c.count + 1, last_given=now)
            if not connection.execute(again).rowcount:
                row = {"key": one.key, "item": one.item, "opinion": one.opinion, "question": one.question}
                connection.execute(FEEDBACK.insert().values(row | {"count": 1, "last_given": now}))
        for item in records.asked:
            today = (ASKED_DAYS.c.item == item, ASKED_DAYS.c.day == now.date())
            once_more = ASKED_DAYS.update().where(*today).values(count=ASKED_DAYS.c.count + 1)
            if not connection.execute(once_more).rowcount:
                connection.execute(ASKED_DAYS.insert().values(item=item, day=now.date(), count=1))

    def has_room(self, feedback: Feedback) -> bool:
        """Whether this opinion may be recorded."""
        with self._database.reading() as connection:
            if connection.execute(select(func.count()).where(*_is(feedback))).scalar_one():
                return True
            return connection.execute(select(func.count()).select_from(FEEDBACK)).scalar_one() < self._limit

    def hot(self, limit: int) -> Sequence[str]:
        """The items that were asked most within 30 days."""
        since = (self._database.now() - _HOT_DAYS).date()
        query = select(ASKED_DAYS.c.item).where(ASKED_DAYS.c.day >= since).group_by(ASKED_DAYS.c.item)
        ordered = query.order_by(func.sum(ASKED_DAYS.c.count).desc(), ASKED_DAYS.c.item).limit(limit)
        with self._database.reading() as connection:
            return list(connection.execute(ordered).scalars())

    def feedback(self) -> Sequence[FeedbackCount]:
        """All opinions."""
        # A row's own "count" is a method.
        ordered = select(FEEDBACK, FEEDBACK.c.count.label("times")).order_by(
            FEEDBACK.c.count.desc(), FEEDBACK.c.last_given.desc(), FEEDBACK.c.key, FEEDBACK.c.item, FEEDBACK.c.opinion
        )
        with self._database.reading() as connection:
            rows = connection.execute(ordered).all()
        return [
            FeedbackCount(
                Feedback(row.question, row.key, row.item, Opinion(row.opinion)),
                row.times,
                row.last_given.replace(tzinfo=UTC),
            )
            for row in rows
        ]


def _is(feedback: Feedback) -> tuple[ColumnElement[bool], ...]:
    return (
        FEEDBACK.c.key == feedback.key,
        FEEDBACK.c.item == feedback.item,
        FEEDBACK.c.opinion == feedback.opinion,
    )
