"""Whether the bot works, as seen from within; admins are told once it does again."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from enum import StrEnum

from bot.errors import StoreError
from bot.store.database import Database
from bot.store.misses import MissLog
from bot.texts import admins as admins_texts

_LOG = logging.getLogger(__name__)
SILENCE_S = 120.0
"""Telegram answers a poll within 30 seconds."""
WAIT_S = 120.0
_EVERY_S = 5.0


class Fault(StrEnum):
    """What can be wrong, in the words of the log and of ``health``."""

    SILENT = "Telegram could not be reached for 2 minutes"
    STORE = "the database can't commit"
    LATE = "an update has waited for over 2 minutes"


_IN_CHINESE = {
    Fault.SILENT: admins_texts.FAULT_SILENT,
    Fault.STORE: admins_texts.FAULT_STORE,
    Fault.LATE: admins_texts.FAULT_LATE,
}


class Health:
    """Looks after the bot every few seconds.

    ``silent_s`` and ``oldest_s`` give seconds: since a fetch last succeeded, and of the oldest update's waiting.
    ``tell`` brings a text to the admins.
    """

    def __init__(
        self,
        upkeep: Database,
        missed: MissLog,
        silent_s: Callable[[], float],
        oldest_s: Callable[[], float],
        tell: Callable[[str], None],
    ) -> None:
        self.faults: Sequence[Fault] = ()
        self._upkeep = upkeep
        self._missed = missed
        self._silent_s = silent_s
        self._oldest_s = oldest_s
        self._tell = tell
        self._red_since: float | None = None
        self._seen: dict[Fault, None] = {}
        self._full = False

    async def run(self) -> None:
        """Look, again and again, until it is cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(_EVERY_S)

    async def look(self) -> None:
        """Look once; log what changed, and tell admins what they should know."""
        committed, full = await asyncio.to_thread(self._try_store)
        found = {
            Fault.SILENT: self._silent_s() > SILENCE_S,
            Fault.STORE: not committed,
            Fault.LATE: self._oldest_s() > WAIT_S,
        }
        before, self.faults = self.faults, [fault for fault, is_so in found.items() if is_so]
        if self.faults != before:
            _LOG.log(logging.ERROR if self.faults else logging.INFO, "Health: %s.", "; ".join(self.faults) or "green")
        if self.faults:
            self._red_since = self._red_since or time.monotonic()
            self._seen |= dict.fromkeys(self.faults)
        elif self._red_since is not None:
            minutes = max(1, round((time.monotonic() - self._red_since) / 60))
            reasons = admins_texts.FAULT_JOINT.join(_IN_CHINESE[fault] for fault in self._seen)
            self._red_since, self._seen = None, {}
            self._tell(admins_texts.RECOVERED.format(minutes=minutes, reasons=reasons))
        if full and not self._full:
            self._tell(admins_texts.MISSED_FULL)
        self._full = full

    def _try_store(self) -> tuple[bool, bool]:
        """Whether it commits, and whether the log of missed questions is full."""
        try:
            self._upkeep.probe()
            return True, self._missed.is_full()
        except StoreError as error:
            _LOG.error("%s", error)
            return False, self._full
