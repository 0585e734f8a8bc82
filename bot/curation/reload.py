"""Takes over what changed in the knowledge folder, and sees to what follows from a change, whoever made it."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from bot.conversation import cards
from bot.conversation.cards import Press, button
from bot.conversation.replies import Reply
from bot.curation.edits import Editor
from bot.curation.misses import MissLifecycle
from bot.errors import Fault, KnowledgeError, StoreError
from bot.evaluation.calibration import cached_confidence
from bot.evaluation.leave_one_out import HeldOut
from bot.knowledge.watch import changes
from bot.snapshot import CurrentSnapshot, Snapshot
from bot.texts import admins as admins_texts

_LOG = logging.getLogger(__name__)
_PATIENCE_S = 1.0
"""How long faults must stand before admins hear of them: a file may have been caught half saved."""


_LOOK_S = 0.5


class SupersededError(Exception):
    """Another snapshot answers meanwhile."""


class Reloader:
    """Watches the folder. ``tell`` brings a text to the admins, and waits for nobody; ``cache``: for calibrations."""

    def __init__(
        self,
        *,
        folder: Path,
        current: CurrentSnapshot,
        editor: Editor,
        lifecycle: MissLifecycle,
        tell: Callable[[Reply], None],
        cache: Path | None,
    ) -> None:
        self._folder = folder
        self._current = current
        self._editor = editor
        self._lifecycle = lifecycle
        self._tell = tell
        self._cache = cache
        self._asked = asyncio.Event()
        self._looked = asyncio.Event()
        self._told: Sequence[Fault] = ()
        self._followed: Snapshot | None = None

    def ask(self) -> None:
        """Look at the folder now, as after SIGHUP."""
        self._asked.set()

    def reload(self) -> str:
        """Take over the folder now; what to tell whoever asked for it. For any thread."""
        try:
            is_new = self._editor.take_over()
        except KnowledgeError as error:
            return cards.faults(error.faults)
        return cards.loaded(self._current.snapshot) if is_new else admins_texts.RELOADED_SAME

    async def run(self) -> None:
        """Watch and follow until it is cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for part in (self._watch(), self._look(), self._report_changes(), self._follow()):
                tasks.create_task(part)

    async def _watch(self) -> None:
        async for _ in changes(self._folder):
            self._asked.set()

    async def _look(self) -> None:
        """Take over what is sound; tell of what is not, once, when it has stood for a while."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            try:
                is_new = await asyncio.to_thread(self._editor.take_over)
            except KnowledgeError as error:
                await self._complain(error.faults)
                continue
            if is_new:
                _LOG.info("The knowledge was loaded anew: %d items.", len(self._current.snapshot.base.items))
            if self._told:
                self._told = ()
                self._tell(Reply(admins_texts.RELOAD_MENDED))
            self._looked.set()

    async def _complain(self, faults: Sequence[Fault]) -> None:
        try:
            await asyncio.wait_for(self._asked.wait(), _PATIENCE_S)
        except TimeoutError:
            if faults != self._told:
                self._told = faults
                _LOG.error("Faults in the knowledge (%d), the former goes on; the first: %s", len(faults), faults[0])
                self._tell(Reply(cards.faults(faults)))

    async def _report_changes(self) -> None:
        """Tell of what editors changed, beside the looking: the next change does not wait for it."""
        while True:
            await self._looked.wait()
            self._looked.clear()
            for before, after in self._editor.taken_over():
                await self._report(before, after)

    async def _report(self, before: Snapshot, after: Snapshot) -> None:
        """Tell admins what an editor's change has cost."""
        try:
            impact = await asyncio.to_thread(self._editor.impact, before, after)
            lost = await asyncio.to_thread(self._editor.overwritten, before, after)
        except StoreError as error:
            _LOG.warning("%s", error)
            return
        if impact.has_loss:
            lines = cards.impact_lines(impact, after.base)
            self._tell(Reply("\n".join((admins_texts.RELOAD_LOSES, *lines))))
        if lost:
            rows = tuple((button(admins_texts.BUTTON_AGAIN, Press.AGAIN, action.id),) for action in lost)
            edits = "\n".join(cards.history_row(one, after.base) for one in lost)
            self._tell(Reply(admins_texts.RELOAD_OVERWRITES.format(edits=edits), rows))

    async def _follow(self) -> None:
        """Whatever snapshot answers: close what it answers now, and compute its thresholds."""
        while True:
            before, after = self._followed, self._current.snapshot
            if after is not before:
                try:
                    closed = await asyncio.to_thread(self._lifecycle.follow, before, after)
                    if closed and before is not None:
                        self._tell(Reply(admins_texts.FOLLOWED.format(count=closed)))
                    if self._current.snapshot is after:
                        self._followed = after
                        await asyncio.to_thread(self._calibrate, after)
                except StoreError as error:
                    _LOG.warning("%s", error)
            await asyncio.sleep(_LOOK_S)

    def _calibrate(self, snapshot: Snapshot) -> None:
        def track(work: Iterable[HeldOut], _: int) -> Iterator[HeldOut]:
            for one in work:
                if self._current.snapshot is not snapshot:
                    raise SupersededError
                yield one

        try:
            confidence = cached_confidence(snapshot.index, snapshot.base, self._cache, track)
        except SupersededError:
            return
        if confidence != snapshot.confidence:
            self._editor.recalibrate(snapshot, confidence)
