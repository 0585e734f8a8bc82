"""What admins are told without asking."""

import asyncio
import logging
from collections.abc import Collection

from telegram import Bot

from bot.errors import StoppingError

_LOG = logging.getLogger(__name__)


class AdminNotices:
    """Brings texts to the admins."""

    def __init__(self, bot: Bot, admins: Collection[int]) -> None:
        self._bot = bot
        self._admins = admins
        self._waiting: asyncio.Queue[str] = asyncio.Queue()

    def tell(self, text: str) -> None:
        """Send it to each, as soon as that can be done; nobody waits for it."""
        self._waiting.put_nowait(text)

    async def run(self) -> None:
        """Send what is to be told, until it is cancelled."""
        while True:
            text = await self._waiting.get()
            await asyncio.gather(*(self._send(admin, text) for admin in self._admins))

    async def _send(self, admin: int, text: str) -> None:
        """One who never pressed start, or blocked the bot, misses it and does no harm."""
        try:
            await self._bot.send_message(admin, text)
        except StoppingError:
            raise
        except Exception as error:  # noqa: BLE001 - a notice is not worth more than the bot
            _LOG.warning("An admin could not be told: %s", error)
