"""Members on Telegram: what they do goes to the conversation, and its reply goes back."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from telegram import InlineQueryResultArticle, InlineQueryResultsButton, InputTextMessageContent
from telegram.constants import ParseMode

from bot.conversation.callbacks import RejectSuggestions, Subscribe, unpack
from bot.conversation.commands import carried, question_in, start_payload
from bot.conversation.item_cards import edit_buttons
from bot.conversation.member_replies import MemberReplies
from bot.conversation.members import MemberConversation, Speaker, Turn
from bot.conversation.reply import Reply
from bot.curation.corrections import Corrections
from bot.inbox.updates import CallbackQuery, ChatMemberUpdated, InlineQuery, Message, Place, Quoted, Update, User
from bot.items import VerdictKind
from bot.metrics import Metrics
from bot.snapshot import CurrentSnapshot, Snapshot
from bot.store.records import NOTHING, Records
from bot.store.usage import UsageLog
from bot.telegram.addressing import Utterance, without_mention
from bot.telegram.deliveries import Address
from bot.telegram.exchanges import Exchange, ExchangeMemory, Exchanges
from bot.telegram.messages import NO_PREVIEW, Messages, formatted
from bot.telegram.notifier import SubscriptionNotifier
from bot.telegram.quotas import DailyQuota, MemberRateLimit, Pace
from bot.telegram.sending import attempt
from bot.telegram.shared_memory import MemberMemory, SharedMemory
from bot.texts import members as members_texts
from bot.texts.languages import converter, language_of

_COMMANDS = frozenset({"start", "forget", "whoami", *members_texts.COMMANDS})
_INLINE_CACHED_S = 300
_HOT_CACHED_S = 60
_DESCRIPTION = 120


@dataclass(eq=False)
class MemberHandlers:
    """The replies to members. ``usage`` tells whether there is room for what a turn would record.

    ``typing_limit`` paces inline queries, of which each letter that is typed may be one. ``admins`` may change in their
    private chats what they read.
    ``shared`` shares what is remembered of members with other replicas, if there may be any.
    """

    current: CurrentSnapshot
    conversation: MemberConversation
    messages: Messages
    rate_limit: MemberRateLimit
    typing_limit: MemberRateLimit
    quota: DailyQuota
    usage: UsageLog
    notifier: SubscriptionNotifier
    corrections: Corrections
    metrics: Metrics
    admins: Collection[int] = frozenset()
    shared: SharedMemory | None = None

    def __post_init__(self) -> None:
        self._exchanges = ExchangeMemory()
        self._memory = MemberMemory(self.conversation.memory, self._exchanges, self.rate_limit)

    async def on_message(
        self, message: Message, said: Utterance, update_id: int, *, edited: bool, is_followed: Callable[[], bool]
    ) -> Records:
        """Answer a message; the earlier reply to an edited one is edited. What is to be kept of it is returned.

        ``is_followed`` tells whether more was sent into its chat since.
        """
        has_words = message.text is not None or message.caption is not None
        if not has_words and (edited or not message.content):
            return NOTHING
        is_direct = self._is_direct(message, said)
        if is_direct is None:
            return NOTHING
        speaker = self._speaker(message.author, message.chat.id, addresses_bot=is_direct)
        answer = partial(self._answer, message, said, speaker, update_id, edited=edited, is_followed=is_followed)
        return await self._remembering(speaker, answer)

    async def _answer(
        self,
        message: Message,
        said: Utterance,
        speaker: Speaker,
        update_id: int,
        *,
        edited: bool,
        is_followed: Callable[[], bool],
    ) -> Records:
        if self._is_repeated(message, speaker, edited=edited):
            return NOTHING
        pace = self._pace(self.rate_limit, speaker.participant, message.edit_date or message.date, update_id)
        if pace is Pace.NOTICE:
            reply = self._replies_to(speaker).plain(members_texts.FLOODED)
            await self._reply(message, reply, speaker, edited=edited, is_followed=is_followed)
        if pace is not Pace.FINE:
            return NOTHING
        if message.text is None and message.caption is None:
            if speaker.addresses_bot:
                line = members_texts.NOT_TEXT_BUT.get(message.content or "", members_texts.NOT_TEXT)
                reply = self._replies_to(speaker).plain(line)
                await self._reply(message, reply, speaker, edited=edited, is_followed=is_followed)
            return NOTHING
        async with self.messages.typing(message.place):
            snapshot = self.current.snapshot
            turn = await asyncio.to_thread(self._say, said, speaker, snapshot)
            turn = self._editable(turn, speaker, snapshot)
            self.metrics.misses_refused.inc(turn.refused)
            if turn.unsubscribe:
                await asyncio.to_thread(self.notifier.forget, speaker.member)
                await asyncio.to_thread(self.corrections.forget, speaker.member)
            if turn.reply:
                await self._reply(message, turn.reply, speaker, edited=edited, is_followed=is_followed)
        if turn.unsubscribe:
            # Last, with what was said to this message.
            self._exchanges.put(speaker.participant, Exchanges())
        # Only now, since what failed is tried again.
        self.quota.spend(speaker.member, turn.records)
        return turn.records

    async def on_button(self, query: CallbackQuery, update_id: int, age_s: float) -> Records:
        """Answer a pressed button.

        Its question is the message that ours quotes, or else the one that is remembered for it: after a restart the
        question is known only where it was quoted.
        """
        speaker = self._speaker(query.sender, query.message.chat.id if query.message else query.sender.id)
        return await self._remembering(speaker, partial(self._answer_press, query, speaker, update_id, age_s))

    async def _answer_press(self, query: CallbackQuery, speaker: Speaker, update_id: int, age_s: float) -> Records:
        message = query.message
        pressed_at = self.conversation.clock.timestamp() - age_s
        pace = self._pace(self.rate_limit, speaker.participant, pressed_at, update_id)
        if pace is not Pace.FINE:
            notice = self._replies_to(speaker).say(members_texts.FLOODED) if pace is Pace.NOTICE else ""
            await self.messages.acknowledge(query, age_s, notice)
            return NOTHING
        asked = self._question_of(message, speaker) if message else None
        question = question_in(without_mention(asked.text or asked.caption or "", self.messages.bot)) if asked else ""
        snapshot = self.current.snapshot
        callback = unpack(query.data)
        turn = await asyncio.to_thread(self.conversation.press, callback, question, speaker, snapshot)
        turn = self._editable(turn, speaker, snapshot)
        self.metrics.misses_refused.inc(turn.refused)
        await self.messages.acknowledge(query, age_s, turn.notice)
        if message is None:
            return NOTHING
        if turn.reply and turn.replaces:
            await self.messages.edit(message.place, message.message_id, turn.reply, asked.message_id if asked else None)
        elif turn.reply:
            await self.messages.send(message.place, turn.reply, None)
        # Pressed twice it counts once.
        is_first = self._exchanges.is_first_press(speaker.participant, message.message_id, query.data)
        records = turn.records if is_first else NOTHING
        self.quota.spend(speaker.member, records)
        if turn.follows:
            address = Address(
                chat=message.chat.id, message=message.message_id, thread=message.thread, language=speaker.language.name
            )
            there = address.model_dump_json()
            follows = (self.corrections.subscription(item, speaker.member, there) for item in turn.follows)
            return replace(records, answer_subscriptions=tuple(follows))
        if turn.subscribe_to and asked:
            address = Address(
                chat=message.chat.id, message=asked.message_id, thread=message.thread, language=speaker.language.name
            )
            subscription = self.notifier.subscription(turn.subscribe_to, speaker.member, address)
            return replace(records, subscriptions=(subscription,))
        return records

    async def on_inline_query(self, query: InlineQuery, update_id: int) -> None:
        """Answer with items; what is typed after the bot's name is no question yet, and never a miss."""
        typed_at = self.conversation.clock.timestamp()
        if self._pace(self.typing_limit, query.sender.id, typed_at, update_id) is not Pace.FINE:
            return
        language = language_of(query.sender.language_code)
        snapshot = self.current.snapshot
        items = await asyncio.to_thread(self.conversation.inline, query.query, snapshot)
        replies = self.conversation.replies(snapshot, language)
        convert = converter(language)

        def results(finish: Callable[[str], str], parse_mode: ParseMode | None) -> Sequence[InlineQueryResultArticle]:
            return [
                InlineQueryResultArticle(
                    item.id,
                    convert(item.question),
                    InputTextMessageContent(finish(replies.shared(item)), parse_mode, link_preview_options=NO_PREVIEW),
                    description=convert(item.answer)[:_DESCRIPTION],
                )
                for item in items
            ]

        asked = carried(query.query)
        label = replies.say(members_texts.INLINE_ASK if asked else members_texts.INLINE_OPEN, query=asked)
        call = formatted(
            lambda finish, parse_mode: self.messages.bot.answer_inline_query(
                query.id,
                results(finish, parse_mode),
                cache_time=_INLINE_CACHED_S if query.query.strip() else _HOT_CACHED_S,
                # The same words give other characters, and another button, to whoever reads another language.
                is_personal=True,
                button=InlineQueryResultsButton(label, start_parameter=start_payload(asked)),
            )
        )
        await attempt(call, "An inline query could not be answered")

    async def on_joined(self, change: ChatMemberUpdated, update_id: int) -> None:
        """Say in a group that the bot has come into how to ask there."""
        speaker = self._speaker(change.sender, change.chat.id)
        if self._pace(self.rate_limit, speaker.participant, change.date, update_id) is Pace.FINE:
            replies = self.conversation.replies(self.current.snapshot, speaker.language)
            greeting = replies.plain(members_texts.GROUP_WELCOME, bot=self.messages.bot.username)
            await self.messages.send(Place(change.chat.id), greeting, None)

    async def failed(self, update: Update) -> None:
        """Say that an update could not be answered."""
        query = update.callback_query
        message = query.message if query else update.message or update.edited_message
        if message and message.place.private:
            speaker = self._speaker(query.sender if query else message.author, message.chat.id)
            await self.messages.send(message.place, self._replies_to(speaker).plain(members_texts.FAILED), None)

    async def _remembering(self, speaker: Speaker, answer: Callable[[], Awaitable[Records]]) -> Records:
        if self.shared is None:
            return await answer()
        return await self.shared.answer(speaker.participant, self._memory, answer)

    def _say(self, said: Utterance, speaker: Speaker, snapshot: Snapshot) -> Turn:
        with self.metrics.matching.time():
            return self.conversation.say(said.text, said.command, speaker, snapshot)

    def _pace(self, limit: MemberRateLimit, member: Hashable, at: float, update_id: int) -> Pace:
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

    def _is_repeated(self, message: Message, speaker: Speaker, *, edited: bool) -> bool:
        """Whether it needs no answer of its own: a part of an album, or an edit that left the words as they were."""
        if edited:
            earlier = self._exchanges.to_question(speaker.participant, message.message_id)
            return earlier is not None and earlier.words == message.words
        if message.media_group_id is None:
            return False
        is_first = self._exchanges.is_first_of_album(speaker.participant, message.media_group_id)
        return not is_first and not message.words

    def _speaker(self, user: User | None, chat: int, *, addresses_bot: bool = True) -> Speaker:
        member = user.id if user else chat
        language = language_of(user.language_code if user else None)

        def has_capacity(records: Records) -> bool:
            return self.quota.has_left(member, records) and self.usage.has_capacity(records)

        return Speaker(chat, member, language, addresses_bot, has_capacity=has_capacity)

    def _editable(self, turn: Turn, speaker: Speaker, snapshot: Snapshot) -> Turn:
        """The turn with the ways to change what it shows, for an admin in their private chat."""
        if speaker.member not in self.admins or speaker.chat != speaker.member or turn.reply is None:
            return turn
        if turn.verdict not in {VerdictKind.ANSWER, VerdictKind.NOT_COVERED}:
            return turn
        items = [item for item_id in turn.items if (item := snapshot.base.by_id.get(item_id))]
        return replace(turn, reply=replace(turn.reply, rows=(*turn.reply.rows, *edit_buttons(items))))

    def _replies_to(self, speaker: Speaker) -> MemberReplies:
        return self.conversation.replies(self.current.snapshot, speaker.language)

    def _question_of(self, reply: Message, speaker: Speaker) -> Quoted | None:
        """The message that a reply of ours answers."""
        if reply.reply_to_message:
            return reply.reply_to_message
        exchange = self._exchanges.with_reply(speaker.participant, reply.message_id)
        return Quoted(message_id=exchange.question, text=exchange.words) if exchange else None

    async def _reply(
        self, message: Message, reply: Reply, speaker: Speaker, *, edited: bool, is_followed: Callable[[], bool]
    ) -> None:
        """Send a reply; to an edited question the earlier one is edited.

        In a private chat it quotes the question only where that is not the last message, or must not be forgotten.
        """
        needs_question = _needs_question(reply)
        earlier = self._exchanges.to_question(speaker.participant, message.message_id) if edited else None
        if earlier and (earlier.quotes or not needs_question):
            sent = await self.messages.edit(message.place, earlier.reply, reply, message.message_id)
            quotes = earlier.quotes or sent != earlier.reply
        else:
            quotes = edited or needs_question or not message.place.private or is_followed()
            sent = await self.messages.send(message.place, reply, message.message_id if quotes else None)
        if sent is not None:
            self._exchanges.add(speaker.participant, Exchange(message.message_id, message.words, sent, quotes))


def _needs_question(reply: Reply) -> bool:
    """Whether a button of a reply is worth nothing without the question, which a restart would take from memory."""
    return any(isinstance(button.callback, RejectSuggestions | Subscribe) for button in reply.buttons)
