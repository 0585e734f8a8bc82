"""Handles what waits in the inbox: each chat's updates in order, chats side by side."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Protocol

from bot.backoff import backoff
from bot.clock import MACHINE, Clock
from bot.errors import DeliveryError, StoppingError, StoreError
from bot.inbox.encryption import DecryptionError, Encryption
from bot.inbox.updates import Update
from bot.metrics import Metrics
from bot.store.inbox import Inbox
from bot.store.records import NOTHING, Records, Waiting

_LOG = logging.getLogger(__name__)
_TRIES = 3
_CAPACITY = 50_000
"""Updates that may wait in memory; from then on no more are taken in, and Telegram keeps them."""
_NONE: Mapping[bytes, Update] = {}
_INLINE_LIVES_S = 30.0
"""So long Telegram takes the answer to an inline query."""


_go_on: ContextVar[Callable[[], None]] = ContextVar("_go_on", default=lambda: None)
"""What lets the updates behind the one that is being handled go on."""


def let_chat_go_on() -> None:
    """Let what waits in the chat of the update that is being handled here be handled, though this one is not done."""
    _go_on.get()()


_known: ContextVar[set[object] | None] = ContextVar("_known", default=None)


def known_here() -> set[object]:
    """What the handler has noted as known since the chat of the update that is handled here was taken up.

    As long as more of a chat waits here no other process handles any of it: what was known of it stays true.
    """
    known = _known.get()
    return set() if known is None else known


class Handler(Protocol):
    """What answers updates."""

    async def handle(self, update: Update, age_s: float, is_followed: Callable[[], bool]) -> Records:
        """Answer an update that came in so many seconds ago; what is to be kept of it.

        It returns when every reply was accepted. ``is_followed`` tells whether another one of the same chat waits now.

        Raises:
            StoppingError: the bot is about to end.
            StoreError: the store fails.
            DeliveryError: a reply is given up.
            Exception: the handler is at fault.
        """

    async def failed(self, update: Update) -> None:
        """Tell whoever sent an update that it could not be answered; any error means that they don't know."""


@dataclass(frozen=True, slots=True)
class Job:
    """An update with its row in the inbox and the time, in UTC, when it came in.

    ``taken_up_s``: when this process took it up, by the monotonic clock.
    """

    row_id: int
    update: Update
    received_at: datetime
    taken_up_s: float = field(default_factory=time.monotonic)

    def age_s(self, now: datetime) -> float:
        """How many seconds ago it came in; 0 if the clock went back since."""
        return max(0.0, (now - self.received_at).total_seconds())


@dataclass(eq=False)
class Worker:
    """Handles updates; each is done only when the store says so.

    ``pause_s`` tells how many seconds to wait after so many failures in a row.
    """

    inbox: Inbox
    encryption: Encryption
    handler: Handler
    metrics: Metrics
    pause_s: Callable[[int], float] = backoff
    clock: Clock = MACHINE

    def __post_init__(self) -> None:
        self._claiming = asyncio.Lock()
        """Held from when rows are claimed in the store until they are added here: so a chat's order is kept."""
        self._is_behind = False
        """Whether rows may be this process's that are not known here, which must come before what is claimed next."""
        self._answered: set[int] = set()
        """Rows whose commit is under way: should they be found in the inbox meanwhile, they are not answered again."""
        self.has_capacity = asyncio.Event()
        """Set as long as more updates may be taken in."""
        self.has_capacity.set()
        self._queues: dict[str | None, deque[Job]] = {}
        """What waits, by chat; the first of each queue is being handled."""
        self._arrivals: dict[int, tuple[str | None, float]] = {}
        """The chat of each row that is known here, and when it came in, by the monotonic clock."""
        self._finished: set[int] = set()
        """Rows that were finished since the inbox was last read."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._done: dict[int, Records] = {}
        """What the next commit takes."""
        self._next_commit: asyncio.Task[None] | None = None
        self._committing = asyncio.Lock()
        self._running = asyncio.Event()
        self._stopping = asyncio.Event()

    def is_busy(self) -> bool:
        """Whether an update is being taken in or answered, or waits for that."""
        return bool(self._arrivals) or self._claiming.locked()

    def waiting_s(self) -> Mapping[str | None, float]:
        """For how many seconds the oldest update of each chat that waits has done so, before a restart included."""
        now = time.monotonic()
        oldest: dict[str | None, float] = {}
        for chat, arrived in self._arrivals.values():
            oldest[chat] = max(now - arrived, oldest.get(chat, 0.0))
        return oldest

    def add(self, jobs: Sequence[Job]) -> None:
        """Handle these updates after all that are here, once ``start`` was called; a row that is here is left out."""
        for job in jobs:
            # A row may have come in and been finished since the inbox was read.
            if job.row_id in self._arrivals or job.row_id in self._finished or job.row_id in self._answered:
                continue
            chat = job.update.queue
            self._arrivals[job.row_id] = chat, time.monotonic() - job.age_s(self.clock())
            if chat in self._queues:
                self._queues[chat].append(job)
            else:
                self._queues[chat] = deque([job])
                self._run(chat)
        self._count()

    def _run(self, chat: str | None) -> None:
        task = asyncio.create_task(self._run_queue(chat))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def claim(self, claim: Callable[[], Sequence[Waiting]], known: Mapping[bytes, Update] = _NONE) -> None:
        """Handle the rows of the inbox that ``claim`` gives, after what else is found to be waiting.

        ``known``: updates of some of them, by their payloads, that are read already.

        Raises:
            StoreError: ``claim`` fails.
        """
        async with self._claiming:
            try:
                rows = await asyncio.to_thread(claim)
            except StoreError:
                # It may have been done all the same.
                self._is_behind = True
                raise
            for row in rows:
                if update := known.get(row.payload):
                    self.metrics.received.labels(update.kind).inc()
            if self._is_behind:
                await self._catch_up()
            await self._add_rows(rows, known)

    async def load(self) -> None:
        """Add what waits in the inbox and is not known here, such as what is from before the start.

        The first time it must come before anything new, to keep each chat's order.

        Raises:
            StoreError: the store fails.
        """
        async with self._claiming:
            await self._catch_up()

    async def _catch_up(self) -> None:
        self._finished.clear()
        rows = await asyncio.to_thread(self.inbox.waiting, self._arrivals.copy())
        self._is_behind = False
        await self._add_rows(rows)

    async def _add_rows(self, rows: Sequence[Waiting], known: Mapping[bytes, Update] = _NONE) -> None:
        """Add the jobs of rows; what can't be read is made a dead letter, or is found again where that fails."""
        jobs, faults = [], {}
        for row in rows:
            try:
                update = known.get(row.payload) or self._read(row)
            except DecryptionError:
                faults[row.id] = "encrypted with another key: set the former CAMPAIGN_BOT_KEY or token"
            except ValueError as error:
                faults[row.id] = f"can't be read: {type(error).__name__}"
            else:
                jobs.append(Job(row.id, update, row.received_at))
        self.add(jobs)
        if not faults:
            return
        try:
            # Not again and again: nothing could be taken in, nor finished, meanwhile.
            await asyncio.to_thread(self.inbox.make_dead_letters, faults)
        except StoreError as error:
            _LOG.warning("What can't be read waits: %s", error)
        else:
            self.metrics.finished.labels("dead").inc(len(faults))

    def _read(self, row: Waiting) -> Update:
        return Update.model_validate_json(self.encryption.decrypt(row.payload))

    def start(self) -> None:
        """Handle what was added and what will be."""
        self._running.set()

    async def stop(self, patience_s: float) -> None:
        """Let what is under way come to its end, and cut off what takes longer. The rest waits in the inbox."""
        self._stopping.set()
        self._running.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience_s)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def drop(self, join: Callable[[], Awaitable[None]]) -> None:
        """Forget all that is here, and cut off what is under way: others may have taken it over.

        Nothing is claimed until ``join`` has made this process one that may claim again. What is answered already is
        still committed, unless another process has taken it over.
        """
        async with self._claiming:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            # A task that had not begun leaves what it was to do.
            self._queues.clear()
            self._arrivals.clear()
            await join()
            self._is_behind = True
        self._count()

    async def _run_queue(self, chat: str | None) -> None:
        jobs = self._queues[chat]
        _go_on.set(partial(self._part, chat, jobs))
        _known.set(set())
        await self._running.wait()
        try:
            while jobs and not self._stopping.is_set():
                await self._work(jobs[0])
                jobs.popleft()
        except StoppingError:
            return
        finally:
            if self._queues.get(chat) is jobs:
                del self._queues[chat]
            # Should a fault of ours end it, what waits is found in the inbox again.
            for job in jobs:
                self._arrivals.pop(job.row_id, None)
                self._is_behind = True

    def _part(self, chat: str | None, jobs: deque[Job]) -> None:
        """Leave only the first of a queue's jobs in it; the others become a queue that is run beside it."""
        if self._queues.get(chat) is not jobs:
            return
        del self._queues[chat]
        others = deque(islice(jobs, 1, None))
        while len(jobs) > 1:
            jobs.pop()
        if others:
            self._queues[chat] = others
            self._run(chat)

    async def _work(self, job: Job) -> None:
        """Handle one update until it is done or a dead letter."""
        failures = 0
        while True:
            age_s = job.age_s(self.clock())
            if job.update.inline_query and age_s > _INLINE_LIVES_S:
                self.metrics.finished.labels("expired").inc()
                await self._finish(job.row_id, NOTHING)
                return
            try:
                records = await self.handler.handle(job.update, age_s, partial(self._is_followed, job))
            except StoreError as error:
                # It passes, however long it takes.
                _LOG.warning("Update %d waits: %s", job.row_id, error)
                await self._pause(_TRIES)
            except DeliveryError as error:
                # What can be tried was tried.
                _LOG.error("Update %d is a dead letter: %s (%s).", job.row_id, error, error.__cause__)
                await self._make_dead_letter(job.row_id, str(error))
                return
            except Exception as error:  # noqa: BLE001 - a fault of ours in one update must not end the others
                failures += 1
                _LOG.exception("Update %d could not be handled (attempt %d of %d).", job.row_id, failures, _TRIES)
                if failures == _TRIES:
                    await self._give_up(job, error)
                    return
                await self._pause(failures)
            else:
                self.metrics.finished.labels("answered").inc()
                self.metrics.answering.observe(time.monotonic() - job.taken_up_s)
                await self._finish(job.row_id, records)
                return

    def _is_followed(self, job: Job) -> bool:
        jobs = self._queues.get(job.update.queue)
        return jobs is not None and jobs[-1] is not job

    async def _give_up(self, job: Job, error: Exception) -> None:
        try:
            await self.handler.failed(job.update)
        except Exception as unsaid:  # noqa: BLE001 - the fault itself is in the log already
            _LOG.warning("Whoever sent update %d could not be told: %s.", job.row_id, type(unsaid).__name__)
        await self._make_dead_letter(job.row_id, f"the bot failed: {type(error).__name__}, see its log")

    async def _finish(self, row_id: int, records: Records) -> None:
        self._done[row_id] = records
        self._answered.add(row_id)
        if self._next_commit is None:
            self._next_commit = asyncio.create_task(self._commit_done())
        # Whoever is cut off while it waits does not take the others' commit along.
        await asyncio.shield(self._next_commit)
        self._forget(row_id)

    async def _make_dead_letter(self, row_id: int, fault: str) -> None:
        self.metrics.finished.labels("dead").inc()
        await self._until_stored(lambda: asyncio.to_thread(self.inbox.make_dead_letters, {row_id: fault}))
        self._forget(row_id)

    def _forget(self, row_id: int) -> None:
        self._finished.add(row_id)
        self._arrivals.pop(row_id, None)
        self._count()

    def _count(self) -> None:
        self.metrics.waiting.set(len(self._arrivals))
        if len(self._arrivals) < _CAPACITY:
            self.has_capacity.set()
        else:
            self.has_capacity.clear()

    async def _commit_done(self) -> None:
        """Commit all that is done once the commit before is made: each one costs a turn of the disk."""
        async with self._committing:
            batch, self._done, self._next_commit = self._done, {}, None
            await self._store(batch)
            self._answered.difference_update(batch)

    async def _store(self, batch: Mapping[int, Records]) -> None:
        """Commit what is done. An update whose records can't be stored holds up no other, and is not answered again."""
        try:
            await self._until_stored(lambda: self._commit(batch))
            self._count_records(batch.values())
        except Exception:  # noqa: BLE001 - as said above
            if len(batch) > 1:
                for row_id, records in batch.items():
                    await self._store({row_id: records})
                return
            (row_id,) = batch
            _LOG.exception("What is to be kept of update %d can't be stored.", row_id)
            await self._make_dead_letter(row_id, "answered; its records can't be stored")

    def _count_records(self, kept: Iterable[Records]) -> None:
        for records in kept:
            for verdict in records.verdicts:
                self.metrics.verdicts.labels(verdict).inc()
            for feedback in records.feedback:
                self.metrics.opinions.labels(feedback.opinion).inc()

    async def _commit(self, batch: Mapping[int, Records]) -> None:
        await self.claim(partial(self.inbox.finish, batch))

    async def _until_stored(self, write: Callable[[], Awaitable[None]]) -> None:
        """Write, again and again while the store fails: what was answered must not be answered once more."""
        while True:
            try:
                await write()
            except StoreError as error:
                _LOG.error("What became of an update can't be stored, trying again: %s", error)
                await asyncio.sleep(self.pause_s(_TRIES))
            else:
                return

    async def _pause(self, failures: int) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), self.pause_s(failures))
        except TimeoutError:
            return
        raise StoppingError
