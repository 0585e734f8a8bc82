"""Carries out what admins have written: tried, shown if anything is lost by it, made, taken back."""

from collections.abc import Sequence
from dataclasses import replace

from bot.conversation import cards
from bot.conversation.cards import COUNTED, Press, button, cancel_row, next_card
from bot.conversation.forms import Admin, Awaited, Draft, Drafts, Task
from bot.conversation.replies import Button, Reply
from bot.curation.changes import AlreadyThereError, MorePhrasings, NewAnswer, NewItem, Proposal
from bot.curation.edits import Editor, Plan
from bot.curation.misses import MissLifecycle
from bot.errors import EditRefusedError, FolderReadOnlyError
from bot.items import Kind
from bot.snapshot import CurrentSnapshot, Snapshot
from bot.store.clusters import MissClusters
from bot.store.history import History
from bot.store.records import ActionKind, State
from bot.texts import admins as admins_texts


class Desk:
    """Every method gives what the admin reads.

    Raises:
        EditRefusedError: it can't be done; the text says why.
        FolderChangedError: the folder was changed at this very moment; nothing is done.
    """

    def __init__(
        self,
        *,
        current: CurrentSnapshot,
        editor: Editor,
        lifecycle: MissLifecycle,
        clusters: MissClusters,
        history: History,
        drafts: Drafts,
    ) -> None:
        self._current = current
        self._editor = editor
        self._lifecycle = lifecycle
        self._clusters = clusters
        self._history = history
        self._drafts = drafts

    def propose(self, draft: Draft, admin: Admin, confirmed: str = "", *, typed: bool = False) -> Reply:
        """Try what was written, and do it if that was confirmed for this very change.

        Without a word that was ``typed`` just now, and if nothing is lost by it, it needs no confirmation.
        """
        try:
            plan = self._editor.plan(_proposal(draft))
        except AlreadyThereError as error:
            return self._already(error.item, draft.cluster, admin)
        except EditRefusedError as error:
            self._drafts.drop(admin)
            written = draft.answer or "\n".join(draft.phrasings)
            kept = [admins_texts.NOT_KEPT.format(text=written)] if typed or draft.answer else []
            return Reply("\n\n".join((str(error), *kept)), ((next_card(),),))
        current = plan.before.base.by_id.get(draft.item)
        # Somebody else has written another answer while this one was written.
        overtaken = draft.task is Task.ANSWER and current is not None and current.answer != draft.seen
        if plan.digest == confirmed or not (plan.impact.has_loss or overtaken or confirmed or typed):
            return self._apply(plan, draft.cluster, admin)
        self._drafts.keep(draft.but(awaited=Awaited.CONFIRMATION, seen=current.answer if current else ""), admin)
        lines = [cards.preview(plan), "", *cards.impact_lines(plan.impact, plan.after.base)]
        if confirmed or overtaken:
            lines.insert(0, admins_texts.IMPACT_STALE if plan.impact.has_loss else admins_texts.IMPACT_STALE_FINE)
        elif plan.impact.has_loss:
            lines.insert(0, admins_texts.IMPACT_TRY)
        else:
            lines.insert(0, admins_texts.PREVIEW)
        if overtaken and current:
            lines.insert(1, admins_texts.CARD_ANSWER.format(answer=current.answer))
        label = admins_texts.BUTTON_CONFIRM if plan.impact.has_loss or overtaken else admins_texts.BUTTON_FINE
        confirm = button(label, Press.CONFIRM, plan.digest, admin.id)
        return Reply("\n".join(lines), ((confirm, *cancel_row(admin.id)),))

    def _apply(self, plan: Plan, cluster: int | None, admin: Admin) -> Reply:
        try:
            action = self._editor.apply(plan, admin.id)
        except FolderReadOnlyError as error:
            self._drafts.drop(admin)
            return Reply(cards.to_paste(plan, str(error)))
        self._drafts.drop(admin)
        lines = [cards.edited(plan), *cards.impact_lines(plan.impact, plan.after.base)]
        undo = button(admins_texts.BUTTON_UNDO, Press.UNDO, action)
        return self._closed(cluster, plan.item, plan.before, lines, (undo,))

    def _already(self, item: str, cluster: int | None, admin: Admin) -> Reply:
        """The knowledge is as wanted, without an edit."""
        self._drafts.drop(admin)
        if cluster is not None:
            self._history.record(admin.id, ActionKind.COVERED, str(cluster))
        found = self._current.snapshot.base.by_id.get(item)
        lines = [admins_texts.EDITED_ALREADY.format(question=found.question if found else item)]
        # Perhaps it was this very edit, and a kill kept its reply from coming.
        last = next(iter(self._history.edits(1)), None)
        own = last is not None and (last.admin, last.item) == (admin.id, item)
        undo = (button(admins_texts.BUTTON_UNDO, Press.UNDO, last.id),) if last and own else ()
        return self._closed(cluster, item, None, lines, undo)

    def _closed(
        self, cluster: int | None, item: str, before: Snapshot | None, lines: list[str], row: tuple[Button, ...]
    ) -> Reply:
        """Lead a card's misses to their item, and ask them again; what came of it, after these lines."""
        if cluster is None:
            return Reply("\n".join(lines), (row,) if row else ())
        place, waiting = self._clusters.place(cluster, COUNTED), self._clusters.cluster(cluster).waiting
        led = [replace(one, chosen=item) for one in self._clusters.handle(cluster, State.HANDLED, item)]
        snapshot = self._current.snapshot
        closed = self._lifecycle.close(led, before, snapshot)
        found = snapshot.base.by_id.get(item)
        if not led:
            return Reply("\n".join(lines), ((*row, next_card(place)),))
        if closed < len(led):
            lines += ["", admins_texts.CLOSED.format(total=len(led), closed=closed)]
            lines.append(admins_texts.STILL_MISSED.format(count=len(led) - closed))
        elif any(one.is_complaint for one in led):
            lines += ["", admins_texts.CLOSED_COMPLAINT]
        elif found and found.kind is Kind.NOT_COVERED:
            lines += ["", admins_texts.CLOSED_HONESTLY]
        else:
            lines += ["", admins_texts.CLOSED_ALL]
        if closed == len(led) and waiting:
            lines.append(admins_texts.TELLING.format(count=waiting))
        return Reply("\n".join(lines), ((*row, next_card(place)),))

    def undo(self, number: int, admin: Admin) -> Reply:
        """Take an edit back, and open again what it answered; once more, if a kill came in between."""
        action = self._history.action(number)
        try:
            item = self._editor.undo(number, admin.id)
        except FolderReadOnlyError as error:
            return Reply(str(error))
        later = any(
            one.id > number and (one.item, one.kind) == (item, ActionKind.ANSWER) for one in self._history.edits()
        )
        is_answer = action is not None and action.kind is ActionKind.ANSWER and not later
        self._lifecycle.reopen(item, self._current.snapshot, answer=is_answer)
        what = cards.action_words(action, self._current.snapshot.base) if action else ""
        return Reply(admins_texts.UNDONE.format(what=what), ((button(admins_texts.BUTTON_TO_CARDS, Press.CARD, 0),),))

    def again(self, number: int, digest: Sequence[str], admin: Admin) -> Reply:
        """Make an edit once more that an editor has overwritten."""
        try:
            plan = self._editor.plan_again(number)
        except AlreadyThereError as error:
            return self._already(error.item, None, admin)
        if plan.impact.has_loss and [plan.digest] != list(digest):
            confirm = button(admins_texts.BUTTON_CONFIRM, Press.AGAIN, number, plan.digest)
            lines = (admins_texts.IMPACT_TRY, *cards.impact_lines(plan.impact, plan.after.base))
            return Reply("\n".join(lines), ((confirm, button(admins_texts.BUTTON_CANCEL, Press.HISTORY, 0)),))
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
