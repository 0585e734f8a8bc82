"""Subscribers are told of a changed answer, once an admin wants it."""

import asyncio
from dataclasses import dataclass

from bot.conversation.members import MemberConversation
from bot.curation.corrections import Corrections, DueCorrection
from bot.snapshot import CurrentSnapshot
from bot.telegram.deliveries import Address, Deliveries, SubscriberNotice
from bot.telegram.messages import Messages
from bot.texts.languages import Language


@dataclass(eq=False)
class CorrectionNotifier:
    """Tells members of changes, under the answer that has changed."""

    messages: Messages
    corrections: Corrections
    current: CurrentSnapshot
    conversation: MemberConversation

    def __post_init__(self) -> None:
        self._deliveries = Deliveries(self.messages, self.corrections.subscriptions)

    async def tell(self) -> None:
        """Tell the next few who are to be told; whoever was told is forgotten.

        A correction that is stuck holds up no other, and is still under way when this returns. Raises StoreError when
        the store fails.
        """
        await self._deliveries.settle()
        under_way = self._deliveries.under_way
        waiting = [due for due in await asyncio.to_thread(self.corrections.due) if due.id not in under_way]
        if some := waiting[: self._deliveries.room]:
            await self._deliveries.send([self._notice(due) for due in some])

    def _notice(self, due: DueCorrection) -> SubscriberNotice:
        address = Address.model_validate_json(due.address)
        replies = self.conversation.replies(self.current.snapshot, Language[address.language])
        return SubscriberNotice(due.id, address, replies.corrected(due.item, due.before))
