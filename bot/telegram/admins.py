"""Admins on Telegram: what they do goes to their conversation, and its reply goes back."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from bot.conversation.admins import COMMANDS, AdminConversation
from bot.conversation.callbacks import is_admins, unpack
from bot.conversation.forms import Admin, AdminTurn, Form, restored, stored
from bot.conversation.reply import Reply
from bot.inbox.encryption import Encryption
from bot.inbox.updates import CallbackQuery, Chat, Message
from bot.store.records import NOTHING, Records
from bot.store.usage import UsageLog
from bot.telegram.addressing import Utterance
from bot.telegram.messages import Messages
from bot.telegram.migrated_groups import MigratedGroups
from bot.texts import admins as admins_texts


@dataclass(eq=False)
class AdminHandlers:
    """What admins do, by user id, in their private chat and in one group; everything else is left to others."""

    messages: Messages
    conversation: AdminConversation
    usage: UsageLog
    encryption: Encryption
    admins: Collection[int]
    group: int | None
    groups: MigratedGroups = field(default_factory=MigratedGroups)

    async def on_message(self, message: Message, said: Utterance, *, edited: bool) -> Records | None:
        """Answer a message to an admin's conversation, and return what is to be kept; None for any other message."""
        if message.migrate_from_chat_id:
            await asyncio.to_thread(self.groups.add, message.migrate_from_chat_id, message.chat.id)
        admin = self._admin(message.author.id if message.author else 0, message.chat)
        if admin is None or not message.words or not _is_meant(message, said):
            return None
        quoted = message.reply_to_message
        is_to_admins = quoted is not None and any(is_admins(data) for data in quoted.buttons)
        if edited:
            kept = await asyncio.to_thread(self.usage.form, admin.id, admin.chat)
            form = restored(kept, self.encryption)
            # It may have been sent before a restart, or to another replica: whatever an open form may have taken is no
            # member's question, nor is what one that has ended may have taken before it changed last.
            age_s = self.conversation.clock.timestamp() - message.date
            is_open = form is not None and form.is_open
            may_be_taken = is_open or (kept is not None and age_s >= kept.idle.total_seconds())
            if not (may_be_taken or is_to_admins or said.command):
                return None
            await self._reply(message, self.conversation.edited(admin, form))
            return NOTHING
        async with self.messages.typing(message.place):
            turn, records = await asyncio.to_thread(self._turn, admin, said)
            if turn.reply is None and is_to_admins:
                turn = AdminTurn(Reply(admins_texts.REPLY_TO_ENDED))
            if turn.reply is None:
                return None
            await self._reply(message, turn.reply)
        return records

    async def remind(self, message: Message, said: Utterance, records: Records) -> Records:
        """Say after a member's command of an admin that a form is open in that chat, if one is; what is to be kept."""
        admin = self._admin(message.author.id if message.author else 0, message.chat)
        if admin is None or said.command is None or not message.place.private:
            return records
        turn = self.conversation.reminded(admin, await asyncio.to_thread(self._form, admin))
        if turn.reply is None:
            return records
        await self.messages.send(message.place, turn.reply, None)
        return replace(records, forms=(stored(turn.form, admin, self.encryption),))

    async def _reply(self, message: Message, reply: Reply) -> None:
        """Reply to a message, quoting it in a group, and where others may be written before a button is pressed."""
        quotes = reply.rows or not message.place.private
        await self.messages.send(message.place, reply, message.message_id if quotes else None)

    async def on_button(self, query: CallbackQuery, age_s: float) -> Records | None:
        """Answer a press under an admin's message, where nobody else's does anything; None under any other message."""
        if not is_admins(query.data):
            return None
        message = query.message
        admin = self._admin(query.sender.id, message.chat) if message else None
        if admin is None or message is None:
            await self.messages.acknowledge(query, age_s)
            return NOTHING
        async with self.messages.typing(message.place):
            turn, records = await asyncio.to_thread(self._turn, admin, query)
            await self.messages.acknowledge(query, age_s, turn.notice)
            if turn.reply:
                quoted = message.reply_to_message.message_id if message.reply_to_message else None
                await self.messages.edit(message.place, message.message_id, turn.reply, quoted)
        return records

    def _turn(self, admin: Admin, action: Utterance | CallbackQuery) -> tuple[AdminTurn, Records]:
        """What comes of what an admin did while writing a form; and the form as it is now, if that has changed it."""
        form = self._form(admin)
        if isinstance(action, CallbackQuery):
            turn = self.conversation.press(unpack(action.data), admin, form)
        elif action.command:
            turn = self.conversation.command(action.command, admin, form)
        else:
            turn = self.conversation.text(action.text, admin, form)
        return turn, NOTHING if turn.form == form else Records(forms=(stored(turn.form, admin, self.encryption),))

    def _form(self, admin: Admin) -> Form | None:
        return restored(self.usage.form(admin.id, admin.chat), self.encryption)

    def _admin(self, user: int, chat: Chat) -> Admin | None:
        group = self.group and self.groups.current_id(self.group)
        return Admin(user, chat.id) if user in self.admins and chat.id in {user, group} else None


def _is_meant(message: Message, said: Utterance) -> bool:
    """Whether a message may be an admin's: a command of theirs, or a text, which in a group must reply to the bot."""
    if said.command:
        return said.command.name in COMMANDS and not said.is_foreign
    return message.place.private or said.replies
