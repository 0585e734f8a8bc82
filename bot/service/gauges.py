"""The metrics that tell of a state, which is looked at now and then."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.metrics import Metrics
from bot.service.dead_letters import DeadLetterReport
from bot.store.misses import MissLog
from bot.store.subscriptions import Subscriptions

_EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(eq=False)
class Gauges:
    """Sets the gauges each time that it is told to; ``silent_s`` and ``waiting_s`` as in ``Health``."""

    metrics: Metrics
    misses: MissLog
    subscriptions: Subscriptions
    dead_letters: DeadLetterReport
    silent_s: Callable[[], float]
    waiting_s: Callable[[], Mapping[str | None, float]]

    async def look(self) -> None:
        """Look at everything. Raises StoreError if the store fails, once what needs no store is set."""
        self.metrics.last_contact.set(time.time() - self.silent_s())
        self.metrics.longest_wait.set(max(self.waiting_s().values(), default=0.0))
        self.metrics.dead_letters.set(self.dead_letters.count)
        self.metrics.open_misses.set(await asyncio.to_thread(self.misses.count_open, _EPOCH))
        self.metrics.subscribers.set(await asyncio.to_thread(self.subscriptions.count_waiting))
