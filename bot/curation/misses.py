"""What becomes of misses when the knowledge changes: what is answered now is closed, whoever changed it."""

import hashlib
import json
import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.items import Item
from bot.matching import Answer, NotCovered, Settled, Verdict
from bot.snapshot import CurrentSnapshot, Snapshot
from bot.store.misses import MissLog
from bot.store.records import MissedQuestion, State
from bot.store.usage import UsageLog
from bot.text import normalise

_LOG = logging.getLogger(__name__)
_PENDING = (State.OPEN, State.HANDLED)
_AT_ONCE = 100
"""Misses that are asked again before their states are written."""


@dataclass(eq=False)
class MissLifecycle:
    """Asks misses again. What it finds counts only as long as the snapshot that it asked still answers.

    Every method raises StoreError where the store fails.
    """

    misses: MissLog
    usage: UsageLog
    current: CurrentSnapshot

    def follow(self, before: Snapshot | None, after: Snapshot) -> Sequence[MissedQuestion]:
        """Close what is answered now, and open again what was verified and is answered no more; those that are closed.

        Without ``before`` it is not known what changed, and complaints stay as they are.
        """
        for verified in _parts(self.misses.rows([State.VERIFIED])):
            asked = zip(verified, self._ask_again(verified, after), strict=True)
            lost = [missed.id for missed, verdict in asked if not isinstance(verdict, Settled)]
            if lost and self.current.snapshot is after:
                self.misses.set_state(lost, State.OPEN)
        pending = _parts(self.misses.rows(_PENDING))
        closed = [missed for some in pending for missed in self.close(some, before, after)]
        self.settle(after)
        return closed

    def awaited(
        self, before: Snapshot | None, after: Snapshot, led: Collection[int] = (), item: str = ""
    ) -> frozenset[int]:
        """The ids of the pending misses that somebody waits for, and that are closed once ``after`` answers.

        Those of the ids ``led`` are led to an ``item`` with it, and closed if that answers them. Subscribers of
        questions that no admin had in mind are told too: so this is looked at before an edit is made.
        """
        waiting = self.misses.awaited_in(_PENDING)
        rows = [replace(missed, chosen=item) if missed.id in led else missed for missed in waiting]
        not_meant = self.usage.not_meant([missed.key for missed in rows])
        return frozenset(
            missed.id
            for missed in rows
            if _state_reached(
                missed, after.matcher.match(missed.question), before, after, not_meant.get(missed.key, frozenset())
            )
        )

    def awaited_at(self, item: str, led: Collection[int]) -> frozenset[int]:
        """Those of the ids ``led`` that are ``awaited`` and closed by an item as it is now, once they are led to it."""
        return self.awaited(None, self.current.snapshot, led, item).intersection(led)

    def reopen(self, item: str, snapshot: Snapshot, *, answer: bool) -> None:
        """Open the misses again that were led to an item and no longer reach it, as after an undo.

        With ``answer`` it is the answer that was taken back, and complaints about it count again.
        """
        rows = self.misses.rows([State.HANDLED, State.VERIFIED, State.NOT_COVERED])
        led = [missed for missed in rows if missed.chosen == item]
        lost = [missed.id for missed in led if _is_open_again(missed, item, snapshot, answer=answer)]
        self.misses.set_state(lost, State.OPEN)
        self.settle(snapshot)

    def settle(self, snapshot: Snapshot) -> None:
        """Note of the settled misses that somebody waits for which of them this snapshot answers otherwise than before.

        Subscribers are told what has stood for a while. So this is called after each edit and each undo: an answer that
        was taken back and given again stands since it was given again.
        """
        digests = {missed: _digest(snapshot.matcher.match(missed.question)) for missed in self.misses.awaited()}
        changed = {missed.id: digest for missed, digest in digests.items() if digest != missed.settled_as}
        if changed and self.current.snapshot is snapshot:
            self.misses.settle(changed)

    def close(
        self, rows: Sequence[MissedQuestion], before: Snapshot | None, after: Snapshot
    ) -> Sequence[MissedQuestion]:
        """Close those of these pending misses that are answered now, or are honestly not covered; which these are."""
        not_meant = self.usage.not_meant([missed.key for missed in rows])
        found: dict[State, list[MissedQuestion]] = {State.VERIFIED: [], State.NOT_COVERED: []}
        for missed, verdict in zip(rows, self._ask_again(rows, after), strict=True):
            state = _state_reached(missed, verdict, before, after, not_meant.get(missed.key, frozenset()))
            if state:
                found[state].append(missed)
        closed = [missed for reached in found.values() for missed in reached]
        if not closed or self.current.snapshot is not after:
            return []
        for state, reached in found.items():
            self.misses.set_state([missed.id for missed in reached], state, among=_PENDING)
        self.settle(after)
        _LOG.info("%d missed questions are closed.", len(closed))
        return closed

    def _ask_again(self, rows: Sequence[MissedQuestion], snapshot: Snapshot) -> Sequence[Verdict]:
        """What these misses get from a snapshot, in their order. The item that each comes nearest to is noted."""
        verdicts = [snapshot.matcher.match(missed.question) for missed in rows]
        nearest = [(missed, _nearest(verdict)) for missed, verdict in zip(rows, verdicts, strict=True)]
        moved = {
            missed.id: near
            for missed, near in nearest
            if not missed.is_complaint and near != (missed.item, round(missed.score, 2))
        }
        if moved and self.current.snapshot is snapshot:
            self.misses.set_nearest(moved)
        return verdicts


def is_negative(question: str, item: Item) -> bool:
    """Whether a question is one of an item's negatives."""
    return normalise(question) in set(map(normalise, item.negatives))


def _is_open_again(missed: MissedQuestion, item: str, snapshot: Snapshot, *, answer: bool) -> bool:
    """Whether a miss that was led to an item is open after an undo, which ``answer`` is about as in ``reopen``."""
    if missed.is_complaint and missed.state is State.HANDLED and missed.item == item:
        # It was kept from the item that was wrong for it.
        present = snapshot.base.by_id.get(item)
        return present is None or not is_negative(missed.question, present)
    return (answer and missed.is_complaint) or item not in _items(snapshot.matcher.match(missed.question))


def _parts(rows: Sequence[MissedQuestion]) -> Iterator[Sequence[MissedQuestion]]:
    """Rows, a few at a time."""
    return (rows[n : n + _AT_ONCE] for n in range(0, len(rows), _AT_ONCE))


def _nearest(verdict: Verdict) -> tuple[str | None, float]:
    """The id of the best candidate, None without one, and its score to two places: a smaller change tells nothing."""
    return verdict.candidates[0].item.id if verdict.candidates else None, round(verdict.score, 2)


def _state_reached(
    missed: MissedQuestion, verdict: Verdict, before: Snapshot | None, after: Snapshot, not_meant: Collection[str]
) -> State | None:
    """The state that a pending miss has reached with this verdict; None if it stays as it is."""
    items = _items(verdict)
    reached = State.NOT_COVERED if isinstance(verdict, NotCovered) else State.VERIFIED
    is_same = before is not None and _answer(before, missed.item) == _answer(after, missed.item)
    if missed.chosen is not None:
        # A complaint that was kept from its item, and gets it again after an undo, is settled by nothing.
        is_back = missed.is_complaint and missed.chosen == missed.item and is_same
        return reached if missed.chosen in items and not is_back else None
    if not isinstance(verdict, Answer | NotCovered):
        return None
    if missed.is_complaint:
        return reached if before and not is_same else None
    # A member has said already that these are not what was meant.
    return None if items <= set(not_meant) else reached


def _digest(verdict: Verdict) -> str | None:
    """Names what a subscriber is told, in 16 hexadecimal digits; None if that is nothing."""
    if not isinstance(verdict, Answer | NotCovered):
        return None
    told = [(chosen.item.id, chosen.item.kind, chosen.item.answer) for chosen in verdict.chosen]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def _items(verdict: Verdict) -> set[str]:
    return {chosen.item.id for chosen in verdict.chosen} if isinstance(verdict, Settled) else set()


def _answer(snapshot: Snapshot, item_id: str | None) -> str | None:
    item = snapshot.base.by_id.get(item_id or "")
    return item.answer if item else None
