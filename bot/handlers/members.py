"""Members on Telegram: what they send goes to the dialogue, and what it replies goes back."""

import asyncio
import logging
from collections.abc import Callable, Sequence

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.error import BadRequest, Forbidden

from bot.dialogue import Dialogue, Turn
from bot.handlers.floods import FloodGuard, MissQuota, Pace
from bot.intake.updates import CallbackQuery, Message, Update
from bot.metrics import Metrics
from bot.replies import Reply
from bot.store.interface import Miss

_LOG = logging.getLogger(__name__)
_PRESS_LIVES_S = 150.0
"""Telegram forgets a pressed button after this; only its acknowledgement is impossible then."""


class MemberHandlers:
    """The replies to members. ``has_room`` tells whether the log of missed questions takes a miss."""

    def __init__(
        self,
        bot: Bot,
        dialogue: Dialogue,
        guard: FloodGuard,
        quota: MissQuota,
        has_room: Callable[[Miss], bool],
        metrics: Metrics,
    ) -> None:
        self._bot = bot
        self._dialogue = dialogue
        self._guard = guard
        self._quota = quota
        self._has_room = has_room
        self._metrics = metrics

    async def handle(self, update: Update, age_s: float) -> Sequence[Miss]:
        """Answer an update. What was missed in it, to be kept once it is answered.

        Raises:
            TelegramError: a reply was not accepted, however often it was sent.
        """
        if message := update.message or update.edited_message:
            return await self._on_message(message, edited=update.message is None)
        if update.callback_query:
            return await self._on_button(update.callback_query, age_s)
        return ()

    async def failed(self, update: Update) -> None:
        """Say that it could not be answered."""
        pressed_in = update.callback_query.message if update.callback_query else None
        if message := update.message or update.edited_message or pressed_in:
            await self._send(message, self._dialogue.failed())

    async def _on_message(self, message: Message, *, edited: bool) -> Sequence[Miss]:
        has_words = message.text is not None or message.caption is not None
        if not has_words and (edited or not message.media):
            return ()
        if _for_another_bot(message.words, self._bot.username):
            return ()
        member = message.sender.id if message.sender else message.chat.id
        match self._guard.judge(member, message.edit_date or message.date):
            case Pace.SILENT:
                self._metrics.silenced.inc()
                return ()
            case Pace.NOTICE:
                self._metrics.silenced.inc()
                await self._send(message, self._dialogue.flooded())
                return ()
            case Pace.FINE:
                pass
        if not has_words:
            await self._send(message, self._dialogue.not_text())
            return ()
        turn = await self._turn(lambda: self._dialogue.say(message.words, self._keeps(member)))
        await self._send(message, turn.reply)
        return _misses(turn)

    async def _on_button(self, query: CallbackQuery, age_s: float) -> Sequence[Miss]:
        """A pressed button. The question it belongs to is the message that ours replied to: nothing is stored."""
        message = query.message
        asked = message.reply_to_message if message else None
        question = (asked.text or asked.caption or "") if asked else ""
        turn = await self._turn(lambda: self._dialogue.press(query.data, question, self._keeps(query.sender.id)))
        if age_s < _PRESS_LIVES_S:
            try:
                await self._bot.answer_callback_query(query.id)
            except BadRequest as error:
                _LOG.info("A button's press could not be acknowledged: %s", error)
        if message is not None:
            await self._send(message, turn.reply)
        return _misses(turn)

    def _keeps(self, member: int) -> Callable[[Miss], bool]:
        """Whether a miss of this member may be kept."""

        def keeps(miss: Miss) -> bool:
            kept = self._has_room(miss) and self._quota.admits(member)
            if not kept:
                self._metrics.misses_refused.inc()
            return kept

        return keeps

    @staticmethod
    async def _turn(work: Callable[[], Turn]) -> Turn:
        """Matching and the database block; the connection to Telegram lives on meanwhile."""
        return await asyncio.to_thread(work)

    async def _send(self, message: Message, reply: Reply) -> None:
        """Reply to a message. With buttons a reply quotes the question, which a pressed button finds again there."""
        buttons = [[InlineKeyboardButton(button.label, callback_data=button.action)] for button in reply.buttons]
        quotes = bool(buttons) or not message.chat.private
        try:
            await self._bot.send_message(
                message.chat.id,
                reply.text,
                reply_markup=InlineKeyboardMarkup(buttons) if buttons else None,
                reply_parameters=ReplyParameters(message.message_id, allow_sending_without_reply=True)
                if quotes
                else None,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                message_thread_id=message.thread,
            )
        except (BadRequest, Forbidden) as error:
            _LOG.warning("A reply is refused for good: %s", error)


def _misses(turn: Turn) -> Sequence[Miss]:
    return (turn.miss,) if turn.miss else ()


def _for_another_bot(text: str, username: str) -> bool:
    """Whether it is a command that names another bot: in a group all bots see it."""
    name = text.split(maxsplit=1)[0].partition("@")[2] if text.startswith("/") else ""
    return bool(name) and name.lower() != username.lower()
