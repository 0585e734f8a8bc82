"""What admins are told without asking."""

import logging
from collections.abc import Collection

from telegram import Bot
from telegram.error import TelegramError

_LOG = logging.getLogger(__name__)


class AdminNotices:
    """Brings texts to the admins."""

    def __init__(self, bot: Bot, admins: Collection[int]) -> None:
        self._bot = bot
        self._admins = admins

    async def tell(self, text: str) -> None:
        """Send it to each. One who never pressed start, or blocked the bot, misses it and does no harm."""
        for admin in self._admins:
            try:
                await self._bot.send_message(admin, text)
            except TelegramError as error:
                _LOG.warning("An admin could not be told: %s", error)
