"""What an admin is writing, step by step; kept in the store, so that a restart loses none of it."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from bot.curation.faq import question_key
from bot.store.forms import Forms
from bot.store.records import StoredForm


@dataclass(frozen=True, slots=True)
class Admin:
    """Who writes, and where."""

    id: int
    chat: int


class Task(StrEnum):
    """What is being written."""

    PHRASING = "phrasing"
    ANSWER = "answer"
    ITEM = "item"
    NOT_COVERED = "not-covered"


class Awaited(StrEnum):
    """What the admin is to send or to press next."""

    QUESTION = "question"
    PHRASINGS = "phrasings"
    ANSWER = "answer"
    SOURCES = "sources"
    OTHER = "other"
    """The name of a document that is not listed yet."""
    TOPIC = "topic"
    CONFIRMATION = "confirmation"


TYPED = frozenset({Awaited.QUESTION, Awaited.PHRASINGS, Awaited.ANSWER, Awaited.OTHER, Awaited.TOPIC})
"""What comes as a message."""


class Draft(BaseModel):
    """As far as it is written. ``cluster``: the card it began with; ``seen``: the answer that is to be changed."""

    model_config = ConfigDict(frozen=True)

    task: Task
    awaited: Awaited
    cluster: int | None = None
    item: str = ""
    question: str = ""
    phrasings: tuple[str, ...] = ()
    answer: str = ""
    seen: str = ""
    sources: tuple[str, ...] = ()
    other: str = ""
    topic: str = ""

    def but(self, **changes: object) -> "Draft":
        """The same with other fields."""
        return self.model_copy(update=changes)


class Drafts:
    """At most one draft of an admin in a chat. What a turn changes is kept together with the turn, or not at all."""

    def __init__(self, forms: Forms) -> None:
        self._forms = forms
        self._changed: dict[Admin, Draft | None] = {}

    def get(self, admin: Admin) -> Draft | None:
        """What they are writing."""
        if admin in self._changed:
            return self._changed[admin]
        text = self._forms.load(admin.id, admin.chat)
        return Draft.model_validate_json(text) if text else None

    def keep(self, draft: Draft, admin: Admin) -> None:
        """From here on they are writing this."""
        self._changed[admin] = draft

    def drop(self, admin: Admin) -> None:
        """They write nothing any more."""
        self._changed[admin] = None

    def taken(self, admin: Admin) -> tuple[StoredForm, ...]:
        """What this turn has changed, fit to be kept."""
        if admin not in self._changed:
            return ()
        draft = self._changed.pop(admin)
        if draft is None:
            return (StoredForm(admin.id, admin.chat, None),)
        keys = tuple(question_key(text) for text in (draft.question, *draft.phrasings) if text)
        return (StoredForm(admin.id, admin.chat, draft.model_dump_json(), draft.cluster, keys),)
