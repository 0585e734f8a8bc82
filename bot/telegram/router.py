"""Which handler an update is for."""

from bot.inbox.updates import Update
from bot.store.records import NOTHING, Records
from bot.telegram.admins import AdminHandlers
from bot.telegram.inline import InlineHandlers
from bot.telegram.members import MemberHandlers


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
        if message := update.message or update.edited_message:
            edited = update.message is None
            records = await self._admins.on_message(message, edited=edited)
            return await self._members.on_message(message, edited=edited) if records is None else records
        if update.callback_query:
            records = await self._admins.on_button(update.callback_query, age_s)
            return await self._members.on_button(update.callback_query, age_s) if records is None else records
        if update.inline_query:
            await self._inline.on_query(update.inline_query)
        return NOTHING

    async def failed(self, update: Update) -> None:
        """Say that it could not be answered."""
        await self._members.failed(update)
