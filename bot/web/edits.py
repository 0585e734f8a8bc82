"""Edits that are made on the page: planned, shown where they cost something, made, and taken back as in the chat."""

from dataclasses import dataclass

from bot.curation.edits import Plan
from bot.store.records import ActionKind
from bot.web.services import Services


@dataclass(frozen=True, slots=True)
class MadeEdit:
    """An edit that was made. ``readers``: how many members know the answer that it replaced, and may be told."""

    action: int
    item: str
    readers: int


def apply(services: Services, plan: Plan, admin: int | None) -> MadeEdit:
    """Make a planned change. Raises as ``Edits.apply``."""
    action = services.edits.apply(plan, admin)
    # What was led to the item may reach it no more.
    services.lifecycle.reopen(plan.item, services.current.snapshot, answer=False)
    return MadeEdit(action, plan.item, _readers(services, plan.item))


def undo(services: Services, action_id: int, admin: int | None) -> MadeEdit:
    """Take an edit back, and open again what it answered. Raises as ``Edits.undo``."""
    action = services.history.action(action_id)
    item = services.edits.undo(action_id, admin)
    is_answer = (item, ActionKind.ANSWER)
    later = any(edit.id > action_id and (edit.item, edit.kind) == is_answer for edit in services.history.edits())
    restored = action is not None and action.kind is ActionKind.ANSWER and not later
    services.lifecycle.reopen(item, services.current.snapshot, answer=restored)
    return MadeEdit(action_id, item, _readers(services, item))


def _readers(services: Services, item: str) -> int:
    correction = services.corrections.offer(item) if services.corrections else None
    return correction.count if correction else 0
