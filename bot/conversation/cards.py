"""What admins read and press."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import assert_never

from bot.conversation import callbacks
from bot.conversation.forms import Form
from bot.conversation.member_replies import places
from bot.conversation.reply import Button, Reply, Rows, row, short_key
from bot.curation import reload
from bot.curation.digest import Report, interval
from bot.curation.edits import Plan
from bot.curation.planning import subject
from bot.errors import EditRefusedError, Fault
from bot.evaluation.impact import Effect, Impact, Outcome
from bot.items import Item, Kind, KnowledgeBase
from bot.knowledge.edit import AddItem, AddPhrasings, AddSource, ByHandError, SetAnswer
from bot.matching import Candidate
from bot.snapshot import Snapshot
from bot.store.records import Action, ActionKind, ActionState, Answered, Cluster, MissedQuestion, Opinion
from bot.texts import admins as texts
from bot.texts.members import BACK, HELP

COUNTED = 999
"""So many cards are counted; beyond that it is enough to know that there are more."""
_WORDINGS = 5
_SHOWN = 5
"""Questions that are shown of each kind of effect."""
_FAULTS = 10
_TELLING = 60
HISTORY_PAGE = 8
_PREVIEWS = {
    ActionKind.PHRASINGS: texts.PREVIEW_PHRASINGS,
    ActionKind.ANSWER: texts.PREVIEW_ANSWER,
    ActionKind.ITEM: texts.PREVIEW_ITEM,
}
_PASTED = {
    AddPhrasings: texts.PASTE_PHRASINGS,
    SetAnswer: texts.PASTE_ANSWER,
    AddItem: texts.PASTE_ITEM,
    AddSource: texts.PASTE_OTHER,
}


def cancel(owner: int) -> Button:
    """The way out of what an admin is writing; in a group it is theirs alone, like all buttons of a form."""
    return Button(texts.BUTTON_CANCEL, callbacks.CancelForm(owner))


def next_card(place: int = 0) -> Button:
    """The way to the card that stands in this place now."""
    return Button(texts.BUTTON_NEXT, callbacks.ShowCard(place))


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
    head = texts.CARD_HEAD if cluster.days <= 1 else texts.CARD_HEAD_DAYS
    lines = [
        (texts.CARD_COMPLAINTS if complained else head).format(
            place=place + 1,
            count=texts.CARD_MORE.format(most=count) if count >= COUNTED else count,
            cluster=cluster,
            last=first.last_asked.astimezone(),
        )
    ]
    if cluster.waiting:
        lines.append(texts.CARD_WAITING.format(count=cluster.waiting))
    lines += ["", texts.CARD_QUESTION.format(question=first.question)]
    if others:
        lines.append(texts.CARD_WORDINGS)
        lines += (
            texts.CARD_WORDING.format(question=_short(missed.question), count=missed.count)
            for missed in others[:_WORDINGS]
        )
    if complained:
        said = "，".join(
            texts.CARD_OPINION.format(opinion=texts.OPINIONS[name], count=times) for name, times in opinions.items()
        )
        lines += [
            "",
            texts.CARD_COMPLAINT.format(question=complained.question, opinions=said),
            texts.CARD_ANSWER.format(answer=complained.answer),
        ]
    if not_meant:
        lines += ["", texts.CARD_SHOWN, *(f"· {item.question}" for item in not_meant)]
    if nearest:
        lines += ["", texts.CARD_NEAREST]
        lines += (
            texts.CARD_NEAR.format(number=number, question=candidate.item.question, score=candidate.score)
            for number, candidate in enumerate(nearest, start=1)
        )
    rows = (
        *row(Button(texts.BUTTON_ANSWER, callbacks.WriteAnswer(complained.id, cluster.id)) if complained else None),
        *_phrasing_rows(cluster, [candidate.item for candidate in nearest]),
        *row(
            Button(texts.BUTTON_NEW, callbacks.WriteItem(cluster.id)),
            Button(texts.BUTTON_NOT_COVERED, callbacks.ChooseRefusal(cluster.id)),
            Button(texts.BUTTON_IGNORE, callbacks.IgnoreCluster(cluster.id)),
            Button(texts.BUTTON_DELETE, callbacks.DeleteCluster(cluster.id)),
        ),
        *row(
            Button(texts.CARD_PREVIOUS, callbacks.ShowCard(place - 1)) if place else None,
            Button(texts.CARD_NEXT, callbacks.ShowCard(place + 1)) if place + 1 < count else None,
        ),
    )
    return Reply("\n".join(lines), rows)


def deletion(cluster: Cluster, place: int) -> Reply:
    """Whether what was asked is to be deleted for good, as whoever asked may want."""
    questions = "\n".join(f"· {_short(missed.question)}" for missed in cluster.questions[:_FAULTS])
    buttons = row(
        Button(texts.BUTTON_DELETE_ALL, callbacks.DeleteCluster(cluster.id, confirmed=True)),
        Button(BACK, callbacks.ShowCard(place)),
    )
    return Reply(texts.DELETE.format(count=len(cluster.questions), questions=questions), buttons)


def not_covered(cluster: Cluster, nearest: Sequence[Item], place: int = 0) -> Reply:
    """How to say that the speech does not say it."""
    question = cluster.questions[0].question
    lines = [texts.NOT_COVERED_CHOICE.format(question=question, answer=texts.NOT_COVERED_ANSWER)]
    lines += (
        texts.NOT_COVERED_NEAR.format(number=number, question=item.question, answer=item.answer)
        for number, item in enumerate(nearest, start=1)
    )
    new = row(
        Button(texts.BUTTON_DEFAULT, callbacks.WriteRefusal(cluster.id)),
        Button(texts.BUTTON_OWN, callbacks.WriteRefusal(cluster.id, own_words=True)),
    )
    back = row(Button(BACK, callbacks.ShowCard(place)))
    return Reply("\n".join(lines), (*_phrasing_rows(cluster, nearest), *new, *back))


def _phrasing_rows(cluster: Cluster, items: Sequence[Item]) -> Rows:
    """The buttons that make a cluster's questions phrasings of one of these items."""
    rows = []
    for number, item in enumerate(items, start=1):
        label = texts.BUTTON_PHRASING.format(number=number, question=item.question)
        rows.append((Button(label, callbacks.AddToItem(cluster.id, short_key(item.id))),))
    return tuple(rows)


def item_card(item: Item, snapshot: Snapshot) -> Reply:
    """An item, to be changed."""
    text = texts.ITEM_CARD.format(
        item=item,
        places=places(item, snapshot.base) or texts.ITEM_CARD_NO_PLACES,
        place=snapshot.knowledge.locations[item.id],
        count=len(item.all_phrasings()),
    )
    buttons = row(
        Button(texts.BUTTON_ANSWER, callbacks.WriteAnswer(item.id)),
        Button(texts.BUTTON_WORDS, callbacks.WritePhrasings(item.id)),
    )
    return Reply(text, buttons)


def item_choices(items: Iterable[Item]) -> Reply:
    """Items to choose from."""
    rows = tuple((Button(item.question, callbacks.ShowItem(item.id)),) for item in items)
    return Reply(texts.EDIT_CHOICES if rows else texts.EDIT_NOTHING, rows)


def help_for_admins() -> Reply:
    """The members' help, and what admins can do besides."""
    rows = (texts.ADMIN_HELP_ROW.format(name=name, text=text) for name, text in texts.ADMIN_COMMANDS.items())
    return Reply("\n\n".join((HELP, texts.ADMIN_HELP.format(commands="\n".join(rows)))))


def source_rows(form: Form, base: KnowledgeBase, owner: int) -> Rows:
    """Where an answer may come from: several may be chosen."""
    chosen = texts.CHOSEN_MARK
    labels = {key: chosen.format(label=place) if key in form.sources else place for key, place in base.places.items()}
    document = chosen.format(label=form.document) if form.document else texts.BUTTON_OTHER
    return (
        *((Button(label, callbacks.ToggleSource(owner, short_key(key))),) for key, label in labels.items()),
        (Button(document, callbacks.ToggleDocument(owner)),),
        (Button(texts.BUTTON_DONE, callbacks.SourcesChosen(owner)), cancel(owner)),
    )


def topic_rows(base: KnowledgeBase, owner: int) -> Rows:
    """Where a new item may go."""
    rows = ((Button(topic, callbacks.ChooseTopic(owner, short_key(topic))),) for topic in base.topics)
    return (*rows, (cancel(owner),))


def preview(plan: Plan) -> str:
    """What is about to be changed."""
    item = plan.after.base.by_id[plan.item]
    is_refusal = plan.kind is ActionKind.ITEM and item.kind is Kind.NOT_COVERED
    return (texts.PREVIEW_REFUSAL if is_refusal else _PREVIEWS[plan.kind]).format(
        item=item,
        words="\n".join(f"· {phrasing}" for phrasing in _added(plan)),
        places=places(item, plan.after.base),
    )


def edited(plan: Plan) -> str:
    """What was changed, in a line."""
    # What was made again may be a document alone.
    item = plan.after.base.by_id.get(plan.item)
    words = {"question": item.question if item else "", "words": "；".join(_added(plan))}
    return texts.EDITED.format(what=texts.EDITED_WHAT[plan.kind].format(**words))


def _added(plan: Plan) -> Sequence[str]:
    """The phrasings that a plan adds."""
    return plan.change.phrasings if isinstance(plan.change, AddPhrasings) else ()


def impact_lines(impact: Impact, base: KnowledgeBase, most: int = _SHOWN) -> Iterator[str]:
    """What a change does to other questions; at most so many of each kind are shown."""
    heads = (*((name, False) for name in texts.IMPACT_NAMES), *((name, True) for name in texts.IMPACT_NEAR))
    for outcome, held_out in heads:
        effects = [effect for effect in impact.of(Outcome(outcome)) if effect.held_out is held_out]
        if effects:
            names = texts.IMPACT_NEAR if held_out else texts.IMPACT_NAMES
            yield names[outcome].format(count=len(effects))
            yield from (_effect(effect, base) for effect in effects[:most])
            if len(effects) > most:
                yield texts.IMPACT_MORE.format(count=len(effects) - most)
    if not impact.effects:
        yield texts.IMPACT_NONE.format(count=impact.replayed)
    if impact.left_out:
        yield texts.IMPACT_CUT.format(count=impact.replayed, left=impact.left_out)


def refusal(error: EditRefusedError) -> str:
    """Why a change is not made, with what to write into the files by hand, where that can help."""
    parts = [texts.REFUSALS[error.refusal].format(**error.details)]
    if isinstance(error, ByHandError):
        parts.append(texts.EDIT_READ_ONLY)
        for edit in error.edits:
            where = (
                texts.PASTE_FILE if edit.makes_file else _PASTED[type(edit.change)].format(item=subject(edit.change))
            )
            parts.append(texts.PASTE.format(file=edit.file, where=where, yaml=edit.to_paste().rstrip("\n")))
    return "\n".join(parts)


def history(actions: Sequence[Action], start: int, base: KnowledgeBase) -> Reply:
    """What was done, a page of it; edits can be undone."""
    shown = actions[:HISTORY_PAGE]
    if not shown:
        return Reply(texts.HISTORY_NONE)
    lines = [texts.HISTORY_HEAD, *(history_row(action, base) for action in shown)]
    undo = tuple(
        (Button(texts.HISTORY_UNDO.format(id=action.id), callbacks.UndoEdit(action.id)),)
        if action.edit
        else (Button(texts.HISTORY_CARE.format(id=action.id), callbacks.UnignoreCluster(int(action.detail))),)
        for action in shown
        if (action.edit and action.state is ActionState.DONE) or action.kind is ActionKind.IGNORE
    )
    is_last = len(actions) <= HISTORY_PAGE
    pager = row(
        Button(texts.HISTORY_NEWER, callbacks.ShowHistory(max(0, start - HISTORY_PAGE))) if start else None,
        None if is_last else Button(texts.HISTORY_OLDER, callbacks.ShowHistory(start + HISTORY_PAGE)),
    )
    return Reply("\n".join(lines), (*undo, *pager))


def history_row(action: Action, base: KnowledgeBase) -> str:
    """One action in a line."""
    states = {ActionState.UNDONE: texts.HISTORY_UNDONE, ActionState.VOID: texts.HISTORY_VOID}
    who = texts.HISTORY_COMMAND_LINE if action.admin is None else texts.HISTORY_WHO.format(admin=action.admin)
    return texts.HISTORY_ROW.format(
        id=action.id,
        time=action.at.astimezone().strftime("%m-%d %H:%M"),
        who=who,
        what=action_words(action, base),
        state=states.get(action.state, ""),
    )


def action_words(action: Action, base: KnowledgeBase) -> str:
    """What was done; an item is called by its question, as long as there is one."""
    item = base.by_id.get(action.item or "")
    return texts.HISTORY_KINDS[action.kind].format(detail=item.question if item else action.detail)


def judge_card(answered: Answered, item: Item, left: int) -> Reply:
    """An answer to judge; ``left``: how many there are with it."""
    text = texts.JUDGE_CARD.format(answered=answered, item=item, left=left)
    key = answered_key(answered)
    buttons = row(
        Button(texts.BUTTON_RIGHT, callbacks.JudgeAnswer(key, right=True, left=left)),
        Button(texts.BUTTON_WRONG, callbacks.JudgeAnswer(key, right=False, left=left)),
    )
    return Reply(text, buttons)


def answered_key(answered: Answered) -> str:
    """What buttons call an answered question."""
    return short_key(f"{answered.key} {answered.item}")


def _short(text: str) -> str:
    """As much of a text as tells which one it is."""
    return text if len(text) <= _TELLING else f"{text[: _TELLING - 1]}…"


def _effect(effect: Effect, base: KnowledgeBase) -> str:
    if effect.before == effect.after or effect.outcome is Outcome.ANSWERED:
        return texts.IMPACT_LINE.format(question=_short(effect.question))
    return texts.IMPACT_MOVED.format(
        question=_short(effect.question), before=_name(effect.before, base), after=_name(effect.after, base)
    )


def _name(item_id: str | None, base: KnowledgeBase) -> str:
    if item_id is None:
        return texts.IMPACT_NO_ITEM
    return base.by_id[item_id].question if item_id in base.by_id else item_id


def closed(handled: Sequence[MissedQuestion], count: int, item: Item | None) -> list[str]:
    """What became of a cluster's misses that were led to an item: so many of them are closed."""
    if count < len(handled):
        left = len(handled) - count
        return [texts.CLOSED.format(total=len(handled), closed=count), texts.STILL_MISSED.format(count=left)]
    if any(missed.is_complaint for missed in handled):
        return [texts.CLOSED_COMPLAINT]
    return [texts.CLOSED_HONESTLY if item and item.kind is Kind.NOT_COVERED else texts.CLOSED_ALL]


def digest(report: Report, base: KnowledgeBase) -> Reply:
    """The last seven days, the best next edits, and the way to the answers to judge."""
    lines = [
        texts.DIGEST.format(report=report),
        "",
        texts.DIGEST_EDITS if report.next_edits else texts.DIGEST_NO_EDITS,
    ]
    rows: list[tuple[Button, ...]] = []
    for number, (edit, cluster) in enumerate(report.next_edits, start=1):
        words = texts.DIGEST_NEW_ITEM if edit.item is None else texts.DIGEST_EDIT
        question = base.by_id[edit.item].question if edit.item else ""
        lines.append(words.format(number=number, asked=edit.question, question=question, covers=edit.covers))
        rows.append((Button(texts.DIGEST_CARD.format(number=number), callbacks.ShowCluster(cluster)),))
    rows.append((Button(texts.BUTTON_TO_CARDS, callbacks.ShowCard(0)),))
    if report.to_judge:
        lines += ["", texts.DIGEST_JUDGE.format(count=report.to_judge)]
        rows.append((Button(texts.BUTTON_JUDGE, callbacks.ShowToJudge(report.to_judge)),))
    return Reply("\n".join(lines), tuple(rows))


def precision(judged: Sequence[bool]) -> Reply:
    """What the judgements, of which each says whether an answer was right, say so far."""
    if not judged:
        return Reply(texts.JUDGE_NONE)
    right, count = sum(judged), len(judged)
    low, high = interval(right, count)
    return Reply(texts.JUDGED_PRECISION.format(share=right / count, right=right, count=count, low=low, high=high))


def notice(event: reload.Notice) -> Reply:
    """What admins are told of the knowledge folder."""
    match event:
        case reload.Reloaded(base):
            return Reply(_reloaded(base) if base else texts.RELOADED_SAME)
        case reload.KnowledgeFaulty(faults):
            return Reply(_faulty(faults) if faults else texts.RELOAD_MENDED)
        case reload.MissesClosed(count):
            return Reply(texts.FOLLOWED.format(count=count))
        case reload.AnswersLost(impact, base):
            return Reply("\n".join((texts.RELOAD_LOSES, *impact_lines(impact, base))))
        case reload.EditsOverwritten(actions, base):
            edits = "\n".join(history_row(action, base) for action in actions)
            rows = tuple((Button(texts.BUTTON_AGAIN, callbacks.RedoEdit(action.id)),) for action in actions)
            return Reply(texts.RELOAD_OVERWRITES.format(edits=edits), rows)
        case _:
            assert_never(event)


def _reloaded(base: KnowledgeBase) -> str:
    kinds = [item.kind for item in base.items]
    return texts.RELOADED.format(
        answers=kinds.count(Kind.ANSWER),
        not_covered=kinds.count(Kind.NOT_COVERED),
        phrasings=sum(len(list(item.all_phrasings())) for item in base.items),
    )


def _faulty(faults: Sequence[Fault]) -> str:
    lines = [str(fault) for fault in faults[:_FAULTS]]
    if len(faults) > _FAULTS:
        lines.append(texts.RELOAD_MORE.format(count=len(faults) - _FAULTS))
    return texts.RELOAD_FAULTY.format(count=len(faults), faults="\n".join(lines))
