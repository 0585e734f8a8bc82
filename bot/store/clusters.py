"""The log of missed questions by clusters: what asks the same is one cluster, and clusters are ranked."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, assert_never

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Select, Subquery, Table, and_, case, func, or_, select

from bot.store.bulk_actions import MARKED
from bot.store.database import Repository, fields_of, insert
from bot.store.misses import MOST_FREQUENT
from bot.store.records import COMPLAINED, Cluster, MissedQuestion, MissFilter, MissQuery, MissSort, Opinion, State
from bot.store.subscriptions import WAITING
from bot.store.tables import BULK_MISSES, CLUSTERS, FEEDBACK, MISSED, MISSED_DAYS, SUBSCRIPTIONS

EVERY_OPEN = MissQuery()
_QUESTIONS = 50
_chosen_by = attrgetter("id", "question", "verdict", "item")
"""What a miss's cluster is chosen by, of a miss or of the table's columns."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Misses that ask the same: they join the cluster with this id, or become a new one where there is no id."""

    cluster: int | None
    misses: tuple[MissedQuestion, ...]


class MissClusters(Repository):
    """Clusters of missed questions.

    Each cluster holds at least one miss; whoever removes its last one removes the cluster. The id of a cluster is never
    given to another one.
    """

    def unclustered(self, limit: int) -> Sequence[MissedQuestion]:
        """Misses that are in no cluster yet, the oldest first, at most ``limit``."""
        waiting = fields_of(MissedQuestion, MISSED).where(MISSED.c.cluster.is_(None)).order_by(MISSED.c.id)
        return [MissedQuestion(*row) for row in self._database.read(waiting.limit(limit))]

    def leading(self, after: int) -> Mapping[int, MissedQuestion]:
        """The clusters with an id above ``after``, each with the oldest of its misses, by id in ascending order."""
        oldest = select(func.min(MISSED.c.id)).where(MISSED.c.cluster > after).group_by(MISSED.c.cluster)
        leading = fields_of(MissedQuestion, MISSED).add_columns(MISSED.c.cluster).where(MISSED.c.id.in_(oldest))
        rows = self._database.read(leading.join(CLUSTERS, CLUSTERS.c.id == MISSED.c.cluster).order_by(MISSED.c.cluster))
        return {cluster: MissedQuestion(*first) for *first, cluster in rows}

    def assign(self, assignments: Sequence[Assignment], newest: int) -> Sequence[int] | None:
        """Put misses into clusters; the clusters' ids, in the order of the assignments. Durable when this returns.

        A miss that joins an ignored cluster is ignored too. ``newest``: the highest id of the clusters among which the
        assignments were chosen. If anything that they were chosen by has changed since, nothing is written and the
        result is None: another cluster was added, one of theirs is gone, or a miss is gone, changed or in a cluster.
        """
        misses = {_chosen_by(miss) for assignment in assignments for miss in assignment.misses}
        joined = {assignment.cluster for assignment in assignments} - {None}
        ids = [miss_id for miss_id, *_ in misses]
        still = select(*_chosen_by(MISSED.c)).where(MISSED.c.id.in_(ids), MISSED.c.cluster.is_(None))
        with self._database.transaction() as connection:
            others = select(CLUSTERS.c.id).join(MISSED, MISSED.c.cluster == CLUSTERS.c.id)
            added = connection.execute(others.where(CLUSTERS.c.id > newest).limit(1)).first()
            known = select(CLUSTERS.c.id, CLUSTERS.c.ignored).where(CLUSTERS.c.id.in_(joined))
            ignored = {row.id: row.ignored for row in connection.execute(known)}
            unchanged = set(connection.execute(still).all())
            if added or unchanged != misses or ignored.keys() != joined:
                return None
            clusters = []
            for assignment in assignments:
                cluster = assignment.cluster
                if cluster is None:
                    cluster = insert(connection, CLUSTERS, {"ignored": False})
                state = {"state": State.IGNORED} if ignored.get(cluster) else {}
                joining = MISSED.update().where(MISSED.c.id.in_([miss.id for miss in assignment.misses]))
                connection.execute(joining.values({"cluster": cluster} | state))
                clusters.append(cluster)
        return clusters

    def ranked(self, limit: int, query: MissQuery = EVERY_OPEN) -> Sequence[int]:
        """The ids of the clusters of a query, by default all that hold an open miss, at most ``limit``.

        The most pressing comes first.

        They are ranked by how often they were asked times on how many days, of equals the newest first. How many there
        are and where each stands follows from it: one query is enough for a page.
        """
        return self._database.read(first_clusters(query, MissSort.PRESSING, limit).limit(limit)).scalars().all()

    def top(self, limit: int) -> Sequence[Cluster]:
        """The clusters that are ranked first, at most ``limit``."""
        first = first_clusters(EVERY_OPEN, MissSort.PRESSING, limit).limit(limit)
        with self._database.reading() as connection:
            return [_cluster(connection, cluster) for cluster in connection.execute(first).scalars().all()]

    def place(self, cluster_id: int, limit: int, query: MissQuery = EVERY_OPEN) -> int:
        """How many of a query's first ``limit`` clusters are ranked before this one: all if it is not among them."""
        ranked = self.ranked(limit, query)
        return ranked.index(cluster_id) if cluster_id in ranked else len(ranked)

    def cluster(self, cluster_id: int) -> Cluster:
        """One cluster. Where there is no such cluster it has no questions and was never asked."""
        with self._database.reading() as connection:
            return _cluster(connection, cluster_id)

    def questions(self, cluster_id: int, limit: int) -> Sequence[MissedQuestion]:
        """The misses of a cluster, in whatever state, the most frequent first, at most ``limit``."""
        within = fields_of(MissedQuestion, MISSED).where(MISSED.c.cluster == cluster_id)
        return [MissedQuestion(*row) for row in self._database.read(within.order_by(*MOST_FREQUENT).limit(limit))]

    def split_off(self, key: str) -> int:
        """Put the miss of this normal form into a cluster of its own, unless it is alone in one; that cluster's id."""
        own = select(MISSED.c.id, MISSED.c.cluster).where(MISSED.c.key == key)
        with self._database.transaction() as connection:
            miss_id, cluster = connection.execute(own).one()
            others = (MISSED.c.cluster == cluster, MISSED.c.id != miss_id)
            if cluster is None or connection.execute(select(MISSED.c.id).where(*others).limit(1)).first():
                cluster = insert(connection, CLUSTERS, {"ignored": False})
                connection.execute(MISSED.update().where(MISSED.c.id == miss_id).values(cluster=cluster))
        return int(cluster)

    def unignore(self, cluster_id: int) -> None:
        """Ignore a cluster, and its misses, no longer; nor are they deleted any more."""
        ignored = (MISSED.c.cluster == cluster_id, MISSED.c.state == State.IGNORED)
        self._database.write(
            BULK_MISSES.delete().where(BULK_MISSES.c.missed_id.in_(select(MISSED.c.id).where(*ignored))),
            MISSED.update().where(*ignored).values(state=State.OPEN),
            CLUSTERS.update().where(CLUSTERS.c.id == cluster_id).values(ignored=False),
        )

    def open_misses(self, clusters: Iterable[int]) -> Sequence[MissedQuestion]:
        """All open misses of these clusters, a cluster after the other."""
        with self._database.reading() as connection:
            return [
                MissedQuestion(*row)
                for cluster in clusters
                for row in connection.execute(fields_of(MissedQuestion, MISSED).where(*_open_in(cluster)))
            ]

    def lead(self, clusters: Collection[int], misses: Iterable[MissedQuestion], item: str) -> None:
        """Lead misses that were open to an item: they are handled, and their clusters are not ignored any more.

        A miss that was answered meanwhile is led as well; one that was ignored, or led to another item, is not.
        """
        answered = and_(MISSED.c.state.in_((State.VERIFIED, State.NOT_COVERED)), MISSED.c.chosen.is_(None))
        led = MISSED.c.id.in_([missed.id for missed in misses])
        self._database.write(
            MISSED.update()
            .where(led, or_(MISSED.c.state == State.OPEN, answered))
            .values(state=State.HANDLED, chosen=item),
            CLUSTERS.update().where(CLUSTERS.c.id.in_(clusters)).values(ignored=False),
        )

    def ignore(self, cluster_id: int) -> None:
        """Ignore the open misses of a cluster.

        What joins the cluster later is ignored too, unless these are complaints: the next one may be about something
        else.
        """
        with self._database.transaction() as connection:
            asked = fields_of(MissedQuestion, MISSED).where(*_open_in(cluster_id))
            ignored = not any(MissedQuestion(*row).is_complaint for row in connection.execute(asked))
            connection.execute(MISSED.update().where(*_open_in(cluster_id)).values(state=State.IGNORED))
            connection.execute(CLUSTERS.update().where(CLUSTERS.c.id == cluster_id).values(ignored=ignored))

    def recent(self, since: datetime, limit: int) -> Sequence[tuple[str, int]]:
        """Open misses that were asked since then, with how often in all, the most frequent first, then the oldest.

        Complaints are left out: those questions were answered.
        """
        asked = (MISSED.c.state == State.OPEN, MISSED.c.verdict != COMPLAINED, MISSED.c.last_asked >= since)
        recent = select(MISSED.c.question, MISSED.c.count).where(*asked).order_by(MISSED.c.count.desc(), MISSED.c.id)
        return self._database.read(recent.limit(limit)).all()


def _open_in(cluster_id: int) -> tuple[ColumnElement[bool], ...]:
    return MISSED.c.cluster == cluster_id, MISSED.c.state == State.OPEN


def first_clusters(query: MissQuery, sort: MissSort, count: int) -> Select[int]:
    """At least the first ``count`` clusters of a query by rank.

    The most pressing ones are found without counting the days of all: a cluster was asked on one day at least, and on
    no more days than times. So the square of how often one of the first was asked is no less than how often that
    cluster was which comes at place ``count`` when they are ordered by how often they were asked.
    """
    if sort is not MissSort.PRESSING:
        return ranked_clusters(query, sort)
    totals = (
        select(MISSED.c.cluster, func.sum(MISSED.c.count).label("asked"))
        .where(MISSED.c.cluster.is_not(None))
        .group_by(MISSED.c.cluster)
        .having(_holds_match(query))
        .cte("totals")
    )
    asked = totals.c.asked
    least = select(asked).order_by(asked.desc()).limit(1).offset(count - 1).scalar_subquery()
    often = select(totals).where(asked * asked >= func.coalesce(least, 0)).cte("often")
    days = _by_cluster(MISSED_DAYS, MISSED_DAYS.c.day, among=select(often.c.cluster))
    return (
        select(often.c.cluster)
        .outerjoin(days, days.c.cluster == often.c.cluster)
        .order_by((often.c.asked * func.coalesce(days.c.count, 1)).desc(), often.c.cluster.desc())
    )


def ranked_clusters(query: MissQuery, sort: MissSort = MissSort.PRESSING) -> Select[int]:
    """The clusters of a query by rank, grouped from their rows in ``MISSED``."""
    clusters = select(MISSED.c.cluster)
    if (counted := _COUNTED.get(sort)) is not None:
        clusters = clusters.outerjoin(counted, counted.c.cluster == MISSED.c.cluster)
    return (
        clusters.where(MISSED.c.cluster.is_not(None))
        .group_by(MISSED.c.cluster)
        .having(_holds_match(query))
        .order_by(_rank(sort).desc(), MISSED.c.cluster.desc())
    )


def _holds_match(query: MissQuery) -> ColumnElement[bool]:
    return func.sum(case((and_(*matches(query)), 1), else_=0)) > 0


def _rank(sort: MissSort) -> ColumnElement[Any]:
    asked = func.sum(MISSED.c.count)
    match sort:
        case MissSort.PRESSING:
            # A miss whose days are all deleted counts as one of a single day.
            return asked * func.coalesce(func.max(_DAYS.c.count), 1)
        case MissSort.ASKED:
            return asked
        case MissSort.DAYS:
            return func.coalesce(func.max(_DAYS.c.count), 0)
        case MissSort.WAITING:
            return func.coalesce(func.max(_PEOPLE.c.count), 0)
        case MissSort.LAST_ASKED:
            return func.max(MISSED.c.last_asked)
        case _:
            assert_never(sort)


def count_clusters(query: MissQuery, *which: ColumnElement[bool]) -> Select[int]:
    """How many clusters of a query there are, of those that are ``which``."""
    return select(func.count(MISSED.c.cluster.distinct())).where(*matches(query), *which)


def matching_clusters(query: MissQuery) -> Select[int]:
    """The clusters of a query, each once."""
    return select(MISSED.c.cluster).where(MISSED.c.cluster.is_not(None), *matches(query)).distinct().correlate(None)


def matches(query: MissQuery) -> list[ColumnElement[bool]]:
    """What a miss must be for its cluster to be one of a query."""
    not_meant = (FEEDBACK.c.key == MISSED.c.key, FEEDBACK.c.opinion == Opinion.NOT_MEANT)
    rejected = select(FEEDBACK.c.item).where(*not_meant).exists()
    conditions = [MISSED.c.key.contains(word, autoescape=True) for word in query.words]
    if query.asked:
        on_days = select(MISSED_DAYS.c.missed_id).where(MISSED_DAYS.c.day.between(*query.asked))
        conditions.append(MISSED.c.id.in_(on_days))
    if query.begun:
        since, until = query.begun
        conditions += [MISSED.c.first_asked >= since, MISSED.c.first_asked < until]
    match query.filter:
        case MissFilter.IGNORED:
            return [*conditions, MISSED.c.state == State.IGNORED, MISSED.c.id.not_in(MARKED)]
        case MissFilter.HANDLED:
            led = and_(MISSED.c.state == State.NOT_COVERED, MISSED.c.chosen.is_not(None))
            return [*conditions, or_(MISSED.c.state.in_([State.HANDLED, State.VERIFIED]), led)]
        case MissFilter.ALL:
            pass
        case MissFilter.UNANSWERED:
            conditions += [MISSED.c.verdict != COMPLAINED, ~rejected]
        case MissFilter.REJECTED:
            conditions += [MISSED.c.verdict != COMPLAINED, rejected]
        case MissFilter.COMPLAINED:
            conditions.append(MISSED.c.verdict == COMPLAINED)
        case MissFilter.WAITING:
            subscribed = select(SUBSCRIPTIONS.c.id).where(SUBSCRIPTIONS.c.missed_id == MISSED.c.id, WAITING)
            conditions.append(subscribed.exists())
        case _:
            assert_never(query.filter)
    return [*conditions, MISSED.c.state == State.OPEN]


def days_of(cluster: int | ColumnElement[int]) -> ScalarSelect[int]:
    """On how many different days the misses of a cluster were asked."""
    inside = MISSED.alias()
    days = select(func.count(MISSED_DAYS.c.day.distinct())).join(inside, inside.c.id == MISSED_DAYS.c.missed_id)
    return days.where(inside.c.cluster == cluster).correlate(MISSED).scalar_subquery()


def waiting_for(cluster: ColumnElement[int]) -> ScalarSelect[int]:
    """How many people wait for an answer to the misses of a cluster."""
    inside = MISSED.alias()
    of_miss = SUBSCRIPTIONS.c.missed_id == inside.c.id
    people = select(func.count(SUBSCRIPTIONS.c.person.distinct())).join(inside, of_miss)
    return people.where(inside.c.cluster == cluster, WAITING).correlate(MISSED).scalar_subquery()


def _by_cluster(
    table: Table, counted: ColumnElement[Any], *which: ColumnElement[bool], among: Select[int] | None = None
) -> Subquery:
    """How many different values the rows about the misses of each cluster have; not for each cluster anew.

    ``among``: these clusters alone.
    """
    inside = MISSED.alias()
    if among is not None:
        which = (*which, inside.c.cluster.in_(among))
    counts = select(inside.c.cluster, func.count(counted.distinct()).label("count")).where(*which)
    return counts.join(table, table.c.missed_id == inside.c.id).group_by(inside.c.cluster).subquery()


_DAYS = _by_cluster(MISSED_DAYS, MISSED_DAYS.c.day)
"""On how many days the clusters were asked."""
_PEOPLE = _by_cluster(SUBSCRIPTIONS, SUBSCRIPTIONS.c.person, WAITING)
"""How many people wait for the clusters' answers."""
_COUNTED = {MissSort.PRESSING: _DAYS, MissSort.DAYS: _DAYS, MissSort.WAITING: _PEOPLE}
"""What the rows are joined with to rank the clusters."""


def _cluster(connection: Connection, cluster_id: int) -> Cluster:
    within = MISSED.c.cluster == cluster_id
    asked = select(func.coalesce(func.sum(MISSED.c.count), 0)).where(within).scalar_subquery()
    people = select(func.count(SUBSCRIPTIONS.c.person.distinct())).join(MISSED)
    inside = people.where(within, MISSED.c.state == State.OPEN)
    waiting, unreachable = (inside.where(which).scalar_subquery() for which in (WAITING, ~SUBSCRIPTIONS.c.readable))
    times, days, *counts = connection.execute(select(asked, days_of(cluster_id), waiting, unreachable)).one()
    still_open = fields_of(MissedQuestion, MISSED).where(within, MISSED.c.state == State.OPEN)
    by_frequency = still_open.order_by(*MOST_FREQUENT).limit(_QUESTIONS)
    questions = tuple(MissedQuestion(*row) for row in connection.execute(by_frequency))
    return Cluster(cluster_id, times, days, counts[0], questions, counts[1])
