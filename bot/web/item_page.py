"""One item on the page: all that is known of it, what can be changed, and what was."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.responses import Response

from bot.conversation import cards
from bot.conversation.callbacks import Origin
from bot.conversation.forms import Admin, UnfitInputError
from bot.conversation.item_cards import ready_ways, related_to
from bot.conversation.member_replies import MemberReplies
from bot.conversation.reply import Reply, plain_text
from bot.curation.edits import Plan
from bot.curation.planning import AlreadyThereError
from bot.errors import EditRefusedError, Refusal
from bot.evaluation.overlap import Overlap
from bot.items import Item, KnowledgeBase
from bot.knowledge.models import ANSWER_LIMIT
from bot.store.records import Action, ActionKind, ActionState
from bot.texts.admins import OPINIONS, REFUSALS
from bot.texts.page import items as texts
from bot.web import edits
from bot.web.confirmation import Subject, asked, is_confirmed, refused
from bot.web.item_changes import TEXTS, text_of, wanted
from bot.web.visit import NotFoundError, Visit

_ASKED = 20
_ACTIONS = 20
_CITING = 3
"""Other items that are named for each source."""
_LONGEST = 4096
"""Characters of a text that is previewed."""


@dataclass(frozen=True, slots=True)
class Source:
    """A place that may be cited. ``others``: the first other items that cite it, of ``count``."""

    id: str
    place: str
    is_cited: bool
    others: Sequence[Item]
    count: int


@dataclass(frozen=True, slots=True)
class Entry:
    """An action of the history, in words, with diffs of the texts that it changed, in HTML of the chat's own making."""

    action: Action
    sentence: str
    changes: Sequence[str]
    is_undoable: bool


def show(visit: Visit) -> Response:
    """The page of an item. An answer that is being written is previewed."""
    services = visit.services
    snapshot = services.current.snapshot
    item = _item(visit)
    written = visit.query.get("text", item.answer)[:_LONGEST]
    reply = _preview(visit, replace(item, answer=written.strip() or item.answer))
    actions = services.history.of_item(item.id, _ACTIONS)
    return visit.page(
        "item.html",
        item=item,
        place=snapshot.knowledge.locations[item.id],
        written=written,
        limit=ANSWER_LIMIT,
        reply=plain_text(reply.text),
        buttons=[button.label for row in reply.rows[:-1] for button in row],
        overlaps={found.phrasing: found for found in _overlaps(visit, item)},
        ways=[(way, way) for way in ready_ways(item, snapshot.base)],
        sources=_sources(item, snapshot.base),
        related={other: snapshot.base.by_id[other].question for other in item.related},
        offered=[(other.id, other.question) for other in related_to(item, snapshot)],
        topics=list(snapshot.base.topics),
        asked=services.usage.asked(item.id, _ASKED),
        shown=services.usage.shown().get(item.id, 0),
        opinions={OPINIONS[opinion]: count for opinion, count in services.usage.opinions(item.id).items()},
        actions=[entry(visit, action, item=item.id) for action in actions],
        undo=visit.number("undo"),
        readers=visit.number("readers"),
    )


def change(visit: Visit) -> Response:
    """Make the change that a form asks for; first show what it does, if it costs something or overtakes somebody.

    So it is shown if members would be told of an answer: nobody has looked at it for their questions.
    """
    services, form = visit.services, visit.form
    base = services.current.snapshot.base
    item = base.by_id.get(visit.place["item"])
    if item is None:
        # What was written is not lost with the item that somebody has deleted.
        return refused(visit, Subject("", "/items", is_gone=True), REFUSALS[Refusal.ITEM_GONE])
    subject = Subject(item.question, f"/items/{item.id}")
    try:
        plan = services.edits.plan(wanted(form, item, base))
        is_deletion = plan.kind is ActionKind.ITEM_DELETED
        theirs = _theirs(visit, plan)
        waiting = edits.waiting(services, plan)
        is_risky = plan.impact.has_loss or is_deletion or waiting or theirs is not None
        if is_risky and not is_confirmed(visit, plan):
            return asked(visit, subject, plan, waiting, theirs)
        made = edits.apply(services, plan, visit.admin)
    except AlreadyThereError:
        return visit.redirect(f"/items/{item.id}", done="same")
    except UnfitInputError as error:
        return refused(visit, subject, str(error))
    except EditRefusedError as error:
        return refused(visit, subject, plain_text(cards.refusal(error).text))
    return after(visit, made, "deleted" if is_deletion else "edited", undo=made.action)


def after(visit: Visit, made: edits.MadeEdit, done: str, **query: object) -> Response:
    """The page of the item or the words that were edited, or of all items if it is gone, which says what was done."""
    told = {"readers": made.readers} if made.readers else {}
    is_there = made.item in visit.services.current.snapshot.base.by_id
    words = f"/items/words/{made.item}" if made.item in texts.WORDS_HEADS else "/items"
    return visit.redirect(f"/items/{made.item}" if is_there else words, done=done, **query, **told)


def correct(visit: Visit) -> Response:
    """Tell those who know an item's earlier answer of the new one, or tell nobody. ``answer``: what was shown."""
    item, corrections = _item(visit), visit.services.corrections
    offered = corrections.offer(item.id) if corrections else None
    path = f"/items/{item.id}"
    if corrections is None or offered is None:
        return visit.redirect(path, done="nobody")
    if text_of(visit.form, "answer") != "\n".join(item.answer.splitlines()):
        return visit.redirect(path, readers=offered.count)
    if text_of(visit.form, "act") == "tell":
        corrections.approve(item.id)
        return visit.redirect(path, done="told")
    corrections.skip(item.id)
    return visit.redirect(path, done="skipped")


def _item(visit: Visit) -> Item:
    item = visit.services.current.snapshot.base.by_id.get(visit.place["item"])
    if item is None:
        raise NotFoundError
    return item


def _overlaps(visit: Visit, item: Item) -> Sequence[Overlap]:
    snapshot = visit.services.current.snapshot
    number = snapshot.index.number(item.id)
    # What is told apart before matching meets nobody.
    return () if number is None else visit.services.overlaps.of_item(snapshot.index, number, snapshot.confidence)


def _preview(visit: Visit, item: Item) -> Reply:
    services = visit.services
    base = services.current.snapshot.base
    return MemberReplies(base, services.retention_days, clock=services.clock).items([item], Origin.DIRECT)


def _sources(item: Item, base: KnowledgeBase) -> Sequence[Source]:
    """All places, those that the item cites first."""
    citing: Mapping[str, list[Item]] = {source: [] for source in base.places}
    for other in base.items:
        if other is not item:
            for source in other.source:
                citing[source].append(other)
    found = [
        Source(source, place, source in item.source, citing[source][:_CITING], len(citing[source]))
        for source, place in base.places.items()
    ]
    return sorted(found, key=lambda source: not source.is_cited)


def entry(visit: Visit, action: Action, undoable: Collection[int] = (), item: str = "") -> Entry:
    """An action as the admin reads it; ``undoable``: the actions other than edits that can be taken back.

    With the id of an ``item`` only its changes are told.
    """
    past, reader = visit.services.past, visit.admin or 0
    is_edit = action.edit is not None and action.state is ActionState.DONE
    is_undoable = is_edit or action.id in undoable
    return Entry(action, past.sentence(action, Admin(reader, reader)), past.changes(action, item), is_undoable)


def _theirs(visit: Visit, plan: Plan) -> str | None:
    """What somebody else has written into a field since its page was opened; None if nobody has."""
    field, seen = text_of(visit.form, "field"), visit.form.get("seen")
    if field not in TEXTS or not isinstance(seen, str):
        return None
    present = str(getattr(plan.before.base.by_id[plan.item], field))
    return None if text_of(visit.form, "seen") == "\n".join(present.splitlines()) else present
