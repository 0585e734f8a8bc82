"""What admins did, what they are about to write, and the bot's own notes, in the database."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from sqlalchemy import Row, select

from bot.store.database import DRAFTS_KEPT, Database
from bot.store.records import Action, ActionKind, ActionState
from bot.store.tables import ACTIONS, DRAFTS, MARKS


class History:
    """``History`` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, admin: int | None, kind: ActionKind, detail: str) -> None:
        """Keep an action that is done."""
        self._insert({"admin": admin, "kind": kind, "detail": detail, "state": ActionState.DONE})

    def begin(self, admin: int | None, kind: ActionKind, item: str, detail: str, edit: str) -> int:
        """Keep an edit that is about to be made; its id."""
        row = {"admin": admin, "kind": kind, "detail": detail, "item": item, "edit": edit, "state": ActionState.BEGUN}
        return self._insert(row)

    def settle(self, action_id: int, state: ActionState) -> None:
        """Say what became of an edit. Of one that is undone or void, what it takes to undo is deleted."""
        gone = {"edit": None} if state in {ActionState.UNDONE, ActionState.VOID} else {}
        with self._database.transaction() as connection:
            connection.execute(ACTIONS.update().where(ACTIONS.c.id == action_id).values({"state": state} | gone))

    def begun(self) -> Sequence[Action]:
        """Edits of which that was never said."""
        with self._database.reading() as connection:
            rows = connection.execute(select(ACTIONS).where(ACTIONS.c.state == ActionState.BEGUN)).all()
        return [_action(row) for row in rows]

    def action(self, action_id: int) -> Action | None:
        """One action."""
        with self._database.reading() as connection:
            row = connection.execute(select(ACTIONS).where(ACTIONS.c.id == action_id)).one_or_none()
        return _action(row) if row else None

    def latest(self, limit: int, start: int = 0) -> Sequence[Action]:
        """The latest actions, the last one first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(ACTIONS).order_by(ACTIONS.c.id.desc()).offset(start).limit(limit)).all()
        return [_action(row) for row in rows]

    def edits(self, limit: int | None = None) -> Sequence[Action]:
        """The edits that were made and not undone, the last one first; at most so many."""
        made = (ACTIONS.c.state == ActionState.DONE, ACTIONS.c.edit.is_not(None))
        with self._database.reading() as connection:
            rows = connection.execute(select(ACTIONS).where(*made).order_by(ACTIONS.c.id.desc()).limit(limit))
            return [_action(row) for row in rows]

    def used_ids(self) -> frozenset[str]:
        """The ids of all items that were added, whatever became of them."""
        with self._database.reading() as connection:
            added = select(ACTIONS.c.item).where(ACTIONS.c.kind == ActionKind.ITEM, ACTIONS.c.item.is_not(None))
            return frozenset(connection.execute(added).scalars())

    def draft(self, admin: int, chat: int) -> str | None:
        """What an admin is about to write in a chat."""
        since = self._database.now() - DRAFTS_KEPT
        mine = (DRAFTS.c.admin == admin, DRAFTS.c.chat == chat, DRAFTS.c.changed_at >= since)
        with self._database.reading() as connection:
            return connection.execute(select(DRAFTS.c.content).where(*mine)).scalar_one_or_none()

    def mark(self, name: str) -> str | None:
        """A note that the bot made for itself."""
        with self._database.reading() as connection:
            return connection.execute(select(MARKS.c.value).where(MARKS.c.name == name)).scalar_one_or_none()

    def put_mark(self, name: str, value: str) -> None:
        """Make a note."""
        with self._database.transaction() as connection:
            if not connection.execute(MARKS.update().where(MARKS.c.name == name).values(value=value)).rowcount:
                connection.execute(MARKS.insert().values(name=name, value=value))

    def _insert(self, row: Mapping[str, object]) -> int:
        with self._database.transaction() as connection:
            key = connection.execute(ACTIONS.insert().values({**row, "at": self._database.now()})).inserted_primary_key
        assert key is not None  # noqa: S101 - an insert of one row has one
        return int(key[0])


def _action(row: Row[Any]) -> Action:
    return Action(
        **row._asdict()
        | {"at": row.at.replace(tzinfo=UTC), "kind": ActionKind(row.kind), "state": ActionState(row.state)}
    )
