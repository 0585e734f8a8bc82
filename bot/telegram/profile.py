"""How the bot shows itself: its menus of commands and its descriptions."""

import logging
from collections.abc import Awaitable, Collection, Mapping
from dataclasses import dataclass

from telegram import Bot, BotCommand, BotCommandScopeChat
from telegram.error import TelegramError

from bot.texts import admins as admins_texts
from bot.texts import members as members_texts
from bot.texts.languages import Language, translator

_LOG = logging.getLogger(__name__)
_MENUS: Mapping[str | None, Language] = {None: Language.ENGLISH, "zh": Language.SIMPLIFIED}
"""Telegram's menus know two-letter languages alone; without one, all that have no menu of their own."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Published at each start. ``title`` is the speech's."""

    bot: Bot
    title: str
    admins: Collection[int]
    group: int | None

    async def publish(self) -> None:
        """Set everything; what Telegram refuses is logged, and the bot serves all the same."""
        for code, language in _MENUS.items():
            say = translator(language)
            commands = [BotCommand(name, say(text)) for name, text in members_texts.COMMANDS.items()]
            await self._try("commands", self.bot.set_my_commands(commands, language_code=code))
            description = say(members_texts.BOT_DESCRIPTION).format(title=self.title)
            await self._try("description", self.bot.set_my_description(description, language_code=code))
            short = say(members_texts.BOT_SHORT_DESCRIPTION).format(title=self.title)
            await self._try("short description", self.bot.set_my_short_description(short, language_code=code))
        known = admins_texts.ADMIN_COMMANDS | members_texts.COMMANDS
        commands = [BotCommand(name, text) for name, text in known.items()]
        for chat in (*self.admins, *([self.group] if self.group else [])):
            await self._try("the admins' commands", self.bot.set_my_commands(commands, BotCommandScopeChat(chat)))

    @staticmethod
    async def _try(what: str, call: Awaitable[bool]) -> None:
        try:
            await call
        except TelegramError as error:
            # An admin who never pressed start has no chat yet.
            _LOG.info("The bot's profile (%s) could not be set: %s", what, error)
