"""What is kept of conversations: opinions, answered questions, how often items are shown, and forms of admins."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, and_, func, select

from bot.store.database import ANSWERED_KEPT, FORMS_KEPT, Repository, count_one, fields_of, has_room, put
from bot.store.misses import MissLog
from bot.store.records import COMPLAINTS, Answered, Feedback, FeedbackCount, Judged, Opinion, Records, StoredForm
from bot.store.subscriptions import Subscriptions
from bot.store.tables import ANSWERED, DAILY, FEEDBACK, FORM_KEYS, FORMS, JUDGED, MISSED, SHOWN_DAYS

_SHOWN_WITHIN = timedelta(days=30)
_WEEK = timedelta(days=7)


@dataclass(eq=False)
class UsageLog(Repository):
    """What is kept of conversations.

    ``missed`` takes the misses. ``limit``: how many misses, and as many opinions, are kept before new ones are
    refused, by whoever asks ``has_capacity`` first, and how many questions that were answered.
    """

    missed: MissLog
    limit: int

    def record(self, records: Records) -> None:
        """Keep these, all at once or not at all."""
        with self._database.transaction() as connection:
            self.record_in(connection, records)

    def record_in(self, connection: Connection, records: Records) -> None:
        """Keep these as ``record`` does, within another transaction."""
        for miss in records.misses:
            self.missed.record_in(connection, miss)
        now = self._database.now()
        for feedback in records.feedback:
            first = {"question": feedback.question, "count": 1, "last_given": now}
            put(connection, FEEDBACK, _key(feedback), first, again={"count": FEEDBACK.c.count + 1, "last_given": now})
        for item in records.shown:
            count_one(connection, SHOWN_DAYS, {"item": item, "day": now.date()})
        for name in (*records.verdicts, *(feedback.opinion for feedback in records.feedback)):
            count_one(connection, DAILY, {"day": now.date(), "name": name})
        for answered in records.answered:
            self._keep(connection, answered)
        for subscription in records.subscriptions:
            Subscriptions(self._database).record_in(connection, subscription)
        for form in records.forms:
            self._put_form(connection, form)

    def _keep(self, connection: Connection, answered: Answered) -> None:
        """Keep a question that was answered; where the limit is reached, the one asked longest ago is deleted."""
        key = {"key": answered.key, "item": answered.item}
        if not has_room(connection, ANSWERED, self.limit, key):
            oldest = select(func.min(ANSWERED.c.last_asked)).scalar_subquery()
            connection.execute(ANSWERED.delete().where(ANSWERED.c.last_asked == oldest))
        judged = {"last_asked": self._database.now(), "score": answered.score}
        put(connection, ANSWERED, key, judged | {"question": answered.question}, again=judged)

    def has_capacity(self, records: Records) -> bool:
        """Whether these misses and opinions may be recorded: the row of each is there already, or one more fits."""
        with self._database.reading() as connection:
            return all(has_room(connection, MISSED, self.limit, {"key": miss.key}) for miss in records.misses) and all(
                has_room(connection, FEEDBACK, self.limit, _key(feedback)) for feedback in records.feedback
            )

    def form(self, admin: int, chat: int) -> str | None:
        """The content of an admin's form in a chat; None where there is none, or it has not changed for an hour."""
        since = self._database.now() - FORMS_KEPT
        current = (FORMS.c.admin == admin, FORMS.c.chat == chat, FORMS.c.changed_at >= since)
        return self._database.read(select(FORMS.c.content).where(*current)).scalar_one_or_none()

    def _put_form(self, connection: Connection, form: StoredForm) -> None:
        """Keep a form in place of the one before it, or delete that one, together with its keys."""
        place = {"admin": form.admin, "chat": form.chat}
        connection.execute(FORMS.delete().filter_by(**place))
        if form.content is None:
            return
        kept = {"content": form.content, "cluster": form.cluster, "changed_at": self._database.now()}
        connection.execute(FORMS.insert().values(place | kept))
        if form.keys:
            connection.execute(FORM_KEYS.insert(), [place | {"key": key} for key in dict.fromkeys(form.keys)])

    def feedback(self) -> Sequence[FeedbackCount]:
        """All opinions, the most frequent first, then the most recent."""
        most_frequent = (FEEDBACK.c.count.desc(), FEEDBACK.c.last_given.desc())
        ordered = fields_of(FeedbackCount, FEEDBACK).order_by(*most_frequent, *FEEDBACK.primary_key)
        return [FeedbackCount(*row) for row in self._database.read(ordered)]

    def not_meant(self, keys: Collection[str]) -> Mapping[str, frozenset[str]]:
        """The items that were suggested for these questions and not meant, by the questions' normal forms."""
        found: dict[str, set[str]] = defaultdict(set)
        rejected = select(FEEDBACK.c.key, FEEDBACK.c.item).where(
            FEEDBACK.c.key.in_(keys), FEEDBACK.c.opinion == Opinion.NOT_MEANT
        )
        for key, item in self._database.read(rejected):
            found[key].add(item)
        return {key: frozenset(items) for key, items in found.items()}

    def complaints(self, item: str) -> Mapping[Opinion, int]:
        """What was said against an item's answer, and how often; opinions that nobody gave are left out."""
        said = select(FEEDBACK.c.opinion, func.sum(FEEDBACK.c.count)).where(
            FEEDBACK.c.item == item, FEEDBACK.c.opinion.in_(COMPLAINTS)
        )
        return dict(self._database.read(said.group_by(FEEDBACK.c.opinion).order_by(FEEDBACK.c.opinion)).all())

    def answered(self) -> Sequence[Answered]:
        """Real questions that were answered within 30 days, the latest first."""
        since = self._database.now() - ANSWERED_KEPT
        kept = fields_of(Answered, ANSWERED).where(ANSWERED.c.last_asked >= since)
        latest = kept.order_by(ANSWERED.c.last_asked.desc(), *ANSWERED.primary_key)
        return [Answered(*row) for row in self._database.read(latest)]

    def to_judge(self, limit: int) -> Sequence[Answered]:
        """Answers of the last week that nobody judged yet, at most ``limit``, the least sure first."""
        since = self._database.now() - _WEEK
        same = and_(JUDGED.c.key == ANSWERED.c.key, JUDGED.c.item == ANSWERED.c.item)
        unjudged = fields_of(Answered, ANSWERED).outerjoin(JUDGED, same).where(JUDGED.c.key.is_(None))
        unsure = unjudged.where(ANSWERED.c.last_asked >= since).order_by(ANSWERED.c.score, ANSWERED.c.key)
        return [Answered(*row) for row in self._database.read(unsure.limit(limit))]

    def judge(self, judged: Judged) -> None:
        """Keep a judgement; it replaces an earlier one."""
        key = {"key": judged.key, "item": judged.item}
        values = {"question": judged.question, "right": judged.right, "judged_at": self._database.now()}
        with self._database.transaction() as connection:
            put(connection, JUDGED, key, values)

    def judged(self) -> Sequence[Judged]:
        """All judgements, the latest first."""
        latest = fields_of(Judged, JUDGED).order_by(JUDGED.c.judged_at.desc(), *JUDGED.primary_key)
        return [Judged(*row) for row in self._database.read(latest)]

    def daily(self, since: date) -> Mapping[date, Mapping[str, int]]:
        """The counts of each day (UTC) from this one on, by verdict and opinion; days without any are left out."""
        found: dict[date, dict[str, int]] = defaultdict(dict)
        counts = select(DAILY.c.day, DAILY.c.name, DAILY.c.count).where(DAILY.c.day >= since).order_by(DAILY.c.day)
        for day, name, count in self._database.read(counts):
            found[day][name] = count
        return found

    def shown(self) -> Mapping[str, int]:
        """How often each item was shown as an answer within 30 days, the most frequent first, then by id."""
        since = (self._database.now() - _SHOWN_WITHIN).date()
        times = func.sum(SHOWN_DAYS.c.count)
        counts = select(SHOWN_DAYS.c.item, times).where(SHOWN_DAYS.c.day >= since).group_by(SHOWN_DAYS.c.item)
        return dict(self._database.read(counts.order_by(times.desc(), SHOWN_DAYS.c.item)).all())


def _key(feedback: Feedback) -> dict[str, str]:
    return {"key": feedback.key, "item": feedback.item, "opinion": feedback.opinion}
