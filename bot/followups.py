"""A question that leans on the one before it: 第三个呢, 那什么时候."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.items import Item

_KEPT_S = 300.0
_CHATS_KEPT = 10_000
_LONGEST = 12
"""Characters; whoever writes more says what is meant."""
_LEANS = re.compile(r"^(?:那么|那麼|那|然后|还有)|(?:呢|咧)[?？。!！~\s]*$")
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
    """What a follow-up may mean, the likeliest first."""
    meant = []
    ordinal = _ORDINAL.search(text)
    if ordinal and _ORDINAL.search(subject.question):
        meant.append(_ORDINAL.sub(ordinal.group(), subject.question, count=1))
    quoted = _QUOTED.search(subject.item.question)
    named = quoted.group(1) if quoted else next(iter(subject.item.keywords), subject.item.question.rstrip("？?"))
    meant.append(named + _LEANS.sub("", text.strip(), count=1))
    return meant


class Subjects:
    """What each chat talks about, in memory only, for five minutes."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._kept: dict[int, tuple[float, Subject]] = {}

    def get(self, chat: int) -> Subject | None:
        """What this chat talked about just now."""
        at, subject = self._kept.get(chat, (0.0, None))
        return subject if self._now() - at < _KEPT_S else None

    def put(self, chat: int, subject: Subject) -> None:
        """Note it."""
        self._kept.pop(chat, None)
        self._kept[chat] = (self._now(), subject)
        if len(self._kept) > _CHATS_KEPT:
            # The chat that was silent longest is the first.
            del self._kept[next(iter(self._kept))]
