"""What an admin does to one cluster of misses: each is an edit, after which its misses are asked again."""

from dataclasses import dataclass, replace

from bot.curation.edits import Edits, Plan
from bot.curation.misses import MissLifecycle
from bot.snapshot import Snapshot
from bot.store.clusters import MissClusters
from bot.store.history import History
from bot.store.records import ActionKind, State


@dataclass(frozen=True, slots=True)
class MissHandling:
    """Edits that come of clusters. ``admin`` is a user id, None for the command line.

    Every method raises StoreError where the store fails, and EditRefusedError where an edit can't be made or taken
    back, so that nothing was done.
    """

    edits: Edits
    lifecycle: MissLifecycle
    clusters: MissClusters
    history: History

    def lead(self, cluster: int, plan: Plan, admin: int | None) -> int:
        """Make an edit, and lead the open misses of a cluster to its item; the id of the action."""
        action = self.edits.apply(plan, admin)
        self._lead(cluster, plan.item, plan.before)
        return action

    def lead_covered(self, cluster: int, item: str, admin: int | None) -> None:
        """Lead the open misses of a cluster to an item that covers them already."""
        self.history.record(admin, ActionKind.COVERED, str(cluster))
        self._lead(cluster, item, None)

    def keep_away(self, cluster: int, plan: Plan, admin: int | None) -> int:
        """Make an edit that keeps a cluster's questions from an item; the cluster stays open unless they are answered.

        The id of the action.
        """
        action = self.edits.apply(plan, admin)
        questions = self.clusters.cluster(cluster).questions
        self.lifecycle.close(questions, plan.before, self.lifecycle.current.snapshot)
        return action

    def undo(self, action: int, admin: int | None) -> None:
        """Take an edit of a phrasing, a new item or a negative back, and open again what it answered."""
        item = self.edits.undo(action, admin)
        self.lifecycle.reopen(item, self.lifecycle.current.snapshot, answer=False)

    def _lead(self, cluster: int, item: str, before: Snapshot | None) -> None:
        led = [replace(miss, chosen=item) for miss in self.clusters.handle(cluster, State.HANDLED, item)]
        self.lifecycle.close(led, before, self.lifecycle.current.snapshot)
