"""What goes out into chats: messages sent, edited and split, presses acknowledged."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.constants import ChatAction, MessageLimit
from telegram.error import BadRequest, Forbidden

from bot.conversation.reply import Reply
from bot.errors import StoppingError
from bot.inbox.updates import CallbackQuery, Place
from bot.telegram.sending import attempt

_LOG = logging.getLogger(__name__)
_PRESS_LIVES_S = 150.0
"""Telegram forgets a pressed button after this; only its acknowledgement is impossible then."""
_TYPING_AFTER_S = 0.7
_NOTICE_LIMIT = 200
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class Messages:
    """The bot's own messages. TelegramError passes when one was not accepted, however often it was sent."""

    bot: Bot

    async def acknowledge(self, query: CallbackQuery, age_s: float, notice: str = "") -> None:
        """Tell Telegram that a press was seen, with a line that passes by; of one pressed long ago it knows no more."""
        if age_s < _PRESS_LIVES_S:
            call = self.bot.answer_callback_query(query.id, notice[:_NOTICE_LIMIT] or None)
            await attempt(call, "A button's press could not be acknowledged")

    async def edit(self, place: Place, target: int, reply: Reply, quoted: int | None) -> int | None:
        """Put a reply in the place of an earlier message, or send it where that can't be done. The message's id."""
        first, *rest = split(reply.text)
        if rest:
            return await self.send(place, reply, quoted)
        try:
            await self.bot.edit_message_text(
                first, place.chat, target, reply_markup=_keyboard(reply), link_preview_options=NO_PREVIEW
            )
        except (BadRequest, Forbidden) as error:
            if "not modified" in str(error).lower():
                return target
            _LOG.info("A message could not be edited, so another one is sent: %s", error)
            return await self.send(place, reply, quoted)
        return target

    async def send(self, place: Place, reply: Reply, quoted: int | None, *, quotes: bool = False) -> int | None:
        """Send a reply; its id, or that of its last part. None if it is refused for good.

        A reply with buttons quotes the question, the message ``quoted``, so that a pressed button finds it there; in
        groups every reply does, and with ``quotes`` this one.
        """
        parameters = None
        if quoted and (quotes or reply.rows or not place.private):
            parameters = ReplyParameters(quoted, allow_sending_without_reply=True)
        parts = split(reply.text)
        for number, part in enumerate(parts, start=1):
            try:
                sent = await self.bot.send_message(
                    place.chat,
                    part,
                    reply_markup=_keyboard(reply) if number == len(parts) else None,
                    reply_parameters=parameters,
                    link_preview_options=NO_PREVIEW,
                    message_thread_id=place.thread,
                )
            except (BadRequest, Forbidden) as error:
                _LOG.warning("A reply is refused for good: %s", error)
                return None
        return sent.message_id

    @asynccontextmanager
    async def typing(self, place: Place) -> AsyncIterator[None]:
        """Show that the bot is typing, if its reply takes a while."""

        async def show() -> None:
            await asyncio.sleep(_TYPING_AFTER_S)
            call = self.bot.send_chat_action(place.chat, ChatAction.TYPING, message_thread_id=place.thread)
            with suppress(StoppingError):
                await attempt(call, "Typing could not be shown")

        showing = asyncio.create_task(show())
        try:
            yield
        finally:
            showing.cancel()


def split(text: str, limit: int = MessageLimit.MAX_TEXT_LENGTH) -> list[str]:
    """A text in parts of at most ``limit`` UTF-16 units, cut where paragraphs end, else lines, else anywhere."""
    parts = []
    while _units(text) > limit:
        end = limit
        while _units(text[:end]) > limit:
            end -= 1
        cut = max(text.rfind("\n\n", 0, end), 0) or max(text.rfind("\n", 0, end), 0) or end
        parts.append(text[:cut])
        text = text[cut:].lstrip("\n")
    return [*parts, text] if text or not parts else parts


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    rows = [
        [InlineKeyboardButton(button.label, callback_data=button.callback.pack()) for button in row]
        for row in reply.rows
    ]
    return InlineKeyboardMarkup(rows) if rows else None
