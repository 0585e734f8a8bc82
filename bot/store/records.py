"""What is kept, as others see it: the log of missed questions, never who asked; the inbox, encrypted; what admins did."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.items import VerdictKind


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
    verdict: VerdictKind
    state: State
    item: str | None
    score: float

    @property
    def is_complaint(self) -> bool:
        """Whether it is a thumb down: the question was answered, and the answer was not good."""
        return self.verdict is COMPLAINED


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
COMPLAINED = VerdictKind.ANSWER
"""The verdict of a miss that is a thumb down: the question was answered, and the answer was not good."""


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
    verdict: VerdictKind
    item: str | None
    score: float
    key: str
    chosen: str | None = None

    @property
    def is_complaint(self) -> bool:
        """Whether it is a thumb down: the question was answered, and the answer was not good."""
        return self.verdict is COMPLAINED


@dataclass(frozen=True, slots=True)
class UnclusteredMiss:
    """A miss that is in no cluster yet."""

    id: int
    question: str
    verdict: VerdictKind
    item: str | None

    @property
    def is_complaint(self) -> bool:
        """Whether it is a thumb down: the question was answered, and the answer was not good."""
        return self.verdict is COMPLAINED


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


@dataclass(frozen=True, slots=True)
class Due:
    """A subscription that can be fulfilled."""

    id: int
    question: str
    address: bytes


class ActionKind(StrEnum):
    """What an admin did. The first four are edits of the knowledge."""

    PHRASINGS = "phrasing"
    ANSWER = "answer"
    ITEM = "item"
    SOURCE = "document"
    UNDO = "undo"
    IGNORE = "ignore"
    """A cluster of misses is ignored."""
    UNIGNORE = "care"
    COVERED = "covered"
    """A cluster of misses is led to an item that covers it already."""
    RELOAD = "reload"
    JUDGE = "judge"
    DELETE = "delete"
    RESOLVE_MISS = "resolve"
    """One miss is handled, from the command line."""
    IGNORE_MISS = "ignore-one"


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
    kind: ActionKind
    detail: str
    item: str | None
    edit: str | None
    state: ActionState
