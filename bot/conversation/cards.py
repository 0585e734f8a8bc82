"""What admins read and press."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.clock import Clock
from bot.conversation import callbacks, corrections
from bot.conversation.callbacks import YES, AdminAction, AdminCallback, FormAction, FormCallback
from bot.conversation.forms import Field, Form
from bot.conversation.freshness import overdue_lines, overdue_rows
from bot.conversation.history import edit_words, moment
from bot.conversation.member_replies import places
from bot.conversation.miss_list import to_list
from bot.conversation.reply import Button, Reply, Rows, row, short_key, shortened
from bot.curation import reload
from bot.curation.corrections import Correction
from bot.curation.daily import Waiting
from bot.curation.digest import Report
from bot.curation.edits import Plan
from bot.curation.freshness import Overdue
from bot.curation.planning import new_phrasings, subject
from bot.errors import EditRefusedError
from bot.evaluation.advice import thin_base
from bot.evaluation.impact import Effect, Impact, Outcome
from bot.evaluation.measure import upper_bound
from bot.items import Item, Kind, KnowledgeBase
from bot.knowledge.edit import AddItem, ByHandError, ChangeTexts, ChangeWords, Edit, SetPlace, SetText
from bot.matching import Candidate
from bot.store.records import (
    Action,
    ActionKind,
    Answered,
    Cluster,
    MissedQuestion,
    NoticeKind,
    Replica,
    Sample,
)
from bot.text import normalise
from bot.texts import admins as texts
from bot.texts.members import BACK, HELP

COUNTED = 999
"""So many cards are counted; beyond that it is enough to know that there are more."""
_WORDINGS = 5
_SHOWN = 5
"""Questions that are shown of each kind of effect."""
_FAULTS = 10
_ON_A_CARD = (
    {AdminAction.FIND_ITEM: texts.BUTTON_FIND},
    {AdminAction.WRITE_ITEM: texts.BUTTON_NEW, AdminAction.CHOOSE_REFUSAL: texts.BUTTON_NOT_COVERED},
    {AdminAction.IGNORE: texts.BUTTON_IGNORE, AdminAction.DELETE: texts.BUTTON_DELETE},
)
"""The buttons of every card of misses, by rows: a phone shows but two in a row in full."""


def cancel(owner: int) -> Button:
    """The way out of what an admin is writing; in a group it is theirs alone, like all buttons of a form."""
    return Button(texts.BUTTON_CANCEL, FormCallback(FormAction.CANCEL, owner))


def next_card(place: int = 0, list_id: int = 0) -> Button:
    """The way to the card that stands in this place of a list now."""
    return Button(texts.BUTTON_NEXT, AdminCallback(AdminAction.SHOW_CARD, place, list_id=list_id))


def card(  # noqa: PLR0913, PLR0917 - all that stands on it
    cluster: Cluster,
    place: int,
    count: int,
    nearest: Sequence[Candidate],
    not_meant: Sequence[Item],
    clock: Clock,
    list_id: int = 0,
    scope: str = "",
) -> Reply:
    """A cluster of misses.

    ``nearest``: at most three items; ``not_meant``: what was suggested in vain; ``list_id``: of the list that it stands
    in, which is narrowed to ``scope``.
    """
    first, *others = cluster.questions
    head = texts.CARD_HEAD if cluster.days <= 1 else texts.CARD_HEAD_DAYS
    known = {"cluster": cluster, "last": clock.local(first.last_asked), "place": place + 1}
    most = f"{count}+" if count >= COUNTED else count
    lines = [head.format(count=most, **known)]
    if scope:
        lines.append(texts.CARD_SCOPE.format(scope=scope))
    lines += waiting_lines(cluster)
    lines += ["", texts.CARD_QUESTION.format(question=first.question)]
    if others:
        lines.append(texts.CARD_WORDINGS)
    for missed in others[:_WORDINGS]:
        lines.append(texts.CARD_WORDING.format(question=shortened(missed.question), count=missed.count))
    if not_meant:
        lines += ["", texts.CARD_SHOWN, *(f"· {item.question}" for item in not_meant)]
    if nearest:
        lines += ["", texts.CARD_NEAREST, *nearest_lines(nearest)]
    rows = (
        *phrasing_rows(cluster, [candidate.item for candidate in nearest], list_id),
        *note_row(cluster, list_id),
        *(
            tuple(Button(label, AdminCallback(action, cluster.id, list_id=list_id)) for action, label in acts.items())
            for acts in _ON_A_CARD
        ),
        *pager(place, count, list_id),
    )
    return Reply("\n".join(lines), rows)


def waiting_lines(cluster: Cluster) -> Iterator[str]:
    """How many people wait for an answer, and how many can't be told any more."""
    if cluster.waiting:
        yield texts.CARD_WAITING.format(count=cluster.waiting)
    if cluster.unreachable:
        yield texts.CARD_UNREACHABLE.format(count=cluster.unreachable)


def nearest_lines(nearest: Sequence[Candidate]) -> Iterator[str]:
    """The items that a question is near to, by the numbers that their buttons have."""
    for number, near in enumerate(nearest, start=1):
        yield texts.CARD_NEAR.format(number=number, question=near.item.question, score=near.score)
        if number == 1:
            # It is added with one press.
            yield texts.CARD_NEAR_ANSWER.format(answer=near.item.answer)


def pager(place: int, count: int, list_id: int) -> Rows:
    """The ways to the cards before and after this place of a list, and to the list."""
    return row(
        Button(texts.CARD_PREVIOUS, _at_place(place - 1, list_id)) if place else None,
        to_list(list_id, place) if count > 1 else None,
        Button(texts.CARD_NEXT, _at_place(place + 1, list_id)) if place + 1 < count else None,
    )


def _at_place(place: int, list_id: int) -> AdminCallback:
    return AdminCallback(AdminAction.SHOW_CARD, place, list_id=list_id)


def note_row(cluster: Cluster, list_id: int) -> Rows:
    """The button to reply to those who wait for a cluster's questions, if there is anybody."""
    note = Button(texts.BUTTON_NOTE, AdminCallback(AdminAction.WRITE_NOTE, cluster.id, list_id=list_id))
    return row(note if cluster.waiting else None)


def deletion(cluster: Cluster, place: int, list_id: int) -> Reply:
    """Whether what was asked is to be deleted for good, as whoever asked may want."""
    questions = "\n".join(f"· {shortened(missed.question)}" for missed in cluster.questions[:_FAULTS])
    buttons = row(
        Button(texts.BUTTON_DELETE_ALL, AdminCallback(AdminAction.DELETE, cluster.id, YES, list_id)),
        Button(BACK, _at_place(place, list_id)),
    )
    return Reply(texts.DELETE.format(count=len(cluster.questions), questions=questions), buttons)


def not_covered(cluster: Cluster, nearest: Sequence[Item], place: int = 0, list_id: int = 0) -> Reply:
    """How to say that the speech does not say it."""
    question = cluster.questions[0].question
    lines = [texts.NOT_COVERED_CHOICE.format(question=question, answer=texts.NOT_COVERED_ANSWER)]
    for number, item in enumerate(nearest, start=1):
        lines.append(texts.NOT_COVERED_NEAR.format(number=number, question=item.question, answer=item.answer))
    new = row(
        Button(texts.BUTTON_DEFAULT, AdminCallback(AdminAction.WRITE_REFUSAL, cluster.id, list_id=list_id)),
        Button(texts.BUTTON_OWN, AdminCallback(AdminAction.WRITE_REFUSAL, cluster.id, YES, list_id)),
    )
    back = row(Button(BACK, _at_place(place, list_id)))
    return Reply("\n".join(lines), (*phrasing_rows(cluster, nearest, list_id, len(nearest)), *new, *back))


def phrasing_rows(cluster: Cluster, items: Sequence[Item], list_id: int, shown: int = 1) -> Rows:
    """The buttons that make a cluster's questions phrasings of one of these items.

    ``shown``: of so many of the items, the first ones, the answer stands on the card.
    """
    return _column(
        Button(
            texts.BUTTON_PHRASING.format(number=number, question=item.question),
            AdminCallback(AdminAction.ADD_TO_ITEM, cluster.id, item_key(item, has_answer=number <= shown), list_id),
        )
        for number, item in enumerate(items, start=1)
    )


def item_key(item: Item, *, has_answer: bool) -> str:
    """The key of an item for a button; with the key of its answer where that stands above the button."""
    return f"{short_key(item.id)}+{short_key(item.answer)}" if has_answer else short_key(item.id)


def _column(buttons: Iterable[Button]) -> Rows:
    return tuple((button,) for button in buttons)


def item_choices(items: Iterable[Item]) -> Reply:
    """Items to choose from."""
    rows = _column(Button(item.question, callbacks.ShowItem(item.id)) for item in items)
    return Reply(texts.ITEM_CHOICES if rows else texts.ITEM_NOTHING, rows)


def help_for_admins() -> Reply:
    """The members' help, and what admins can do besides."""
    rows = (f"/{name} {text}" for name, text in texts.ADMIN_COMMANDS.items())
    return Reply("\n\n".join((HELP, texts.ADMIN_HELP.format(commands="\n".join(rows)))))


def form_rows(form: Form, base: KnowledgeBase, owner: int) -> Rows:
    """What can be pressed instead of typing the awaited field: of sources several, of topics one."""

    def choice(label: str, action: FormAction, chosen: str = "") -> Button:
        return Button(label, FormCallback(action, owner, chosen))

    if form.awaited is Field.TOPIC:
        topics = _column(choice(topic, FormAction.CHOOSE_TOPIC, short_key(topic)) for topic in base.topics)
        return (*topics, (cancel(owner),))
    if form.awaited is not Field.SOURCES:
        return ((cancel(owner),),)
    mark = texts.CHOSEN_MARK
    labels = {key: mark.format(label=place) if key in form.sources else place for key, place in base.places.items()}
    document = mark.format(label=form.document) if form.document else texts.BUTTON_OTHER
    return (
        *_column(choice(label, FormAction.TOGGLE_SOURCE, short_key(key)) for key, label in labels.items()),
        (choice(document, FormAction.TOGGLE_DOCUMENT),),
        (choice(texts.BUTTON_DONE, FormAction.SOURCES_CHOSEN), cancel(owner)),
    )


def preview(plan: Plan) -> str:
    """What is about to be changed."""
    # Words and places are of no item.
    item = plan.after.base.by_id.get(plan.item) or plan.before.base.by_id.get(plan.item) or Item("", "", "", "")
    is_refusal = plan.kind is ActionKind.ITEM and item.kind is Kind.NOT_COVERED
    shown = texts.PREVIEWS["refusal" if is_refusal else plan.kind].format(
        item=item,
        words="\n".join(f"· {text}" for text in _texts(plan)),
        before=plan.before.base.by_id[item.id].question if item.id in plan.before.base.by_id else "",
        places=places(item, plan.after.base),
    )
    is_asked = plan.kind is ActionKind.ITEM and item.phrasings
    phrasings = [texts.ALSO_ASKED.format(phrasings="；".join(item.phrasings))] if is_asked else []
    return "\n".join((shown, *phrasings, *_taken(plan)))


def edited(plan: Plan) -> str:
    """What was changed, in a line."""
    # What was made again may be a document alone.
    item = plan.after.base.by_id.get(plan.item) or plan.before.base.by_id.get(plan.item)
    question, topic = (item.question, item.topic) if item else ("", "")
    what = texts.EDITED_WHAT[plan.kind].format(question=question, topic=topic, words="；".join(_texts(plan)))
    return "".join((texts.EDITED.format(what=what), *_taken(plan)))


def _taken(plan: Plan) -> Iterator[str]:
    """From which other items its phrasings were taken."""
    phrasings = set(map(normalise, new_phrasings(plan.change)))
    for edit in plan.edits[:-1]:
        match edit.change:
            case ChangeTexts(owner, "phrasings", (), removed) if phrasings.issuperset(map(normalise, removed)):
                yield texts.TAKEN_FROM.format(question=plan.before.base.by_id[owner].question)


def _texts(plan: Plan) -> Sequence[str]:
    """What comes to a list and what goes from it, as admins read it: documents by their names, items by questions."""
    match plan.change:
        case ChangeTexts(_, field, added, removed):
            bases = plan.after.base, plan.before.base
            known = {**{item.id: item.question for base in bases for item in base.items}, **plan.after.base.places}
            words = known if field in {"source", "related"} else {}
            marked = [*((texts.ADDED, text) for text in added), *((texts.REMOVED, text) for text in removed)]
            is_mixed = bool(added and removed) or field in {"source", "related", "keywords", "negatives"}
            return [(mark if is_mixed else "{text}").format(text=words.get(text, text)) for mark, text in marked]
        case ChangeWords(standard, added, removed):
            marked = [*((texts.ADDED, text) for text in added), *((texts.REMOVED, text) for text in removed)]
            return [*([standard] if standard else []), *(mark.format(text=text) for mark, text in marked)]
        case SetText(_, _, text):
            return (text or texts.NOTHING_LEFT,)
        case SetPlace(_, text):
            return (text,)
        case _:
            return ()


def impact_lines(impact: Impact, base: KnowledgeBase, most: int = _SHOWN) -> Iterator[str]:
    """What a change does to other questions; at most so many of each kind are shown."""
    for names, held_out in ((texts.IMPACT_NAMES, False), (texts.IMPACT_NEAR, True)):
        for outcome, head in names.items():
            effects = [effect for effect in impact.of(Outcome(outcome)) if effect.held_out is held_out]
            if effects:
                yield head.format(count=len(effects))
                yield from (_effect(effect, base) for effect in effects[:most])
                if len(effects) > most:
                    yield texts.IMPACT_MORE.format(count=len(effects) - most)
    # What is not matched with questions, such as sources, reaches none.
    if not impact.effects and impact.replayed:
        yield texts.IMPACT_NONE.format(count=impact.replayed)
    if impact.left_out:
        yield texts.IMPACT_CUT.format(count=impact.replayed, left=impact.left_out)


def _effect(effect: Effect, base: KnowledgeBase) -> str:
    if effect.before == effect.after or effect.outcome is Outcome.ANSWERED:
        return f"   · {shortened(effect.question)}"
    before, after = (
        item.question if (item := base.by_id.get(item_id or "")) else item_id or texts.IMPACT_NO_ITEM
        for item_id in (effect.before, effect.after)
    )
    return texts.IMPACT_MOVED.format(question=shortened(effect.question), before=before, after=after)


def refusal(error: EditRefusedError) -> Reply:
    """Why a change is not made, with what to write into the files by hand."""
    why = texts.REFUSALS[error.refusal].format(**error.details)
    if not isinstance(error, ByHandError):
        return Reply(why, row(next_card()))
    parts = [why, texts.EDIT_READ_ONLY]
    for edit in error.edits:
        for where, lines in ((texts.DELETE_LINES, edit.to_delete()), (_where(edit), edit.to_paste())):
            if lines:
                place = where.format(item=subject(edit.change), field=_field(edit))
                parts.append(texts.PASTE.format(file=edit.file, where=place, yaml=lines.rstrip("\n")))
    return Reply("\n".join(parts))


def _field(edit: Edit) -> str:
    return edit.change.field if isinstance(edit.change, ChangeTexts | SetText) else ""


def _where(edit: Edit) -> str:
    """Where to paste what an edit adds."""
    match edit.change:
        case ChangeTexts():
            return texts.PASTE_TEXTS
        case SetText():
            return texts.PASTE_TEXT
        case AddItem():
            return texts.PASTE_FILE if edit.makes_file else texts.PASTE_ITEM
        case _:
            return texts.PASTE_OTHER


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


def closed(handled: Sequence[MissedQuestion], count: int, item: Item | None) -> Iterator[str]:
    """What became of a cluster's misses that were led to an item, of which so many are closed."""
    if left := len(handled) - count:
        yield texts.CLOSED.format(total=len(handled), closed=count)
        yield texts.STILL_MISSED.format(count=left)
    elif any(missed.is_complaint for missed in handled):
        yield texts.CLOSED_COMPLAINT
    else:
        yield texts.CLOSED_HONESTLY if item and item.kind is Kind.NOT_COVERED else texts.CLOSED_ALL


def digest(report: Report, base: KnowledgeBase) -> Reply:
    """The last seven days, the best next edits, and the way to the answers to judge."""
    lines = [texts.DIGEST.format(report=report), sampled(report.sample), ""]
    if report.next_edits or not report.unlike:
        lines.append(texts.DIGEST_EDITS if report.next_edits else texts.DIGEST_NO_EDITS)
    buttons: list[Button] = []
    for number, (edit, cluster) in enumerate(report.next_edits, start=1):
        words = texts.DIGEST_NEW_ITEM if edit.item is None else texts.DIGEST_EDIT
        question = base.by_id[edit.item].question if edit.item else ""
        lines.append(words.format(number=number, asked=edit.question, question=question, covers=edit.covers))
        label = texts.DIGEST_CARD.format(number=number)
        buttons.append(Button(label, AdminCallback(AdminAction.SHOW_CLUSTER, cluster)))
    if report.unlike:
        lines.append(texts.DIGEST_UNLIKE.format(count=report.unlike, asked=report.unlike_asked))
    buttons.append(Button(texts.BUTTON_TO_CARDS, AdminCallback(AdminAction.SHOW_CARD, 0)))
    lines += overdue_lines(report.overdue)
    if report.to_judge:
        lines += ["", texts.DIGEST_JUDGE.format(count=report.to_judge)]
        buttons.append(Button(texts.BUTTON_JUDGE, AdminCallback(AdminAction.SHOW_TO_JUDGE, report.to_judge)))
    return Reply("\n".join(lines), _column(buttons))


def daily(waiting: Waiting) -> Reply:
    """The daily line, of counts alone."""
    match waiting:
        case Waiting(misses=0, people=0):
            lines = []
        case Waiting(misses=0):
            lines = [texts.DAILY_PEOPLE.format(waiting=waiting)]
        case Waiting(people=0):
            lines = [texts.DAILY_MISSES.format(waiting=waiting)]
        case _:
            lines = [texts.DAILY.format(waiting=waiting)]
    if waiting.overdue:
        lines.append(texts.DAILY_OVERDUE.format(count=waiting.overdue))
    return Reply("\n".join(lines))


def judgements(judged: Sequence[bool], sample: Sample) -> Reply:
    """What the judgements say so far: all of them, of which each says whether an answer was right, and the sample."""
    if not judged:
        return Reply(texts.JUDGE_NONE)
    so_far = texts.JUDGED_SO_FAR.format(right=sum(judged), count=len(judged))
    return Reply(f"{so_far}\n{sampled(sample)}")


def sampled(sample: Sample) -> str:
    """How many answers are wrong at most, by those that were drawn at random and judged."""
    if not sample.count:
        return texts.SAMPLE_NONE
    bound = upper_bound(sample.wrong, sample.count)
    return texts.SAMPLE.format(count=sample.count, wrong=sample.wrong, percent=math.ceil(100 * bound))


def status(
    base: KnowledgeBase,
    demand: Mapping[str, int],
    sample: Sample,
    overdue: Sequence[Overdue],
    unreachable: int = 0,
    replicas: Sequence[Replica] = (),
) -> Reply:
    """What there is, how sure the bot can be with it, and what would help most; ``demand`` as in ``thin_base``.

    ``unreachable``: how many members wait who can't be told; ``replicas``: the processes that serve together.
    """
    thin = thin_base(base, demand)
    kinds = Counter(item.kind for item in base.items)
    lines = [texts.STATUS.format(kinds=kinds, phrasings=sum(len(item.all_phrasings()) for item in base.items))]
    if thin:
        questions = "、".join(f"「{base.by_id[passage.item].question}」" for passage in thin.passages)
        lines.append(texts.STATUS_THIN.format(**thin.details, questions=questions))
    else:
        lines.append(texts.STATUS_ENOUGH)
    lines += [sampled(sample), *overdue_lines(overdue)]
    if unreachable:
        lines.append(texts.STATUS_UNREACHABLE.format(count=unreachable))
    if replicas:
        lines += ["", texts.STATUS_REPLICAS.format(count=len(replicas))]
        lines += [texts.STATUS_REPLICA.format(replica=replica) for replica in replicas]
        if len({replica.knowledge for replica in replicas}) > 1:
            lines.append(texts.STATUS_REPLICAS_DIFFER)
    return Reply("\n".join(lines), overdue_rows(overdue))


def notice_kind(event: reload.Notice) -> NoticeKind:
    """What a notice of the knowledge folder is about."""
    return NoticeKind.KNOWLEDGE if isinstance(event, reload.KnowledgeFaulty) else NoticeKind.CHANGE


def notice(event: reload.Notice, clock: Clock) -> Reply:  # noqa: PLR0911 - one return a notice
    """What admins are told of the knowledge folder."""
    match event:
        case reload.Reloaded(base):
            if base is None:
                return Reply(texts.RELOADED_SAME)
            kinds = [item.kind for item in base.items]
            answers, not_covered = kinds.count(Kind.ANSWER), kinds.count(Kind.NOT_COVERED)
            phrasings = sum(len(item.all_phrasings()) for item in base.items)
            return Reply(texts.RELOADED.format(answers=answers, not_covered=not_covered, phrasings=phrasings))
        case reload.KnowledgeFaulty(()):
            return Reply(texts.RELOAD_MENDED)
        case reload.KnowledgeFaulty(faults):
            lines = [str(fault) for fault in faults[:_FAULTS]]
            if len(faults) > _FAULTS:
                lines.append(texts.RELOAD_MORE.format(count=len(faults) - _FAULTS))
            return Reply(texts.RELOAD_FAULTY.format(count=len(faults), faults="\n".join(lines)))
        case reload.MissesClosed(questions):
            return Reply("\n".join(_now_answered(questions)))
        case reload.AnswersLost(impact, base):
            return Reply("\n".join((texts.RELOAD_LOSES, *impact_lines(impact, base))))
        case Correction():
            return corrections.notice(event)
        case reload.EditsOverwritten(actions, base):
            return _overwritten(actions, base, clock)


def _overwritten(actions: Sequence[Action], base: KnowledgeBase, clock: Clock) -> Reply:
    lines, buttons = list[str](), list[Button]()
    for number, action in enumerate(actions, start=1):
        when, what = moment(action.at, clock), edit_words(action, base)
        lines.append(texts.RELOAD_OVERWRITTEN.format(number=number, when=when, what=what))
        label = texts.BUTTON_AGAIN if len(actions) == 1 else texts.BUTTON_AGAIN_NUMBER.format(number=number)
        buttons.append(Button(label, AdminCallback(AdminAction.REDO, action.id)))
    return Reply(texts.RELOAD_OVERWRITES.format(edits="\n".join(lines)), _column(buttons))


def _now_answered(questions: Sequence[str]) -> Iterator[str]:
    yield texts.FOLLOWED.format(count=len(questions))
    yield from (texts.FOLLOWED_QUESTION.format(question=shortened(question)) for question in questions[:_SHOWN])
    if len(questions) > _SHOWN:
        yield texts.FOLLOWED_MORE.format(count=len(questions) - _SHOWN)
