"""What one person may do: how fast to ask, and how much of the log of missed questions to fill."""

import hmac
import secrets
from collections import Counter, deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

from cachetools import LRUCache, cachedmethod

from bot.clock import MACHINE
from bot.store.records import Records

_MINUTE_S = 60.0
_REMEMBERED = 10_000
"""Members, and updates, that are remembered; those that were seen longest ago are forgotten first."""


class Pace(Enum):
    """What to do with a message: answer it, say once that it came too fast, or say nothing more."""

    FINE = auto()
    NOTICE = auto()
    SILENT = auto()


@dataclass(frozen=True, slots=True)
class Rate:
    """When somebody's latest messages were sent, and whether they were told to slow down."""

    times: tuple[float, ...] = ()
    told: bool = False


class MemberRateLimit:
    """At most ``limit`` messages a minute of one member; after more, none until it was half as many.

    Whoever calls it decides by what a member is known, such as by an id, or by a chat and an id.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._members: LRUCache[Hashable, Rate] = LRUCache(_REMEMBERED)
        self._judged: LRUCache[int, Pace] = LRUCache(_REMEMBERED)
        """The judgement of each update."""

    @cachedmethod(lambda self: self._judged, key=lambda _self, _member, _at, update_id: update_id)
    def judge(self, member: Hashable, at: float, update_id: int) -> Pace:  # noqa: ARG002 - the key
        """Judge a message that was sent at ``at``, in seconds: a night's backlog is no flood.

        An update counts once however often it is judged, as it is while the store fails.
        """
        known = self.rate(member)
        times = deque((*known.times, at), maxlen=self._limit + 1)
        while times[0] <= at - _MINUTE_S:
            times.popleft()
        told = len(times) > (max(1, self._limit // 2) if known.told else self._limit)
        self.put_rate(member, Rate(tuple(times), told))
        if not told:
            return Pace.FINE
        return Pace.SILENT if known.told else Pace.NOTICE

    def rate(self, member: Hashable) -> Rate:
        """A member's rate."""
        return self._members.get(member, Rate())

    def put_rate(self, member: Hashable, rate: Rate) -> None:
        """Go on from this rate."""
        self._members[member] = rate


class DailyQuota:
    """At most ``limit`` misses, and as many opinions, a day of one member; each replica counts for itself.

    Members are counted by a hash whose key is drawn anew each day and never stored: nobody can be traced by it.
    """

    def __init__(self, limit: int, today: Callable[[], date] = MACHINE.today) -> None:
        self._limit = limit
        self._today = today
        self._day: date | None = None
        self._key = b""
        self._counts: Counter[bytes] = Counter()

    def has_left(self, member: int, records: Records) -> bool:
        """Whether one more of each kind in these records is within the bound today."""
        counts = self._today_s_counts()
        return all(counts[key] < self._limit for key in self._keys(member, records))

    def spend(self, member: int, records: Records) -> None:
        """Count records that are kept."""
        self._today_s_counts().update(self._keys(member, records))

    def _today_s_counts(self) -> Counter[bytes]:
        today = self._today()
        if today != self._day:
            self._day, self._key, self._counts = today, secrets.token_bytes(32), Counter()
        return self._counts

    def _keys(self, member: int, records: Records) -> Sequence[bytes]:
        kinds = ["miss"] * len(records.misses) + ["opinion"] * len(records.feedback)
        return [hmac.digest(self._key, f"{kind} {member}".encode(), "sha256") for kind in kinds]
