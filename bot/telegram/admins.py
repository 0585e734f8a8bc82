"""Admins on Telegram: their commands, and what they are told without asking."""

import asyncio
import logging
from collections.abc import Collection

from telegram import Bot

from bot.conversation.admins import COMMANDS, AdminDialogue
from bot.conversation.cards import PREFIX
from bot.conversation.forms import Admin
from bot.conversation.members import Command
from bot.conversation.replies import Reply
from bot.errors import StoppingError
from bot.inbox.updates import CallbackQuery, Chat, Message
from bot.store.records import NOTHING, Records
from bot.telegram.messages import Messages, remember
from bot.texts import admins as admins_texts

_LOG = logging.getLogger(__name__)


class AdminHandlers:
    """What admins do, by user id, in their private chat and in one group; of all else it wants to know nothing."""

    def __init__(
        self, bot: Bot, messages: Messages, dialogue: AdminDialogue, admins: Collection[int], group: int | None
    ) -> None:
        self._bot = bot
        self._messages = messages
        self._dialogue = dialogue
        self._admins = frozenset(admins)
        self._group = group
        self._taken: dict[tuple[int, int], None] = {}
        """Messages that were for here, by chat and message."""

    async def on_message(self, message: Message, *, edited: bool) -> Records | None:
        """What is to be kept of a message that was for here, once it is answered; None of any other.

        Raises: as ``UpdateHandlers.handle``.
        """
        admin = self._admin(message.author.id if message.author else 0, message.chat)
        if admin is None or not message.text:
            return None
        if edited:
            return await self._on_edited(message)
        if not self._is_meant(message):
            return None
        async with self._messages.typing(message):
            turn = await asyncio.to_thread(self._dialogue.say, message.text, admin)
            if turn is None or turn.reply is None:
                return None
            remember(self._taken, (message.chat.id, message.message_id), None)
            await self._messages.send(message, turn.reply, message.message_id)
        return turn.records

    async def _on_edited(self, message: Message) -> Records | None:
        """What was taken already stays as it was, and that is said; it was no member's question."""
        if (message.chat.id, message.message_id) not in self._taken:
            return None
        await self._messages.send(message, Reply(admins_texts.EDITED_TOO_LATE), message.message_id)
        return NOTHING

    async def on_button(self, query: CallbackQuery, age_s: float) -> Records | None:
        """The same for a pressed button. Under an admin's card nobody else's press does anything."""
        if query.data.partition(":")[0] != PREFIX:
            return None
        message = query.message
        admin = self._admin(query.sender.id, message.chat) if message else None
        if admin is None or message is None:
            await self._messages.acknowledge(query, age_s)
            return NOTHING
        async with self._messages.typing(message):
            turn = await asyncio.to_thread(self._dialogue.press, query.data, admin)
            await self._messages.acknowledge(query, age_s, turn.notice)
            if turn.reply:
                asked = message.reply_to_message
                await self._messages.edit(message, message.message_id, turn.reply, asked.message_id if asked else None)
        return turn.records

    def _admin(self, user: int, chat: Chat) -> Admin | None:
        if user not in self._admins or chat.id not in {user, self._group}:
            return None
        return Admin(user, chat.id)

    def _is_meant(self, message: Message) -> bool:
        """In a group what is no command is meant only as a reply to the bot."""
        command = Command.of(message.words)
        if command:
            return command.name in COMMANDS and command.bot.lower() in {"", self._bot.username.lower()}
        quoted = message.reply_to_message
        return message.chat.private or bool(quoted and quoted.sender and quoted.sender.id == self._bot.id)


class AdminNotifier:
    """Brings texts to the admins: to their group if there is one, else to each."""

    def __init__(self, messages: Messages, admins: Collection[int], group: int | None) -> None:
        self._messages = messages
        self._chats = [group] if group else list(admins)
        self._waiting: asyncio.Queue[Reply] = asyncio.Queue()

    def tell(self, reply: Reply) -> None:
        """Send it, as soon as that can be done; nobody waits for it."""
        self._waiting.put_nowait(reply)

    async def run(self) -> None:
        """Send what is to be told, until it is cancelled."""
        while True:
            await self.send(await self._waiting.get())

    async def send(self, reply: Reply) -> None:
        """Send it; it returns when that was tried."""
        await asyncio.gather(*(self._send(chat, reply) for chat in self._chats))

    async def _send(self, chat: int, reply: Reply) -> None:
        """One who never pressed start, or blocked the bot, misses it and does no harm."""
        here = Chat(id=chat, type="private" if chat > 0 else "supergroup")
        try:
            await self._messages.send(Message(message_id=0, date=0, chat=here), reply, None)
        except StoppingError:
            raise
        except Exception as error:  # noqa: BLE001 - a notice is not worth more than the bot
            _LOG.warning("An admin could not be told: %s", error)
