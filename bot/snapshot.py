"""The knowledge of the moment, indexed and calibrated: what answers now, swapped as one."""

import gc
from dataclasses import dataclass, replace
from functools import cached_property

from bot.items import KnowledgeBase
from bot.knowledge import Files, Knowledge, fingerprint, load
from bot.matching import ENGINE_VERSION, ConfidenceModel, Index, Matcher

CONFIDENCE = str(ENGINE_VERSION)
"""What the judgements of answers are counted by: those on answers of another engine say nothing about this one.

The threshold is no part of it. It moves with each edit of the knowledge, to where the share of false answers is the
same; judgements that were counted anew with each edit would never be enough to tell anything.
"""


@dataclass(frozen=True)
class Snapshot:
    """The files of a folder and what was made of them. Immutable: a change of the knowledge makes another one."""

    files: Files
    knowledge: Knowledge
    index: Index
    confidence: ConfidenceModel

    @classmethod
    def of(cls, files: Files, folder: str, confidence: ConfidenceModel) -> "Snapshot":
        """Load and index these files. Raises KnowledgeError, which names the ``folder``, where they have faults."""
        knowledge = load(files, folder)
        return cls(files, knowledge, Index.build(knowledge.base), confidence)

    def calibrated(self, confidence: ConfidenceModel) -> "Snapshot":
        """The same knowledge with other thresholds."""
        return replace(self, confidence=confidence)

    @property
    def base(self) -> KnowledgeBase:
        """The items that it answers from."""
        return self.knowledge.base

    @cached_property
    def name(self) -> str:
        """What this state of the files is called, in 12 hexadecimal digits."""
        return fingerprint(self.files)[:12]

    @cached_property
    def matcher(self) -> Matcher:
        """What judges questions by it."""
        return Matcher(self.index, self.confidence)


@dataclass(eq=False)
class CurrentSnapshot:
    """Holds the snapshot that answers now. A turn that began with one ends with it, whatever is set meanwhile."""

    snapshot: Snapshot


def leave_uncollected() -> None:
    """Collect the garbage of this process now, and leave whatever else it holds out of later collections.

    It is for a process that goes on answering from a snapshot: each collection that looked through one again would hold
    up everybody for 0.15 s with the shipped knowledge. A snapshot holds no cycles: one that is replaced still goes.
    """
    gc.collect()
    gc.freeze()
