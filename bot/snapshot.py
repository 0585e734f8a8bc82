"""One state of the knowledge, ready to answer from, and which one answers at the moment."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from bot.conversation.members import Dialogue
from bot.curation.faq import Faq
from bot.items import KnowledgeBase
from bot.knowledge import Files, Knowledge, load_files
from bot.matching import Gate, Index, Matcher


@dataclass(frozen=True)
class Edition:
    """The files of a folder and what was made of them. Immutable: a change makes another one."""

    files: Files
    knowledge: Knowledge
    index: Index
    gate: Gate

    @classmethod
    def of(cls, files: Files, folder: str, gate: Gate) -> "Edition":
        """Load and index these files.

        Raises:
            KnowledgeError: they have faults.
        """
        knowledge = load_files(files, folder)
        return cls(files, knowledge, Index.build(knowledge.base), gate)

    def calibrated(self, gate: Gate) -> "Edition":
        """The same with other thresholds."""
        return replace(self, gate=gate)

    @property
    def base(self) -> KnowledgeBase:
        """What it answers from."""
        return self.knowledge.base

    @cached_property
    def matcher(self) -> Matcher:
        """Judges questions."""
        return Matcher(self.index, self.gate)

    @cached_property
    def faq(self) -> Faq:
        """Answers questions."""
        return Faq(self.matcher)


@dataclass(frozen=True, slots=True)
class _Serving:
    edition: Edition
    dialogue: Dialogue


class Live:
    """The edition that answers now, and its dialogue. Whoever begins with one ends with it: a change swaps one name."""

    def __init__(self, edition: Edition, dialogue: Callable[[Edition], Dialogue]) -> None:
        self._dialogue = dialogue
        self._serving = _Serving(edition, dialogue(edition))

    @property
    def edition(self) -> Edition:
        """The edition that answers now."""
        return self._serving.edition

    @property
    def dialogue(self) -> Dialogue:
        """Its dialogue."""
        return self._serving.dialogue

    def adopt(self, edition: Edition) -> None:
        """From the next turn on this one answers."""
        self._serving = _Serving(edition, self._dialogue(edition))
