"""Takes over what changed in the knowledge folder, and sees to what follows from a change, whoever made it."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.curation import notices
from bot.curation.edits import Edits
from bot.curation.misses import MissLifecycle
from bot.errors import Fault, KnowledgeError
from bot.evaluation.calibration import cached_confidence
from bot.knowledge.watch import changes
from bot.snapshot import CurrentSnapshot, Snapshot

_LOG = logging.getLogger(__name__)


class _SupersededError(Exception):
    """Another snapshot answers meanwhile."""


@dataclass(eq=False, kw_only=True)
class Reloader:
    """Watches the folder.

    ``tell`` brings a notice to the admins, and does not wait for them. ``cache`` is a folder for calibrations.
    ``patience_s``: how long faults must stand before admins are told, since a file may be caught half saved.
    """

    folder: Path
    current: CurrentSnapshot
    edits: Edits
    lifecycle: MissLifecycle
    tell: Callable[[notices.Notice], None]
    cache: Path | None
    patience_s: float = 1.0

    def __post_init__(self) -> None:
        self._asked = asyncio.Event()
        self._told: Sequence[Fault] = ()
        self._followed: Snapshot | None = None

    def ask(self) -> None:
        """Look at the folder soon, as after SIGHUP; to be called on the event loop."""
        self._asked.set()

    def reload(self) -> notices.Notice:
        """Take over the folder now; what to tell the admin who asked for it. For any thread."""
        try:
            return notices.Reloaded(self.current.snapshot.base) if self.edits.take_over() else notices.Unchanged()
        except KnowledgeError as error:
            return notices.KnowledgeFaulty(error.faults)

    async def run(self) -> None:
        """Watch until it is cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch())
            while True:
                await self._asked.wait()
                self._asked.clear()
                await self.take_over()

    async def _watch(self) -> None:
        async for _ in changes(self.folder):
            self._asked.set()

    async def take_over(self) -> None:
        """Answer from the folder if it is sound; tell of its faults, once, if nobody changes it for a while."""
        faults: Sequence[Fault] = ()
        try:
            if await asyncio.to_thread(self.edits.take_over):
                _LOG.info("The knowledge was loaded anew: %d items.", len(self.current.snapshot.base.items))
        except KnowledgeError as error:
            faults = error.faults
            with suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), self.patience_s)
                return
        if faults == self._told:
            return
        self._told = faults
        if faults:
            _LOG.error("Faults in the knowledge (%d), the old snapshot goes on; the first: %s", len(faults), faults[0])
        self.tell(notices.KnowledgeFaulty(faults) if faults else notices.KnowledgeFixed())

    async def follow(self) -> None:
        """If another snapshot answers: close what it answers, tell what editors' changes cost, compute its thresholds.

        Raises:
            StoreError: the store fails; the next call tries again.
        """
        before, after = self._followed, self.current.snapshot
        if after is before:
            return
        closed = await asyncio.to_thread(self.lifecycle.follow, before, after)
        if closed and before is not None:
            self.tell(notices.MissesClosed(closed))
        while self.edits.taken_over:
            found = self.edits.taken_over[0]
            impact = await asyncio.to_thread(self.edits.impact, *found)
            overwritten = await asyncio.to_thread(self.edits.overwritten, *found)
            if impact.has_loss:
                self.tell(notices.AnswersLost(impact, found[1].base))
            if overwritten:
                self.tell(notices.EditsOverwritten(overwritten, found[1].base))
            self.edits.taken_over.popleft()
        if self.current.snapshot is after:
            self._followed = after
            await asyncio.to_thread(self._calibrate, after)

    def _calibrate(self, snapshot: Snapshot) -> None:
        def until_superseded(work: Iterable[Any]) -> Iterator[Any]:
            for question in work:
                if self.current.snapshot is not snapshot:
                    raise _SupersededError
                yield question

        try:
            confidence = cached_confidence(snapshot.index, snapshot.base, self.cache, until_superseded)
        except _SupersededError:
            return
        if confidence != snapshot.confidence:
            self.edits.recalibrate(snapshot, confidence)
