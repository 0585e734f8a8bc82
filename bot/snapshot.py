"""One state of the knowledge, ready to answer from, and which one answers at the moment."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from bot.conversation.members import Dialogue
from bot.curation.faq import Faq
from bot.items import KnowledgeBase
from bot.knowledge import Files, Knowledge, load_files
from bot.matching import ConfidenceModel, Index, Matcher


@dataclass(frozen=True)
class Snapshot:
    """The files of a folder and what was made of them. Immutable: a change makes another one."""

    files: Files
    knowledge: Knowledge
    index: Index
    confidence: ConfidenceModel

    @classmethod
    def of(cls, files: Files, folder: str, confidence: ConfidenceModel) -> "Snapshot":
        """Load and index these files.

        Raises:
            KnowledgeError: they have faults.
        """
        knowledge = load_files(files, folder)
        return cls(files, knowledge, Index.build(knowledge.base), confidence)

    def calibrated(self, confidence: ConfidenceModel) -> "Snapshot":
        """The same with other thresholds."""
        return replace(self, confidence=confidence)

    @property
    def base(self) -> KnowledgeBase:
        """What it answers from."""
        return self.knowledge.base

    @cached_property
    def matcher(self) -> Matcher:
        """Judges questions."""
        return Matcher(self.index, self.confidence)

    @cached_property
    def faq(self) -> Faq:
        """Answers questions."""
        return Faq(self.matcher)


@dataclass(frozen=True, slots=True)
class _Serving:
    snapshot: Snapshot
    dialogue: Dialogue


class CurrentSnapshot:
    """The snapshot that answers now, and its dialogue. Whoever begins with one ends with it: a change swaps one name."""

    def __init__(self, snapshot: Snapshot, dialogue: Callable[[Snapshot], Dialogue]) -> None:
        self._dialogue = dialogue
        self._serving = _Serving(snapshot, dialogue(snapshot))

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot that answers now."""
        return self._serving.snapshot

    @property
    def dialogue(self) -> Dialogue:
        """Its dialogue."""
        return self._serving.dialogue

    def adopt(self, snapshot: Snapshot) -> None:
        """From the next turn on this one answers."""
        self._serving = _Serving(snapshot, self._dialogue(snapshot))
