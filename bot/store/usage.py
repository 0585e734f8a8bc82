"""What is kept of conversations: opinions, answered questions, how often items are shown, and forms of admins."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import Connection, Select, and_, case, func, select

from bot.store.answer_subscriptions import AnswerSubscriptions
from bot.store.database import ANSWERED_KEPT, FORMS_KEPT, Repository, count_one, fields_of, has_room, put
from bot.store.misses import MissLog
from bot.store.participants import Participants
from bot.store.records import (
    COMPLAINTS,
    Answered,
    Cluster,
    Feedback,
    FeedbackCount,
    Judged,
    KeptForm,
    Opinion,
    Records,
    Sample,
    State,
    StoredForm,
)
from bot.store.subscriptions import Subscriptions
from bot.store.tables import ANSWERED, DAILY, FEEDBACK, FORM_KEYS, FORMS, JUDGED, MISSED, SAMPLED, SHOWN_DAYS

_SHOWN_WITHIN = timedelta(days=30)
_WEEK = timedelta(days=7)
_LAST_DRAW = select(func.max(SAMPLED.c.drawn_at)).scalar_subquery()
_IN_LAST_DRAW = and_(
    SAMPLED.c.key == ANSWERED.c.key, SAMPLED.c.item == ANSWERED.c.item, SAMPLED.c.drawn_at == _LAST_DRAW
)


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
            count_one(connection, SHOWN_DAYS, {"item": item, "day": self._database.day(now)})
        for name in (*records.verdicts, *(feedback.opinion for feedback in records.feedback)):
            count_one(connection, DAILY, {"day": self._database.day(now), "name": name})
        for answered in records.answered:
            self._keep(connection, answered)
        for subscription in records.subscriptions:
            Subscriptions(self._database).record_in(connection, subscription)
        for answer_subscription in records.answer_subscriptions:
            AnswerSubscriptions(self._database).record_in(connection, answer_subscription)
        for form in records.forms:
            self._put_form(connection, form)
        for state in records.participants:
            Participants(self._database).record_in(connection, state)

    def _keep(self, connection: Connection, answered: Answered) -> None:
        """Keep a question that was answered; where the limit is reached, the one asked longest ago is deleted."""
        key = {"key": answered.key, "item": answered.item}
        if not has_room(connection, ANSWERED, self.limit, key):
            oldest = select(func.min(ANSWERED.c.last_asked)).scalar_subquery()
            connection.execute(ANSWERED.delete().where(ANSWERED.c.last_asked == oldest))
        latest = {"last_asked": self._database.now(), "score": answered.score, "confidence": answered.confidence}
        # What another confidence model answered is not drawn any more.
        counted = case((ANSWERED.c.confidence == answered.confidence, ANSWERED.c.undrawn + 1), else_=1)
        first = latest | {"question": answered.question, "undrawn": 1}
        put(connection, ANSWERED, key, first, again=latest | {"undrawn": counted})

    def has_capacity(self, records: Records) -> bool:
        """Whether these misses and opinions may be recorded: the row of each is there already, or one more fits."""
        with self._database.reading() as connection:
            return all(has_room(connection, MISSED, self.limit, {"key": miss.key}) for miss in records.misses) and all(
                has_room(connection, FEEDBACK, self.limit, _key(feedback)) for feedback in records.feedback
            )

    def form(self, admin: int, chat: int) -> KeptForm | None:
        """An admin's form in a chat; None where there is none, or it has not changed for ``FORMS_KEPT``."""
        now = self._database.now()
        current = (FORMS.c.admin == admin, FORMS.c.chat == chat, FORMS.c.changed_at >= now - FORMS_KEPT)
        found = self._database.read(select(FORMS.c.content, FORMS.c.changed_at).where(*current)).one_or_none()
        return KeptForm(found.content, now - found.changed_at) if found else None

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

    def not_meant_by(self, cluster: Cluster) -> frozenset[str]:
        """The items that were suggested for any question of a cluster and not meant."""
        return frozenset().union(*self.not_meant([missed.key for missed in cluster.questions]).values())

    def complaints(self, item: str) -> Mapping[Opinion, int]:
        """What was said against an item's answer, and how often; opinions that nobody gave are left out."""
        said = select(FEEDBACK.c.opinion, func.sum(FEEDBACK.c.count)).where(
            FEEDBACK.c.item == item, FEEDBACK.c.opinion.in_(COMPLAINTS)
        )
        return dict(self._database.read(said.group_by(FEEDBACK.c.opinion).order_by(FEEDBACK.c.opinion)).all())

    def complaints_by_item(self) -> Mapping[str, int]:
        """How often each item's answer was complained about; items that nobody complained about are left out."""
        counts = select(FEEDBACK.c.item, func.sum(FEEDBACK.c.count)).where(FEEDBACK.c.opinion.in_(COMPLAINTS))
        return dict(self._database.read(counts.group_by(FEEDBACK.c.item)).all())

    def opinions(self, item: str) -> Mapping[Opinion, int]:
        """What was said of an item's answer, and how often; opinions that nobody gave are left out."""
        said = select(FEEDBACK.c.opinion, func.sum(FEEDBACK.c.count)).where(
            FEEDBACK.c.item == item, FEEDBACK.c.opinion != Opinion.NOT_MEANT
        )
        return dict(self._database.read(said.group_by(FEEDBACK.c.opinion).order_by(FEEDBACK.c.opinion)).all())

    def asked(self, item: str, limit: int) -> Sequence[str]:
        """The questions that an item answered within 30 days, the latest first."""
        since = self._database.now() - ANSWERED_KEPT
        of_item = select(ANSWERED.c.question).where(ANSWERED.c.item == item, ANSWERED.c.last_asked >= since)
        latest = of_item.order_by(ANSWERED.c.last_asked.desc(), ANSWERED.c.key).limit(limit)
        return [*self._database.read(latest).scalars()]

    def answered(self) -> Sequence[Answered]:
        """Real questions that were answered within 30 days, the latest first."""
        since = self._database.now() - ANSWERED_KEPT
        kept = fields_of(Answered, ANSWERED).where(ANSWERED.c.last_asked >= since)
        latest = kept.order_by(ANSWERED.c.last_asked.desc(), *ANSWERED.primary_key)
        return [Answered(*row) for row in self._database.read(latest)]

    def least_sure(self, limit: int) -> Sequence[Answered]:
        """Answers of the last week, at most ``limit``, the least sure first.

        Those that somebody has judged, and those of the last draw, are left out.
        """
        since = self._database.now() - _WEEK
        same = and_(JUDGED.c.key == ANSWERED.c.key, JUDGED.c.item == ANSWERED.c.item)
        unjudged = fields_of(Answered, ANSWERED).outerjoin(JUDGED, same).where(JUDGED.c.key.is_(None))
        undrawn = unjudged.outerjoin(SAMPLED, _IN_LAST_DRAW).where(SAMPLED.c.key.is_(None))
        unsure = undrawn.where(ANSWERED.c.last_asked >= since).order_by(ANSWERED.c.score, ANSWERED.c.key)
        return [Answered(*row) for row in self._database.read(unsure.limit(limit))]

    def draw(self, confidence: str, most: int, since: datetime, random: Random) -> None:
        """Draw at most ``most`` of what this confidence model answered since the last draw, all of it if it was less.

        Nothing is drawn if something was since then. Each time that an answer was given counts: one that is drawn
        twice is judged once, and its judgement counts twice.
        """
        if self._database.read(_is_drawn(since)).scalar_one():
            return
        given = select(ANSWERED.c.key, ANSWERED.c.item, ANSWERED.c.undrawn).where(
            ANSWERED.c.confidence == confidence, ANSWERED.c.undrawn > 0
        )
        with self._database.transaction() as connection:
            rows = connection.execute(given.order_by(*ANSWERED.primary_key)).all()
            if not rows or connection.execute(_is_drawn(since)).scalar_one():
                return
            times = [count for *_, count in rows]
            drawn = Counter(random.sample(range(len(rows)), k=min(most, sum(times)), counts=times))
            values = {"drawn_at": self._database.now(), "confidence": confidence}
            for number, count in sorted(drawn.items()):
                key, item, _ = rows[number]
                connection.execute(SAMPLED.insert().values(values | {"key": key, "item": item, "times": count}))
            connection.execute(ANSWERED.update().values(undrawn=0))

    def drawn(self) -> Sequence[Answered]:
        """Answers of the last draw that nobody has judged since, in the order of their questions."""
        waiting = fields_of(Answered, ANSWERED).join(SAMPLED, _IN_LAST_DRAW).where(SAMPLED.c.right.is_(None))
        return [Answered(*row) for row in self._database.read(waiting.order_by(*ANSWERED.primary_key))]

    def judge(self, judged: Judged) -> None:
        """Keep a judgement; it replaces an earlier one. It counts for the sample if the last draw has the answer."""
        key = {"key": judged.key, "item": judged.item}
        values = {"question": judged.question, "right": judged.right, "judged_at": self._database.now()}
        drawn = SAMPLED.update().filter_by(**key).where(SAMPLED.c.drawn_at == _LAST_DRAW)
        with self._database.transaction() as connection:
            put(connection, JUDGED, key, values)
            connection.execute(drawn.values(right=judged.right))

    def sample(self, confidence: str) -> Sample:
        """What came of all draws from the answers of this confidence model."""
        draws = self.samples(confidence)
        return Sample(sum(draw.count for _, draw in draws), sum(draw.wrong for _, draw in draws))

    def samples(self, confidence: str) -> Sequence[tuple[datetime, Sample]]:
        """What came of each draw from the answers of this confidence model, the oldest first, as far as it is judged.

        Draws of which nothing is judged are left out.
        """
        wrong = func.sum(case((SAMPLED.c.right.is_(False), SAMPLED.c.times), else_=0))
        judged = select(SAMPLED.c.drawn_at, func.sum(SAMPLED.c.times), wrong).where(
            SAMPLED.c.confidence == confidence, SAMPLED.c.right.is_not(None)
        )
        rows = self._database.read(judged.group_by(SAMPLED.c.drawn_at).order_by(SAMPLED.c.drawn_at))
        return [(drawn_at, Sample(count, wrong)) for drawn_at, count, wrong in rows]

    def judged(self) -> Sequence[Judged]:
        """All judgements, the latest first."""
        latest = fields_of(Judged, JUDGED).order_by(JUDGED.c.judged_at.desc(), *JUDGED.primary_key)
        return [Judged(*row) for row in self._database.read(latest)]

    def daily(self, since: date) -> Mapping[date, Mapping[str, int]]:
        """The counts of each day from this one on, by verdict and opinion; days without any are left out."""
        found: dict[date, dict[str, int]] = defaultdict(dict)
        counts = select(DAILY.c.day, DAILY.c.name, DAILY.c.count).where(DAILY.c.day >= since).order_by(DAILY.c.day)
        for day, name, count in self._database.read(counts):
            found[day][name] = count
        return found

    def shown(self, since: date | None = None) -> Mapping[str, int]:
        """How often each item was shown as an answer, the most frequent first, then by id.

        ``since``: the first day that counts; without one it is that of 30 days ago.
        """
        since = since or self._database.day(self._database.now() - _SHOWN_WITHIN)
        times = func.sum(SHOWN_DAYS.c.count)
        counts = select(SHOWN_DAYS.c.item, times).where(SHOWN_DAYS.c.day >= since).group_by(SHOWN_DAYS.c.item)
        return dict(self._database.read(counts.order_by(times.desc(), SHOWN_DAYS.c.item)).all())

    def demand(self) -> Mapping[str, int]:
        """How often each item was wanted: shown as an answer within 30 days, or nearest to what is still missed."""
        missed = select(MISSED.c.item, func.sum(MISSED.c.count)).where(
            MISSED.c.item.is_not(None), MISSED.c.state == State.OPEN
        )
        wanted = Counter(self.shown())
        wanted.update(dict(self._database.read(missed.group_by(MISSED.c.item)).all()))
        return wanted


def _is_drawn(since: datetime) -> Select[int]:
    """How many answers were drawn since then."""
    return select(func.count()).select_from(SAMPLED).where(SAMPLED.c.drawn_at >= since)


def _key(feedback: Feedback) -> dict[str, str]:
    return {"key": feedback.key, "item": feedback.item, "opinion": feedback.opinion}
