"""Which misses are one card."""

import asyncio
import logging
import threading

from bot.errors import StoreError
from bot.matching import Index
from bot.matching.similarity import Clusters as AlikeQuestions
from bot.store.clusters import MissClusters
from bot.store.records import UnclusteredMiss

_LOG = logging.getLogger(__name__)
_LOOK_S = 30.0
_AT_ONCE = 200
"""Misses that are sorted in one transaction, which keeps out whoever else writes."""


class MissSorter:
    """``Sorter`` over one index. Complaints about one item are one cluster, whatever was asked."""

    def __init__(self, index: Index) -> None:
        self.newest = 0
        self._alike = AlikeQuestions(index)
        self._complaints: dict[str | None, int] = {}

    def learn(self, cluster: int, first: UnclusteredMiss) -> None:
        """A cluster, and the miss that it began with."""
        self.newest = max(self.newest, cluster)
        if first.is_complaint:
            self._complaints[first.item] = cluster
        else:
            self._alike.learn(cluster, first.question)

    def forget(self, cluster: int) -> None:
        """There is no such cluster any more."""
        self._alike.forget(cluster)
        self._complaints = {item: one for item, one in self._complaints.items() if one != cluster}

    def find(self, miss: UnclusteredMiss) -> int | None:
        """The cluster that a miss belongs to, if there is one."""
        return self._complaints.get(miss.item) if miss.is_complaint else self._alike.find(miss.question)


class Sorting:
    """Puts what was missed into clusters, by the words of one index: what is a card stays a card when items change."""

    def __init__(self, clusters: MissClusters, index: Index) -> None:
        self._clusters = clusters
        self._sorter = MissSorter(index)
        self._lock = threading.Lock()

    def sort(self) -> None:
        """Sort all that was not sorted yet.

        Raises:
            StoreError: the store fails.
        """
        with self._lock:
            while self._clusters.sort(self._sorter, _AT_ONCE):
                pass

    async def run(self) -> None:
        """Sort now and then, so that nobody who looks has to wait for it, until it is cancelled."""
        while True:
            try:
                await asyncio.to_thread(self.sort)
            except StoreError as error:
                _LOG.warning("Misses can't be sorted now: %s", error)
            await asyncio.sleep(_LOOK_S)
