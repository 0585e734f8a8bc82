"""What admins are called on Telegram, so that one can tell another what a colleague did."""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

from telegram import Bot
from telegram.error import TelegramError

_LOG = logging.getLogger(__name__)


@dataclass(eq=False)
class AdminNames:
    """The names of these admins, by user id. They are kept in memory alone; those that Telegram did not tell lack."""

    bot: Bot
    admins: Iterable[int]
    names: dict[int, str] = field(default_factory=dict)

    async def ask(self) -> None:
        """Ask Telegram for the names as they are now."""
        await asyncio.gather(*map(self._ask, self.admins))

    async def _ask(self, admin: int) -> None:
        try:
            # Not Bot.get_chat: it wants every field of a chat, and fails on what another version of the API leaves out.
            chat = await self.bot.do_api_request("getchat", {"chat_id": admin})
        except TelegramError as error:
            # An admin who never pressed start has no chat yet.
            _LOG.info("Telegram does not tell what an admin is called: %s", error)
            return
        if isinstance(chat, dict) and (name := f"{chat.get('first_name', '')} {chat.get('last_name', '')}".strip()):
            self.names[admin] = name
