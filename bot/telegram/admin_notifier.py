"""What admins are told without asking: kept until Telegram took it."""

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from pydantic import ValidationError
from telegram.error import TelegramError

from bot.clock import Clock
from bot.conversation.reply import Reply, StoredReply, paragraphs
from bot.errors import StoreError
from bot.inbox.encryption import DecryptionError, Encryption
from bot.inbox.updates import Place
from bot.store.notices import Notices
from bot.store.records import Notice, NoticeKind
from bot.telegram.client import Outcome, explain, outcome
from bot.telegram.messages import Messages
from bot.texts import admins as texts

_LOG = logging.getLogger(__name__)
_LATE_S = 600.0
"""A notice that is delivered after more than this says from when it is."""
_LAST_S = 2.0
"""How long a delivery under way may take when the bot ends."""
_LOOK_S = 5.0
_REFUSED_S = 600.0
"""After so long, or with the next notice, a chat that took no message is tried again: an admin may press start."""


@dataclass(eq=False)
class AdminNotifier:
    """Delivers notices to ``chats``: to each once, as far as Telegram's answers tell, across kills and outages.

    What is kept is encrypted. A chat that can't be written to holds up no other.
    """

    messages: Messages
    notices: Notices
    encryption: Encryption
    chats: Sequence[int]
    clock: Clock

    def __post_init__(self) -> None:
        self._added = {chat: asyncio.Event() for chat in self.chats}
        self._unkept: defaultdict[int, deque[Reply]] = defaultdict(deque)
        """What could not be stored when it was to be told, by chat."""
        self._settled: dict[int, int] = {}
        """The notice of each chat that needs no delivery any more, whether the store knows it or not."""

    async def tell(self, kind: NoticeKind, reply: Reply) -> None:
        """Have a notice delivered. It is kept when this returns; if the store fails, in memory alone."""
        try:
            await self.keep(kind, reply)
        except StoreError as error:
            _LOG.error("A notice to admins can't be stored, and is lost if the bot ends before its delivery: %s", error)
            for chat in self.chats:
                self._unkept[chat].append(reply)
                self._added[chat].set()

    async def keep(self, kind: NoticeKind, reply: Reply, mark: str | None = None) -> None:
        """Keep a notice to be delivered, with a mark as ``Notices.add`` says. Raises StoreError."""
        content = self.encryption.encrypt(StoredReply.of(reply).model_dump_json())
        await asyncio.to_thread(self.notices.add, kind, self.chats, content, mark)
        for added in self._added.values():
            added.set()

    async def deliver_next(self, chat: int) -> None:
        """Deliver the next notice for a chat, once there is one and the chat takes messages.

        Raises:
            TelegramError: it could not be delivered now; the next call tries again.
            StoreError: the store fails.
        """
        self._added[chat].clear()
        if unkept := self._unkept[chat]:
            is_settled = await self._send(chat, unkept[0])
            if is_settled:
                unkept.popleft()
        elif notice := await asyncio.to_thread(self.notices.next, chat):
            delivery = asyncio.create_task(self._settle(chat, notice))
            try:
                is_settled = await asyncio.shield(delivery)
            except asyncio.CancelledError:
                # The bot ends; what Telegram takes now would be told again after the next start.
                await asyncio.wait([delivery], timeout=_LAST_S)
                delivery.cancel()
                await asyncio.gather(delivery, return_exceptions=True)
                raise
        else:
            # Another replica may have kept one.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._added[chat].wait(), _LOOK_S)
            return
        if not is_settled:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._added[chat].wait(), _REFUSED_S)

    async def _settle(self, chat: int, notice: Notice) -> bool:
        """Deliver a notice, and delete it from the store; False if the chat takes no messages."""
        if self._settled.get(chat) != notice.id:
            if not await self._deliver(chat, notice):
                return False
            self._settled[chat] = notice.id
        await asyncio.to_thread(self.notices.settle, notice.id)
        return True

    async def _deliver(self, chat: int, notice: Notice) -> bool:
        try:
            reply = StoredReply.model_validate_json(self.encryption.decrypt(notice.content)).reply()
        except (DecryptionError, ValidationError):
            _LOG.warning("A notice to an admin is dropped: the key or token has changed since.")
            return True
        if (self.clock() - notice.created_at).total_seconds() > _LATE_S:
            late = texts.NOTICE_LATE.format(time=self.clock.local(notice.created_at))
            reply = Reply(paragraphs(late, reply.text), reply.rows)
        return await self._send(chat, reply)

    async def _send(self, chat: int, reply: Reply) -> bool:
        """Whether a notice needs no sending any more; False if the chat takes no messages."""
        try:
            sent = await self.messages.send(Place(chat), reply, None)
        except TelegramError as error:
            if (known := outcome(error)) is Outcome.NOT_ARRIVED:
                raise
            # It was sent as often as such a message is.
            _LOG.warning("A notice to an admin %s, and is not sent again: %s", known, explain(error))
            return True
        if sent is None:
            _LOG.warning("A notice to an admin waits, since Telegram refuses it: has every admin pressed start?")
        return sent is not None

    def drop_old(self) -> int:
        """Drop what could not be delivered for 3 days, and say how many notices that were. Raises StoreError."""
        if dropped := self.notices.drop_old():
            _LOG.warning("%d notices to admins are dropped: they could not be delivered for 3 days.", dropped)
        return dropped
