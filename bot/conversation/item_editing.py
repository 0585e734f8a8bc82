"""What an admin presses on an item's card, to the edit that comes of it."""

from dataclasses import dataclass, replace

from bot.conversation import callbacks, cards, item_cards
from bot.conversation.callbacks import AdminAction, AdminCallback, ChangeItem, ItemAction, ItemList
from bot.conversation.editing import Editing
from bot.conversation.forms import Admin, AdminTurn, Form, Task, UnfitInputError
from bot.conversation.item_cards import ItemUse
from bot.conversation.reply import Button, Reply, row, short_key
from bot.conversation.waiting import telling
from bot.curation.edits import Plan
from bot.curation.item_search import LIKELY, find
from bot.curation.planning import AlreadyThereError
from bot.items import Item
from bot.knowledge.edit import Change, ChangeTexts, DeleteItem, SetText
from bot.snapshot import CurrentSnapshot
from bot.store.usage import UsageLog
from bot.texts import admins as texts

_CHOICES = 6
_ASKED = 5
_TASKS = {
    ItemAction.WRITE_QUESTION: Task.QUESTION,
    ItemAction.WRITE_SOURCES: Task.SOURCES,
    ItemAction.WRITE_TOPIC: Task.TOPIC,
    ItemAction.WRITE_NEGATIVES: Task.NEGATIVES,
    ItemAction.WRITE_KEYWORDS: Task.KEYWORDS,
}
_LISTS = {action: which for which, action in item_cards.REMOVING.items()} | {ItemAction.RELATE: ItemList.RELATED}
"""The list that is shown again once a text of it was added or removed."""


@dataclass(frozen=True, slots=True)
class ItemEditing:
    """The cards of items, and the edits that need a tap.

    Its methods raise as those of ``Editing``.
    """

    current: CurrentSnapshot
    editing: Editing
    usage: UsageLog

    def find(self, words: str) -> Reply:
        """The card of the item with this id, or the items that these words are nearest to."""
        snapshot = self.current.snapshot
        if not words:
            return Reply(texts.ITEM_USAGE)
        likely = (found for found in find(words, snapshot) if found.score is None or found.score >= LIKELY)
        found = [found.item for found in likely][:_CHOICES]
        return self.card(found[0]) if len(found) == 1 else cards.item_choices(found)

    def card(self, item: Item) -> Reply:
        """An item's card."""
        asked = self.usage.asked(item.id, _ASKED)
        use = ItemUse(self.usage.shown().get(item.id, 0), asked, self.usage.opinions(item.id))
        return item_cards.item_card(item, self.current.snapshot, use)

    def pressed(self, callback: callbacks.AboutItem, admin: Admin) -> AdminTurn:
        """The turn after a button that is about an item, other than those that write its answer or phrasings."""
        item = self.current.snapshot.base.by_id.get(callback.item)
        if item is None:
            raise UnfitInputError(texts.ITEM_GONE)
        match callback:
            case callbacks.ShowItemList(_, which, page):
                return AdminTurn(item_cards.item_list(item, which, page, self.current.snapshot))
            case callbacks.ShowItemDetails():
                return AdminTurn(item_cards.item_details(item))
            case callbacks.WriteField(_, ItemAction.WRITE_DETAIL, field) if field in texts.ASK_DETAILS:
                return self.editing.advance(Form(task=Task.DETAIL, item=item.id, key=field), admin)
            case callbacks.WriteField(_, action) if task := _TASKS.get(action):
                form = Form(task=task, item=item.id, sources=item.source, cited=item.source)
                return self.editing.advance(form if task is Task.SOURCES else Form(task=task, item=item.id), admin)
            case ChangeItem():
                return self._change(callback, item, admin)
            case _:
                return AdminTurn(self.card(item))

    def _change(self, pressed: ChangeItem, item: Item, admin: Admin) -> AdminTurn:
        """Make the change that a button stands for; first show what it does, if it costs a question its answer.

        A deletion is always shown before.
        """
        change = self._wanted(pressed, item)
        which = _LISTS.get(pressed.action)
        keys = [short_key(text) for text in getattr(item, which)] if which else []
        # After a removal the list stays where it was.
        page = keys.index(pressed.text) // item_cards.PAGE if pressed.text in keys else 0
        try:
            plan = self.editing.edits.plan(change)
        except AlreadyThereError:
            return AdminTurn(self._below(item, pressed.action, page))
        is_deletion = pressed.action is ItemAction.DELETE
        if plan.digest == pressed.digest or not (is_deletion or plan.impact.has_loss or pressed.digest):
            return AdminTurn(self._made(plan, pressed.action, page, admin))
        head = texts.IMPACT_TRY if plan.impact.has_loss else texts.PREVIEW
        lines = [head, cards.preview(plan), "", *cards.impact_lines(plan.impact, plan.after.base)]
        label = texts.BUTTON_DELETE_THIS if is_deletion else texts.BUTTON_CONFIRM
        confirm = Button(label, replace(pressed, digest=plan.digest))
        return AdminTurn(Reply("\n".join(lines), row(confirm, item_cards.to_card(item.id))))

    def _wanted(self, pressed: ChangeItem, item: Item) -> Change:
        def named(texts_of_item: tuple[str, ...] | list[str]) -> str:
            found = next((text for text in texts_of_item if short_key(text) == pressed.text), None)
            if found is None:
                raise UnfitInputError(texts.ITEM_LIST_CHANGED)
            return found

        match pressed.action:
            case ItemAction.CLEAR if pressed.text in texts.ASK_DETAILS:
                return SetText(item.id, pressed.text, "")
            case ItemAction.RELATE:
                others = [other.id for other in self.current.snapshot.base.items]
                return ChangeTexts(item.id, "related", (named(others),))
            case ItemAction.ADD_WAY:
                way = named(item_cards.ready_ways(item, self.current.snapshot.base))
                return ChangeTexts(item.id, "phrasings", (way,))
            case ItemAction.DELETE:
                return DeleteItem(item.id)
            case removal if which := _LISTS.get(removal):
                return ChangeTexts(item.id, which, removed=(named(getattr(item, which)),))
            case _:
                raise UnfitInputError(texts.DRAFT_GONE)

    def _made(self, plan: Plan, done: ItemAction, page: int, admin: Admin) -> Reply:
        """Make a planned change; what was done, how to take it back, and what was there before."""
        awaited = self.editing.lifecycle.awaited(plan.before, plan.after)
        action = self.editing.edits.apply(plan, admin.id)
        # What was led to the item may reach it no more.
        self.editing.lifecycle.reopen(plan.item, self.current.snapshot, answer=False)
        people = self.editing.lifecycle.misses.count_waiting(awaited)
        lines = [cards.edited(plan), *cards.impact_lines(plan.impact, plan.after.base), *telling(people)]
        undo = row(Button(texts.BUTTON_UNDO, AdminCallback(AdminAction.UNDO, action)))
        item = self.current.snapshot.base.by_id.get(plan.item)
        if item is None:
            return Reply("\n".join(lines), undo)
        below = self._below(item, done, page)
        return Reply("\n".join((*lines, "", below.text)), (*below.rows, *undo))

    def _below(self, item: Item, done: ItemAction, page: int) -> Reply:
        """What an admin goes on with: the list or the details that were changed, or the ways to ask that are left."""
        if done is ItemAction.CLEAR:
            return item_cards.item_details(item)
        if which := _LISTS.get(done):
            return item_cards.item_list(item, which, page, self.current.snapshot)
        ways = item_cards.way_rows(item, self.current.snapshot.base)
        to_cards = Button(texts.BUTTON_TO_CARDS, AdminCallback(AdminAction.SHOW_CARD, 0))
        rows = (*ways, *row(item_cards.to_card(item.id), to_cards))
        return Reply(texts.WAYS if ways else texts.NO_MORE_WAYS, rows)
