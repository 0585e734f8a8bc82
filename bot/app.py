"""The parts that commands need, built and wired; what serving Telegram needs besides stands in ``serve``."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from socket import gethostname
from typing import TypeVar

from bot.clock import Clock
from bot.config import Settings
from bot.conversation.context import ConversationMemory
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
from bot.store.leases import Leases
from bot.store.misses import MissLog
from bot.store.records import Replica, State
from bot.store.usage import UsageLog

_TRIED = 2000
"""Missed questions that a change is tried on, the most frequent first."""
_Part = TypeVar("_Part")


def _part(make: Callable[["App"], _Part]) -> cached_property[_Part]:
    """A part of the app that is built when it is first asked for."""
    return cached_property(make)


@dataclass(eq=False)
class App(AbstractContextManager["App"]):
    """The parts that commands need, each built when it is first asked for, so that ``ask`` opens no database.

    ``folder`` holds the knowledge; ``progress`` shows how far long work is. A part raises StoreError where the database
    that it needs can't be opened, and KnowledgeError where the knowledge has faults. At the end of a ``with`` the
    database is closed, if it was opened.
    """

    settings: Settings
    folder: Path
    progress: Progress

    clock = _part(lambda app: Clock(app.settings.time_zone))
    database = _part(lambda app: Database.open(app.settings.database_url, app.clock))
    misses = _part(lambda app: MissLog(app.database, app.settings.missed_limit))
    usage = _part(lambda app: UsageLog(app.database, app.misses, app.settings.missed_limit))
    leases = _part(
        lambda app: Leases(app.database, gethostname(), version("campaign-bot")) if app.database.is_shared else None
    )
    inbox = _part(lambda app: Inbox(app.database, app.usage, app.leases))
    clusters = _part(lambda app: MissClusters(app.database))
    history = _part(lambda app: History(app.database))
    loaded = _part(lambda app: Snapshot.of(read(app.folder), str(app.folder), ConfidenceModel()))
    """The knowledge as it was when the command began."""
    confidence = _part(
        lambda app: cached_confidence(app.loaded.index, app.loaded.base, app.settings.cache, app.progress)
    )
    snapshot = _part(lambda app: app.loaded.calibrated(app.confidence))
    """The knowledge, calibrated on itself."""
    conversation = _part(
        lambda app: MemberConversation(
            app.usage, app.settings.retention_days, ConversationMemory(app.clock.timestamp), app.clock
        )
    )
    clustering = _part(lambda app: Clustering(app.clusters, app.snapshot.index))

    def __exit__(self, *_: object) -> None:
        if "database" in vars(self):
            self.database.close()

    def replicas(self) -> Sequence[Replica]:
        """The processes that serve from this database together, where several may."""
        return self.leases.replicas() if self.leases else ()

    def known(self) -> list[ReplayedQuestion]:
        """The real questions that a change is tried on: what was answered lately, and what waits for an answer."""
        answered = [ReplayedQuestion(answered.question, answered.item) for answered in self.usage.answered()]
        missed = [row.question for row in self.misses.rows([State.OPEN]) if not row.is_complaint]
        return [*answered, *(ReplayedQuestion(question, None) for question in missed[:_TRIED])]
