"""Subscribers are told, without asking, that their question has an answer."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from pydantic import ValidationError

from bot.conversation.members import MemberConversation
from bot.curation.misses import MissLifecycle
from bot.inbox.encryption import DecryptionError, Encryption
from bot.matching import Answer, NotCovered
from bot.snapshot import Snapshot
from bot.store.records import Due, Subscription
from bot.store.subscriptions import Subscriptions
from bot.telegram.deliveries import Address, Deliveries, SubscriberNotice
from bot.telegram.messages import Messages
from bot.texts.languages import Language

_LOG = logging.getLogger(__name__)
_DELAY = timedelta(seconds=60)
"""So long an answer has stood before anybody is told of it: within this time an admin can take it back."""


@dataclass(eq=False)
class SubscriptionNotifier:
    """Encrypts where subscribers asked, and tells them there when their question has an answer, or an admin's note.

    Whoever can't be told, because the key or the token has changed since, waits until it is set again. All methods but
    ``subscription`` raise StoreError when the store fails.
    """

    messages: Messages
    subscriptions: Subscriptions
    encryption: Encryption
    lifecycle: MissLifecycle
    conversation: MemberConversation

    def __post_init__(self) -> None:
        self._deliveries = Deliveries(self.messages, self.subscriptions)

    def subscription(self, key: str, member: int, address: Address) -> Subscription:
        """The subscription of a member to be told of a miss, fit to be kept."""
        return Subscription(key, self._person(member), self.encryption.encrypt(address.model_dump_json()))

    def forget(self, member: int) -> None:
        """Delete all subscriptions of a member."""
        self.subscriptions.forget(self._person(member))

    def find_unreadable(self) -> int:
        """After a start: find out who can't be told with this key, say so in the log, and return how many they are."""
        changed = {
            id_: not was_readable
            for id_, address, was_readable in self.subscriptions.addresses()
            if (self._address(address) is not None) is not was_readable
        }
        self.subscriptions.set_readable(changed)
        if count := self.subscriptions.count_unreachable():
            _LOG.warning(
                "%d subscribers can't be told of an answer: where they asked was encrypted with another key. They "
                "are kept for 30 days: set CAMPAIGN_BOT_KEY to the former key, or else to the former token.",
                count,
            )
        return count

    async def tell(self) -> None:
        """Tell everybody who has a note, or whose answer has stood for a minute; whoever was told is forgotten.

        A notice that is stuck holds up no other, and is still under way when this returns. When another snapshot comes
        to answer meanwhile, the rest is left to the next call.
        """
        deliveries = self._deliveries
        await deliveries.settle()
        under_way = deliveries.under_way
        snapshot = self.lifecycle.current.snapshot
        await asyncio.to_thread(self.lifecycle.settle, snapshot)
        due = await asyncio.to_thread(self.subscriptions.due, _DELAY)
        notices = (self._notice(subscription, snapshot) for subscription in due if subscription.id not in under_way)
        ready = filter(None, notices)
        while self.lifecycle.current.snapshot is snapshot and (some := list(islice(ready, deliveries.room))):
            await deliveries.send(some)

    def _address(self, encrypted: bytes) -> Address | None:
        """Where to tell, None if that can't be decrypted."""
        try:
            return Address.model_validate_json(self.encryption.decrypt(encrypted))
        except (DecryptionError, ValidationError):
            return None

    def _notice(self, due: Due, snapshot: Snapshot) -> SubscriberNotice | None:
        """What a subscriber is told now; None while there is nothing to tell, or nobody."""
        address = self._address(due.address)
        if address is None:
            return None
        replies = self.conversation.replies(snapshot, Language[address.language])
        if due.note is not None:
            return SubscriberNotice(due.id, address, replies.note(self.encryption.decrypt(due.note)))
        verdict = snapshot.matcher.match(due.question)
        if not isinstance(verdict, Answer | NotCovered):
            return None
        return SubscriberNotice(due.id, address, replies.answered_since(verdict))

    def _person(self, member: int) -> int:
        return self.encryption.pseudonym(f"member {member}")
