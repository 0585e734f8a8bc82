"""One turn of the conversation with an admin."""

from collections.abc import Callable
from dataclasses import replace

from bot.conversation import cards
from bot.conversation.cards import COUNTED, Press, press
from bot.conversation.desk import Desk
from bot.conversation.forms import Admin, Awaited, Draft, Drafts, Task
from bot.conversation.members import Command, Turn
from bot.conversation.replies import Reply
from bot.conversation.writing import Writing
from bot.curation.clustering import Clustering
from bot.curation.digest import Digest
from bot.errors import EditRefusedError, FolderChangedError, StaleButtonError
from bot.items import Item, Kind
from bot.matching import Candidate
from bot.snapshot import CurrentSnapshot, Snapshot
from bot.store.clusters import MissClusters
from bot.store.history import History
from bot.store.misses import MissLog
from bot.store.records import ActionKind, Cluster, Judged, Records, State
from bot.store.usage import UsageLog
from bot.texts import admins as admins_texts

_NEAREST = 3
_CHOICES = 6
_LIKELY = 0.05
"""An item with a lower score was hardly meant."""
_LONGEST_NUMBER = 18
_OF_A_DRAFT = (Press.SOURCE, Press.TOPIC, Press.CONFIRM, Press.CANCEL)
COMMANDS = frozenset(admins_texts.ADMIN_COMMANDS)


class AdminDialogue:
    """What an admin says and presses, to what an admin reads; whoever calls it has made sure that it is an admin."""

    def __init__(  # noqa: PLR0913 - a service an argument
        self,
        *,
        current: CurrentSnapshot,
        desk: Desk,
        writing: Writing,
        missed: MissLog,
        clusters: MissClusters,
        clustering: Clustering,
        history: History,
        drafts: Drafts,
        usage: UsageLog,
        digest: Digest,
        reload: Callable[[], str],
    ) -> None:
        self._current = current
        self._desk = desk
        self._writing = writing
        self._missed = missed
        self._clusters = clusters
        self._history = history
        self._drafts = drafts
        self._usage = usage
        self._digest = digest
        self._reload = reload
        self._clustering = clustering

    def say(self, text: str, admin: Admin) -> Turn | None:
        """The turn after a typed message; None if it is none of an admin's business."""
        command = Command.of(text)
        if command and command.name not in COMMANDS:
            return None
        self._drafts.taken(admin)
        before = self._drafts.get(admin)
        try:
            reply = self._command(command, admin) if command else self._writing.typed(text, admin)
        except (EditRefusedError, FolderChangedError) as error:
            reply = Reply(str(error))
        if reply is None:
            return None
        goes_on = command is None or command.name == "cancel"
        return self._kept(Turn(reply), admin, None if goes_on else before)

    def press(self, action: str, admin: Admin) -> Turn:
        """The turn after a pressed button."""
        self._drafts.taken(admin)
        before = self._drafts.get(admin)
        try:
            turn = self._pressed(action, admin)
        except StaleButtonError as error:
            # The message may still be needed, by this admin or another.
            self._drafts.taken(admin)
            return Turn(None, notice=str(error))
        except (EditRefusedError, FolderChangedError) as error:
            turn = Turn(Reply(str(error), ((cards.next_card(),),)))
        goes_on = any(action.startswith(f"{press(kind)}:") for kind in _OF_A_DRAFT)
        return self._kept(turn, admin, None if goes_on else before)

    def _kept(self, turn: Turn, admin: Admin, left: Draft | None) -> Turn:
        """The turn with what it changed. Whoever turns to something else has left what they wrote, and is told."""
        if left is not None and turn.reply:
            if self._drafts.get(admin) == left:
                self._drafts.drop(admin)
            if left.awaited is not Awaited.CONFIRMATION:
                turn = replace(turn, reply=Reply(f"{admins_texts.DRAFT_CLOSED}\n\n{turn.reply.text}", turn.reply.rows))
        return replace(turn, records=Records(forms=self._drafts.taken(admin)))

    # --- commands -------------------------------------------------------------------------------------------------

    def _command(self, command: Command, admin: Admin) -> Reply:  # noqa: PLR0911 - one return a command
        match command.name:
            case "missed":
                return self._card(0)
            case "new":
                return self._writing.begin(Draft(task=Task.ITEM, awaited=Awaited.QUESTION), admin)
            case "edit":
                return self._chosen_item(command.rest)
            case "history":
                return self._past(0)
            case "digest":
                return self._digest.compose(self._current.snapshot)
            case "help":
                return cards.help_for_admins()
            case "reload":
                self._history.record(admin.id, ActionKind.RELOAD, "")
                return Reply(self._reload())
            case _:
                return self._cancel(admin)

    def _chosen_item(self, words: str) -> Reply:
        snapshot = self._current.snapshot
        if not words:
            return Reply(admins_texts.EDIT_USAGE)
        # Phones begin with a capital.
        item = snapshot.base.by_id.get(words.lower().replace("_", "-"))
        if item:
            return cards.item_card(item, snapshot)
        found = snapshot.matcher.match(words).candidates[:_CHOICES]
        return cards.item_choices(one.item for one in found if one.score >= _LIKELY)

    def _past(self, start: int) -> Reply:
        found = self._history.latest(cards.HISTORY_PAGE + 1, start)
        return cards.history(found, start, self._current.snapshot.base)

    def _cancel(self, admin: Admin) -> Reply:
        had = self._drafts.get(admin) is not None
        self._drafts.drop(admin)
        return Reply(admins_texts.CANCELLED if had else admins_texts.NOTHING_TO_CANCEL)

    # --- cards ----------------------------------------------------------------------------------------------------

    def _card(self, place: int) -> Reply:
        """The card at this place of the list, or the nearest one that there is."""
        self._clustering.cluster_new()
        ranked = self._clusters.ranked(COUNTED)
        if not ranked:
            return Reply(admins_texts.CARD_NONE)
        count = len(ranked)
        place = min(place, count - 1)
        cluster = self._clusters.cluster(ranked[place])
        if not cluster.questions:
            return Reply(admins_texts.CARD_NONE)
        snapshot, first = self._current.snapshot, cluster.questions[0]
        complained = snapshot.base.by_id.get(first.item or "") if first.is_complaint else None
        rejected = self._usage.not_meant([first.key]).get(first.key, frozenset()) if not complained else ()
        return cards.card(
            cluster,
            place,
            count,
            [one for one in self._nearest(cluster, snapshot) if one.item is not complained][:_NEAREST],
            complained,
            self._usage.complaints(complained.id) if complained else {},
            [snapshot.base.by_id[one] for one in sorted(rejected) if one in snapshot.base.by_id],
        )

    @staticmethod
    def _nearest(cluster: Cluster, snapshot: Snapshot, kind: Kind = Kind.ANSWER) -> list[Candidate]:
        candidates = snapshot.matcher.match(cluster.questions[0].question).candidates
        return [one for one in candidates if one.item.kind is kind]

    def _open_cluster(self, number: str) -> Cluster:
        cluster = self._clusters.cluster(_number(number))
        if not cluster.questions:
            raise StaleButtonError(admins_texts.CARD_GONE)
        return cluster

    # --- buttons --------------------------------------------------------------------------------------------------

    def _pressed(self, action: str, admin: Admin) -> Turn:  # noqa: C901, PLR0911, PLR0912 - one case a kind
        match action.split(":")[1:]:
            case [Press.CARD, place]:
                return Turn(self._card(_number(place)))
            case [Press.PHRASING, cluster, key]:
                return Turn(self._writing.add_to(self._open_cluster(cluster), key, admin))
            case [Press.NEW, cluster]:
                return Turn(self._writing.begin_item(self._open_cluster(cluster), Task.ITEM, admin))
            case [Press.NOT_COVERED, cluster]:
                found = self._open_cluster(cluster)
                refusals = self._nearest(found, self._current.snapshot, Kind.NOT_COVERED)
                here = self._clusters.place(found.id, COUNTED)
                return Turn(cards.not_covered(found, (one.item for one in refusals[:_NEAREST]), here))
            case [Press.REFUSE, cluster]:
                return Turn(
                    self._writing.begin_item(
                        self._open_cluster(cluster), Task.NOT_COVERED, admin, answer=admins_texts.NOT_COVERED_ANSWER
                    )
                )
            case [Press.REFUSE_OWN, cluster]:
                return Turn(self._writing.begin_item(self._open_cluster(cluster), Task.NOT_COVERED, admin))
            case [Press.IGNORE, cluster]:
                ignored = self._open_cluster(cluster)
                here = self._clusters.place(ignored.id, COUNTED)
                self._clusters.handle(ignored.id, State.IGNORED)
                self._history.record(admin.id, ActionKind.IGNORE, cluster)
                complaint = ignored.questions[0].is_complaint
                notice = admins_texts.IGNORED_COMPLAINT if complaint else admins_texts.IGNORED
                return Turn(self._card(here), notice=notice)
            case [Press.DELETE, cluster]:
                found = self._open_cluster(cluster)
                return Turn(cards.deletion(found, self._clusters.place(found.id, COUNTED)))
            case [Press.DELETE, cluster, cards.CONFIRMED]:
                found = self._open_cluster(cluster)
                here = self._clusters.place(found.id, COUNTED)
                for row in found.questions:
                    self._missed.forget(row.key)
                self._history.record(admin.id, ActionKind.DELETE, "")
                return Turn(self._card(here), notice=admins_texts.DELETED)
            case [Press.CARE, cluster]:
                self._clusters.care(_number(cluster))
                self._history.record(admin.id, ActionKind.UNIGNORE, cluster)
                return Turn(self._card(self._clusters.place(_number(cluster), COUNTED)), notice=admins_texts.CARED)
            case [Press.SHOW, cluster]:
                return Turn(self._card(self._clusters.place(self._open_cluster(cluster).id, COUNTED)))
            case [Press.ANSWER, item, cluster]:
                wanted = self._item(item)
                draft = Draft(
                    task=Task.ANSWER,
                    awaited=Awaited.ANSWER,
                    item=wanted.id,
                    cluster=_number(cluster) or None,
                    seen=wanted.answer,
                )
                return Turn(self._writing.begin(draft, admin))
            case [Press.WORDS, item]:
                draft = Draft(task=Task.PHRASING, awaited=Awaited.PHRASINGS, item=self._item(item).id)
                return Turn(self._writing.begin(draft, admin))
            case [Press.ITEM, item]:
                return Turn(cards.item_card(self._item(item), self._current.snapshot))
            case [Press.CANCEL, owner] if self._owns(owner, admin):
                self._drafts.drop(admin)
                return Turn(Reply(admins_texts.CANCELLED))
            case [Press.UNDO, number]:
                return Turn(self._desk.undo(_number(number), admin))
            case [Press.AGAIN, number, *digest]:
                return Turn(self._desk.again(_number(number), digest, admin))
            case [Press.HISTORY, start]:
                return Turn(self._past(_number(start)))
            case [Press.TO_JUDGE, left]:
                return Turn(self._digest.to_judge(self._current.snapshot, _number(left)))
            case [Press.JUDGE, key, ("y" | "n") as judgement, left]:
                return Turn(self._judge(key, judgement == "y", _number(left), admin))
            case [Press.SOURCE | Press.TOPIC | Press.CONFIRM as kind, part, owner] if self._owns(owner, admin):
                return Turn(self._writing.go_on(Press(kind), part, admin))
            case _:
                raise StaleButtonError(admins_texts.DRAFT_GONE)

    @staticmethod
    def _owns(owner: str, admin: Admin) -> bool:
        """Whether a draft's button is this admin's own: in a group others see it too."""
        if owner != str(admin.id):
            raise StaleButtonError(admins_texts.NOT_YOURS)
        return True

    def _item(self, item_id: str) -> Item:
        item = self._current.snapshot.base.by_id.get(item_id)
        if item is None:
            raise StaleButtonError(admins_texts.ITEM_GONE)
        return item

    def _judge(self, key: str, right: bool, left: int, admin: Admin) -> Reply:  # noqa: FBT001 - the judgement itself
        waiting = self._usage.to_judge(1000)
        found = next((one for one in waiting if cards.answered_key(one) == key), None)
        if found:
            self._usage.judge(Judged(found.question, found.key, found.item, right))
            self._history.record(admin.id, ActionKind.JUDGE, found.item)
        shown = self._digest.to_judge(self._current.snapshot, left - 1)
        item = self._current.snapshot.base.by_id.get(found.item) if found and not right else None
        return Reply(shown.text, (*shown.rows, *((cards.mend_row(item),) if item else ())))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise StaleButtonError(admins_texts.DRAFT_GONE)
    return int(text)
