"""One cluster of misses: what was asked, the items that may answer it, and the edits that come of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from itertools import chain

from starlette.datastructures import FormData, QueryParams
from starlette.responses import Response

from bot.conversation import cards
from bot.conversation.editing import (
    PHRASING_LIMIT,
    PHRASINGS_AT_ONCE,
    QUESTION_LIMIT,
    TOPIC_LIMIT,
    fitting_phrasings,
    phrasings_of_many,
)
from bot.conversation.history import edit_words, moment, state_words
from bot.conversation.miss_list import CLUSTERS_AT_ONCE
from bot.conversation.reply import plain_text
from bot.curation.edits import Plan
from bot.curation.item_search import FoundItem, find, nearest
from bot.curation.planning import AlreadyThereError
from bot.errors import EditRefusedError
from bot.items import Item, Kind
from bot.knowledge import fingerprint
from bot.knowledge.edit import AddItem, Change, ChangeTexts
from bot.knowledge.models import ANSWER_LIMIT, NEGATIVE_LIMIT
from bot.masking import is_masked
from bot.snapshot import Snapshot
from bot.store.records import ActionKind, ActionState, Cluster, MissedQuestion, State
from bot.texts.admins import NOT_COVERED_ANSWER, NOT_COVERED_TOPIC
from bot.texts.page import frame
from bot.texts.page import miss_cluster as texts
from bot.web.edits import waiting, waiting_for
from bot.web.miss_view import MissView
from bot.web.services import Services
from bot.web.visit import NotFoundError, Visit, number

_MISSES_SHOWN, _FOUND = 20, 10
_NEAREST = {Kind.ANSWER: 3, Kind.NOT_COVERED: 2}
"""The kinds of items that a miss may be led to, and how many of each are offered first."""
_COVERED = "covered"
"""What a confirmation carries in place of a digest where the knowledge is as wanted."""
_CHANGES_SHOWN = 5
_UNDOABLE = frozenset({ActionKind.PHRASINGS, ActionKind.ITEM, ActionKind.NEGATIVES})


class _Task(StrEnum):
    """What can be done to a cluster; the values are parts of addresses."""

    ADD = "add"
    NEVER = "never"
    NEW = "new"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """What an admin has written so far. ``lines``: phrasings, or negatives for ``NEVER``."""

    task: _Task
    item: str = ""
    question: str = ""
    answer: str = ""
    topic: str = ""
    document: str = ""
    sources: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()

    @classmethod
    def of(cls, task: _Task, given: QueryParams | FormData) -> "_Draft":
        """As it was typed; line breaks of forms become those of files."""

        def text(name: str) -> str:
            return str(given.get(name, "")).replace("\r\n", "\n").strip()

        lines = (" ".join(line.split()) for line in text("lines").split("\n"))
        return cls(
            task=task,
            item=text("item"),
            question=" ".join(text("question").split()),
            answer="\n".join(line.rstrip() for line in text("answer").split("\n")),
            topic=" ".join(text("topic").split()),
            document=" ".join(text("document").split()),
            sources=tuple(map(str, given.getlist("source"))),
            lines=tuple(dict.fromkeys(line for line in lines if line)),
        )

    @property
    def is_item(self) -> bool:
        return self.task in {_Task.NEW, _Task.REFUSE}

    def faults(self) -> Sequence[str]:
        """What is missing or does not fit, in words."""
        longest = NEGATIVE_LIMIT if self.task is _Task.NEVER else PHRASING_LIMIT
        found = [texts.LINE_TOO_LONG.format(text=line, limit=longest) for line in self.lines if len(line) > longest]
        found += [texts.MASKED.format(text=line) for line in (self.question, *self.lines) if is_masked(line)]
        wanted: dict[str, object] = {texts.NO_QUESTION: self.question, texts.NO_ANSWER: self.answer}
        if not self.is_item:
            wanted = {texts.NO_LINES: self.lines}
        if self.task is _Task.NEW:
            wanted |= {texts.NO_TOPIC: self.topic, texts.NO_SOURCE: self.sources or self.document}
        limits = (
            (texts.QUESTION, self.question, QUESTION_LIMIT),
            (texts.ANSWER, self.answer, ANSWER_LIMIT),
            (texts.TOPIC, self.topic, TOPIC_LIMIT),
            (texts.DOCUMENT, self.document, QUESTION_LIMIT),
        )
        found += [texts.TOO_LONG.format(name=name, limit=most) for name, text, most in limits if len(text) > most]
        found += [texts.TOO_MANY_LINES.format(limit=PHRASINGS_AT_ONCE)] if len(self.lines) > PHRASINGS_AT_ONCE else []
        return [*found, *(words for words, text in wanted.items() if not text)]

    def change(self) -> Change:
        if not self.is_item:
            return ChangeTexts(self.item, "phrasings" if self.task is _Task.ADD else "negatives", self.lines)
        kind, topic = (Kind.ANSWER, self.topic) if self.task is _Task.NEW else (Kind.NOT_COVERED, NOT_COVERED_TOPIC)
        phrasings = tuple(line for line in self.lines if line != self.question)
        item = Item("", topic, self.question, self.answer, kind, phrasings, source=self.sources)
        return AddItem(item, document=self.document)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """A draft, planned on the knowledge as it is now: a plan, an item that is as wanted, or why it can't be made.

    ``files``: what names the knowledge on which it was tried.
    """

    files: str
    plan: Plan | None = None
    covered: str = ""
    refused: Sequence[str] = ()

    @property
    def digest(self) -> str:
        """What a confirmation must carry; empty where there is nothing to confirm."""
        return self.plan.digest if self.plan else (_COVERED if self.covered else "")

    @property
    def impact(self) -> Sequence[str]:
        return list(cards.impact_lines(self.plan.impact, self.plan.after.base)) if self.plan else ()


def show(visit: Visit) -> Response:
    """The page of a cluster."""
    services, cluster_id = visit.services, _cluster_id(visit)
    cluster, misses = services.clusters.cluster(cluster_id), services.miss_table.misses(cluster_id)
    base = services.current.snapshot.base
    first, view = misses[0] if misses else None, _view(visit)
    others = [other for other in services.clusters.ranked(2) if other != cluster_id]
    return visit.page(
        "miss-cluster.html",
        cluster=cluster,
        misses=[(missed, state_words(missed, base)) for missed in misses],
        first=first,
        complained=base.by_id.get(first.item or "") if first and first.is_complaint else None,
        near=_near(first, services) if first else (),
        found=found(visit.query.get("item", ""), services.current.snapshot),
        searched=visit.query.get("item", ""),
        not_meant=services.usage.not_meant([first.key]).get(first.key, ()) if first else (),
        is_ignored=first is not None and first.state is State.IGNORED,
        following=others[0] if others else None,
        undo=_undoable(visit),
        view=view,
        kept=kept((), view),
    )


def kept(others: Sequence[int], view: MissView) -> dict[str, str]:
    """What the addresses of a cluster carry on: other clusters that the same is done to, and the table behind it."""
    also, back = " ".join(map(str, others)), view.here
    return {name: value for name, value in (("also", also), ("list", back)) if value}


def _given(visit: Visit, name: str) -> str:
    return str(visit.form.get(name, "")) or visit.query.get(name, "")


def _view(visit: Visit) -> MissView:
    return MissView.back(_given(visit, "list"))


def _clusters(visit: Visit) -> Sequence[Cluster]:
    """The cluster of the address, and others that the same is done to."""
    others = [number(other) for other in _given(visit, "also").split()[: CLUSTERS_AT_ONCE - 1]]
    return [visit.services.clusters.cluster(cluster) for cluster in dict.fromkeys((_cluster_id(visit), *others))]


def _open(clusters: Sequence[Cluster]) -> int:
    """How many of them still hold an open miss."""
    return sum(bool(cluster.questions) for cluster in clusters)


def _near(first: MissedQuestion, services: Services) -> Sequence[FoundItem]:
    """The nearest answers and the nearest refusals, the likeliest first; answers first where they are equal."""
    near = nearest(first.question, _NEAREST, services.current.snapshot)
    first_of_kind = chain.from_iterable(
        [candidate for candidate in near if candidate.item.kind is kind][:most] for kind, most in _NEAREST.items()
    )
    by_score = sorted(first_of_kind, key=lambda candidate: -candidate.score)
    return [FoundItem(candidate.item, candidate.score) for candidate in by_score]


def found(words: str, snapshot: Snapshot) -> Sequence[FoundItem]:
    """The items that a miss may be led to, by these words, the likeliest first."""
    return find(words[:QUESTION_LIMIT], snapshot, _NEAREST)[:_FOUND]


def _undoable(visit: Visit) -> int | None:
    action = visit.services.history.action(visit.number("undo"))
    is_edit = action is not None and action.kind in _UNDOABLE and action.edit and action.state is ActionState.DONE
    return action.id if action and is_edit else None


def write(visit: Visit) -> Response:
    """The form of a task, tried as it is filled in so far."""
    return _written(visit, _draft(visit), HTTPStatus.OK)


def do(visit: Visit) -> Response:
    """Make the edit if it was confirmed as it is now planned; else show what it would do now."""
    services, clusters = visit.services, _clusters(visit)
    draft = _Draft.of(_task(visit), visit.form)
    trial = _tried(draft, services)
    ids, view = [cluster.id for cluster in clusters], _view(visit)
    path, carried = f"/misses/{ids[0]}", kept((), view)
    if _is_overtaken(visit, clusters) or not trial.digest or visit.form.get("digest") != trial.digest:
        return _written(visit, draft, HTTPStatus.CONFLICT, trial)
    handling = services.handling
    try:
        if trial.plan is None:
            if draft.task is _Task.ADD:
                handling.lead_covered(ids, trial.covered, visit.admin)
            return visit.redirect(path, done="miss-covered", **carried)
        if draft.task is _Task.NEVER:
            action = handling.keep_away(ids[0], trial.plan, visit.admin)
        else:
            action = handling.lead(ids, trial.plan, visit.admin)
    except EditRefusedError as error:
        refused = _Trial(files=trial.files, refused=_why(error))
        return _written(visit, draft, HTTPStatus.CONFLICT, refused)
    return visit.redirect(path, done=f"miss-{draft.task}", undo=action, **carried)


def _is_overtaken(visit: Visit, clusters: Sequence[Cluster]) -> bool:
    """Whether somebody else has handled one of them since the form was shown."""
    return _open(clusters) < number(visit.form.get("open"))


def undo(visit: Visit) -> Response:
    """Take back the edit that was made here."""
    cluster = _cluster_id(visit)
    action = visit.services.history.action(number(visit.form.get("action")))
    if action is None or action.kind not in _UNDOABLE:
        raise NotFoundError
    try:
        visit.services.handling.undo(action.id, visit.admin)
    except EditRefusedError:
        return visit.redirect(f"/misses/{cluster}", done="miss-undo-refused", **kept((), _view(visit)))
    return visit.redirect(f"/misses/{cluster}", done="miss-undone", **kept((), _view(visit)))


def _cluster_id(visit: Visit) -> int:
    return number(visit.place["cluster"])


def _task(visit: Visit) -> _Task:
    if visit.place["task"] not in set(_Task):
        raise NotFoundError
    return _Task(visit.place["task"])


def _draft(visit: Visit) -> _Draft:
    """What the address holds; what the cluster proposes where nothing is written yet."""
    task = _task(visit)
    if "lines" in visit.query:
        return _Draft.of(task, visit.query)
    services, item = visit.services, visit.query.get("item", "")
    clusters, base = _clusters(visit), services.current.snapshot.base
    if len(clusters) == 1:
        fit, _ = fitting_phrasings(clusters[0].questions, item, base)
    else:
        fit = phrasings_of_many(clusters, item, base)
    if task in {_Task.ADD, _Task.NEVER}:
        return _Draft(task=task, item=item, lines=tuple(fit))
    near = nearest(fit[0], {Kind.ANSWER}, services.current.snapshot)[:1] if fit and task is _Task.NEW else ()
    return _Draft(
        task=task,
        question=fit[0] if fit else "",
        answer=NOT_COVERED_ANSWER if task is _Task.REFUSE else "",
        topic=near[0].item.topic if near else "",
        lines=tuple(fit[1:]),
    )


def _tried(draft: _Draft, services: Services) -> _Trial:
    files = fingerprint(services.current.snapshot.files)
    faults = draft.faults()
    if faults:
        return _Trial(files=files, refused=faults)
    try:
        plan = services.edits.plan(draft.change())
    except AlreadyThereError as error:
        return _Trial(files=files, covered=error.item)
    except EditRefusedError as error:
        return _Trial(files=files, refused=_why(error))
    return _Trial(files=fingerprint(plan.before.files), plan=plan)


def _why(error: EditRefusedError) -> Sequence[str]:
    return plain_text(cards.refusal(error).text).splitlines()


def _written(visit: Visit, draft: _Draft, status: HTTPStatus, trial: _Trial | None = None) -> Response:
    services, clusters, view = visit.services, _clusters(visit), _view(visit)
    trial = trial or _tried(draft, services)
    base = services.current.snapshot.base
    handled = [missed for cluster in clusters for missed in services.miss_table.misses(cluster.id)[:_MISSES_SHOWN]]
    before = visit.form.get("files") or visit.query.get("files") or trial.files
    return visit.page(
        "miss-edit.html",
        status,
        cluster=clusters[0],
        count=len(clusters),
        waiting=_waiting(draft, trial, clusters, services),
        open=_open(clusters),
        kept=kept([cluster.id for cluster in clusters[1:]], view),
        back=kept((), view),
        view=view,
        draft=draft,
        trial=trial,
        item=base.by_id.get(draft.item),
        places=base.places,
        topics=base.topics,
        limits={"question": QUESTION_LIMIT, "answer": ANSWER_LIMIT, "topic": TOPIC_LIMIT},
        is_posted=status is HTTPStatus.CONFLICT,
        is_overtaken=_is_overtaken(visit, clusters),
        changes=_changes(visit) if before != trial.files else None,
        misses=[(missed, state_words(missed, base)) for missed in handled[:_MISSES_SHOWN]],
    )


def _waiting(draft: _Draft, trial: _Trial, clusters: Sequence[Cluster], services: Services) -> int:
    """How many members would be told of an answer."""
    # What is kept from an item is led to none.
    missed = () if draft.task is _Task.NEVER else services.clusters.open_misses([cluster.id for cluster in clusters])
    led = {miss.id for miss in missed}
    if trial.plan:
        return waiting(services, trial.plan, led)
    return waiting_for(services, trial.covered, led) if trial.covered else 0


def _changes(visit: Visit) -> Sequence[str]:
    """The latest edits of others, in words; what an editor has changed is in none of them."""
    services = visit.services
    base, edits = services.current.snapshot.base, services.history.edits(_CHANGES_SHOWN)
    return [
        texts.CHANGE.format(
            when=moment(edit.at, services.clock),
            who=frame.LOCAL if edit.admin is None else frame.ADMIN.format(admin=edit.admin),
            what=edit_words(edit, base),
        )
        for edit in edits
        if edit.admin != visit.admin
    ]
