"""Questions that lean on the one before them: 第三个呢, 那什么时候."""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from cachetools import LRUCache, TTLCache

from bot.items import Item

_REMEMBERED_S = 300.0
_REMEMBERED = 10_000
"""Chats whose subject is remembered, and questions whose reading is."""
_LONGEST = 12
"""Characters of a follow-up; who writes more says what is meant."""
_LEANING = re.compile(r"^(?:那么|那麼|那|然后|然後|还有|還有)|(?:呢|咧)[?？。!！~\s]*$")
_ORDINAL = re.compile("第[一二三四五六七八九十0-9]+")
_QUOTED = re.compile("“([^”]+)”")

Participant = tuple[int, int]
"""A chat, and a member of it: in a group each member has a subject of their own."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a member talks about: the question, as it was understood, and the item that answered it."""

    question: str
    item: Item


def is_follow_up(text: str) -> bool:
    """Whether a text may lean on the question before it."""
    text = text.strip()
    return len(text) <= _LONGEST and bool(_LEANING.search(text) or _ORDINAL.match(text))


def readings(text: str, subject: Subject) -> list[str]:
    """What a follow-up may mean, the likeliest first; nothing if it only asks to go on."""
    bare = _LEANING.sub("", _LEANING.sub("", text.strip(), count=1), count=1)
    if not bare:
        return []
    # What is clear without the subject comes first.
    found = [bare]
    ordinal = _ORDINAL.search(text)
    if ordinal and _ORDINAL.search(subject.question):
        found.append(_ORDINAL.sub(ordinal.group(), subject.question, count=1))
    question = subject.item.question
    quoted = _QUOTED.search(question)
    # A keyword that the question does not hold is part of its answer.
    held = (keyword for keyword in subject.item.keywords if keyword in question)
    named = quoted.group(1) if quoted else next(held, question.rstrip("？?"))
    return [*found, named + bare]


class ConversationMemory:
    """What members talk about, for five minutes, and how their follow-ups were read; in memory, for any thread."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._subjects: TTLCache[Participant, Subject] = TTLCache(_REMEMBERED, _REMEMBERED_S, now)
        self._readings: LRUCache[tuple[Participant, str], str] = LRUCache(_REMEMBERED)
        self._lock = threading.Lock()

    def subject(self, participant: Participant) -> Subject | None:
        """What a member talked about last; None after five minutes."""
        with self._lock:
            return self._subjects.get(participant)

    def put_subject(self, participant: Participant, subject: Subject) -> None:
        """Remember what a member talks about now."""
        with self._lock:
            self._subjects[participant] = subject

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
