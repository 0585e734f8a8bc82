"""Which of several processes that serve from one database does what: what waits in the inbox, and single tasks.

A replica lives as long as it says so in time, by the database's clock. What a replica that does not live had leased is
free to be taken over. All of it is decided under the lock of those who write, so that no two decide at once.
"""

import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Float, Select, cast, extract, func, or_, select

from bot.store.database import Repository
from bot.store.records import InboxState, Replica
from bot.store.tables import INBOX, LEASES, REPLICAS

LEASED_S = 10.0
"""So long a replica lives after it was heard of."""
_TRUSTED_S = 8.0
"""So long it takes itself for living: less, since what it sends takes a moment to be sent."""
_FORMER_IDS = 20
"""So many of a replica's ids are known: what it had leased under earlier ones is others' for long."""
_GONE_S = 3600.0
"""Rows of replicas that are dead for so long are deleted."""
_NOW: ColumnElement[float] = cast(extract("epoch", func.clock_timestamp()), Float)
"""The time by the database's clock. ``now()`` there is when the transaction began, before it waited for its lock."""


def boot_time() -> float:
    """Seconds by a clock that is never set, and goes on while the machine is suspended, where the system has one.

    The monotonic clock stands still then on Linux: whoever wakes up would trust leases that others have taken over.
    """
    clock: int | None = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


@dataclass(eq=False)
class Leases(Repository):
    """What this process, one of several replicas, has leased. It lives from ``join`` on, as long as it renews.

    ``name`` and ``version`` tell people which one it is; by ``elapsed``, in seconds, it knows how old its renewal is.
    """

    name: str
    version: str
    elapsed: Callable[[], float] = boot_time
    id: int = field(default=0, init=False)
    """What this replica is called since it joined."""
    ids: tuple[int, ...] = field(default=(), init=False)
    """What it was ever called, the latest last."""
    count: int = field(default=1, init=False)
    """How many replicas lived when this one was renewed last."""
    time: datetime = field(default=datetime.fromtimestamp(0, UTC), init=False)
    """The time by the database's clock when this replica was renewed last."""
    taken_over: Counter[str] = field(default_factory=Counter, init=False)
    """How many rows it took whose leases by others had ended, since the process began: each ``task`` and ``update``."""
    _renewed: float = field(default=0.0, init=False)
    """When it was renewed last, by ``elapsed``: before the statement began."""

    @property
    def is_trusted(self) -> bool:
        """Whether nobody else can have taken over what this replica has."""
        return self.elapsed() - self._renewed < _TRUSTED_S

    def join(self, knowledge: str) -> None:
        """Live from now on, under a new id: what was leased under a former one is not this replica's any more."""
        began, new_id = self.elapsed(), secrets.randbits(62) + 1
        with self._database.transaction() as connection:
            connection.execute(REPLICAS.delete().where(REPLICAS.c.leased_until < _NOW - _GONE_S))
            connection.execute(
                REPLICAS.insert().values(
                    id=new_id,
                    name=self.name,
                    version=self.version,
                    knowledge=knowledge,
                    started_at=self._database.now(),
                    leased_until=_NOW + LEASED_S,
                )
            )
        self.id, self.ids = new_id, (*self.ids, new_id)[-_FORMER_IDS:]
        self._renewed = began

    def renew(self, knowledge: str) -> bool:
        """Go on living; False if it is too late for that, and others may have taken over what this replica had."""
        began = self.elapsed()
        lives = (REPLICAS.c.id == self.id, REPLICAS.c.leased_until > _NOW)
        with self._database.transaction() as connection:
            values = {"leased_until": _NOW + LEASED_S, "knowledge": knowledge}
            if not connection.execute(REPLICAS.update().where(*lives).values(values)).rowcount:
                return False
            now, self.count = connection.execute(
                select(_NOW, select(func.count()).select_from(living().subquery()).scalar_subquery())
            ).one()
        self.time = datetime.fromtimestamp(now, UTC)
        self._renewed = began
        return True

    def leave(self) -> None:
        """Live no longer, and give back what was leased, so that others need not wait."""
        self._database.write(
            INBOX.update().where(INBOX.c.leased_by == self.id).values(leased_by=None),
            LEASES.update().where(LEASES.c.leased_by == self.id).values(leased_by=None),
            REPLICAS.delete().where(REPLICAS.c.id == self.id),
        )

    def take(self, name: str) -> bool:
        """Whether this replica is the one that does a task; it becomes so where none is that lives."""
        if not self.is_trusted:
            return False
        taken = select(LEASES.c.leased_by).where(LEASES.c.name == name)
        holder = self._database.read(taken.where(LEASES.c.leased_by.in_(living()))).scalar_one_or_none()
        if holder is not None:
            return bool(holder == self.id)
        free = or_(LEASES.c.leased_by.is_(None), LEASES.c.leased_by.not_in(living()))
        with self._database.transaction() as connection:
            former = connection.execute(taken).scalars().all()
            if not former:
                connection.execute(LEASES.insert().values(name=name))
            own = LEASES.update().where(LEASES.c.name == name, free).values(leased_by=self.id)
            if not connection.execute(own).rowcount:
                return bool(former == [self.id])
            self.note_taken("task", former)
            return True

    def note_taken(self, kind: str, former: Iterable[int | None]) -> None:
        """Count rows that this replica has taken, each with the id of who had leased it before, but for its own.

        Within the transaction that takes them: no two threads count at once then.
        """
        self.taken_over[kind] += sum(owner is not None and owner not in self.ids for owner in former)

    def held(self) -> Mapping[str, int]:
        """How many rows this replica has leased: each ``task`` and ``update``."""
        tasks = select(func.count()).select_from(LEASES).where(LEASES.c.leased_by == self.id)
        waits = INBOX.c.state == InboxState.WAITING
        updates = select(func.count()).select_from(INBOX).where(waits, INBOX.c.leased_by == self.id)
        row = self._database.read(select(tasks.scalar_subquery(), updates.scalar_subquery())).one()
        return {"task": row[0], "update": row[1]}

    def replicas(self) -> Sequence[Replica]:
        """The replicas that live, by name."""
        columns = (REPLICAS.c.id, REPLICAS.c.name, REPLICAS.c.version, REPLICAS.c.knowledge, REPLICAS.c.started_at)
        lag = LEASED_S - (REPLICAS.c.leased_until - _NOW)
        living_now = select(*columns, lag).where(REPLICAS.c.leased_until > _NOW)
        return [Replica(*row) for row in self._database.read(living_now.order_by(REPLICAS.c.name, REPLICAS.c.id))]


def living() -> Select[int]:
    """The ids of the replicas that live."""
    return select(REPLICAS.c.id).where(REPLICAS.c.leased_until > _NOW)
