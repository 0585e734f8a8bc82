"""Takes over what changed in the knowledge folder, and sees to what follows from a change, whoever made it."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.curation.corrections import Correction, Corrections
from bot.curation.edits import Edits
from bot.curation.misses import MissLifecycle
from bot.errors import Fault, KnowledgeError
from bot.evaluation.calibration import cached_confidence
from bot.evaluation.impact import Impact
from bot.items import KnowledgeBase
from bot.knowledge import fingerprint
from bot.knowledge.folder import State, state
from bot.metrics import Metrics
from bot.snapshot import CurrentSnapshot, Snapshot, leave_uncollected
from bot.store.records import Action

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reloaded:
    """The folder was loaded because an admin asked for it; without a ``base``, it is as it was."""

    base: KnowledgeBase | None


@dataclass(frozen=True, slots=True)
class KnowledgeFaulty:
    """The folder has faults, and the old snapshot goes on answering; without any, those that were told are gone."""

    faults: Sequence[Fault]


@dataclass(frozen=True, slots=True)
class MissesClosed:
    """These missed questions, at least one, are answered since the knowledge changed; the most frequent come first."""

    questions: Sequence[str]


@dataclass(frozen=True, slots=True)
class AnswersLost:
    """A change that an editor made, and that is live, costs questions their answers. ``base`` is the changed one."""

    impact: Impact
    base: KnowledgeBase


@dataclass(frozen=True, slots=True)
class EditsOverwritten:
    """An editor saved an older copy, and these edits from the chat are gone. ``base`` is the one without them."""

    actions: Sequence[Action]
    base: KnowledgeBase


Notice = Reloaded | KnowledgeFaulty | MissesClosed | AnswersLost | EditsOverwritten | Correction
"""What admins are told of the knowledge folder; the conversation puts it into words."""


class _SupersededError(Exception):
    """Another snapshot answers meanwhile."""


@dataclass(eq=False, kw_only=True)
class Reloader:
    """Watches the folder.

    ``tell`` keeps a notice to be brought to the admins, and does not wait for them. ``cache`` is a folder for
    calibrations. ``patience_s``: how long faults must stand before admins are told, since a file may be caught half
    saved. Without ``corrections`` they are another process's business. ``leads``: whether this process is the one that
    sees to what follows from a change; otherwise it only answers by it.
    """

    folder: Path
    current: CurrentSnapshot
    edits: Edits
    lifecycle: MissLifecycle
    corrections: Corrections | None
    tell: Callable[[Notice], Awaitable[None]]
    cache: Path | None
    patience_s: float = 1.0
    metrics: Metrics = field(default_factory=Metrics)
    leads: Callable[[], bool] = lambda: True

    def __post_init__(self) -> None:
        self._asked = asyncio.Event()
        self._told: Sequence[Fault] = ()
        self._followed: Snapshot | None = None
        self._calibrated: Snapshot | None = None
        """The last one that was calibrated while another process led."""

    def ask(self) -> None:
        """Look at the folder soon, as after SIGHUP; to be called on the event loop."""
        self._asked.set()

    def reload(self) -> Notice:
        """Take over the folder now; what to tell the admin who asked for it. For any thread."""
        try:
            return Reloaded(self.current.snapshot.base if self.edits.take_over() else None)
        except KnowledgeError as error:
            return KnowledgeFaulty(error.faults)

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
                self.metrics.knowledge_reloads.labels("loaded").inc()
        except KnowledgeError as error:
            faults = error.faults
            with suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), self.patience_s)
                return
        if faults == self._told:
            return
        self._told = faults
        self.metrics.knowledge_faults.set(len(faults))
        await self.tell(KnowledgeFaulty(faults))
        if faults:
            self.metrics.knowledge_reloads.labels("faulty").inc()
            _LOG.error("Faults in the knowledge (%d), the old snapshot goes on; the first: %s", len(faults), faults[0])

    async def follow(self) -> None:
        """If another snapshot answers: close what it answers, tell what editors' changes cost, compute its thresholds.

        Raises StoreError if the store fails; the next call tries again.
        """
        before, after = self._followed, self.current.snapshot
        if after is before:
            return
        self.metrics.describe_knowledge(Counter(item.kind for item in after.base.items), fingerprint(after.files))
        if await asyncio.to_thread(self.leads):
            await self._see_to(before, after)
        else:
            self.edits.taken_over.clear()
            if after is not self._calibrated:
                self._calibrated = after
                await asyncio.to_thread(self._calibrate, after)

    async def _see_to(self, before: Snapshot | None, after: Snapshot) -> None:
        closed = await asyncio.to_thread(self.lifecycle.follow, before, after)
        if closed and before is not None:
            await self.tell(MissesClosed([missed.question for missed in closed]))
        # While the bot was off, an editor may have changed an answer too.
        if self.corrections and (before is None or self.edits.taken_over):
            for correction in await asyncio.to_thread(self.corrections.offer_new):
                await self.tell(correction)
        while self.edits.taken_over:
            found = self.edits.taken_over[0]
            impact = await asyncio.to_thread(self.edits.impact, *found)
            overwritten = await asyncio.to_thread(self.edits.overwritten, *found)
            if impact.has_loss:
                await self.tell(AnswersLost(impact, found[1].base))
            if overwritten:
                await self.tell(EditsOverwritten(overwritten, found[1].base))
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
        leave_uncollected()


async def changes(
    folder: Path, *, every_s: float = 0.5, longest_s: float = 2.0, look_s: float = 10.0
) -> AsyncIterator[None]:
    """Yields whenever the YAML files of a folder may have changed, for ever; also when the folder goes or comes.

    The folder is looked at every ``every_s`` seconds: the system's notices of changes can be used up by other programs,
    and network drives send none. An editor saves in several steps: a change counts when two looks see the same, but
    whoever writes on and on is not waited for longer than ``longest_s``. A file system may keep times so coarsely that
    a change does not show: every ``look_s`` seconds there may have been one.
    """
    known: State | None = None
    seen = await asyncio.to_thread(state, folder)
    settled = yielded = time.monotonic()
    while True:
        await asyncio.sleep(every_s)
        before, seen, now = seen, await asyncio.to_thread(state, folder), time.monotonic()
        is_settled = seen == before or now - settled >= longest_s
        if (seen != known and is_settled) or now - yielded >= look_s:
            known, yielded = seen, now
            yield
        if seen == known:
            settled = now
