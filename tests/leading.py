"""Misses that an admin has led to an item."""

from bot.store.clusters import MissClusters


def lead(clusters: MissClusters, cluster: int, item: str) -> None:
    """Lead the open misses of a cluster to an item."""
    clusters.lead([cluster], clusters.open_misses([cluster]), item)
