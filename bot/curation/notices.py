"""What admins are told of the knowledge folder, as values; the conversation puts them into words."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import Fault
from bot.evaluation.impact import Impact
from bot.items import KnowledgeBase
from bot.store.records import Action


@dataclass(frozen=True, slots=True)
class Reloaded:
    """The folder was loaded because an admin asked for it."""

    base: KnowledgeBase


@dataclass(frozen=True, slots=True)
class Unchanged:
    """An admin asked for the folder to be loaded, and it is as it was."""


@dataclass(frozen=True, slots=True)
class KnowledgeFaulty:
    """The folder has faults; the old snapshot goes on answering."""

    faults: Sequence[Fault]


@dataclass(frozen=True, slots=True)
class KnowledgeFixed:
    """The faults that admins were told of are gone, and the folder is loaded."""


@dataclass(frozen=True, slots=True)
class MissesClosed:
    """So many missed questions are answered since the knowledge changed."""

    count: int


@dataclass(frozen=True, slots=True)
class AnswersLost:
    """A change that an editor made, and that is live, costs questions their answers. ``base`` is the changed one."""

    impact: Impact
    base: KnowledgeBase


@dataclass(frozen=True, slots=True)
class EditsOverwritten:
    """An editor saved an older copy, and these edits from the chat are gone. ``base`` is the one without them."""

    actions: Sequence[Action]
    base: KnowledgeBase


Notice = Reloaded | Unchanged | KnowledgeFaulty | KnowledgeFixed | MissesClosed | AnswersLost | EditsOverwritten
