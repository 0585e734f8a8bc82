"""What one person may do: how fast to write, and how much of the log of missed questions to fill."""

import hashlib
import hmac
import secrets
import threading
from collections import Counter, deque
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import Enum, auto

from cachetools import LRUCache

_MINUTE_S = 60.0
_REMEMBERED = 10_000
"""Members, and updates, that are remembered."""


class Pace(Enum):
    """What to do with a message."""

    FINE = auto()
    """Answer it."""
    NOTICE = auto()
    """Too fast: say so, once."""
    SILENT = auto()
    """Still too fast, and told already."""


class MemberRateLimit:
    """At most ``limit`` messages a minute of one member; after more of them, none until it was half as many.

    It is kept in memory alone.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._times: LRUCache[int, deque[float]] = LRUCache(_REMEMBERED)
        self._told: LRUCache[int, None] = LRUCache(_REMEMBERED)
        self._judged: LRUCache[int, Pace] = LRUCache(_REMEMBERED)

    def judge(self, member: int, at: float, update_id: int) -> Pace:
        """Judge a message that was sent at ``at``, in seconds: a night's backlog is no flood.

        An update that is handled again after a failure gets the same judgement, and counts once.
        """
        pace = self._judged.get(update_id)
        if pace is None:
            pace = self._judged[update_id] = self._judge(member, at)
        return pace

    def _judge(self, member: int, at: float) -> Pace:
        times = self._times.setdefault(member, deque(maxlen=self._limit + 1))
        times.append(at)
        while times[0] <= at - _MINUTE_S:
            times.popleft()
        if member in self._told:
            if len(times) > max(1, self._limit // 2):
                return Pace.SILENT
            del self._told[member]
            return Pace.FINE
        if len(times) > self._limit:
            self._told[member] = None
            return Pace.NOTICE
        return Pace.FINE


class DailyQuota:
    """At most ``limit`` records a day of one member, for any thread.

    Members are counted by a hash whose key is drawn anew each day and never stored: it can't be traced back.
    """

    def __init__(self, limit: int, today: Callable[[], date] = lambda: datetime.now(UTC).date()) -> None:
        self._limit = limit
        self._today = today
        self._day: date | None = None
        self._key = b""
        self._counts: Counter[bytes] = Counter()
        self._lock = threading.Lock()

    def has_left(self, member: int) -> bool:
        """Whether one more record is within the limit."""
        with self._lock:
            name = self._pseudonym(member)
            return self._counts[name] < self._limit

    def spend(self, member: int) -> None:
        """Count a record."""
        with self._lock:
            name = self._pseudonym(member)
            self._counts[name] += 1

    def _pseudonym(self, member: int) -> bytes:
        """What a member is counted by today; the counts of other days are dropped."""
        day = self._today()
        if day != self._day:
            self._day, self._key, self._counts = day, secrets.token_bytes(32), Counter()
        return hmac.new(self._key, str(member).encode(), hashlib.sha256).digest()
