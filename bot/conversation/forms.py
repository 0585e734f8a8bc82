"""What an admin is writing: a task and its fields. The next question is the first field that is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from bot.items import Item, Kind
from bot.knowledge.changes import AddItem, AddPhrasings, Change, SetAnswer
from bot.masking import question_key
from bot.store.records import StoredForm
from bot.texts import admins as texts


@dataclass(frozen=True, slots=True)
class Admin:
    """Who writes, and in which chat."""

    id: int
    chat: int


class Task(StrEnum):
    """What is being written."""

    PHRASING = "phrasing"
    ANSWER = "answer"
    ITEM = "item"
    NOT_COVERED = "not-covered"


class Field(StrEnum):
    """What the admin sends or presses next."""

    QUESTION = "question"
    PHRASINGS = "phrasings"
    ANSWER = "answer"
    SOURCES = "sources"
    DOCUMENT = "document"
    """The name of a document that is not listed yet, as one of the sources."""
    TOPIC = "topic"
    CONFIRMATION = "confirmation"
    """Nothing is missing: the edit was shown, and waits to be confirmed."""


TYPED = frozenset({Field.QUESTION, Field.PHRASINGS, Field.ANSWER, Field.DOCUMENT, Field.TOPIC})
"""Fields that come as a message."""
_FIELDS: Mapping[Task, tuple[Field, ...]] = {
    Task.PHRASING: (Field.PHRASINGS,),
    Task.ANSWER: (Field.ANSWER,),
    Task.ITEM: (Field.QUESTION, Field.ANSWER, Field.SOURCES, Field.TOPIC),
    Task.NOT_COVERED: (Field.QUESTION, Field.ANSWER),
}


class Form(BaseModel):
    """A form as far as it is filled in.

    ``cluster``: the misses that it began with; ``item``: what is to be changed; ``seen``: the answer that the admin saw
    when they began to write another one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    task: Task
    cluster: int | None = None
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
        filled = {
            Field.QUESTION: bool(self.question),
            Field.PHRASINGS: bool(self.phrasings),
            Field.ANSWER: bool(self.answer),
            Field.SOURCES: self.sources_chosen,
            Field.TOPIC: bool(self.topic),
        }
        return next((field for field in _FIELDS[self.task] if not filled[field]), Field.CONFIRMATION)

    def but(self, **changes: object) -> "Form":
        """The same form with other values."""
        return self.model_copy(update=changes)

    def change(self) -> Change:
        """The change of the knowledge that a form without missing fields asks for."""
        match self.task:
            case Task.PHRASING:
                return AddPhrasings(self.item, self.phrasings)
            case Task.ANSWER:
                return SetAnswer(self.item, self.answer)
            case Task.ITEM | Task.NOT_COVERED:
                item = Item(
                    id="",
                    topic=self.topic or texts.NOT_COVERED_TOPIC,
                    question=self.question,
                    answer=self.answer,
                    kind=Kind.ANSWER if self.task is Task.ITEM else Kind.NOT_COVERED,
                    phrasings=self.phrasings,
                    source=self.sources,
                )
                return AddItem(item, document=self.document)


def stored(form: Form | None, admin: Admin) -> StoredForm:
    """A form as it is kept, with the keys of the questions that it holds; nothing any more, without one."""
    if form is None:
        return StoredForm(admin.id, admin.chat, None)
    questions = (form.question, *form.phrasings)
    keys = tuple(question_key(question) for question in questions if question)
    return StoredForm(admin.id, admin.chat, form.model_dump_json(), form.cluster, keys)
