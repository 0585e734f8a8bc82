"""How the last week went, the best next edits, and answers to judge; told once a week, and whenever admins ask."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random, SystemRandom

from bot.clock import Clock
from bot.curation.clustering import Clustering
from bot.curation.freshness import Overdue, overdue
from bot.evaluation.next_edits import NextEdit, best_next_edits
from bot.items import VerdictKind
from bot.snapshot import CONFIDENCE, CurrentSnapshot, Snapshot
from bot.store.clusters import MissClusters
from bot.store.history import History
from bot.store.notices import Notices
from bot.store.records import COMPLAINTS, Answered, Cluster, NoticeKind, Sample
from bot.store.usage import UsageLog

DRAWN = 5
"""Answers that are drawn at random each week, to be judged."""
LEAST_SURE = 5
"""Answers to judge besides, of those that the bot was least sure of."""
_DAYS = 7
_MONTH = timedelta(days=30)
_MISSES = 2000
_CANDIDATES = 30
_EDITS = 5
_RESEMBLES = 0.05
"""What no item reaches with this score is about something else altogether."""
_LOOKED_AT = 200
_QUESTIONS = set(VerdictKind) - {VerdictKind.SMALL_TALK}


@dataclass(frozen=True, slots=True)
class Report:
    """The days from ``first`` to ``last``. ``counts`` are by the names of ``VerdictKind`` and ``Opinion``.

    ``asked`` and ``complaints`` are sums of these. ``next_edits``: the few edits that would answer most of last month's
    misses, the best first, each with the cluster that its question belongs to. ``unlike``: how many clusters are left
    out of these, since they resemble no item, and ``unlike_asked``: how often these were asked. ``to_judge``: how many
    answers wait to be judged. ``overdue``: the items of which a day has passed. ``sample``: what the judgements of
    those that were drawn at random say of the confidence model of today.
    """

    first: date
    last: date
    counts: Counter[str]
    asked: int
    complaints: int
    next_edits: Sequence[tuple[NextEdit, int]]
    unlike: int
    unlike_asked: int
    to_judge: int
    sample: Sample
    overdue: Sequence[Overdue]


@dataclass(eq=False)
class Digest:
    """Works the digest out, and has it sent once a week. Every method raises StoreError where the store fails.

    ``hour``: it is sent at no earlier one of a day. ``random`` draws the answers to judge.
    """

    clusters: MissClusters
    clustering: Clustering
    usage: UsageLog
    history: History
    notices: Notices
    clock: Clock
    hour: int
    random: Random = field(default_factory=SystemRandom)

    def report(self, snapshot: Snapshot) -> Report:
        """The last seven days, today included."""
        last = self.clock.today()
        first = last - timedelta(days=_DAYS - 1)
        counts: Counter[str] = sum(map(Counter, self.usage.daily(first).values()), Counter())
        asked, complaints = (sum(counts[name] for name in names) for names in (_QUESTIONS, COMPLAINTS))
        (next_edits, unlike), to_judge = self._next_edits(snapshot), len(self.to_judge(snapshot))
        unlike_asked = sum(cluster.asked for cluster in unlike)
        sample, late = self.usage.sample(CONFIDENCE), overdue(snapshot.base, last)
        return Report(
            first, last, counts, asked, complaints, next_edits, len(unlike), unlike_asked, to_judge, sample, late
        )

    def to_judge(self, snapshot: Snapshot) -> list[Answered]:
        """Answers that wait to be judged, of items that there still are, at most ten.

        First those of this week's draw, which is made when it is first asked for, from all that was answered since the
        one before it; then the least sure of the last week's others.
        """
        today = self.clock.today()
        monday = self.clock.midnight(today - timedelta(days=today.weekday()))
        self.usage.draw(CONFIDENCE, DRAWN, monday, self.random)
        drawn, unsure = (
            [answered for answered in waiting if answered.item in snapshot.base.by_id]
            for waiting in (self.usage.drawn(), self.usage.least_sure(_LOOKED_AT))
        )
        return [*drawn, *unsure[:LEAST_SURE]]

    def _next_edits(self, snapshot: Snapshot) -> tuple[list[tuple[NextEdit, int]], list[Cluster]]:
        """The best next edits, each with its cluster; and the clusters that resemble no item."""
        self.clustering.cluster_new()
        misses = dict(self.clusters.recent(self.clock() - _MONTH, _MISSES))
        top = {cluster.questions[0].question: cluster for cluster in self.clusters.top(_CANDIDATES)}
        clusters = {question: cluster for question, cluster in top.items() if question in misses}
        unlike = [question for question in clusters if snapshot.matcher.match(question).score < _RESEMBLES]
        alike = [question for question in clusters if question not in unlike]
        not_meant = {question: self.usage.not_meant_by(clusters[question]) for question in alike}
        found = best_next_edits(snapshot.index, snapshot.confidence, misses, alike, not_meant, _EDITS)
        return [(edit, clusters[edit.question].id) for edit in found], [clusters[question] for question in unlike]

    async def send_if_due(self, current: CurrentSnapshot, send: Callable[[Report, str], Awaitable[None]]) -> None:
        """Have it sent on Monday from ``hour`` on, or on a later day if the bot was off; first in the second week.

        ``send`` keeps a report as a notice, with the week as the mark that is noted with its delivery.
        """
        now = self.clock()
        year, week, _ = now.isocalendar()
        this_week = f"{year}-{week}"
        sent = await asyncio.to_thread(self.history.mark, NoticeKind.DIGEST)
        if sent == this_week or (sent and now.hour < self.hour):
            return
        if not sent:
            await asyncio.to_thread(self.history.put_mark, NoticeKind.DIGEST, this_week)
        elif not await asyncio.to_thread(self.notices.kept_at, NoticeKind.DIGEST):
            await send(await asyncio.to_thread(self.report, current.snapshot), this_week)
