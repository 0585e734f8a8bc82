"""Whom a message speaks to, told once for each message."""

import re
from dataclasses import dataclass

from telegram import Bot

from bot.conversation.commands import Command
from bot.inbox.updates import Message


@dataclass(frozen=True, slots=True)
class Utterance:
    """What a message says to the bot.

    ``text`` is its text or caption without the bot's name; ``command`` the command in it, if it is one. ``mentioned``:
    it names the bot, or its command does; ``replies``: it replies to a message of the bot; ``is_foreign``: it is meant
    for another bot, or came without anybody writing it here.
    """

    text: str
    command: Command | None
    mentioned: bool
    replies: bool
    is_foreign: bool


def utterance(message: Message, bot: Bot) -> Utterance:
    """What a message says to the bot, which must be initialized: its name is known from then on."""
    text = without_mention(message.words, bot)
    command = Command.parse(text)
    named = command.bot.lower() if command else ""
    quoted = message.reply_to_message
    # A channel's post, or an answer of ours that was brought here by inline mode.
    is_copy = message.is_automatic_forward or (message.via_bot and message.via_bot.id == bot.id)
    return Utterance(
        text,
        command,
        mentioned=text != message.words.strip() or bool(named),
        replies=bool(quoted and quoted.sender and quoted.sender.id == bot.id),
        is_foreign=bool(is_copy or (named and named != bot.username.lower())),
    )


def without_mention(text: str, bot: Bot) -> str:
    """A text without the bot's name."""
    # Not the end of "/ask@name"; and a Chinese character may follow at once.
    mention = rf"(?<![A-Za-z0-9_])@{re.escape(bot.username)}(?![A-Za-z0-9_])"
    return re.sub(mention, " ", text, flags=re.IGNORECASE).strip()
