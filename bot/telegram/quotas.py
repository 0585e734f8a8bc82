"""What one person may do: how fast to ask, and how much of the log of missed questions to fill."""

import hmac
import secrets
from collections import Counter, deque
from collections.abc import Callable, Sequence
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


@dataclass(slots=True)
class _Member:
    """When a member's latest messages were sent, and whether the member was told to slow down."""

    times: deque[float]
    told: bool = False


class MemberRateLimit:
    """At most ``limit`` messages a minute of one member; after more, none until it was half as many. In memory only."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._members: LRUCache[int, _Member] = LRUCache(_REMEMBERED)
        self._judged: LRUCache[int, Pace] = LRUCache(_REMEMBERED)
        """The judgement of each update."""

    @cachedmethod(lambda self: self._judged, key=lambda _self, _member, _at, update_id: update_id)
    def judge(self, member: int, at: float, update_id: int) -> Pace:  # noqa: ARG002 - the key
        """Judge a message that was sent at ``at``, in seconds: a night's backlog is no flood.

        An update counts once however often it is judged, as it is while the store fails.
        """
        known = self._members.setdefault(member, _Member(deque(maxlen=self._limit + 1)))
        known.times.append(at)
        while known.times[0] <= at - _MINUTE_S:
            known.times.popleft()
        if known.told:
            known.told = len(known.times) > max(1, self._limit // 2)
            return Pace.SILENT if known.told else Pace.FINE
        known.told = len(known.times) > self._limit
        return Pace.NOTICE if known.told else Pace.FINE


class DailyQuota:
    """At most ``limit`` misses, and as many opinions, a day of one member.

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
