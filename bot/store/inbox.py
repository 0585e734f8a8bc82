"""The inbox: updates as they came in, until they are answered."""

from collections.abc import Collection, Sequence
from datetime import UTC

from sqlalchemy import select

from bot.store.database import DEDUPE_WINDOW, Database
from bot.store.records import DeadLetter, Done, Entry, Waiting
from bot.store.tables import INBOX, InboxState
from bot.store.usage import UsageLog

_ROWS_A_STATEMENT = 500
"""SQLite takes 32,766 parameters in a statement, before 3.32 only 999."""


class Inbox:
    """Where updates are kept until they are answered. Every method raises StoreError when the store fails.

    What a method writes is durable when it returns. ``usage`` takes the records that are committed together with the
    update that they come from.
    """

    def __init__(self, database: Database, usage: UsageLog) -> None:
        self._database = database
        self._usage = usage

    def receive(self, entries: Sequence[Entry]) -> Sequence[Waiting]:
        """Keep what was not received within the last 48 hours, in this order; what of it waits to be handled."""
        now = self._database.now()
        kept = []
        with self._database.transaction() as connection:
            known = set(
                connection.execute(
                    select(INBOX.c.update_key).where(
                        INBOX.c.update_key.in_({entry.key for entry in entries}),
                        INBOX.c.received_at > now - DEDUPE_WINDOW,
                    )
                ).scalars()
            )
            for entry in entries:
                if entry.key in known:
                    continue
                known.add(entry.key)
                state = InboxState.DEAD if entry.fault else InboxState.WAITING
                row = {
                    "update_key": entry.key,
                    "state": state,
                    "payload": entry.payload,
                    "received_at": now,
                    "died_at": now if entry.fault else None,
                    "fault": entry.fault,
                }
                inserted = connection.execute(INBOX.insert().values(row)).inserted_primary_key
                if inserted and state is InboxState.WAITING:
                    kept.append(Waiting(inserted[0], entry.payload, now.replace(tzinfo=UTC)))
        return kept

    def waiting(self, besides: Collection[int]) -> Sequence[Waiting]:
        """What waits, in the order in which it came in, besides the rows with these ids."""
        with self._database.reading() as connection:
            ids = connection.execute(select(INBOX.c.id).where(INBOX.c.state == InboxState.WAITING)).scalars()
            others = sorted(set(ids).difference(besides))
            rows = [
                row
                for start in range(0, len(others), _ROWS_A_STATEMENT)
                for row in connection.execute(
                    select(INBOX.c.id, INBOX.c.payload, INBOX.c.received_at)
                    .where(INBOX.c.id.in_(others[start : start + _ROWS_A_STATEMENT]))
                    .order_by(INBOX.c.id)
                )
            ]
        return [Waiting(row.id, row.payload, row.received_at.replace(tzinfo=UTC)) for row in rows]

    def finish(self, done: Sequence[Done]) -> None:
        """Mark updates as answered, delete their content and keep their records, all at once or not at all."""
        with self._database.transaction() as connection:
            emptied = INBOX.update().where(INBOX.c.id.in_([update.id for update in done]))
            connection.execute(emptied.values(state=InboxState.DONE, payload=None, fault=None, died_at=None))
            for update in done:
                self._usage.record_in(connection, update.records)

    def make_dead_letter(self, row_id: int, fault: str) -> None:
        """Make an update a dead letter, which is kept for 7 days."""
        with self._database.transaction() as connection:
            connection.execute(
                INBOX.update()
                .where(INBOX.c.id == row_id)
                .values(state=InboxState.DEAD, died_at=self._database.now(), fault=fault)
            )

    def dead_letters(self) -> Sequence[DeadLetter]:
        """All dead letters, the oldest first."""
        columns = (INBOX.c.id, INBOX.c.received_at, INBOX.c.died_at, INBOX.c.fault)
        with self._database.reading() as connection:
            rows = connection.execute(select(*columns).where(INBOX.c.state == InboxState.DEAD).order_by(INBOX.c.id))
            return [
                DeadLetter(row.id, row.received_at.replace(tzinfo=UTC), row.died_at.replace(tzinfo=UTC), row.fault)
                for row in rows
            ]

    def replay(self, ids: Collection[int] | None = None) -> int:
        """Let dead letters wait again, all of them without ``ids``, and say how many that were."""
        dead = INBOX.c.state == InboxState.DEAD
        chosen = dead if ids is None else dead & INBOX.c.id.in_(ids)
        with self._database.transaction() as connection:
            again = INBOX.update().where(chosen)
            return connection.execute(again.values(state=InboxState.WAITING, died_at=None, fault=None)).rowcount
