"""The parts that commands need, built and wired; what serving Telegram needs besides stands in ``serve``."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

from bot.config import Settings
from bot.conversation.members import MemberConversation
from bot.curation.clustering import Clustering
from bot.evaluation.calibration import cached_confidence
from bot.evaluation.impact import ReplayedQuestion
from bot.evaluation.leave_one_out import Progress
from bot.knowledge import read
from bot.matching import ConfidenceModel
from bot.snapshot import Snapshot
from bot.store.clusters import MissClusters
from bot.store.database import Database
from bot.store.history import History
from bot.store.inbox import Inbox
from bot.store.misses import MissLog
from bot.store.records import State
from bot.store.usage import UsageLog

_TRIED = 2000
"""Missed questions that a change is tried on, the most frequent first."""


@dataclass(eq=False)
class App:
    """The parts that commands need, each built when it is first asked for, so that ``ask`` opens no database.

    ``folder`` holds the knowledge; ``progress`` shows how far long work is. At the end of a ``with`` the database is
    closed, if it was opened.
    """

    settings: Settings
    folder: Path
    progress: Progress

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if "database" in vars(self):
            self.database.close()

    @cached_property
    def database(self) -> Database:
        """The database. Raises StoreError if it can't be opened."""
        return Database.open(self.settings.database_url)

    @cached_property
    def misses(self) -> MissLog:
        """The log of missed questions. Raises as ``database`` does."""
        return MissLog(self.database, self.settings.missed_limit)

    @cached_property
    def usage(self) -> UsageLog:
        """What is kept of conversations. Raises as ``database`` does."""
        return UsageLog(self.database, self.misses, self.settings.missed_limit)

    @cached_property
    def inbox(self) -> Inbox:
        """The inbox. Raises as ``database`` does."""
        return Inbox(self.database, self.usage)

    @cached_property
    def clusters(self) -> MissClusters:
        """The log of missed questions by clusters. Raises as ``database`` does."""
        return MissClusters(self.database)

    @cached_property
    def history(self) -> History:
        """What admins did. Raises as ``database`` does."""
        return History(self.database)

    @cached_property
    def loaded(self) -> Snapshot:
        """The knowledge as it was when the command began. Raises KnowledgeError if it has faults."""
        return Snapshot.of(read(self.folder), str(self.folder), ConfidenceModel())

    @cached_property
    def snapshot(self) -> Snapshot:
        """The same, calibrated on itself."""
        confidence = cached_confidence(self.loaded.index, self.loaded.base, self.settings.cache, self.progress)
        return self.loaded.calibrated(confidence)

    @cached_property
    def conversation(self) -> MemberConversation:
        """The conversation with members. Raises as ``database`` does."""
        return MemberConversation(self.usage, self.settings.retention_days)

    @cached_property
    def clustering(self) -> Clustering:
        """What puts misses into clusters. Raises as ``database`` does."""
        return Clustering(self.clusters, self.snapshot.index)

    def known(self) -> list[ReplayedQuestion]:
        """The real questions that a change is tried on: what was answered lately, and what waits for an answer."""
        answered = [ReplayedQuestion(one.question, one.item) for one in self.usage.answered()]
        waiting = [
            ReplayedQuestion(row.question, None) for row in self.misses.rows([State.OPEN]) if not row.is_complaint
        ]
        return [*answered, *waiting[:_TRIED]]
