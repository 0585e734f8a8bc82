"""This process as one of several replicas over one database: it stays known to live, and does what is its own."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from bot.clock import Clock
from bot.errors import StoreError
from bot.inbox.worker import Worker
from bot.store.leases import LEASED_S, Leases

_LOG = logging.getLogger(__name__)
_RENEWED_EVERY_S = 3.0
_LATE_S = 0.5
"""How soon it is tried again to renew."""
_LOOK_S = 2.0
"""How often a replica looks whether another one's task is its own by now."""
_CLOCKS_DIFFER = timedelta(seconds=1)
"""What is less is the time that a statement takes."""
_POLLING = "polling"
Step = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Replica:
    """Without ``leases`` this process serves alone, and everything is its own."""

    leases: Leases | None
    thread: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, 1), init=False)
    """Renews in time whatever else is done in threads."""

    def join(self, knowledge: str, *, polls: bool) -> None:
        """Be one of the replicas; ``knowledge`` names what it answers from. Where it ``polls``, it is the only one.

        A process that polled and has died is waited for as long as its leases last.

        Raises:
            StoreError: another one polls, or the store fails.
        """
        if self.leases is None:
            return
        self.leases.join(knowledge)
        end = time.monotonic() + LEASED_S + _LOOK_S
        while polls and not self.leases.take(_POLLING):
            if time.monotonic() > end:
                self.leases.leave()
                other = "Another `campaign-bot run` polls with this database"
                raise StoreError(f"{other}: end that one, or set CAMPAIGN_BOT_WEBHOOK_URL to serve with several.")
            time.sleep(_LOOK_S / 4)
            self.leases.renew(knowledge)

    def entitlement(self) -> int | None:
        """Names what entitles this process to send; None while others may have taken over what it answers."""
        if self.leases is None:
            return 0
        return self.leases.id if self.leases.is_trusted else None

    def may_poll(self) -> bool:
        """Whether it is this process that polls. Raises StoreError if the store fails."""
        return self.has(_POLLING)

    def has(self, task: str) -> bool:
        """Whether a task is this process's; it is from now on where no other has it. Raises StoreError."""
        return self.leases is None or self.leases.take(task)

    def alone(self, task: str, step: Step) -> Step:
        """A step that is done by whichever process has the task."""
        if self.leases is None:
            return step

        async def done_by_one() -> None:
            if await asyncio.to_thread(self.has, task):
                await step()
            else:
                await asyncio.sleep(_LOOK_S)

        return done_by_one

    async def live(
        self, worker: Worker, clock: Clock, knowledge: Callable[[], str], share: Callable[[int], None]
    ) -> None:
        """Stay known to live until this is cancelled.

        Where it comes too late to renew them, all work is dropped, which others may have taken over, and this process
        joins anew. ``clock`` is set by the database's, by which all go; ``share`` is told how many replicas live.
        """
        if self.leases is None:
            await asyncio.Event().wait()
            return
        leases, in_own_thread = self.leases, asyncio.get_running_loop().run_in_executor

        async def join() -> None:
            await in_own_thread(self.thread, leases.join, knowledge())

        while True:
            pause_s = _RENEWED_EVERY_S
            try:
                if await in_own_thread(self.thread, leases.renew, knowledge()):
                    if abs(ahead := leases.time - clock()) > _CLOCKS_DIFFER:
                        clock.offset += ahead
                    share(leases.count)
                    worker.metrics.replicas.set(leases.count)
                else:
                    _LOG.warning("This replica was not heard of in time; others take over, and it joins anew.")
                    worker.metrics.rejoins.inc()
                    await worker.drop(join)
            except StoreError as error:
                # Its leases lapse with the time; once the store is back it must not be late.
                _LOG.warning("The leases can't be renewed: %s", error)
                pause_s = _LATE_S
            await asyncio.sleep(pause_s)

    async def leave(self) -> None:
        """Give back all leases, so that nobody has to wait until they lapse."""
        if self.leases:
            try:
                await asyncio.to_thread(self.leases.leave)
            except StoreError as error:
                _LOG.warning("The leases can't be given back, and lapse with the time: %s", error)
