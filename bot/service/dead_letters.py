"""The messages that were given up: how many there are, and admins are told."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.conversation.reply import Reply
from bot.store.history import History
from bot.store.inbox import Inbox
from bot.texts import admins as texts

_TOLD = "dead-told"
_EVERY = timedelta(hours=1)


@dataclass(eq=False)
class DeadLetterReport:
    """Looks at the dead letters each time that it is told to; ``tell`` brings to the admins what is new, once an hour.

    ``count`` and ``since``: how many there were at the last look, and when the oldest of them came about.
    """

    inbox: Inbox
    history: History
    tell: Callable[[Reply], None]
    count: int = field(default=0, init=False)
    since: datetime | None = field(default=None, init=False)

    async def look(self) -> None:
        """Count them, and tell the admins of new ones. Raises StoreError if the store fails."""
        if notice := await asyncio.to_thread(self._count):
            self.tell(notice)

    def _count(self) -> Reply | None:
        """What to tell the admins now, which is then noted as told."""
        self.count, self.since = self.inbox.dead()
        if self.since is None:
            return None
        mark = self.history.mark(_TOLD)
        told_at = datetime.fromisoformat(mark) if mark else None
        new, now = self.inbox.died_since(told_at)
        if not new or (told_at and now - told_at < _EVERY):
            return None
        self.history.put_mark(_TOLD, now.isoformat())
        return Reply(texts.DEAD_LETTERS.format(new=new, count=self.count, since=self.since.astimezone()))
