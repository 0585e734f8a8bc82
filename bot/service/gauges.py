"""The metrics that tell of a state, which is looked at now and then."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.metrics import Metrics
from bot.service.dead_letters import DeadLetterReport
from bot.store.leases import Leases
from bot.store.misses import MissLog
from bot.store.subscriptions import Subscriptions

_EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(eq=False)
class Gauges:
    """Sets the gauges each time that it is told to; ``silent_s`` and ``waiting_s`` as in ``Health``.

    ``leases`` are those of this process, if it is one of several replicas.
    """

    metrics: Metrics
    misses: MissLog
    subscriptions: Subscriptions
    dead_letters: DeadLetterReport
    silent_s: Callable[[], float]
    waiting_s: Callable[[], Mapping[str | None, float]]
    leases: Leases | None = None
    _taken_over: Counter[str] = field(default_factory=Counter, init=False)
    """What ``leases`` has counted at the last look."""

    async def look(self) -> None:
        """Look at everything. Raises StoreError if the store fails, once what needs no store is set."""
        self.metrics.last_contact.set(time.time() - self.silent_s())
        self.metrics.longest_wait.set(max(self.waiting_s().values(), default=0.0))
        self.metrics.dead_letters.set(self.dead_letters.count)
        if self.leases:
            taken_over = self.leases.taken_over.copy()
            for kind, count in (taken_over - self._taken_over).items():
                self.metrics.lease_takeovers.labels(kind).inc(count)
            self._taken_over = taken_over
            for kind, count in (await asyncio.to_thread(self.leases.held)).items():
                self.metrics.leases_held.labels(kind).set(count)
        self.metrics.open_misses.set(await asyncio.to_thread(self.misses.count_open, _EPOCH))
        self.metrics.subscribers.set(await asyncio.to_thread(self.subscriptions.count_waiting))
