"""What can go wrong in a way that a person can fix: one base class, one class a cause."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.texts import command_line as texts


class CampaignBotError(Exception):
    """Its text is one line that says what is wrong and what to do."""


class UsageError(CampaignBotError):
    """A command was called with words that do not fit."""


class SettingsError(CampaignBotError):
    """A setting is missing or malformed."""


class StoreError(CampaignBotError):
    """The database can't be opened, read or written."""


class StoreGoneError(StoreError):
    """The database's file was deleted or replaced while it is in use: what is committed now would not be kept."""


class BackupError(CampaignBotError):
    """A file is no backup, is damaged, or was made by a newer program."""


class GitError(CampaignBotError):
    """Git did not do what it was asked for; the text is its reason."""


class UnknownMissError(CampaignBotError):
    """No row of the log of missed questions has this id."""

    def __init__(self, miss_id: int) -> None:
        super().__init__(texts.MISSED_UNKNOWN.format(id=miss_id))


@dataclass(frozen=True, order=True, slots=True)
class Fault:
    """One thing to fix in a knowledge folder. ``line`` counts from 1; ``message`` says what is wrong and the fix."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class KnowledgeError(CampaignBotError):
    """A knowledge folder has faults: all of them, ordered by file and line."""

    def __init__(self, folder: str, faults: Sequence[Fault]) -> None:
        super().__init__(texts.KNOWLEDGE_UNUSABLE.format(folder=folder, count=len(faults)))
        self.faults = tuple(faults)


class Refusal(StrEnum):
    """Why a change of the knowledge is not made, or not taken back: the keys of ``bot.texts.admins.REFUSALS``."""

    PHRASING_TAKEN = "phrasing-taken"
    WORD_TAKEN = "word-taken"
    """A word stands in another group of synonyms."""
    ITEM_GONE = "item-gone"
    PLACE_GONE = "place-gone"
    EDIT_FAULTY = "edit-faulty"
    """The knowledge would have a fault with the change."""
    EDIT_UNSAFE = "edit-unsafe"
    """A file is written in a way in which the change can't be made without harm."""
    FOLDER_FAULTY = "folder-faulty"
    FOLDER_CHANGED = "folder-changed"
    """A file is not what it was when the change was planned."""
    FOLDER_BUSY = "folder-busy"
    """Another replica edits it at this moment."""
    FOLDER_READ_ONLY = "folder-read-only"
    UNDO_GONE = "undo-gone"
    """There is no such edit, or what it takes to undo it is not kept any more."""
    UNDO_FAULTY = "undo-faulty"
    """The knowledge would have a fault without the change."""
    UNDO_ENTANGLED = "undo-entangled"
    """In a file the edit can't be told apart from later ones."""


class EditRefusedError(CampaignBotError):
    """A change of the knowledge is not made, or not taken back. ``details`` fill in the text of the refusal."""

    def __init__(self, refusal: Refusal, **details: object) -> None:
        super().__init__(": ".join((refusal, ", ".join(f"{name} {value}" for name, value in details.items()))))
        self.refusal = refusal
        self.details = details


class StoppingError(BaseException):
    """The bot is about to end, or what it does may be another replica's by now: what was not begun is left.

    ``except Exception`` lets it pass.
    """


class DeliveryError(Exception):
    """A reply is given up. Its text says what is known of it, never what was sent."""
