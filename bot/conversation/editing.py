"""From a form to an edit: what is missing is asked for; what is whole is planned, shown, confirmed and made."""

from collections.abc import Sequence
from dataclasses import replace

from bot.conversation import callbacks, cards
from bot.conversation.forms import TYPED, Admin, Field, Form, Task
from bot.conversation.reply import Button, Reply, short_key
from bot.curation.edits import Edits, Plan
from bot.curation.misses import MissLifecycle
from bot.curation.planning import AlreadyThereError
from bot.errors import EditRefusedError, StaleButtonError
from bot.items import Item
from bot.knowledge.edit import ByHandError
from bot.knowledge.models import ANSWER_LIMIT
from bot.masking import is_masked
from bot.matching.similarity import unlike
from bot.snapshot import CurrentSnapshot, Snapshot
from bot.store.clusters import MissClusters
from bot.store.history import History
from bot.store.records import ActionKind, Cluster, State
from bot.text import is_blank, normalise
from bot.texts import admins as texts

_LONGEST_PHRASING = 60
"""Characters: a longer text is a story, not a way to ask."""
_LONGEST_QUESTION = 60
"""Characters of a button that are still read."""
_LONGEST_TOPIC = 30
_PHRASINGS_OF_A_CARD = 5
_PHRASINGS_AT_ONCE = 20

FormTurn = tuple[Reply, Form | None]
"""What the admin reads, and the form as it is then; None once there is nothing more to fill in."""


class UnfitTextError(Exception):
    """What was typed does not fit the field. Its text is Chinese, and says how to do better."""


class Editing:
    """Forms and the edits that come of them.

    Its methods raise StaleButtonError where a press is out of date, EditRefusedError where an edit can't be made or
    taken back, so that nothing was done, and StoreError where the store fails.
    """

    def __init__(
        self,
        current: CurrentSnapshot,
        edits: Edits,
        lifecycle: MissLifecycle,
        clusters: MissClusters,
        history: History,
    ) -> None:
        self._current = current
        self._edits = edits
        self._lifecycle = lifecycle
        self._clusters = clusters
        self._history = history

    # --- filling in -------------------------------------------------------------------------------------------------

    def add_to(self, cluster: Cluster, key: str, admin: Admin) -> FormTurn:
        """Make a cluster's questions phrasings of the item with this key."""
        items = self._current.snapshot.base.items
        item = next((item for item in items if short_key(item.id) == key), None)
        if item is None:
            raise StaleButtonError(texts.ITEM_GONE)
        fit, refusal = self._phrasings_of(cluster, item)
        if refusal and not fit:
            raise StaleButtonError(refusal)
        form = Form(task=Task.PHRASING, item=item.id, cluster=cluster.id, phrasings=tuple(fit))
        return self.advance(form, admin)

    def write_item(self, cluster: Cluster, task: Task, admin: Admin, answer: str = "") -> FormTurn:
        """Write a new item that a cluster's questions ask."""
        fit, _ = self._phrasings_of(cluster, None)
        question = fit[0] if fit and len(fit[0]) <= _LONGEST_QUESTION else ""
        phrasings = tuple(phrasing for phrasing in fit if phrasing != question)
        form = Form(task=task, cluster=cluster.id, question=question, phrasings=phrasings, answer=answer)
        return self.advance(form, admin)

    def typed(self, form: Form, text: str, admin: Admin) -> FormTurn:
        """Fill in what was typed.

        Raises:
            UnfitTextError: it does not fit; the form stays as it is.
        """
        if form.awaited not in TYPED:
            raise UnfitTextError(texts.CHOOSE_WITH_BUTTONS)
        if is_blank(text):
            raise UnfitTextError(texts.NO_WORDS)
        filled = _filled(form, text.strip())
        owner = self._owner(filled.question) if form.awaited is Field.QUESTION else None
        if owner:
            taken = texts.PHRASING_TAKEN.format(phrasing=filled.question, question=owner.question)
            return Reply(taken, (*cards.item_choices([owner]).rows, cards.cancel_row(admin.id))), form
        return self.advance(filled, admin, preview=True)

    def pressed(self, form: Form, callback: callbacks.FormCallback, admin: Admin) -> FormTurn:
        """Fill in what was pressed."""
        base = self._current.snapshot.base
        match callback, form.awaited:
            case callbacks.ConfirmForm(digest=digest), Field.CONFIRMATION:
                return self._propose(form, admin, confirmed=digest)
            case callbacks.ToggleSource(source=key), Field.SOURCES:
                place = next((place for place in base.places if short_key(place) == key), None)
                chosen = {*form.sources} ^ {place}
                sources = tuple(source for source in base.places if source in chosen)
                return self.advance(form.but(sources=sources), admin)
            case callbacks.ToggleDocument(), Field.SOURCES:
                return self.advance(form.but(document="", names_document=not form.document), admin)
            case callbacks.SourcesChosen(), Field.SOURCES:
                if not (form.sources or form.document):
                    raise StaleButtonError(texts.NEEDS_SOURCE)
                return self.advance(form.but(sources_chosen=True), admin)
            case callbacks.ChooseTopic(topic=key), Field.TOPIC:
                topic = next((topic for topic in base.topics if short_key(topic) == key), "")
                return self.advance(form.but(topic=topic), admin, preview=True)
            case _:
                raise StaleButtonError(texts.DRAFT_GONE)

    def advance(self, form: Form, admin: Admin, *, preview: bool = False) -> FormTurn:
        """Ask for the first field that is missing; propose the edit if none is.

        ``preview``: the edit is shown before it is made, even if it costs no question its answer.
        """
        base = self._current.snapshot.base
        match form.awaited:
            case Field.CONFIRMATION:
                return self._propose(form, admin, preview=preview)
            case Field.SOURCES:
                return cards.sources(form, base, admin.id), form
            case Field.TOPIC:
                return cards.topics(base, admin.id), form
            case _:
                # In a group the bot sees replies alone.
                hint = "" if admin.chat == admin.id else f"\n{texts.REPLY_HERE}"
                return Reply(self._prompt(form) + hint, (cards.cancel_row(admin.id),)), form

    def _prompt(self, form: Form) -> str:
        """The question for a field that comes as a message."""
        asked = self._clusters.cluster(form.cluster).questions if form.cluster else ()
        original = asked[0].question if asked else ""
        item = self._current.snapshot.base.by_id.get(form.item)
        question = item.question if item else form.item
        match form.awaited, form.task:
            case Field.QUESTION, _:
                prompt = texts.ASK_SHORT_QUESTION if original else texts.ASK_QUESTION
            case Field.PHRASINGS, _:
                prompt = texts.ASK_PHRASING_OF if original else texts.ASK_PHRASING
            case Field.ANSWER, Task.ANSWER:
                return texts.ASK_NEW_ANSWER.format(question=question, answer=form.seen)
            case Field.ANSWER, Task.NOT_COVERED:
                return texts.ASK_NOT_COVERED.format(question=form.question)
            case Field.ANSWER, _:
                return texts.ASK_ANSWER.format(question=form.question, limit=ANSWER_LIMIT)
            case _:
                return texts.ASK_OTHER
        return prompt.format(why=_why_unfit(original), asked=original, question=question)

    def _phrasings_of(self, cluster: Cluster, item: Item | None) -> tuple[list[str], str]:
        """The questions of a cluster that can stand as phrasings of an item, or of a new one; and why others can't."""
        questions = (missed.question for missed in cluster.questions)
        short = (text for text in questions if len(text) <= _LONGEST_PHRASING and not is_masked(text))
        fit, refusal = [], ""
        for text in unlike(short):
            owner = self._owner(text)
            if owner is None or owner is item:
                fit.append(text)
            else:
                refusal = texts.PHRASING_TAKEN.format(phrasing=text, question=owner.question)
        return fit[:_PHRASINGS_OF_A_CARD], refusal

    def _owner(self, phrasing: str) -> Item | None:
        """The item that has a phrasing already: it belongs to one item alone."""
        return self._current.snapshot.base.by_phrasing.get(normalise(phrasing))

    # --- editing ----------------------------------------------------------------------------------------------------

    def _propose(self, form: Form, admin: Admin, confirmed: str = "", *, preview: bool = False) -> FormTurn:
        """Make the edit if it was confirmed as it is now planned, or if nothing needs to be confirmed; else show it."""
        try:
            plan = self._edits.plan(form.change())
        except AlreadyThereError as error:
            return self._already_there(error.item, form.cluster, admin), None
        except ByHandError as error:
            return Reply(cards.refusal(error)), None
        except EditRefusedError as error:
            written = form.answer or "\n".join(form.phrasings)
            kept = [texts.NOT_KEPT.format(text=written)] if preview or form.answer else []
            return Reply("\n\n".join((cards.refusal(error), *kept)), ((cards.next_card(),),)), None
        present = plan.before.base.by_id.get(form.item)
        # Somebody else has written another answer while this one was written.
        overtaken = form.task is Task.ANSWER and present is not None and present.answer != form.seen
        risky = plan.impact.has_loss or overtaken
        if plan.digest == confirmed or not (risky or confirmed or preview):
            return self._apply(plan, form.cluster, admin), None
        lines = [cards.preview(plan), "", *cards.impact_lines(plan.impact, plan.after.base)]
        if confirmed or overtaken:
            lines.insert(0, texts.IMPACT_STALE if plan.impact.has_loss else texts.IMPACT_STALE_FINE)
        else:
            lines.insert(0, texts.IMPACT_TRY if plan.impact.has_loss else texts.PREVIEW)
        if overtaken and present:
            lines.insert(1, texts.CARD_ANSWER.format(answer=present.answer))
        label = texts.BUTTON_CONFIRM if risky else texts.BUTTON_FINE
        confirm = Button(label, callbacks.ConfirmForm(admin.id, plan.digest))
        shown = form.but(seen=present.answer if present else "")
        return Reply("\n".join(lines), ((confirm, *cards.cancel_row(admin.id)),)), shown

    def _apply(self, plan: Plan, cluster: int | None, admin: Admin) -> Reply:
        try:
            action = self._edits.apply(plan, admin.id)
        except ByHandError as error:
            return Reply(cards.refusal(error))
        lines = [cards.edited(plan), *cards.impact_lines(plan.impact, plan.after.base)]
        return self._closed(
            cluster, plan.item, plan.before, lines, (Button(texts.BUTTON_UNDO, callbacks.UndoEdit(action)),)
        )

    def _already_there(self, item_id: str, cluster: int | None, admin: Admin) -> Reply:
        """The knowledge is as wanted, without an edit."""
        if cluster is not None:
            self._history.record(admin.id, ActionKind.COVERED, str(cluster))
        item = self._current.snapshot.base.by_id.get(item_id)
        lines = [texts.EDITED_ALREADY.format(question=item.question if item else item_id)]
        # Perhaps it was this very edit, and a kill kept its reply from coming.
        last = next(iter(self._history.edits(1)), None)
        is_own = last is not None and (last.admin, last.item) == (admin.id, item_id)
        undo = (Button(texts.BUTTON_UNDO, callbacks.UndoEdit(last.id)),) if last and is_own else ()
        return self._closed(cluster, item_id, None, lines, undo)

    def _closed(
        self, cluster: int | None, item_id: str, before: Snapshot | None, lines: list[str], row: tuple[Button, ...]
    ) -> Reply:
        """Lead a cluster's misses to their item, and ask them again; what came of it, after these lines."""
        if cluster is None:
            return Reply("\n".join(lines), (row,) if row else ())
        place, waiting = self._clusters.place(cluster, cards.COUNTED), self._clusters.cluster(cluster).waiting
        handled = [replace(miss, chosen=item_id) for miss in self._clusters.handle(cluster, State.HANDLED, item_id)]
        snapshot = self._current.snapshot
        closed = self._lifecycle.close(handled, before, snapshot)
        if handled:
            lines += ["", *cards.closed(handled, closed, snapshot.base.by_id.get(item_id))]
            if closed == len(handled) and waiting:
                lines.append(texts.TELLING.format(count=waiting))
        return Reply("\n".join(lines), ((*row, cards.next_card(place)),))

    def undo(self, action_id: int, admin: Admin) -> Reply:
        """Take an edit back, and open again what it answered; once more, if a kill came in between."""
        action = self._history.action(action_id)
        item = self._edits.undo(action_id, admin.id)
        is_answer = (item, ActionKind.ANSWER)
        later = any(edit.id > action_id and (edit.item, edit.kind) == is_answer for edit in self._history.edits())
        restored = action is not None and action.kind is ActionKind.ANSWER and not later
        self._lifecycle.reopen(item, self._current.snapshot, answer=restored)
        what = cards.action_words(action, self._current.snapshot.base) if action else ""
        return Reply(texts.UNDONE.format(what=what), ((Button(texts.BUTTON_TO_CARDS, callbacks.ShowCard(0)),),))

    def redo(self, callback: callbacks.RedoEdit, admin: Admin) -> Reply:
        """Make an edit once more that an editor has overwritten."""
        try:
            plan = self._edits.plan_again(callback.action)
        except AlreadyThereError as error:
            return self._already_there(error.item, None, admin)
        if plan.impact.has_loss and plan.digest != callback.digest:
            confirm = Button(texts.BUTTON_CONFIRM, callbacks.RedoEdit(callback.action, plan.digest))
            lines = (texts.IMPACT_TRY, *cards.impact_lines(plan.impact, plan.after.base))
            return Reply("\n".join(lines), ((confirm, Button(texts.BUTTON_CANCEL, callbacks.ShowHistory(0))),))
        return self._apply(plan, None, admin)


def _filled(form: Form, text: str) -> Form:
    """The form with the field that was awaited."""
    line = " ".join(text.split())
    match form.awaited:
        case Field.QUESTION:
            question = _bounded(_without_number(line), _LONGEST_QUESTION, texts.QUESTION_TOO_LONG)
            return form.but(question=question)
        case Field.PHRASINGS:
            return form.but(phrasings=tuple(_phrasings(text)))
        case Field.ANSWER:
            answer = "\n".join(part.rstrip() for part in text.splitlines())
            return form.but(answer=_bounded(answer, ANSWER_LIMIT, texts.ANSWER_TOO_LONG))
        case Field.DOCUMENT:
            name = _bounded(line, _LONGEST_QUESTION, texts.NAME_TOO_LONG)
            return form.but(document=name, names_document=False)
        case _:
            return form.but(topic=_bounded(line, _LONGEST_TOPIC, texts.NAME_TOO_LONG))


def _phrasings(text: str) -> Sequence[str]:
    """One in each line."""
    lines = [" ".join(line.split()) for line in _without_number(text).splitlines() if not is_blank(line)]
    if len(lines) > _PHRASINGS_AT_ONCE:
        raise UnfitTextError(texts.TOO_MANY_PHRASINGS.format(limit=_PHRASINGS_AT_ONCE))
    for line in lines:
        if len(line) > _LONGEST_PHRASING:
            raise UnfitTextError(
                texts.PHRASING_TOO_LONG.format(text=f"{line[:_LONGEST_TOPIC]}…", limit=_LONGEST_PHRASING)
            )
    return lines


def _without_number(text: str) -> str:
    """What becomes a question of the knowledge base must hold nobody's number."""
    if is_masked(text):
        raise UnfitTextError(texts.HAS_NUMBER)
    return text


def _bounded(text: str, limit: int, refusal: str) -> str:
    if len(text) > limit:
        raise UnfitTextError(refusal.format(length=len(text), limit=limit))
    return text


def _why_unfit(question: str) -> str:
    """Why a missed question does not become a phrasing as it is."""
    if is_masked(question):
        return texts.WHY_MASKED
    return texts.WHY_LONG if len(question) > _LONGEST_PHRASING else texts.WHY_TAKEN
