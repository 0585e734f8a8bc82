"""What waits for the admins, told in a line once a day."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.curation.freshness import newly_overdue
from bot.snapshot import CurrentSnapshot
from bot.store.history import History
from bot.store.misses import MissLog
from bot.store.notices import Notices
from bot.store.records import NoticeKind
from bot.store.subscriptions import Subscriptions


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many open ``misses`` were first asked since the last line, and how many ``people`` wait for an answer.

    ``overdue``: of how many answers a day has passed since then.
    """

    misses: int
    people: int
    overdue: int = 0


@dataclass(eq=False)
class DailyLine:
    """Counts what waits, and has it sent once a day from ``hour`` on; never if that is None.

    The moment up to which misses were counted is the mark that is noted with the delivery of a line; its day has had
    its line then, whether there was anything to tell or not. Every method raises StoreError where the store fails.
    """

    misses: MissLog
    subscriptions: Subscriptions
    history: History
    notices: Notices
    current: CurrentSnapshot
    clock: Clock
    hour: int | None

    async def send_if_due(self, send: Callable[[Waiting, str], Awaitable[None]]) -> None:
        """Have the line sent if the hour has come today and there is something to tell; first on the second day.

        ``send`` keeps a line as a notice, with its mark. While the line of an earlier day still waits for its delivery,
        the next one takes its place, and counts what that one counted too.
        """
        if due := await asyncio.to_thread(self._due):
            await send(*due)

    def _due(self) -> tuple[Waiting, str] | None:
        """What to tell now, with its mark."""
        if self.hour is None:
            return None
        now = self.clock().replace(microsecond=0)
        mark = self.history.mark(NoticeKind.DAILY)
        counted = datetime.fromisoformat(mark) if mark else None
        if counted and (now.hour < self.hour or self._is_today(counted)):
            return None
        if (kept_at := self.notices.kept_at(NoticeKind.DAILY)) and self._is_today(kept_at):
            return None
        if counted:
            since = self.clock.local(counted).date()
            late = newly_overdue(self.current.snapshot.base, since, now.date())
            waiting = Waiting(self.misses.count_open(counted), self.subscriptions.count_waiting(), late)
            if waiting.misses or waiting.people or waiting.overdue:
                return waiting, now.isoformat()
        self.history.put_mark(NoticeKind.DAILY, now.isoformat())
        return None

    def _is_today(self, at: datetime) -> bool:
        return self.clock.local(at).date() == self.clock.today()
