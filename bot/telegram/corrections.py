"""Subscribers are told of a changed answer, once an admin wants it."""

import asyncio
import logging
from dataclasses import dataclass, field

from telegram.error import TelegramError

from bot.conversation.members import MemberConversation
from bot.conversation.reply import Reply
from bot.curation.corrections import Corrections, DueCorrection
from bot.inbox.updates import Place
from bot.snapshot import CurrentSnapshot
from bot.telegram.client import Outcome, explain, outcome
from bot.telegram.messages import Messages
from bot.telegram.notifier import Address
from bot.texts.languages import Language

_LOG = logging.getLogger(__name__)
_SIDE_BY_SIDE = 8
"""Corrections that are under way at once: after a kill so many may be told twice."""
_STUCK_S = 10.0
"""A correction that takes longer is left under way while others go out."""


@dataclass(eq=False)
class CorrectionNotifier:
    """Tells members of changes, under the answer that has changed."""

    messages: Messages
    corrections: Corrections
    current: CurrentSnapshot
    conversation: MemberConversation
    _under_way: dict[asyncio.Task[bool], int] = field(default_factory=dict, init=False)
    """Corrections that are not settled yet, with the ids of their subscriptions."""

    async def tell(self) -> None:
        """Tell the next few who are to be told; whoever was told is forgotten.

        A correction that is stuck holds up no other, and is still under way when this returns. Raises StoreError when
        the store fails.
        """
        await self._settle()
        busy = set(self._under_way.values())
        waiting = [due for due in await asyncio.to_thread(self.corrections.due) if due.id not in busy]
        if some := waiting[: _SIDE_BY_SIDE - len(busy)]:
            await asyncio.to_thread(self.corrections.subscriptions.begin, [due.id for due in some])
            begun = {asyncio.create_task(self._send(due)): due.id for due in some}
            self._under_way |= begun
            await asyncio.wait(begun, timeout=_STUCK_S)
            await self._settle()

    async def _settle(self) -> None:
        """Forget whoever was told. Raises what has ended a correction."""
        ended = [task for task in self._under_way if task.done()]
        if told := [self._under_way[task] for task in ended if not task.exception() and task.result()]:
            await asyncio.to_thread(self.corrections.subscriptions.drop, told)
        for task in ended:
            del self._under_way[task]
        for task in ended:
            task.result()

    async def _send(self, due: DueCorrection) -> bool:
        """Whether there is nothing more to do: also for one who blocked the bot, or may have been told."""
        address = Address.model_validate_json(due.address)
        try:
            await self.messages.send(Place(address.chat, address.thread), self._reply(due, address), address.message)
        except TelegramError as error:
            known = outcome(error)
            _LOG.warning("A subscriber could not be told of a changed answer; the notice %s: %s", known, explain(error))
            return known is not Outcome.NOT_ARRIVED
        return True

    def _reply(self, due: DueCorrection, address: Address) -> Reply:
        replies = self.conversation.replies(self.current.snapshot, Language[address.language])
        return replies.corrected(due.item, due.before)
