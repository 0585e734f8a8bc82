"""Members on Telegram: what they send goes to the dialogue, and what it replies goes back."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters, Update
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter
from telegram.ext import Application, ApplicationBuilder, CallbackQueryHandler, ContextTypes, MessageHandler, filters

from bot.dialogue import Dialogue
from bot.replies import Reply

# PTB's class has six type parameters, none of which matters here.
TelegramApplication = Application[Any, Any, Any, Any, Any, Any]

_LOG = logging.getLogger(__name__)
_TRIES = 5
_PAUSE_S = 1.0


class MemberHandlers:
    """The handlers of members' updates, as bound methods of what holds their service."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue

    async def on_text(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """A message or an edited one, with text or with a caption."""
        message = update.effective_message
        text = (message.text or message.caption or "") if message else ""
        if message is not None and not _for_another_bot(text, message.get_bot().username):
            await _send(message, await _threaded(lambda: self._dialogue.say(text)))

    async def on_other(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """A sticker, a photo without words, a voice message and the like."""
        if update.effective_message is not None:
            await _send(update.effective_message, self._dialogue.not_text())

    async def on_button(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """A pressed button. The question it belongs to is the message that ours replied to: nothing is stored."""
        query = update.callback_query
        if query is None:
            return
        message = query.message if isinstance(query.message, Message) else None
        asked = message.reply_to_message if message else None
        question = (asked.text or asked.caption or "") if asked else ""
        reply = await _threaded(lambda: self._dialogue.press(query.data or "", question))
        try:
            await query.answer()
        except BadRequest as error:
            # Telegram forgets a press after a while; the member still gets the answer below.
            _LOG.info("A button's press could not be acknowledged: %s", error)
        if message is not None:
            await _send(message, reply)

    async def on_error(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A handler failed: it is logged, and the member is told to try again."""
        _LOG.error("An update could not be handled.", exc_info=context.error)
        if isinstance(update, Update) and update.effective_message is not None:
            await _send(update.effective_message, self._dialogue.failed())


def build_application(token: str, api_url: str, dialogue: Dialogue) -> TelegramApplication:
    """The Telegram application with all handlers. It fetches no updates itself."""
    application = ApplicationBuilder().token(token).base_url(f"{api_url}/bot").updater(None).build()
    members = MemberHandlers(dialogue)
    own = filters.UpdateType.MESSAGE | filters.UpdateType.EDITED_MESSAGE
    application.add_handler(MessageHandler(own & (filters.TEXT | filters.CAPTION), members.on_text))
    application.add_handler(MessageHandler(filters.UpdateType.MESSAGE & ~filters.StatusUpdate.ALL, members.on_other))
    application.add_handler(CallbackQueryHandler(members.on_button))
    application.add_error_handler(members.on_error)
    return application


def _for_another_bot(text: str, username: str) -> bool:
    """Whether it is a command that names another bot: in a group all bots see it."""
    name = text.split(maxsplit=1)[0].partition("@")[2] if text.startswith("/") else ""
    return bool(name) and name.lower() != username.lower()


async def _threaded(work: Callable[[], Reply]) -> Reply:
    """Matching and the database block; the connection to Telegram lives on meanwhile."""
    return await asyncio.to_thread(work)


async def _send(message: Message, reply: Reply) -> None:
    """Send a reply; try again, a bounded number of times, where Telegram may not have taken it.

    Raises:
        TelegramError: it was not taken.
    """
    for attempt in range(1, _TRIES + 1):
        try:
            await _send_once(message, reply)
        except (BadRequest, Forbidden) as error:
            _LOG.warning("A reply is refused for good: %s", error)
            return
        except (RetryAfter, NetworkError) as error:
            if attempt == _TRIES:
                raise
            await asyncio.sleep(seconds_to_wait(error) if isinstance(error, RetryAfter) else _PAUSE_S)
        else:
            return


def seconds_to_wait(error: RetryAfter) -> float:
    """How long Telegram wants to be left alone."""
    wait = error.retry_after
    return float(wait if isinstance(wait, int) else wait.total_seconds())


async def _send_once(message: Message, reply: Reply) -> None:
    """With buttons a reply quotes the question, which a pressed button finds again there."""
    buttons = [[InlineKeyboardButton(button.label, callback_data=button.action)] for button in reply.buttons]
    private = message.chat.type == message.chat.PRIVATE
    await message.chat.send_message(
        reply.text,
        reply_markup=InlineKeyboardMarkup(buttons) if buttons else None,
        reply_parameters=(
            None if private and not buttons else ReplyParameters(message.message_id, allow_sending_without_reply=True)
        ),
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        message_thread_id=message.message_thread_id if message.is_topic_message else None,
    )
