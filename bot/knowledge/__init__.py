"""Knowledge folders: the only code that knows YAML."""

from bot.knowledge.folder import Files, Unused, fingerprint, read, read_revision, unused
from bot.knowledge.load import Knowledge, Location, load

__all__ = ["Files", "Knowledge", "Location", "Unused", "fingerprint", "load", "read", "read_revision", "unused"]
