"""What goes out into chats: messages sent, edited and split, presses acknowledged."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from markupsafe import escape
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.constants import ChatAction, MessageLimit, ParseMode
from telegram.error import BadRequest, EndPointNotFound, Forbidden

from bot.conversation.reply import Reply, plain_text
from bot.errors import StoppingError
from bot.inbox.updates import CallbackQuery, Place
from bot.telegram.sending import attempt

_LOG = logging.getLogger(__name__)
_PRESS_LIVES_S = 150.0
"""Telegram forgets a pressed button after this; only its acknowledgement is impossible then."""
_TYPING_AFTER_S = 0.7
_NOTICE_LIMIT = 200
_NOTICE_S = 5.0
_REFUSED_HTML = "can't parse entities"
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

_REFUSED_CHATS = (
    "chat not found",
    "user not found",
    "rights to send",
    "administrator rights",
    "_forbidden",
    "chat_restricted",
    "channel_private",
    "peer_id_invalid",
    "deactivated",
    "blocked",
    "banned",
    "topic_closed",
)
"""What Telegram says when the chat takes no message, however bare."""


class _Decoration(NamedTuple):
    """A part of a message that it can do without. ``words``: by which Telegram names it when it refuses it."""

    name: str
    words: Sequence[str]


_DECORATIONS = {
    "link_preview_options": _Decoration("link preview", ("preview",)),
    "reply_parameters": _Decoration("quotation", ("reply message", "replied", "reply_parameters", "reply_to")),
    "parse_mode": _Decoration("HTML", ("parse", "entit")),
    "reply_markup": _Decoration("buttons", ("markup", "button", "keyboard")),
    "message_thread_id": _Decoration("topic", ("thread", "topic")),
}
"""By parameter, what matters least first."""

_Result = TypeVar("_Result")
FormattedCall = Callable[[Callable[[str], str], ParseMode | None], Awaitable[_Result]]
"""A call that sends texts: it is given what finishes a plain text or HTML, and the parse mode that this is for."""


@dataclass(frozen=True, slots=True)
class Messages:
    """The bot's own messages. TelegramError passes when one is given up."""

    bot: Bot

    async def acknowledge(self, query: CallbackQuery, age_s: float, notice: str = "") -> None:
        """Tell Telegram that a press was seen, with a line that passes by; of one pressed long ago it knows no more."""
        if age_s < _PRESS_LIVES_S:
            # The reply waits for it.
            call = self.bot.answer_callback_query(query.id, notice[:_NOTICE_LIMIT] or None, read_timeout=_NOTICE_S)
            await attempt(call, "A button's press could not be acknowledged")

    async def edit(self, place: Place, target: int, reply: Reply, quoted: int | None) -> int | None:
        """Put a reply in the place of an earlier message, or send it where that can't be done. The message's id."""
        if len(split(plain_text(reply.text))) > 1:
            return await self.send(place, reply, quoted)
        try:
            await formatted(
                lambda finish, parse_mode: self.bot.edit_message_text(
                    finish(reply.text),
                    place.chat,
                    target,
                    parse_mode=parse_mode,
                    reply_markup=_keyboard(reply),
                    link_preview_options=NO_PREVIEW,
                )
            )
        except (BadRequest, EndPointNotFound, Forbidden) as error:
            if "not modified" in str(error).lower():
                return target
            _LOG.info("A message could not be edited, so another one is sent: %s", error)
            return await self.send(place, reply, quoted)
        return target

    async def send(self, place: Place, reply: Reply, quoted: int | None) -> int | None:
        """Send a reply, as an answer to the message ``quoted`` if there is one. None if the chat takes no messages.

        What is too long for one message goes out in parts, which are plain text. The id is that of the last part.
        """
        parts = split(plain_text(reply.text))
        texts = [reply.text] if len(parts) == 1 else parts
        for number, text in enumerate(texts, start=1):
            keyboard = _keyboard(reply) if number == len(texts) else None
            try:
                sent = await self._send_text(place, text, keyboard, quoted)
            except (BadRequest, Forbidden) as error:
                if isinstance(error, BadRequest) and not _is_of_chat(error):
                    raise
                _LOG.warning("A chat takes no messages: %s", error)
                return None
        return sent

    async def _send_text(
        self, place: Place, text: str, keyboard: InlineKeyboardMarkup | None, quoted: int | None
    ) -> int:
        """Send one message, without what Telegram refuses of it besides its text. The message's id."""
        possible: dict[str, Any] = {
            "link_preview_options": NO_PREVIEW,
            "reply_parameters": ReplyParameters(quoted, allow_sending_without_reply=True) if quoted else None,
            "parse_mode": ParseMode.HTML,
            "reply_markup": keyboard,
            "message_thread_id": place.thread,
        }
        decorations = {name: value for name, value in possible.items() if value is not None}
        while True:
            finished = str(escape(text)) if "parse_mode" in decorations else plain_text(text)
            try:
                return (await self.bot.send_message(place.chat, finished, **decorations)).message_id
            except BadRequest as error:
                refused = _refused_decoration(error, decorations)
                if refused is None:
                    raise
                _LOG.warning("A message is sent again without its %s: %s", _DECORATIONS[refused].name, error)
                del decorations[refused]

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


def _refused_decoration(refusal: BadRequest, decorations: Collection[str]) -> str | None:
    """What to leave out of a message that was refused: what the refusal names, or else what matters least.

    None if nothing helps. ``decorations``: the parameters that the message has besides its text.
    """
    reason = str(refusal).lower()
    present = {name: decoration for name, decoration in _DECORATIONS.items() if name in decorations}
    for name, decoration in present.items():
        if any(words in reason for words in decoration.words):
            return name
    return None if _is_of_chat(refusal) else next(iter(present), None)


def _is_of_chat(refusal: BadRequest) -> bool:
    """Whether the chat takes no message at all."""
    reason = str(refusal).lower()
    return any(words in reason for words in _REFUSED_CHATS)


async def formatted(call: FormattedCall[_Result]) -> _Result:
    """Make a call that shows texts as HTML, and once more with plain texts if Telegram can't read the HTML."""
    try:
        return await call(lambda text: str(escape(text)), ParseMode.HTML)
    except BadRequest as error:
        if _REFUSED_HTML not in str(error).lower():
            raise
        _LOG.warning("Telegram can't read the HTML of a text, which goes out as plain text: %s", error)
        return await call(plain_text, None)


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
    if reply.link:
        rows.append([InlineKeyboardButton(reply.link.label, url=reply.link.url)])
    return InlineKeyboardMarkup(rows) if rows else None
