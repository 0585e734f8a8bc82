"""Commands as people type them, and what the payload of a link to the bot holds."""

import base64
import re
import unicodedata
from dataclasses import dataclass

INLINE_START = "inline"
"""The payload of a link that carries no question: it leads to the welcome."""
_CARRIED = 48
"""Bytes of a question that a payload carries: as base64 they are the 64 characters that Telegram allows."""
_NO_TEXT = frozenset({"Cc", "Cn", "Co"})
"""Categories of characters that nobody types."""
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
    """What a message asks: its text, what follows ``/ask``, or what ``/start`` carries; empty for any other command."""
    match Command.parse(text):
        case None:
            return text
        case Command("ask", _, question):
            return question
        case Command("start", _, payload):
            return carried_question(payload)
        case _:
            return ""


def carried(question: str) -> str:
    """As much of a question as a payload carries: at most 48 bytes of whole characters, on one line."""
    return " ".join(question.split()).encode(errors="ignore")[:_CARRIED].decode(errors="ignore").strip()


def start_payload(question: str) -> str:
    """The payload that carries a question, as far as it can; ``INLINE_START`` for a blank one."""
    return base64.urlsafe_b64encode(carried(question).encode()).decode().rstrip("=") or INLINE_START


def carried_question(payload: str) -> str:
    """The question that ``start_payload`` packed; empty for every payload that it did not make."""
    try:
        question = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()
    except ValueError:
        return ""
    is_text = not any(unicodedata.category(character) in _NO_TEXT for character in question)
    return question if is_text and question and start_payload(question) == payload else ""
