"""What a member and the bot talk about: what a message that says little leans on."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from cachetools import LRUCache, TTLCache

from bot.conversation.reply import Button, Reply

_REMEMBERED_S = 300.0
_REMEMBERED = 10_000
"""Members whose context is remembered, and questions whose reading is."""
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
    options: tuple[Button, ...] = ()
    earlier_options: tuple[Button, ...] = ()
    subjects: tuple[str, ...] = ()
    place: int | None = None
    fragments: tuple[str, ...] = ()
    reply: Reply | None = None


@dataclass(frozen=True, slots=True)
class _Remembered:
    context: Context
    at: float


class ConversationMemory:
    """The contexts of members, for five minutes, and how their messages were read; in memory, for any thread."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._contexts: TTLCache[Participant, _Remembered] = TTLCache(_REMEMBERED, _REMEMBERED_S, now)
        self._readings: LRUCache[tuple[Participant, str], str] = LRUCache(_REMEMBERED)
        self._lock = threading.Lock()

    def context(self, participant: Participant) -> Context:
        """A member's context, empty after five minutes; its fragments are forgotten after one."""
        with self._lock:
            remembered = self._contexts.get(participant)
        if remembered is None:
            return Context()
        context = remembered.context
        if self._now() - remembered.at > _TOGETHER_S:
            return replace(context, fragments=())
        return context

    def put_context(self, participant: Participant, context: Context) -> None:
        """Remember what is talked about now."""
        with self._lock:
            self._contexts[participant] = _Remembered(context, self._now())

    def forget(self, participant: Participant) -> None:
        """Forget what was talked about."""
        with self._lock:
            self._contexts.pop(participant, None)

    def reading(self, participant: Participant, text: str) -> str:
        """How a text was read; the text itself, if nothing else is known."""
        with self._lock:
            return self._readings.get((participant, text), text)

    def put_reading(self, participant: Participant, text: str, reading: str) -> None:
        """Remember how a text was read."""
        with self._lock:
            if reading == text:
                self._readings.pop((participant, text), None)
            else:
                self._readings[participant, text] = reading
