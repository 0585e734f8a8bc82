"""What becomes of misses when the knowledge changes: what is answered now is closed, whoever changed it."""

import logging
from collections.abc import Mapping, Sequence

from bot.edition import Edition
from bot.matching import Answer, NotCovered, Settled
from bot.store.interface import COMPLAINED, Journal, MissedLog, MissedQuestion, State

_LOG = logging.getLogger(__name__)
_AT_ONCE = 100


class Lifecycle:
    """Asks pending misses again."""

    def __init__(self, missed: MissedLog, journal: Journal) -> None:
        self._missed = missed
        self._journal = journal

    def follow(self, before: Edition | None, after: Edition) -> int:
        """Ask all pending misses again; how many are closed then.

        Without ``before`` it is not known what changed, and complaints stay as they are.

        Raises:
            StoreError: the store fails.
        """
        rows = self._missed.rows([State.OPEN, State.HANDLED])
        return sum(self.close(rows[n : n + _AT_ONCE], before, after) for n in range(0, len(rows), _AT_ONCE))

    def reopen(self, item: str, edition: Edition) -> None:
        """Open the misses again that were led to an item and no longer reach it, as after an undo.

        Raises: as ``follow``.
        """
        for row in self._missed.rows([State.HANDLED, State.VERIFIED, State.NOT_COVERED]):
            if row.chosen == item:
                verdict = edition.matcher.match(row.question)
                chosen = verdict.chosen if isinstance(verdict, Settled) else ()
                if item not in {one.item.id for one in chosen}:
                    self._missed.set_state(row.id, State.OPEN)

    def close(self, rows: Sequence[MissedQuestion], before: Edition | None, after: Edition) -> int:
        """Close those of these pending misses that are answered now, or are honestly not covered; how many.

        Raises: as ``follow``.
        """
        not_meant = self._journal.not_meant([row.key for row in rows])
        found: dict[State, list[int]] = {State.VERIFIED: [], State.NOT_COVERED: []}
        for row in rows:
            state = _reached(row, before, after, not_meant)
            if state:
                found[state].append(row.id)
        for state, ids in found.items():
            if ids:
                self._missed.settle(ids, state)
        count = sum(map(len, found.values()))
        if count:
            _LOG.info("%d missed questions are closed.", count)
        return count


def _reached(
    row: MissedQuestion, before: Edition | None, after: Edition, not_meant: Mapping[str, frozenset[str]]
) -> State | None:
    """The state that a pending miss has reached, if it has."""
    verdict = after.matcher.match(row.question)
    if isinstance(verdict, NotCovered) and row.verdict != COMPLAINED:
        return State.NOT_COVERED
    if not isinstance(verdict, Answer):
        return None
    items = {one.item.id for one in verdict.chosen}
    if row.chosen is not None:
        return State.VERIFIED if row.chosen in items else None
    if row.verdict == COMPLAINED:
        return State.VERIFIED if before and _answer(before, row.item) != _answer(after, row.item) else None
    # A member has said already that these are not what was meant.
    return None if items <= not_meant.get(row.key, frozenset()) else State.VERIFIED


def _answer(edition: Edition, item: str | None) -> str | None:
    found = edition.base.by_id.get(item or "")
    return found.answer if found else None
