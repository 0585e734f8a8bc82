"""What can go wrong in a way that a person can fix: one base class, one class a cause."""

from collections.abc import Sequence
from dataclasses import dataclass


class CampaignBotError(Exception):
    """Its text is one line that says what is wrong and what to do."""


class UsageError(CampaignBotError):
    """A command was called with words that do not fit."""


class SettingsError(CampaignBotError):
    """A setting is missing or malformed."""


class StoreError(CampaignBotError):
    """The database can't be opened, read or written."""


class UnknownMissError(CampaignBotError):
    """No row of the log of missed questions has this ``id``."""

    def __init__(self, miss_id: int) -> None:
        super().__init__(f"no missed question has the id {miss_id}")
        self.id = miss_id


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
        super().__init__("\n".join(map(str, faults)))
        self.folder = folder
        self.faults = tuple(faults)


class FolderChangedError(CampaignBotError):
    """A file of the knowledge folder is not what it was when a change of it was planned."""


class FolderReadOnlyError(CampaignBotError):
    """A file of the knowledge folder can't be written."""


class EditRefusedError(CampaignBotError):
    """A change of the knowledge can't be made, or taken back; the text says why, in Chinese."""


class StaleButtonError(CampaignBotError):
    """A press that can't be followed: its text passes by, in Chinese, and the message stays as it is."""


class StoppingError(Exception):
    """The bot is about to end: what was not begun is left for its next start."""
