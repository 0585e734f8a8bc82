"""Which missed questions ask the same, and so are one cluster."""

import threading

from bot.matching import Index
from bot.matching.similarity import SimilarQuestions
from bot.store.clusters import Assignment, MissClusters
from bot.store.records import MissedQuestion

_AT_ONCE = 200
"""Misses that are put into clusters in one transaction, which keeps out whoever else writes."""


class Clustering:
    """Puts missed questions into clusters, by the words of one index.

    Complaints about one item are one cluster, whatever was asked; they never join misses that were not answered. What
    is one cluster stays one cluster when items change.
    """

    def __init__(self, clusters: MissClusters, index: Index) -> None:
        self._clusters = clusters
        self._index = index
        self._lock = threading.Lock()
        self._forget()

    def cluster_new(self) -> None:
        """Put every miss that is in no cluster into one, of several that fit equally well into the first.

        The clusters are chosen outside of any transaction, which takes long; if the store has changed meanwhile, as by
        another process that does the same, they are chosen anew. Raises StoreError if the store fails.
        """
        with self._lock:
            try:
                while misses := self._clusters.unclustered(_AT_ONCE):
                    for cluster, first in self._clusters.leading(max(self._ids, default=0)).items():
                        self._learn(first, cluster)
                    newest = max(self._ids, default=0)
                    chosen: dict[int, list[MissedQuestion]] = {}
                    for miss in misses:
                        chosen.setdefault(self._choose(miss), []).append(miss)
                    assignments = [Assignment(self._ids[number] or None, tuple(chosen[number])) for number in chosen]
                    ids = self._clusters.assign(assignments, newest)
                    if ids is None:
                        self._forget()
                        continue
                    for number, cluster in zip(chosen, ids, strict=True):
                        self._ids[number] = cluster
            except BaseException:
                # What is not stored must not be known.
                self._forget()
                raise

    def _forget(self) -> None:
        self._ids: list[int] = []
        """The ids of the known clusters, in the order in which they were learnt; 0 for one that is not stored yet."""
        self._questions = SimilarQuestions(self._index)
        self._complaints: dict[str | None, int] = {}

    def _choose(self, miss: MissedQuestion) -> int:
        """The place in ``_ids`` of the cluster that a miss joins, which is a new one where nothing fits."""
        found = self._complaints.get(miss.item) if miss.is_complaint else self._questions.find(miss.question)
        return self._learn(miss) if found is None else found

    def _learn(self, first: MissedQuestion, cluster: int = 0) -> int:
        number = len(self._ids)
        self._ids.append(cluster)
        if first.is_complaint:
            self._complaints.setdefault(first.item, number)
        else:
            self._questions.add(number, first.question)
        return number
