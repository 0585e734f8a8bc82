"""What people are told without asking: subscribers, that their question has an answer; admins, what needs them."""

import asyncio
import logging
from collections.abc import Collection
from dataclasses import dataclass
from itertools import compress, islice

from pydantic import BaseModel, ValidationError

from bot.conversation.members import MemberConversation
from bot.conversation.reply import Reply
from bot.inbox.encryption import DecryptionError, Encryption
from bot.inbox.updates import Place
from bot.matching import Answer, NotCovered
from bot.snapshot import CurrentSnapshot
from bot.store.records import Due, Subscription
from bot.store.subscriptions import Subscriptions
from bot.telegram.messages import Messages
from bot.telegram.sending import attempt
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
        """Whether there is nothing more to do: one who blocked the bot is dropped too."""
        if address is None:
            return True
        sending = self.messages.send(Place(address.chat, address.thread), reply, address.message)
        return await attempt(sending, "A subscriber could not be told of an answer, trying again", logging.WARNING)

    def _person(self, member: int) -> int:
        return self.encryption.pseudonym(f"member {member}")


class AdminNotifier:
    """Brings messages to the admins: to their group if there is one, else to each."""

    def __init__(self, messages: Messages, admins: Collection[int], group: int | None) -> None:
        self._messages = messages
        self._chats = [group] if group else list(admins)
        self._waiting: asyncio.Queue[Reply] = asyncio.Queue()

    def tell(self, reply: Reply) -> None:
        """Send a message as soon as that can be done; nobody waits for it."""
        self._waiting.put_nowait(reply)

    async def send_next(self) -> None:
        """Send the next message that is to be told, once there is one."""
        await self.send(await self._waiting.get())

    async def send(self, reply: Reply) -> None:
        """Send a message; it returns when that was tried. An admin who never pressed start misses it."""
        sending = [self._messages.send(Place(chat), reply, None) for chat in self._chats]
        await asyncio.gather(*(attempt(call, "An admin could not be told", logging.WARNING) for call in sending))
