"""Knowledge folders: the only code that knows YAML."""

from bot.knowledge.folder import Files, fingerprint, read, read_revision
from bot.knowledge.load import Knowledge, Location, load, load_files

__all__ = ["Files", "Knowledge", "Location", "fingerprint", "load", "load_files", "read", "read_revision"]
