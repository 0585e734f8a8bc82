"""The log of missed questions, as others see it: it holds questions, never who asked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


class State(StrEnum):
    """The life of a missed question."""

    OPEN = "open"
    """Waits for an admin."""
    HANDLED = "handled"
    """An admin saw to it; asked and missed again it is open again."""
    IGNORED = "ignored"
    """Stays ignored however often it is asked."""
    NOT_COVERED = "not-covered"
    """Was answered with "the speech does not say": only counted."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that was not answered. ``question`` is masked; ``key`` is its normal form.

    ``item`` and ``score`` are the best candidate's, ``None`` and 0 without one.
    """

    question: str
    key: str
    verdict: str
    state: State
    item: str | None
    score: float


@dataclass(frozen=True, slots=True)
class MissedQuestion:
    """A row of the log: equal questions are one row. Times are UTC."""

    id: int
    question: str
    count: int
    first_asked: datetime
    last_asked: datetime
    state: State
    verdict: str
    item: str | None
    score: float


class MissedLog(Protocol):
    """Where misses are kept. Every method raises StoreError when the store fails."""

    def record(self, miss: Miss) -> None:
        """Keep a miss, or count it where an equal one is kept. It is durable when this returns."""

    def rows(self, states: Collection[State]) -> Sequence[MissedQuestion]:
        """The rows in these states, the most often asked first, then the most recent."""

    def row(self, row_id: int) -> MissedQuestion:
        """One row.

        Raises:
            UnknownMissError: there is none with this id.
        """

    def days(self, row_id: int) -> Mapping[date, int]:
        """How often it was asked on which days (UTC), oldest first."""

    def set_state(self, row_id: int, state: State) -> MissedQuestion:
        """The row in its new state.

        Raises:
            UnknownMissError: there is none with this id.
        """
