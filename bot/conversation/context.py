"""What a member and the bot talk about: what a message that says little leans on."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated

from cachetools import LRUCache, TLRUCache
from pydantic import PlainSerializer, PlainValidator

from bot.clock import MACHINE
from bot.conversation.reply import Reply, StoredButtons, StoredReply

LATEST = 20
"""So many of a participant's latest messages are remembered."""
_REMEMBERED_S = 300.0
_REMEMBERED = 10_000
"""Participants whose context is remembered, and whose readings are."""
_TOGETHER_S = 60.0
"""What is sent within this time of a fragment may be its other half."""

Participant = tuple[int, int]
"""A chat, and a member of it: in a group each member has a context of their own."""


@dataclass(frozen=True, slots=True)
class Context:
    """The last turn that was about the knowledge.

    ``question``: as it was understood. ``items``: the ids of what it led to. ``options``: the buttons of what the last
    reply offers, in order; ``earlier_options``: those of the list that it was chosen from. ``subjects``: the terms that
    it was about, in standard form. ``place``: the part of a list that was shown last, from 0. ``fragments``: the last
    messages that meant little alone.
    """

    question: str = ""
    items: tuple[str, ...] = ()
    options: StoredButtons = ()
    earlier_options: StoredButtons = ()
    subjects: tuple[str, ...] = ()
    place: int | None = None
    fragments: tuple[str, ...] = ()
    reply: (
        Annotated[
            Reply,
            PlainValidator(lambda stored: StoredReply.model_validate(stored).reply()),
            PlainSerializer(lambda reply: StoredReply.of(reply).model_dump()),
        ]
        | None
    ) = None


@dataclass(frozen=True, slots=True)
class TimedContext:
    """A context, and when it came about, in seconds since 1970."""

    context: Context
    at: float


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is remembered of one participant, as a value that can be stored.

    ``last``: the context, None without one; ``readings``: how texts were read, the latest last.
    """

    last: TimedContext | None = None
    readings: Mapping[str, str] = field(default_factory=dict)


class ConversationMemory:
    """The contexts of members, for five minutes, and how their latest messages were read; in memory, for any thread.

    ``now``: the time in seconds since 1970.
    """

    def __init__(self, now: Callable[[], float] = MACHINE.timestamp) -> None:
        self._now = now
        self._contexts: TLRUCache[Participant, TimedContext] = TLRUCache(_REMEMBERED, _end, now)
        self._readings: LRUCache[Participant, Mapping[str, str]] = LRUCache(_REMEMBERED)
        self._lock = threading.Lock()

    def context(self, participant: Participant) -> Context:
        """A member's context, empty after five minutes; its fragments are forgotten after one."""
        with self._lock:
            last = self._contexts.get(participant)
        if last is None:
            return Context()
        if self._now() - last.at > _TOGETHER_S:
            return replace(last.context, fragments=())
        return last.context

    def put_context(self, participant: Participant, context: Context) -> None:
        """Remember what is talked about now."""
        with self._lock:
            self._contexts[participant] = TimedContext(context, self._now())

    def forget(self, participant: Participant) -> None:
        """Forget what was talked about."""
        self.put(participant, Conversation())

    def reading(self, participant: Participant, text: str) -> str:
        """How a text was read; the text itself, if nothing else is known."""
        with self._lock:
            return self._readings.get(participant, {}).get(text, text)

    def put_reading(self, participant: Participant, text: str, reading: str) -> None:
        """Remember how a text was read."""
        with self._lock:
            readings = dict(self._readings.get(participant, {}))
            readings.pop(text, None)
            if reading != text:
                readings[text] = reading
            self._readings[participant] = dict(list(readings.items())[-LATEST:])

    def of(self, participant: Participant) -> Conversation:
        """What is remembered of a participant."""
        with self._lock:
            return Conversation(self._contexts.get(participant), self._readings.get(participant, {}))

    def put(self, participant: Participant, conversation: Conversation) -> None:
        """Remember this of a participant, and nothing else."""
        with self._lock:
            self._contexts.pop(participant, None)
            if conversation.last and self._now() < _end(participant, conversation.last):
                self._contexts[participant] = conversation.last
            self._readings[participant] = conversation.readings


def _end(_participant: Participant, last: TimedContext, _now: float = 0.0) -> float:
    """When a context is forgotten."""
    return last.at + _REMEMBERED_S
