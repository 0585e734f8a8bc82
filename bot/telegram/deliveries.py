"""Notices to subscribers on their way: each is told once, as far as Telegram's answers tell, and forgotten then."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel
from telegram.error import TelegramError

from bot.conversation.reply import Reply
from bot.inbox.updates import Place
from bot.store.answer_subscriptions import AnswerSubscriptions
from bot.store.subscriptions import Subscriptions
from bot.telegram.client import Outcome, explain, outcome
from bot.telegram.messages import Messages

_LOG = logging.getLogger(__name__)
_SIDE_BY_SIDE = 8
"""Notices that are under way at once: after a kill so many may be told twice."""
_STUCK_S = 10.0
"""A notice that takes longer is left under way while others go out."""


class Address(BaseModel):
    """Where a question was asked, and in which language."""

    chat: int
    message: int
    thread: int | None
    language: str


@dataclass(frozen=True, slots=True)
class SubscriberNotice:
    """What a subscriber is told, and where. ``id``: of the subscription."""

    id: int
    address: Address
    reply: Reply


@dataclass(eq=False)
class Deliveries:
    """Notices that are under way. ``send`` and ``settle`` raise StoreError when the store fails."""

    messages: Messages
    subscriptions: Subscriptions | AnswerSubscriptions
    _under_way: dict[asyncio.Task[bool], int] = field(default_factory=dict, init=False)
    """Notices that are not settled yet, with the ids of their subscriptions."""

    @property
    def under_way(self) -> frozenset[int]:
        """The ids of the subscriptions whose notices are not settled yet."""
        return frozenset(self._under_way.values())

    @property
    def room(self) -> int:
        """How many notices may be sent besides those that are under way."""
        return _SIDE_BY_SIDE - len(self._under_way)

    async def send(self, notices: Sequence[SubscriberNotice]) -> None:
        """Send notices, at most ``room``; one that is stuck is still under way when this returns."""
        await asyncio.to_thread(self.subscriptions.begin, [notice.id for notice in notices])
        begun = {asyncio.create_task(self._send(notice)): notice.id for notice in notices}
        self._under_way |= begun
        await asyncio.wait(begun, timeout=_STUCK_S)
        await self.settle()

    async def settle(self) -> None:
        """Forget whoever was told. Raises what has ended a notice."""
        ended = [task for task in self._under_way if task.done()]
        if told := [self._under_way[task] for task in ended if not task.exception() and task.result()]:
            await asyncio.to_thread(self.subscriptions.drop, told)
        for task in ended:
            del self._under_way[task]
        for task in ended:
            task.result()

    async def _send(self, notice: SubscriberNotice) -> bool:
        """Whether there is nothing more to do: also for one who blocked the bot, or may have been told."""
        address = notice.address
        try:
            await self.messages.send(Place(address.chat, address.thread), notice.reply, address.message)
        except TelegramError as error:
            known = outcome(error)
            _LOG.warning("A subscriber could not be told of an answer; the notice %s: %s", known, explain(error))
            return known is not Outcome.NOT_ARRIVED
        return True
