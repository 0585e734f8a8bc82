"""From a form to an edit: what is missing is asked for; what is whole is planned, shown, confirmed and made."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from markupsafe import Markup

from bot.conversation import cards, corrections, drafts, item_cards
from bot.conversation.callbacks import AdminAction, AdminCallback, FormAction, FormCallback
from bot.conversation.forms import Admin, AdminTurn, Field, Form, Task, UnfitInputError
from bot.conversation.freshness import day_of
from bot.conversation.history import back, edit_words, redo
from bot.conversation.miss_list import MissListPages, to_list
from bot.conversation.notes import Notes
from bot.conversation.reply import Button, Reply, row, short_key
from bot.conversation.waiting import FAR, about_to_tell, telling
from bot.conversation.wrong_answers import reached
from bot.curation.corrections import Corrections
from bot.curation.edits import Edits, Plan
from bot.curation.item_search import find
from bot.curation.miss_handling import MissHandling
from bot.curation.misses import MissLifecycle, is_negative
from bot.curation.planning import AlreadyThereError
from bot.errors import EditRefusedError, Refusal
from bot.items import Item, Kind, KnowledgeBase
from bot.knowledge.edit import ByHandError
from bot.knowledge.models import ANSWER_LIMIT, OWNER_LIMIT, SHORT_LIMIT
from bot.masking import is_masked
from bot.matching.similarity import unlike
from bot.snapshot import CurrentSnapshot, Snapshot
from bot.store.clusters import MissClusters
from bot.store.history import History
from bot.store.records import ActionKind, Cluster, MissedQuestion
from bot.text import is_blank, normalise
from bot.texts import admins as texts

PHRASING_LIMIT = 60
"""Characters: a longer text is a story, not a way to ask."""
QUESTION_LIMIT = 60
"""Characters of a button that are still read."""
TOPIC_LIMIT = 30
_LIMITS = {
    Field.QUESTION: (QUESTION_LIMIT, texts.QUESTION_TOO_LONG),
    Field.ANSWER: (ANSWER_LIMIT, texts.ANSWER_TOO_LONG),
    Field.NOTE: (ANSWER_LIMIT, texts.ANSWER_TOO_LONG),
    Field.DOCUMENT: (QUESTION_LIMIT, texts.NAME_TOO_LONG),
    Field.TOPIC: (TOPIC_LIMIT, texts.NAME_TOO_LONG),
    Field.ITEM: (QUESTION_LIMIT, texts.NAME_TOO_LONG),
}
"""How many characters a field may have, and what is said of more."""
KEYWORD_LIMIT = 20
_DETAIL_LIMITS = {"short": SHORT_LIMIT, "owner": OWNER_LIMIT}
PHRASINGS_OF_A_CARD = 5
"""Missed questions that are proposed as phrasings at once."""
PHRASINGS_AT_ONCE = 20
_CHOICES = 6
_DAYS = {"valid_until", "review_by"}
_AS_IT_IS = "as-is"
"""What is confirmed where nothing has to be edited, in place of a plan's digest."""


@dataclass(frozen=True, slots=True)
class Editing:
    """Forms and the edits that come of them.

    Its methods raise UnfitInputError where what was typed or pressed can't be taken, EditRefusedError where an edit
    can't be made or taken back, so that nothing was done, and StoreError where the store fails.
    """

    current: CurrentSnapshot
    edits: Edits
    lifecycle: MissLifecycle
    clusters: MissClusters
    pages: MissListPages
    notes: Notes
    history: History
    corrections: Corrections

    @property
    def _handling(self) -> MissHandling:
        return MissHandling(self.edits, self.lifecycle, self.clusters, self.history)

    def add_to(self, cluster: Cluster, key: str, admin: Admin, list_id: int = 0) -> AdminTurn:
        """Make a cluster's questions phrasings of the item with this key. ``list_id``: of the list it stands in.

        The answer is shown first if somebody waits for it, or if the item is far from what was asked; unless the key
        says, as ``cards.item_key`` makes it, that just this answer stood above the button.
        """
        items = self.current.snapshot.base.items
        name, _, answer = key.partition("+")
        item = next((item for item in items if short_key(item.id) == name), None)
        if item is None:
            raise UnfitInputError(texts.ITEM_GONE)
        fit, takes = self._phrasings_of(cluster, item)
        form = Form(task=Task.PHRASING, item=item.id, cluster=cluster.id, list_id=list_id)
        form = form.but(phrasings=tuple(fit), takes=takes)
        candidates = self.current.snapshot.matcher.match(cluster.questions[0].question).candidates
        score = next((candidate.score for candidate in candidates if candidate.item is item), 0.0)
        is_unread = answer != short_key(item.answer)
        turn = self.advance(form, admin, preview=is_unread and (score < FAR or cluster.waiting > 0))
        is_asked = turn.form is not None and turn.form.awaited is Field.CONFIRMATION
        if turn.reply is None or not (is_asked and is_unread and score < FAR):
            return turn
        far = texts.TIE_FAR.format(score=score)
        return replace(turn, reply=replace(turn.reply, text=f"{far}\n\n{turn.reply.text}"))

    def add_many(self, clusters: Sequence[Cluster], list_id: int, admin: Admin) -> AdminTurn:
        """Make the questions of clusters phrasings of one item, which is asked for."""
        ids, fit = tuple(cluster.id for cluster in clusters), self._phrasings_of_many(clusters)
        return self.advance(Form(task=Task.PHRASING, clusters=ids, list_id=list_id, phrasings=fit), admin)

    def refuse_many(self, clusters: Sequence[Cluster], list_id: int, admin: Admin) -> AdminTurn:
        """Write one item that says that the speech does not answer the questions of clusters."""
        ids, fit = tuple(cluster.id for cluster in clusters), self._phrasings_of_many(clusters)
        form = Form(task=Task.NOT_COVERED, clusters=ids, list_id=list_id, phrasings=fit)
        return self.advance(form.but(answer=texts.NOT_COVERED_ANSWER), admin)

    def _phrasings_of_many(self, clusters: Sequence[Cluster]) -> tuple[str, ...]:
        return tuple(phrasings_of_many(clusters, "", self.current.snapshot.base))

    def never(self, cluster: Cluster, admin: Admin, list_id: int) -> AdminTurn:
        """Keep the first question of a cluster of complaints from getting the item that was wrong for it."""
        first = cluster.questions[0]
        if first.item not in self.current.snapshot.base.by_id:
            raise UnfitInputError(texts.ITEM_GONE)
        if len(first.question) > PHRASING_LIMIT or is_masked(first.question):
            raise UnfitInputError(texts.NEVER_UNFIT.format(why=_why_unfit(first.question)))
        form = Form(task=Task.NEGATIVES, cluster=cluster.id, list_id=list_id, item=first.item)
        return self.advance(form.but(phrasings=(first.question,)), admin, preview=False)

    def write_item(self, cluster: Cluster, task: Task, admin: Admin, answer: str = "", list_id: int = 0) -> AdminTurn:
        """Write a new item that a cluster's questions ask. ``list_id``: of the list that the cluster stands in."""
        try:
            fit, takes = self._phrasings_of(cluster, None)
        except UnfitInputError:
            fit, takes = [], False
        question = fit[0] if fit and len(fit[0]) <= QUESTION_LIMIT else ""
        phrasings = tuple(phrasing for phrasing in fit if phrasing != question)
        known = {"question": question, "phrasings": phrasings, "answer": answer, "takes": takes}
        form = Form(task=task, cluster=cluster.id, list_id=list_id).but(**known)
        return self.advance(form, admin, preview=False)

    def typed(self, form: Form, text: str, admin: Admin) -> AdminTurn:
        """Fill in what was typed; where a button is awaited, a field that it corrects, asking which one if need be."""
        if form.awaited not in {Field.SOURCES, Field.CONFIRMATION}:
            return self._fill_in(form, text, admin)
        named = self._named_source(text) if form.awaited is Field.SOURCES else ""
        if named:
            return self.advance(form.but(sources=self._in_order({*form.sources, named})), admin)
        fields = fitting(form, text)
        if form.awaited is Field.CONFIRMATION and len(fields) == 1:
            return self._fill_in(form.but(changing=fields[0]), text, admin)
        return AdminTurn(drafts.which_field(form, text, fields, admin.id), form.but(held=text))

    def _in_order(self, chosen: Collection[str | None]) -> tuple[str, ...]:
        return tuple(source for source in self.current.snapshot.base.places if source in chosen)

    def _named_source(self, text: str) -> str:
        """The one source that a text names, by its place or a part of it; empty where it may be another or none."""
        name, places = normalise(text), self.current.snapshot.base.places
        found = [source for source, place in places.items() if name and name in normalise(place)]
        return found[0] if len(found) == 1 else ""

    def fill_held(self, form: Form, name: str, admin: Admin) -> AdminTurn:
        """Fill the field of this name with the text that is held."""
        fields = [field for field in fitting(form, form.held) if field == name] if form.held else []
        if not fields:
            raise UnfitInputError(texts.DRAFT_GONE)
        emptied = form.but(changing=fields[0], names_document=False)
        return self._fill_in(emptied, form.held, admin)

    def go_back(self, form: Form, name: str, admin: Admin) -> AdminTurn:
        """Ask again for the field of this name, or for what was asked for before if there is none."""
        if name not in {"", *form.filled_in}:
            raise UnfitInputError(texts.DRAFT_GONE)
        # Sources are chosen one by one until they are said to be done.
        reopened = {"sources_chosen": False} if name == Field.SOURCES else {}
        changing = Field(name) if name and not reopened else None
        return self.advance(form.but(changing=changing, names_document=False, **reopened), admin)

    def _fill_in(self, form: Form, text: str, admin: Admin) -> AdminTurn:
        if is_blank(text):
            raise UnfitInputError(texts.NO_WORDS)
        if form.awaited is Field.ITEM:
            return self._item_choices(form, text.strip(), admin)
        new, base = filled(form, text.strip()), self.current.snapshot.base
        owner = base.by_phrasing.get(normalise(new.question)) if form.awaited is Field.QUESTION else None
        if owner and owner.id != form.item:
            taken = texts.REFUSALS[Refusal.PHRASING_TAKEN].format(phrasing=new.question, question=owner.question)
            return AdminTurn(Reply(taken, (*cards.item_choices([owner]).rows, *row(cards.cancel(admin.id)))), form)
        return self.advance(new, admin)

    def pressed(self, form: Form, callback: FormCallback, admin: Admin) -> AdminTurn:  # noqa: C901, PLR0911 - a button each
        """Fill in what was pressed."""
        base = self.current.snapshot.base
        match callback.action, form.awaited:
            case FormAction.CONFIRM, Field.CONFIRMATION if form.task is Task.NOTE:
                return self.notes.send(form, callback.chosen, admin)
            case FormAction.CONFIRM, Field.CONFIRMATION if callback.chosen:
                return self._propose(form, admin, confirmed=callback.chosen)
            case FormAction.TOGGLE_SOURCE, Field.SOURCES:
                place = next((place for place in base.places if short_key(place) == callback.chosen), None)
                return self.advance(form.but(sources=self._in_order({*form.sources} ^ {place})), admin)
            case FormAction.TOGGLE_DOCUMENT, Field.SOURCES:
                return self.advance(form.but(document="", names_document=not form.document), admin)
            case FormAction.SOURCES_CHOSEN, Field.SOURCES:
                if not (form.sources or form.document):
                    raise UnfitInputError(texts.NEEDS_SOURCE)
                topic = form.topic or (_usual_topic(form.sources, base) if form.task is Task.ITEM else "")
                return self.advance(form.but(sources_chosen=True, topic=topic), admin)
            case FormAction.CHOOSE_ITEM, Field.ITEM if len(form.clusters) == 1:
                return self.add_to(
                    self.clusters.cluster(form.clusters[0]), callback.chosen, admin, list_id=form.list_id
                )
            case FormAction.CHOOSE_ITEM, Field.ITEM:
                item = next((item for item in base.items if short_key(item.id) == callback.chosen), None)
                if item is None:
                    raise UnfitInputError(texts.ITEM_GONE)
                return self.advance(form.but(item=item.id, changing=None), admin)
            case FormAction.TAKE, Field.CONFIRMATION if form.task is Task.PHRASING:
                return self.advance(form.but(takes=True), admin)
            case FormAction.CHOOSE_TOPIC, Field.TOPIC:
                topic = next((topic for topic in base.topics if short_key(topic) == callback.chosen), "")
                return self.advance(form.but(topic=topic, changing=None), admin)
            case _:
                raise UnfitInputError(texts.DRAFT_GONE)

    def advance(self, form: Form, admin: Admin, *, preview: bool = True) -> AdminTurn:
        """Ask for the first field that is missing; propose the edit if none is.

        ``preview``: the edit is shown before it is made, even if it costs no question its answer.
        """
        if form.task is Task.NOTE:
            return self.notes.advance(form, admin)
        if form.awaited is Field.CONFIRMATION:
            return self._propose(form, admin, preview=preview)
        if form.awaited is Field.ITEM:
            return self._item_choices(form, "", admin)
        base = self.current.snapshot.base
        cluster = self.clusters.cluster(form.cluster) if form.cluster else None
        missed = cluster.questions[0].question if cluster and cluster.questions else ""
        item = base.by_id.get(form.item)
        prompt = Markup(form.prompt(missed)).format(  # noqa: S704 - all that fills it is escaped
            why=_why_unfit(missed),
            asked=missed,
            question=form.question or (item.question if item else form.item),
            answer=form.answer,
            seen=form.seen,
            detail=_detail(form, item),
            limit=ANSWER_LIMIT,
            done=texts.BUTTON_DONE,
        )
        # In a group the bot sees replies alone.
        is_reply = admin.chat != admin.id and form.awaited not in {Field.SOURCES, Field.TOPIC}
        hint = f"\n{texts.REPLY_HERE}" if is_reply else ""
        if form.awaited is Field.SOURCES:
            hint = f"\n\n{item_cards.citations(base)}"
        rows = (*cards.form_rows(form, base, admin.id), *drafts.back_rows(form, admin.id))
        return AdminTurn(Reply(prompt + drafts.written(form) + hint, rows), form)

    def _item_choices(self, form: Form, words: str, admin: Admin) -> AdminTurn:
        """The items that are found by these words, or without any by the form's first phrasing, to choose one."""
        snapshot = self.current.snapshot
        asked = words or next(iter(form.phrasings), "")
        matches = find(asked, snapshot, (Kind.ANSWER, Kind.NOT_COVERED), self._wrong(form))
        found = [match.item for match in matches[:_CHOICES]]

        def choice(item: Item) -> Button:
            return Button(item.question, FormCallback(FormAction.CHOOSE_ITEM, admin.id, short_key(item.id)))

        prompt = form.prompt("").format(count=len(form.led)) if len(form.led) > 1 else texts.ASK_ITEM_OF_ONE
        nothing = texts.ITEM_NOT_FOUND if words else texts.ASK_ITEM_NONE
        text = prompt if found else nothing
        hint = f"\n{texts.REPLY_HERE}" if admin.chat != admin.id else ""
        back = drafts.back_rows(form, admin.id) if form.changing else ()
        rows = (*((choice(item),) for item in found), (cards.cancel(admin.id),), *back)
        return AdminTurn(Reply(text + hint, rows), form.but(held=""))

    def _phrasings_of(self, cluster: Cluster, item: Item | None) -> tuple[list[str], bool]:
        """The questions of a cluster that can stand as phrasings of an item, or of a new one.

        Besides, whether some are to be taken from the item that was wrong for them, as whose phrasings they are kept.

        Raises:
            UnfitInputError: there is none, since other items have them.
        """
        fit, taken = fitting_phrasings(cluster.questions, item.id if item else "", self.current.snapshot.base)
        complained = {missed.item for missed in cluster.questions if missed.is_complaint}
        takes = [text for text, owner in taken if owner.id in complained and not _is_question(text, owner)]
        if taken and not (fit or takes):
            text, owner = taken[-1]
            why = texts.TAKEN_QUESTION if _is_question(text, owner) else texts.REFUSALS[Refusal.PHRASING_TAKEN]
            raise UnfitInputError(why.format(phrasing=text, question=owner.question))
        return [*fit, *takes][:PHRASINGS_OF_A_CARD], bool(takes)

    def _propose(self, form: Form, admin: Admin, confirmed: str = "", *, preview: bool = False) -> AdminTurn:
        """Make the edit if it was confirmed as it is now planned, or if nothing needs to be confirmed; else show it."""
        try:
            plan = self._planned(form)
        except AlreadyThereError as error:
            item = self.current.snapshot.base.by_id.get(form.item)
            if preview and form.led and form.task is Task.PHRASING and item:
                confirm = Button(texts.BUTTON_FINE, FormCallback(FormAction.CONFIRM, admin.id, _AS_IT_IS))
                awaited = self.lifecycle.awaited_at(item.id, self._open(form))
                told = about_to_tell(self.lifecycle.misses.count_waiting(awaited))
                lines = [*told, texts.PREVIEW, item.question, texts.CARD_ANSWER.format(answer=item.answer)]
                return AdminTurn(Reply("\n".join(lines), row(confirm, cards.cancel(admin.id))), form)
            return self._already_there(error.item, form, admin)
        except EditRefusedError as error:
            refused = cards.refusal(error)
            # What was handed over to be pasted is done, and what was not begun is not kept.
            if isinstance(error, ByHandError) or not form.number:
                return AdminTurn(refused)
            is_taken = error.refusal is Refusal.PHRASING_TAKEN and form.task is Task.PHRASING and not form.takes
            take = Button(texts.BUTTON_TAKE, FormCallback(FormAction.TAKE, admin.id)) if is_taken else None
            rows = (*row(take), *refused.rows, *drafts.back_rows(form, admin.id), *row(cards.cancel(admin.id)))
            return AdminTurn(replace(refused, rows=rows), form)
        present = plan.before.base.by_id.get(form.item)
        # Somebody else has written another answer while this one was written.
        overtaken = form.task is Task.ANSWER and present is not None and present.answer != form.seen
        risky = plan.impact.has_loss or overtaken
        led = self._open(form)
        awaited = self.lifecycle.awaited(plan.before, plan.after, led, plan.item)
        # Who waits for another question would be told an answer that nobody has looked at for it.
        if plan.digest == confirmed or not (risky or confirmed or preview or awaited - led):
            return self._apply(plan, form, admin)
        lines = [cards.preview(plan), "", *cards.impact_lines(plan.impact, plan.after.base)]
        if overtaken and present:
            lines.insert(0, texts.CARD_ANSWER.format(answer=present.answer))
        fine, harmful = texts.PREVIEW, texts.IMPACT_TRY
        if confirmed or overtaken:
            fine, harmful = texts.IMPACT_STALE_FINE, texts.IMPACT_STALE
        if form.clusters:
            lines.insert(0, texts.MANY_LED.format(count=len(form.clusters)))
        told = about_to_tell(self.lifecycle.misses.count_waiting(awaited))
        lines[:0] = [*told, harmful if plan.impact.has_loss else fine]
        label = texts.BUTTON_CONFIRM if risky else texts.BUTTON_FINE
        confirm = Button(label, FormCallback(FormAction.CONFIRM, admin.id, plan.digest))
        shown = form.but(seen=present.answer if present else "")
        return AdminTurn(
            Reply("\n".join(lines), (*row(confirm, cards.cancel(admin.id)), *drafts.back_rows(form, admin.id))), shown
        )

    def _open(self, form: Form) -> frozenset[int]:
        """The ids of the open misses that are led to the item of a form."""
        return frozenset(missed.id for missed in self.clusters.open_misses(form.led))

    def _planned(self, form: Form) -> Plan:
        """The plan of a form. That a question no longer gets the answer that was wrong for it is no loss."""
        plan = self.edits.plan(form.change())
        impact = plan.impact
        for item in self._wrong(form):
            impact = impact.without((form.question, *form.phrasings), item)
        return replace(plan, impact=impact)

    def _wrong(self, form: Form) -> frozenset[str]:
        """The items that were wrong for the questions of a form, or not meant: cards and searches leave them out."""
        clusters = [self.clusters.cluster(cluster) for cluster in form.led]
        asked = chain.from_iterable(cluster.questions for cluster in clusters)
        complained = frozenset(missed.item for missed in asked if missed.is_complaint and missed.item)
        return complained.union(*(self.pages.usage.not_meant_by(cluster) for cluster in clusters))

    def _apply(self, plan: Plan, form: Form | None, admin: Admin) -> AdminTurn:
        missed = self.clusters.open_misses(form.led if form else ())
        awaited = self.lifecycle.awaited(plan.before, plan.after)
        action = self.edits.apply(plan, admin.id)
        self.lifecycle.settle(self.current.snapshot)
        lines = [cards.edited(plan), *cards.impact_lines(plan.impact, plan.after.base)]
        turn = self._closed(form, missed, plan.item, plan.before, lines, action, awaited)
        turn = corrections.offering(turn, self.corrections.offer(plan.item), action)
        item = plan.after.base.by_id.get(plan.item)
        ways = item_cards.way_rows(item, plan.after.base) if item and plan.kind is ActionKind.ITEM else ()
        if not (ways and turn.reply):
            return turn
        text = f"{turn.reply.text}\n\n{texts.WAYS}"
        return replace(turn, reply=Reply(text, (*ways, *turn.reply.rows)))

    def _already_there(self, item_id: str, form: Form | None, admin: Admin) -> AdminTurn:
        """The knowledge is as wanted, without an edit."""
        missed = self.clusters.open_misses(form.led if form else ())
        for cluster in form.led if form else ():
            self.history.record(admin.id, ActionKind.COVERED, str(cluster))
        item = self.current.snapshot.base.by_id.get(item_id)
        lines = [texts.EDITED_ALREADY.format(question=item.question if item else item_id)]
        # Perhaps it was this very edit, and a kill kept its reply from coming.
        last = next(iter(self.history.edits(1)), None)
        action = last.id if last and (last.admin, last.item) == (admin.id, item_id) else None
        return self._closed(form, missed, item_id, None, lines, action)

    def _closed(  # noqa: PLR0913, PLR0917 - all that comes of an edit
        self,
        form: Form | None,
        missed: Sequence[MissedQuestion],
        item_id: str,
        before: Snapshot | None,
        lines: list[str],
        action: int | None,
        awaited: Collection[int] = (),
    ) -> AdminTurn:
        """Lead the misses of a form's clusters to their item, and ask them again; what came of it, after these lines.

        ``missed``: those that were open before the edit. ``action``: the edit that can be undone. ``awaited``: the ids
        of the misses that it answers, in whatever cluster, and that somebody waits for.
        """
        undo = Button(texts.BUTTON_UNDO, AdminCallback(AdminAction.UNDO, action)) if action else None
        if form is None or not form.led:
            told = telling(self.lifecycle.misses.count_waiting(awaited))
            # What was edited from an item's card leads back to it.
            is_there = form and form.item and item_id in self.current.snapshot.base.by_id
            to_item = item_cards.to_card(item_id) if is_there else None
            return AdminTurn(Reply("\n".join((*lines, *told)), row(undo, to_item)))
        place = self.clusters.place(form.led[0], cards.COUNTED, self.pages.query(form.list_id))
        closed = self._handling.lead_misses(form.led, missed, item_id, before)
        # What was led to the item is told if it is closed, whatever answers it.
        answered = {*awaited} - {led.id for led in missed} | {led.id for led in closed}
        snapshot = self.current.snapshot
        item = snapshot.base.by_id.get(item_id)
        if missed and item and is_negative(missed[0].question, item):
            lines += ["", reached(missed[0].question, snapshot)]
        elif missed:
            lines += ["", *cards.closed(missed, len(closed), item)]
        lines += telling(self.lifecycle.misses.count_waiting(answered))
        after = [cards.next_card(place, form.list_id), to_list(form.list_id, place) if form.list_id else None]
        return AdminTurn(Reply("\n".join(lines), row(undo, *after)))

    def undo(self, action_id: int, admin: Admin) -> AdminTurn:
        """Take an edit back, and open again what it answered; once more, if a kill came in between."""
        action = self.history.action(action_id)
        item = self._handling.undo(action_id, admin.id)
        what = edit_words(action, self.current.snapshot.base) if action else ""
        to_cards = Button(texts.BUTTON_TO_CARDS, AdminCallback(AdminAction.SHOW_CARD, 0))
        to_item = item_cards.to_card(item) if item in self.current.snapshot.base.by_id else None
        rows = (*row(redo(action_id), to_item), *row(to_cards, back()))
        turn = AdminTurn(Reply(texts.UNDONE.format(what=what), rows))
        return corrections.offering(turn, self.corrections.offer(item), 0)

    def redo(self, action_id: int, confirmed: str, admin: Admin) -> AdminTurn:
        """Make an edit once more that an editor has overwritten, or that was undone."""
        try:
            plan = self.edits.plan_again(action_id)
        except AlreadyThereError as error:
            return self._already_there(error.item, None, admin)
        awaited, is_risky = self.lifecycle.awaited(plan.before, plan.after), plan.impact.has_loss
        if (is_risky or awaited) and plan.digest != confirmed:
            label = texts.BUTTON_CONFIRM if is_risky else texts.BUTTON_FINE
            confirm = Button(label, AdminCallback(AdminAction.REDO, action_id, plan.digest))
            # The name of a document or a place is not shown before it is changed.
            shown = (cards.preview(plan), "") if plan.kind in texts.PREVIEWS else ()
            lines = (
                *about_to_tell(self.lifecycle.misses.count_waiting(awaited)),
                texts.IMPACT_TRY if is_risky else texts.PREVIEW,
                *shown,
                *cards.impact_lines(plan.impact, plan.after.base),
            )
            cancel = Button(texts.BUTTON_CANCEL, AdminCallback(AdminAction.SHOW_HISTORY, 0))
            return AdminTurn(Reply("\n".join(lines), row(confirm, cancel)))
        return self._apply(plan, None, admin)


def fitting_phrasings(
    questions: Iterable[MissedQuestion], item: str, base: KnowledgeBase
) -> tuple[list[str], list[tuple[str, Item]]]:
    """The missed questions that can stand as phrasings of an item, or of a new one if its id is empty: the first few.

    Besides, those that can't since another item has them, with that item.
    """
    short = (missed.question for missed in questions if len(missed.question) <= PHRASING_LIMIT)
    fit, taken = [], []
    for text in unlike(text for text in short if not is_masked(text)):
        owner = base.by_phrasing.get(normalise(text))
        if owner is None or owner.id == item:
            fit.append(text)
        else:
            taken.append((text, owner))
    return fit[:PHRASINGS_OF_A_CARD], taken


def _usual_topic(sources: Collection[str], base: KnowledgeBase) -> str:
    """The topic of most items that cite any of these sources; the first one of equals, empty if none does."""
    topics = [item.topic for item in base.items if not {*sources}.isdisjoint(item.source)]
    return max(topics, key=topics.count, default="")


def _is_question(text: str, owner: Item) -> bool:
    return normalise(text) == normalise(owner.question)


def phrasings_of_many(clusters: Iterable[Cluster], item: str, base: KnowledgeBase) -> list[str]:
    """The most frequent question of each cluster that can stand as a phrasing, as ``fitting_phrasings`` has it."""
    fit = (fitting_phrasings(cluster.questions, item, base)[0][:1] for cluster in clusters)
    return unlike(chain.from_iterable(fit))


def fitting(form: Form, text: str) -> list[Field]:
    """The typed fields of a form that a text fits.

    Raises:
        UnfitInputError: it fits none.
    """
    if is_blank(text):
        raise UnfitInputError(texts.NO_WORDS)
    fields, refusals = list[Field](), dict[Field, UnfitInputError]()
    for field in form.typed_fields:
        try:
            filled(form.but(changing=field, names_document=False), text)
        except UnfitInputError as error:
            refusals[field] = error
        else:
            fields.append(field)
    if not fields:
        # What fits nowhere is most likely an answer.
        first = next(iter(refusals.values()), UnfitInputError(texts.CHOOSE_WITH_BUTTONS))
        raise refusals.get(Field.ANSWER, first)
    return fields


def filled(form: Form, text: str) -> Form:
    """The form with the field that was awaited.

    Raises:
        UnfitInputError: the text can't be taken for it.
    """
    field = form.awaited
    in_lines = "\n".join(line.rstrip() for line in text.splitlines())
    value = in_lines if field in {Field.ANSWER, Field.PHRASINGS, Field.NOTE} else " ".join(text.split())
    # What becomes a question of the knowledge base must hold nobody's number.
    if field in {Field.QUESTION, Field.PHRASINGS, Field.TEXT} and is_masked(value):
        raise UnfitInputError(texts.HAS_NUMBER)
    if field is Field.PHRASINGS:
        lines = tuple(" ".join(line.split()) for line in text.splitlines() if not is_blank(line))
        if len(lines) > PHRASINGS_AT_ONCE:
            raise UnfitInputError(texts.TOO_MANY_PHRASINGS.format(limit=PHRASINGS_AT_ONCE))
        longest = KEYWORD_LIMIT if form.task is Task.KEYWORDS else PHRASING_LIMIT
        for line in lines:
            if len(line) > longest:
                shown = f"{line[:TOPIC_LIMIT]}…"
                raise UnfitInputError(texts.PHRASING_TOO_LONG.format(text=shown, limit=longest))
        return form.but(phrasings=lines, changing=None, held="")
    if field is Field.TEXT and form.key in _DAYS:
        day = day_of(value)
        if day is None:
            raise UnfitInputError(texts.NO_DAY)
        value = day.isoformat()
    limit, too_long = _LIMITS.get(field) or (_DETAIL_LIMITS.get(form.key, len(value)), texts.DETAIL_TOO_LONG)
    if len(value) > limit:
        raise UnfitInputError(too_long.format(length=len(value), limit=limit))
    if field is Field.ITEM:
        # Its words are looked for, and it is chosen with a button.
        return form
    return form.but(**{field: value}, names_document=False, changing=None, held="")


def _detail(form: Form, item: Item | None) -> str:
    """What is asked for of a field of an item, and what it has now."""
    now = getattr(item, form.key, "") if form.key else ""
    return texts.ASK_DETAILS.get(form.key, "") + (texts.DETAIL_NOW.format(value=now) if now else "")


def _why_unfit(question: str) -> str:
    """Why a missed question does not become a phrasing as it is."""
    if is_masked(question):
        return texts.WHY_MASKED
    return texts.WHY_LONG if len(question) > PHRASING_LIMIT else texts.WHY_TAKEN
