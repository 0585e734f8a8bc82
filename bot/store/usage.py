"""What is kept of conversations: misses, opinions, answered questions, and how often items are shown."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, timedelta

from sqlalchemy import ColumnElement, Connection, Table, and_, func, select

from bot.store.database import ANSWERED_KEPT, Database
from bot.store.forms import Forms
from bot.store.misses import MissLog
from bot.store.records import COMPLAINTS, Answered, Feedback, FeedbackCount, Judged, Opinion, Records
from bot.store.subscriptions import Subscriptions
from bot.store.tables import ANSWERED, DAILY, FEEDBACK, JUDGED, SHOWN_DAYS

_HOT_DAYS = timedelta(days=30)
_WEEK = timedelta(days=7)


class UsageLog:
    """What is kept of conversations. Every method raises StoreError when the store fails.

    What a method writes is durable when it returns. ``missed`` takes the misses. ``limit``: how many opinions are kept
    before new ones are refused, by whoever asks ``has_capacity`` first, and how many answered questions.
    """

    def __init__(self, database: Database, missed: MissLog, limit: int) -> None:
        self._database = database
        self._missed = missed
        self._subscriptions = Subscriptions(database)
        self._forms = Forms(database)
        self._limit = limit

    def record(self, records: Records) -> None:
        """Keep these, all at once or not at all."""
        with self._database.transaction() as connection:
            self.record_in(connection, records)

    def record_in(self, connection: Connection, records: Records) -> None:
        """Keep these as ``record`` does, within another transaction."""
        for miss in records.misses:
            self._missed.record_in(connection, miss)
        now = self._database.now()
        for feedback in records.feedback:
            same = FEEDBACK.update().where(*_is(feedback))
            again = same.values(count=FEEDBACK.c.count + 1, last_given=now)
            if not connection.execute(again).rowcount:
                row = {"key": feedback.key, "item": feedback.item, "opinion": feedback.opinion}
                first = {"question": feedback.question, "count": 1, "last_given": now}
                connection.execute(FEEDBACK.insert().values(row | first))
        for item in records.shown:
            _count(connection, SHOWN_DAYS, {"item": item, "day": now.date()})
        for name in (*records.verdicts, *(feedback.opinion for feedback in records.feedback)):
            _count(connection, DAILY, {"day": now.date(), "name": name})
        for answered in records.answered:
            self._keep(connection, answered)
        for subscription in records.subscriptions:
            self._subscriptions.record_in(connection, subscription)
        for form in records.forms:
            self._forms.record_in(connection, form)

    def _keep(self, connection: Connection, answered: Answered) -> None:
        """Keep a question that was answered; where the limit is reached, the one asked longest ago is deleted."""
        same = (ANSWERED.c.key == answered.key, ANSWERED.c.item == answered.item)
        judged = {"last_asked": self._database.now(), "score": answered.score}
        if connection.execute(ANSWERED.update().where(*same).values(judged)).rowcount:
            return
        if connection.execute(select(func.count()).select_from(ANSWERED)).scalar_one() >= self._limit:
            oldest = select(ANSWERED.c.last_asked).order_by(ANSWERED.c.last_asked).limit(1).scalar_subquery()
            connection.execute(ANSWERED.delete().where(ANSWERED.c.last_asked == oldest))
        row = {"key": answered.key, "item": answered.item, "question": answered.question}
        connection.execute(ANSWERED.insert().values(row | judged))

    def has_capacity(self, records: Records) -> bool:
        """Whether these misses and opinions may be recorded: of each its row is there already, or one more fits."""
        return all(map(self._missed.has_capacity, records.misses)) and all(map(self._fits, records.feedback))

    def _fits(self, feedback: Feedback) -> bool:
        with self._database.reading() as connection:
            if connection.execute(select(func.count()).where(*_is(feedback))).scalar_one():
                return True
            return connection.execute(select(func.count()).select_from(FEEDBACK)).scalar_one() < self._limit

    def hot(self, limit: int) -> Sequence[str]:
        """The ids of the items that were shown most often within 30 days, the most frequent first, then by id."""
        since = (self._database.now() - _HOT_DAYS).date()
        query = select(SHOWN_DAYS.c.item).where(SHOWN_DAYS.c.day >= since).group_by(SHOWN_DAYS.c.item)
        ordered = query.order_by(func.sum(SHOWN_DAYS.c.count).desc(), SHOWN_DAYS.c.item).limit(limit)
        with self._database.reading() as connection:
            return list(connection.execute(ordered).scalars())

    def feedback(self) -> Sequence[FeedbackCount]:
        """All opinions, the most frequent first, then the most recent."""
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

    def not_meant(self, keys: Collection[str]) -> Mapping[str, frozenset[str]]:
        """The items that were suggested for these questions and not meant, by the questions' normal forms."""
        found: dict[str, set[str]] = defaultdict(set)
        rejected = select(FEEDBACK.c.key, FEEDBACK.c.item).where(
            FEEDBACK.c.key.in_(keys), FEEDBACK.c.opinion == Opinion.NOT_MEANT
        )
        with self._database.reading() as connection:
            for key, item in connection.execute(rejected):
                found[key].add(item)
        return {key: frozenset(items) for key, items in found.items()}

    def complaints(self, item: str) -> Mapping[Opinion, int]:
        """What was said against an item's answer, and how often; opinions that nobody gave are left out."""
        said = select(FEEDBACK.c.opinion, func.sum(FEEDBACK.c.count)).where(
            FEEDBACK.c.item == item, FEEDBACK.c.opinion.in_(COMPLAINTS)
        )
        with self._database.reading() as connection:
            rows = connection.execute(said.group_by(FEEDBACK.c.opinion).order_by(FEEDBACK.c.opinion))
            return {Opinion(opinion): count for opinion, count in rows}

    def answered(self) -> Sequence[Answered]:
        """Real questions that were answered within 30 days, the latest first."""
        since = self._database.now() - ANSWERED_KEPT
        kept = select(ANSWERED).where(ANSWERED.c.last_asked >= since)
        with self._database.reading() as connection:
            rows = connection.execute(kept.order_by(ANSWERED.c.last_asked.desc(), ANSWERED.c.key, ANSWERED.c.item))
            return [Answered(row.question, row.key, row.item, row.score) for row in rows]

    def to_judge(self, limit: int) -> Sequence[Answered]:
        """Answers of the last week that nobody judged yet, at most ``limit``, the least sure first."""
        since = self._database.now() - _WEEK
        same = and_(JUDGED.c.key == ANSWERED.c.key, JUDGED.c.item == ANSWERED.c.item)
        unjudged = select(ANSWERED).outerjoin(JUDGED, same).where(JUDGED.c.key.is_(None))
        unsure = unjudged.where(ANSWERED.c.last_asked >= since).order_by(ANSWERED.c.score, ANSWERED.c.key)
        with self._database.reading() as connection:
            rows = connection.execute(unsure.limit(limit))
            return [Answered(row.question, row.key, row.item, row.score) for row in rows]

    def judge(self, judged: Judged) -> None:
        """Keep a judgement; it replaces an earlier one."""
        with self._database.transaction() as connection:
            connection.execute(JUDGED.delete().where(JUDGED.c.key == judged.key, JUDGED.c.item == judged.item))
            row = {"key": judged.key, "item": judged.item, "question": judged.question, "right": judged.right}
            connection.execute(JUDGED.insert().values(row | {"judged_at": self._database.now()}))

    def judged(self) -> Sequence[Judged]:
        """All judgements, the latest first."""
        ordered = select(JUDGED).order_by(JUDGED.c.judged_at.desc(), JUDGED.c.key, JUDGED.c.item)
        with self._database.reading() as connection:
            return [Judged(row.question, row.key, row.item, row.right) for row in connection.execute(ordered)]

    def daily(self, since: date) -> Mapping[date, Mapping[str, int]]:
        """The counts of each day (UTC) from this one on, by verdict and opinion; days without any are left out."""
        found: dict[date, dict[str, int]] = defaultdict(dict)
        counts = select(DAILY.c.day, DAILY.c.name, DAILY.c.count).where(DAILY.c.day >= since).order_by(DAILY.c.day)
        with self._database.reading() as connection:
            for day, name, count in connection.execute(counts):
                found[day][name] = count
        return found

    def shown(self, since: date) -> Mapping[str, int]:
        """How often each item was shown as an answer from this day (UTC) on; items never shown are left out."""
        counts = select(SHOWN_DAYS.c.item, func.sum(SHOWN_DAYS.c.count)).where(SHOWN_DAYS.c.day >= since)
        with self._database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(counts.group_by(SHOWN_DAYS.c.item))}


def _count(connection: Connection, table: Table, key: Mapping[str, object]) -> None:
    """Count one more in the row with these values."""
    same = [table.c[name] == value for name, value in key.items()]
    if not connection.execute(table.update().where(*same).values(count=table.c.count + 1)).rowcount:
        connection.execute(table.insert().values({**key, "count": 1}))


def _is(feedback: Feedback) -> tuple[ColumnElement[bool], ...]:
    return (
        FEEDBACK.c.key == feedback.key,
        FEEDBACK.c.item == feedback.item,
        FEEDBACK.c.opinion == feedback.opinion,
    )
