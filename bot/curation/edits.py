"""Edits of the knowledge folder: planned, tried on questions, made and undone; what editors changed is taken over."""

import hashlib
import json
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as replace_fields
from itertools import chain, groupby, islice
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any

from cachetools import LRUCache
from pydantic import TypeAdapter

from bot.curation.planning import AlreadyThereError, completed, is_made, new_phrasings, questions, subject
from bot.errors import EditRefusedError, GitError, KnowledgeError, Refusal
from bot.evaluation.impact import LIMIT, Impact, ReplayedQuestion, replay
from bot.items import KnowledgeBase
from bot.knowledge import Files, fingerprint, read
from bot.knowledge.edit import (
    AddItem,
    AddSource,
    ByHandError,
    Change,
    ChangeTexts,
    ChangeWords,
    DeleteItem,
    Edit,
    MoveItem,
    SetPlace,
    SetText,
    file_edits,
    reverted,
)
from bot.knowledge.folder import commit, half_written, replace, tidy
from bot.masking import question_key
from bot.matching import Answer, ConfidenceModel
from bot.snapshot import CurrentSnapshot, Snapshot
from bot.store.history import History
from bot.store.records import Action, ActionKind, ActionState
from bot.text import normalise

_LOG = logging.getLogger(__name__)
_OVERWRITTEN = 50
"""So many of the latest edits are looked for in what an editor saved: no editor is left open for longer than that."""
_PLANS_KEPT = 4
_EDITED = "edited"
"""The mark of the state that the last edit by the bot, on whichever machine, has left."""
_EDITS = TypeAdapter(tuple[Edit, ...])


@dataclass(frozen=True, slots=True)
class Plan:
    """The edits of a change, the folder without and with them, and what they do to questions. Nothing is written yet.

    The last edit is that of the change itself; those before it are what it needs. ``kind``: what the change is called
    in the history.
    """

    kind: ActionKind
    edits: tuple[Edit, ...]
    before: Snapshot
    after: Snapshot
    impact: Impact

    @property
    def change(self) -> Change:
        """The change, with nothing left open."""
        return self.edits[-1].change

    @property
    def item(self) -> str:
        """The id of the item or document that the change is about."""
        return subject(self.change)

    @property
    def digest(self) -> str:
        """Names the folder without and with the edits, in 8 hexadecimal digits: what a confirmation is good for."""
        both = fingerprint(self.before.files) + fingerprint(self.after.files)
        return hashlib.sha256(both.encode()).hexdigest()[:8]


@dataclass(eq=False)
class Edits:
    """Changes the knowledge folder, one change at a time. ``known`` gives the real questions to try changes on.

    Every method raises StoreError where the store fails. One that changes the folder raises EditRefusedError while
    another process does.
    """

    folder: Path
    current: CurrentSnapshot
    history: History
    known: Callable[[], Sequence[ReplayedQuestion]]
    commits: bool = field(kw_only=True)

    def __post_init__(self) -> None:
        self._lock = threading.RLock()
        self._plans: LRUCache[object, Plan] = LRUCache(_PLANS_KEPT)
        self.taken_over: deque[tuple[Snapshot, Snapshot]] = deque()
        """What editors changed: the snapshots before and after. Whoever has seen to one removes it."""
        self.git_fault: str | None = None
        """Why edits are not committed to git; None if they are, or need not be."""
        self._uncommitted: dict[str, str] = {}
        """The files that were edited and not committed since, and what was done to each last."""

    def recover(self) -> None:
        """Find out of each edit that a kill interrupted whether it was made, and remove what is left of it.

        Called at the start, and now and then, since another process may have been lost. Not while another one edits.
        """
        # While it is looked at, nobody else can edit.
        if not self.history.begun() and not half_written(self.folder):
            return
        try:
            with self._lock, self.history.editing():
                self._recover()
        except EditRefusedError as error:
            _LOG.info("What a kill may have interrupted is looked at later: %s", error)

    def _recover(self) -> None:
        tidy(self.folder)
        for action in self.history.begun():
            # What another process has written may not answer here yet.
            found = self.on_disk()
            is_made = _all_made(action, found.base) or not self._taken_back(action, found)
            self.history.settle(action.id, ActionState.DONE if is_made else ActionState.VOID)

    def plan(self, change: Change) -> Plan:
        """Work a change out on the folder as it is now, and try it on questions.

        The same change on the same folder gives the same plan, as long as it is one of the last few. Raises
        AlreadyThereError if there is nothing to do, ByHandError if a file is written in a way in which the bot does not
        edit it, and EditRefusedError if the change can't be made for another reason.
        """
        with self._lock:
            before = self.on_disk()
            match change:
                case ChangeTexts(item) | SetText(item) | DeleteItem(item) | MoveItem(item):
                    if item not in before.base.by_id:
                        raise EditRefusedError(Refusal.ITEM_GONE)
                case SetPlace(source) if source and source not in before.base.places:
                    raise EditRefusedError(Refusal.PLACE_GONE)
                case _:
                    pass
            changes = completed(change, before.knowledge, self.history.used_ids())
            return self._planned(before, _kind(change), changes)

    def plan_together(self, before: Snapshot, kind: ActionKind, changes: Sequence[tuple[str, Change]]) -> Plan:
        """Plan several completed changes, each with its file, as one action on the folder that ``before`` was read of.

        Raises as ``plan``.
        """
        return self._planned(before, kind, changes)

    def plan_again(self, action_id: int) -> Plan:
        """Plan an edit that was made before, and whose change is gone from the files. Raises as ``plan``."""
        with self._lock:
            before = self.on_disk()
            action = self.history.action(action_id)
            edits = edits_of(action)
            missing = [(edit.file, edit.change) for edit in edits if not is_made(edit.change, before.base)]
            if not missing or action is None:
                raise AlreadyThereError(subject(edits[-1].change))
            return self._planned(before, action.kind, missing)

    def apply(self, plan: Plan, admin: int | None) -> int:
        """Make a planned change; the number of the action. It answers from then on.

        Raises ByHandError if the folder can't be written, and EditRefusedError if it is not the one that the change was
        planned on; nothing is done then.
        """
        with self._lock, self.history.editing():
            if read(self.folder) != plan.before.files:
                raise EditRefusedError(Refusal.FOLDER_CHANGED)
            edits = _EDITS.dump_json(plan.edits).decode()
            detail = f"{plan.item}（{plan.edits[-1].file}）"
            # By these keys the edit is found when a question is erased for good.
            held = chain.from_iterable(map(questions, (edit.change for edit in plan.edits)))
            keys = list(map(question_key, (*held, *_beside(plan))))
            changes = [edit.change for edit in plan.edits]
            self.history.keep_ids([subject(change) for change in changes if isinstance(change, AddItem | DeleteItem)])
            action = self.history.begin(admin, plan.kind, list(map(subject, changes)), detail, edits, keys)
            self.history.put_mark(_EDITED, plan.after.name)
            try:
                self._write(plan.before.files, plan.after.files, plan.edits)
            except EditRefusedError as error:
                self.history.settle(action, ActionState.VOID)
                if error.refusal is Refusal.FOLDER_READ_ONLY:
                    raise ByHandError(error.refusal, plan.edits, **error.details) from error
                raise
            self.history.settle(action, ActionState.DONE)
            self._adopt(plan.after, plan.before, plan.edits, f"{plan.kind}: {plan.item}")
        return action

    def undo(self, action_id: int, admin: int | None) -> str:
        """Undo one edit: the bytes are as before if the file is unchanged since, else that edit alone is taken back.

        The id of the item that it was about. An edit that is undone already stays so. Raises EditRefusedError if it
        can't be told apart any more, the knowledge would have faults without it, or the folder can't be written.
        """
        with self._lock, self.history.editing():
            action = self.history.action(action_id)
            if action and action.item and action.state is ActionState.UNDONE:
                return action.item
            edits = edits_of(action)
            item = subject(edits[-1].change)
            before = self.on_disk()
            # What is undone already was undone by an editor, or before a kill.
            left = [edit for edit in edits if is_made(edit.change, before.base) is not False]
            files = _reverted(before.files, left)
            after = self._sound(files, Refusal.UNDO_FAULTY)
            self.history.put_mark(_EDITED, after.name)
            self._write(before.files, files, left[::-1])
            self.history.settle(action_id, ActionState.UNDONE)
            self.history.record(admin, ActionKind.UNDO, f"#{action_id} {item}")
            self._adopt(after, before, left, f"undo: {item}")
        return item

    def take_over(self) -> bool:
        """Answer from the folder as it is now; whether it has changed. Raises KnowledgeError if it has faults."""
        with self._lock:
            after = self._loaded(read(self.folder))
            is_new = after is not self.current.snapshot
            if is_new and self.history.mark(_EDITED) == after.name:
                # Another replica's edit, which tells itself what follows from it.
                self.current.snapshot = after
            elif is_new:
                self._adopt(after, after)
            return is_new

    def commit(self) -> None:
        """Commit to git what was edited and is not committed; ``git_fault`` tells what came of it."""
        with self._lock:
            if not self._uncommitted:
                return
            try:
                commit(self.folder, list(self._uncommitted), "; ".join(dict.fromkeys(self._uncommitted.values())))
            except GitError as error:
                if self.git_fault != str(error):
                    _LOG.error("Edits can't be committed to git, trying again each minute: %s", error)
                self.git_fault = str(error)
            else:
                self._uncommitted.clear()
                self.git_fault = None

    def recalibrate(self, snapshot: Snapshot, confidence: ConfidenceModel) -> None:
        """Give a snapshot its own thresholds, if it still answers."""
        with self._lock:
            if self.current.snapshot is snapshot:
                self.current.snapshot = snapshot.calibrated(confidence)

    def impact(self, before: Snapshot, after: Snapshot, more: Sequence[ReplayedQuestion] = ()) -> Impact:
        """What a change does to phrasings, to the known real questions, and to some ``more`` of these."""
        return replay(before.index, after.index, before.confidence, [*self.known(), *more])

    def overwritten(self, before: Snapshot, after: Snapshot) -> Sequence[Action]:
        """Edits from the chat that an editor has undone by saving an older copy."""
        found = self.history.edits(_OVERWRITTEN)
        return [edit for edit in found if _all_made(edit, before.base) and not _all_made(edit, after.base)]

    def _loaded(self, files: Files) -> Snapshot:
        current = self.current.snapshot
        return current if files == current.files else Snapshot.of(files, str(self.folder), current.confidence)

    def on_disk(self) -> Snapshot:
        """The folder as it is now, whether it answers already or not."""
        try:
            return self._loaded(read(self.folder))
        except KnowledgeError as error:
            raise EditRefusedError(Refusal.FOLDER_FAULTY, count=len(error.faults), fault=error.faults[0]) from error

    def _taken_back(self, action: Action, before: Snapshot) -> bool:
        """Take back what a kill left of an edit of several files in the folder; whether nothing of it is left then."""
        left = [edit for edit in edits_of(action) if is_made(edit.change, before.base)]
        try:
            files = _reverted(before.files, left)
            after = self._sound(files, Refusal.UNDO_FAULTY)
            self._write(before.files, files, left[::-1])
        except EditRefusedError as error:
            _LOG.error("Edit %s was cut short, and can't be taken back: %s", action.id, error)
            return False
        if left:
            self._adopt(after, before, left, f"undo: {subject(left[-1].change)}")
        return True

    def _planned(self, before: Snapshot, kind: ActionKind, changes: Sequence[tuple[str, Change]]) -> Plan:
        key = tuple(before.files.items()), kind, tuple(changes)
        with self._lock:
            if key in self._plans:
                return self._plans[key]
        files, edits, by_hand = dict(before.files), list[Edit](), list[ByHandError]()
        for file, of_file in groupby(changes, key=itemgetter(0)):
            try:
                made, data = file_edits([change for _, change in of_file], file, files.get(file))
                _put(files, file, data)
                edits += made
            except ByHandError as error:
                by_hand.append(error)
                edits += error.edits
        if by_hand:
            raise ByHandError(by_hand[0].refusal, edits, **by_hand[0].details)
        after = self._sound(files, Refusal.EDIT_FAULTY)
        # A question that becomes a phrasing is lost by the item that answers it now.
        asked = islice(chain.from_iterable(new_phrasings(edit.change) for edit in edits), LIMIT)
        verdicts = {text: before.matcher.match(text) for text in asked}
        answered = [
            ReplayedQuestion(text, verdict.chosen[0].item.id)
            for text, verdict in verdicts.items()
            if isinstance(verdict, Answer)
        ]
        impact = _without_own(edits[-1].change, self.impact(before, after, answered))
        plan = Plan(kind, tuple(edits), before, after, impact)
        with self._lock:
            self._plans[key] = plan
        return plan

    def _sound(self, files: Files, refusal: Refusal) -> Snapshot:
        """The snapshot of files that are not on the disk yet, in the order in which a folder is read."""
        try:
            return self._loaded(dict(sorted(files.items())))
        except KnowledgeError as error:
            raise EditRefusedError(refusal, fault=error.faults[0].message) from error

    def _write(self, before: Files, after: Files, edits: Sequence[Edit]) -> None:
        """Replace files one by one; if one can't be, those before it are put back."""
        written: list[str] = []
        try:
            for name in dict.fromkeys(edit.file for edit in edits):
                replace(self.folder, name, before.get(name), after.get(name))
                written.append(name)
        except EditRefusedError:
            for name in reversed(written):
                replace(self.folder, name, after.get(name), before.get(name))
            raise

    def _adopt(self, snapshot: Snapshot, found: Snapshot, edits: Sequence[Edit] = (), message: str = "") -> None:
        """From here on this snapshot answers. ``found`` is the folder as editors had left it before these edits."""
        current = self.current.snapshot
        if found.files != current.files:
            self.taken_over.append((current, found))
        self.current.snapshot = snapshot.calibrated(current.confidence)
        if self.commits and edits:
            self._uncommitted.update((edit.file, message) for edit in edits)
            self.commit()


def _kind(change: Change) -> ActionKind:  # noqa: PLR0911 - one return a change
    """What a change is called in the history."""
    match change:
        case ChangeTexts(_, "phrasings", added):
            return ActionKind.PHRASINGS if added else ActionKind.PHRASINGS_REMOVED
        case ChangeTexts(_, field) | SetText(_, field):
            return ActionKind(field)
        case AddItem():
            return ActionKind.ITEM
        case DeleteItem():
            return ActionKind.ITEM_DELETED
        case MoveItem():
            return ActionKind.MOVED
        case AddSource():
            return ActionKind.SOURCE
        case SetPlace():
            return ActionKind.PLACE
        case ChangeWords(standard):
            return ActionKind.SYNONYMS if standard else ActionKind.FRAMES


def _put(files: dict[str, bytes], name: str, data: bytes | None) -> None:
    if data is None:
        files.pop(name, None)
    else:
        files[name] = data


def _reverted(files: Files, edits: Sequence[Edit]) -> Files:
    """The files without these edits, of which the last was made last."""
    left = dict(files)
    for file, of_file in groupby(reversed(edits), key=attrgetter("file")):
        _put(left, file, reverted([*of_file][::-1], left.get(file)))
    return left


def _without_own(change: Change, impact: Impact) -> Impact:
    """What a change does to others: that an item's own phrasings go with it is what was wanted."""
    if not isinstance(change, DeleteItem):
        return impact
    own = set(map(normalise, questions(change)))
    others = tuple(effect for effect in impact.effects if normalise(effect.question) not in own)
    return replace_fields(impact, effects=others)


def _beside(plan: Plan) -> Iterator[str]:
    """The questions that an edit holds only because they stand beside those that it takes away."""
    for edit in plan.edits:
        match edit.change:
            case ChangeTexts(item, "phrasings" | "negatives" as key) if edit.removed:
                yield from getattr(plan.before.base.by_id[item], key)


def _all_made(action: Action, base: KnowledgeBase) -> bool:
    # What the edit was may be erased since.
    return action.edit is None or all(is_made(edit.change, base) for edit in edits_of(action))


def edits_of(action: Action | None) -> tuple[Edit, ...]:
    """The edits of an action, whichever version of the bot kept them.

    Raises EditRefusedError where what it takes to undo them is not kept, or there is no action.
    """
    if action is None or action.edit is None:
        raise EditRefusedError(Refusal.UNDO_GONE)
    return _EDITS.validate_python([_renewed(row) for row in json.loads(action.edit)])


def _renewed(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A kept edit in today's shape.

    In 0.1 its place was a value of its own, a new item had no topic, and phrasings and answers had changes of theirs.
    """
    change = row["change"]
    match change:
        case {"entry": entry}:
            change = {"item": {"topic": "", **entry}}
        case {"item": item, "phrasings": phrasings}:
            change = {"item": item, "field": "phrasings", "added": phrasings}
        case {"item": item, "answer": answer, "before": before}:
            change = {"item": item, "field": "answer", "text": answer, "before": before}
    return {**row, **row.get("splice", {}), "change": change}
