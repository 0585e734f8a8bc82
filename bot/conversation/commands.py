"""Commands as people type them."""

import re
from dataclasses import dataclass

_COMMAND = re.compile(r"/([A-Za-z][A-Za-z0-9_]*)(?:@([A-Za-z0-9_]+))?\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Command:
    """A message that is a command: its name in small letters, the bot that it names, if any, and the rest."""

    name: str
    bot: str
    rest: str

    @classmethod
    def parse(cls, text: str) -> "Command | None":
        """The command in a text; None where a stroke stands before anything but a Latin letter, or nowhere."""
        found = _COMMAND.match(text)
        return cls(found[1].lower(), found[2] or "", found[3].strip()) if found else None


def question_in(text: str) -> str:
    """What a message asks: its text, or what follows ``/ask``; empty for any other command."""
    command = Command.parse(text)
    if command is None:
        return text
    return command.rest if command.name == "ask" else ""
