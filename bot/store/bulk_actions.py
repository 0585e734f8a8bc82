"""What admins do to many misses at once: one action, which is undone as a whole."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import Connection, Select, literal, select

from bot.store.database import Repository, fields_of, insert
from bot.store.records import COMPLAINED, ActionKind, ActionState, MissedQuestion, State
from bot.store.tables import ACTIONS, BULK_MISSES, CLUSTERS, MISSED

UNDO_DELETION = timedelta(minutes=10)
"""For so long a bulk deletion can be undone; until then what is to be deleted is ignored."""
_IGNORED = MISSED.alias()
MARKED: Select[int] = (
    select(BULK_MISSES.c.missed_id)
    .join(ACTIONS, ACTIONS.c.id == BULK_MISSES.c.action_id)
    .join(_IGNORED, _IGNORED.c.id == BULK_MISSES.c.missed_id)
    .where(ACTIONS.c.kind == ActionKind.DELETE_MANY, _IGNORED.c.state == State.IGNORED)
)
"""The misses that are about to be deleted. One that was opened again meanwhile is not."""


def begin_in(
    connection: Connection, kind: ActionKind, misses: Select[int], count: int, admin: int | None, at: object
) -> int:
    """Do one of the bulk actions to these misses, by their ids, within a transaction; the action's id.

    ``count``: of how many clusters they are, which is the action's detail.
    """
    done = {"at": at, "admin": admin, "kind": kind, "detail": str(count), "state": ActionState.DONE}
    action = insert(connection, ACTIONS, done)
    before = select(literal(action), MISSED.c.id, MISSED.c.state).where(MISSED.c.id.in_(misses.correlate(None)))
    connection.execute(BULK_MISSES.insert().from_select(["action_id", "missed_id", "state"], before))
    state = State.OPEN if kind is ActionKind.UNIGNORE_MANY else State.IGNORED
    connection.execute(MISSED.update().where(MISSED.c.id.in_(_changed_by(action))).values(state=state, chosen=None))
    if kind is not ActionKind.DELETE_MANY:
        _ignore_clusters(connection, action, ignored=kind is ActionKind.IGNORE_MANY)
    return action


class BulkActions(Repository):
    """The actions of the kinds ``IGNORE_MANY``, ``UNIGNORE_MANY`` and ``DELETE_MANY``."""

    def undoable(self, actions: Collection[int]) -> frozenset[int]:
        """Those of these actions that still can be undone."""
        known = select(BULK_MISSES.c.action_id).where(BULK_MISSES.c.action_id.in_(actions)).distinct()
        return frozenset(self._database.read(known).scalars())

    def misses(self, action: int, limit: int) -> Sequence[MissedQuestion]:
        """The misses of an action that still can be undone, the most frequent first, at most ``limit``."""
        done = fields_of(MissedQuestion, MISSED).where(MISSED.c.id.in_(_changed_by(action)))
        ordered = done.order_by(MISSED.c.count.desc(), MISSED.c.id)
        return [MissedQuestion(*row) for row in self._database.read(ordered.limit(limit))]

    def undo(self, action_id: int, admin: int | None) -> int | None:
        """Put the misses of an action back into their states from before, but for what was changed since.

        The count of its clusters; None if there is no such action, it is undone already, or what it deleted is gone.
        """
        with self._database.transaction() as connection:
            chosen = select(ACTIONS.c.kind, ACTIONS.c.detail).where(ACTIONS.c.id == action_id)
            action = connection.execute(chosen.where(ACTIONS.c.id.in_(select(BULK_MISSES.c.action_id)))).one_or_none()
            if action is None:
                return None
            kind, count = action
            reached = State.OPEN if kind is ActionKind.UNIGNORE_MANY else State.IGNORED
            before = select(BULK_MISSES.c.state).where(
                BULK_MISSES.c.action_id == action_id, BULK_MISSES.c.missed_id == MISSED.c.id
            )
            unchanged = (MISSED.c.id.in_(_changed_by(action_id)), MISSED.c.state == reached)
            connection.execute(MISSED.update().where(*unchanged).values(state=before.scalar_subquery()))
            if kind is not ActionKind.DELETE_MANY:
                _ignore_clusters(connection, action_id, ignored=kind is ActionKind.UNIGNORE_MANY)
            connection.execute(BULK_MISSES.delete().where(BULK_MISSES.c.action_id == action_id))
            undone = ACTIONS.update().where(ACTIONS.c.id == action_id).values(state=ActionState.UNDONE)
            connection.execute(undone)
            row = {"at": self._database.now(), "admin": admin, "kind": ActionKind.UNDO, "detail": f"#{action_id}"}
            connection.execute(ACTIONS.insert().values(row | {"state": ActionState.DONE}))
        return int(count)


def _changed_by(action: int) -> Select[int]:
    return select(BULK_MISSES.c.missed_id).where(BULK_MISSES.c.action_id == action)


def _ignore_clusters(connection: Connection, action: int, *, ignored: bool) -> None:
    """What joins an ignored cluster later is ignored too, unless these are complaints."""
    inside = select(MISSED.c.cluster).where(MISSED.c.id.in_(_changed_by(action)), MISSED.c.verdict != COMPLAINED)
    connection.execute(CLUSTERS.update().where(CLUSTERS.c.id.in_(inside)).values(ignored=ignored))
