"""Edits that are made on the page: planned, shown where they cost something, made, and taken back as in the chat."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.curation.edits import Plan
from bot.web.services import Services


@dataclass(frozen=True, slots=True)
class MadeEdit:
    """An edit that was made. ``readers``: how many members know the answer that it replaced, and may be told."""

    action: int
    item: str
    readers: int


def waiting(services: Services, plan: Plan, led: Collection[int] = ()) -> int:
    """How many members would be told of an answer once a planned change is made: who waits for a miss that it answers.

    ``led``: the ids of misses that are led to its item.
    """
    return services.misses.count_waiting(services.lifecycle.awaited(plan.before, plan.after, led, plan.item))


def waiting_for(services: Services, item: str, led: Collection[int]) -> int:
    """How many members would be told of an answer once these misses are led to an item that is as wanted."""
    return services.misses.count_waiting(services.lifecycle.awaited_at(item, led))


def apply(services: Services, plan: Plan, admin: int | None) -> MadeEdit:
    """Make a planned change. Raises as ``Edits.apply``."""
    action = services.edits.apply(plan, admin)
    # What was led to the item may reach it no more.
    services.lifecycle.reopen(plan.item, services.current.snapshot, answer=False)
    return MadeEdit(action, plan.item, _readers(services, plan.item))


def undo(services: Services, action_id: int, admin: int | None) -> MadeEdit:
    """Take an edit back, and open again what it answered. Raises as ``Edits.undo``."""
    item = services.handling.undo(action_id, admin)
    return MadeEdit(action_id, item, _readers(services, item))


def _readers(services: Services, item: str) -> int:
    correction = services.corrections.offer(item) if services.corrections else None
    return correction.count if correction else 0
