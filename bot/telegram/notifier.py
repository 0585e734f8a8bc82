"""Tells those who wished it that their question has an answer now."""

import asyncio
import logging
from dataclasses import dataclass
from itertools import islice

from pydantic import BaseModel, ConfigDict, ValidationError
from telegram.error import TelegramError

from bot.conversation.replies import Reply
from bot.errors import StoreError
from bot.inbox.encryption import DecryptionError, Encryption
from bot.inbox.updates import Chat, Message
from bot.matching import Answer, NotCovered
from bot.snapshot import CurrentSnapshot
from bot.store.records import Due, Subscription
from bot.store.subscriptions import Subscriptions
from bot.telegram.messages import Messages
from bot.texts.languages import Language

_LOG = logging.getLogger(__name__)
_LOOK_S = 5.0
_SIDE_BY_SIDE = 8
"""Notices that are under way at once: after a kill so many may be told twice."""


class Address(BaseModel):
    """Where a question was asked, and in which language."""

    model_config = ConfigDict(frozen=True)

    chat: int
    message: int
    thread: int | None
    language: str


@dataclass(frozen=True, slots=True)
class _Notice:
    """What to send to whom; without an address nobody can be told any more."""

    subscription: int
    address: Address | None
    reply: Reply


class SubscriptionNotifier:
    """Keeps subscriptions encrypted, and fulfils them."""

    def __init__(
        self, messages: Messages, subscriptions: Subscriptions, encryption: Encryption, current: CurrentSnapshot
    ) -> None:
        self._messages = messages
        self._subscriptions = subscriptions
        self._encryption = encryption
        self._current = current

    def subscription(self, key: str, member: int, address: Address) -> Subscription:
        """The subscription of a member to be told of a miss, fit to be kept."""
        return Subscription(key, self._person(member), self._encryption.close(address.model_dump_json()))

    def forget(self, member: int) -> None:
        """Delete all subscriptions of a member.

        Raises:
            StoreError: the store fails.
        """
        self._subscriptions.forget(self._person(member))

    async def run(self) -> None:
        """Tell whoever can be told, again and again, until it is cancelled."""
        while True:
            try:
                await self.tell()
            except StoreError as error:
                _LOG.warning("Who waits for an answer can't be told now: %s", error)
            await asyncio.sleep(_LOOK_S)

    async def tell(self) -> None:
        """Tell everybody who can be told, a few at a time; whoever was told is forgotten.

        Raises:
            StoreError: the store fails.
        """
        ready = filter(None, map(self._notice, await asyncio.to_thread(self._subscriptions.due)))
        while some := list(islice(ready, _SIDE_BY_SIDE)):
            await asyncio.to_thread(self._subscriptions.begin, [notice.subscription for notice in some])
            done = await asyncio.gather(*map(self._send, some))
            ids = [notice.subscription for notice, is_done in zip(some, done, strict=True) if is_done]
            if ids:
                await asyncio.to_thread(self._subscriptions.drop, ids)

    def _notice(self, due: Due) -> _Notice | None:
        """What to tell; None while there is nothing: it will be asked for again, or forgotten after its days."""
        try:
            address = Address.model_validate_json(self._encryption.open(due.address))
        except (DecryptionError, ValidationError):
            _LOG.warning("Somebody can't be told of an answer: the key or token is not the one of then.")
            return _Notice(due.id, None, Reply(""))
        verdict = self._current.snapshot.matcher.match(due.question)
        if not isinstance(verdict, Answer | NotCovered):
            return None
        return _Notice(due.id, address, self._current.dialogue.answered_since(verdict, Language[address.language]))

    async def _send(self, notice: _Notice) -> bool:
        """Send it; whether there is nothing more to do about it."""
        address = notice.address
        if address is None:
            return True
        chat = Chat(id=address.chat, type="private" if address.chat > 0 else "supergroup")
        asked = Message(message_id=address.message, date=0, chat=chat, thread=address.thread)
        try:
            # One who blocked the bot is dropped too.
            await self._messages.send(asked, notice.reply, asked.message_id, quotes=True)
        except TelegramError as error:
            _LOG.warning("Somebody could not be told of an answer, trying again: %s", error)
            return False
        return True

    def _person(self, member: int) -> int:
        return self._encryption.pseudonym(f"member {member}")
