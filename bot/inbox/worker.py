"""Handles what waits in the inbox: each chat's updates in order, chats side by side."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from telegram.error import TelegramError

from bot.errors import StoppingError, StoreError
from bot.inbox.encryption import DecryptionError, Encryption
from bot.inbox.updates import Update
from bot.metrics import Metrics
from bot.store.inbox import Inbox
from bot.store.records import NOTHING, Done, Records, Waiting
from bot.telegram.sending import backoff

_LOG = logging.getLogger(__name__)
_TRIES = 3
_SWEEP_S = 2.0
"""How often the inbox is looked through for what others put there, such as replayed dead letters."""
_CAPACITY = 50_000
"""Updates that may wait in memory; from then on no more are taken in, and Telegram keeps them."""
_INLINE_LIVES_S = 30.0


class Handler(Protocol):
    """What makes replies of updates."""

    async def handle(self, update: Update, age_s: float) -> Records:
        """Answer an update that came in so many seconds ago. It returns when Telegram has accepted every reply.

        Raises:
            StoppingError: the bot is about to end.
            Exception: it was not answered.
        """

    async def failed(self, update: Update) -> None:
        """Tell whoever sent an update that it could not be answered. Raises as ``handle`` does."""


@dataclass(frozen=True, slots=True)
class _Job:
    row_id: int
    update: Update
    received_at: datetime

    def age_s(self) -> float:
        """How long ago it came in; 0 if the clock went back since."""
        return max(0.0, (datetime.now(UTC) - self.received_at).total_seconds())


class Worker:
    """Handles updates; each is done only when the store says so."""

    def __init__(self, inbox: Inbox, encryption: Encryption, handler: Handler, metrics: Metrics) -> None:
        self._inbox = inbox
        self._encryption = encryption
        self._handler = handler
        self._metrics = metrics
        self.capacity = asyncio.Event()
        """Set as long as more may be taken in."""
        self.capacity.set()
        self._lanes: dict[str, deque[_Job]] = {}
        self._arrivals: dict[int, float] = {}
        self._finished: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._committing: asyncio.Task[None] | None = None
        self._running = asyncio.Event()
        self._done: asyncio.Queue[tuple[Done, asyncio.Future[None]]] = asyncio.Queue()
        self._stopping = asyncio.Event()

    def oldest_s(self) -> float:
        """For how many seconds the oldest update has waited, before a restart included."""
        return time.monotonic() - min(self._arrivals.values(), default=time.monotonic())

    def add(self, rows: Sequence[Waiting]) -> None:
        """Handle these rows, once ``run`` does, after all that are here already; a row that is here is left out."""
        for row in rows:
            if row.id in self._arrivals:
                continue
            waited_s = max(0.0, (datetime.now(UTC) - row.received_at).total_seconds())
            self._arrivals[row.id] = time.monotonic() - waited_s
            try:
                update = Update.from_text(self._encryption.open(row.payload))
            except DecryptionError:
                self._start(self._bury(row.id, "encrypted with another key: set the former CAMPAIGN_BOT_KEY or token"))
                continue
            except ValueError as error:
                self._start(self._bury(row.id, f"can't be read: {type(error).__name__}"))
                continue
            lane = update.lane or ""
            job = _Job(row.id, update, row.received_at)
            if lane in self._lanes:
                self._lanes[lane].append(job)
            else:
                self._lanes[lane] = deque([job])
                self._start(self._run_lane(lane))
        self._count()

    async def load(self) -> None:
        """Add what waits in the inbox. The first time it must come before anything new, to keep each chat's order.

        Raises:
            StoreError: it can't be read.
        """
        self._finished.clear()
        rows = await asyncio.to_thread(self._inbox.waiting, self._arrivals.copy())
        # A row may have been finished between the look into the store and now.
        self.add([row for row in rows if row.id not in self._finished])

    async def run(self) -> None:
        """Handle what was added, and what others put into the inbox, until it is cancelled."""
        self._committing = asyncio.create_task(self._commit_done())
        self._running.set()
        # Whichever fails ends both, and so the process: without commits every chat would wait for ever.
        await asyncio.gather(asyncio.shield(self._committing), self._sweep())

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_S)
            try:
                await self.load()
            except StoreError as error:
                _LOG.warning("%s", error)

    async def stop(self, patience_s: float) -> None:
        """Let what is under way come to its end, and cut off what takes longer. The rest waits in the inbox."""
        self._stopping.set()
        self._running.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience_s)
        rest = [*self._tasks, *([self._committing] if self._committing else [])]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run_lane(self, lane: str) -> None:
        jobs = self._lanes[lane]
        await self._running.wait()
        try:
            while jobs and not self._stopping.is_set():
                await self._work(jobs[0])
                jobs.popleft()
        except StoppingError:
            return
        finally:
            # Should a fault of ours end it, what waits is found in the inbox again.
            for job in self._lanes.pop(lane):
                self._arrivals.pop(job.row_id, None)

    async def _work(self, job: _Job) -> None:
        """Handle one update until it is done or dead."""
        attempt = 0
        while True:
            age_s = job.age_s()
            if job.update.inline_query and age_s > _INLINE_LIVES_S:
                self._metrics.expired.inc()
                await self._finish(job.row_id, NOTHING)
                return
            try:
                records = await self._handler.handle(job.update, age_s)
            except StoppingError:
                raise
            except StoreError as error:
                # It passes, however long it takes.
                _LOG.warning("Update %d waits: %s", job.row_id, error)
                await self._pause(_TRIES)
            except TelegramError as error:
                # The sending policy has tried what can be tried.
                _LOG.error("Update %d is a dead letter: %s.", job.row_id, error)
                await self._bury(job.row_id, f"Telegram did not accept the reply: {type(error).__name__}")
                return
            except Exception as error:  # noqa: BLE001 - a fault of ours in one update must not end the others
                attempt += 1
                _LOG.exception("Update %d could not be handled (attempt %d of %d).", job.row_id, attempt, _TRIES)
                if attempt == _TRIES:
                    await self._give_up(job, error)
                    return
                await self._pause(attempt)
            else:
                self._metrics.done.inc()
                await self._finish(job.row_id, records)
                return

    async def _give_up(self, job: _Job, error: Exception) -> None:
        try:
            await self._handler.failed(job.update)
        except StoppingError:
            raise
        except Exception as unsaid:  # noqa: BLE001 - the fault itself is in the log already
            _LOG.warning("Whoever sent update %d could not be told: %s.", job.row_id, type(unsaid).__name__)
        await self._bury(job.row_id, f"the bot failed: {type(error).__name__}, see its log")

    async def _finish(self, row_id: int, records: Records) -> None:
        committed = asyncio.get_running_loop().create_future()
        self._done.put_nowait((Done(row_id, records), committed))
        await committed
        self._forget(row_id)

    async def _bury(self, row_id: int, fault: str) -> None:
        self._metrics.dead.inc()
        await self._until_stored(lambda: self._inbox.bury(row_id, fault))
        self._forget(row_id)

    def _forget(self, row_id: int) -> None:
        self._finished.add(row_id)
        self._arrivals.pop(row_id, None)
        self._count()

    def _count(self) -> None:
        self._metrics.waiting.set(len(self._arrivals))
        if len(self._arrivals) < _CAPACITY:
            self.capacity.set()
        else:
            self.capacity.clear()

    async def _commit_done(self) -> None:
        """Commit all that is done at the moment in one transaction: each one costs a turn of the disk."""
        while True:
            batch = [await self._done.get()]
            while not self._done.empty():
                batch.append(self._done.get_nowait())
            await self._store([one for one, _ in batch])
            for _, committed in batch:
                if not committed.done():
                    committed.set_result(None)

    async def _store(self, done: Sequence[Done]) -> None:
        """One whose records can't be stored must keep neither the others from it, nor be answered again and again."""
        try:
            await self._until_stored(lambda: self._inbox.finish(done))
        except Exception:  # noqa: BLE001 - as said above
            if len(done) > 1:
                for one in done:
                    await self._store([one])
                return
            _LOG.exception("What is to be kept of update %d can't be stored.", done[0].id)
            await self._until_stored(lambda: self._inbox.bury(done[0].id, "answered; its records can't be stored"))

    async def _until_stored(self, write: Callable[[], None]) -> None:
        """Write, again and again while the store fails: what was answered must not be answered once more."""
        attempt = 0
        while True:
            try:
                await asyncio.to_thread(write)
            except StoreError as error:
                attempt += 1
                _LOG.error("What became of an update can't be stored, trying again: %s", error)
                await asyncio.sleep(backoff(min(attempt, 3)))
            else:
                return

    async def _pause(self, attempt: int) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), backoff(attempt))
        except TimeoutError:
            return
        raise StoppingError
