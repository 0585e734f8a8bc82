"""What is needed of Telegram's updates, and nothing more: no name, no photo, no contact gets past these types."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

KINDS = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member")
"""What Telegram is asked for."""
_MEDIA = (
    *("animation", "audio", "checklist", "contact", "dice", "document", "game", "giveaway", "invoice", "location"),
    *("paid_media", "photo", "poll", "sticker", "story", "venue", "video", "video_note", "voice"),
)
"""Content of a message that a member sent; what is not among it, and no text, tells of an event in the chat."""

Id = Annotated[int, Field(ge=-(2**63), lt=2**63)]


class _Needed(BaseModel):
    """Unknown fields are left out; a fault names the field, never its value."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, populate_by_name=True)


@dataclass(frozen=True, slots=True)
class Place:
    """Where messages stand: a chat, and the topic of a forum in it, if it is one."""

    chat: int
    thread: int | None = None

    @property
    def private(self) -> bool:
        """Whether it is a chat of the bot with one member: Telegram gives all other chats negative ids."""
        return self.chat > 0


class Chat(_Needed):
    """Where a message stands."""

    id: Id


class User(_Needed):
    """Who did something."""

    id: Id
    language_code: str | None = None


class Quoted(_Needed):
    """A message that another one replies to. ``buttons``: the callback data of its buttons."""

    message_id: Id
    text: str | None = None
    caption: str | None = None
    sender: User | None = Field(None, alias="from")
    buttons: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _boil_down(cls, raw: Any) -> Any:  # noqa: ANN401 - whatever comes
        match raw:
            case {"reply_markup": {"inline_keyboard": [*rows]}}:
                buttons = [button for row in rows if isinstance(row, list) for button in row]
                found = [button.get("callback_data") for button in buttons if isinstance(button, dict)]
                return raw | {"buttons": [data for data in found if isinstance(data, str)]}
        return raw


class Message(_Needed):
    """A message of a member, or the bot's own one under which a button was pressed.

    ``date``: Unix time, 0 if gone. ``content``: what it holds besides words, as Telegram names it, such as photo.
    ``migrate_from_chat_id``: the former id of its chat, in the first message of a new supergroup.
    """

    message_id: Id
    date: Id
    edit_date: Id | None = None
    chat: Chat
    sender: User | None = Field(None, alias="from")
    sender_chat: User | None = None
    text: str | None = None
    caption: str | None = None
    content: str | None = None
    media_group_id: str | None = None
    via_bot: User | None = None
    is_automatic_forward: bool = False
    thread: Id | None = None
    reply_to_message: Quoted | None = None
    migrate_from_chat_id: Id | None = None

    @model_validator(mode="before")
    @classmethod
    def _boil_down(cls, raw: Any) -> Any:  # noqa: ANN401 - whatever comes
        if not isinstance(raw, dict):
            return raw
        found: dict[str, Any] = {}
        if content := next((name for name in _MEDIA if name in raw), None):
            found["content"] = content
        match raw.get("sticker"):
            case {"emoji": str(emoji)} if "text" not in raw:
                # A sticker says what its emoji says.
                found["text"] = emoji
        if raw.get("is_topic_message"):
            found["thread"] = raw.get("message_thread_id")
        return raw | found

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.chat.id, self.thread)

    @property
    def author(self) -> User | None:
        """Who wrote it: a person, or the group or channel that they write as, which share one sender else."""
        return self.sender_chat or self.sender

    @property
    def words(self) -> str:
        """Its text or caption, empty without."""
        return self.text or self.caption or ""


class CallbackQuery(_Needed):
    """A pressed button."""

    id: str
    sender: User = Field(alias="from")
    message: Message | None = None
    data: str = ""


class InlineQuery(_Needed):
    """What is being typed after the bot's name in any chat."""

    id: str
    sender: User = Field(alias="from")
    query: str


class ChatMemberUpdated(_Needed):
    """The bot's own place in a chat has changed. ``joined``: it has come into a group."""

    date: Id
    chat: Chat
    sender: User = Field(alias="from")
    joined: bool = False

    @model_validator(mode="before")
    @classmethod
    def _boil_down(cls, raw: Any) -> Any:  # noqa: ANN401 - whatever comes
        match raw:
            case {
                "chat": {"type": "group" | "supergroup"},
                "old_chat_member": {"status": "left" | "kicked"},
                "new_chat_member": {"status": "member" | "administrator"},
            }:
                return raw | {"joined": True}
        return raw


class Update(_Needed):
    """One update. What it holds of other kinds is left out: it may be empty."""

    update_id: Annotated[int, Field(ge=0, lt=2**63)]
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: CallbackQuery | None = None
    inline_query: InlineQuery | None = None
    my_chat_member: ChatMemberUpdated | None = None

    @property
    def kind(self) -> str:
        """The one of ``KINDS`` that it is; ``other`` where it is empty."""
        return next((kind for kind in KINDS if getattr(self, kind)), "other")

    def to_text(self) -> str:
        """What is needed of it, as JSON that ``model_validate_json`` reads again."""
        return self.model_dump_json(by_alias=True, exclude_defaults=True)

    @property
    def queue(self) -> str | None:
        """The name of the queue it waits in, one for each chat; None if there is nothing to handle."""
        pressed_in = self.callback_query.message if self.callback_query else None
        if message := self.message or self.edited_message or pressed_in:
            return f"chat {message.chat.id}"
        if self.callback_query:
            return f"chat {self.callback_query.sender.id}"
        if self.my_chat_member and self.my_chat_member.joined:
            return f"chat {self.my_chat_member.chat.id}"
        return f"inline {self.inline_query.sender.id}" if self.inline_query else None
