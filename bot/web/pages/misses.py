"""The misses: a table of clusters, and what is done to many of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from starlette.datastructures import FormData, QueryParams
from starlette.responses import Response

from bot.conversation.miss_list import CLUSTERS_AT_ONCE
from bot.curation.item_search import LIKELY
from bot.items import Item, Kind
from bot.store.records import ActionKind, MissFilter, MissRow, MissSort
from bot.texts.page import misses as texts
from bot.web.miss_view import MissView
from bot.web.pages import miss_cluster
from bot.web.services import Services
from bot.web.visit import Page, Visit, number

PATH = "/misses"
CHOICE = "/misses/choice"
CLUSTER = "/misses/{cluster:int}"
TASK = "/misses/{cluster:int}/{task}"
_PAGE = 20
_KINDS = {
    "ignore": ActionKind.IGNORE_MANY,
    "unignore": ActionKind.UNIGNORE_MANY,
    "delete": ActionKind.DELETE_MANY,
}


_LEADING = ("add", "refuse")
"""What leads clusters to one item."""


@dataclass(frozen=True, slots=True)
class _Listed:
    """A row of the table. ``item``: the one that it came nearest to, or whose answer was not good.

    ``is_rejected``: members said that they did not mean that item.
    """

    row: MissRow
    item: Item | None
    is_rejected: bool


def _show(visit: Visit) -> Response:
    view, services = MissView.of(visit.query), visit.services
    page = services.miss_table.page(view.query(services.clock), view.sort, view.start, _PAGE)
    undo = visit.number("undo")
    return visit.page(
        "misses.html",
        view=view,
        kept=miss_cluster.kept((), view),
        page=page,
        listed=_listed(services, page.rows),
        size=_PAGE,
        filters=MissFilter,
        sorts=MissSort,
        undo=undo if undo in services.bulk.undoable([undo]) else None,
    )


def _listed(services: Services, rows: Sequence[MissRow]) -> Sequence[_Listed]:
    """The rows with the items that were noted when each was asked the last time, by a member or after an edit."""
    base = services.current.snapshot.base
    rejected = services.usage.not_meant([row.first.key for row in rows])
    listed = []
    for row in rows:
        first = row.first
        is_near = first.is_complaint or first.score >= LIKELY
        item = base.by_id.get(first.item or "") if is_near else None
        if item and item.kind is Kind.SMALL_TALK:
            item = None
        listed.append(_Listed(row, item, first.item in rejected.get(first.key, ())))
    return listed


def _choose(visit: Visit) -> Response:
    """What is ticked, and what it means to do it: a page of its own, since it changes nothing yet."""
    if visit.query.get("do") in _LEADING:
        return _lead(visit)
    return _choice(visit, visit.query, HTTPStatus.OK, changed=False)


def _lead(visit: Visit) -> Response:
    """The item that what is ticked is led to, which is looked for; a refusal is written at once."""
    view, services, act = MissView.of(visit.query), visit.services, visit.query["do"]
    ticked = _ticked(visit.query) if act in view.acts else ()
    chosen = services.miss_table.chosen(view.query(services.clock), ticked)
    clusters = chosen.clusters
    if not 0 < len(clusters) <= CLUSTERS_AT_ONCE:
        return _choice(visit, visit.query, HTTPStatus.OK, changed=False)
    path = f"{PATH}/{clusters[0]}/{act}"
    kept = miss_cluster.kept(clusters[1:], view)
    if act == "refuse":
        return visit.redirect(path, **kept)
    words = visit.query.get("item", "")
    return visit.page(
        "miss-many.html",
        view=view,
        chosen=chosen,
        path=path,
        kept=kept,
        ticked=clusters,
        searched=words,
        found=miss_cluster.found(words or chosen.first[0].question, services.current.snapshot),
    )


def _act(visit: Visit) -> Response:
    view, act = MissView.of(visit.form), str(visit.form.get("do"))
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
    view, act, ticked = MissView.of(given), str(given.get("do")), _ticked(given)
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
        most=CLUSTERS_AT_ONCE,
    )


def _undo(visit: Visit) -> Response:
    count = visit.services.bulk.undo(number(visit.form.get("action")), visit.admin)
    view = MissView.of(visit.form)
    return visit.redirect(PATH, **view.address(done="misses-undo-gone" if count is None else "misses-undone"))


def _ticked(given: QueryParams | FormData) -> Sequence[int] | None:
    """The ids of the ticked clusters, of which one tick may mean several; None where all are meant that are listed."""
    if given.get("every"):
        return None
    return sorted({number(cluster) for tick in given.getlist("tick") for cluster in str(tick).split()} - {0})


PAGE = Page(
    path=PATH,
    label=texts.LABEL,
    shows={PATH: _show, CHOICE: _choose, CLUSTER: miss_cluster.show, TASK: miss_cluster.write},
    does={CHOICE: _act, "/misses/undo": _undo, f"{CLUSTER}/undo": miss_cluster.undo, TASK: miss_cluster.do},
)
