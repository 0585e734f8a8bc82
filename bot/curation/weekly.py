"""The digest comes by itself, once a week."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.conversation.replies import Reply
from bot.curation.digest import Digest
from bot.errors import StoreError
from bot.snapshot import CurrentSnapshot
from bot.store.history import History

_LOG = logging.getLogger(__name__)
_MARK = "digest"
_HOUR = 9
_LOOK_S = 300.0


class WeeklyDigest:
    """Sends the digest each week, from Monday 9 o'clock on in the machine's time zone; first in the second week."""

    def __init__(
        self,
        digest: Digest,
        current: CurrentSnapshot,
        history: History,
        tell: Callable[[Reply], Awaitable[None]],
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        self._digest = digest
        self._current = current
        self._history = history
        self._tell = tell
        self._now = now

    async def run(self) -> None:
        """Look, again and again, until it is cancelled."""
        while True:
            try:
                await self.look()
            except StoreError as error:
                _LOG.warning("The weekly digest has to wait: %s", error)
            await asyncio.sleep(_LOOK_S)

    async def look(self) -> None:
        """Send it if it is due. A kill in between sends it twice.

        Raises:
            StoreError: the store fails.
        """
        now = self._now()
        year, week, day = now.isocalendar()
        mark = f"{year}-{week}"
        sent = await asyncio.to_thread(self._history.mark, _MARK)
        if sent == mark or (sent and day == 1 and now.hour < _HOUR):
            return
        if sent:
            await self._tell(await asyncio.to_thread(self._digest.compose, self._current.snapshot))
        await asyncio.to_thread(self._history.put_mark, _MARK, mark)
