"""Which handler an update is for: whether it is a command, a button or a message is told apart here, once."""

from collections.abc import Iterator
from contextlib import contextmanager

from telegram.error import TelegramError

from bot.errors import DeliveryError
from bot.inbox.updates import Message, Update
from bot.store.records import NOTHING, Records
from bot.telegram.addressing import Addressing
from bot.telegram.admins import AdminHandlers
from bot.telegram.inline import InlineHandlers
from bot.telegram.members import MemberHandlers


class Router:
    """The one entry for whatever comes in. What is no admin's business is a member's."""

    def __init__(
        self, addressing: Addressing, members: MemberHandlers, inline: InlineHandlers, admins: AdminHandlers
    ) -> None:
        self._addressing = addressing
        self._members = members
        self._admins = admins
        self._inline = inline

    async def handle(self, update: Update, age_s: float) -> Records:
        """Answer an update that came in so many seconds ago; what is to be kept of it once it is answered.

        Raises:
            DeliveryError: a reply was not accepted, however often it was sent.
        """
        with _delivery_errors():
            if message := update.message or update.edited_message:
                return await self._on_message(message, update)
            if query := update.callback_query:
                records = await self._admins.on_button(query, age_s)
                return await self._members.on_button(query, update.update_id, age_s) if records is None else records
            if update.inline_query:
                await self._inline.on_query(update.inline_query, update.update_id)
            return NOTHING

    async def failed(self, update: Update) -> None:
        """Say that an update could not be answered. Raises as ``handle`` does."""
        with _delivery_errors():
            await self._members.failed(update)

    async def _on_message(self, message: Message, update: Update) -> Records:
        edited, said = update.message is None, self._addressing.utterance(message)
        records = await self._admins.on_message(message, said, edited=edited)
        if records is None:
            return await self._members.on_message(message, said, update.update_id, edited=edited)
        return records


@contextmanager
def _delivery_errors() -> Iterator[None]:
    """Telegram's errors end here: the inbox knows only that a reply was not delivered."""
    try:
        yield
    except TelegramError as error:
        raise DeliveryError(f"Telegram did not accept the reply: {type(error).__name__}") from error
