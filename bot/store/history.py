"""What admins did, and the bot's own notes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC
from typing import Any

from sqlalchemy import Row, select

from bot.store.database import Database
from bot.store.orphans import delete_keys_without_edit
from bot.store.records import Action, ActionKind, ActionState
from bot.store.tables import ACTION_KEYS, ACTIONS, MARKS


class History:
    """What admins did. Every method raises StoreError when the store fails; what it writes is durable when it returns.

    ``admin`` is a user id, None for the command line.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, admin: int | None, kind: ActionKind, detail: str) -> None:
        """Keep an action that is done, other than an edit."""
        self._insert({"admin": admin, "kind": kind, "detail": detail, "state": ActionState.DONE})

    def begin(
        self, admin: int | None, kind: ActionKind, item: str, detail: str, edit: str, keys: Collection[str]
    ) -> int:
        """Keep an edit that is about to be made, and give its id.

        ``edit``: what it takes to undo it; ``keys``: of the questions that ``edit`` holds, by which it is erased.
        """
        row = {"admin": admin, "kind": kind, "detail": detail, "item": item, "edit": edit, "state": ActionState.BEGUN}
        return self._insert(row, keys)

    def settle(self, action_id: int, state: ActionState) -> None:
        """Say what became of an edit. What it takes to undo it is erased where it is undone or void."""
        erased = {"edit": None} if state in {ActionState.UNDONE, ActionState.VOID} else {}
        with self._database.transaction() as connection:
            connection.execute(ACTIONS.update().where(ACTIONS.c.id == action_id).values({"state": state} | erased))
            delete_keys_without_edit(connection)

    def begun(self) -> Sequence[Action]:
        """The edits that were begun and never settled: a kill came in between. The oldest comes first."""
        with self._database.reading() as connection:
            begun = select(ACTIONS).where(ACTIONS.c.state == ActionState.BEGUN).order_by(ACTIONS.c.id)
            return [_action(row) for row in connection.execute(begun)]

    def action(self, action_id: int) -> Action | None:
        """One action, None where there is none with this id."""
        with self._database.reading() as connection:
            row = connection.execute(select(ACTIONS).where(ACTIONS.c.id == action_id)).one_or_none()
        return _action(row) if row else None

    def latest(self, limit: int, start: int = 0) -> Sequence[Action]:
        """The latest actions, the last one first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(ACTIONS).order_by(ACTIONS.c.id.desc()).offset(start).limit(limit)).all()
        return [_action(row) for row in rows]

    def edits(self, limit: int | None = None) -> Sequence[Action]:
        """The edits that were made and can be undone, the last one first; at most ``limit``."""
        made = (ACTIONS.c.state == ActionState.DONE, ACTIONS.c.edit.is_not(None))
        with self._database.reading() as connection:
            rows = connection.execute(select(ACTIONS).where(*made).order_by(ACTIONS.c.id.desc()).limit(limit))
            return [_action(row) for row in rows]

    def used_ids(self) -> frozenset[str]:
        """The ids of all items that were added, whatever became of them."""
        with self._database.reading() as connection:
            added = select(ACTIONS.c.item).where(ACTIONS.c.kind == ActionKind.ITEM, ACTIONS.c.item.is_not(None))
            return frozenset(connection.execute(added).scalars())

    def mark(self, name: str) -> str | None:
        """A note that the bot made for itself under this name, None where there is none."""
        with self._database.reading() as connection:
            return connection.execute(select(MARKS.c.value).where(MARKS.c.name == name)).scalar_one_or_none()

    def put_mark(self, name: str, value: str) -> None:
        """Make a note; it replaces an earlier one of this name."""
        with self._database.transaction() as connection:
            if not connection.execute(MARKS.update().where(MARKS.c.name == name).values(value=value)).rowcount:
                connection.execute(MARKS.insert().values(name=name, value=value))

    def _insert(self, row: Mapping[str, object], keys: Collection[str] = ()) -> int:
        with self._database.transaction() as connection:
            inserted = connection.execute(ACTIONS.insert().values({**row, "at": self._database.now()}))
            assert inserted.inserted_primary_key is not None  # noqa: S101 - an insert of one row has one
            action_id = int(inserted.inserted_primary_key[0])
            if keys:
                connection.execute(ACTION_KEYS.insert(), [{"action_id": action_id, "key": key} for key in set(keys)])
        return action_id


def _action(row: Row[Any]) -> Action:
    return Action(
        **row._asdict()
        | {"at": row.at.replace(tzinfo=UTC), "kind": ActionKind(row.kind), "state": ActionState(row.state)}
    )
