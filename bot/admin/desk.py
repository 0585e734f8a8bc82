"""Carries out what admins have written: tried, shown if anything is lost by it, made, taken back."""

from collections.abc import Sequence
from dataclasses import replace

from bot import catalogue
from bot.admin import cards
from bot.admin.cards import NEXT_CARD, Press, button, cancel_row
from bot.admin.drafts import Admin, Awaited, Draft, Drafts, Task
from bot.admin.editor import Editor, Plan
from bot.admin.lifecycle import Lifecycle
from bot.admin.proposals import AlreadyThereError, MorePhrasings, NewAnswer, NewItem, Proposal
from bot.edition import Edition, Live
from bot.errors import FolderReadOnlyError
from bot.items import Kind
from bot.replies import Button, Reply
from bot.store.interface import Clusters, History, State


class Desk:
    """Every method gives what the admin reads.

    Raises:
        EditRefusedError: it can't be done; the text says why.
        FolderChangedError: the folder was changed at this very moment; nothing is done.
    """

    def __init__(
        self,
        *,
        live: Live,
        editor: Editor,
        lifecycle: Lifecycle,
        clusters: Clusters,
        history: History,
        drafts: Drafts,
    ) -> None:
        self._live = live
        self._editor = editor
        self._lifecycle = lifecycle
        self._clusters = clusters
        self._history = history
        self._drafts = drafts

    def propose(self, draft: Draft, admin: Admin, confirmed: str = "") -> Reply:
        """Try what was written, and do it if nothing is lost by it, or if that was confirmed for this very change."""
        try:
            plan = self._editor.plan(_proposal(draft))
        except AlreadyThereError as error:
            return self._already(error.item, draft.cluster, admin)
        current = plan.before.base.by_id.get(draft.item)
        # Somebody else has written another answer while this one was written.
        overtaken = draft.task is Task.ANSWER and current is not None and current.answer != draft.seen
        if plan.digest == confirmed or not (plan.impact.has_loss or overtaken or confirmed):
            return self._apply(plan, draft.cluster, admin)
        self._drafts.keep(draft.but(awaited=Awaited.CONFIRMATION, seen=current.answer if current else ""), admin)
        stale = catalogue.IMPACT_STALE if plan.impact.has_loss else catalogue.IMPACT_STALE_FINE
        head = stale if confirmed or overtaken else catalogue.IMPACT_TRY
        if overtaken and current:
            head += "\n" + catalogue.CARD_ANSWER.format(answer=current.answer)
        confirm = button(catalogue.BUTTON_CONFIRM, Press.CONFIRM, plan.digest, admin.id)
        return self._warning(head, plan, (confirm, *cancel_row(admin.id)))

    @staticmethod
    def _warning(head: str, plan: Plan, row: tuple[Button, ...]) -> Reply:
        return Reply("\n".join((head, *cards.impact_lines(plan.impact, plan.after.base))), (row,))

    def _apply(self, plan: Plan, cluster: int | None, admin: Admin) -> Reply:
        try:
            action = self._editor.apply(plan, admin.id)
        except FolderReadOnlyError as error:
            self._drafts.drop(admin)
            return Reply(cards.to_paste(plan, str(error)))
        self._drafts.drop(admin)
        base = plan.after.base
        what = catalogue.EDITED_WHAT[plan.kind].format(question=base.by_id[plan.item].question)
        lines = [catalogue.EDITED.format(what=what, file=plan.file), *cards.impact_lines(plan.impact, base)]
        closed = self._closed(cluster, plan.item, plan.before)
        undo = button(catalogue.BUTTON_UNDO, Press.UNDO, action)
        return Reply("\n".join((*lines, *closed)), ((undo, *(() if cluster is None else (NEXT_CARD,))),))

    def _already(self, item: str, cluster: int | None, admin: Admin) -> Reply:
        """The knowledge is as wanted, without an edit."""
        self._drafts.drop(admin)
        if cluster is not None:
            self._history.record(admin.id, "covered", str(cluster))
        found = self._live.edition.base.by_id.get(item)
        text = catalogue.EDITED_ALREADY.format(question=found.question if found else item)
        # Perhaps it was this very edit, and a kill kept its reply from coming.
        last = next(iter(self._history.edits(1)), None)
        own = last is not None and (last.admin, last.item) == (admin.id, item)
        undo = (button(catalogue.BUTTON_UNDO, Press.UNDO, last.id),) if last and own else ()
        return Reply("\n".join((text, *self._closed(cluster, item, None))), ((*undo, NEXT_CARD),))

    def _closed(self, cluster: int | None, item: str, before: Edition | None) -> list[str]:
        """Lead a card's misses to their item, and ask them again; what came of it."""
        if cluster is None:
            return []
        led = [replace(row, chosen=item) for row in self._clusters.handle(cluster, State.HANDLED, item)]
        closed = self._lifecycle.close(led, before, self._live.edition)
        if closed == len(led):
            return ["", catalogue.CLOSED_ALL]
        some = catalogue.CLOSED.format(total=len(led), closed=closed)
        return ["", some, catalogue.STILL_MISSED.format(count=len(led) - closed)]

    def undo(self, number: int, admin: Admin) -> Reply:
        """Take an edit back, and open again what it answered; once more, if a kill came in between."""
        action = self._history.action(number)
        try:
            item = self._editor.undo(number, admin.id)
        except FolderReadOnlyError as error:
            return Reply(str(error))
        self._lifecycle.reopen(item, self._live.edition)
        what = cards.action_words(action) if action else ""
        return Reply(catalogue.UNDONE.format(what=what), ((button(catalogue.BUTTON_TO_CARDS, Press.CARD, 0),),))

    def again(self, number: int, digest: Sequence[str], admin: Admin) -> Reply:
        """Make an edit once more that an editor has overwritten."""
        try:
            plan = self._editor.plan_again(number)
        except AlreadyThereError as error:
            return self._already(error.item, None, admin)
        if plan.impact.has_loss and [plan.digest] != list(digest):
            confirm = button(catalogue.BUTTON_CONFIRM, Press.AGAIN, number, plan.digest)
            return self._warning(catalogue.IMPACT_TRY, plan, (confirm, *cancel_row(admin.id)))
        return self._apply(plan, None, admin)


def _proposal(draft: Draft) -> Proposal:
    match draft.task:
        case Task.PHRASING:
            return MorePhrasings(draft.item, draft.phrasings)
        case Task.ANSWER:
            return NewAnswer(draft.item, draft.answer)
        case Task.ITEM | Task.NOT_COVERED:
            kind = Kind.ANSWER if draft.task is Task.ITEM else Kind.NOT_COVERED
            return NewItem(kind, draft.question, draft.phrasings, draft.answer, draft.sources, draft.topic, draft.other)
