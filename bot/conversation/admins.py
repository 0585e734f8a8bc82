"""One turn of the conversation with an admin."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.clock import Clock
from bot.conversation import callbacks, cards, corrections, waiting
from bot.conversation.callbacks import (
    YES,
    AdminAction,
    AdminCallback,
    AskBulkAct,
    BulkAct,
    Callback,
    ConfirmBulkAct,
    FilterMisses,
    FormCallback,
    MissListCallback,
    UndoBulkAct,
    unpack,
)
from bot.conversation.commands import Command
from bot.conversation.editing import Editing
from bot.conversation.forms import ERASED, Admin, AdminTurn, Form, Standing, Task, UnfitInputError
from bot.conversation.history import HistoryPages
from bot.conversation.item_editing import ItemEditing
from bot.conversation.miss_list import MissListPages, to_list
from bot.conversation.open_forms import OpenForms
from bot.conversation.page import PageEntry, signed_out, way_in
from bot.conversation.reply import Button, Reply, row
from bot.conversation.wrong_answers import WrongAnswers, with_judging
from bot.curation.clustering import Clustering
from bot.curation.digest import Digest
from bot.curation.freshness import overdue
from bot.curation.item_search import nearest
from bot.curation.reload import Notice
from bot.errors import EditRefusedError
from bot.items import Item, Kind
from bot.matching import Candidate
from bot.snapshot import CONFIDENCE, CurrentSnapshot
from bot.store.clusters import MissClusters
from bot.store.history import History
from bot.store.misses import MissLog
from bot.store.records import ActionKind, Cluster, Judged, Replica
from bot.store.subscriptions import Subscriptions
from bot.store.usage import UsageLog
from bot.texts import admins as texts

COMMANDS = frozenset(texts.ADMIN_COMMANDS)
_NEAREST = 3
_JUDGED_AT_MOST = 1000
"""Unjudged answers among which a pressed button's own is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminConversation:
    """What admins say and press, to what they read; whoever calls it has made sure that it is an admin.

    Every method takes the admin's form as it was kept, and raises StoreError where the store fails. A form that is open
    stays so, whatever else the admin does, until its edit is made or it is given up. ``page`` leads to the page in a
    browser, if there is one. ``replicas`` gives the processes that serve together, if there may be several.
    """

    current: CurrentSnapshot
    editing: Editing
    misses: MissLog
    clusters: MissClusters
    clustering: Clustering
    lists: MissListPages
    history: History
    past: HistoryPages
    usage: UsageLog
    subscriptions: Subscriptions
    wrong_answers: WrongAnswers
    digest: Digest
    reload: Callable[[], Notice]
    clock: Clock
    page: PageEntry | None = None
    replicas: Callable[[], Sequence[Replica]] = tuple

    def command(self, command: Command, admin: Admin, form: Form | None) -> AdminTurn:
        """The turn after one of ``COMMANDS``."""
        if command.name == "cancel":
            return self._open_forms.cancelled(admin, form)
        return self._open_forms.beside(form, self._commanded(command, admin), f"/{command.name}", admin)

    def _commanded(self, command: Command, admin: Admin) -> AdminTurn:
        match command.name:
            case "page":
                return AdminTurn(way_in(self.page, admin))
            case "logout":
                return AdminTurn(signed_out(self.page, admin))
            case "new":
                return self.editing.advance(Form(task=Task.ITEM), admin)
            case "missed":
                opened, page = self.lists.opened(command.rest, admin)
                reply = page or self._card(0, opened.id if opened.search else 0)
            case "item":
                reply = self._items.find(command.rest)
            case "history":
                reply = self.past.page(0, admin)
            case "digest":
                reply = cards.digest(self.digest.report(self.current.snapshot), self.current.snapshot.base)
            case "status":
                base, sample = self.current.snapshot.base, self.usage.sample(CONFIDENCE)
                late, unreachable = overdue(base, self.clock.today()), self.subscriptions.count_unreachable()
                reply = cards.status(base, self.usage.demand(), sample, late, unreachable, self.replicas())
            case "reload":
                self.history.record(admin.id, ActionKind.RELOAD, "")
                reply = cards.notice(self.reload(), self.clock)
            case _:
                reply = cards.help_for_admins()
        return AdminTurn(reply)

    def text(self, text: str, admin: Admin, form: Form | None) -> AdminTurn:
        """The turn after a message that is no command; without a reply where it is a member's question."""
        return self._open_forms.typed(text, admin, form)

    def edited(self, admin: Admin, form: Form | None) -> Reply:
        """What is said when a message was changed that was taken already."""
        return self._open_forms.edited(admin, form)

    def reminded(self, admin: Admin, form: Form | None) -> AdminTurn:
        """The turn after the reply to a member's command; without a reply of its own where no form is being written."""
        if form is None or form.standing is not Standing.WRITTEN:
            return AdminTurn(None, form)
        return self._open_forms.reminded(admin, form)

    def press(self, callback: Callback | None, admin: Admin, form: Form | None) -> AdminTurn:
        """The turn after a pressed button. ``callback`` is None for one that can't be read."""
        try:
            if isinstance(callback, FormCallback):
                return self._open_forms.pressed(callback, admin, form, self._carried_out)
            packed = callback.pack() if callback else ""
            turn = self._carried_out(packed, admin, form)
            # What was deleted now may have been a question of the form.
            kept = self.usage.form(admin.id, admin.chat)
            still = ERASED if kept and not kept.content else form
            return self._open_forms.beside(still, turn, packed, admin)
        except UnfitInputError as error:
            # The message may still be needed, by this admin or another.
            return AdminTurn(None, form, str(error))

    def _carried_out(self, action: str, admin: Admin, form: Form | None = None) -> AdminTurn:
        """The turn after a command, or a button of no form, given as its callback data, as if there were no open form.

        ``form``: the admin's, whose note may become the answer of an item.
        """
        try:
            command = Command.parse(action)
            return self._commanded(command, admin) if command else self._pressed(unpack(action), admin, form)
        except EditRefusedError as error:
            return AdminTurn(cards.refusal(error))

    @property
    def _open_forms(self) -> OpenForms:
        return OpenForms(self.current, self.editing)

    @property
    def _items(self) -> ItemEditing:
        return ItemEditing(self.current, self.editing, self.usage)

    def _card(self, place: int, list_id: int = 0) -> Reply:
        """The card at this place of a list, or the nearest one that there is; without a list, of all open misses."""
        self.clustering.cluster_new()
        ranked = self.clusters.ranked(cards.COUNTED, self.lists.query(list_id))
        place = min(place, len(ranked) - 1)
        cluster = self.clusters.cluster(ranked[place]) if ranked else None
        if cluster is None or not cluster.questions:
            return self.lists.first_page(list_id) or Reply(texts.CARD_NONE)
        base, first = self.current.snapshot.base, cluster.questions[0]
        near = self._nearest(cluster, Kind.ANSWER)
        complained = base.by_id.get(first.item or "") if first.is_complaint else None
        if complained:
            scope = self.lists.scope(list_id)
            return self.wrong_answers.card(cluster, place, len(ranked), complained, near, list_id, scope)
        rejected = self.usage.not_meant_by(cluster)
        not_meant = [base.by_id[item_id] for item_id in sorted(rejected) if item_id in base.by_id]
        return cards.card(cluster, place, len(ranked), near, not_meant, self.clock, list_id, self.lists.scope(list_id))

    def _nearest(self, cluster: Cluster, kind: Kind) -> list[Candidate]:
        """The three items of a kind that are nearest to a cluster's first question, without those that were wrong."""
        first = cluster.questions[0]
        wrong = {*self.usage.not_meant_by(cluster), *([first.item] if first.is_complaint and first.item else [])}
        return nearest(first.question, {kind}, self.current.snapshot, wrong)[:_NEAREST]

    def _refusals(self, cluster: Cluster) -> list[Item]:
        return [candidate.item for candidate in self._nearest(cluster, Kind.NOT_COVERED)]

    def _item(self, item_id: str) -> Item:
        item = self.current.snapshot.base.by_id.get(item_id)
        if item is None:
            raise UnfitInputError(texts.ITEM_GONE)
        return item

    def _pressed(self, callback: Callback | None, admin: Admin, form: Form | None) -> AdminTurn:  # noqa: C901, PLR0911, PLR0912 - a button each
        match callback:
            case AdminCallback(AdminAction.SHOW_CARD, place, _, list_id):
                return AdminTurn(self._card(place, list_id))
            case AskBulkAct(BulkAct.ADD | BulkAct.NOT_COVERED as act, list_id):
                clusters = [self.clusters.cluster(cluster) for cluster in self.lists.ticked(list_id, admin)]
                write = self.editing.add_many if act is BulkAct.ADD else self.editing.refuse_many
                return write(clusters, list_id, admin)
            case MissListCallback() | FilterMisses() | AskBulkAct() | ConfirmBulkAct() | UndoBulkAct():
                return self.lists.press(callback, admin)
            case AdminCallback(AdminAction.UNDO, action_id):
                return self.editing.undo(action_id, admin)
            case AdminCallback(AdminAction.REDO, action_id, digest):
                return self.editing.redo(action_id, digest, admin)
            case AdminCallback(AdminAction.SHOW_HISTORY, start):
                return AdminTurn(self.past.page(start, admin))
            case AdminCallback(AdminAction.SHOW_ACTION, action_id, start):
                return AdminTurn(self.past.entry(action_id, int(start) if start.isdecimal() else 0, admin))
            case AdminCallback(AdminAction.SHOW_TO_JUDGE, left):
                return AdminTurn(self._to_judge(left))
            case AdminCallback():
                return self._cluster_pressed(callback, admin, form)
            case callbacks.WriteAnswer(item_id, cluster_id):
                seen = self._item(item_id).answer
                wanted = Form(task=Task.ANSWER, item=item_id, cluster=cluster_id or None, seen=seen)
                return self.editing.advance(wanted, admin)
            case callbacks.WritePhrasings(item_id):
                return self.editing.advance(Form(task=Task.PHRASING, item=self._item(item_id).id), admin)
            case callbacks.TellCorrection() | callbacks.SkipCorrection():
                return corrections.decided(callback, self.editing.corrections)
            case callbacks.AboutItem():
                return self._items.pressed(callback, admin)
            case callbacks.JudgeAnswer():
                return AdminTurn(self._judge(callback, admin))
            case _:
                raise UnfitInputError(texts.DRAFT_GONE)

    def _cluster_pressed(  # noqa: C901, PLR0911, PLR0912 - a button each
        self, pressed: AdminCallback, admin: Admin, form: Form | None
    ) -> AdminTurn:
        action, cluster_id, detail, list_id = pressed.action, pressed.number, pressed.detail, pressed.list_id
        if action is AdminAction.UNIGNORE:
            self.clusters.unignore(cluster_id)
            self.history.record(admin.id, ActionKind.UNIGNORE, str(cluster_id))
            ignored = self.lists.first_page(list_id) if list_id else None
            card = ignored or self._card(self.clusters.place(cluster_id, cards.COUNTED))
            return AdminTurn(card, notice=texts.CARED)
        cluster, notice = self.clusters.cluster(cluster_id), ""
        if not cluster.questions:
            gone = self.past.handled(cluster_id, admin)
            ways = row(cards.next_card(list_id=list_id), to_list(list_id) if list_id else None)
            return AdminTurn(replace(gone, rows=(*gone.rows, *ways)), notice=texts.CARD_GONE)
        place = self.clusters.place(cluster_id, cards.COUNTED, self.lists.query(list_id))
        match action:
            case AdminAction.ADD_TO_ITEM:
                return self.editing.add_to(cluster, detail, admin, list_id)
            case AdminAction.FIND_ITEM:
                return self.editing.add_many([cluster], list_id, admin)
            case AdminAction.NEVER:
                return self.editing.never(cluster, admin, list_id)
            case AdminAction.SHOW_COMPLAINT:
                cluster = self.wrong_answers.question(cluster, detail)
                place = self.clusters.place(cluster.id, cards.COUNTED, self.lists.query(list_id))
            case AdminAction.WRITE_REFUSAL:
                answer = "" if detail == YES else texts.NOT_COVERED_ANSWER
                return self.editing.write_item(cluster, Task.NOT_COVERED, admin, answer, list_id)
            case AdminAction.WRITE_ITEM:
                is_sent = form is not None and form.cluster == cluster_id and detail == YES
                answer = form.note if form and is_sent else ""
                return self.editing.write_item(cluster, Task.ITEM, admin, answer, list_id)
            case AdminAction.WRITE_NOTE:
                return self.editing.advance(Form(task=Task.NOTE, cluster=cluster.id, list_id=list_id), admin)
            case AdminAction.CHOOSE_REFUSAL:
                return AdminTurn(cards.not_covered(cluster, self._refusals(cluster), place, list_id))
            case AdminAction.IGNORE if cluster.waiting and detail != YES:
                return AdminTurn(waiting.ignoring(cluster, self._refusals(cluster), place, list_id))
            case AdminAction.DELETE if detail != YES:
                return AdminTurn(waiting.deletion(cluster, place, list_id))
            case AdminAction.DELETE:
                self.misses.forget(*(missed.key for missed in cluster.questions))
                self.history.record(admin.id, ActionKind.DELETE, "")
                notice = texts.DELETED
            case AdminAction.IGNORE:
                self.clusters.ignore(cluster.id)
                self.history.record(admin.id, ActionKind.IGNORE, str(cluster.id))
                notice = texts.IGNORED_COMPLAINT if cluster.questions[0].is_complaint else texts.IGNORED
        shown = self._card(place, list_id)
        if action is AdminAction.IGNORE:
            care = Button(texts.BUTTON_CARE, AdminCallback(AdminAction.UNIGNORE, cluster.id))
            shown = replace(shown, rows=(*shown.rows, *row(care)))
        return AdminTurn(shown, notice=notice)

    def _to_judge(self, left: int) -> Reply:
        """The next answer to judge, if so many are left, else what the judgements say."""
        snapshot = self.current.snapshot
        unjudged = self.digest.to_judge(snapshot) if left > 0 else []
        if unjudged:
            return cards.judge_card(unjudged[0], snapshot.base.by_id[unjudged[0].item], min(left, len(unjudged)))
        return cards.judgements([judgement.right for judgement in self.usage.judged()], self.usage.sample(CONFIDENCE))

    def _judge(self, callback: callbacks.JudgeAnswer, admin: Admin) -> Reply:
        unjudged = [*self.usage.drawn(), *self.usage.least_sure(_JUDGED_AT_MOST)]
        answered = next((asked for asked in unjudged if cards.answered_key(asked) == callback.answered), None)
        left = max(0, callback.left - 1)
        if answered is None:
            return self._to_judge(left)
        # Should a kill come in between, the answer still waits to be judged.
        cluster = None if callback.right else self.wrong_answers.judged(answered)
        self.usage.judge(Judged(answered.question, answered.key, answered.item, callback.right))
        self.history.record(admin.id, ActionKind.JUDGE, answered.item)
        if cluster is None:
            return self._to_judge(left)
        return with_judging(self._card(self.clusters.place(cluster.id, cards.COUNTED)), left)
