"""What somebody gets to read and to press, whatever shows it: Telegram or a terminal."""

import hashlib
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


def row(*buttons: Button | None) -> Rows:
    """One row of the buttons that there are; no row without any."""
    existing = tuple(button for button in buttons if button)
    return (existing,) if existing else ()


def short_key(name: str) -> str:
    """What buttons call a thing whose name is too long for callback data: 8 hexadecimal digits of the name's hash."""
    return hashlib.sha256(name.encode()).hexdigest()[:8]
