"""Takes over what changed in the knowledge folder, and sees to what follows from a change, whoever made it."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from bot.curation import notices
from bot.curation.edits import Edits
from bot.curation.misses import MissLifecycle
from bot.errors import Fault, KnowledgeError, StoreError
from bot.evaluation.calibration import cached_confidence
from bot.evaluation.leave_one_out import HeldOut
from bot.knowledge.watch import changes
from bot.snapshot import CurrentSnapshot, Snapshot

_LOG = logging.getLogger(__name__)


class _SupersededError(Exception):
    """Another snapshot answers meanwhile."""


class Reloader:
    """Watches the folder.

    ``tell`` brings a notice to the admins, and does not wait for them. ``cache`` is a folder for calibrations.
    ``patience_s``: how long faults must stand before admins are told, since a file may be caught half saved.
    ``poll_s``: how often it is looked whether another snapshot answers.
    """

    def __init__(  # noqa: PLR0913 - a service an argument
        self,
        *,
        folder: Path,
        current: CurrentSnapshot,
        edits: Edits,
        lifecycle: MissLifecycle,
        tell: Callable[[notices.Notice], None],
        cache: Path | None,
        patience_s: float = 1.0,
        poll_s: float = 0.5,
    ) -> None:
        self._folder = folder
        self._current = current
        self._edits = edits
        self._lifecycle = lifecycle
        self._tell = tell
        self._cache = cache
        self._patience_s = patience_s
        self._poll_s = poll_s
        self._asked = asyncio.Event()
        self._told: Sequence[Fault] = ()
        self._followed: Snapshot | None = None
        self._unreported: list[tuple[Snapshot, Snapshot]] = []

    def ask(self) -> None:
        """Look at the folder soon, as after SIGHUP; to be called on the event loop."""
        self._asked.set()

    def reload(self) -> notices.Notice:
        """Take over the folder now; what to tell the admin who asked for it. For any thread."""
        try:
            return notices.Reloaded(self._current.snapshot.base) if self._edits.take_over() else notices.Unchanged()
        except KnowledgeError as error:
            return notices.KnowledgeFaulty(error.faults)

    async def run(self) -> None:
        """Watch and follow until it is cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch())
            tasks.create_task(self._poll())
            while True:
                await self._asked.wait()
                self._asked.clear()
                await self.take_over()

    async def _watch(self) -> None:
        async for _ in changes(self._folder):
            self._asked.set()

    async def _poll(self) -> None:
        while True:
            try:
                await self.follow()
            except StoreError as error:
                _LOG.warning("%s", error)
            await asyncio.sleep(self._poll_s)

    async def take_over(self) -> None:
        """Answer from the folder if it is sound; tell of its faults, once, if nobody changes it for a while."""
        try:
            is_new = await asyncio.to_thread(self._edits.take_over)
        except KnowledgeError as error:
            await self._complain(error.faults)
            return
        if is_new:
            _LOG.info("The knowledge was loaded anew: %d items.", len(self._current.snapshot.base.items))
        if self._told:
            self._told = ()
            self._tell(notices.KnowledgeFixed())

    async def _complain(self, faults: Sequence[Fault]) -> None:
        try:
            await asyncio.wait_for(self._asked.wait(), self._patience_s)
        except TimeoutError:
            if faults != self._told:
                self._told = faults
                _LOG.error(
                    "Faults in the knowledge (%d), the old snapshot goes on; the first: %s", len(faults), faults[0]
                )
                self._tell(notices.KnowledgeFaulty(faults))

    async def follow(self) -> None:
        """If another snapshot answers: close what it answers, tell what editors' changes cost, compute its thresholds.

        Raises:
            StoreError: the store fails; the next call tries again.
        """
        before, after = self._followed, self._current.snapshot
        if after is before:
            return
        closed = await asyncio.to_thread(self._lifecycle.follow, before, after)
        if closed and before is not None:
            self._tell(notices.MissesClosed(closed))
        self._unreported += await asyncio.to_thread(self._edits.taken_over)
        while self._unreported:
            await self._report(*self._unreported[0])
            del self._unreported[0]
        if self._current.snapshot is after:
            self._followed = after
            await asyncio.to_thread(self._calibrate, after)

    async def _report(self, before: Snapshot, after: Snapshot) -> None:
        impact = await asyncio.to_thread(self._edits.impact, before, after)
        overwritten = await asyncio.to_thread(self._edits.overwritten, before, after)
        if impact.has_loss:
            self._tell(notices.AnswersLost(impact, after.base))
        if overwritten:
            self._tell(notices.EditsOverwritten(overwritten, after.base))

    def _calibrate(self, snapshot: Snapshot) -> None:
        def until_superseded(work: Iterable[HeldOut], _: int) -> Iterator[HeldOut]:
            for question in work:
                if self._current.snapshot is not snapshot:
                    raise _SupersededError
                yield question

        try:
            confidence = cached_confidence(snapshot.index, snapshot.base, self._cache, until_superseded)
        except _SupersededError:
            return
        if confidence != snapshot.confidence:
            self._edits.recalibrate(snapshot, confidence)
