"""Which missed questions ask the same, and so are one cluster."""

import threading
from collections.abc import Iterable

from bot.matching import Index
from bot.matching.similarity import SimilarQuestions
from bot.store.clusters import Assignment, MissClusters
from bot.store.records import MissedQuestion

_AT_ONCE = 200
"""Misses that are put into clusters in one transaction, which keeps out whoever else writes."""


class KnownClusters:
    """The clusters that misses can join, each known by the miss that it began with.

    Complaints about one item are one cluster, whatever was asked; they never join misses that were not answered.
    """

    def __init__(self, index: Index) -> None:
        self.ids: list[int | None] = []
        """The ids under which the clusters are stored, in the order in which they were added; None for a new one."""
        self._questions = SimilarQuestions(index)
        self._complaints: dict[str | None, int] = {}

    @property
    def newest(self) -> int:
        """The highest id of a stored cluster among them, 0 without one."""
        return max(filter(None, self.ids), default=0)

    def add(self, first: MissedQuestion, cluster: int | None = None) -> int:
        """Add a cluster, and give its place in ``ids``. Of several that fit a miss equally well, the first is taken."""
        number = len(self.ids)
        self.ids.append(cluster)
        if first.is_complaint:
            self._complaints.setdefault(first.item, number)
        else:
            self._questions.add(number, first.question)
        return number

    def choose(self, misses: Iterable[MissedQuestion]) -> dict[int, Assignment]:
        """What each of these misses joins, by places in ``ids``; where nothing fits, a new cluster.

        The new clusters are among the known ones from then on, so that the misses after it can join them.
        """
        members: dict[int, list[MissedQuestion]] = {}
        for miss in misses:
            found = self._complaints.get(miss.item) if miss.is_complaint else self._questions.find(miss.question)
            members.setdefault(self.add(miss) if found is None else found, []).append(miss)
        return {number: Assignment(self.ids[number], tuple(joining)) for number, joining in members.items()}


class Clustering:
    """Puts missed questions into clusters, by the words of one index.

    It is not changed when items change: what is one cluster stays one cluster.
    """

    def __init__(self, clusters: MissClusters, index: Index) -> None:
        self._clusters = clusters
        self._index = index
        self._known = KnownClusters(index)
        self._lock = threading.Lock()

    def cluster_new(self) -> None:
        """Put every miss that is in no cluster into one.

        The clusters are chosen outside of any transaction, which takes long; if the store has changed meanwhile, as by
        another process that does the same, they are chosen anew. Raises StoreError if the store fails.
        """
        with self._lock:
            while misses := self._clusters.unclustered(_AT_ONCE):
                known, self._known = self._known, KnownClusters(self._index)
                for cluster, first in self._clusters.leading(known.newest).items():
                    known.add(first, cluster)
                chosen = known.choose(misses)
                ids = self._clusters.assign(list(chosen.values()), known.newest)
                if ids is None:
                    continue
                for number, cluster in zip(chosen, ids, strict=True):
                    known.ids[number] = cluster
                # Only what is stored is known: after a failure, or a change by others, all clusters are learnt anew.
                self._known = known
