"""Members on Telegram: what they do goes to the conversation, and its reply goes back."""

import asyncio
import time
from dataclasses import dataclass, replace

from cachetools import LRUCache
from telegram import InlineQueryResultArticle, InlineQueryResultsButton, InputTextMessageContent

from bot.conversation.callbacks import unpack
from bot.conversation.commands import carried, question_in, start_payload
from bot.conversation.members import MemberConversation, Speaker
from bot.conversation.reply import Reply
from bot.inbox.updates import CallbackQuery, ChatMemberUpdated, InlineQuery, Message, Place, Update, User
from bot.metrics import Metrics
from bot.snapshot import CurrentSnapshot
from bot.store.records import NOTHING, Records
from bot.store.usage import UsageLog
from bot.telegram.addressing import Utterance, without_mention
from bot.telegram.messages import NO_PREVIEW, Messages
from bot.telegram.notifier import Address, SubscriptionNotifier
from bot.telegram.quotas import DailyQuota, MemberRateLimit, Pace
from bot.telegram.sending import attempt
from bot.texts import members as members_texts
from bot.texts.languages import converter, language_of

_COMMANDS = frozenset({"start", "forget", "whoami", *members_texts.COMMANDS})
_REMEMBERED = 10_000
"""Messages, presses and albums that are remembered, each in memory alone."""
_INLINE_CACHED_S = 300
_HOT_CACHED_S = 60
_DESCRIPTION = 120


@dataclass(eq=False)
class MemberHandlers:
    """The replies to members. ``usage`` tells whether there is room for what a turn would record.

    ``typing_limit`` paces inline queries, of which each letter that is typed may be one.
    """

    current: CurrentSnapshot
    conversation: MemberConversation
    messages: Messages
    rate_limit: MemberRateLimit
    typing_limit: MemberRateLimit
    quota: DailyQuota
    usage: UsageLog
    notifier: SubscriptionNotifier
    metrics: Metrics

    def __post_init__(self) -> None:
        self._replies: LRUCache[tuple[int, int], tuple[int, str]] = LRUCache(_REMEMBERED)
        """By a question's chat and message: the reply's message, and the question's words."""
        self._presses: LRUCache[tuple[int, int, int, str], None] = LRUCache(_REMEMBERED)
        self._albums: LRUCache[tuple[int, str], None] = LRUCache(_REMEMBERED)

    async def on_message(self, message: Message, said: Utterance, update_id: int, *, edited: bool) -> Records:
        """Answer a message; the earlier reply to an edited one is edited. What is to be kept of it is returned."""
        has_words = message.text is not None or message.caption is not None
        if not has_words and (edited or not message.content):
            return NOTHING
        is_direct = self._is_direct(message, said)
        if is_direct is None or self._is_repeated(message, edited=edited):
            return NOTHING
        speaker = self._speaker(message.author, message.chat.id, addresses_bot=is_direct)
        pace = self._pace(self.rate_limit, speaker.member, message.edit_date or message.date, update_id)
        if pace is Pace.NOTICE:
            await self._reply(message, self._plain(members_texts.FLOODED, speaker), edited=edited)
        if pace is not Pace.FINE:
            return NOTHING
        if not has_words:
            if is_direct:
                line = members_texts.NOT_TEXT_BUT.get(message.content or "", members_texts.NOT_TEXT)
                await self._reply(message, self._plain(line, speaker), edited=edited)
            return NOTHING
        async with self.messages.typing(message.place):
            snapshot = self.current.snapshot
            turn = await asyncio.to_thread(self.conversation.say, said.text, said.command, speaker, snapshot)
            self.metrics.misses_refused.inc(turn.refused)
            if turn.unsubscribe:
                await asyncio.to_thread(self.notifier.forget, speaker.member)
            await self._reply(message, turn.reply, edited=edited)
        # Only now, since what failed is tried again.
        self.quota.spend(speaker.member, turn.records)
        return turn.records

    async def on_button(self, query: CallbackQuery, update_id: int, age_s: float) -> Records:
        """Answer a pressed button. Its question is the message that ours replied to: nothing is stored."""
        message = query.message
        speaker = self._speaker(query.sender, message.chat.id if message else query.sender.id)
        pace = self._pace(self.rate_limit, speaker.member, time.time() - age_s, update_id)
        if pace is not Pace.FINE:
            notice = self._plain(members_texts.FLOODED, speaker).text if pace is Pace.NOTICE else ""
            await self.messages.acknowledge(query, age_s, notice)
            return NOTHING
        asked = message.reply_to_message if message else None
        question = question_in(without_mention(asked.text or asked.caption or "", self.messages.bot)) if asked else ""
        snapshot = self.current.snapshot
        callback = unpack(query.data)
        turn = await asyncio.to_thread(self.conversation.press, callback, question, speaker, snapshot)
        self.metrics.misses_refused.inc(turn.refused)
        await self.messages.acknowledge(query, age_s, turn.notice)
        if message is None:
            return NOTHING
        if turn.reply:
            await self.messages.edit(message.place, message.message_id, turn.reply, asked.message_id if asked else None)
        press = (message.chat.id, message.message_id, speaker.member, query.data)
        # Pressed twice it counts once.
        records = NOTHING if press in self._presses else turn.records
        self._presses[press] = None
        self.quota.spend(speaker.member, records)
        if turn.subscribe_to and asked:
            address = Address(
                chat=message.chat.id, message=asked.message_id, thread=message.thread, language=speaker.language.name
            )
            subscription = self.notifier.subscription(turn.subscribe_to, speaker.member, address)
            return replace(records, subscriptions=(subscription,))
        return records

    async def on_inline_query(self, query: InlineQuery, update_id: int) -> None:
        """Answer with items; what is typed after the bot's name is no question yet, and never a miss."""
        if self._pace(self.typing_limit, query.sender.id, time.time(), update_id) is not Pace.FINE:
            return
        language = language_of(query.sender.language_code)
        snapshot = self.current.snapshot
        items = await asyncio.to_thread(self.conversation.inline, query.query, snapshot)
        replies = self.conversation.replies(snapshot, language)
        convert = converter(language)
        results = [
            InlineQueryResultArticle(
                item.id,
                convert(item.question),
                InputTextMessageContent(replies.shared(item), link_preview_options=NO_PREVIEW),
                description=convert(item.answer)[:_DESCRIPTION],
            )
            for item in items
        ]
        asked = carried(query.query)
        label = replies.say(members_texts.INLINE_ASK if asked else members_texts.INLINE_OPEN, query=asked)
        call = self.messages.bot.answer_inline_query(
            query.id,
            results,
            cache_time=_INLINE_CACHED_S if query.query.strip() else _HOT_CACHED_S,
            # The same words give other characters, and another button, to whoever reads another language.
            is_personal=True,
            button=InlineQueryResultsButton(label, start_parameter=start_payload(asked)),
        )
        await attempt(call, "An inline query could not be answered")

    async def on_joined(self, change: ChatMemberUpdated, update_id: int) -> None:
        """Say in a group that the bot has come into how to ask there."""
        speaker = self._speaker(change.sender, change.chat.id)
        if self._pace(self.rate_limit, speaker.member, change.date, update_id) is Pace.FINE:
            replies = self.conversation.replies(self.current.snapshot, speaker.language)
            greeting = replies.plain(members_texts.GROUP_WELCOME, bot=self.messages.bot.username)
            await self.messages.send(Place(change.chat.id), greeting, None)

    async def failed(self, update: Update) -> None:
        """Say that an update could not be answered."""
        query = update.callback_query
        message = query.message if query else update.message or update.edited_message
        if message and message.place.private:
            speaker = self._speaker(query.sender if query else message.author, message.chat.id)
            await self._reply(message, self._plain(members_texts.FAILED, speaker), edited=False)

    def _pace(self, limit: MemberRateLimit, member: int, at: float, update_id: int) -> Pace:
        pace = limit.judge(member, at, update_id)
        self.metrics.silenced.inc(pace is not Pace.FINE)
        return pace

    @staticmethod
    def _is_direct(message: Message, said: Utterance) -> bool | None:
        """Whether a reply is due: True in any case, False only if it is a sure one, None if none is."""
        if said.is_foreign:
            return None
        # In a group every bot sees a command that names none: of these, only our own are answered.
        own_command = said.command is not None and said.command.name in _COMMANDS
        if message.place.private or said.mentioned or own_command:
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

    def _speaker(self, user: User | None, chat: int, *, addresses_bot: bool = True) -> Speaker:
        member = user.id if user else chat
        language = language_of(user.language_code if user else None)

        def has_capacity(records: Records) -> bool:
            return self.quota.has_left(member, records) and self.usage.has_capacity(records)

        return Speaker(chat, member, language, addresses_bot, has_capacity=has_capacity)

    def _plain(self, text: str, speaker: Speaker) -> Reply:
        return self.conversation.replies(self.current.snapshot, speaker.language).plain(text)

    async def _reply(self, message: Message, reply: Reply | None, *, edited: bool) -> None:
        """Send a reply; to an edited question the earlier one is edited."""
        if reply is None:
            return
        key = (message.chat.id, message.message_id)
        if edited and key in self._replies:
            earlier, _ = self._replies[key]
            sent = await self.messages.edit(message.place, earlier, reply, message.message_id)
        else:
            sent = await self.messages.send(message.place, reply, message.message_id)
        if sent is not None:
            self._replies[key] = (sent, message.words)
