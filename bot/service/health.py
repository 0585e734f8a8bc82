"""Whether the bot works, as seen from within; admins are told once it does again."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.conversation.reply import Reply
from bot.errors import StoreError, StoreGoneError
from bot.metrics import Metrics
from bot.store.database import Database
from bot.store.misses import MissLog
from bot.store.records import NoticeKind
from bot.telegram.intake import IntakeFault
from bot.texts import admins as texts

_LOG = logging.getLogger(__name__)
_LONGEST_S = 120.0
"""Telegram answers a poll within 30 seconds."""
_GROUP = "chat -"
"""How the names of groups' queues begin."""


class Problem(StrEnum):
    """What can be wrong, in the words of the log and of ``health``."""

    SILENT = "Telegram could not be reached for 2 minutes"
    STORE = "the database can't commit"
    GONE = "the database's file was deleted or replaced: put it back, or restart the bot"
    GIT = "edits can't be committed to git, see the log"
    LATE = "an update has waited for over 2 minutes"
    INTAKE = "updates do not come in"


@dataclass(eq=False)
class Health:
    """Looks at the bot each time that it is told to.

    ``silent_s`` and ``waiting_s`` give seconds: since Telegram was last heard of, and of the oldest update's waiting in
    each chat. ``intake_fault`` says what keeps updates from coming in, ``git_fault`` why edits can't be committed to
    git. ``tell`` brings to the admins what they should know: that updates do not come in, that the database's file is
    gone, that edits can't be committed, that the bot works again, with all that was wrong meanwhile, or that the log of
    missed questions takes no new ones. ``problems``: what was wrong at the last look.
    """

    database: Database
    misses: MissLog
    silent_s: Callable[[], float]
    waiting_s: Callable[[], Mapping[str | None, float]]
    intake_fault: Callable[[], IntakeFault | None]
    git_fault: Callable[[], str | None]
    metrics: Metrics
    tell: Callable[[NoticeKind, Reply], Awaitable[None]]
    problems: Sequence[Problem] = field(default=(), init=False)

    def __post_init__(self) -> None:
        self._seen: dict[Problem, float] = {}
        """When each problem came up since the bot last worked, in this order."""
        self._full = False
        self._intake_fault: IntakeFault | None = None

    def faults(self) -> Sequence[str]:
        """What was wrong at the last look, in the words of ``health``."""
        detail = f": {self._intake_fault}" if self._intake_fault else ""
        return [f"{problem}{detail if problem is Problem.INTAKE else ''}" for problem in self.problems]

    @property
    def is_ready(self) -> bool:
        """Whether updates could be taken in at the last look, as far as this process can tell by itself.

        That Telegram is silent does not count: a replica that is not ready gets no deliveries, and would stay silent.
        """
        return not {Problem.STORE, Problem.GONE}.intersection(self.problems)

    def names(self) -> Sequence[str]:
        """What was wrong at the last look, by the keys of ``bot.texts.admins.PROBLEMS``."""
        return [problem.name for problem in self.problems]

    async def look(self) -> None:
        """Look at everything; log what has changed, and tell the admins what they should know."""
        store_problem, full = await asyncio.to_thread(self._try_store)
        fault = self.intake_fault()
        git_fault = self.git_fault()
        found = {
            Problem.SILENT: self.silent_s() > _LONGEST_S,
            Problem.STORE: store_problem is Problem.STORE,
            Problem.GONE: store_problem is Problem.GONE,
            Problem.GIT: git_fault is not None,
            Problem.LATE: self._is_late(),
            Problem.INTAKE: fault is not None,
        }
        for problem, is_so in found.items():
            self.metrics.problems.labels(problem.name.lower()).set(is_so)
        before, self.problems = self.problems, [problem for problem, is_so in found.items() if is_so]
        known, self._intake_fault = self._intake_fault, fault
        if self.problems != before or (fault and known and fault.cause is not known.cause):
            level = logging.ERROR if self.problems else logging.INFO
            _LOG.log(level, "Health: %s.", "; ".join(self.faults()) or "green")
        new = set(self.problems).difference(before)
        if Problem.GONE in new:
            await self.tell(NoticeKind.HEALTH, Reply(texts.STORE_GONE))
        if Problem.GIT in new:
            await self.tell(NoticeKind.GIT, Reply(texts.NOT_COMMITTED.format(reason=git_fault)))
        if fault and not known:
            await self.tell(NoticeKind.HEALTH, _intake_notice(fault))
        for problem in self.problems:
            self._seen.setdefault(problem, time.monotonic())
        if self._seen and not self.problems:
            minutes = max(1, round((time.monotonic() - min(self._seen.values())) / 60))
            reasons = texts.PROBLEM_JOINT.join(texts.PROBLEMS[problem.name] for problem in self._seen)
            self._seen = {}
            recovered = Reply(texts.RECOVERED.format(minutes=minutes, reasons=reasons))
            await self.tell(NoticeKind.HEALTH, recovered)
        if full and not self._full:
            await self.tell(NoticeKind.LOG_FULL, Reply(texts.MISSED_FULL))
        self._full = full

    def _is_late(self) -> bool:
        late = [chat or "" for chat, seconds in self.waiting_s().items() if seconds > _LONGEST_S]
        # Telegram takes 20 messages a minute in a group, or asks for a pause.
        return bool(late) and not (len(late) == 1 and late[0].startswith(_GROUP))

    def _try_store(self) -> tuple[Problem | None, bool]:
        """What is wrong with the database, and whether the log of missed questions is full."""
        try:
            self.database.probe()
            return None, self.misses.is_full()
        except StoreError as error:
            _LOG.error("%s", error)
            return Problem.GONE if isinstance(error, StoreGoneError) else Problem.STORE, self._full


def _intake_notice(fault: IntakeFault) -> Reply:
    reported = texts.INTAKE_REPORTED.format(fault=fault) if fault.reported else ""
    return Reply(texts.INTAKE_FAILING.format(cause=texts.INTAKE_CAUSES[fault.cause.name], reported=reported))
