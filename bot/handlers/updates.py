"""Which handler an update is for."""

from bot.handlers.admins import AdminHandlers
from bot.handlers.inline import InlineHandlers
from bot.handlers.members import MemberHandlers
from bot.intake.updates import Update
from bot.store.interface import NOTHING, Records


class UpdateHandlers:
    """The one entry for whatever comes in."""

    def __init__(self, members: MemberHandlers, inline: InlineHandlers, admins: AdminHandlers) -> None:
        self._members = members
        self._admins = admins
        self._inline = inline

    async def handle(self, update: Update, age_s: float) -> Records:
        """Answer an update that came in so many seconds ago; what is to be kept of it once it is answered.

        Raises:
            TelegramError: a reply was not accepted, however often it was sent.
        """
        if update.message and await self._admins.on_message(update.message):
            return NOTHING
        if update.callback_query and await self._admins.on_button(update.callback_query, age_s):
            return NOTHING
        if message := update.message or update.edited_message:
            return await self._members.on_message(message, edited=update.message is None)
        if update.callback_query:
            return await self._members.on_button(update.callback_query, age_s)
        if update.inline_query:
            await self._inline.on_query(update.inline_query)
        return NOTHING

    async def failed(self, update: Update) -> None:
        """Say that it could not be answered."""
        await self._members.failed(update)
