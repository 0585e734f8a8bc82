"""What one person may do: how fast to ask, and how much of the log of missed questions to fill."""

import hashlib
import hmac
import secrets
import threading
from collections import Counter, deque
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import Enum, auto

_MINUTE_S = 60.0
_MEMBERS_REMEMBERED = 10_000


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

    In memory only.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._times: dict[int, deque[float]] = {}
        self._told: set[int] = set()

    def judge(self, member: int, at: float) -> Pace:
        """Judge a message that was sent at ``at``, in seconds: a night's backlog is no flood."""
        times = self._times.pop(member, None) or deque(maxlen=self._limit + 1)
        times.append(at)
        while times[0] <= at - _MINUTE_S:
            times.popleft()
        self._times[member] = times
        if len(self._times) > _MEMBERS_REMEMBERED:
            # The one who wrote longest ago is the first.
            quietest = next(iter(self._times))
            del self._times[quietest]
            self._told.discard(quietest)
        if member in self._told:
            if len(times) > max(1, self._limit // 2):
                return Pace.SILENT
            self._told.remove(member)
            return Pace.FINE
        if len(times) > self._limit:
            self._told.add(member)
            return Pace.NOTICE
        return Pace.FINE


class DailyQuota:
    """At most ``limit`` misses a day of one member.

    Members are counted by a hash whose key is drawn anew each day and never stored: it can't be traced back.
    """

    def __init__(self, limit: int, today: Callable[[], date] = lambda: datetime.now(UTC).date()) -> None:
        self._limit = limit
        self._today = today
        self._day: date | None = None
        self._key = b""
        self._counts: Counter[bytes] = Counter()
        self._lock = threading.Lock()
        """Turns are made in threads."""

    def admits(self, member: int) -> bool:
        """Whether one more is within the bound; it is counted then."""
        with self._lock:
            day = self._today()
            if day != self._day:
                self._day, self._key, self._counts = day, secrets.token_bytes(32), Counter()
            person = hmac.new(self._key, str(member).encode(), hashlib.sha256).digest()
            if self._counts[person] >= self._limit:
                return False
            self._counts[person] += 1
            return True
