"""One turn of the conversation with an admin."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot import catalogue
from bot.admin import cards
from bot.admin.cards import CANCEL_ROW, COUNTED, NEXT_CARD, Press, button
from bot.admin.digest import Digest
from bot.admin.drafts import TYPED, Awaited, Draft, Task
from bot.admin.editor import Editor, Plan
from bot.admin.lifecycle import Lifecycle
from bot.admin.proposals import AlreadyThereError, MorePhrasings, NewAnswer, NewItem, Proposal
from bot.admin.sorting import Sorting
from bot.dialogue import Command, Turn
from bot.edition import Edition, Live
from bot.errors import EditRefusedError, FolderChangedError, FolderReadOnlyError
from bot.items import Item, Kind
from bot.knowledge.models import ANSWER_LIMIT
from bot.masking import is_masked
from bot.matching import Candidate
from bot.matching.clusters import unlike
from bot.replies import Button, Reply, item_key, topic_key
from bot.store.interface import COMPLAINED, Cluster, Clusters, History, Journal, Judged, State
from bot.text import is_blank

_NEAREST = 3
_CHOICES = 6
_LONGEST_PHRASING = 60
"""Characters: a longer text is a story, not a way to ask."""
_LONGEST_QUESTION = 60
"""Characters of a button that are still read."""
_PHRASINGS_AT_ONCE = 5
_LONGEST_NUMBER = 18
COMMANDS = frozenset(catalogue.ADMIN_COMMANDS)


@dataclass(frozen=True, slots=True)
class Admin:
    """Who speaks, and where."""

    id: int
    chat: int


class AdminDialogue:
    """What an admin says and presses, to what an admin reads; whoever calls it has made sure that it is an admin."""

    def __init__(  # noqa: PLR0913 - a service an argument
        self,
        *,
        live: Live,
        editor: Editor,
        lifecycle: Lifecycle,
        clusters: Clusters,
        sorting: Sorting,
        history: History,
        journal: Journal,
        digest: Digest,
        reload: Callable[[], str],
    ) -> None:
        self._live = live
        self._editor = editor
        self._lifecycle = lifecycle
        self._clusters = clusters
        self._history = history
        self._journal = journal
        self._digest = digest
        self._reload = reload
        self._sorting = sorting

    def say(self, text: str, admin: Admin) -> Turn | None:
        """The turn after a typed message; None if it is none of an admin's business."""
        command = Command.of(text)
        if command is None:
            return self._typed(text, admin)
        if command.name not in COMMANDS:
            return None
        try:
            return Turn(self._command(command, admin))
        except EditRefusedError as error:
            return Turn(Reply(str(error)))

    def press(self, action: str, admin: Admin) -> Turn:
        """The turn after a pressed button."""
        try:
            return self._pressed(action, admin)
        except (EditRefusedError, FolderChangedError) as error:
            return Turn(Reply(str(error), ((NEXT_CARD,),)))

    # --- commands -------------------------------------------------------------------------------------------------

    def _command(self, command: Command, admin: Admin) -> Reply:  # noqa: PLR0911 - one return a command
        match command.name:
            case "missed":
                return self._card(0)
            case "new":
                return self._begin(Draft(task=Task.ITEM, awaited=Awaited.QUESTION), admin)
            case "edit":
                return self._chosen_item(command.rest)
            case "history":
                return self._past(0)
            case "digest":
                return self._digest.compose(self._live.edition)
            case "reload":
                self._history.record(admin.id, "reload", "")
                return Reply(self._reload())
            case _:
                return self._cancel(admin)

    def _chosen_item(self, words: str) -> Reply:
        edition = self._live.edition
        if not words:
            return Reply(catalogue.EDIT_USAGE)
        if words in edition.base.by_id:
            return cards.item_card(edition.base.by_id[words], edition)
        found = edition.matcher.match(words).candidates[:_CHOICES]
        return cards.item_choices(one.item for one in found)

    def _past(self, start: int) -> Reply:
        found = self._history.latest(cards.HISTORY_PAGE + 1, start)
        return cards.history(found, start)

    def _cancel(self, admin: Admin) -> Reply:
        had = self._draft_text(admin) is not None
        self._history.put_draft(admin.id, admin.chat, None)
        return Reply(catalogue.CANCELLED if had else catalogue.NOTHING_TO_CANCEL)

    # --- cards ----------------------------------------------------------------------------------------------------

    def _card(self, place: int) -> Reply:
        """The card at this place of the list, or the nearest one that there is."""
        self._sorting.sort()
        count = self._clusters.count(COUNTED)
        if not count:
            return Reply(catalogue.CARD_NONE)
        place = min(place, count - 1)
        (cluster,) = self._clusters.page(place, 1)
        edition, first = self._live.edition, cluster.questions[0]
        complained = edition.base.by_id.get(first.item or "") if first.verdict == COMPLAINED else None
        rejected = self._journal.not_meant([first.key]).get(first.key, frozenset()) if not complained else ()
        return cards.card(
            cluster,
            place,
            count,
            [one for one in self._nearest(cluster, edition) if one.item is not complained][:_NEAREST],
            complained,
            self._journal.complaints(complained.id) if complained else {},
            [edition.base.by_id[one] for one in sorted(rejected) if one in edition.base.by_id],
        )

    @staticmethod
    def _nearest(cluster: Cluster, edition: Edition, kind: Kind = Kind.ANSWER) -> list[Candidate]:
        candidates = edition.matcher.match(cluster.questions[0].question).candidates
        return [one for one in candidates if one.item.kind is kind]

    def _open_cluster(self, number: str) -> Cluster:
        cluster = self._clusters.cluster(_number(number))
        if not cluster.questions:
            raise EditRefusedError(catalogue.CARD_GONE)
        return cluster

    # --- buttons --------------------------------------------------------------------------------------------------

    def _pressed(self, action: str, admin: Admin) -> Turn:  # noqa: C901, PLR0911, PLR0912 - one case a kind
        match action.split(":")[1:]:
            case [Press.CARD, place]:
                return Turn(self._card(_number(place)))
            case [Press.PHRASING, cluster, key]:
                return Turn(self._add_to(self._open_cluster(cluster), key, admin))
            case [Press.NEW, cluster]:
                return Turn(self._begin_item(self._open_cluster(cluster), Task.ITEM, admin))
            case [Press.NOT_COVERED, cluster]:
                found = self._open_cluster(cluster)
                refusals = self._nearest(found, self._live.edition, Kind.NOT_COVERED)
                return Turn(cards.not_covered(found, (one.item for one in refusals[:_NEAREST])))
            case [Press.REFUSE, cluster]:
                return Turn(
                    self._begin_item(
                        self._open_cluster(cluster), Task.NOT_COVERED, admin, answer=catalogue.NOT_COVERED_ANSWER
                    )
                )
            case [Press.REFUSE_OWN, cluster]:
                return Turn(self._begin_item(self._open_cluster(cluster), Task.NOT_COVERED, admin))
            case [Press.IGNORE, cluster]:
                self._open_cluster(cluster)
                self._clusters.handle(_number(cluster), State.IGNORED)
                self._history.record(admin.id, "ignore", cluster)
                return Turn(self._card(0), notice=catalogue.IGNORED)
            case [Press.ANSWER, item, cluster]:
                wanted = self._item(item)
                draft = Draft(
                    task=Task.ANSWER,
                    awaited=Awaited.ANSWER,
                    item=wanted.id,
                    cluster=_number(cluster) or None,
                    seen=wanted.answer,
                )
                return Turn(self._begin(draft, admin))
            case [Press.WORDS, item]:
                draft = Draft(task=Task.PHRASING, awaited=Awaited.PHRASINGS, item=self._item(item).id)
                return Turn(self._begin(draft, admin))
            case [Press.ITEM, item]:
                return Turn(cards.item_card(self._item(item), self._live.edition))
            case [Press.CANCEL]:
                return Turn(self._cancel(admin))
            case [Press.UNDO, number]:
                return Turn(self._undo(_number(number), admin))
            case [Press.AGAIN, number, *digest]:
                return Turn(self._again(_number(number), digest, admin))
            case [Press.HISTORY, start]:
                return Turn(self._past(_number(start)))
            case [Press.TO_JUDGE, left]:
                return Turn(self._digest.to_judge(self._live.edition, _number(left)))
            case [Press.JUDGE, key, ("y" | "n") as judgement, left]:
                return Turn(self._judge(key, judgement == "y", _number(left), admin))
            case [Press.SOURCE | Press.TOPIC | Press.CONFIRM as kind, part]:
                return Turn(self._continue(Press(kind), part, admin))
            case _:
                return Turn(Reply(catalogue.DRAFT_GONE))

    def _item(self, item_id: str) -> Item:
        item = self._live.edition.base.by_id.get(item_id)
        if item is None:
            raise EditRefusedError(catalogue.ITEM_GONE)
        return item

    def _add_to(self, cluster: Cluster, key: str, admin: Admin) -> Reply:
        """The cluster's questions become phrasings of an item."""
        item = next((one for one in self._live.edition.base.items if item_key(one.id) == key), None)
        if item is None:
            raise EditRefusedError(catalogue.ITEM_GONE)
        draft = Draft(task=Task.PHRASING, awaited=Awaited.PHRASINGS, item=item.id, cluster=cluster.id)
        return self._begin(draft.but(phrasings=tuple(_fit(cluster))), admin)

    def _begin_item(self, cluster: Cluster, task: Task, admin: Admin, answer: str = "") -> Reply:
        """The cluster's questions become ways to ask a new item."""
        fit = _fit(cluster)
        question = fit[0] if fit and len(fit[0]) <= _LONGEST_QUESTION else ""
        draft = Draft(task=task, awaited=Awaited.QUESTION, cluster=cluster.id, question=question, answer=answer)
        return self._begin(draft.but(phrasings=tuple(one for one in fit if one != question)), admin)

    def _undo(self, number: int, admin: Admin) -> Reply:
        action = self._history.action(number)
        try:
            item = self._editor.undo(number, admin.id)
        except FolderReadOnlyError as error:
            return Reply(str(error))
        self._lifecycle.reopen(item, self._live.edition)
        what = cards.action_words(action) if action else ""
        return Reply(catalogue.UNDONE.format(what=what), ((button(catalogue.BUTTON_TO_CARDS, Press.CARD, 0),),))

    def _again(self, number: int, digest: Sequence[str], admin: Admin) -> Reply:
        """Make an edit once more that an editor has overwritten."""
        try:
            plan = self._editor.plan_again(number)
        except AlreadyThereError as error:
            return self._already(error.item, None, admin)
        if plan.impact.has_loss and [plan.digest] != list(digest):
            confirm = button(catalogue.BUTTON_CONFIRM, Press.AGAIN, number, plan.digest)
            return self._warning(catalogue.IMPACT_TRY, plan, (confirm, *CANCEL_ROW))
        return self._apply(plan, None, admin)

    def _judge(self, key: str, right: bool, left: int, admin: Admin) -> Reply:  # noqa: FBT001 - the judgement itself
        waiting = self._journal.to_judge(1000)
        found = next((one for one in waiting if cards.answered_key(one) == key), None)
        if found:
            self._journal.judge(Judged(found.question, found.key, found.item, right))
            self._history.record(admin.id, "judge", found.item)
        return self._digest.to_judge(self._live.edition, left - 1)

    # --- drafts ---------------------------------------------------------------------------------------------------

    def _draft_text(self, admin: Admin) -> str | None:
        return self._history.draft(admin.id, admin.chat)

    def _draft(self, admin: Admin) -> Draft | None:
        text = self._draft_text(admin)
        return Draft.model_validate_json(text) if text else None

    def _keep(self, draft: Draft, admin: Admin) -> None:
        self._history.put_draft(admin.id, admin.chat, draft.model_dump_json())

    def _typed(self, text: str, admin: Admin) -> Turn | None:
        draft = self._draft(admin)
        if draft is None or draft.awaited is Awaited.CONFIRMATION:
            return None
        if draft.awaited not in TYPED:
            return Turn(Reply(catalogue.CHOOSE_WITH_BUTTONS))
        if is_blank(text):
            return Turn(Reply(catalogue.NO_WORDS))
        try:
            return Turn(self._begin(self._written(draft, text.strip()), admin))
        except (EditRefusedError, FolderChangedError) as error:
            return Turn(Reply(str(error)))

    @staticmethod
    def _written(draft: Draft, text: str) -> Draft:
        """The draft with what was awaited.

        Raises:
            EditRefusedError: it is too long.
        """
        line = " ".join(text.split())
        match draft.awaited:
            case Awaited.QUESTION:
                if len(line) > _LONGEST_QUESTION:
                    limit = _LONGEST_QUESTION
                    raise EditRefusedError(catalogue.QUESTION_TOO_LONG.format(length=len(line), limit=limit))
                return draft.but(question=line)
            case Awaited.PHRASINGS:
                lines = (" ".join(one.split()) for one in text.splitlines())
                return draft.but(phrasings=tuple(one for one in lines if not is_blank(one)))
            case Awaited.ANSWER:
                if len(text) > ANSWER_LIMIT:
                    raise EditRefusedError(catalogue.ANSWER_TOO_LONG.format(length=len(text), limit=ANSWER_LIMIT))
                return draft.but(answer="\n".join(one.rstrip() for one in text.splitlines()))
            case Awaited.OTHER:
                return draft.but(other=line, awaited=Awaited.SOURCES)
            case _:
                return draft.but(topic=line)

    def _continue(self, kind: Press, part: str, admin: Admin) -> Reply:
        """The draft with what was pressed."""
        draft = self._draft(admin)
        base = self._live.edition.base
        if draft is None:
            return Reply(catalogue.DRAFT_GONE)
        match kind, part:
            case Press.CONFIRM, digest if draft.awaited is Awaited.CONFIRMATION:
                return self._propose(draft, admin, confirmed=digest)
            case Press.SOURCE, "other" if draft.awaited is Awaited.SOURCES and draft.other:
                draft = draft.but(other="")
            case Press.SOURCE, "other" if draft.awaited is Awaited.SOURCES:
                self._keep(draft.but(awaited=Awaited.OTHER), admin)
                return _prompt(catalogue.ASK_OTHER, admin)
            case Press.SOURCE, "done" if draft.awaited is Awaited.SOURCES:
                if not (draft.sources or draft.other):
                    raise EditRefusedError(catalogue.NEEDS_SOURCE)
                self._keep(draft.but(awaited=Awaited.TOPIC), admin)
                return cards.topics(base)
            case Press.SOURCE, key if draft.awaited is Awaited.SOURCES:
                place = next((one for one in base.places if item_key(one) == key), None)
                chosen = {*draft.sources} ^ {place}
                draft = draft.but(sources=tuple(one for one in base.places if one in chosen))
            case Press.TOPIC, key if draft.awaited is Awaited.TOPIC:
                topic = next((one for one in base.topics if topic_key(one) == key), "")
                draft = draft.but(topic=topic)
            case _:
                return Reply(catalogue.DRAFT_GONE)
        return self._begin(draft, admin)

    def _begin(self, draft: Draft, admin: Admin) -> Reply:
        """Ask for what a draft lacks, or propose it."""
        base = self._live.edition.base
        asked = self._clusters.cluster(draft.cluster).questions if draft.cluster else ()
        original = asked[0].question if asked else ""
        target = base.by_id.get(draft.item)
        writes_item = draft.task in {Task.ITEM, Task.NOT_COVERED}
        if writes_item and not draft.question:
            prompt = catalogue.ASK_SHORT_QUESTION.format(asked=original) if original else catalogue.ASK_QUESTION
            return self._await(draft, Awaited.QUESTION, prompt, admin)
        if draft.task is Task.PHRASING and not draft.phrasings:
            question = target.question if target else draft.item
            prompt = catalogue.ASK_PHRASING_OF if original else catalogue.ASK_PHRASING
            return self._await(draft, Awaited.PHRASINGS, prompt.format(asked=original, question=question), admin)
        if draft.task is not Task.PHRASING and not draft.answer:
            match draft.task:
                case Task.ANSWER:
                    question = target.question if target else draft.item
                    prompt = catalogue.ASK_NEW_ANSWER.format(question=question, answer=draft.seen)
                case Task.NOT_COVERED:
                    prompt = catalogue.ASK_NOT_COVERED.format(question=draft.question)
                case _:
                    prompt = catalogue.ASK_ANSWER.format(question=draft.question, limit=ANSWER_LIMIT)
            return self._await(draft, Awaited.ANSWER, prompt, admin)
        if draft.task is Task.ITEM and not draft.topic:
            self._keep(draft.but(awaited=Awaited.SOURCES), admin)
            return cards.sources(draft.answer, base, draft.sources, draft.other)
        return self._propose(draft, admin)

    def _await(self, draft: Draft, awaited: Awaited, prompt: str, admin: Admin) -> Reply:
        self._keep(draft.but(awaited=awaited), admin)
        return _prompt(prompt, admin)

    # --- edits ----------------------------------------------------------------------------------------------------

    def _propose(self, draft: Draft, admin: Admin, confirmed: str = "") -> Reply:
        """Try what was written, and do it if nothing is lost by it, or if that was confirmed for this very change."""
        try:
            plan = self._editor.plan(_proposal(draft))
        except AlreadyThereError as error:
            return self._already(error.item, draft.cluster, admin)
        current = plan.before.base.by_id.get(draft.item)
        # Somebody else has written another answer while this one was written.
        overtaken = draft.task is Task.ANSWER and current is not None and current.answer != draft.seen
        if plan.digest == confirmed or not (plan.impact.has_loss or overtaken or confirmed):
            return self._apply(plan, draft.cluster, admin)
        self._keep(draft.but(awaited=Awaited.CONFIRMATION, seen=current.answer if current else ""), admin)
        stale = catalogue.IMPACT_STALE if plan.impact.has_loss else catalogue.IMPACT_STALE_FINE
        head = stale if confirmed or overtaken else catalogue.IMPACT_TRY
        if overtaken and current:
            head += "\n" + catalogue.CARD_ANSWER.format(answer=current.answer)
        return self._warning(head, plan, (button(catalogue.BUTTON_CONFIRM, Press.CONFIRM, plan.digest), *CANCEL_ROW))

    @staticmethod
    def _warning(head: str, plan: Plan, row: tuple[Button, ...]) -> Reply:
        return Reply("\n".join((head, *cards.impact_lines(plan.impact, plan.after.base))), (row,))

    def _apply(self, plan: Plan, cluster: int | None, admin: Admin) -> Reply:
        try:
            action = self._editor.apply(plan, admin.id)
        except FolderReadOnlyError as error:
            return Reply(cards.to_paste(plan, str(error)))
        self._history.put_draft(admin.id, admin.chat, None)
        base = plan.after.base
        what = catalogue.EDITED_WHAT[plan.kind].format(question=base.by_id[plan.item].question)
        lines = [catalogue.EDITED.format(what=what, file=plan.file), *cards.impact_lines(plan.impact, base)]
        closed = self._closed(cluster, plan.item, plan.before)
        undo = button(catalogue.BUTTON_UNDO, Press.UNDO, action)
        return Reply("\n".join((*lines, *closed)), ((undo, *(() if cluster is None else (NEXT_CARD,))),))

    def _already(self, item: str, cluster: int | None, admin: Admin) -> Reply:
        """The knowledge is as wanted, without an edit."""
        self._history.put_draft(admin.id, admin.chat, None)
        if cluster is not None:
            self._history.record(admin.id, "covered", str(cluster))
        text = catalogue.EDITED_ALREADY.format(question=self._item(item).question)
        return Reply("\n".join((text, *self._closed(cluster, item, None))), ((NEXT_CARD,),))

    def _closed(self, cluster: int | None, item: str, before: Edition | None) -> list[str]:
        """Lead a card's misses to their item, and ask them again; what came of it."""
        if cluster is None:
            return []
        led = [replace(row, chosen=item) for row in self._clusters.handle(cluster, State.HANDLED, item)]
        closed = self._lifecycle.close(led, before, self._live.edition)
        if closed == len(led):
            return ["", catalogue.CLOSED_ALL]
        some = catalogue.CLOSED.format(total=len(led), closed=closed)
        return ["", some, catalogue.STILL_MISSED.format(count=len(led) - closed)]


def _proposal(draft: Draft) -> Proposal:
    match draft.task:
        case Task.PHRASING:
            return MorePhrasings(draft.item, draft.phrasings)
        case Task.ANSWER:
            return NewAnswer(draft.item, draft.answer)
        case Task.ITEM | Task.NOT_COVERED:
            kind = Kind.ANSWER if draft.task is Task.ITEM else Kind.NOT_COVERED
            return NewItem(kind, draft.question, draft.phrasings, draft.answer, draft.sources, draft.topic, draft.other)


def _fit(cluster: Cluster) -> list[str]:
    """Questions of a cluster that can stand as phrasings: short, whole, and unlike each other."""
    texts = (one.question for one in cluster.questions)
    return unlike(one for one in texts if len(one) <= _LONGEST_PHRASING and not is_masked(one))[:_PHRASINGS_AT_ONCE]


def _prompt(text: str, admin: Admin) -> Reply:
    """A question to an admin; in a group the bot sees replies alone."""
    here = text if admin.chat == admin.id else f"{text}\n{catalogue.REPLY_HERE}"
    return Reply(here, (CANCEL_ROW,))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise EditRefusedError(catalogue.DRAFT_GONE)
    return int(text)
