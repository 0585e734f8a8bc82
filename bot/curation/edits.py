"""Edits of the knowledge from the chat: planned, tried, made, taken back; and what editors made is taken over."""

import hashlib
import logging
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from bot.curation.changes import AlreadyThereError, Proposal, Step, steps
from bot.curation.faq import question_key
from bot.errors import EditRefusedError, FolderChangedError, FolderReadOnlyError, KnowledgeError
from bot.evaluation.impact import Impact, RealQuestion, replay
from bot.items import KnowledgeBase
from bot.knowledge import Files, fingerprint, read
from bot.knowledge.edit import (
    AddItem,
    AddOther,
    AddPhrasings,
    Change,
    SetAnswer,
    Splice,
    SpliceError,
    item_yaml,
    new_file,
    splice,
    undo,
)
from bot.knowledge.folder import commit, replace, tidy
from bot.matching import Answer, ConfidenceModel
from bot.snapshot import CurrentSnapshot, Snapshot
from bot.store.history import History
from bot.store.records import Action, ActionKind, ActionState
from bot.texts import admins as admins_texts

_LOG = logging.getLogger(__name__)
_OVERWRITTEN = 50
"""Edits that are looked for in what an editor has saved: one that was left open longer is none."""


@dataclass(frozen=True, slots=True)
class FileEdit:
    """A change of one file as it was made. ``before`` and ``after`` name the file's content; no ``before``: no file."""

    file: str
    change: Change
    splice: Splice
    before: str | None
    after: str


_EDITS = TypeAdapter(tuple[FileEdit, ...])
_KINDS: Mapping[type, ActionKind] = {
    AddPhrasings: ActionKind.PHRASINGS,
    SetAnswer: ActionKind.ANSWER,
    AddItem: ActionKind.ITEM,
    AddOther: ActionKind.SOURCE,
}
"""What a change is called in the history."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A change, worked out on the folder as it was, with what it would do. Nothing is written yet.

    ``kind`` and ``item``: what is done to which item.
    """

    kind: ActionKind
    item: str
    before: Snapshot
    after: Snapshot
    edits: tuple[FileEdit, ...]
    impact: Impact

    @property
    def digest(self) -> str:
        """Names the folder before and after: a card that was drawn on another folder has another one."""
        both = fingerprint(self.before.files) + fingerprint(self.after.files)
        return hashlib.sha256(both.encode()).hexdigest()[:8]

    @property
    def file(self) -> str:
        """The file that holds the item."""
        return self.edits[-1].file


class Editor:
    """Changes the knowledge folder, one change at a time. ``known`` gives the real questions to try changes on."""

    def __init__(
        self,
        folder: Path,
        current: CurrentSnapshot,
        history: History,
        known: Callable[[], Sequence[RealQuestion]],
        *,
        commits: bool,
    ) -> None:
        self._folder = folder
        self._current = current
        self._history = history
        self._known = known
        self._commits = commits
        self._lock = threading.RLock()
        self._taken_over: list[tuple[Snapshot, Snapshot]] = []

    def recover(self) -> None:
        """After a start: say of each edit that a kill interrupted whether it came about, and clear away what is left.

        Raises:
            StoreError: the store fails.
        """
        tidy(self._folder)
        for action in self._history.begun():
            made = all(_holds(self._current.snapshot.base, edit.change) for edit in _edits(action))
            self._history.settle(action.id, ActionState.DONE if made else ActionState.VOID)

    def plan(self, proposal: Proposal) -> Plan:
        """Work a proposal out on the folder as it is now, and try it.

        Raises:
            AlreadyThereError: there is nothing to do.
            EditRefusedError: it can't be done; the text says why.
        """
        with self._lock:
            before = self._on_disk()
            found = steps(proposal, before.knowledge, self._history.used_ids())
            return self._tried(before, found, found[-1].change)

    def plan_again(self, action_id: int) -> Plan:
        """The same for an edit that was made before and is gone from the files.

        Raises: as ``plan``.
        """
        with self._lock:
            before = self._on_disk()
            edits = _edits(self._edit(action_id))
            missing = [Step(edit.file, edit.change) for edit in edits if not _holds(before.base, edit.change)]
            if not missing:
                raise AlreadyThereError(_item_of(edits[-1].change))
            return self._tried(before, missing, edits[-1].change)

    def apply(self, plan: Plan, admin: int) -> int:
        """Make a planned change; the number of the action. It answers from then on.

        Raises:
            FolderChangedError: the folder is not the one it was planned on; nothing is done.
            FolderReadOnlyError: it can't be written; nothing is done.
        """
        with self._lock:
            if read(self._folder) != plan.before.files:
                raise FolderChangedError(admins_texts.FOLDER_CHANGED)
            edits = _EDITS.dump_json(plan.edits).decode()
            keys = {question_key(text) for edit in plan.edits for text in _words(edit.change)}
            action = self._history.begin(admin, plan.kind, plan.item, f"{plan.item}（{plan.file}）", edits, keys)
            self._write(plan.before.files, plan.after.files, [edit.file for edit in plan.edits], action)
            self._history.settle(action, ActionState.DONE)
            self._adopt(plan.after, plan.before)
            self._commit(f"{plan.kind}: {plan.item}", plan.edits)
        return action

    def undo(self, action_id: int, admin: int) -> str:
        """Take one change back: the bytes as before if the file is unchanged since, else that change alone.

        The id of the item that it was about. One that is undone already stays so.

        Raises:
            EditRefusedError: it can't be told apart any more, or the knowledge would have faults without it.
            FolderReadOnlyError: the folder can't be written.
        """
        with self._lock:
            action = self._history.action(action_id)
            if action and action.item and action.state is ActionState.UNDONE:
                return action.item
            edits = _edits(self._edit(action_id))
            item = _item_of(edits[-1].change)
            before = self._on_disk()
            files = before.files
            if all(_is_back(before.base, edit.change) for edit in edits):
                # A kill has come in between, or an editor has done it.
                self._history.settle(action_id, ActionState.UNDONE)
                return item
            reverted = dict(files)
            for edit in reversed(edits):
                data = _taken_back(files.get(edit.file), edit)
                if data is None:
                    reverted.pop(edit.file, None)
                else:
                    reverted[edit.file] = data
            try:
                snapshot = Snapshot.of(reverted, str(self._folder), self._current.snapshot.confidence)
            except KnowledgeError as error:
                raise EditRefusedError(admins_texts.UNDO_FAULTY.format(fault=error.faults[0].message)) from error
            self._write(files, reverted, [edit.file for edit in reversed(edits)], None)
            self._history.settle(action_id, ActionState.UNDONE)
            self._history.record(admin, ActionKind.UNDO, f"#{action_id} {item}")
            self._adopt(snapshot, before)
            self._commit(f"undo: {item}", edits)
        return item

    def take_over(self) -> bool:
        """Answer from the folder as it is now; whether that is another state of it.

        Raises:
            KnowledgeError: it has faults; the old snapshot goes on answering.
        """
        with self._lock:
            before = self._current.snapshot
            files = read(self._folder)
            if files == before.files:
                return False
            after = Snapshot.of(files, str(self._folder), before.confidence)
            self._adopt(after, after)
            return True

    def taken_over(self) -> Sequence[tuple[Snapshot, Snapshot]]:
        """What editors changed since this was last asked: the snapshots before and after, whoever noticed first."""
        with self._lock:
            found, self._taken_over = self._taken_over, []
            return found

    def recalibrate(self, snapshot: Snapshot, confidence: ConfidenceModel) -> None:
        """Give a snapshot its own thresholds, if it still answers."""
        with self._lock:
            if self._current.snapshot is snapshot:
                self._current.adopt(snapshot.calibrated(confidence))

    def impact(self, before: Snapshot, after: Snapshot) -> Impact:
        """What a change has done to questions."""
        return replay(before.index, after.index, before.confidence, self._known())

    def overwritten(self, before: Snapshot, after: Snapshot) -> Sequence[Action]:
        """Edits from the chat that an editor's older copy has undone without knowing it."""
        made = [(action, _edits(action)) for action in self._history.edits(_OVERWRITTEN)]
        return [
            action
            for action, edits in made
            if all(_holds(before.base, edit.change) for edit in edits)
            and not all(_holds(after.base, edit.change) for edit in edits)
        ]

    def _edit(self, action_id: int) -> Action:
        action = self._history.action(action_id)
        if action is None or action.edit is None:
            raise EditRefusedError(admins_texts.UNDO_GONE)
        return action

    def _adopt(self, snapshot: Snapshot, found: Snapshot) -> None:
        """From here on this snapshot answers. ``found``: the folder as editors had left it."""
        current = self._current.snapshot
        if found.files != current.files:
            self._taken_over.append((current, found))
        self._current.adopt(snapshot.calibrated(current.confidence))

    def _tried(self, before: Snapshot, found: Sequence[Step], about: Change) -> Plan:
        files, edits = self._spliced(before.files, found)
        try:
            after = Snapshot.of(files, str(self._folder), before.confidence)
        except KnowledgeError as error:
            raise EditRefusedError(admins_texts.EDIT_FAULTY.format(fault=error.faults[0].message)) from error
        # Whose are the new words now? That is lost by whoever they are taken from.
        taken = (RealQuestion(text, _answered(before, text)) for text in _words(about))
        impact = replay(
            before.index, after.index, before.confidence, [*self._known(), *(one for one in taken if one.item)]
        )
        return Plan(_KINDS[type(about)], _item_of(about), before, after, edits, impact)

    def _on_disk(self) -> Snapshot:
        """The folder as it is now, whether it answers already or not."""
        current = self._current.snapshot
        try:
            files = read(self._folder)
            return current if files == current.files else Snapshot.of(files, str(self._folder), current.confidence)
        except KnowledgeError as error:
            first = error.faults[0]
            raise EditRefusedError(admins_texts.FOLDER_FAULTY.format(count=len(error.faults), fault=first)) from error

    @staticmethod
    def _spliced(files: Files, found: Sequence[Step]) -> tuple[Files, tuple[FileEdit, ...]]:
        """The files after these steps, in the order in which they are loaded."""
        changed, edits = dict(files), []
        for step in found:
            data = changed.get(step.file)
            if data is None and isinstance(step.change, AddItem):
                made = Splice(0, "", new_file(step.topic, step.change.entry))
                text = ""
            else:
                text = _text(data or b"")
                try:
                    made = splice(text, step.change)
                except SpliceError as error:
                    raise EditRefusedError(admins_texts.EDIT_UNSAFE.format(file=step.file)) from error
            after = _bytes(made.applied(text), data)
            edits.append(FileEdit(step.file, step.change, made, _name(data), _name(after) or ""))
            changed[step.file] = after
        return dict(sorted(changed.items())), tuple(edits)

    def _write(self, before: Files, after: Files, names: Sequence[str], action: int | None) -> None:
        """Replace files one by one; if one can't be, those before it are put back."""
        written: list[str] = []
        try:
            for name in names:
                replace(self._folder, name, before.get(name), after.get(name))
                written.append(name)
        except (FolderChangedError, FolderReadOnlyError):
            for name in reversed(written):
                replace(self._folder, name, after.get(name), before.get(name))
            if action is not None:
                self._history.settle(action, ActionState.VOID)
            raise

    def _commit(self, message: str, edits: Sequence[FileEdit]) -> None:
        """Commit to git, if that is wanted; what git says against it is logged, and the edit stands."""
        if not self._commits:
            return
        try:
            commit(self._folder, [edit.file for edit in edits], message)
        except (OSError, subprocess.SubprocessError) as error:
            reason = getattr(error, "stderr", None) or error
            _LOG.warning("An edit could not be committed to git: %s", reason)


def _words(change: Change) -> Sequence[str]:
    """What a change makes a way to ask its item."""
    match change:
        case AddPhrasings(phrasings=phrasings):
            return phrasings
        case AddItem(entry=entry):
            return (entry.question, *entry.phrasings)
        case _:
            return ()


def _answered(snapshot: Snapshot, text: str) -> str | None:
    """The item that answers a question, None if none does."""
    verdict = snapshot.matcher.match(text)
    return verdict.chosen[0].item.id if isinstance(verdict, Answer) else None


def _item_of(change: Change) -> str:
    """The id of the item that a change is about."""
    match change:
        case AddItem(entry):
            return entry.id
        case AddOther(key, _):
            return key
        case AddPhrasings(item, _) | SetAnswer(item, _, _):
            return item


def _edits(action: Action) -> tuple[FileEdit, ...]:
    return _EDITS.validate_json(action.edit or "[]")


def _holds(base: KnowledgeBase, change: Change) -> bool:
    """Whether a change is part of a knowledge base."""
    match change:
        case AddPhrasings(item, phrasings):
            return item in base.by_id and set(map(str.strip, phrasings)) <= set(base.by_id[item].all_phrasings())
        case SetAnswer(item, answer, _):
            return item in base.by_id and base.by_id[item].answer == answer.strip()
        case AddItem(entry):
            return entry.id in base.by_id
        case AddOther(key, _):
            return key in base.places


def _is_back(base: KnowledgeBase, change: Change) -> bool:
    """Whether nothing of a change is left."""
    match change:
        case AddPhrasings(item, phrasings):
            return item in base.by_id and not set(map(str.strip, phrasings)) & set(base.by_id[item].all_phrasings())
        case SetAnswer(item, _, before):
            return item in base.by_id and base.by_id[item].answer == before
        case AddItem() | AddOther():
            return not _holds(base, change)


def _taken_back(data: bytes | None, edit: FileEdit) -> bytes | None:
    """A file without one edit; None if there was no file before."""
    if _name(data) == edit.after:
        return None if edit.before is None else _bytes(edit.splice.reverted(_text(data or b"")), data)
    if data is None or _name(data) == edit.before:
        return data
    text, spliced = _text(data), edit.splice
    if edit.before is None and isinstance(edit.change, AddItem):
        # Others have added to the file that was made for this item.
        spliced = Splice(0, "", item_yaml(edit.change.entry))
    try:
        return _bytes(undo(text, edit.change, spliced).applied(text), data)
    except SpliceError as error:
        raise EditRefusedError(admins_texts.UNDO_ENTANGLED.format(file=edit.file)) from error


def _name(data: bytes | None) -> str | None:
    """Names a file's content."""
    return None if data is None else hashlib.sha256(data).hexdigest()


def _text(data: bytes) -> str:
    return data.decode("utf-8-sig")


def _bytes(text: str, like: bytes | None) -> bytes:
    """A text as bytes, with a byte order mark if the file had one."""
    return text.encode("utf-8-sig" if like and like.startswith(b"\xef\xbb\xbf") else "utf-8")
