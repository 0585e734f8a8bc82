"""Knowledge folders: the only code that knows YAML."""

from bot.knowledge.folder import Files, fingerprint, read, read_revision
from bot.knowledge.load import Knowledge, Location, load

__all__ = ["Files", "Knowledge", "Location", "fingerprint", "load", "read", "read_revision"]
