"""What somebody gets to read and to press, whatever shows it: Telegram or a terminal."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from bot.conversation.callbacks import Callback


@dataclass(frozen=True, slots=True)
class Button:
    """A button: what it shows, and what pressing it sends back."""

    label: str
    callback: Callback


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """Plain text, and rows of buttons."""

    text: str
    rows: Rows = ()

    @property
    def buttons(self) -> tuple[Button, ...]:
        """All buttons, row by row."""
        return tuple(button for row in self.rows for button in row)

    def converted(self, convert: Callable[[str], str]) -> "Reply":
        """The same reply in other characters."""
        rows = tuple(tuple(Button(convert(button.label), button.callback) for button in row) for row in self.rows)
        return Reply(convert(self.text), rows)


def short_key(name: str) -> str:
    """What buttons call a thing whose name is too long for callback data: 8 hexadecimal digits of the name's hash."""
    return hashlib.sha256(name.encode()).hexdigest()[:8]
