"""Whether the bot works, as seen from within; admins are told once it does again."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from enum import StrEnum

from bot.errors import StoreError
from bot.store.database import Database
from bot.store.misses import MissLog
from bot.texts import admins as texts

_LOG = logging.getLogger(__name__)
SILENCE_S = 120.0
"""Telegram answers a poll within 30 seconds."""
WAIT_S = 120.0


class Problem(StrEnum):
    """What can be wrong, in the words of the log and of ``health``."""

    SILENT = "Telegram could not be reached for 2 minutes"
    STORE = "the database can't commit"
    LATE = "an update has waited for over 2 minutes"


_IN_CHINESE = {
    Problem.SILENT: texts.FAULT_SILENT,
    Problem.STORE: texts.FAULT_STORE,
    Problem.LATE: texts.FAULT_LATE,
}


class Health:
    """Looks at the bot each time that it is told to.

    ``silent_s`` and ``oldest_s`` give seconds: since a fetch last succeeded, and of the oldest update's waiting.
    ``tell`` brings a text to the admins.
    """

    def __init__(
        self,
        database: Database,
        misses: MissLog,
        silent_s: Callable[[], float],
        oldest_s: Callable[[], float],
        tell: Callable[[str], None],
    ) -> None:
        self.problems: Sequence[Problem] = ()
        self._database = database
        self._misses = misses
        self._silent_s = silent_s
        self._oldest_s = oldest_s
        self._tell = tell
        self._red_since: float | None = None
        self._seen: dict[Problem, None] = {}
        self._full = False

    async def look(self) -> None:
        """Look once; log what changed, and tell admins what they should know."""
        committed, full = await asyncio.to_thread(self._try_store)
        found = {
            Problem.SILENT: self._silent_s() > SILENCE_S,
            Problem.STORE: not committed,
            Problem.LATE: self._oldest_s() > WAIT_S,
        }
        before, self.problems = self.problems, [problem for problem, is_so in found.items() if is_so]
        if self.problems != before:
            _LOG.log(
                logging.ERROR if self.problems else logging.INFO, "Health: %s.", "; ".join(self.problems) or "green"
            )
        if self.problems:
            self._red_since = self._red_since or time.monotonic()
            self._seen |= dict.fromkeys(self.problems)
        elif self._red_since is not None:
            minutes = max(1, round((time.monotonic() - self._red_since) / 60))
            reasons = texts.FAULT_JOINT.join(_IN_CHINESE[problem] for problem in self._seen)
            self._red_since, self._seen = None, {}
            self._tell(texts.RECOVERED.format(minutes=minutes, reasons=reasons))
        if full and not self._full:
            self._tell(texts.MISSED_FULL)
        self._full = full

    def _try_store(self) -> tuple[bool, bool]:
        """Whether it commits, and whether the log of missed questions is full."""
        try:
            self._database.probe()
            return True, self._misses.is_full()
        except StoreError as error:
            _LOG.error("%s", error)
            return False, self._full
