"""What clusters are ranked by, counted whenever one of their misses changes: reading must not grow with the log."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, case, func, select

from bot.store.records import State
from bot.store.tables import CLUSTERS, MISSED, MISSED_DAYS


def clusters_of(connection: Connection, ids: Collection[int]) -> Collection[int | None]:
    """The clusters that these rows of the log are in."""
    return connection.execute(select(MISSED.c.cluster).where(MISSED.c.id.in_(ids))).scalars().all()


def refresh(connection: Connection, clusters: Iterable[int | None]) -> None:
    """Count these clusters anew; one that has no rows left is gone."""
    for cluster in {one for one in clusters if one is not None}:
        inside = MISSED.c.cluster == cluster
        still_open = func.sum(case((MISSED.c.state == State.OPEN, 1), else_=0))
        asked, opened = connection.execute(select(func.sum(MISSED.c.count), still_open).where(inside)).one()
        if asked is None:
            connection.execute(CLUSTERS.delete().where(CLUSTERS.c.id == cluster))
            continue
        joined = select(func.count(MISSED_DAYS.c.day.distinct())).join(MISSED).where(inside)
        days = connection.execute(joined).scalar_one()
        counts = {"asked": asked, "days": days, "weight": asked * max(1, days), "open": opened}
        connection.execute(CLUSTERS.update().where(CLUSTERS.c.id == cluster).values(counts))
