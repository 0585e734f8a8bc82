"""The list of misses: searched, filtered and ticked by one admin, who does something to many at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from bot.conversation.callbacks import (
    AboutMissList,
    AdminAction,
    AdminCallback,
    AskBulkAct,
    BulkAct,
    Callback,
    ConfirmBulkAct,
    FilterMisses,
    ListAction,
    MissListCallback,
    UndoBulkAct,
)
from bot.conversation.forms import Admin, AdminTurn, UnfitInputError
from bot.conversation.reply import Button, Reply, Rows, row, short_key
from bot.curation.clustering import Clustering
from bot.curation.item_search import LIKELY, nearest
from bot.items import Kind
from bot.matching import Candidate
from bot.snapshot import CurrentSnapshot
from bot.store.bulk_actions import BulkActions
from bot.store.clusters import EVERY_OPEN
from bot.store.miss_lists import MissLists
from bot.store.records import ActionKind, Chosen, ListedCluster, MissFilter, MissList, MissPage, MissQuery
from bot.store.usage import UsageLog
from bot.texts import admins as texts
from bot.texts.members import BACK

_PAGE = 10
_QUOTED = 40
"""Characters of a question, or of an answer, in the list."""
_LONGEST_SEARCH = 60
_FILTERS_IN_A_ROW = 3
CLUSTERS_AT_ONCE = 20
"""Clusters that are led to one item at once: what the edit does to other questions is worked out for each phrasing."""
_KINDS = {
    BulkAct.IGNORE: ActionKind.IGNORE_MANY,
    BulkAct.UNIGNORE: ActionKind.UNIGNORE_MANY,
    BulkAct.DELETE: ActionKind.DELETE_MANY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MissListPages:
    """The turns of an admin who works with a list of misses.

    Its methods raise UnfitInputError where what was pressed can't be taken, and StoreError where the store fails.
    """

    current: CurrentSnapshot
    clustering: Clustering
    lists: MissLists
    bulk: BulkActions
    usage: UsageLog

    def opened(self, search: str, admin: Admin) -> tuple[MissList, Reply | None]:
        """A new list of what is searched for, and its first page; no page where a single card is all there is."""
        self.clustering.cluster_new()
        opened = self.lists.open(admin.id, " ".join(search.split())[:_LONGEST_SEARCH])
        page = self.lists.page(opened, 0, _PAGE)
        return opened, self._shown(opened, page) if page.count != 1 else None

    def query(self, list_id: int) -> MissQuery:
        """What a list shows; every open miss where there is no such list any more."""
        opened = self.lists.opened(list_id) if list_id else None
        return opened.query if opened else EVERY_OPEN

    def scope(self, list_id: int) -> str:
        """What a list is narrowed to, in words; empty where it shows everything that is open."""
        opened = self.lists.opened(list_id) if list_id else None
        return _title(opened) if opened and opened.query != EVERY_OPEN else ""

    def first_page(self, list_id: int) -> Reply | None:
        """The first page of a list; None where there is no such list any more."""
        opened = self.lists.opened(list_id)
        return self._shown(opened, self.lists.page(opened, 0, _PAGE)) if opened else None

    def ticked(self, list_id: int, admin: Admin) -> tuple[int, ...]:
        """The clusters that an admin has ticked in a list, few enough for one edit."""
        clusters = self.lists.chosen(self._own(list_id, admin)).clusters
        if not clusters:
            raise UnfitInputError(texts.NOTHING_TICKED)
        if len(clusters) > CLUSTERS_AT_ONCE:
            raise UnfitInputError(texts.TOO_MANY_TICKED.format(limit=CLUSTERS_AT_ONCE, count=len(clusters)))
        return clusters

    def press(self, callback: AboutMissList, admin: Admin) -> AdminTurn:
        """The turn after a pressed button of a list, or of what comes of one."""
        match callback:
            case UndoBulkAct(action, list_id):
                return self._undo(action, list_id, admin)
            case MissListCallback(ListAction.SHOW, 0):
                opened, start = self.lists.open(admin.id, ""), 0
            case MissListCallback(action, list_id, start, cluster):
                opened = self._own(list_id, admin)
                self._tick(action, opened, cluster)
                page = self.lists.page(opened, start, _PAGE)
                is_there = not cluster or cluster in {listed.id for listed in page.clusters}
                return AdminTurn(self._shown(opened, page), notice="" if is_there else texts.LIST_MOVED)
            case FilterMisses(list_id, wanted):
                self.lists.set_filter(self._own(list_id, admin).id, wanted)
                opened, start = self._own(list_id, admin), 0
            case AskBulkAct(act, list_id):
                opened = self._own(list_id, admin)
                chosen = self.lists.chosen(opened)
                if not chosen.clusters:
                    raise UnfitInputError(texts.NOTHING_TICKED)
                return AdminTurn(_question(act, opened, chosen))
            case ConfirmBulkAct(act, list_id, digest):
                return self._confirmed(act, self._own(list_id, admin), digest)
            case _:
                assert_never(callback)
        return AdminTurn(self._shown(opened, self.lists.page(opened, start, _PAGE)))

    def _own(self, list_id: int, admin: Admin) -> MissList:
        """An admin's own list: in a group others see its buttons too."""
        opened = self.lists.opened(list_id)
        if opened is None:
            raise UnfitInputError(texts.LIST_OLD)
        if opened.admin != admin.id:
            raise UnfitInputError(texts.LIST_NOT_YOURS)
        return opened

    def _tick(self, action: ListAction, opened: MissList, cluster: int) -> None:
        match action:
            case ListAction.SHOW:
                self.clustering.cluster_new()
            case ListAction.TICK:
                self.lists.tick(opened.id, cluster)
            case ListAction.UNTICK:
                self.lists.untick(opened.id, cluster)
            case ListAction.TICK_ALL:
                self.lists.tick_all(opened)
            case ListAction.UNTICK_ALL:
                self.lists.untick_all(opened.id)
            case ListAction.UNTICK_AWAITED:
                self.lists.untick_awaited(opened.id)

    def _confirmed(self, act: BulkAct, opened: MissList, digest: str) -> AdminTurn:
        kind, chosen = _KINDS.get(act), self.lists.chosen(opened)
        if kind is None:
            raise UnfitInputError(texts.DRAFT_GONE)
        action = self.lists.act(opened, kind, digest)
        if action is None and not chosen.clusters:
            return AdminTurn(self._shown(opened, self.lists.page(opened, 0, _PAGE)), notice=texts.LIST_DONE)
        if action is None:
            return AdminTurn(_question(act, opened, chosen, texts.LIST_CHANGED))
        undo = Button(texts.BUTTON_UNDO, UndoBulkAct(action, opened.id))
        done = texts.BULK_DONE[act].format(count=len(chosen.clusters))
        return AdminTurn(Reply(done, row(undo, to_list(opened.id))))

    def _undo(self, action: int, list_id: int, admin: Admin) -> AdminTurn:
        count = self.bulk.undo(action, admin.id)
        if count is None:
            raise UnfitInputError(texts.BULK_GONE)
        return AdminTurn(Reply(texts.BULK_UNDONE.format(count=count), row(to_list(list_id))))

    def _shown(self, opened: MissList, page: MissPage) -> Reply:
        """A page of a list."""
        if not page.count:
            nothing = texts.MISS_LIST_NONE.format(what=_title(opened))
            text = texts.CARD_NONE if opened.query == EVERY_OPEN else nothing
            return Reply(text, _filters(opened))
        near = self._nearest(page)
        head = texts.MISS_LIST if page.count > _PAGE else texts.MISS_LIST_ALL
        last = page.start + len(page.clusters)
        lines = [head.format(what=_title(opened), count=page.count, first=page.start + 1, last=last), ""]
        rows: list[tuple[Button, ...]] = []
        for number, listed in enumerate(page.clusters, start=page.start + 1):
            lines += _lines(number, listed, near.get(listed.id), self._complained(listed))
            rows.append(_buttons(number, listed, near.get(listed.id), opened, page.start))
        if page.count > _PAGE and not opened.search:
            lines += ["", texts.MISS_LIST_HINT]
        return Reply("\n".join(lines), (*rows, *_acts(opened, page), *_filters(opened), *_pager(opened, page)))

    def _nearest(self, page: MissPage) -> Mapping[int, Candidate]:
        """The item that is nearest to each cluster that asks in vain, if it may be meant.

        What members said they did not mean is left out.
        """
        asked = [listed for listed in page.clusters if not listed.first.is_complaint]
        rejected = self.usage.not_meant([listed.first.key for listed in asked])
        snapshot = self.current.snapshot
        found = {}
        for listed in asked:
            left_out = rejected.get(listed.first.key, frozenset())
            for candidate in nearest(listed.first.question, {Kind.ANSWER}, snapshot, left_out)[:1]:
                if candidate.score >= LIKELY:
                    found[listed.id] = candidate
        return found

    def _complained(self, listed: ListedCluster) -> str:
        """The question of the item whose answer was not good; empty where it is not about one."""
        item = self.current.snapshot.base.by_id.get(listed.first.item or "") if listed.first.is_complaint else None
        return item.question if item else ""


def to_list(list_id: int, start: int = 0) -> Button:
    """The way to a list, to the page that has a place; to a new one if the id is 0."""
    return Button(texts.BUTTON_LIST, MissListCallback(ListAction.SHOW, list_id, start))


def _title(opened: MissList) -> str:
    """What a list shows, in words."""
    search = texts.MISS_LIST_SEARCH.format(search=opened.search) if opened.search else ""
    return f"{texts.MISS_LISTS[opened.filter]}{search}"


def _lines(number: int, listed: ListedCluster, near: Candidate | None, complained: str) -> Iterator[str]:
    yield texts.MISS_LIST_ROW.format(
        mark=texts.MISS_LIST_TICKED if listed.ticked else "",
        number=number,
        question=_short(listed.first.question),
        asked=listed.asked,
        waiting=texts.MISS_LIST_WAITING.format(count=listed.waiting) if listed.waiting else "",
    )
    if complained:
        yield texts.MISS_LIST_COMPLAINT.format(question=complained)
    elif near:
        answer = _short(" ".join((near.item.short or near.item.answer).split()))
        yield texts.MISS_LIST_NEAR.format(question=_short(near.item.question), score=near.score, answer=answer)


def _buttons(
    number: int, listed: ListedCluster, near: Candidate | None, opened: MissList, start: int
) -> tuple[Button, ...]:
    """The row of buttons of one cluster: tick it, open it, and add it to the nearest item.

    The list shows but the beginning of an answer: so the button says that none was read.
    """

    def about(label: str, action: AdminAction, detail: str = "") -> Button:
        return Button(label.format(number=number), AdminCallback(action, listed.id, detail, opened.id))

    label, action = texts.BUTTON_TICK, ListAction.TICK
    if listed.ticked:
        label, action = texts.BUTTON_UNTICK, ListAction.UNTICK
    tick = Button(label.format(number=number), MissListCallback(action, opened.id, start, listed.id))
    if opened.filter is MissFilter.IGNORED:
        return tick, about(texts.BUTTON_UNIGNORE, AdminAction.UNIGNORE)
    card = about(texts.BUTTON_OPEN, AdminAction.SHOW_CLUSTER)
    if near is None:
        return tick, card
    add = AdminCallback(AdminAction.ADD_TO_ITEM, listed.id, short_key(near.item.id), opened.id)
    return tick, card, Button(texts.BUTTON_ADD.format(number=number, question=near.item.question), add)


def _acts(opened: MissList, page: MissPage) -> Rows:
    """What can be done to all of a list, and to what is ticked in it."""

    def button(label: str, callback: Callback, count: int) -> Button:
        return Button(label.format(count=count), callback)

    every = MissListCallback(ListAction.TICK_ALL, opened.id, page.start)
    nothing = MissListCallback(ListAction.UNTICK_ALL, opened.id, page.start)
    ticks = row(
        button(texts.BUTTON_TICK_ALL, every, page.count) if page.ticked < page.count else None,
        button(texts.BUTTON_UNTICK_ALL, nothing, page.ticked) if page.ticked else None,
    )
    if not page.ticked:
        return ticks
    hiding = BulkAct.UNIGNORE if opened.filter is MissFilter.IGNORED else BulkAct.IGNORE
    acts = (
        button(texts.BUTTONS_BULK[act], AskBulkAct(act, opened.id), page.ticked) for act in (hiding, BulkAct.DELETE)
    )
    edits = (
        button(texts.BUTTONS_BULK[act], AskBulkAct(act, opened.id), page.ticked)
        for act in (BulkAct.ADD, BulkAct.NOT_COVERED)
        if opened.filter is not MissFilter.IGNORED
    )
    return (*ticks, tuple(acts), *row(*edits))


def _filters(opened: MissList) -> Rows:
    buttons = []
    for chosen, name in texts.MISS_FILTERS.items():
        label = texts.BUTTON_FILTER.format(name=name) if chosen == opened.filter else name
        buttons.append(Button(label, FilterMisses(opened.id, MissFilter(chosen))))
    rows = [tuple(buttons[n : n + _FILTERS_IN_A_ROW]) for n in range(0, len(buttons), _FILTERS_IN_A_ROW)]
    every = Button(texts.BUTTON_EVERY_MISS, MissListCallback(ListAction.SHOW, 0)) if opened.search else None
    return (*rows, *row(every))


def _pager(opened: MissList, page: MissPage) -> Rows:
    def to(label: str, start: int) -> Button:
        return Button(label, MissListCallback(ListAction.SHOW, opened.id, start))

    return row(
        to(texts.BUTTON_PAGE_BACK, page.start - _PAGE) if page.start else None,
        to(texts.BUTTON_PAGE_ON, page.start + _PAGE) if page.start + _PAGE < page.count else None,
    )


def _question(act: BulkAct, opened: MissList, chosen: Chosen, before: str = "") -> Reply:
    """Whether to do it, with how many these are, the first of them, and who waits; ``before`` comes first."""
    count = len(chosen.clusters)
    questions = [f"· {_short(missed.question)}" for missed in chosen.first]
    if count > len(questions):
        questions.append(texts.BULK_MORE.format(count=count - len(questions)))
    lines = [before] if before else []
    lines.append(texts.BULK_ASK[act].format(count=count, questions="\n".join(questions)))
    if chosen.waiting:
        lines += ["", texts.BULK_WAITING[act].format(count=chosen.waiting)]
    confirm = Button(texts.BUTTONS_BULK[act].format(count=count), ConfirmBulkAct(act, opened.id, chosen.digest))
    instead = row(
        Button(texts.BUTTONS_BULK[BulkAct.NOT_COVERED], AskBulkAct(BulkAct.NOT_COVERED, opened.id)),
        Button(texts.BUTTON_UNTICK_AWAITED, MissListCallback(ListAction.UNTICK_AWAITED, opened.id)),
    )
    is_lost = act is BulkAct.IGNORE and chosen.waiting
    rows = row(confirm, Button(BACK, MissListCallback(ListAction.SHOW, opened.id)))
    return Reply("\n".join(lines), (*(instead if is_lost else ()), *rows))


def _short(text: str) -> str:
    return text if len(text) <= _QUOTED else f"{text[: _QUOTED - 1]}…"
