"""The inbox: updates as they came in, until they are answered."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from bot.errors import StoreGoneError
from bot.store.database import DEDUPE_WINDOW, Repository, fields_of, insert
from bot.store.records import DeadLetter, Entry, InboxState, Records, Waiting
from bot.store.tables import INBOX
from bot.store.usage import UsageLog


@dataclass(eq=False)
class Inbox(Repository):
    """Where updates are kept until they are answered.

    ``usage`` takes the records that are committed together with the update that they come from.
    """

    usage: UsageLog

    def receive(self, entries: Sequence[Entry]) -> Sequence[Waiting]:
        """Keep what was not received within the last 48 hours, in this order; what of it waits to be handled."""
        now = self._database.now()
        keys = {entry.key for entry in entries}
        same = (INBOX.c.update_key.in_(keys), INBOX.c.received_at > now - DEDUPE_WINDOW)
        kept = []
        with self._database.transaction() as connection:
            known = set(connection.execute(select(INBOX.c.update_key).where(*same)).scalars())
            for entry in entries:
                if entry.key in known:
                    continue
                known.add(entry.key)
                row = {"update_key": entry.key, "payload": entry.payload, "received_at": now}
                if entry.fault:
                    insert(connection, INBOX, row | {"state": InboxState.DEAD, "died_at": now, "fault": entry.fault})
                else:
                    row_id = insert(connection, INBOX, row | {"state": InboxState.WAITING})
                    kept.append(Waiting(row_id, entry.payload, now))
        return kept

    def is_kept(self) -> bool:
        """Whether what was received is where it was put."""
        try:
            self._database.check_files()
        except StoreGoneError:
            return False
        return True

    def waiting(self, besides: Collection[int]) -> Sequence[Waiting]:
        """What waits, in the order in which it came in, besides the rows with these ids."""
        # A statement takes only so many parameters, so that the ids are compared here.
        waiting = fields_of(Waiting, INBOX).where(INBOX.c.state == InboxState.WAITING).order_by(INBOX.c.id)
        return [Waiting(*row) for row in self._database.read(waiting) if row.id not in besides]

    def finish(self, done: Mapping[int, Records]) -> None:
        """Mark updates as answered, delete their content and keep their records, all at once or not at all.

        ``done``: what is to be kept of each update, by the id of its row.
        """
        with self._database.transaction() as connection:
            emptied = INBOX.update().where(INBOX.c.id.in_(done))
            connection.execute(emptied.values(state=InboxState.DONE, payload=None, fault=None, died_at=None))
            for records in done.values():
                self.usage.record_in(connection, records)

    def make_dead_letter(self, row_id: int, fault: str) -> None:
        """Make an update a dead letter, which is kept for 7 days."""
        dead = {"state": InboxState.DEAD, "died_at": self._database.now(), "fault": fault}
        self._database.write(INBOX.update().where(INBOX.c.id == row_id).values(dead))

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
        """Let dead letters wait again, all of them without ``ids``, and say how many that were."""
        dead = INBOX.c.state == InboxState.DEAD
        chosen = dead if ids is None else dead & INBOX.c.id.in_(ids)
        waiting = {"state": InboxState.WAITING, "died_at": None, "fault": None}
        return self._database.write(INBOX.update().where(chosen).values(waiting))
