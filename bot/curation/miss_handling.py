"""Edits, and what becomes of the misses that they are about: these are led to an item, and asked again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from bot.curation.edits import Edits, Plan
from bot.curation.misses import MissLifecycle
from bot.snapshot import Snapshot
from bot.store.clusters import MissClusters
from bot.store.history import History
from bot.store.records import ActionKind, MissedQuestion, State

_ANSWERING = {ActionKind.ANSWER, ActionKind.IMPORT}
"""Kinds of edits that may change an answer that there was before."""


@dataclass(frozen=True, slots=True)
class MissHandling:
    """Edits that are about misses. ``admin`` is a user id, None for the command line.

    Every method raises StoreError where the store fails, and EditRefusedError where an edit can't be made or taken
    back, so that nothing was done.
    """

    edits: Edits
    lifecycle: MissLifecycle
    clusters: MissClusters
    history: History

    def lead(self, clusters: Collection[int], plan: Plan, admin: int | None) -> int:
        """Make an edit, and lead the open misses of clusters to its item; the id of the action."""
        missed = self.clusters.open_misses(clusters)
        action = self.edits.apply(plan, admin)
        self.lead_misses(clusters, missed, plan.item, plan.before)
        return action

    def lead_covered(self, clusters: Collection[int], item: str, admin: int | None) -> None:
        """Lead the open misses of clusters to an item that covers them already."""
        for cluster in clusters:
            self.history.record(admin, ActionKind.COVERED, str(cluster))
        self.lead_misses(clusters, self.clusters.open_misses(clusters), item, None)

    def keep_away(self, cluster: int, plan: Plan, admin: int | None) -> int:
        """Make an edit that keeps a cluster's questions from an item; the cluster stays open unless they are answered.

        The id of the action.
        """
        action = self.edits.apply(plan, admin)
        questions = self.clusters.cluster(cluster).questions
        self.lifecycle.close(questions, plan.before, self.lifecycle.current.snapshot)
        return action

    def undo(self, action_id: int, admin: int | None) -> str:
        """Take an edit back, and open again what it answered; once more, if a kill came in between.

        The id of the item that it was about.
        """
        action = self.history.action(action_id)
        item = self.edits.undo(action_id, admin)
        is_answer = (item, ActionKind.ANSWER)
        later = any(edit.id > action_id and (edit.item, edit.kind) == is_answer for edit in self.history.edits())
        restored = action is not None and action.kind in _ANSWERING and not later
        self.lifecycle.reopen(item, self.lifecycle.current.snapshot, answer=restored)
        return item

    def lead_misses(
        self, clusters: Collection[int], missed: Sequence[MissedQuestion], item: str, before: Snapshot | None
    ) -> Sequence[MissedQuestion]:
        """Lead the misses of clusters to an item, and ask them again; those of them that are closed.

        ``missed``: their open misses, as they were before the edit. Once it is live, what watches the knowledge may
        close some of them first.
        """
        self.clusters.lead(clusters, missed, item)
        led = [replace(miss, state=State.HANDLED, chosen=item) for miss in missed]
        return self.lifecycle.close(led, before, self.lifecycle.current.snapshot)
