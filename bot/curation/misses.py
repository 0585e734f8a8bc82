"""What becomes of misses when the knowledge changes: what is answered now is closed, whoever changed it."""

import logging
from collections.abc import Collection, Sequence

from bot.matching import Answer, NotCovered, Settled, Verdict
from bot.snapshot import CurrentSnapshot, Snapshot
from bot.store.misses import MissLog
from bot.store.records import MissedQuestion, State
from bot.store.usage import UsageLog

_LOG = logging.getLogger(__name__)
_AT_ONCE = 100


class MissLifecycle:
    """Asks misses again. What it finds counts only as long as the snapshot that it asked still answers."""

    def __init__(self, missed: MissLog, usage: UsageLog, current: CurrentSnapshot) -> None:
        self._missed = missed
        self._usage = usage
        self._current = current

    def follow(self, before: Snapshot | None, after: Snapshot) -> int:
        """Close what is answered now, and open again what was verified and is answered no more; how many are closed.

        Without ``before`` it is not known what changed, and complaints stay as they are.

        Raises:
            StoreError: the store fails.
        """
        verified = self._missed.rows([State.VERIFIED])
        lost = [row.id for row in verified if not isinstance(after.matcher.match(row.question), Settled)]
        if lost and self._current.snapshot is after:
            self._missed.reopen(lost)
        rows = self._missed.rows([State.OPEN, State.HANDLED])
        return sum(self.close(rows[n : n + _AT_ONCE], before, after) for n in range(0, len(rows), _AT_ONCE))

    def reopen(self, item: str, snapshot: Snapshot, *, answer: bool) -> None:
        """Open the misses again that were led to an item and no longer reach it, as after an undo.

        With ``answer`` it is the answer that was taken back, and complaints about it count again.

        Raises: as ``follow``.
        """
        rows = self._missed.rows([State.HANDLED, State.VERIFIED, State.NOT_COVERED])
        self._missed.reopen(
            [
                row.id
                for row in rows
                if row.chosen == item
                and ((answer and row.is_complaint) or item not in _items(snapshot.matcher.match(row.question)))
            ]
        )

    def close(self, rows: Sequence[MissedQuestion], before: Snapshot | None, after: Snapshot) -> int:
        """Close those of these pending misses that are answered now, or are honestly not covered; how many.

        Raises: as ``follow``.
        """
        not_meant = self._usage.not_meant([row.key for row in rows])
        found: dict[State, list[int]] = {State.VERIFIED: [], State.NOT_COVERED: []}
        for row in rows:
            state = _reached(row, before, after, not_meant.get(row.key, frozenset()))
            if state:
                found[state].append(row.id)
        count = sum(map(len, found.values()))
        if not count or self._current.snapshot is not after:
            return 0
        for state, ids in found.items():
            self._missed.settle(ids, state)
        _LOG.info("%d missed questions are closed.", count)
        return count


def _reached(row: MissedQuestion, before: Snapshot | None, after: Snapshot, not_meant: Collection[str]) -> State | None:
    """The state that a pending miss has reached, if it has."""
    verdict = after.matcher.match(row.question)
    items = _items(verdict)
    end = State.NOT_COVERED if isinstance(verdict, NotCovered) else State.VERIFIED
    if row.chosen is not None:
        return end if row.chosen in items else None
    if not isinstance(verdict, Answer | NotCovered):
        return None
    if row.is_complaint:
        return end if before and _answer(before, row.item) != _answer(after, row.item) else None
    # A member has said already that these are not what was meant.
    return None if items <= set(not_meant) else end


def _items(verdict: Verdict) -> set[str]:
    return {one.item.id for one in verdict.chosen} if isinstance(verdict, Settled) else set()


def _answer(snapshot: Snapshot, item: str | None) -> str | None:
    found = snapshot.base.by_id.get(item or "")
    return found.answer if found else None
