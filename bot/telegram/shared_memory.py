"""What is remembered of participants, where several replicas serve them: it is kept in the store, encrypted."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from pydantic import TypeAdapter, ValidationError

from bot.conversation.context import Conversation, ConversationMemory, Participant
from bot.inbox.encryption import DecryptionError, Encryption
from bot.inbox.worker import known_here
from bot.store.participants import Participants
from bot.store.records import ParticipantState, Records
from bot.telegram.exchanges import ExchangeMemory, Exchanges
from bot.telegram.quotas import MemberRateLimit, Rate


@dataclass(frozen=True, slots=True)
class _State:
    """All that is remembered of a participant."""

    conversation: Conversation
    exchanges: Exchanges
    rate: Rate


_STATE = TypeAdapter(_State)
_NOTHING = _State(Conversation(), Exchanges(), Rate())


@dataclass(frozen=True, slots=True)
class MemberMemory:
    """All that is remembered of members, in memory."""

    conversations: ConversationMemory
    exchanges: ExchangeMemory
    rate_limit: MemberRateLimit

    def of(self, participant: Participant) -> str:
        """What is remembered of a participant, as JSON; empty where nothing was talked about."""
        state = _State(
            self.conversations.of(participant), self.exchanges.of(participant), self.rate_limit.rate(participant)
        )
        if replace(state, rate=Rate()) == _NOTHING:
            return ""
        return _STATE.dump_json(state, exclude_defaults=True).decode()

    def put(self, participant: Participant, remembered: str) -> None:
        """Remember this of a participant, and nothing else.

        Where that is nothing, such as after ``/forget``, whoever floods is still held back.
        """
        state = replace(_NOTHING, rate=self.rate_limit.rate(participant))
        # What another version has stored may mean nothing here.
        with suppress(ValidationError):
            state = _STATE.validate_json(remembered) if remembered else state
        self.conversations.put(participant, state.conversation)
        self.exchanges.put(participant, state.exchanges)
        self.rate_limit.put_rate(participant, state.rate)


@dataclass(eq=False)
class SharedMemory:
    """Brings what is remembered up to date before an update, and has it kept together with that update.

    A chat's updates are handled by one replica at a time, so that nobody else changes it in between. It is read when a
    replica takes up a chat, since whether another one has handled the update before can be known in no other way.
    """

    participants: Participants
    encryption: Encryption

    def __post_init__(self) -> None:
        self._under_way: Counter[Participant] = Counter()
        """How many updates of each participant are being answered."""

    async def answer(
        self, participant: Participant, memory: MemberMemory, answer: Callable[[], Awaitable[Records]]
    ) -> Records:
        """Answer an update of a participant; its records, with what is remembered now if that has changed.

        Raises:
            StoreError: what is remembered can't be read.
        """
        key = self.encryption.pseudonym(f"participant {participant}")
        known = known_here()
        before: str | None = None
        if participant in known:
            before = memory.of(participant)
        # Beside another update of theirs that waits to be sent, what is in memory is newer than what is kept.
        elif not self._under_way[participant]:
            before = await asyncio.to_thread(self._read, key)
            memory.put(participant, before)
        known.discard(participant)
        self._under_way[participant] += 1
        try:
            records = await answer()
        finally:
            self._under_way[participant] -= 1
            if not self._under_way[participant]:
                del self._under_way[participant]
        known.add(participant)
        now = memory.of(participant)
        if now == before:
            return records
        state = ParticipantState(key, self.encryption.encrypt(now) if now else None)
        return replace(records, participants=(state,))

    def _read(self, key: int) -> str:
        """What is kept of a participant; empty where that is nothing, or can't be decrypted."""
        content = self.participants.content(key)
        with suppress(DecryptionError):
            return self.encryption.decrypt(content) if content else ""
        return ""
