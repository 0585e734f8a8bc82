"""How the bot shows itself: its name, its menus of commands and its descriptions."""

import asyncio
import logging
from collections.abc import Collection, Mapping

from telegram import Bot, BotCommand, BotCommandScopeChat

from bot.telegram.sending import attempt
from bot.texts import admins as admins_texts
from bot.texts import members as members_texts
from bot.texts.languages import Language, translator

_LOG = logging.getLogger(__name__)
_FAILURE = "The bot's profile (%s) could not be set"
_MENUS: Mapping[str | None, Language] = {None: Language.ENGLISH, "zh": Language.SIMPLIFIED}
"""Telegram's menus know two-letter languages alone; without one, all that have no menu of their own."""


async def publish_profile(bot: Bot, title: str, admins: Collection[int], group: int | None) -> None:
    """Set everything, no part of it waiting for another one, since Telegram may want hours between two changes.

    It returns when all is set or given up; what is given up is logged, and the bot serves all the same. ``title`` is
    the speech's.
    """
    parts = []
    for code, language in _MENUS.items():
        say = translator(language)
        commands = [BotCommand(name, say(text)) for name, text in members_texts.COMMANDS.items()]
        parts.append(attempt(bot.set_my_commands(commands, language_code=code), _FAILURE % "commands"))
        description = say(members_texts.BOT_DESCRIPTION).format(title=title)
        parts.append(attempt(bot.set_my_description(description, language_code=code), _FAILURE % "description"))
        short = say(members_texts.BOT_SHORT_DESCRIPTION).format(title=title)
        parts.append(attempt(bot.set_my_short_description(short, language_code=code), _FAILURE % "short description"))
    known = admins_texts.ADMIN_COMMANDS | members_texts.COMMANDS
    commands = [BotCommand(name, text) for name, text in known.items()]
    for chat in (*admins, *([group] if group else [])):
        # An admin who never pressed start has no chat yet.
        menu = bot.set_my_commands(commands, BotCommandScopeChat(chat))
        parts.append(attempt(menu, _FAILURE % "the admins' commands"))
    await asyncio.gather(*parts)


async def follow_name(bot: Bot) -> None:
    """Take over the name that the bot has on Telegram now, by which it is mentioned. Raises TelegramError."""
    before = bot.username
    await bot.get_me()
    if bot.username != before:
        _LOG.info("The bot is called @%s now, and no longer @%s.", bot.username, before)
