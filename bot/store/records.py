"""What is kept, as others see it: the log of missed questions, never who asked; the inbox, encrypted; what admins did."""

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
    VERIFIED = "verified"
    """It was asked again and reached an answer; missed again it is open again."""
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


COMPLAINTS = frozenset({Opinion.WRONG, Opinion.INCOMPLETE, Opinion.OUTDATED})
"""What a thumb down may mean."""
COMPLAINED = "answer"
"""The verdict of a miss that is a thumb down: it was answered, and the answer was not good."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A real question that was answered, masked, with its normal form, the item and how sure it was."""

    question: str
    key: str
    item: str
    score: float


@dataclass(frozen=True, slots=True)
class Subscription:
    """Somebody wants to be told when a miss has an answer.

    ``key`` is the miss's; ``person`` a fingerprint, the same for the same person; ``address`` says where, encrypted.
    """

    key: str
    person: int
    address: bytes


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """What an admin is writing in a chat; nothing any more without ``content``."""

    admin: int
    chat: int
    content: str | None


@dataclass(frozen=True, slots=True)
class Records:
    """What is to be kept of a turn.

    ``asked``: the ids of the items that were shown as answers; ``counted``: what the day's counts grow by; ``drafts``:
    kept here, so that an update that is handled once more finds the draft that it found before.
    """

    misses: tuple[Miss, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    asked: tuple[str, ...] = ()
    answered: tuple[Answered, ...] = ()
    counted: tuple[str, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    drafts: tuple[KeptDraft, ...] = ()


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
    """A row of the log: equal questions are one row. Times are UTC. ``chosen``: the item that an admin led it to."""

    id: int
    question: str
    count: int
    first_asked: datetime
    last_asked: datetime
    state: State
    verdict: str
    item: str | None
    score: float
    key: str
    chosen: str | None = None


class MissLog(Protocol):
    """Where misses are kept. Every method raises StoreError when the store fails."""

    def has_capacity(self, miss: Miss) -> bool:
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

    def settle(self, ids: Collection[int], state: State) -> None:
        """Put those of these rows that are open or handled into a state."""

    def reopen(self, ids: Collection[int]) -> None:
        """Open these rows again; no item is chosen for them any more."""

    def delete(self, row_id: int) -> MissedQuestion:
        """The row as it was; nothing of it, and nothing else that holds its question, is left.

        Raises:
            UnknownMissError: there is none with this id.
        """

    def forget(self, key: str) -> bool:
        """Delete whatever holds the question of this normal form; whether anything did."""


@dataclass(frozen=True, slots=True)
class UnclusteredMiss:
    """A miss that is in no cluster yet."""

    id: int
    question: str
    verdict: str
    item: str | None


class Sorter(Protocol):
    """Tells which questions are the same. It remembers the clusters it was told."""

    newest: int
    """The highest id of a cluster that it knows; 0 for none."""

    def learn(self, cluster: int, first: UnclusteredMiss) -> None:
        """A cluster, and the miss that it began with."""

    def forget(self, cluster: int) -> None:
        """There is no such cluster any more."""

    def find(self, miss: UnclusteredMiss) -> int | None:
        """The cluster that a miss belongs to, if there is one."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Misses that ask the same. ``asked``: how often in all; ``days``: on how many different days.

    ``questions``: those that are open, the most frequent first, at most 50. ``waiting``: how many subscription to be told.
    """

    id: int
    asked: int
    days: int
    waiting: int
    questions: tuple[MissedQuestion, ...]


class Clusters(Protocol):
    """The log by clusters. Every method raises StoreError when the store fails."""

    def sort(self, sorter: Sorter, limit: int) -> int:
        """Put at most so many misses that are in none into clusters; how many that were."""

    def count(self, most: int) -> int:
        """How many clusters hold an open miss; at most so many are counted."""

    def page(self, start: int, limit: int) -> Sequence[Cluster]:
        """Clusters with an open miss, ranked by how often times on how many days they were asked, then the newest."""

    def cluster(self, cluster_id: int) -> Cluster:
        """One cluster; one that there is not has no questions."""

    def place(self, cluster_id: int) -> int:
        """How many clusters with an open miss are ranked before this one."""

    def care(self, cluster_id: int) -> None:
        """Ignore a cluster, and its misses, no longer."""

    def handle(self, cluster_id: int, state: State, chosen: str | None = None) -> Sequence[MissedQuestion]:
        """Put the open misses of a cluster into a state; which these were.

        What joins an ignored cluster later is ignored too, unless these are complaints: the next one may be another.
        """

    def recent(self, since: datetime, limit: int) -> Sequence[tuple[str, int]]:
        """Open misses asked since then, with how often, the most frequent first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An update as it goes into the inbox. ``key`` is what it is known by, in 64 bits; ``payload`` is encrypted.

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


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer that an admin judged."""

    question: str
    key: str
    item: str
    right: bool


class UsageLog(Protocol):
    """What is kept of talks, beside misses. Every method raises StoreError when the store fails."""

    def record(self, records: Records) -> None:
        """Keep these, all at once or not at all. Durable when this returns."""

    def has_capacity(self, feedback: Feedback) -> bool:
        """Whether this opinion may be recorded: its row is there already, or one more fits."""

    def hot(self, limit: int) -> Sequence[str]:
        """The ids of the items that were asked most within 30 days, the most asked first, then by id."""

    def feedback(self) -> Sequence[FeedbackCount]:
        """All opinions, the most frequent first, then the most recent."""

    def not_meant(self, keys: Collection[str]) -> Mapping[str, frozenset[str]]:
        """The items that were suggested for these questions and not meant, by the questions' normal forms."""

    def complaints(self, item: str) -> Mapping[Opinion, int]:
        """What was said against an item's answer, and how often."""

    def answered(self) -> Sequence[Answered]:
        """Real questions that were answered within 30 days, the latest first."""

    def to_judge(self, limit: int) -> Sequence[Answered]:
        """Answers of the last week that were the least sure, and that nobody judged yet."""

    def judge(self, judged: Judged) -> None:
        """Keep a judgement; it replaces an earlier one."""

    def judged(self) -> Sequence[Judged]:
        """All judgements, the latest first."""

    def daily(self, since: date) -> Mapping[date, Mapping[str, int]]:
        """The counts of each day from this one on, by name."""

    def shown(self, since: date) -> Mapping[str, int]:
        """How often each item was shown as an answer from this day on."""


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


@dataclass(frozen=True, slots=True)
class Due:
    """A subscription that can be fulfilled."""

    id: int
    question: str
    address: bytes


class Subscriptions(Protocol):
    """Who wants to be told. Every method raises StoreError when the store fails."""

    def due(self) -> Sequence[Due]:
        """The subscriptions whose miss is verified or not covered: those begun least often first, then the oldest."""

    def begin(self, ids: Collection[int]) -> None:
        """Say that these are about to be fulfilled: if a kill comes in between, others are told before them."""

    def drop(self, ids: Collection[int]) -> None:
        """Delete these; nothing of them is left."""

    def forget(self, person: int) -> int:
        """Delete all of this person, and say how many; nothing of them is left."""


ADDED = "item"
"""The kind of an action that adds an item."""
ANSWERED = "answer"
"""The kind of an action that changes an answer."""


class ActionState(StrEnum):
    """The life of an admin's action."""

    BEGUN = "begun"
    """An edit whose file may or may not be replaced yet."""
    DONE = "done"
    UNDONE = "undone"
    VOID = "void"
    """An edit that did not come about."""


@dataclass(frozen=True, slots=True)
class Action:
    """What an admin did. ``admin``: a user id, none for the command line; ``item``: what was edited.

    ``edit``: of an edit, what it takes to undo it, as long as it can be. The time is UTC.
    """

    id: int
    at: datetime
    admin: int | None
    kind: str
    detail: str
    item: str | None
    edit: str | None
    state: ActionState


class History(Protocol):
    """What admins did and are about to do. Every method raises StoreError when the store fails."""

    def record(self, admin: int | None, kind: str, detail: str) -> None:
        """Keep an action that is done."""

    def begin(self, admin: int | None, kind: str, item: str, detail: str, edit: str) -> int:
        """Keep an edit that is about to be made; its id."""

    def settle(self, action_id: int, state: ActionState) -> None:
        """Say what became of an edit. Of one that is undone or void, what it takes to undo is deleted."""

    def begun(self) -> Sequence[Action]:
        """Edits of which that was never said."""

    def action(self, action_id: int) -> Action | None:
        """One action."""

    def latest(self, limit: int, start: int = 0) -> Sequence[Action]:
        """The latest actions, the last one first."""

    def edits(self, limit: int | None = None) -> Sequence[Action]:
        """The edits that were made and not undone, the last one first; at most so many."""

    def used_ids(self) -> frozenset[str]:
        """The ids of all items that were added, whatever became of them."""

    def draft(self, admin: int, chat: int) -> str | None:
        """What an admin is about to write in a chat."""

    def mark(self, name: str) -> str | None:
        """A note that the bot made for itself."""

    def put_mark(self, name: str, value: str) -> None:
        """Make a note."""


class Upkeep(Protocol):
    """What keeps the store in order. Every method raises StoreError when the store fails."""

    def probe(self) -> None:
        """Commit something, to see that it can be done."""

    def purge(self, misses_kept: timedelta) -> int:
        """Delete what was kept long enough, of every kind. How many rows that were."""
