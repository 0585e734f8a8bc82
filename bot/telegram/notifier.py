"""Subscribers are told, without asking, that their question has an answer."""

import asyncio
import logging
from dataclasses import dataclass
from itertools import compress, islice

from pydantic import BaseModel, ValidationError
from telegram.error import TelegramError

from bot.conversation.members import MemberConversation
from bot.conversation.reply import Reply
from bot.inbox.encryption import DecryptionError, Encryption
from bot.inbox.updates import Place
from bot.matching import Answer, NotCovered
from bot.snapshot import CurrentSnapshot
from bot.store.records import Due, Subscription
from bot.store.subscriptions import Subscriptions
from bot.telegram.client import Outcome, explain, outcome
from bot.telegram.messages import Messages
from bot.texts.languages import Language

_LOG = logging.getLogger(__name__)
_SIDE_BY_SIDE = 8
"""Notices that are under way at once: after a kill so many may be told twice."""


class Address(BaseModel):
    """Where a question was asked, and in which language."""

    chat: int
    message: int
    thread: int | None
    language: str


@dataclass(frozen=True, slots=True)
class SubscriptionNotifier:
    """Encrypts where subscribers asked, and tells them there when their question has an answer.

    ``forget`` and ``tell`` raise StoreError when the store fails.
    """

    messages: Messages
    subscriptions: Subscriptions
    encryption: Encryption
    current: CurrentSnapshot
    conversation: MemberConversation

    def subscription(self, key: str, member: int, address: Address) -> Subscription:
        """The subscription of a member to be told of a miss, fit to be kept."""
        return Subscription(key, self._person(member), self.encryption.encrypt(address.model_dump_json()))

    def forget(self, member: int) -> None:
        """Delete all subscriptions of a member."""
        self.subscriptions.forget(self._person(member))

    async def tell(self) -> None:
        """Tell everybody who can be told, a few at a time; whoever was told is forgotten."""
        ready = filter(None, map(self._notice, await asyncio.to_thread(self.subscriptions.due)))
        while some := list(islice(ready, _SIDE_BY_SIDE)):
            ids = [subscription for subscription, _, _ in some]
            await asyncio.to_thread(self.subscriptions.begin, ids)
            done = await asyncio.gather(*(self._send(address, reply) for _, address, reply in some))
            if any(done):
                await asyncio.to_thread(self.subscriptions.drop, list(compress(ids, done)))

    def _notice(self, due: Due) -> tuple[int, Address | None, Reply] | None:
        """The subscription's id, where to tell, None if nobody can be told any more, and what.

        None while there is nothing to tell: it will be asked for again, or forgotten after its days.
        """
        try:
            address = Address.model_validate_json(self.encryption.decrypt(due.address))
        except (DecryptionError, ValidationError):
            _LOG.warning("A subscriber can't be told of an answer: the key or token has changed since.")
            return due.id, None, Reply("")
        snapshot = self.current.snapshot
        verdict = snapshot.matcher.match(due.question)
        if not isinstance(verdict, Answer | NotCovered):
            return None
        replies = self.conversation.replies(snapshot, Language[address.language])
        return due.id, address, replies.answered_since(verdict)

    async def _send(self, address: Address | None, reply: Reply) -> bool:
        """Whether there is nothing more to do: also for one who blocked the bot, or may have been told."""
        if address is None:
            return True
        try:
            await self.messages.send(Place(address.chat, address.thread), reply, address.message)
        except TelegramError as error:
            known = outcome(error)
            _LOG.warning("A subscriber could not be told of an answer; the notice %s: %s", known, explain(error))
            return known is Outcome.PERHAPS_ARRIVED
        return True

    def _person(self, member: int) -> int:
        return self.encryption.pseudonym(f"member {member}")
