"""A question that leans on the one before it: 第三个呢, 那什么时候."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.items import Item

_KEPT_S = 300.0
_KEPT = 10_000
_LONGEST = 12
"""Characters; whoever writes more says what is meant."""
_LEANS = re.compile(r"^(?:那么|那麼|那|然后|然後|还有|還有)|(?:呢|咧)[?？。!！~\s]*$")
_ORDINAL = re.compile("第[一二三四五六七八九十0-9]+")
_QUOTED = re.compile("“([^”]+)”")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a chat talks about: the question, as it was understood, and the item that answered it."""

    question: str
    item: Item


def leans(text: str) -> bool:
    """Whether a text may be a follow-up."""
    short = len(text.strip()) <= _LONGEST
    return short and bool(_LEANS.search(text.strip()) or _ORDINAL.match(text.strip()))


def understood(text: str, subject: Subject) -> list[str]:
    """What a follow-up may mean, the likeliest first; nothing if it only asks to go on."""
    bare = _LEANS.sub("", _LEANS.sub("", text.strip(), count=1), count=1)
    if not bare:
        return []
    # What is clear without the subject comes first.
    meant = [bare]
    ordinal = _ORDINAL.search(text)
    if ordinal and _ORDINAL.search(subject.question):
        meant.append(_ORDINAL.sub(ordinal.group(), subject.question, count=1))
    question = subject.item.question
    quoted = _QUOTED.search(question)
    # A keyword that the question does not hold is part of its answer.
    held = (keyword for keyword in subject.item.keywords if keyword in question)
    named = quoted.group(1) if quoted else next(held, question.rstrip("？?"))
    return [*meant, named + bare]


_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
Talk = tuple[int, int]
"""A chat, and who of it speaks: in a group each has a subject of their own."""


class Subjects:
    """What is talked about, for five minutes, and how follow-ups were understood; in memory only."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._kept: dict[Talk, tuple[float, Subject]] = {}
        self._readings: dict[tuple[Talk, str], str] = {}

    def get(self, talk: Talk) -> Subject | None:
        """What was talked about just now."""
        at, subject = self._kept.get(talk, (0.0, None))
        return subject if self._now() - at < _KEPT_S else None

    def put(self, talk: Talk, subject: Subject) -> None:
        """Note it."""
        _note(self._kept, talk, (self._now(), subject))

    def reading(self, talk: Talk, text: str) -> str:
        """How a text was understood; as it stands, if nothing else is known."""
        return self._readings.get((talk, text), text)

    def read(self, talk: Talk, text: str, meant: str) -> None:
        """Note how a text was understood."""
        if meant == text:
            self._readings.pop((talk, text), None)
        else:
            _note(self._readings, (talk, text), meant)


def _note(kept: dict[_Key, _Value], key: _Key, value: _Value) -> None:
    kept.pop(key, None)
    kept[key] = value
    if len(kept) > _KEPT:
        # The one that was noted longest ago is the first.
        del kept[next(iter(kept))]
