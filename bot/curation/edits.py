"""Edits of the knowledge folder: planned, tried on questions, made and undone; what editors changed is taken over."""

import hashlib
import json
import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cachetools import LRUCache
from pydantic import TypeAdapter

from bot.curation.planning import AlreadyThereError, completed, is_made, questions, subject
from bot.errors import EditRefusedError, GitError, KnowledgeError, Refusal
from bot.evaluation.impact import Impact, ReplayedQuestion, replay
from bot.items import KnowledgeBase
from bot.knowledge import Files, fingerprint, read
from bot.knowledge.edit import AddItem, AddPhrasings, AddSource, ByHandError, Change, Edit, SetAnswer, edit_of
from bot.knowledge.folder import commit, replace, tidy
from bot.masking import question_key
from bot.matching import Answer, ConfidenceModel
from bot.snapshot import CurrentSnapshot, Snapshot
from bot.store.history import History
from bot.store.records import Action, ActionKind, ActionState

_LOG = logging.getLogger(__name__)
_OVERWRITTEN = 50
"""So many of the latest edits are looked for in what an editor saved: no editor is left open for longer than that."""
_PLANS_KEPT = 4
_EDITS = TypeAdapter(tuple[Edit, ...])
_KINDS: Mapping[type, ActionKind] = {
    AddPhrasings: ActionKind.PHRASINGS,
    SetAnswer: ActionKind.ANSWER,
    AddItem: ActionKind.ITEM,
    AddSource: ActionKind.SOURCE,
}
"""What a change is called in the history."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The edits of a change, the folder without and with them, and what they do to questions. Nothing is written yet.

    The last edit is that of the change itself; those before it are what it needs.
    """

    edits: tuple[Edit, ...]
    before: Snapshot
    after: Snapshot
    impact: Impact

    @property
    def change(self) -> Change:
        """The change, with nothing left open."""
        return self.edits[-1].change

    @property
    def kind(self) -> ActionKind:
        """What the change is called in the history."""
        return _KINDS[type(self.change)]

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

    Every method raises StoreError where the store fails.
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
        """After a start: find out of each edit that a kill interrupted whether it was made, and remove what is left."""
        tidy(self.folder)
        for action in self.history.begun():
            made = _all_made(action, self.current.snapshot.base)
            self.history.settle(action.id, ActionState.DONE if made else ActionState.VOID)

    def plan(self, change: Change) -> Plan:
        """Work a change out on the folder as it is now, and try it on questions.

        The same change on the same folder gives the same plan, as long as it is one of the last few. Raises
        AlreadyThereError if there is nothing to do, ByHandError if a file is written in a way in which the bot does not
        edit it, and EditRefusedError if the change can't be made for another reason.
        """
        with self._lock:
            before = self._on_disk()
            if isinstance(change, AddPhrasings | SetAnswer) and change.item not in before.base.by_id:
                raise EditRefusedError(Refusal.ITEM_GONE)
            return self._planned(before, completed(change, before.knowledge, self.history.used_ids()))

    def plan_again(self, action_id: int) -> Plan:
        """Plan an edit that was made before, and whose change is gone from the files. Raises as ``plan``."""
        with self._lock:
            before = self._on_disk()
            edits = _edits(self.history.action(action_id))
            missing = [(edit.file, edit.change) for edit in edits if not is_made(edit.change, before.base)]
            if not missing:
                raise AlreadyThereError(subject(edits[-1].change))
            return self._planned(before, missing)

    def apply(self, plan: Plan, admin: int) -> int:
        """Make a planned change; the number of the action. It answers from then on.

        Raises ByHandError if the folder can't be written, and EditRefusedError if it is not the one that the change was
        planned on; nothing is done then.
        """
        with self._lock:
            if read(self.folder) != plan.before.files:
                raise EditRefusedError(Refusal.FOLDER_CHANGED)
            edits = _EDITS.dump_json(plan.edits).decode()
            detail = f"{plan.item}（{plan.edits[-1].file}）"
            # By these keys the edit is found when a question is erased for good.
            keys = list(map(question_key, questions(plan.change)))
            action = self.history.begin(admin, plan.kind, plan.item, detail, edits, keys)
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

    def undo(self, action_id: int, admin: int) -> str:
        """Undo one edit: the bytes are as before if the file is unchanged since, else that edit alone is taken back.

        The id of the item that it was about. An edit that is undone already stays so. Raises EditRefusedError if it
        can't be told apart any more, the knowledge would have faults without it, or the folder can't be written.
        """
        with self._lock:
            action = self.history.action(action_id)
            if action and action.item and action.state is ActionState.UNDONE:
                return action.item
            edits = _edits(action)
            item = subject(edits[-1].change)
            before = self._on_disk()
            # What is undone already was undone by an editor, or before a kill.
            left = [edit for edit in edits if is_made(edit.change, before.base) is not False]
            reverted = {edit.file: edit.reverted(before.files.get(edit.file)) for edit in left}
            files = {name: data for name, data in {**before.files, **reverted}.items() if data is not None}
            after = self._sound(files, Refusal.UNDO_FAULTY)
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
            if is_new:
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

    def _on_disk(self) -> Snapshot:
        """The folder as it is now, whether it answers already or not."""
        try:
            return self._loaded(read(self.folder))
        except KnowledgeError as error:
            raise EditRefusedError(Refusal.FOLDER_FAULTY, count=len(error.faults), fault=error.faults[0]) from error

    def _planned(self, before: Snapshot, changes: Sequence[tuple[str, Change]]) -> Plan:
        key = tuple(before.files.items()), tuple(changes)
        if key in self._plans:
            return self._plans[key]
        files, edits, by_hand = dict(before.files), list[Edit](), list[ByHandError]()
        for file, change in changes:
            try:
                edits.append(edit_of(change, file, files.get(file)))
                files[file] = edits[-1].applied(files.get(file))
            except ByHandError as error:
                by_hand.append(error)
                edits += error.edits
        if by_hand:
            raise ByHandError(by_hand[0].refusal, edits, **by_hand[0].details)
        after = self._sound(files, Refusal.EDIT_FAULTY)
        # A question that becomes a phrasing is lost by the item that answers it now.
        verdicts = {text: before.matcher.match(text) for text in questions(edits[-1].change)}
        answered = [
            ReplayedQuestion(text, verdict.chosen[0].item.id)
            for text, verdict in verdicts.items()
            if isinstance(verdict, Answer)
        ]
        impact = self.impact(before, after, answered)
        plan = self._plans[key] = Plan(tuple(edits), before, after, impact)
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
            for edit in edits:
                replace(self.folder, edit.file, before.get(edit.file), after.get(edit.file))
                written.append(edit.file)
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


def _all_made(action: Action, base: KnowledgeBase) -> bool:
    # What the edit was may be erased since.
    return action.edit is None or all(is_made(edit.change, base) for edit in _edits(action))


def _edits(action: Action | None) -> tuple[Edit, ...]:
    """The edits of an action, whichever version of the bot kept them."""
    if action is None or action.edit is None:
        raise EditRefusedError(Refusal.UNDO_GONE)
    return _EDITS.validate_python([_renewed(row) for row in json.loads(action.edit)])


def _renewed(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A kept edit in today's shape: in 0.1 its place was a value of its own, and a new item had no topic."""
    change = row["change"]
    if "entry" in change:
        change = {"item": {"topic": "", **change["entry"]}}
    return {**row, **row.get("splice", {}), "change": change}
