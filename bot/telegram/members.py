"""Members on Telegram: what they do goes to the dialogue, and what it replies goes back."""

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import replace

from telegram import Bot

from bot.conversation.members import Command, Speaker, Turn
from bot.inbox.updates import CallbackQuery, Message, Update, User
from bot.metrics import Metrics
from bot.snapshot import CurrentSnapshot
from bot.store.records import NOTHING, Feedback, Miss, Records
from bot.telegram.messages import Messages, remember
from bot.telegram.notifier import Address, SubscriptionNotifier
from bot.telegram.quotas import DailyQuota, MemberRateLimit, Pace
from bot.texts import members as members_texts
from bot.texts.languages import language_of

_COMMANDS = frozenset({"start", *members_texts.COMMANDS})


class MemberHandlers:
    """The replies to members. ``has_capacity`` tells whether the store takes a record."""

    def __init__(  # noqa: PLR0913 - a service an argument
        self,
        bot: Bot,
        current: CurrentSnapshot,
        messages: Messages,
        *,
        guard: MemberRateLimit,
        quota: DailyQuota,
        opinions: DailyQuota,
        has_capacity: Callable[[Miss | Feedback], bool],
        subscription_notifier: SubscriptionNotifier,
        metrics: Metrics,
    ) -> None:
        self._bot = bot
        self._current = current
        self._messages = messages
        self._subscription_notifier = subscription_notifier
        self._guard = guard
        self._quota = quota
        self._opinions = opinions
        self._has_capacity = has_capacity
        self._metrics = metrics
        self._replies: dict[tuple[int, int], tuple[int, str]] = {}
        """By a question's chat and message: the reply's message, and the question's words."""
        self._presses: dict[tuple[int, int, int, str], None] = {}
        self._albums: dict[tuple[int, str], None] = {}

    async def on_message(self, message: Message, *, edited: bool) -> Records:
        """A message, or an edited one, whose earlier reply is edited then."""
        has_words = message.text is not None or message.caption is not None
        if not has_words and (edited or not message.media):
            return NOTHING
        text, directness = self._understand(message)
        if directness is None or self._is_repeated(message, edited=edited):
            return NOTHING
        speaker = self._speaker(message.author, message.chat.id, expects=directness)
        match self._guard.judge(speaker.member, message.edit_date or message.date):
            case Pace.SILENT:
                self._metrics.silenced.inc()
                return NOTHING
            case Pace.NOTICE:
                self._metrics.silenced.inc()
                turn = self._current.dialogue.flooded(speaker)
            case Pace.FINE if not has_words:
                turn = self._current.dialogue.not_text(speaker) if directness else Turn(None)
            case Pace.FINE:
                async with self._messages.typing(message):
                    turn = await asyncio.to_thread(self._current.dialogue.say, text, speaker)
                    if turn.forget:
                        await asyncio.to_thread(self._subscription_notifier.forget, speaker.member)
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
                flooded = self._current.dialogue.flooded(speaker).reply
                await self._messages.acknowledge(query, age_s, flooded.text if flooded and pace is Pace.NOTICE else "")
                return NOTHING
        asked = message.reply_to_message if message else None
        question = self._mention.sub(" ", asked.text or asked.caption or "").strip() if asked else ""
        turn = await asyncio.to_thread(self._current.dialogue.press, query.data, question, speaker)
        await self._messages.acknowledge(query, age_s, turn.notice)
        if message is None:
            return NOTHING
        if turn.reply:
            await self._messages.edit(message, message.message_id, turn.reply, asked.message_id if asked else None)
        press = (message.chat.id, message.message_id, speaker.member, query.data)
        # Pressed twice it counts once.
        records = NOTHING if press in self._presses else turn.records
        remember(self._presses, press, None)
        if turn.subscription and asked:
            address = Address(
                chat=message.chat.id, message=asked.message_id, thread=message.thread, language=speaker.language.name
            )
            return replace(
                records,
                subscriptions=(self._subscription_notifier.subscription(turn.subscription, speaker.member, address),),
            )
        return records

    async def failed(self, update: Update) -> None:
        """Say that it could not be answered."""
        pressed_in = update.callback_query.message if update.callback_query else None
        message = update.message or update.edited_message or pressed_in
        if message and message.chat.private:
            who = update.callback_query.sender if update.callback_query else message.author
            turn = self._current.dialogue.failed(self._speaker(who, message.chat.id))
            await self._reply(message, turn, edited=False)

    def _understand(self, message: Message) -> tuple[str, bool | None]:
        """The words that are meant for the bot, and whether a reply is due: True, only a sure one (False), none."""
        if message.is_automatic_forward or (message.via_bot and message.via_bot.id == self._bot.id):
            # A channel's post, or an answer of ours that was brought here by inline mode.
            return "", None
        mentioned = self._mention.search(message.words)
        text = self._mention.sub(" ", message.words).strip() if mentioned else message.words
        command = Command.of(text)
        if command and command.bot and command.bot.lower() != self._bot.username.lower():
            return text, None
        if message.chat.private or mentioned or (command and (command.bot or command.name in _COMMANDS)):
            # In a group every bot sees what names none: of these, only our own commands are answered.
            return text, True
        if command:
            return text, None
        quoted = message.reply_to_message
        if quoted and quoted.sender and quoted.sender.id == self._bot.id:
            return text, False
        return text, None

    def _is_repeated(self, message: Message, *, edited: bool) -> bool:
        """Whether it needs no answer of its own: a part of an album, or an edit that left the words as they were."""
        if edited:
            _, words = self._replies.get((message.chat.id, message.message_id), (0, None))
            return words == message.words
        if message.media_group_id is None:
            return False
        album = (message.chat.id, message.media_group_id)
        seen = album in self._albums
        remember(self._albums, album, None)
        return seen and not message.words

    @property
    def _mention(self) -> re.Pattern[str]:
        # Not the end of "/ask@name"; and a Chinese character may follow at once.
        return re.compile(rf"(?<![A-Za-z0-9_])@{re.escape(self._bot.username)}(?![A-Za-z0-9_])", re.IGNORECASE)

    def _speaker(self, user: User | None, chat: int, *, expects: bool = True) -> Speaker:
        member = user.id if user else chat
        language = language_of(user.language_code if user else None)
        return Speaker(chat, member, self._keeps(member), language, expects)

    def _keeps(self, member: int) -> Callable[[Miss | Feedback], bool]:
        """Whether a record of this member may be kept."""

        def keeps(record: Miss | Feedback) -> bool:
            quota = self._quota if isinstance(record, Miss) else self._opinions
            kept = self._has_capacity(record) and quota.admits(member)
            if not kept:
                self._metrics.misses_refused.inc()
            return kept

        return keeps

    async def _reply(self, message: Message, turn: Turn, *, edited: bool) -> None:
        """Send a turn's reply; to an edited question the earlier one is edited."""
        if turn.reply is None:
            return
        key = (message.chat.id, message.message_id)
        earlier, _ = self._replies.get(key, (None, "")) if edited else (None, "")
        if earlier:
            sent = await self._messages.edit(message, earlier, turn.reply, message.message_id)
        else:
            sent = await self._messages.send(message, turn.reply, message.message_id)
        if sent is not None:
            remember(self._replies, key, (sent, message.words))
