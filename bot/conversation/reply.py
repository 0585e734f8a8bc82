"""What somebody gets to read and to press, whatever shows it: Telegram or a terminal."""

import hashlib
import html
import re
from dataclasses import dataclass
from typing import Annotated

from markupsafe import Markup
from pydantic import BaseModel, PlainSerializer, PlainValidator, TypeAdapter

from bot.conversation.callbacks import Callback, unpack

_TAG = re.compile("<[^>]*>")
_QUOTED = 60


@dataclass(frozen=True, slots=True)
class Button:
    """A button: what it shows, and what pressing it sends back."""

    label: str
    callback: Callback


@dataclass(frozen=True, slots=True)
class Link:
    """What opens an address in a browser. The address is nobody's but the reader's."""

    label: str
    url: str


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """A text, and rows of buttons.

    A ``str`` is plain text, a ``Markup`` Telegram's HTML; ``markupsafe.escape`` makes HTML of either, and
    ``plain_text`` gives what is read. ``link`` stands below the buttons.
    """

    text: str
    rows: Rows = ()
    link: Link | None = None

    @property
    def buttons(self) -> tuple[Button, ...]:
        """All buttons, row by row."""
        return tuple(button for row in self.rows for button in row)


_LABELS = TypeAdapter(tuple[tuple[str, str], ...])


def _packed(buttons: tuple[Button, ...]) -> list[tuple[str, str]]:
    return [(button.label, button.callback.pack()) for button in buttons]


def _unpacked(stored: object) -> tuple[Button, ...]:
    found = ((label, unpack(data)) for label, data in _LABELS.validate_python(stored))
    return tuple(Button(label, callback) for label, callback in found if callback)


StoredButtons = Annotated[tuple[Button, ...], PlainValidator(_unpacked), PlainSerializer(_packed)]
"""Buttons that are stored as labels with their callback data. One that this version does not know is left out."""


class StoredReply(BaseModel):
    """A reply as it is stored; its link is not."""

    text: str
    is_html: bool
    rows: tuple[StoredButtons, ...]

    @staticmethod
    def of(reply: Reply) -> "StoredReply":
        """The stored form of a reply."""
        is_html = isinstance(reply.text, Markup)
        return StoredReply.model_construct(text=str(reply.text), is_html=is_html, rows=reply.rows)

    def reply(self) -> Reply:
        """The reply that was stored, without rows that have no button any more."""
        return Reply(Markup(self.text) if self.is_html else self.text, tuple(filter(None, self.rows)))  # noqa: S704 - our own


def plain_text(text: str) -> str:
    """What is read of a reply's text where there is no HTML: a ``Markup`` without its tags, anything else as it is."""
    return html.unescape(_TAG.sub("", text)) if isinstance(text, Markup) else text


def paragraphs(*texts: str) -> Markup:
    """Texts, plain or HTML, with a blank line between them."""
    return Markup("\n\n").join(texts)


def row(*buttons: Button | None) -> Rows:
    """One row of the buttons that there are; no row without any."""
    existing = tuple(button for button in buttons if button)
    return (existing,) if existing else ()


def shortened(text: str) -> str:
    """A text as it is quoted among others: its first 60 characters."""
    return text if len(text) <= _QUOTED else f"{text[: _QUOTED - 1]}…"


def short_key(name: str) -> str:
    """What buttons call a thing whose name is too long for callback data: 8 hexadecimal digits of the name's hash."""
    return hashlib.sha256(name.encode()).hexdigest()[:8]
