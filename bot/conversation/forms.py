"""What an admin is writing: a task and its fields. The next question is the first field that is missing."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from pydantic import BaseModel

from bot.conversation.reply import Reply
from bot.inbox.encryption import DecryptionError, Encryption
from bot.items import Item, Kind
from bot.knowledge.edit import AddItem, Change, ChangeTexts, MoveItem, SetText
from bot.masking import question_key
from bot.store.records import KeptForm, StoredForm
from bot.texts import admins as texts

_LOG = logging.getLogger(__name__)
_RESTS_AFTER = timedelta(hours=1)
"""Who types something after so long may not have the form in mind any more."""


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
    NOTE = "note"
    """A reply to those who wait, which changes no knowledge."""
    QUESTION = "question"
    """This and those below change a field of an item."""
    NEGATIVES = "negatives"
    SOURCES = "sources"
    TOPIC = "topic"
    KEYWORDS = "keywords"
    DETAIL = "detail"
    """One of the fields of an item that have a short text."""


class Field(StrEnum):
    """What the admin sends or presses next. All but the last are named like the value of a form that they fill in."""

    ITEM = "item"
    """The item that phrasings are added to, which is searched for."""
    QUESTION = "question"
    PHRASINGS = "phrasings"
    ANSWER = "answer"
    SOURCES = "sources_chosen"
    DOCUMENT = "document"
    """The name of a document that is not listed yet, as one of the sources."""
    TOPIC = "topic"
    NOTE = "note"
    TEXT = "text"
    """What ``Form.key`` names."""
    CONFIRMATION = "confirmation"
    """Nothing is missing: the edit was shown, and waits to be confirmed."""


class Standing(StrEnum):
    """What has become of a form. Those that are not being written are kept to tell what is typed too late for them."""

    WRITTEN = "written"
    """It is being written: what is typed is for it."""
    RESTING = "resting"
    """It was put aside: the admin did something else, or nothing for an hour. What is typed may not be for it."""
    DROPPED = "dropped"
    """The admin gave it up, and may take it up again."""
    DONE = "done"
    """Its edit was made."""
    ERASED = "erased"
    """It held a question that was deleted for good."""
    OVER = "over"
    """It was one of the two before, and the admin was told so: all that is typed now is a member's question.

    That there was one is kept, since what is changed of a text that it took is none.
    """


_FIELDS: Mapping[Task, Mapping[Field, str]] = {
    Task.PHRASING: {Field.ITEM: texts.ASK_ITEM, Field.PHRASINGS: texts.ASK_PHRASING},
    Task.ANSWER: {Field.ANSWER: texts.ASK_NEW_ANSWER},
    Task.ITEM: {
        Field.QUESTION: texts.ASK_QUESTION,
        Field.ANSWER: texts.ASK_ANSWER,
        Field.SOURCES: texts.ASK_SOURCES,
        Field.TOPIC: texts.ASK_TOPIC,
    },
    Task.NOT_COVERED: {Field.QUESTION: texts.ASK_REFUSAL_QUESTION, Field.ANSWER: texts.ASK_NOT_COVERED},
    Task.NOTE: {Field.NOTE: texts.ASK_NOTE},
    Task.QUESTION: {Field.QUESTION: texts.ASK_NEW_QUESTION},
    Task.NEGATIVES: {Field.PHRASINGS: texts.ASK_NEGATIVES},
    Task.SOURCES: {Field.SOURCES: texts.ASK_NEW_SOURCES},
    Task.TOPIC: {Field.TOPIC: texts.ASK_NEW_TOPIC},
    Task.KEYWORDS: {Field.PHRASINGS: texts.ASK_KEYWORDS},
    Task.DETAIL: {Field.TEXT: texts.ASK_DETAIL},
}
"""The fields of each task in their order, each with the words that ask for it."""
_REWORDED = {Field.QUESTION: texts.ASK_SHORT_QUESTION, Field.PHRASINGS: texts.ASK_PHRASING_OF}
"""What asks for a field that a missed question could not fill in."""


class Form(BaseModel, frozen=True):
    """A form as far as it is filled in.

    ``cluster``: the misses that it began with, or ``clusters`` for several; ``list_id``: of the list of misses that
    these stand in, 0 for none; ``item``: what is to be changed; ``seen``: the answer that the admin saw when they began
    to write another one; ``cited``: the sources that the item had then; ``note``: a reply to those who wait; ``takes``:
    phrasings that other items have are taken from them; ``key``: the field of the item that ``text`` is for.
    ``number``: what its buttons know it by, 0 until it is kept. ``changing``: the field that the admin went back to.
    ``held``: a text of which the admin is asked where it belongs. ``wanted``: what the admin wanted to begin in its
    place: callback data, or a command.
    """

    task: Task
    number: int = 0
    standing: Standing = Standing.WRITTEN
    changing: Field | None = None
    held: str = ""
    wanted: str = ""
    cluster: int | None = None
    clusters: tuple[int, ...] = ()
    list_id: int = 0
    item: str = ""
    question: str = ""
    phrasings: tuple[str, ...] = ()
    takes: bool = False
    answer: str = ""
    seen: str = ""
    sources: tuple[str, ...] = ()
    cited: tuple[str, ...] = ()
    document: str = ""
    sources_chosen: bool = False
    names_document: bool = False
    topic: str = ""
    note: str = ""
    key: str = ""
    text: str = ""

    @property
    def led(self) -> tuple[int, ...]:
        """All clusters whose misses are led to its item."""
        return self.clusters or (() if self.cluster is None else (self.cluster,))

    @property
    def awaited(self) -> Field:
        """The field that is being changed, or the first that is missing, in the order of the task's fields."""
        if self.names_document:
            return Field.DOCUMENT
        if self.changing:
            return self.changing
        return next((field for field in self._fields if not getattr(self, field)), Field.CONFIRMATION)

    @property
    def filled_in(self) -> tuple[Field, ...]:
        """The fields that can be gone back to, in the order of the task's fields."""
        return tuple(field for field in self._fields if field is not self.awaited and getattr(self, field))

    @property
    def typed_fields(self) -> tuple[Field, ...]:
        """The fields that a text typed now may be for: those that are typed, and either filled in or awaited."""
        reached = (*self.filled_in, self.awaited)
        typed = [field for field in self._fields if field in reached and field is not Field.SOURCES]
        return (*typed, Field.DOCUMENT) if self.awaited in {Field.SOURCES, Field.DOCUMENT} else tuple(typed)

    @property
    def _fields(self) -> tuple[Field, ...]:
        """The fields of its task; an item is chosen where there are several clusters to lead to it, and given else."""
        return tuple(field for field in _FIELDS[self.task] if field is not Field.ITEM or self.clusters)

    @property
    def is_open(self) -> bool:
        """Whether there is something to go on with."""
        return self.standing in {Standing.WRITTEN, Standing.RESTING}

    @property
    def subject(self) -> tuple[Task, str, str, tuple[int, ...]]:
        """What it is about: two forms about the same are one."""
        return self.task, self.item, self.key, self.led

    def prompt(self, missed: str) -> str:
        """What asks for the awaited field. ``missed``: the first missed question of its cluster, empty without one."""
        if self.names_document:
            return texts.ASK_OTHER
        reworded = _REWORDED.get(self.awaited) if missed and not self.changing else None
        return reworded or _FIELDS[self.task][self.awaited]

    def but(self, **changes: object) -> "Form":
        """The same form with other values."""
        return self.model_copy(update=changes)

    def change(self) -> Change:  # noqa: C901, PLR0911 - one return a task
        """The change of the knowledge that a form without missing fields asks for; a note's form asks for none."""
        match self.task:
            case Task.PHRASING:
                return ChangeTexts(self.item, "phrasings", self.phrasings, takes=self.takes)
            case Task.ANSWER:
                return SetText(self.item, "answer", self.answer)
            case Task.QUESTION:
                return SetText(self.item, "question", self.question)
            case Task.NEGATIVES:
                return ChangeTexts(self.item, "negatives", self.phrasings)
            case Task.SOURCES:
                chosen = (*self.sources, self.document) if self.document else self.sources
                added = tuple(source for source in chosen if source not in self.cited)
                dropped = tuple(source for source in self.cited if source not in chosen)
                return ChangeTexts(self.item, "source", added, dropped)
            case Task.KEYWORDS:
                return ChangeTexts(self.item, "keywords", self.phrasings)
            case Task.DETAIL:
                return SetText(self.item, self.key, self.text)
            case Task.TOPIC:
                return MoveItem(self.item, self.topic)
            case Task.ITEM:
                topic, kind = self.topic, Kind.ANSWER
            case Task.NOT_COVERED:
                topic, kind = texts.NOT_COVERED_TOPIC, Kind.NOT_COVERED
            case Task.NOTE:
                raise ValueError(self.task)
        item = Item("", topic, self.question, self.answer, kind, self.phrasings, source=self.sources)
        return AddItem(item, document=self.document, takes=self.takes)


@dataclass(frozen=True, slots=True)
class AdminTurn:
    """What comes of what an admin did.

    ``form``: what they are writing from here on, None for nothing. ``notice``: a line that passes by for whoever
    pressed a button. Without a reply, the message under which the button stands stays as it is, and what was typed is
    no admin's business.
    """

    reply: Reply | None
    form: Form | None = None
    notice: str = ""


ERASED = Form(task=Task.ITEM, standing=Standing.ERASED)
"""What is left of a form that held a question that was deleted for good."""


def stored(form: Form | None, admin: Admin, encryption: Encryption) -> StoredForm:
    """A form as it is kept, encrypted, with the keys of the questions that it holds; nothing any more, without one."""
    if form is None:
        return StoredForm(admin.id, admin.chat, None)
    questions = (form.question, *form.phrasings, form.held, form.text)
    keys = tuple(question_key(question) for question in questions if question)
    content = encryption.encrypt(form.model_dump_json()).decode()
    return StoredForm(admin.id, admin.chat, content, form.cluster, keys)


def restored(kept: KeptForm | None, encryption: Encryption) -> Form | None:
    """A form from what was kept of it, as it stands by now; None if it was kept with another key."""
    if kept is None:
        return None
    if not kept.content:
        return ERASED
    try:
        # Earlier versions kept it as it is.
        is_plain = kept.content.startswith("{")
        form = Form.model_validate_json(kept.content if is_plain else encryption.decrypt(kept.content.encode()))
    except DecryptionError:
        _LOG.warning("What an admin was writing is lost: the key or token has changed since.")
        return None
    if kept.idle <= _RESTS_AFTER or form.standing is Standing.RESTING:
        return form
    return form.but(standing=Standing.RESTING) if form.is_open else None
