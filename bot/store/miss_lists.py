"""The lists of misses that admins have opened: what each shows, what is ticked in it, and what is done to that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Select,
    Update,
    UpdateBase,
    func,
    literal,
    select,
)

from bot.masking import question_key
from bot.store.bulk_actions import begin_in
from bot.store.clusters import count_clusters, first_clusters, matches, matching_clusters, ranked_clusters, waiting_for
from bot.store.database import MISS_LISTS_KEPT, Repository, fields_of, insert
from bot.store.misses import MOST_FREQUENT
from bot.store.records import (
    ActionKind,
    Chosen,
    ListedCluster,
    MissedQuestion,
    MissFilter,
    MissList,
    MissPage,
    MissQuery,
    MissSort,
    State,
)
from bot.store.subscriptions import WAITING
from bot.store.tables import MISS_LISTS, MISS_TICKS, MISSED, SUBSCRIPTIONS

_FIRST = 5


@dataclass(frozen=True, slots=True)
class BulkAct:
    """One of the bulk actions, on the choice that ``digest`` names."""

    kind: ActionKind
    digest: str
    admin: int | None
    at: datetime


class MissLists(Repository):
    """Lists of clusters of misses. Each is the admin's who opened it, and is given up a day after its last use."""

    def open(self, admin: int, search: str) -> MissList:
        """Open a list of what an admin searches for; of everything for an empty text."""
        row = {"admin": admin, "search": search, "key": question_key(search), "filter": MissFilter.ALL}
        with self._database.transaction() as connection:
            number = insert(connection, MISS_LISTS, row | {"changed_at": self._database.now()})
        return MissList(number, admin, search, MissFilter.ALL)

    def opened(self, list_id: int) -> MissList | None:
        """One list; None where it was given up, or never opened."""
        since = self._database.now() - MISS_LISTS_KEPT
        current = (MISS_LISTS.c.id == list_id, MISS_LISTS.c.changed_at >= since)
        rows = self._database.read(fields_of(MissList, MISS_LISTS).where(*current))
        return next((MissList(*row) for row in rows), None)

    def set_filter(self, list_id: int, chosen: MissFilter) -> None:
        """Have a list show something else; nothing is ticked in it then."""
        self._change(list_id, _ticks_of(list_id), filter=chosen)

    def tick(self, list_id: int, cluster: int) -> None:
        """Tick a cluster, which may be ticked already."""
        tick = {"list_id": list_id, "cluster": cluster}
        self._change(list_id, _ticks_of(list_id, cluster), MISS_TICKS.insert().values(tick))

    def untick(self, list_id: int, cluster: int) -> None:
        """Tick a cluster no longer."""
        self._change(list_id, _ticks_of(list_id, cluster))

    def tick_all(self, opened: MissList) -> None:
        """Tick every cluster that the list shows now, on any page."""
        shown = matching_clusters(opened.query).with_only_columns(literal(opened.id), MISSED.c.cluster).distinct()
        ticks = MISS_TICKS.insert().from_select(["list_id", "cluster"], shown)
        self._change(opened.id, _ticks_of(opened.id), ticks)

    def untick_all(self, list_id: int) -> None:
        """Tick nothing any more."""
        self._change(list_id, _ticks_of(list_id))

    def untick_awaited(self, list_id: int) -> None:
        """Tick nothing any more that somebody waits for."""
        awaited = select(MISSED.c.cluster).join(SUBSCRIPTIONS).where(MISSED.c.state == State.OPEN, WAITING)
        self._change(list_id, _ticks_of(list_id).where(MISS_TICKS.c.cluster.in_(awaited)))

    def page(self, opened: MissList, start: int, size: int) -> MissPage:
        """A list's page of ``size`` clusters in which the one at place ``start`` stands, or its last page."""
        query = opened.query
        ticked = MISSED.c.cluster.in_(select(MISS_TICKS.c.cluster).where(MISS_TICKS.c.list_id == opened.id))
        with self._database.reading() as connection:
            count = connection.execute(count_clusters(query)).scalar_one()
            ticks = connection.execute(count_clusters(query, ticked)).scalar_one()
            start = min(start, max(count - 1, 0)) // size * size
            shown = first_clusters(query, MissSort.PRESSING, start + size).limit(size).offset(start)
            ids = connection.execute(shown).scalars().all()
            figures = (
                select(MISSED.c.cluster, func.sum(MISSED.c.count), waiting_for(MISSED.c.cluster), _ticked(opened.id))
                .where(MISSED.c.cluster.in_(ids))
                .group_by(MISSED.c.cluster)
            )
            first = first_misses(connection, query, ids)
            listed = {
                cluster: ListedCluster(cluster, asked, waiting, ticked, first[cluster])
                for cluster, asked, waiting, ticked in connection.execute(figures)
            }
        return MissPage(start, count, ticks, tuple(listed[cluster] for cluster in ids))

    def chosen(self, opened: MissList) -> Chosen:
        """What is ticked in a list, as far as it is still shown there."""
        with self._database.reading() as connection:
            return chosen_in(connection, opened.query, _shown_ticks(opened))

    def act(self, opened: MissList, kind: ActionKind, digest: str) -> int | None:
        """Do one of the bulk actions to what is ticked in a list, and tick nothing any more; the action's id.

        None, and nothing is done, if there is nothing ticked any more, or something else than ``digest`` names.
        """
        with self._database.transaction() as connection:
            now = self._database.now()
            action = act_in(connection, opened.query, _shown_ticks(opened), BulkAct(kind, digest, opened.admin, now))
            if action is None:
                return None
            connection.execute(_ticks_of(opened.id))
            connection.execute(_used(opened.id).values(changed_at=now))
        return action

    def _change(self, list_id: int, *statements: UpdateBase, **values: object) -> None:
        self._database.write(*statements, _used(list_id).values(changed_at=self._database.now(), **values))


def _used(list_id: int) -> Update:
    return MISS_LISTS.update().where(MISS_LISTS.c.id == list_id)


def _ticks_of(list_id: int, cluster: int | None = None) -> Delete:
    """The deletion of a list's ticks, or of a cluster's."""
    ticks = MISS_TICKS.delete().where(MISS_TICKS.c.list_id == list_id)
    return ticks if cluster is None else ticks.where(MISS_TICKS.c.cluster == cluster)


def _shown_ticks(opened: MissList) -> Select[int]:
    """The clusters that are ticked in a list and still shown there."""
    ticked = (MISS_TICKS.c.list_id == opened.id, MISS_TICKS.c.cluster.in_(matching_clusters(opened.query)))
    return select(MISS_TICKS.c.cluster).where(*ticked)


def chosen_in(connection: Connection, query: MissQuery, ticked: Select[int]) -> Chosen:
    """What is ticked among the clusters of a query."""
    ranked = ranked_clusters(query).where(MISSED.c.cluster.in_(ticked))
    clusters = tuple(connection.execute(ranked).scalars())
    people = select(func.count(SUBSCRIPTIONS.c.person.distinct())).join(MISSED)
    waiting = connection.execute(people.where(MISSED.c.cluster.in_(ticked), WAITING)).scalar_one()
    first = first_misses(connection, query, clusters[:_FIRST])
    return Chosen(clusters, waiting, tuple(first[cluster] for cluster in clusters[:_FIRST]))


def act_in(connection: Connection, query: MissQuery, ticked: Select[int], wanted: BulkAct) -> int | None:
    """Do a bulk action to what is ticked among the clusters of a query, within a transaction; the action's id.

    None, and nothing is done, if there is nothing ticked, or something else than the digest names.
    """
    chosen = chosen_in(connection, query, ticked)
    if not chosen.clusters or chosen.digest != wanted.digest:
        return None
    whole = MissQuery(MissFilter.IGNORED if query.filter is MissFilter.IGNORED else MissFilter.ALL)
    misses = select(MISSED.c.id).where(MISSED.c.cluster.in_(ticked), *matches(whole))
    return begin_in(connection, wanted.kind, misses, len(chosen.clusters), wanted.admin, wanted.at)


def first_misses(connection: Connection, query: MissQuery, clusters: Sequence[int]) -> dict[int, MissedQuestion]:
    """The most frequent miss of each of these clusters that the query is about."""
    place = func.row_number().over(partition_by=MISSED.c.cluster, order_by=MOST_FREQUENT).label("place")
    placed = select(MISSED.c.id, place).where(MISSED.c.cluster.in_(clusters), *matches(query)).subquery()
    first = select(placed.c.id).where(placed.c.place == 1)
    rows = fields_of(MissedQuestion, MISSED).add_columns(MISSED.c.cluster).where(MISSED.c.id.in_(first))
    return {cluster: MissedQuestion(*row) for *row, cluster in connection.execute(rows)}


def _ticked(list_id: int) -> ColumnElement[bool]:
    this = (MISS_TICKS.c.list_id == list_id, MISS_TICKS.c.cluster == MISSED.c.cluster)
    return select(MISS_TICKS.c.cluster).where(*this).correlate(MISSED).exists()
