"""What admins did, in words: pages of it, and each action with what it changed and the way to take it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape

from bot.clock import Clock
from bot.conversation.callbacks import AdminAction, AdminCallback, Callback, UndoBulkAct
from bot.conversation.forms import Admin, UnfitInputError
from bot.conversation.reply import Button, Reply, row, shortened
from bot.conversation.text_diff import text_diff
from bot.curation.edits import edits_of
from bot.curation.planning import added_questions, subject
from bot.errors import UnknownMissError
from bot.items import Item, KnowledgeBase
from bot.knowledge.edit import AddItem, AddSource, ChangeTexts, ChangeWords, DeleteItem, Edit, SetPlace, SetText
from bot.masking import question_key
from bot.snapshot import CurrentSnapshot
from bot.store.bulk_actions import BulkActions
from bot.store.clusters import MissClusters
from bot.store.history import History
from bot.store.misses import MissLog
from bot.store.records import SETTLED, Action, ActionKind, ActionState, MissedQuestion, State
from bot.texts import admins as texts
from bot.texts.members import PLACES_JOINT

_PAGE = 8
_IN_A_ROW = 4
_QUESTIONS = 10
_ACTIONS = 50
"""So many of the latest actions that hold a question are looked at for the one that handled it."""
_OF_CLUSTERS = {ActionKind.IGNORE, ActionKind.UNIGNORE, ActionKind.COVERED, ActionKind.NOTE}
_OF_MANY = {ActionKind.IGNORE_MANY, ActionKind.UNIGNORE_MANY, ActionKind.DELETE_MANY}
_OF_MISSES = {ActionKind.RESOLVE_MISS, ActionKind.IGNORE_MISS}
_IGNORING = {ActionKind.IGNORE, ActionKind.IGNORE_MANY, ActionKind.IGNORE_MISS}


@dataclass(frozen=True, slots=True)
class HistoryPages:
    """The history as admins read it. What was asked is looked up each time: nothing of it is kept with an action.

    ``names``: what admins are called, by user id. Every method raises StoreError where the store fails.
    """

    current: CurrentSnapshot
    history: History
    clusters: MissClusters
    misses: MissLog
    bulk: BulkActions
    clock: Clock
    names: Mapping[int, str]

    def page(self, start: int, reader: Admin) -> Reply:
        """The latest actions but ``start`` many, each with the button that opens it."""
        found = self.history.latest(_PAGE + 1, start)
        if not found:
            return Reply(texts.HISTORY_NONE)
        lines, buttons = [texts.HISTORY_HEAD], list[Button]()
        for number, action in enumerate(found[:_PAGE], start=start + 1):
            lines.append(texts.HISTORY_ROW.format(number=number, done=self.sentence(action, reader)))
            buttons.append(Button(str(number), AdminCallback(AdminAction.SHOW_ACTION, action.id, str(start))))
        newer = AdminCallback(AdminAction.SHOW_HISTORY, max(0, start - _PAGE))
        older = AdminCallback(AdminAction.SHOW_HISTORY, start + _PAGE)
        pager = row(
            Button(texts.HISTORY_NEWER, newer) if start else None,
            Button(texts.HISTORY_OLDER, older) if len(found) > _PAGE else None,
        )
        rows = (tuple(buttons[place : place + _IN_A_ROW]) for place in range(0, len(buttons), _IN_A_ROW))
        return Reply("\n".join(lines), (*rows, *pager))

    def entry(self, action_id: int, start: int, reader: Admin) -> Reply:
        """One action, with the text that it changed; ``start``: of the page that leads to it.

        Raises UnfitInputError if there is no such action any more.
        """
        action = self.history.action(action_id)
        if action is None:
            raise UnfitInputError(texts.HISTORY_GONE)
        head = escape(self.sentence(action, reader))
        return Reply(Markup("\n\n").join((head, *self.changes(action))), row(*self._acts(action), back(start)))

    def handled(self, cluster: int, reader: Admin) -> Reply:
        """What became of a cluster that holds no open miss any more, who saw to it, and the way to take that back."""
        asked = self.clusters.questions(cluster, _QUESTIONS)
        if not asked:
            return Reply(texts.CARD_DELETED)
        done = self.history.of_cluster(cluster, _ACTIONS)
        action = next((action for action in done if _has_handled(action, asked)), None)
        base = self.current.snapshot.base
        states = (
            texts.CARD_STATE.format(question=shortened(missed.question), state=state_words(missed, base))
            for missed in asked
        )
        lines = [texts.CARD_GONE, *states]
        if action:
            lines += ["", self.sentence(action, reader)]
        elif all(missed.state in SETTLED and not missed.chosen for missed in asked):
            lines += ["", texts.CARD_BY_NOBODY]
        return Reply("\n".join(lines), row(*self._acts(action)) if action else ())

    def _acts(self, action: Action) -> Sequence[Button]:
        """The ways to take an action back, or to do it again."""
        undo: Callback | None = None
        if action.edit and action.state is ActionState.DONE:
            undo = AdminCallback(AdminAction.UNDO, action.id)
        elif self.bulk.undoable([action.id]):
            undo = UndoBulkAct(action.id)
        is_undone = action.edit and action.state is ActionState.UNDONE
        unignore = AdminCallback(AdminAction.UNIGNORE, int(action.detail)) if action.kind is ActionKind.IGNORE else None
        is_ignored = any(missed.state is State.IGNORED for missed in self._asked(action))
        acts = (
            Button(texts.BUTTON_UNDO, undo) if undo else None,
            redo(action.id) if is_undone else None,
            Button(texts.HISTORY_UNIGNORE, unignore) if unignore and is_ignored else None,
        )
        return [act for act in acts if act]

    def words(self, action: Action) -> str:
        """What was done. An item is called by its question, and so is a miss, as long as there is one."""
        base = self.current.snapshot.base
        if action.kind is ActionKind.UNDO:
            undone = self.history.action(_undone(action))
            return texts.HISTORY_UNDID.format(what=self.words(undone)) if undone else texts.HISTORY_UNDID_GONE
        if action.kind in _OF_CLUSTERS | _OF_MISSES:
            first = next(iter(self._asked(action)), None)
            question = shortened(first.question) if first else texts.HISTORY_QUESTION_GONE
            return texts.HISTORY_KINDS[action.kind].format(detail=question)
        if action.kind in _OF_MANY:
            return texts.HISTORY_KINDS[action.kind].format(detail=action.detail)
        return edit_words(action, base)

    def changes(self, action: Action, item: str = "") -> Sequence[Markup]:
        """The texts that an action changed, each as a diff; else what was asked that it was about.

        With the id of an ``item`` only its texts.
        """
        base, asked = self.current.snapshot.base, self._asked(action)
        edits = edits_of(action) if action.edit else ()
        # An item that went to another topic was deleted and added for it.
        shown = edits[-1:] if action.kind is ActionKind.MOVED else edits
        if asked:
            return [Markup("\n").join(escape(texts.HISTORY_ASKED.format(missed=missed)) for missed in asked)]
        if action.item and not action.edit and action.state is not ActionState.BEGUN:
            return [escape(texts.HISTORY_NO_TEXT)]
        return [_changed_text(edit, base) for edit in shown if not item or subject(edit.change) == item]

    def sentence(self, action: Action, reader: Admin) -> str:
        """When who did what, and what became of it."""
        return texts.HISTORY_DONE.format(
            when=moment(action.at, self.clock),
            who=self._who(action.admin, reader),
            what=self.words(action),
            state=texts.HISTORY_STATES.get(action.state, ""),
        )

    def _who(self, admin: int | None, reader: Admin) -> str:
        if admin is None:
            return texts.HISTORY_MACHINE
        # In a group all admins read what one of them asked for.
        if admin == reader.id == reader.chat:
            return texts.HISTORY_YOU
        return self.names.get(admin, texts.HISTORY_SOMEBODY)

    def _asked(self, action: Action) -> Sequence[MissedQuestion]:
        """The missed questions that an action was about, as far as they are still kept, the most frequent first."""
        if action.kind in _OF_CLUSTERS:
            return self.clusters.questions(int(action.detail), _QUESTIONS)
        if action.kind in _OF_MISSES:
            try:
                return [self.misses.row(int(action.detail))]
            except UnknownMissError:
                return []
        if action.kind in _OF_MANY:
            return self.bulk.misses(action.id, _QUESTIONS)
        return []


def _has_handled(action: Action, asked: Sequence[MissedQuestion]) -> bool:
    """Whether an action, one of ``History.of_cluster``, made of these misses what they are now.

    What was ignored may be heeded again, and an edit may only hold a question that another one has added.
    """
    if action.kind in _IGNORING:
        return any(missed.state is State.IGNORED for missed in asked)
    if not action.edit or action.kind is ActionKind.ANSWER:
        return True
    added = (text for edit in edits_of(action) for text in added_questions(edit.change))
    return not {missed.key for missed in asked}.isdisjoint(map(question_key, added))


def redo(action_id: int) -> Button:
    """The way to make an edit again that was undone."""
    return Button(texts.BUTTON_REDO, AdminCallback(AdminAction.REDO, action_id))


def back(start: int = 0) -> Button:
    """The way to the page of the history that begins after so many actions."""
    return Button(texts.HISTORY_BACK, AdminCallback(AdminAction.SHOW_HISTORY, start))


def edit_words(action: Action, base: KnowledgeBase) -> str:
    """What an action did that is not about misses."""
    edits = edits_of(action) if action.edit else ()
    change = edits[-1].change if edits else None
    # Judgements name their item in the detail.
    item = base.by_id.get(action.item or action.detail)
    question = item.question if item else texts.HISTORY_ITEM_GONE
    match change:
        case ChangeTexts(_, "phrasings", (phrasing,)):
            return texts.HISTORY_PHRASING.format(detail=question, phrasing=phrasing)
        case ChangeTexts(_, "phrasings", added) if added:
            return texts.HISTORY_PHRASINGS.format(detail=question, count=len(added))
        case SetText(_, "question", now, before):
            return texts.HISTORY_QUESTION.format(before=before, question=now)
        case AddItem(content) | DeleteItem(_, Item() as content):
            question = item.question if item else content.question
        case AddSource(_, name):
            question = name
        case SetPlace(_, _, before):
            question = before
        case ChangeWords(standard):
            question = standard or texts.FRAMES
    return texts.HISTORY_KINDS[action.kind].format(detail=question)


def state_words(missed: MissedQuestion, base: KnowledgeBase) -> str:
    """What has become of a miss, and the item that it was led to."""
    words, item = texts.MISS_STATES[missed.state], base.by_id.get(missed.chosen or "")
    return texts.MISS_LED.format(state=words, question=item.question) if item else words


def moment(at: datetime, clock: Clock) -> str:
    """When something happened, as people say it: the day from here, or its date, and the time of day."""
    local, today = clock.local(at), clock.today()
    days = (today - local.date()).days
    if days in texts.DAYS_AGO:
        return texts.MOMENT_NEAR.format(day=texts.DAYS_AGO[days], time=local)
    return (texts.MOMENT if local.year == today.year else texts.MOMENT_OF_YEAR).format(time=local)


def _changed_text(edit: Edit, base: KnowledgeBase) -> Markup:  # noqa: PLR0911 - one return a kind of change
    """What an edit changed, as a diff of what people read: documents by their names, items by their questions."""
    match edit.change:
        case SetText(_, _, text, before):
            return text_diff(before, text)
        case ChangeTexts(_, field, added, removed):
            known = {**{item.id: item.question for item in base.items}, **base.places}
            names = known if field in {"source", "related"} else {}
            old, new = ([names.get(text, text) for text in changed] for changed in (removed, added))
            return text_diff("\n".join(old), "\n".join(new))
        case AddItem(item, moved_from=topic) if topic:
            return text_diff(topic, item.topic)
        case AddItem(item):
            return text_diff("", _item_text(item, base))
        case DeleteItem(_, Item() as item):
            return text_diff(_item_text(item, base), "")
        case AddSource(_, name):
            return text_diff("", name)
        case SetPlace(_, text, before):
            return text_diff(before, text)
        case ChangeWords(_, added, removed):
            return text_diff("\n".join(removed), "\n".join(added))
        case _:
            return Markup()


def _item_text(item: Item, base: KnowledgeBase) -> str:
    # What it cited may be gone from the speech's paragraphs since.
    cited = PLACES_JOINT.join(base.places.get(source, source) for source in item.source)
    source = [texts.HISTORY_SOURCE.format(places=cited)] if cited else []
    return "\n".join((*item.all_phrasings(), item.answer, *source))


def _undone(action: Action) -> int:
    """The id of the action that an undo took back, which its detail begins with."""
    number = action.detail.removeprefix("#").partition(" ")[0]
    return int(number) if number.isdecimal() else 0
