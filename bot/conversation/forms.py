"""What an admin is writing: a task and its fields. The next question is the first field that is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel

from bot.conversation.reply import Reply
from bot.items import Item, Kind
from bot.knowledge.edit import AddItem, Change, ChangeTexts, SetText
from bot.masking import question_key
from bot.store.records import StoredForm
from bot.texts import admins as texts


@dataclass(frozen=True, slots=True)
class Admin:
    """Who writes, and in which chat."""

    id: int
    chat: int


class UnfitInputError(Exception):
    """What an admin typed or pressed can't be taken; the form stays as it is. Its text says why, in Chinese."""


class Task(StrEnum):
    """What is being written."""

    PHRASING = "phrasing"
    ANSWER = "answer"
    ITEM = "item"
    NOT_COVERED = "not-covered"


class Field(StrEnum):
    """What the admin sends or presses next. All but the last are named like the value of a form that they fill in."""

    QUESTION = "question"
    PHRASINGS = "phrasings"
    ANSWER = "answer"
    SOURCES = "sources_chosen"
    DOCUMENT = "document"
    """The name of a document that is not listed yet, as one of the sources."""
    TOPIC = "topic"
    CONFIRMATION = "confirmation"
    """Nothing is missing: the edit was shown, and waits to be confirmed."""


_FIELDS: Mapping[Task, Mapping[Field, str]] = {
    Task.PHRASING: {Field.PHRASINGS: texts.ASK_PHRASING},
    Task.ANSWER: {Field.ANSWER: texts.ASK_NEW_ANSWER},
    Task.ITEM: {
        Field.QUESTION: texts.ASK_QUESTION,
        Field.ANSWER: texts.ASK_ANSWER,
        Field.SOURCES: texts.ASK_SOURCES,
        Field.TOPIC: texts.ASK_TOPIC,
    },
    Task.NOT_COVERED: {Field.QUESTION: texts.ASK_QUESTION, Field.ANSWER: texts.ASK_NOT_COVERED},
}
"""The fields of each task in their order, each with the words that ask for it."""
_REWORDED = {Field.QUESTION: texts.ASK_SHORT_QUESTION, Field.PHRASINGS: texts.ASK_PHRASING_OF}
"""What asks for a field that a missed question could not fill in."""


class Form(BaseModel, frozen=True):
    """A form as far as it is filled in.

    ``cluster``: the misses that it began with; ``list_id``: of the list of misses that these stand in, 0 for none;
    ``item``: what is to be changed; ``seen``: the answer that the admin saw when they began to write another one.
    """

    task: Task
    cluster: int | None = None
    list_id: int = 0
    item: str = ""
    question: str = ""
    phrasings: tuple[str, ...] = ()
    answer: str = ""
    seen: str = ""
    sources: tuple[str, ...] = ()
    document: str = ""
    sources_chosen: bool = False
    names_document: bool = False
    topic: str = ""

    @property
    def awaited(self) -> Field:
        """The first field that is missing, in the order of the task's fields."""
        if self.names_document:
            return Field.DOCUMENT
        return next((field for field in _FIELDS[self.task] if not getattr(self, field)), Field.CONFIRMATION)

    def prompt(self, missed: str) -> str:
        """What asks for the awaited field. ``missed``: the first missed question of its cluster, empty without one."""
        if self.names_document:
            return texts.ASK_OTHER
        reworded = _REWORDED.get(self.awaited) if missed else None
        return reworded or _FIELDS[self.task][self.awaited]

    def but(self, **changes: object) -> "Form":
        """The same form with other values."""
        return self.model_copy(update=changes)

    def change(self) -> Change:
        """The change of the knowledge that a form without missing fields asks for."""
        match self.task:
            case Task.PHRASING:
                return ChangeTexts(self.item, "phrasings", self.phrasings)
            case Task.ANSWER:
                return SetText(self.item, "answer", self.answer)
            case Task.ITEM:
                topic, kind = self.topic, Kind.ANSWER
            case Task.NOT_COVERED:
                topic, kind = texts.NOT_COVERED_TOPIC, Kind.NOT_COVERED
        item = Item("", topic, self.question, self.answer, kind, self.phrasings, source=self.sources)
        return AddItem(item, document=self.document)


@dataclass(frozen=True, slots=True)
class AdminTurn:
    """What comes of what an admin did.

    ``form``: what they are writing from here on, None for nothing. ``notice``: a line that passes by for whoever
    pressed a button. Without a reply, the message under which the button stands stays as it is.
    """

    reply: Reply | None
    form: Form | None = None
    notice: str = ""


def stored(form: Form | None, admin: Admin) -> StoredForm:
    """A form as it is kept, with the keys of the questions that it holds; nothing any more, without one."""
    if form is None:
        return StoredForm(admin.id, admin.chat, None)
    questions = (form.question, *form.phrasings)
    keys = tuple(question_key(question) for question in questions if question)
    return StoredForm(admin.id, admin.chat, form.model_dump_json(), form.cluster, keys)
