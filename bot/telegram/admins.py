"""Admins on Telegram: what they do goes to their conversation, and its reply goes back."""

import asyncio
from collections.abc import Collection

from cachetools import LRUCache

from bot.conversation.admins import COMMANDS, AdminConversation
from bot.conversation.callbacks import is_admins, unpack
from bot.conversation.forms import Admin, AdminTurn, Form, stored
from bot.conversation.reply import Reply
from bot.inbox.updates import CallbackQuery, Chat, Message
from bot.store.records import NOTHING, Records
from bot.store.usage import UsageLog
from bot.telegram.addressing import Utterance
from bot.telegram.messages import Messages
from bot.texts import admins as admins_texts

_REMEMBERED = 10_000


class AdminHandlers:
    """What admins do, by user id, in their private chat and in one group; everything else is left to others."""

    def __init__(
        self,
        messages: Messages,
        conversation: AdminConversation,
        usage: UsageLog,
        admins: Collection[int],
        group: int | None,
    ) -> None:
        self._messages = messages
        self._conversation = conversation
        self._usage = usage
        self._admins = frozenset(admins)
        self._group = group
        self._taken: LRUCache[tuple[int, int], None] = LRUCache(_REMEMBERED)
        """Messages that were answered here, by chat and message."""

    async def on_message(self, message: Message, said: Utterance, *, edited: bool) -> Records | None:
        """Answer a message that is meant for an admin's conversation; None for any other.

        What is to be kept of it is returned.
        """
        admin = self._admin(message.author.id if message.author else 0, message.chat)
        if admin is None or not message.text:
            return None
        key = (message.chat.id, message.message_id)
        if edited:
            if key not in self._taken:
                return None
            # What was taken already stays as it was; it was no member's question.
            await self._messages.send(message.place, Reply(admins_texts.EDITED_TOO_LATE), message.message_id)
            return NOTHING
        if not _is_meant(message, said):
            return None
        async with self._messages.typing(message.place):
            form = await asyncio.to_thread(self._form, admin)
            turn = await asyncio.to_thread(self._turn, said, admin, form)
            if turn is None or turn.reply is None:
                return None
            self._taken[key] = None
            await self._messages.send(message.place, turn.reply, message.message_id)
        return _records(turn, form, admin)

    async def on_button(self, query: CallbackQuery, age_s: float) -> Records | None:
        """Answer a pressed button of an admin's message; None for any other.

        Under an admin's message nobody else's press does anything. What is to be kept of it is returned.
        """
        if not is_admins(query.data):
            return None
        message = query.message
        admin = self._admin(query.sender.id, message.chat) if message else None
        if admin is None or message is None:
            await self._messages.acknowledge(query, age_s)
            return NOTHING
        async with self._messages.typing(message.place):
            form = await asyncio.to_thread(self._form, admin)
            turn = await asyncio.to_thread(self._conversation.press, unpack(query.data), admin, form)
            await self._messages.acknowledge(query, age_s, turn.notice)
            if turn.reply:
                quoted = message.reply_to_message.message_id if message.reply_to_message else None
                await self._messages.edit(message.place, message.message_id, turn.reply, quoted)
        return _records(turn, form, admin)

    def _turn(self, said: Utterance, admin: Admin, form: Form | None) -> AdminTurn | None:
        if said.command:
            return self._conversation.command(said.command, admin, form)
        return self._conversation.text(said.text, admin, form) if form else None

    def _form(self, admin: Admin) -> Form | None:
        """What an admin is writing."""
        content = self._usage.form(admin.id, admin.chat)
        return Form.model_validate_json(content) if content else None

    def _admin(self, user: int, chat: Chat) -> Admin | None:
        if user not in self._admins or chat.id not in {user, self._group}:
            return None
        return Admin(user, chat.id)


def _is_meant(message: Message, said: Utterance) -> bool:
    """Whether a message may be an admin's: a command of theirs, or a text, which in a group must reply to the bot."""
    if said.command:
        return said.command.name in COMMANDS and not said.is_foreign
    return message.chat.private or said.replies


def _records(turn: AdminTurn, form: Form | None, admin: Admin) -> Records:
    """The form as it is now, if the turn has changed it."""
    return NOTHING if turn.form == form else Records(forms=(stored(turn.form, admin),))
