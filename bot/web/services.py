"""What the pages work with: the parts that the chat works with too."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.clock import Clock
from bot.conversation.history import HistoryPages
from bot.curation.clustering import Clustering
from bot.curation.corrections import Corrections
from bot.curation.edits import Edits
from bot.curation.miss_handling import MissHandling
from bot.curation.misses import MissLifecycle
from bot.evaluation.overlap import OverlapTable
from bot.snapshot import CurrentSnapshot
from bot.store.bulk_actions import BulkActions
from bot.store.clusters import MissClusters
from bot.store.history import History
from bot.store.miss_table import MissTable
from bot.store.misses import MissLog
from bot.store.records import Replica
from bot.store.usage import UsageLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The parts that pages read and change, all safe to use from any thread.

    ``problems`` gives the names of what is wrong with the running bot, as ``bot.texts.admins.PROBLEMS`` has them; None
    in a process that does not serve Telegram, where nobody looks; ``corrections`` are None there too, since it tells no
    member. Misses are kept for ``retention_days``. ``replicas`` gives the processes that serve together, if there may
    be several. ``is_busy`` tells whether a member is being answered now: pages that are shown give way then.
    """

    folder: Path
    current: CurrentSnapshot
    edits: Edits
    lifecycle: MissLifecycle
    corrections: Corrections | None
    misses: MissLog
    clusters: MissClusters
    clustering: Clustering
    miss_table: MissTable
    bulk: BulkActions
    usage: UsageLog
    history: History
    past: HistoryPages
    clock: Clock
    retention_days: int
    problems: Callable[[], Sequence[str]] | None
    is_busy: Callable[[], bool]
    replicas: Callable[[], Sequence[Replica]] = tuple
    overlaps: OverlapTable = field(default_factory=OverlapTable)

    @property
    def handling(self) -> MissHandling:
        """Edits, and what becomes of misses."""
        return MissHandling(self.edits, self.lifecycle, self.clusters, self.history)
