"""Members on Telegram: what they do goes to the dialogue, and what it replies goes back."""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.constants import ChatAction, MessageLimit
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.dialogue import Dialogue, Speaker, Turn
from bot.errors import StoppingError
from bot.handlers.floods import FloodGuard, MissQuota, Pace
from bot.intake.updates import CallbackQuery, Message, Update, User
from bot.languages import language_of
from bot.metrics import Metrics
from bot.replies import Reply
from bot.store.interface import NOTHING, Feedback, Miss, Records

_LOG = logging.getLogger(__name__)
_PRESS_LIVES_S = 150.0
"""Telegram forgets a pressed button after this; only its acknowledgement is impossible then."""
_TYPING_AFTER_S = 0.7
_REPLIES_REMEMBERED = 10_000
_NOTICE_LIMIT = 200
_PREVIEW = LinkPreviewOptions(is_disabled=True)


class MemberHandlers:
    """The replies to members. ``has_room`` tells whether the store takes a record."""

    def __init__(  # noqa: PLR0913 - a service an argument
        self,
        bot: Bot,
        dialogue: Dialogue,
        *,
        guard: FloodGuard,
        quota: MissQuota,
        has_room: Callable[[Miss | Feedback], bool],
        admins: Collection[int],
        metrics: Metrics,
    ) -> None:
        self._bot = bot
        self._admins = frozenset(admins)
        self._dialogue = dialogue
        self._guard = guard
        self._quota = quota
        self._has_room = has_room
        self._metrics = metrics
        self._replies: dict[tuple[int, int], int] = {}

    async def on_message(self, message: Message, *, edited: bool) -> Records:
        """A message, or an edited one, whose earlier reply is edited then."""
        has_words = message.text is not None or message.caption is not None
        if not has_words and (edited or not message.media):
            return NOTHING
        text, directness = self._understand(message)
        if directness is None:
            return NOTHING
        speaker = self._speaker(message.author, message.chat.id, expects=directness)
        match self._guard.judge(speaker.member, message.edit_date or message.date):
            case Pace.SILENT:
                self._metrics.silenced.inc()
                return NOTHING
            case Pace.NOTICE:
                self._metrics.silenced.inc()
                turn = self._dialogue.flooded(speaker)
            case Pace.FINE if not has_words:
                turn = self._dialogue.not_text(speaker) if directness else Turn(None)
            case Pace.FINE:
                async with self._typing(message):
                    turn = await asyncio.to_thread(self._dialogue.say, text, speaker)
                    await self._reply(message, turn, edited=edited)
                return turn.records
        await self._reply(message, turn, edited=edited)
        return turn.records

    async def on_button(self, query: CallbackQuery, age_s: float) -> Records:
        """A pressed button. The question it belongs to is the message that ours replied to: nothing is stored."""
        message = query.message
        speaker = self._speaker(query.sender, message.chat.id if message else query.sender.id)
        match self._guard.judge(speaker.member, time.time() - age_s):
            case Pace.FINE:
                pass
            case pace:
                self._metrics.silenced.inc()
                flooded = self._dialogue.flooded(speaker).reply
                await self._acknowledge(query, age_s, flooded.text if flooded and pace is Pace.NOTICE else "")
                return NOTHING
        asked = message.reply_to_message if message else None
        question = self._question(asked.text or asked.caption or "") if asked else ""
        turn = await asyncio.to_thread(self._dialogue.press, query.data, question, speaker)
        await self._acknowledge(query, age_s, turn.notice)
        if message is not None and turn.reply:
            await self._edit(message, message.message_id, turn.reply, quotes=False)
        return turn.records

    async def failed(self, update: Update) -> None:
        """Say that it could not be answered."""
        pressed_in = update.callback_query.message if update.callback_query else None
        message = update.message or update.edited_message or pressed_in
        if message and message.chat.private:
            turn = self._dialogue.failed(self._speaker(message.author, message.chat.id))
            await self._reply(message, turn, edited=False)

    def _understand(self, message: Message) -> tuple[str, bool | None]:
        """The words that are meant for the bot, and whether a reply is due: True, only a sure one (False), none."""
        text = message.words
        if text.startswith("/"):
            name = text.split(maxsplit=1)[0].partition("@")[2]
            mine = name.lower() == self._bot.username.lower()
            if message.chat.private or mine:
                return text, True
            # In a group every bot sees what names none: of these, only our own commands are answered.
            known = text[1:].split(maxsplit=1)[0].lower() in self._dialogue.commands if text[1:].strip() else False
            return text, True if not name and known else None
        if message.chat.private:
            return text, True
        mention = self._mention
        if mention.search(text):
            return mention.sub(" ", text).strip(), True
        quoted = message.reply_to_message
        if quoted and quoted.sender and quoted.sender.id == self._bot.id:
            return text, False
        return text, None

    def _question(self, text: str) -> str:
        """A quoted message's question, without what made it one for the bot."""
        if text.startswith("/"):
            command, _, rest = text.partition(" ")
            return rest.strip() if command.partition("@")[0].lower() == "/ask" else ""
        return self._mention.sub(" ", text).strip()

    @property
    def _mention(self) -> re.Pattern[str]:
        return re.compile(rf"@{re.escape(self._bot.username)}\b", re.IGNORECASE)

    def _speaker(self, user: User | None, chat: int, *, expects: bool = True) -> Speaker:
        member = user.id if user else chat
        language = language_of(user.language_code if user else None)
        # What admins may do stands in their private chat, which has their own id.
        admin = member == chat and member in self._admins
        return Speaker(chat, member, self._keeps(member), language, expects, admin)

    def _keeps(self, member: int) -> Callable[[Miss | Feedback], bool]:
        """Whether a record of this member may be kept."""

        def keeps(record: Miss | Feedback) -> bool:
            kept = self._has_room(record) and self._quota.admits(member)
            if not kept:
                self._metrics.misses_refused.inc()
            return kept

        return keeps

    async def _acknowledge(self, query: CallbackQuery, age_s: float, notice: str) -> None:
        if age_s < _PRESS_LIVES_S:
            try:
                await self._bot.answer_callback_query(query.id, notice[:_NOTICE_LIMIT] or None)
            except TelegramError as error:
                _LOG.info("A button's press could not be acknowledged: %s", error)

    async def _reply(self, message: Message, turn: Turn, *, edited: bool) -> None:
        """Send a turn's reply; to an edited question the earlier one is edited."""
        if turn.reply is None:
            return
        key = (message.chat.id, message.message_id)
        earlier = self._replies.pop(key, None) if edited else None
        sent = await (self._edit(message, earlier, turn.reply) if earlier else self._send(message, turn.reply))
        if sent is not None:
            self._replies[key] = sent
            if len(self._replies) > _REPLIES_REMEMBERED:
                del self._replies[next(iter(self._replies))]

    async def _edit(self, message: Message, target: int, reply: Reply, *, quotes: bool = True) -> int | None:
        """Put a reply in the place of an earlier message, or send it where that can't be done. The message's id."""
        first, *rest = split(reply.text)
        if rest:
            return await self._send(message, reply, quotes=quotes)
        try:
            await self._bot.edit_message_text(
                first,
                message.chat.id,
                target,
                reply_markup=_keyboard(reply),
                link_preview_options=_PREVIEW,
            )
        except BadRequest as error:
            if "not modified" in str(error).lower():
                return target
            _LOG.info("A message could not be edited, so another one is sent: %s", error)
            return await self._send(message, reply, quotes=quotes)
        except Forbidden as error:
            _LOG.warning("A reply is refused for good: %s", error)
            return None
        return target

    async def _send(self, message: Message, reply: Reply, *, quotes: bool = True) -> int | None:
        """Reply to a message; the id of the reply, or of its last part. None if it is refused for good.

        With buttons it quotes the question, which a pressed button finds again there.
        """
        quotes &= bool(reply.rows) or not message.chat.private
        sent = None
        parts = split(reply.text)
        for number, part in enumerate(parts, start=1):
            try:
                sent = await self._bot.send_message(
                    message.chat.id,
                    part,
                    reply_markup=_keyboard(reply) if number == len(parts) else None,
                    reply_parameters=(
                        ReplyParameters(message.message_id, allow_sending_without_reply=True) if quotes else None
                    ),
                    link_preview_options=_PREVIEW,
                    message_thread_id=message.thread,
                )
            except (BadRequest, Forbidden) as error:
                _LOG.warning("A reply is refused for good: %s", error)
                return None
        return sent.message_id if sent else None

    @asynccontextmanager
    async def _typing(self, message: Message) -> AsyncIterator[None]:
        """Show that the bot is typing, if its reply takes a while."""

        async def show() -> None:
            await asyncio.sleep(_TYPING_AFTER_S)
            try:
                await self._bot.send_chat_action(message.chat.id, ChatAction.TYPING, message_thread_id=message.thread)
            except (TelegramError, StoppingError) as error:
                _LOG.info("Typing could not be shown: %s", error)

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
    rows = [[InlineKeyboardButton(one.label, callback_data=one.action) for one in row] for row in reply.rows]
    return InlineKeyboardMarkup(rows) if rows else None
