"""The values that the store takes and gives.

Questions in them are masked; a ``key`` is the normal form of a question, by which equal questions are known. Who asked
is in none of them. Times are UTC.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self

from bot.items import VerdictKind
from bot.text import normalise


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


SETTLED = (State.VERIFIED, State.NOT_COVERED)
"""The states of misses whose answer is told to whoever waits for it."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that was not answered. ``item`` and ``score`` are the best candidate's, None and 0 without one."""

    question: str
    key: str
    verdict: VerdictKind
    state: State
    item: str | None
    score: float

    @property
    def is_complaint(self) -> bool:
        """Whether it is a thumb down."""
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
    """An opinion on an item shown for a question."""

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
    """A real question that was answered, with the item and how sure it was.

    ``confidence``: the version of the confidence model that was so sure; empty where it is not known.
    """

    question: str
    key: str
    item: str
    score: float
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Somebody wants to be told when a miss has an answer.

    ``key`` is the miss's; ``person`` a keyed hash, the same for the same person; ``address`` says where, encrypted.
    """

    key: str
    person: int
    address: bytes


@dataclass(frozen=True, slots=True)
class AnswerSubscription:
    """Somebody wants to be told when an item's answer changes. ``seen``: the answer that they know.

    ``person`` and ``address`` are as in ``Subscription``.
    """

    item: str
    person: int
    address: bytes
    seen: str


@dataclass(frozen=True, slots=True)
class KeptAnswerSubscription:
    """An answer subscription as it is kept.

    ``offered``: the changed answer that admins were asked about, None if they were asked about none; ``approved``: they
    want that one to be told.
    """

    id: int
    item: str
    address: bytes
    seen: str
    offered: str | None
    approved: bool


@dataclass(frozen=True, slots=True)
class StoredForm:
    """The form that an admin is filling in in a chat; without ``content`` there is none any more.

    ``cluster``: the id of the cluster that it is about; ``keys``: of the questions that it holds. Both are what it is
    erased by when a question is.
    """

    admin: int
    chat: int
    content: str | None
    cluster: int | None = None
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form as it was kept; ``idle``: for how long. Its content is empty if it was erased with a question."""

    content: str
    idle: timedelta


@dataclass(frozen=True, slots=True)
class ParticipantState:
    """What is remembered of a participant, encrypted; without ``content`` there is nothing any more.

    ``participant``: a keyed hash of the chat and the member.
    """

    participant: int
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Records:
    """What is to be kept of a turn, all at once or not at all.

    ``shown``: the ids of the items that were shown as answers; ``verdicts``: those on the questions of this turn, for
    the day's counts; ``forms``: kept here, so that an update that is handled twice finds the same form both times.
    """

    misses: tuple[Miss, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    shown: tuple[str, ...] = ()
    answered: tuple[Answered, ...] = ()
    verdicts: tuple[VerdictKind, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    answer_subscriptions: tuple[AnswerSubscription, ...] = ()
    forms: tuple[StoredForm, ...] = ()
    participants: tuple[ParticipantState, ...] = ()


NOTHING = Records()
"""Of a turn that leaves nothing behind."""


@dataclass(frozen=True, slots=True)
class FeedbackCount(Feedback):
    """How often an opinion was given, and when the last time."""

    count: int
    last_given: datetime


@dataclass(frozen=True, slots=True)
class MissedQuestion(Miss):
    """A row of the log: equal questions are one row. ``chosen``: the item that an admin led it to."""

    id: int
    count: int
    first_asked: datetime
    last_asked: datetime
    chosen: str | None = None


@dataclass(frozen=True, slots=True)
class Cluster:
    """Misses that ask the same. ``asked``: how often in all; ``days``: on how many different days.

    ``waiting``: how many people want to be told of an answer. ``questions``: those that are open, the most frequent
    first, then the most recent, at most 50. ``unreachable``: how many more wait who can't be told, since where they
    asked can't be decrypted.
    """

    id: int
    asked: int
    days: int
    waiting: int
    questions: tuple[MissedQuestion, ...]
    unreachable: int = 0


class MissFilter(StrEnum):
    """Which clusters of misses a list shows. All but ``IGNORED`` and ``HANDLED`` are about open misses."""

    ALL = "all"
    UNANSWERED = "unanswered"
    """What got no answer, and was not rejected."""
    REJECTED = "rejected"
    """The suggestions were not meant."""
    COMPLAINED = "complained"
    """A thumb down for the answer."""
    WAITING = "waiting"
    """Somebody wants to be told of an answer."""
    IGNORED = "ignored"
    HANDLED = "handled"
    """An admin has led it to an item, or it has got an answer since."""


class MissSort(StrEnum):
    """By what clusters are ranked, the most first; of equals the newest cluster comes first."""

    PRESSING = "pressing"
    """How often they were asked times on how many days."""
    ASKED = "asked"
    DAYS = "days"
    WAITING = "waiting"
    LAST_ASKED = "last"


@dataclass(frozen=True, slots=True)
class MissQuery:
    """Clusters that hold a miss of this filter whose question holds all these ``words``, given in normal form.

    ``asked``: the first and the last of the days on one of which it was asked; ``begun``: from when on, and until
    before when, it was asked the first time. Both are None where that does not matter.
    """

    filter: MissFilter = MissFilter.ALL
    words: tuple[str, ...] = ()
    asked: tuple[date, date] | None = None
    begun: tuple[datetime, datetime] | None = None

    @classmethod
    def of(cls, chosen: MissFilter, search: str) -> Self:
        """What an admin searches for, as they typed it."""
        words = (normalise(word) for word in search.split())
        return cls(chosen, tuple(word for word in words if word))


@dataclass(frozen=True, slots=True)
class MissList:
    """A list of clusters of misses that an admin has opened. ``search``: what they typed to find them."""

    id: int
    admin: int
    search: str
    filter: MissFilter

    @property
    def query(self) -> MissQuery:
        """Which clusters it shows."""
        return MissQuery.of(self.filter, self.search)


@dataclass(frozen=True, slots=True)
class ListedCluster:
    """A cluster in a list. ``asked`` and ``waiting`` as in ``Cluster``; ``first``: its most frequent miss there."""

    id: int
    asked: int
    waiting: int
    ticked: bool
    first: MissedQuestion


@dataclass(frozen=True, slots=True)
class MissPage:
    """A page of a list: the clusters from place ``start`` on, of ``count``; ``ticked``: how many are, on any page."""

    start: int
    count: int
    ticked: int
    clusters: tuple[ListedCluster, ...]


@dataclass(frozen=True, slots=True)
class MissRow:
    """A cluster in the table of misses. ``asked``, ``days`` and ``waiting`` as in ``Cluster``.

    ``last_asked``: when one of its misses was asked the last time; ``first``: the most frequent one that is listed.
    """

    id: int
    asked: int
    days: int
    waiting: int
    last_asked: datetime
    first: MissedQuestion


@dataclass(frozen=True, slots=True)
class MissTablePage:
    """A page of the table of misses: the clusters from place ``start`` on, of ``count``."""

    start: int
    count: int
    rows: tuple[MissRow, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The ticked clusters of a list or table that are still in it, by rank, and how many people wait for an answer.

    ``first``: the most frequent misses of the first few. ``digest`` names the choice: another one has another digest.
    """

    clusters: tuple[int, ...]
    waiting: int
    first: tuple[MissedQuestion, ...]

    @property
    def digest(self) -> str:
        """Eight hexadecimal digits."""
        return hashlib.sha256(repr(sorted(self.clusters)).encode()).hexdigest()[:8]


class InboxState(StrEnum):
    """The life of an update."""

    WAITING = "waiting"
    DONE = "done"
    """Answered; kept without its content, to be known if it comes again."""
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Entry:
    """An update as it goes into the inbox. ``key`` is what it is known by, in 64 bits; ``payload`` is encrypted.

    With a ``fault`` it can't be handled and is a dead letter from the start. ``chat`` names the queue that it waits in;
    one that ``is_brief`` is worth something at its moment alone, and is handled by whoever received it.
    """

    key: int
    payload: bytes
    fault: str | None = None
    chat: int = 0
    is_brief: bool = False


@dataclass(frozen=True, slots=True)
class Replica:
    """A process that serves from this database. ``id``: random, and another one after each start.

    ``knowledge`` names the state of the knowledge folder that it answers from; ``lag_s``: when it was heard of last.
    """

    id: int
    name: str
    version: str
    knowledge: str
    started_at: datetime
    lag_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update that waits to be handled."""

    id: int
    payload: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An update that could not be handled, and why."""

    id: int
    received_at: datetime
    died_at: datetime
    fault: str


class NoticeKind(StrEnum):
    """What a notice to admins is about."""

    KNOWLEDGE = "knowledge"
    """Whether the knowledge folder can be loaded."""
    HEALTH = "health"
    """Whether the bot works."""
    GIT = "git"
    """That edits can't be committed to git."""
    DEAD_LETTERS = "dead-letters"
    """How many messages were given up."""
    LOG_FULL = "log-full"
    DIGEST = "digest"
    DAILY = "daily"
    """How many misses are new, and how many members wait for an answer."""
    CHANGE = "change"
    """What one change of the knowledge has led to."""
    PAGE = "page"
    """That somebody tries links to the admins' page."""


QUOTING = frozenset({NoticeKind.DIGEST, NoticeKind.CHANGE})
"""Notices of these kinds may quote what members asked."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice that waits to be delivered to a chat; its content is encrypted."""

    id: int
    content: bytes
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer that an admin judged."""

    question: str
    key: str
    item: str
    right: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """How many of the answers that were drawn at random have been judged, and how many of these were ``wrong``."""

    count: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Awaited:
    """A settled miss that somebody waits for, with the digest of what they would be told; None if that is not known."""

    id: int
    question: str
    settled_as: str | None


@dataclass(frozen=True, slots=True)
class Due:
    """A subscription that can be fulfilled, by an admin's ``note`` if there is one, else by the answer."""

    id: int
    question: str
    address: bytes
    note: bytes | None


@dataclass(frozen=True, slots=True)
class PageVisitor:
    """Who a link to the admins' page, or a session there, is for: a user id, None for whoever began it by a command."""

    admin: int | None


class ActionKind(StrEnum):
    """What an admin did. Those before the undo are edits of the knowledge."""

    PHRASINGS = "phrasing"
    PHRASINGS_REMOVED = "phrasing-removed"
    QUESTION = "question"
    ANSWER = "answer"
    SOURCES = "source"
    """Other sources for an item."""
    RELATED = "related"
    NEGATIVES = "negatives"
    KEYWORDS = "keywords"
    SHORT = "short"
    VALID_UNTIL = "valid_until"
    REVIEW_BY = "review_by"
    OWNER = "owner"
    ITEM = "item"
    ITEM_DELETED = "item-deleted"
    MOVED = "moved"
    """An item went to another topic."""
    SOURCE = "document"
    """Another document that answers may cite."""
    PLACE = "place"
    """Other words for the title or a place of the speech."""
    SYNONYMS = "synonyms"
    FRAMES = "frames"
    IMPORT = "import"
    """Much from a table."""
    UNDO = "undo"
    IGNORE = "ignore"
    """A cluster of misses is ignored."""
    UNIGNORE = "care"
    NOTE = "note"
    """Those who waited for a cluster of misses were replied to, without an item."""
    COVERED = "covered"
    """A cluster of misses is led to an item that covers it already."""
    RELOAD = "reload"
    JUDGE = "judge"
    DELETE = "delete"
    IGNORE_MANY = "ignore-many"
    """Many clusters of misses at once, as many as the detail says; so are the next two."""
    UNIGNORE_MANY = "unignore-many"
    DELETE_MANY = "delete-many"
    """They are deleted for good when it can't be undone any more."""
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

    ``edit``: what it takes to undo an edit, or to make it again; None once that is not known any more.
    """

    id: int
    at: datetime
    admin: int | None
    kind: ActionKind
    detail: str
    item: str | None
    edit: str | None
    state: ActionState
