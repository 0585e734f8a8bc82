"""The log of missed questions by clusters, in the database: what is asked for ranking is counted ahead."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from bot.items import VerdictKind
from bot.store.database import Database
from bot.store.misses import missed_question
from bot.store.ranking import refresh
from bot.store.records import COMPLAINED, Cluster, MissedQuestion, Sorter, State, UnclusteredMiss
from bot.store.tables import CLUSTERS, MISSED, SUBSCRIPTIONS

_QUESTIONS = 50
_RANK = (CLUSTERS.c.weight.desc(), CLUSTERS.c.id.desc())
_STILL_OPEN = CLUSTERS.c.open > 0
_UNSORTED = (MISSED.c.id, MISSED.c.question, MISSED.c.verdict, MISSED.c.item)


class MissClusters:
    """``Clusters`` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sort(self, sorter: Sorter, limit: int) -> int:
        """Put at most so many misses that are in none into clusters."""
        waiting = select(*_UNSORTED).where(MISSED.c.cluster.is_(None)).order_by(MISSED.c.id).limit(limit)
        with self._database.reading() as connection:
            if connection.execute(waiting.limit(1)).first() is None:
                return 0
        # One writer at a time, so that two processes do not make two clusters of one question.
        with self._database.transaction() as connection:
            self._teach(connection, sorter)
            rows = [_unclustered(row) for row in connection.execute(waiting)]
            clusters = set()
            for row in rows:
                cluster = sorter.find(row)
                while cluster is not None and not self._takes_in(connection, cluster, row.id):
                    sorter.forget(cluster)
                    cluster = sorter.find(row)
                clusters.add(self._begin(connection, sorter, row) if cluster is None else cluster)
            refresh(connection, clusters)
        return len(rows)

    def count(self, most: int) -> int:
        """How many clusters hold an open miss; at most so many are counted."""
        some = select(CLUSTERS.c.id).where(_STILL_OPEN).limit(most).subquery()
        with self._database.reading() as connection:
            return connection.execute(select(func.count()).select_from(some)).scalar_one()

    def page(self, start: int, limit: int) -> Sequence[Cluster]:
        """Clusters with an open miss, by rank."""
        ranked = select(CLUSTERS.c.id).where(_STILL_OPEN).order_by(*_RANK).offset(start).limit(limit)
        with self._database.reading() as connection:
            return [_cluster(connection, one) for one in connection.execute(ranked).scalars().all()]

    def cluster(self, cluster_id: int) -> Cluster:
        """One cluster."""
        with self._database.reading() as connection:
            return _cluster(connection, cluster_id)

    def place(self, cluster_id: int) -> int:
        """How many clusters with an open miss are ranked before this one."""
        with self._database.reading() as connection:
            own = select(CLUSTERS.c.weight).where(CLUSTERS.c.id == cluster_id)
            weight = connection.execute(own).scalar_one_or_none() or 0
            before = (CLUSTERS.c.weight > weight) | ((CLUSTERS.c.weight == weight) & (CLUSTERS.c.id > cluster_id))
            ranked = select(func.count()).select_from(CLUSTERS).where(_STILL_OPEN, before)
            return connection.execute(ranked).scalar_one()

    def care(self, cluster_id: int) -> None:
        """Ignore a cluster, and its misses, no longer."""
        ignored = (MISSED.c.cluster == cluster_id, MISSED.c.state == State.IGNORED)
        with self._database.transaction() as connection:
            connection.execute(MISSED.update().where(*ignored).values(state=State.OPEN))
            connection.execute(CLUSTERS.update().where(CLUSTERS.c.id == cluster_id).values(ignored=False))
            refresh(connection, [cluster_id])

    def handle(self, cluster_id: int, state: State, chosen: str | None = None) -> Sequence[MissedQuestion]:
        """Put the open misses of a cluster into a state."""
        inside = (MISSED.c.cluster == cluster_id, MISSED.c.state == State.OPEN)
        with self._database.transaction() as connection:
            found = connection.execute(select(MISSED).where(*inside)).all()
            connection.execute(MISSED.update().where(*inside).values(state=state, chosen=chosen))
            ignored = state is State.IGNORED and all(row.verdict != COMPLAINED for row in found)
            connection.execute(CLUSTERS.update().where(CLUSTERS.c.id == cluster_id).values(ignored=ignored))
            refresh(connection, [cluster_id])
        return [missed_question(row) for row in found]

    def recent(self, since: datetime, limit: int) -> Sequence[tuple[str, int]]:
        """Open misses asked since then, with how often, the most frequent first."""
        asked = select(MISSED.c.question, MISSED.c.count.label("times")).where(
            MISSED.c.state == State.OPEN,
            MISSED.c.verdict != COMPLAINED,
            MISSED.c.last_asked >= since.replace(tzinfo=None),
        )
        with self._database.reading() as connection:
            rows = connection.execute(asked.order_by(MISSED.c.count.desc(), MISSED.c.id).limit(limit))
            return [(row.question, row.times) for row in rows]

    @staticmethod
    def _teach(connection: Connection, sorter: Sorter) -> None:
        """Tell the sorter of the clusters that it does not know, each by the oldest of its misses."""
        firsts = (
            select(func.min(MISSED.c.id).label("id")).where(MISSED.c.cluster > sorter.newest).group_by(MISSED.c.cluster)
        ).subquery()
        known = select(MISSED.c.cluster, *_UNSORTED).join(firsts, firsts.c.id == MISSED.c.id)
        for cluster, *first in connection.execute(known.order_by(MISSED.c.cluster)):
            sorter.learn(cluster, _unclustered(first))

    @staticmethod
    def _takes_in(connection: Connection, cluster: int, row_id: int) -> bool:
        """Whether there still is this cluster; the row is in it then, and ignored if the cluster is."""
        ignored = connection.execute(select(CLUSTERS.c.ignored).where(CLUSTERS.c.id == cluster)).scalar_one_or_none()
        if ignored is None:
            return False
        joining = MISSED.update().where(MISSED.c.id == row_id)
        connection.execute(joining.values({"cluster": cluster} | ({"state": State.IGNORED} if ignored else {})))
        return True

    @staticmethod
    def _begin(connection: Connection, sorter: Sorter, row: UnclusteredMiss) -> int:
        empty = {"weight": 0, "asked": 0, "days": 0, "open": 0, "ignored": False}
        key = connection.execute(CLUSTERS.insert().values(empty)).inserted_primary_key
        assert key is not None  # noqa: S101 - an insert of one row has one
        cluster = int(key[0])
        connection.execute(MISSED.update().where(MISSED.c.id == row.id).values(cluster=cluster))
        sorter.learn(cluster, row)
        return cluster


def _cluster(connection: Connection, cluster_id: int) -> Cluster:
    counts = connection.execute(select(CLUSTERS).where(CLUSTERS.c.id == cluster_id)).one_or_none()
    inside = select(MISSED).where(MISSED.c.cluster == cluster_id, MISSED.c.state == State.OPEN)
    rows = connection.execute(
        inside.order_by(MISSED.c.count.desc(), MISSED.c.last_asked.desc(), MISSED.c.id).limit(_QUESTIONS)
    )
    questions = tuple(missed_question(row) for row in rows)
    waiting = select(func.count(SUBSCRIPTIONS.c.person.distinct())).join(MISSED).where(MISSED.c.cluster == cluster_id)
    return Cluster(
        cluster_id,
        counts.asked if counts else 0,
        counts.days if counts else 0,
        connection.execute(waiting).scalar_one(),
        questions,
    )


def _unclustered(row: Sequence[Any]) -> UnclusteredMiss:
    miss_id, question, verdict, item = row
    return UnclusteredMiss(miss_id, question, VerdictKind(verdict), item)
