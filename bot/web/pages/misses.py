"""The misses: a table of clusters, and what is done to many of them at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus

from starlette.datastructures import FormData, QueryParams
from starlette.responses import Response

from bot.clock import Clock
from bot.curation.item_search import nearest
from bot.items import Kind
from bot.matching import Candidate
from bot.store.records import ActionKind, MissFilter, MissQuery, MissRow, MissSort
from bot.texts.page import misses as texts
from bot.web.days import Days
from bot.web.pages import miss_cluster
from bot.web.services import Services
from bot.web.visit import Page, Visit, number

PATH = "/misses"
CHOICE = "/misses/choice"
CLUSTER = "/misses/{cluster:int}"
TASK = "/misses/{cluster:int}/{task}"
_PAGE = 20
_LONGEST_SEARCH = 60
_KINDS = {
    "ignore": ActionKind.IGNORE_MANY,
    "unignore": ActionKind.UNIGNORE_MANY,
    "delete": ActionKind.DELETE_MANY,
}
_ACTS: Mapping[MissFilter, Sequence[str]] = {MissFilter.IGNORED: ("unignore", "delete"), MissFilter.HANDLED: ()}
"""What can be done to what is listed; to what is open: ignore or delete."""


@dataclass(frozen=True, slots=True)
class _View:
    """What the table shows, as its address says it."""

    filter: MissFilter
    search: str
    sort: MissSort
    asked: Days | None
    begun: Days | None

    @classmethod
    def of(cls, given: QueryParams | FormData) -> "_View":
        """What is not known is taken for what the table begins with."""
        shown, sort = str(given.get("show", "")), str(given.get("sort", ""))
        return cls(
            MissFilter(shown) if shown in set(MissFilter) else MissFilter.ALL,
            " ".join(str(given.get("q", "")).split())[:_LONGEST_SEARCH],
            MissSort(sort) if sort in set(MissSort) else MissSort.PRESSING,
            Days.of(str(given.get("asked", ""))),
            Days.of(str(given.get("begun", ""))),
        )

    def query(self, clock: Clock) -> MissQuery:
        """What is looked up for it."""
        asked = (self.asked.first, self.asked.last) if self.asked else None
        begun = self.begun.moments(clock) if self.begun else None
        return replace(MissQuery.of(self.filter, self.search), asked=asked, begun=begun)

    @property
    def acts(self) -> Sequence[str]:
        return _ACTS.get(self.filter, ("ignore", "delete"))

    def address(self, **changed: object) -> Mapping[str, object]:
        """The query of the address of this table, with these changes; without what it begins with anyway."""
        shown = {"show": self.filter, "q": self.search, "sort": self.sort, "asked": self.asked, "begun": self.begun}
        parts: dict[str, object] = shown | changed
        plain = {"show": MissFilter.ALL, "q": "", "sort": MissSort.PRESSING, "start": 0}
        return {name: value for name, value in parts.items() if value not in {None, plain.get(name)}}


@dataclass(frozen=True, slots=True)
class _Listed:
    """A row of the table: the nearest item, or the question of the item whose answer was not good."""

    row: MissRow
    near: Candidate | None
    complained: str


def _show(visit: Visit) -> Response:
    view, services = _View.of(visit.query), visit.services
    page = services.miss_table.page(view.query(services.clock), view.sort, visit.number("start"), _PAGE)
    undo = visit.number("undo")
    return visit.page(
        "misses.html",
        view=view,
        page=page,
        listed=_listed(services, page.rows),
        size=_PAGE,
        filters=MissFilter,
        sorts=MissSort,
        undo=undo if undo in services.bulk.undoable([undo]) else None,
    )


def _listed(services: Services, rows: Sequence[MissRow]) -> Sequence[_Listed]:
    snapshot = services.current.snapshot
    rejected = services.usage.not_meant([row.first.key for row in rows])
    listed = []
    for row in rows:
        near, complained = None, ""
        if row.first.is_complaint:
            item = snapshot.base.by_id.get(row.first.item or "")
            complained = item.question if item else ""
        else:
            left_out = rejected.get(row.first.key, frozenset())
            near = next(iter(nearest(row.first.question, Kind.ANSWER, snapshot, left_out)), None)
        listed.append(_Listed(row, near, complained))
    return listed


def _choose(visit: Visit) -> Response:
    """What is ticked, and what it means to do it: a page of its own, since it changes nothing yet."""
    return _choice(visit, visit.query, HTTPStatus.OK, changed=False)


def _act(visit: Visit) -> Response:
    view, act = _View.of(visit.form), str(visit.form.get("do"))
    digest, services = str(visit.form.get("digest")), visit.services
    kind = _KINDS.get(act) if act in view.acts else None
    ticked = _ticked(visit.form)
    action = services.miss_table.act(view.query(services.clock), ticked, kind, digest, visit.admin) if kind else None
    if action is not None:
        return visit.redirect(PATH, **view.address(done=f"misses-{act}", undo=action))
    if kind is None or not services.miss_table.chosen(view.query(services.clock), ticked).clusters:
        return visit.redirect(PATH, **view.address(done="misses-gone"))
    return _choice(visit, visit.form, HTTPStatus.CONFLICT, changed=True)


def _choice(visit: Visit, given: QueryParams | FormData, status: HTTPStatus, *, changed: bool) -> Response:
    view, act, ticked = _View.of(given), str(given.get("do")), _ticked(given)
    is_known = act in view.acts
    chosen = visit.services.miss_table.chosen(view.query(visit.services.clock), ticked if is_known else ())
    return visit.page(
        "miss-choice.html",
        status,
        view=view,
        act=act,
        chosen=chosen,
        ticked=ticked,
        changed=changed,
        title=texts.CHOICE_TITLES.get(act, texts.LABEL),
    )


def _undo(visit: Visit) -> Response:
    count = visit.services.bulk.undo(number(visit.form.get("action")), visit.admin)
    view = _View.of(visit.form)
    return visit.redirect(PATH, **view.address(done="misses-undo-gone" if count is None else "misses-undone"))


def _ticked(given: QueryParams | FormData) -> Sequence[int] | None:
    """The ids of the ticked clusters; None where all are meant that are listed."""
    if given.get("every"):
        return None
    return sorted({number(tick) for tick in given.getlist("tick")} - {0})


PAGE = Page(
    path=PATH,
    label=texts.LABEL,
    shows={PATH: _show, CHOICE: _choose, CLUSTER: miss_cluster.show, TASK: miss_cluster.write},
    does={CHOICE: _act, "/misses/undo": _undo, f"{CLUSTER}/undo": miss_cluster.undo, TASK: miss_cluster.do},
)
