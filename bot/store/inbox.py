"""The inbox: updates as they came in, until they are answered."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from sqlalchemy import ColumnElement, Connection, func, literal, select

from bot.errors import StoreGoneError
from bot.store.database import DEDUPE_WINDOW, Repository, fields_of, insert
from bot.store.leases import Leases, living
from bot.store.records import DeadLetter, Entry, InboxState, Records, Waiting
from bot.store.tables import INBOX
from bot.store.usage import UsageLog

_CLAIMED = 1_000
"""Rows that are claimed at once: others shall have some too."""
_ENOUGH = 1_000
"""With so many rows to handle, no more are claimed."""


@dataclass(eq=False)
class Inbox(Repository):
    """Where updates are kept until they are answered.

    ``usage`` takes the records that are committed together with the update that they come from. With ``leases`` other
    processes serve from the same database: a chat whose updates one of them handles is left to it as long as it lives,
    and what is returned to be handled is this process's own from then on.
    """

    usage: UsageLog
    leases: Leases | None = None

    def receive(self, entries: Sequence[Entry]) -> Sequence[Waiting]:
        """Keep what was not received within the last 48 hours, in this order; what is to be handled now.

        With leases that is all that waits in these chats, if they are free, be it from before.
        """
        now = self._database.now()
        keys = {entry.key for entry in entries}
        same = (INBOX.c.update_key.in_(keys), INBOX.c.received_at > now - DEDUPE_WINDOW)
        kept: list[Waiting] = []
        chats: set[int] = set()
        with self._database.transaction() as connection:
            known = set(connection.execute(select(INBOX.c.update_key).where(*same)).scalars())
            for entry in entries:
                if entry.key in known:
                    continue
                known.add(entry.key)
                row = {"update_key": entry.key, "payload": entry.payload, "received_at": now, "chat_key": entry.chat}
                if entry.fault:
                    insert(connection, INBOX, row | {"state": InboxState.DEAD, "died_at": now, "fault": entry.fault})
                elif self.leases and not entry.is_brief:
                    insert(connection, INBOX, row | {"state": InboxState.WAITING})
                    chats.add(entry.chat)
                else:
                    leased = {"state": InboxState.WAITING, "leased_by": self.leases and self.leases.id}
                    kept.append(Waiting(insert(connection, INBOX, row | leased), entry.payload, now))
            kept += self._claim_in(connection, INBOX.c.chat_key.in_(chats)) if chats else ()
        return kept

    def is_kept(self) -> bool:
        """Whether what was received is where it was put."""
        try:
            self._database.check_files()
        except StoreGoneError:
            return False
        return True

    def waiting(self, besides: Collection[int]) -> Sequence[Waiting]:
        """What waits to be handled here, in the order in which it came in, besides the rows with these ids.

        With leases chats that are free are claimed first, unless there is enough to do.
        """
        waiting = fields_of(Waiting, INBOX).where(INBOX.c.state == InboxState.WAITING, *self._own())
        if self.leases and len(besides) < _ENOUGH:
            with self._database.transaction() as connection:
                self._claim_in(connection)
        # A statement takes only so many parameters, so that the ids are compared here.
        rows = self._database.read(waiting.order_by(INBOX.c.id))
        return [Waiting(*row) for row in rows if row.id not in besides]

    def finish(self, done: Mapping[int, Records]) -> Sequence[Waiting]:
        """Mark updates as answered, delete their content and keep their records, all at once or not at all.

        ``done``: what is to be kept of each update, by the id of its row. An update that another process has taken over
        is that one's to finish: nothing is kept of it. What came in elsewhere meanwhile for the same chats is returned
        to be handled.
        """
        emptied = INBOX.update().where(INBOX.c.id.in_(done), *self._ever_own())
        emptied = emptied.values(state=InboxState.DONE, payload=None, fault=None, died_at=None, leased_by=None)
        with self._database.transaction() as connection:
            if not self.leases:
                connection.execute(emptied)
                for records in done.values():
                    self.usage.record_in(connection, records)
                return []
            chats = connection.execute(emptied.returning(INBOX.c.id, INBOX.c.chat_key))
            finished = {row.id: row.chat_key for row in chats}
            for row_id in sorted(finished):
                self.usage.record_in(connection, done[row_id])
            return self._claim_in(connection, INBOX.c.chat_key.in_(set(finished.values())))

    def make_dead_letters(self, faults: Mapping[int, str]) -> None:
        """Make updates dead letters, which are kept for 7 days, all or none. ``faults``: by the ids of their rows."""
        dead = {"state": InboxState.DEAD, "died_at": self._database.now(), "leased_by": None}
        self._database.write(
            *(
                INBOX.update().where(INBOX.c.id == row_id, *self._ever_own()).values(dead | {"fault": fault})
                for row_id, fault in faults.items()
            )
        )

    def _own(self) -> Sequence[ColumnElement[bool]]:
        """What is this process's to handle: without leases everything."""
        return [INBOX.c.leased_by == self.leases.id] if self.leases else []

    def _ever_own(self) -> Sequence[ColumnElement[bool]]:
        """What was this process's, and is nobody else's by now: it may finish that under a former id too."""
        return [INBOX.c.leased_by.in_(self.leases.ids)] if self.leases else []

    def _claim_in(self, connection: Connection, *which: ColumnElement[bool]) -> Sequence[Waiting]:
        """Claim what waits in chats that no other replica handles, the oldest first; what was claimed, in its order."""
        assert self.leases  # noqa: S101 - without them nothing is claimed
        if not self.leases.is_trusted:
            return []
        own, other = self.leases.id, INBOX.alias()
        waits = INBOX.c.state == InboxState.WAITING
        held = select(other.c.id).where(
            other.c.state == InboxState.WAITING,
            other.c.chat_key == INBOX.c.chat_key,
            other.c.leased_by != own,
            other.c.leased_by.in_(living()),
        )
        not_own = INBOX.c.leased_by.is_distinct_from(own)
        found = select(INBOX.c.id, INBOX.c.leased_by).where(waits, not_own, ~held.exists(), *which)
        free = found.order_by(INBOX.c.id).limit(_CLAIMED).subquery()
        claimed = INBOX.update().where(INBOX.c.id == free.c.id).values(leased_by=own)
        kept = (INBOX.c.id, INBOX.c.payload, INBOX.c.received_at)
        rows = connection.execute(claimed.returning(*kept, free.c.leased_by)).all()
        self.leases.note_taken("update", (row[-1] for row in rows))
        return sorted((Waiting(*row[:-1]) for row in rows), key=attrgetter("id"))

    def dead_letters(self) -> Sequence[DeadLetter]:
        """All dead letters, the oldest first."""
        dead = fields_of(DeadLetter, INBOX).where(INBOX.c.state == InboxState.DEAD).order_by(INBOX.c.id)
        return [DeadLetter(*row) for row in self._database.read(dead)]

    def dead(self) -> tuple[int, datetime | None]:
        """How many dead letters there are, and when the oldest came about; None without any."""
        dead = select(func.count(), func.min(INBOX.c.died_at)).where(INBOX.c.state == InboxState.DEAD)
        count, since = self._database.read(dead).one()
        return count, since

    def died_since(self, first: datetime | None) -> tuple[int, datetime]:
        """How many dead letters came about at this time or later, None: ever, but before now; and the time now."""
        now = self._database.now()
        died = [INBOX.c.state == InboxState.DEAD, INBOX.c.died_at < now]
        if first is not None:
            died.append(INBOX.c.died_at >= first)
        return self._database.read(select(func.count()).select_from(INBOX).where(*died)).scalar_one(), now

    def replay(self, ids: Collection[int] | None = None) -> int:
        """Let dead letters wait again, all of them without ``ids``, and say how many that were.

        They wait behind what their chats have waiting: each gets a new id.
        """
        dead = INBOX.c.state == InboxState.DEAD
        chosen = dead if ids is None else dead & INBOX.c.id.in_(ids)
        kept = (INBOX.c.update_key, INBOX.c.payload, INBOX.c.received_at, INBOX.c.chat_key)
        again = select(*kept, literal(InboxState.WAITING.value)).where(chosen).order_by(INBOX.c.id)
        with self._database.transaction() as connection:
            connection.execute(INBOX.insert().from_select([*(column.name for column in kept), "state"], again))
            return connection.execute(INBOX.delete().where(chosen)).rowcount
