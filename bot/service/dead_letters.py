"""The messages that were given up: how many there are, and admins are told."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.conversation.reply import Reply
from bot.store.history import History
from bot.store.inbox import Inbox
from bot.store.records import NoticeKind
from bot.texts import admins as texts

_EVERY = timedelta(hours=1)


@dataclass(eq=False)
class DeadLetterReport:
    """Looks at the dead letters each time that it is told to, and keeps a notice to the admins of new ones, hourly.

    ``keep`` takes a notice with its time as the mark that is noted with its delivery; one that still waits is replaced.
    ``count`` and ``since``: how many there were at the last look, and when the oldest of them came about.
    """

    inbox: Inbox
    history: History
    keep: Callable[[NoticeKind, Reply, str], Awaitable[None]]
    clock: Clock
    count: int = field(default=0, init=False)
    since: datetime | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._kept_at: datetime | None = None
        """The time of the last notice, which may still wait."""

    async def look(self) -> None:
        """Count them, and tell the admins of new ones. Raises StoreError if the store fails."""
        if found := await asyncio.to_thread(self._count):
            notice, now = found
            await self.keep(NoticeKind.DEAD_LETTERS, notice, now.isoformat())
            self._kept_at = now

    def _count(self) -> tuple[Reply, datetime] | None:
        """What to tell the admins now, and the time up to which it counts."""
        self.count, self.since = self.inbox.dead()
        if self.since is None:
            return None
        mark = self.history.mark(NoticeKind.DEAD_LETTERS)
        told_at = datetime.fromisoformat(mark) if mark else None
        last = self._kept_at or told_at
        later, now = self.inbox.died_since(last)
        if not later or (last and now - last < _EVERY):
            return None
        new, now = self.inbox.died_since(told_at)
        since = self.clock.local(self.since)
        return Reply(texts.DEAD_LETTERS.format(new=new, count=self.count, since=since)), now
