"""The table of misses on the page: sorted, searched and filtered; what is ticked in it, and what is done to that."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, case, func, select

from bot.priority import give_way
from bot.store.clusters import count_clusters, days_of, first_clusters, matching_clusters, waiting_for
from bot.store.database import Repository, fields_of
from bot.store.miss_lists import BulkAct, act_in, chosen_in, first_misses
from bot.store.misses import MOST_FREQUENT
from bot.store.records import ActionKind, Chosen, MissedQuestion, MissQuery, MissRow, MissSort, MissTablePage, State
from bot.store.tables import MISSED

_MISSES = 200


class MissTable(Repository):
    """Clusters of misses as a table. What is ticked in it is not kept: whoever acts names the clusters.

    Where ``ticked`` is None, every cluster of the query is meant.
    """

    def page(self, query: MissQuery, sort: MissSort, start: int, size: int) -> MissTablePage:
        """The page of ``size`` clusters in which the one at place ``start`` stands, or the last page."""
        with self._database.reading() as connection:
            count = connection.execute(count_clusters(query)).scalar_one()
            start = min(start, max(count - 1, 0)) // size * size
            shown = first_clusters(query, sort, start + size).limit(size).offset(start)
            ids = connection.execute(shown).scalars().all()
            give_way()
            cluster = MISSED.c.cluster
            sums = func.sum(MISSED.c.count), days_of(cluster), waiting_for(cluster), func.max(MISSED.c.last_asked)
            figures = select(cluster, *sums).where(cluster.in_(ids)).group_by(cluster)
            first = first_misses(connection, query, ids)
            give_way()
            rows = {
                cluster_id: MissRow(cluster_id, asked, days, waiting, last_asked, first[cluster_id])
                for cluster_id, asked, days, waiting, last_asked in connection.execute(figures)
            }
        return MissTablePage(start, count, tuple(rows[cluster_id] for cluster_id in ids))

    def misses(self, cluster_id: int) -> Sequence[MissedQuestion]:
        """The misses of a cluster, at most 200: the open ones first, then the most frequent, then the most recent."""
        within = fields_of(MissedQuestion, MISSED).where(MISSED.c.cluster == cluster_id)
        by_frequency = within.order_by(case((MISSED.c.state == State.OPEN, 0), else_=1), *MOST_FREQUENT)
        return [MissedQuestion(*row) for row in self._database.read(by_frequency.limit(_MISSES))]

    def chosen(self, query: MissQuery, ticked: Collection[int] | None) -> Chosen:
        """What is ticked, as far as the query still has it."""
        with self._database.reading() as connection:
            return chosen_in(connection, query, _among(query, ticked))

    def act(
        self, query: MissQuery, ticked: Collection[int] | None, kind: ActionKind, digest: str, admin: int | None
    ) -> int | None:
        """Do one of the bulk actions to what is ticked; the action's id.

        None, and nothing is done, if there is nothing ticked any more, or something else than ``digest`` names.
        """
        with self._database.transaction() as connection:
            wanted = BulkAct(kind, digest, admin, self._database.now())
            return act_in(connection, query, _among(query, ticked), wanted)


def _among(query: MissQuery, ticked: Collection[int] | None) -> Select[int]:
    matching = matching_clusters(query)
    return matching if ticked is None else matching.where(MISSED.c.cluster.in_(ticked))
