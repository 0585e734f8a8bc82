"""What admins did, and the bot's own notes."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import ColumnElement, String, and_, cast, or_, select

from bot.errors import EditRefusedError, Refusal
from bot.store.database import DELETE_KEYS_WITHOUT_EDIT, Repository, fields_of, insert, put
from bot.store.records import COMPLAINED, Action, ActionKind, ActionState
from bot.store.tables import ACTION_ITEMS, ACTION_KEYS, ACTIONS, BULK_MISSES, MARKS, MISSED, USED_IDS


class History(Repository):
    """What admins did. ``admin`` is a user id, None for the command line."""

    def record(self, admin: int | None, kind: ActionKind, detail: str) -> None:
        """Keep an action that is done, other than an edit."""
        row = {"at": self._database.now(), "admin": admin, "kind": kind, "detail": detail, "state": ActionState.DONE}
        self._database.write(ACTIONS.insert().values(row))

    @contextmanager
    def editing(self) -> Iterator[None]:
        """What an edit of the knowledge folder is made within, from before it is begun until it is settled.

        Raises:
            EditRefusedError: another process edits it now.
        """
        with self._database.editing() as is_alone:
            if not is_alone:
                raise EditRefusedError(Refusal.FOLDER_BUSY)
            yield

    def begin(
        self, admin: int | None, kind: ActionKind, items: Sequence[str], detail: str, edit: str, keys: Collection[str]
    ) -> int:
        """Keep an edit that is about to be made, and give its id.

        ``items``: the ids of all that it changes, at least one; the last one is what it is about. ``edit``: what it
        takes to undo it; ``keys``: of the questions that ``edit`` holds, by which it is erased.
        """
        edited = {"item": items[-1], "edit": edit, "state": ActionState.BEGUN}
        row = {"at": self._database.now(), "admin": admin, "kind": kind, "detail": detail} | edited
        with self._database.transaction() as connection:
            action_id = insert(connection, ACTIONS, row)
            connection.execute(
                ACTION_ITEMS.insert(), [{"action_id": action_id, "item": item} for item in dict.fromkeys(items)]
            )
            if keys:
                connection.execute(ACTION_KEYS.insert(), [{"action_id": action_id, "key": key} for key in set(keys)])
        return action_id

    def settle(self, action_id: int, state: ActionState) -> None:
        """Say what became of an edit. What it holds is erased if it is void; one that is undone may be made again."""
        erased = {"edit": None} if state is ActionState.VOID else {}
        settled = ACTIONS.update().where(ACTIONS.c.id == action_id).values({"state": state} | erased)
        self._database.write(settled, DELETE_KEYS_WITHOUT_EDIT)

    def begun(self) -> Sequence[Action]:
        """The edits that were begun and never settled: a kill came in between. The oldest comes first."""
        return self._actions(ACTIONS.c.state == ActionState.BEGUN)[::-1]

    def action(self, action_id: int) -> Action | None:
        """One action, None where there is none with this id."""
        return next(iter(self._actions(ACTIONS.c.id == action_id)), None)

    def of_item(self, item: str, limit: int) -> Sequence[Action]:
        """The latest edits that changed an item, alone or with others, the last one first."""
        changed = select(ACTION_ITEMS.c.action_id).where(ACTION_ITEMS.c.item == item)
        return self._actions(ACTIONS.c.id.in_(changed), limit=limit)

    def of_cluster(self, cluster: int, limit: int) -> Sequence[Action]:
        """The latest actions by which misses of a cluster may have been handled or ignored, the last one first.

        An edit is found by the questions that it holds, whatever it did to them, and by the complaints that led to
        another answer.
        """
        inside = MISSED.c.cluster == cluster
        by_key = select(ACTION_KEYS.c.action_id).where(ACTION_KEYS.c.key.in_(select(MISSED.c.key).where(inside)))
        by_many = select(BULK_MISSES.c.action_id).where(BULK_MISSES.c.missed_id.in_(select(MISSED.c.id).where(inside)))
        misses = select(cast(MISSED.c.id, String)).where(inside)
        complained = select(MISSED.c.chosen).where(inside, MISSED.c.verdict == COMPLAINED)
        return self._actions(
            ACTIONS.c.state == ActionState.DONE,
            ACTIONS.c.kind != ActionKind.UNIGNORE_MANY,
            or_(
                ACTIONS.c.id.in_(by_key),
                ACTIONS.c.id.in_(by_many),
                and_(ACTIONS.c.kind == ActionKind.ANSWER, ACTIONS.c.item.in_(complained)),
                and_(ACTIONS.c.kind.in_((ActionKind.IGNORE, ActionKind.COVERED)), ACTIONS.c.detail == str(cluster)),
                and_(
                    ACTIONS.c.kind.in_((ActionKind.IGNORE_MISS, ActionKind.RESOLVE_MISS)), ACTIONS.c.detail.in_(misses)
                ),
            ),
            limit=limit,
        )

    def latest(self, limit: int, start: int = 0) -> Sequence[Action]:
        """The latest actions, the last one first."""
        return self._actions(limit=limit, start=start)

    def edits(self, limit: int | None = None) -> Sequence[Action]:
        """The edits that were made and can be undone, the last one first; at most ``limit``."""
        return self._actions(ACTIONS.c.state == ActionState.DONE, ACTIONS.c.edit.is_not(None), limit=limit)

    def keep_ids(self, ids: Collection[str]) -> None:
        """Know for good that these ids of items are used, whatever becomes of the items."""
        with self._database.transaction() as connection:
            known = set(connection.execute(select(USED_IDS.c.item)).scalars())
            if new := {*ids} - known:
                connection.execute(USED_IDS.insert(), [{"item": item} for item in sorted(new)])

    def used_ids(self) -> frozenset[str]:
        """The ids of all items that were added or deleted, whatever became of them."""
        return frozenset(self._database.read(select(USED_IDS.c.item)).scalars())

    def mark(self, name: str) -> str | None:
        """A note that the bot made for itself under this name, None where there is none."""
        return self._database.read(select(MARKS.c.value).where(MARKS.c.name == name)).scalar_one_or_none()

    def put_mark(self, name: str, value: str) -> None:
        """Make a note; it replaces an earlier one of this name."""
        with self._database.transaction() as connection:
            put(connection, MARKS, {"name": name}, {"value": value})

    def change_mark(self, name: str, change: Callable[[str | None], str]) -> None:
        """Put what ``change`` makes of a note, None where there is none, in its place; nobody else writes meanwhile."""
        with self._database.transaction() as connection:
            kept = connection.execute(select(MARKS.c.value).where(MARKS.c.name == name)).scalar_one_or_none()
            put(connection, MARKS, {"name": name}, {"value": change(kept)})

    def _actions(self, *where: ColumnElement[bool], limit: int | None = None, start: int = 0) -> list[Action]:
        chosen = fields_of(Action, ACTIONS).where(*where).order_by(ACTIONS.c.id.desc())
        return [Action(*row) for row in self._database.read(chosen.offset(start).limit(limit))]
