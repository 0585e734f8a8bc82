"""Inline mode: answers that members bring into any chat."""

import asyncio
import time
from dataclasses import dataclass

from telegram import (
    Bot,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
)

from bot.conversation.members import INLINE_START, MemberConversation
from bot.inbox.updates import InlineQuery
from bot.metrics import Metrics
from bot.snapshot import CurrentSnapshot
from bot.telegram.quotas import MemberRateLimit, Pace
from bot.telegram.sending import attempt
from bot.texts.languages import converter, language_of
from bot.texts.members import INLINE_HINT

_CACHED_S = 300
_HOT_CACHED_S = 60
_DESCRIPTION = 120


@dataclass(frozen=True, slots=True)
class InlineHandlers:
    """The results under what is typed after the bot's name."""

    bot: Bot
    current: CurrentSnapshot
    conversation: MemberConversation
    rate_limit: MemberRateLimit
    metrics: Metrics

    async def on_query(self, query: InlineQuery, update_id: int) -> None:
        """Answer with items; what is typed here is no question yet, and never a miss."""
        if self.rate_limit.judge(query.sender.id, time.time(), update_id) is not Pace.FINE:
            self.metrics.silenced.inc()
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
                InputTextMessageContent(
                    replies.shared(item), link_preview_options=LinkPreviewOptions(is_disabled=True)
                ),
                description=convert(item.answer)[:_DESCRIPTION],
            )
            for item in items
        ]
        hint = None if results else InlineQueryResultsButton(replies.say(INLINE_HINT), start_parameter=INLINE_START)
        call = self.bot.answer_inline_query(
            query.id,
            results,
            cache_time=_CACHED_S if query.query.strip() else _HOT_CACHED_S,
            # The same words give other characters, and another hint, to whoever reads another language.
            is_personal=True,
            button=hint,
        )
        await attempt(call, "An inline query could not be answered")
