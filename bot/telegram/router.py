"""Which handler an update is for: whether it is a command, a button or a message is told apart here, once."""

from collections.abc import Callable
from dataclasses import dataclass

from telegram import Bot
from telegram.error import TelegramError

from bot.errors import DeliveryError
from bot.inbox.updates import Update
from bot.store.records import NOTHING, Records
from bot.telegram.addressing import utterance
from bot.telegram.admins import AdminHandlers
from bot.telegram.client import outcome
from bot.telegram.members import MemberHandlers


@dataclass(frozen=True, slots=True)
class Router:
    """The one entry for whatever comes in. What is no admin's business is a member's."""

    bot: Bot
    members: MemberHandlers
    admins: AdminHandlers

    async def handle(self, update: Update, age_s: float, is_followed: Callable[[], bool]) -> Records:
        """Answer an update, as ``bot.inbox.worker.Handler`` has it."""
        try:
            if message := update.message or update.edited_message:
                edited, said = update.message is None, utterance(message, self.bot)
                records = await self.admins.on_message(message, said, edited=edited)
                if records is None:
                    records = await self.members.on_message(
                        message, said, update.update_id, edited=edited, is_followed=is_followed
                    )
                    records = await self.admins.remind(message, said, records)
                return records
            if query := update.callback_query:
                records = await self.admins.on_button(query, age_s)
                return await self.members.on_button(query, update.update_id, age_s) if records is None else records
            if update.inline_query:
                await self.members.on_inline_query(update.inline_query, update.update_id)
            if update.my_chat_member and update.my_chat_member.joined:
                await self.members.on_joined(update.my_chat_member, update.update_id)
        except TelegramError as error:
            # Telegram's errors end here: the inbox knows only that a reply was not delivered.
            raise DeliveryError(f"the reply {outcome(error)} ({type(error).__name__})") from error
        return NOTHING

    async def failed(self, update: Update) -> None:
        """Say that an update could not be answered. Raises TelegramError if that could not be said either."""
        await self.members.failed(update)
