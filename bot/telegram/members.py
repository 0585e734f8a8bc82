"""Members on Telegram: what they do goes to the conversation, and its reply goes back."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

from cachetools import LRUCache

from bot.conversation.callbacks import unpack
from bot.conversation.commands import question_in
from bot.conversation.members import MemberConversation, Speaker, Turn
from bot.conversation.reply import Reply
from bot.inbox.updates import CallbackQuery, Message, Update, User
from bot.metrics import Metrics
from bot.snapshot import CurrentSnapshot
from bot.store.records import NOTHING, Records
from bot.store.usage import UsageLog
from bot.telegram.addressing import Addressing, Utterance
from bot.telegram.messages import Messages
from bot.telegram.notifier import Address, SubscriptionNotifier
from bot.telegram.quotas import DailyQuota, MemberRateLimit, Pace
from bot.texts import members as members_texts
from bot.texts.languages import converter, language_of

_COMMANDS = frozenset({"start", *members_texts.COMMANDS})
_REMEMBERED = 10_000
"""Messages, presses and albums that are remembered, each in memory alone."""


class MemberHandlers:
    """The replies to members. ``usage`` tells whether there is room for what a turn would record."""

    def __init__(  # noqa: PLR0913 - a service an argument
        self,
        current: CurrentSnapshot,
        conversation: MemberConversation,
        messages: Messages,
        addressing: Addressing,
        *,
        rate_limit: MemberRateLimit,
        miss_quota: DailyQuota,
        opinion_quota: DailyQuota,
        usage: UsageLog,
        notifier: SubscriptionNotifier,
        metrics: Metrics,
    ) -> None:
        self._current = current
        self._conversation = conversation
        self._messages = messages
        self._addressing = addressing
        self._rate_limit = rate_limit
        self._miss_quota = miss_quota
        self._opinion_quota = opinion_quota
        self._usage = usage
        self._notifier = notifier
        self._metrics = metrics
        self._replies: LRUCache[tuple[int, int], tuple[int, str]] = LRUCache(_REMEMBERED)
        """By a question's chat and message: the reply's message, and the question's words."""
        self._presses: LRUCache[tuple[int, int, int, str], None] = LRUCache(_REMEMBERED)
        self._albums: LRUCache[tuple[int, str], None] = LRUCache(_REMEMBERED)

    async def on_message(self, message: Message, said: Utterance, update_id: int, *, edited: bool) -> Records:
        """Answer a message; the earlier reply to an edited one is edited. What is to be kept of it is returned."""
        has_words = message.text is not None or message.caption is not None
        if not has_words and (edited or not message.media):
            return NOTHING
        is_direct = self._is_direct(message, said)
        if is_direct is None or self._is_repeated(message, edited=edited):
            return NOTHING
        speaker = _speaker(message.author, message.chat.id, addresses_bot=is_direct)
        match self._rate_limit.judge(speaker.member, message.edit_date or message.date, update_id):
            case Pace.SILENT:
                self._metrics.silenced.inc()
                return NOTHING
            case Pace.NOTICE:
                self._metrics.silenced.inc()
                await self._reply(message, self._flooded(speaker), edited=edited)
                return NOTHING
            case Pace.FINE if not has_words:
                if is_direct:
                    replies = self._conversation.replies(self._current.snapshot, speaker.language)
                    await self._reply(message, _converted(replies.not_text(), speaker), edited=edited)
                return NOTHING
            case Pace.FINE:
                async with self._messages.typing(message.place):
                    turn = await asyncio.to_thread(self._admitted, lambda: self._turn(said, speaker), speaker.member)
                    if turn.unsubscribe:
                        await asyncio.to_thread(self._notifier.forget, speaker.member)
                    await self._reply(message, turn.reply, edited=edited)
                self._spend(turn.records, speaker.member)
                return turn.records

    async def on_button(self, query: CallbackQuery, update_id: int, age_s: float) -> Records:
        """Answer a pressed button. Its question is the message that ours replied to: nothing is stored."""
        message = query.message
        speaker = _speaker(query.sender, message.chat.id if message else query.sender.id)
        pace = self._rate_limit.judge(speaker.member, time.time() - age_s, update_id)
        if pace is not Pace.FINE:
            self._metrics.silenced.inc()
            notice = self._flooded(speaker).text if pace is Pace.NOTICE else ""
            await self._messages.acknowledge(query, age_s, notice)
            return NOTHING
        asked = message.reply_to_message if message else None
        question = question_in(self._addressing.without_mention(asked.text or asked.caption or "")) if asked else ""
        snapshot = self._current.snapshot
        turn = await asyncio.to_thread(
            self._admitted,
            lambda: self._conversation.press(unpack(query.data), question, speaker, snapshot),
            speaker.member,
        )
        await self._messages.acknowledge(query, age_s, turn.notice)
        if message is None:
            return NOTHING
        if turn.reply:
            await self._messages.edit(
                message.place, message.message_id, turn.reply, asked.message_id if asked else None
            )
        press = (message.chat.id, message.message_id, speaker.member, query.data)
        # Pressed twice it counts once.
        records = NOTHING if press in self._presses else turn.records
        self._presses[press] = None
        self._spend(records, speaker.member)
        if turn.subscribe_to and asked:
            address = Address(
                chat=message.chat.id, message=asked.message_id, thread=message.thread, language=speaker.language.name
            )
            subscription = self._notifier.subscription(turn.subscribe_to, speaker.member, address)
            return replace(records, subscriptions=(subscription,))
        return records

    async def failed(self, update: Update) -> None:
        """Say that an update could not be answered."""
        pressed_in = update.callback_query.message if update.callback_query else None
        message = update.message or update.edited_message or pressed_in
        if message and message.chat.private:
            who = update.callback_query.sender if update.callback_query else message.author
            speaker = _speaker(who, message.chat.id)
            replies = self._conversation.replies(self._current.snapshot, speaker.language)
            await self._reply(message, _converted(replies.failed(), speaker), edited=False)

    @staticmethod
    def _is_direct(message: Message, said: Utterance) -> bool | None:
        """Whether a reply is due: True in any case, False only if it is a sure one, None if none is."""
        if said.is_foreign:
            return None
        # In a group every bot sees a command that names none: of these, only our own are answered.
        own_command = said.command is not None and said.command.name in _COMMANDS
        if message.chat.private or said.mentioned or own_command:
            return True
        return False if said.replies and not said.command else None

    def _is_repeated(self, message: Message, *, edited: bool) -> bool:
        """Whether it needs no answer of its own: a part of an album, or an edit that left the words as they were."""
        if edited:
            _, words = self._replies.get((message.chat.id, message.message_id), (0, None))
            return words == message.words
        if message.media_group_id is None:
            return False
        album = (message.chat.id, message.media_group_id)
        seen = album in self._albums
        self._albums[album] = None
        return seen and not message.words

    def _turn(self, said: Utterance, speaker: Speaker) -> Turn:
        if said.command:
            return self._conversation.command(said.command, speaker, self._current.snapshot)
        return self._conversation.ask(said.text, speaker, self._current.snapshot)

    def _admitted(self, turn: Callable[[], Turn], member: int) -> Turn:
        """A turn that promises to record only what there is room for."""
        wanted = turn()
        admitted = wanted.admitted(lambda records: self._has_capacity(records, member))
        if admitted is not wanted:
            self._metrics.misses_refused.inc()
        return admitted

    def _has_capacity(self, records: Records, member: int) -> bool:
        """Whether the store has room for records, and their member some left of today's quotas."""
        return (
            (not records.misses or self._miss_quota.has_left(member))
            and (not records.feedback or self._opinion_quota.has_left(member))
            and self._usage.has_capacity(records)
        )

    def _spend(self, records: Records, member: int) -> None:
        """Count what is kept against the member's quotas: only now, since what failed is tried again."""
        for _ in records.misses:
            self._miss_quota.spend(member)
        for _ in records.feedback:
            self._opinion_quota.spend(member)

    def _flooded(self, speaker: Speaker) -> Reply:
        replies = self._conversation.replies(self._current.snapshot, speaker.language)
        return _converted(replies.flooded(), speaker)

    async def _reply(self, message: Message, reply: Reply | None, *, edited: bool) -> None:
        """Send a reply; to an edited question the earlier one is edited."""
        if reply is None:
            return
        key = (message.chat.id, message.message_id)
        earlier, _ = self._replies.get(key, (None, "")) if edited else (None, "")
        if earlier:
            sent = await self._messages.edit(message.place, earlier, reply, message.message_id)
        else:
            sent = await self._messages.send(message.place, reply, message.message_id)
        if sent is not None:
            self._replies[key] = (sent, message.words)


def _speaker(user: User | None, chat: int, *, addresses_bot: bool = True) -> Speaker:
    language = language_of(user.language_code if user else None)
    return Speaker(chat, user.id if user else chat, language, addresses_bot)


def _converted(reply: Reply, speaker: Speaker) -> Reply:
    return reply.converted(converter(speaker.language))
