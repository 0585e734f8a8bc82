"""Whether the bot works, as seen from within; admins are told once it does again."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.conversation.reply import Reply
from bot.errors import StoreError, StoreGoneError
from bot.store.database import Database
from bot.store.misses import MissLog
from bot.texts import admins as texts

_LOG = logging.getLogger(__name__)
_LONGEST_S = 120.0
"""Telegram answers a poll within 30 seconds."""


class Problem(StrEnum):
    """What can be wrong, in the words of the log and of ``health``."""

    SILENT = "Telegram could not be reached for 2 minutes"
    STORE = "the database can't commit"
    GONE = "the database's file was deleted or replaced: put it back, or restart the bot"
    GIT = "edits can't be committed to git, see the log"
    LATE = "an update has waited for over 2 minutes"


@dataclass(eq=False)
class Health:
    """Looks at the bot each time that it is told to.

    ``silent_s`` and ``oldest_s`` give seconds: since a fetch last succeeded, and of the oldest update's waiting.
    ``tell`` brings to the admins what they should know: that the bot works again, with all that was wrong meanwhile,
    that the database's file is gone, that edits can't be committed to git, for the reason that ``git_fault`` gives, or
    that the log of missed questions takes no new ones. ``problems``: what was wrong at the last look.
    """

    database: Database
    misses: MissLog
    silent_s: Callable[[], float]
    oldest_s: Callable[[], float]
    git_fault: Callable[[], str | None]
    tell: Callable[[Reply], None]
    problems: Sequence[Problem] = field(default=(), init=False)

    def __post_init__(self) -> None:
        self._seen: dict[Problem, float] = {}
        """When each problem came up since the bot last worked, in this order."""
        self._full = False

    async def look(self) -> None:
        """Look at everything; log what has changed, and tell the admins what they should know."""
        git_fault = self.git_fault()
        fault, full = await asyncio.to_thread(self._try_store)
        found = {
            Problem.SILENT: self.silent_s() > _LONGEST_S,
            Problem.STORE: fault is Problem.STORE,
            Problem.GONE: fault is Problem.GONE,
            Problem.GIT: bool(git_fault),
            Problem.LATE: self.oldest_s() > _LONGEST_S,
        }
        before, self.problems = self.problems, [problem for problem, is_so in found.items() if is_so]
        if self.problems != before:
            level = logging.ERROR if self.problems else logging.INFO
            _LOG.log(level, "Health: %s.", "; ".join(self.problems) or "green")
        told_at_once = {Problem.GONE: texts.STORE_GONE, Problem.GIT: texts.NOT_COMMITTED.format(reason=git_fault)}
        for problem in told_at_once.keys() & set(self.problems).difference(before):
            self.tell(Reply(told_at_once[problem]))
        for problem in self.problems:
            self._seen.setdefault(problem, time.monotonic())
        if self._seen and not self.problems:
            minutes = max(1, round((time.monotonic() - min(self._seen.values())) / 60))
            reasons = texts.PROBLEM_JOINT.join(texts.PROBLEMS[problem.name] for problem in self._seen)
            self._seen = {}
            self.tell(Reply(texts.RECOVERED.format(minutes=minutes, reasons=reasons)))
        if full and not self._full:
            self.tell(Reply(texts.MISSED_FULL))
        self._full = full

    def _try_store(self) -> tuple[Problem | None, bool]:
        """What is wrong with the database, and whether the log of missed questions is full."""
        try:
            self.database.probe()
            return None, self.misses.is_full()
        except StoreError as error:
            _LOG.error("%s", error)
            return Problem.GONE if isinstance(error, StoreGoneError) else Problem.STORE, self._full
