"""Knowledge folders: the only code that knows YAML."""

from bot.knowledge.load import Knowledge, Location, load

__all__ = ["Knowledge", "Location", "load"]
