"""How long those wait who are being answered, chat by chat."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.inbox.updates import Update
from bot.inbox.worker import Handler
from bot.store.records import Records


@dataclass(eq=False)
class TimedHandler:
    """Answers updates by another handler, and knows how long the first of each queue has waited."""

    handler: Handler
    now: Callable[[], float] = time.monotonic
    _arrivals: dict[str | None, float] = field(default_factory=dict, init=False)

    def waiting_s(self) -> Mapping[str | None, float]:
        """For how many seconds the first update of each queue has waited, of the queues that are worked on."""
        return {queue: self.now() - arrived for queue, arrived in self._arrivals.items()}

    async def handle(self, update: Update, age_s: float, is_followed: Callable[[], bool]) -> Records:
        """Answer an update, as ``Handler`` has it."""
        self._arrivals[update.queue] = self.now() - age_s
        try:
            return await self.handler.handle(update, age_s, is_followed)
        finally:
            # The next one takes its place.
            if not is_followed():
                del self._arrivals[update.queue]

    async def failed(self, update: Update) -> None:
        """Tell whoever sent an update that it could not be answered."""
        await self.handler.failed(update)
