"""What admins read and press."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from bot.conversation.forms import Draft
from bot.conversation.replies import Button, Reply, Rows, item_key, topic_key
from bot.curation.edits import Plan
from bot.errors import Fault
from bot.evaluation.impact import Effect, Impact, Outcome
from bot.items import Item, Kind, KnowledgeBase
from bot.knowledge.edit import AddItem, AddOther, AddPhrasings, SetAnswer, item_yaml, phrasing_yaml
from bot.matching import Candidate
from bot.snapshot import Snapshot
from bot.store.records import Action, ActionKind, ActionState, Answered, Cluster, Opinion
from bot.texts import admins as admins_texts
from bot.texts import members as members_texts

COUNTED = 999
"""So many cards are counted; beyond that it is enough to know that there are more."""
_WORDINGS = 5
_SHOWN = 5
"""Questions that are shown of each kind of effect."""
_FAULTS = 10
_TELLING = 60
HISTORY_PAGE = 8


class Press(StrEnum):
    """What an admin's button asks for: the second part of its callback data, after ``PREFIX``."""

    CARD = "m"
    """A place in the list, counted from 0."""
    PHRASING = "p"
    """A cluster; an item's key."""
    NEW = "n"
    """A cluster."""
    NOT_COVERED = "o"
    """A cluster."""
    REFUSE = "r"
    """A cluster: with the answer that is offered."""
    REFUSE_OWN = "w"
    """A cluster: with an answer of one's own."""
    IGNORE = "i"
    """A cluster."""
    ANSWER = "a"
    """An item; a cluster, 0 for none."""
    WORDS = "e"
    """An item."""
    ITEM = "it"
    """An item."""
    SOURCE = "s"
    """A place's key, ``done`` or ``other``; whose draft it is."""
    TOPIC = "t"
    """A topic's key; whose draft it is."""
    CONFIRM = "c"
    """A plan's digest; whose draft it is."""
    CANCEL = "x"
    """Whose draft it is."""
    DELETE = "d"
    """A cluster; a word that confirms it."""
    CARE = "k"
    """A cluster that was ignored."""
    SHOW = "z"
    """A cluster."""
    UNDO = "u"
    """An action."""
    AGAIN = "g"
    """An action; a plan's digest when it is confirmed."""
    HISTORY = "h"
    """How many are passed over."""
    TO_JUDGE = "q"
    """How many are left."""
    JUDGE = "j"
    """An answered question's key; y, n; how many are left."""


CONFIRMED = "yes"
PREFIX = "x"
"""The first part of the callback data of every admin's button."""


def press(kind: Press, *parts: object) -> str:
    """A button's callback data."""
    return ":".join(map(str, (PREFIX, kind, *parts)))


def button(label: str, kind: Press, *parts: object) -> Button:
    """A button."""
    return Button(label, press(kind, *parts))


def cancel_row(owner: int) -> tuple[Button, ...]:
    """The way out of what an admin is writing; in a group it is theirs alone, like all buttons of a draft."""
    return (button(admins_texts.BUTTON_CANCEL, Press.CANCEL, owner),)


def next_card(place: int = 0) -> Button:
    """The way to the card that stands in this place now."""
    return button(admins_texts.BUTTON_NEXT, Press.CARD, place)


def card(  # noqa: PLR0913, PLR0917 - all that stands on it
    cluster: Cluster,
    place: int,
    count: int,
    nearest: Sequence[Candidate],
    complained: Item | None,
    opinions: Mapping[Opinion, int],
    not_meant: Sequence[Item],
) -> Reply:
    """A cluster of misses.

    ``nearest``: at most three items; ``complained``: the item whose answer was not good, with what was said of it;
    ``not_meant``: what was suggested in vain.
    """
    first, *others = cluster.questions
    total = admins_texts.CARD_MORE.format(most=count) if count >= COUNTED else count
    head = admins_texts.CARD_HEAD if cluster.days <= 1 else admins_texts.CARD_HEAD_DAYS
    head = admins_texts.CARD_COMPLAINTS if complained else head
    last = admins_texts.CARD_DAY.format(day=first.last_asked.astimezone())
    lines = [head.format(place=place + 1, count=total, asked=cluster.asked, days=cluster.days, last=last)]
    if cluster.waiting:
        lines.append(admins_texts.CARD_WAITING.format(count=cluster.waiting))
    lines += ["", admins_texts.CARD_QUESTION.format(question=first.question)]
    if others:
        lines.append(admins_texts.CARD_WORDINGS)
        shown = ((_short(one.question), one.count) for one in others[:_WORDINGS])
        lines += (admins_texts.CARD_WORDING.format(question=question, count=times) for question, times in shown)
    if complained:
        said = "，".join(
            admins_texts.CARD_OPINION.format(opinion=admins_texts.OPINIONS[name], count=times)
            for name, times in opinions.items()
        )
        lines += [
            "",
            admins_texts.CARD_COMPLAINT.format(question=complained.question, opinions=said),
            admins_texts.CARD_ANSWER.format(answer=complained.answer),
        ]
    if not_meant:
        lines += ["", admins_texts.CARD_SHOWN, *(f"· {item.question}" for item in not_meant)]
    if nearest:
        lines += ["", admins_texts.CARD_NEAREST]
    rows: list[tuple[Button, ...]] = []
    for number, one in enumerate(nearest, start=1):
        item = one.item
        lines.append(admins_texts.CARD_NEAR.format(number=number, question=item.question, score=one.score))
        label = admins_texts.BUTTON_PHRASING.format(number=number, question=item.question)
        rows.append((button(label, Press.PHRASING, cluster.id, item_key(item.id)),))
    if complained:
        rows.insert(0, (button(admins_texts.BUTTON_ANSWER, Press.ANSWER, complained.id, cluster.id),))
    rows += [
        (
            button(admins_texts.BUTTON_NEW, Press.NEW, cluster.id),
            button(admins_texts.BUTTON_NOT_COVERED, Press.NOT_COVERED, cluster.id),
            button(admins_texts.BUTTON_IGNORE, Press.IGNORE, cluster.id),
            button(admins_texts.BUTTON_DELETE, Press.DELETE, cluster.id),
        ),
        *pager(place, count),
    ]
    return Reply("\n".join(lines), tuple(rows))


def deletion(cluster: Cluster, place: int) -> Reply:
    """Whether what was asked is to be deleted for good, as whoever asked may want."""
    questions = "\n".join(f"· {_short(one.question)}" for one in cluster.questions[:_FAULTS])
    text = admins_texts.DELETE.format(count=len(cluster.questions), questions=questions)
    row = (
        button(admins_texts.BUTTON_DELETE_ALL, Press.DELETE, cluster.id, CONFIRMED),
        button(members_texts.BACK, Press.CARD, place),
    )
    return Reply(text, (row,))


def pager(place: int, count: int) -> Rows:
    """The way to the cards before and after."""
    turns = []
    if place:
        turns.append(button(admins_texts.CARD_PREVIOUS, Press.CARD, place - 1))
    if place + 1 < count:
        turns.append(button(admins_texts.CARD_NEXT, Press.CARD, place + 1))
    return (tuple(turns),) if turns else ()


def not_covered(cluster: Cluster, nearest: Iterable[Item], place: int = 0) -> Reply:
    """How to say that the speech does not say it."""
    items = list(nearest)
    question = cluster.questions[0].question
    lines = [admins_texts.NOT_COVERED_CHOICE.format(question=question, answer=admins_texts.NOT_COVERED_ANSWER)]
    for number, item in enumerate(items, start=1):
        lines.append(admins_texts.NOT_COVERED_NEAR.format(number=number, question=item.question, answer=item.answer))
    rows = [
        (
            button(
                admins_texts.BUTTON_PHRASING.format(number=number, question=item.question),
                Press.PHRASING,
                cluster.id,
                item_key(item.id),
            ),
        )
        for number, item in enumerate(items, start=1)
    ]
    new = (
        button(admins_texts.BUTTON_DEFAULT, Press.REFUSE, cluster.id),
        button(admins_texts.BUTTON_OWN, Press.REFUSE_OWN, cluster.id),
    )
    return Reply("\n".join(lines), (*rows, new, (button(members_texts.BACK, Press.CARD, place),)))


def item_card(item: Item, snapshot: Snapshot) -> Reply:
    """An item, to be changed."""
    places = members_texts.PLACES_JOINT.join(snapshot.base.places[source] for source in item.source)
    text = admins_texts.ITEM_CARD.format(
        question=item.question,
        item=item.id,
        answer=item.answer,
        places=places or admins_texts.ITEM_CARD_NO_PLACES,
        place=snapshot.knowledge.locations[item.id],
        count=len(list(item.all_phrasings())),
    )
    row = (
        button(admins_texts.BUTTON_ANSWER, Press.ANSWER, item.id, 0),
        button(admins_texts.BUTTON_WORDS, Press.WORDS, item.id),
    )
    return Reply(text, (row,))


def item_choices(items: Iterable[Item]) -> Reply:
    """Items to choose from."""
    rows = tuple((button(item.question, Press.ITEM, item.id),) for item in items)
    return Reply(admins_texts.EDIT_CHOICES if rows else admins_texts.EDIT_NOTHING, rows)


def help_for_admins() -> Reply:
    """The members' help, and what admins can do besides."""
    rows = (
        admins_texts.ADMIN_HELP_ROW.format(name=name, text=text) for name, text in admins_texts.ADMIN_COMMANDS.items()
    )
    return Reply("\n\n".join((members_texts.HELP, admins_texts.ADMIN_HELP.format(commands="\n".join(rows)))))


def sources(draft: Draft, base: KnowledgeBase, owner: int) -> Reply:
    """Where an answer comes from: several may be chosen."""
    rows = [
        (button(_marked(place, key in draft.sources), Press.SOURCE, item_key(key), owner),)
        for key, place in base.places.items()
    ]
    other = _marked(draft.other, chosen=True) if draft.other else admins_texts.BUTTON_OTHER
    rows_below: Rows = (
        (button(other, Press.SOURCE, "other", owner),),
        (button(admins_texts.BUTTON_DONE, Press.SOURCE, "done", owner), *cancel_row(owner)),
    )
    text = admins_texts.ASK_SOURCES.format(answer=draft.answer, done=admins_texts.BUTTON_DONE)
    return Reply(text, (*rows, *rows_below))


def topics(base: KnowledgeBase, owner: int) -> Reply:
    """Where a new item goes."""
    rows = ((button(topic, Press.TOPIC, topic_key(topic), owner),) for topic in base.topics)
    return Reply(admins_texts.ASK_TOPIC, (*rows, cancel_row(owner)))


def preview(plan: Plan) -> str:
    """What is about to be changed."""
    base = plan.after.base
    item = base.by_id[plan.item]
    match plan.edits[-1].change:
        case AddPhrasings(phrasings=phrasings):
            words = "\n".join(f"· {one}" for one in phrasings)
            return admins_texts.PREVIEW_PHRASINGS.format(question=item.question, words=words)
        case AddItem() if item.kind is Kind.NOT_COVERED:
            return admins_texts.PREVIEW_REFUSAL.format(question=item.question, answer=item.answer)
        case AddItem():
            places = members_texts.PLACES_JOINT.join(base.places[source] for source in item.source)
            return admins_texts.PREVIEW_ITEM.format(
                topic=item.topic, question=item.question, answer=item.answer, places=places
            )
        case _:
            return admins_texts.PREVIEW_ANSWER.format(question=item.question, answer=item.answer)


def edited(plan: Plan) -> str:
    """What was changed, in a line."""
    change = plan.edits[-1].change
    words = "；".join(change.phrasings) if isinstance(change, AddPhrasings) else ""
    question = plan.after.base.by_id[plan.item].question
    return admins_texts.EDITED.format(what=admins_texts.EDITED_WHAT[plan.kind].format(question=question, words=words))


def impact_lines(impact: Impact, base: KnowledgeBase, most: int = _SHOWN) -> Iterator[str]:
    """What a change does to other questions; at most so many of each kind are shown."""
    heads = (*((one, False) for one in admins_texts.IMPACT_NAMES), *((one, True) for one in admins_texts.IMPACT_NEAR))
    for outcome, held_out in heads:
        effects = [one for one in impact.of(Outcome(outcome)) if one.held_out is held_out]
        if effects:
            names = admins_texts.IMPACT_NEAR if held_out else admins_texts.IMPACT_NAMES
            yield names[outcome].format(count=len(effects))
            yield from (_effect(one, base) for one in effects[:most])
            if len(effects) > most:
                yield admins_texts.IMPACT_MORE.format(count=len(effects) - most)
    if not impact.effects:
        yield admins_texts.IMPACT_NONE.format(count=impact.replayed)
    if impact.left_out:
        yield admins_texts.IMPACT_CUT.format(count=impact.replayed, left=impact.left_out)


def to_paste(plan: Plan, reason: str) -> str:
    """What an admin can write into the file by hand, where the bot may not."""
    parts = [reason, admins_texts.EDIT_READ_ONLY]
    for edit in plan.edits:
        match edit.change:
            case AddPhrasings(item=item, phrasings=phrasings):
                where, yaml = admins_texts.PASTE_PHRASINGS.format(item=item), "".join(map(phrasing_yaml, phrasings))
            case SetAnswer(item=item):
                where, yaml = admins_texts.PASTE_ANSWER.format(item=item), edit.splice.inserted
            case AddItem() if edit.before is None:
                where, yaml = admins_texts.PASTE_FILE, edit.splice.inserted
            case AddItem(entry=entry):
                where, yaml = admins_texts.PASTE_ITEM, item_yaml(entry)
            case AddOther():
                where, yaml = admins_texts.PASTE_OTHER, edit.splice.inserted
        parts.append(admins_texts.PASTE.format(file=edit.file, where=where, yaml=yaml.strip("\n")))
    return "\n".join(parts)


def history(actions: Sequence[Action], start: int, base: KnowledgeBase) -> Reply:
    """What was done, a page of it; edits can be undone."""
    shown = actions[:HISTORY_PAGE]
    if not shown:
        return Reply(admins_texts.HISTORY_NONE)
    lines = [admins_texts.HISTORY_HEAD, *(history_row(one, base) for one in shown)]
    undo = tuple(
        (button(admins_texts.HISTORY_UNDO.format(id=one.id), Press.UNDO, one.id),)
        if one.edit
        else (button(admins_texts.HISTORY_CARE.format(id=one.id), Press.CARE, one.detail),)
        for one in shown
        if (one.edit and one.state is ActionState.DONE) or one.kind is ActionKind.IGNORE
    )
    turns = []
    if start:
        turns.append(button(admins_texts.HISTORY_NEWER, Press.HISTORY, max(0, start - HISTORY_PAGE)))
    if len(actions) > HISTORY_PAGE:
        turns.append(button(admins_texts.HISTORY_OLDER, Press.HISTORY, start + HISTORY_PAGE))
    return Reply("\n".join(lines), (*undo, *((tuple(turns),) if turns else ())))


def history_row(action: Action, base: KnowledgeBase) -> str:
    """One action in a line."""
    states = {ActionState.UNDONE: admins_texts.HISTORY_UNDONE, ActionState.VOID: admins_texts.HISTORY_VOID}
    who = admins_texts.HISTORY_COMMAND_LINE
    if action.admin is not None:
        who = admins_texts.HISTORY_WHO.format(admin=action.admin)
    return admins_texts.HISTORY_ROW.format(
        id=action.id,
        time=action.at.astimezone().strftime("%m-%d %H:%M"),
        who=who,
        what=action_words(action, base),
        state=states.get(action.state, ""),
    )


def action_words(action: Action, base: KnowledgeBase) -> str:
    """What was done; an item is called by its question, as long as there is one."""
    item = base.by_id.get(action.item or "")
    return admins_texts.HISTORY_KINDS[action.kind].format(detail=item.question if item else action.detail)


def faults(found: Sequence[Fault]) -> str:
    """What is wrong with the knowledge, each with file, line and fix."""
    lines = [str(fault) for fault in found[:_FAULTS]]
    if len(found) > _FAULTS:
        lines.append(admins_texts.RELOAD_MORE.format(count=len(found) - _FAULTS))
    return admins_texts.RELOAD_FAULTY.format(count=len(found), faults="\n".join(lines))


def loaded(snapshot: Snapshot) -> str:
    """What is answered from."""
    kinds = [item.kind for item in snapshot.base.items]
    return admins_texts.RELOADED.format(
        answers=kinds.count(Kind.ANSWER),
        not_covered=kinds.count(Kind.NOT_COVERED),
        phrasings=sum(len(list(item.all_phrasings())) for item in snapshot.base.items),
    )


def mend_row(item: Item) -> tuple[Button, ...]:
    """The way to an answer that was judged wrong."""
    return (button(admins_texts.JUDGE_MEND, Press.ANSWER, item.id, 0),)


def judge_card(answered: Answered, item: Item, left: int) -> Reply:
    """An answer to judge; ``left``: how many there are with it."""
    text = admins_texts.JUDGE_CARD.format(question=answered.question, answer=item.answer, left=left)
    key = answered_key(answered)
    row = (
        button(admins_texts.BUTTON_RIGHT, Press.JUDGE, key, "y", left),
        button(admins_texts.BUTTON_WRONG, Press.JUDGE, key, "n", left),
    )
    return Reply(text, (row,))


def answered_key(answered: Answered) -> str:
    """What buttons call an answered question."""
    return item_key(f"{answered.key} {answered.item}")


def _marked(label: str, chosen: bool) -> str:  # noqa: FBT001 - it is what the label shows
    return admins_texts.CHOSEN_MARK.format(label=label) if chosen else label


def _short(text: str) -> str:
    """As much of a text as tells which one it is."""
    return text if len(text) <= _TELLING else f"{text[: _TELLING - 1]}…"


def _effect(effect: Effect, base: KnowledgeBase) -> str:
    if effect.before == effect.after or effect.outcome is Outcome.ANSWERED:
        return admins_texts.IMPACT_LINE.format(question=_short(effect.question))
    return admins_texts.IMPACT_MOVED.format(
        question=_short(effect.question), before=_name(effect.before, base), after=_name(effect.after, base)
    )


def _name(item_id: str | None, base: KnowledgeBase) -> str:
    if item_id is None:
        return admins_texts.IMPACT_NO_ITEM
    return base.by_id[item_id].question if item_id in base.by_id else item_id
