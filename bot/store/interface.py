"""What is kept, as others see it: the log of missed questions, never who asked, and the inbox, sealed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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


class Opinion(StrEnum):
    """What a member thinks of an item that was shown."""

    HELPFUL = "helpful"
    WRONG = "wrong"
    INCOMPLETE = "incomplete"
    OUTDATED = "outdated"
    NOT_MEANT = "not-meant"
    """It was suggested, and "none of these" was pressed: this question must not lead to it."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """An opinion on an item shown for a question, which is masked; ``key`` is its normal form."""

    question: str
    key: str
    item: str
    opinion: Opinion


@dataclass(frozen=True, slots=True)
class Records:
    """What is to be kept of a turn: misses, opinions, and the ids of the items that were shown as answers."""

    misses: tuple[Miss, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    asked: tuple[str, ...] = ()


NOTHING = Records()
"""Of a turn that leaves nothing behind."""


@dataclass(frozen=True, slots=True)
class FeedbackCount:
    """How often an opinion was given. The time is UTC."""

    feedback: Feedback
    count: int
    last_given: datetime


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

    def has_room(self, miss: Miss) -> bool:
        """Whether this miss may be recorded: its row is there already, or one more fits."""

    def is_full(self) -> bool:
        """Whether no new question fits."""

    def record(self, miss: Miss) -> None:
        """Keep a miss, whether it fits or not, or count it where an equal one is kept. Durable when this returns."""

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

    def delete(self, row_id: int) -> MissedQuestion:
        """The row as it was; nothing of it is left.

        Raises:
            UnknownMissError: there is none with this id.
        """


@dataclass(frozen=True, slots=True)
class Entry:
    """An update as it goes into the inbox. ``key`` is what it is known by, in 64 bits; ``payload`` is sealed.

    With a ``fault`` it can't be handled and is a dead letter from the start.
    """

    key: int
    payload: bytes
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update that waits to be handled. ``received_at`` is UTC."""

    id: int
    payload: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """An update that was handled, with what is to be kept of it."""

    id: int
    records: Records = NOTHING


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An update that could not be handled, and why. Times are UTC."""

    id: int
    received_at: datetime
    died_at: datetime
    fault: str


class Journal(Protocol):
    """What is kept of talks, beside misses. Every method raises StoreError when the store fails."""

    def record(self, records: Records) -> None:
        """Keep these, all at once or not at all. Durable when this returns."""

    def has_room(self, feedback: Feedback) -> bool:
        """Whether this opinion may be recorded: its row is there already, or one more fits."""

    def hot(self, limit: int) -> Sequence[str]:
        """The ids of the items that were asked most within 30 days, the most asked first, then by id."""

    def feedback(self) -> Sequence[FeedbackCount]:
        """All opinions, the most frequent first, then the most recent."""


class Inbox(Protocol):
    """Where updates are kept until they are answered. Every method raises StoreError when the store fails."""

    def receive(self, entries: Sequence[Entry]) -> Sequence[Waiting]:
        """Keep what was not received within the last 48 hours, in this order; what of it waits to be handled.

        Everything is durable when this returns.
        """

    def waiting(self, known: Collection[int]) -> Sequence[Waiting]:
        """What waits, in the order in which it came in, without the rows whose ids are known."""

    def finish(self, done: Sequence[Done]) -> None:
        """Empty the rows and keep their records, all at once or not at all. Durable when this returns."""

    def bury(self, row_id: int, fault: str) -> None:
        """Make a row a dead letter, kept for 7 days."""

    def dead_letters(self) -> Sequence[DeadLetter]:
        """All dead letters, the oldest first."""

    def replay(self, ids: Collection[int] | None = None) -> int:
        """Let dead letters wait again, all of them without ``ids``. How many that were."""


class Upkeep(Protocol):
    """What keeps the store in order. Every method raises StoreError when the store fails."""

    def probe(self) -> None:
        """Commit something, to see that it can be done."""

    def purge(self, misses_kept: timedelta) -> int:
        """Delete what was kept long enough, of every kind. How many rows that were."""
