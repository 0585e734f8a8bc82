"""What buttons send back: typed values, packed into Telegram's callback data and unpacked from it, all in this file.

Packed, a value is its class's prefix and its fields, parted by colons; fields at the end that have their default value
are left out. A field is a text without colons, a number, a member of a ``StrEnum``, a bool, or several ids joined by +.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum, unique
from typing import Annotated, Any, ClassVar, dataclass_transform

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError
from pydantic_core import ArgsKwargs

from bot.store.records import MissFilter

YES = "y"
_CLASSES: dict[str, type["Callback"]] = {}
"""By what packed values begin with: the prefix, and the action where a class has several."""

Number = Annotated[int, Field(ge=0, lt=10**18)]
Ids = Annotated[tuple[str, ...], BeforeValidator(lambda text: tuple(text.split("+")))]


@dataclass_transform(frozen_default=True)
class Callback:
    """The base of them all. Each subclass is a frozen dataclass; its prefix is given where it is defined.

    A class that stands for several ``actions`` has them as the members of an enum, and the action as its first field.
    """

    prefix: ClassVar[str]

    def __init_subclass__(cls, prefix: str = "", actions: Iterable[str] = ()) -> None:
        dataclass(frozen=True)(cls)
        if prefix:
            cls.prefix = prefix
            _CLASSES.update(dict.fromkeys([f"{prefix}:{action}" for action in actions] or [prefix], cls))

    def pack(self) -> str:
        """The value as callback data: at most 64 bytes, as Telegram asks for."""
        values = [(getattr(self, field.name), field.default) for field in fields(self)]  # type: ignore[arg-type]
        while values and values[-1][0] == values[-1][1]:
            values.pop()
        return ":".join((self.prefix, *(_packed(value) for value, _ in values)))


def unpack(data: str) -> Callback | None:
    """The value that callback data holds; None for what is forged, malformed, or older than this program."""
    beginning = max((key for key in _CLASSES if f"{data}:".startswith(f"{key}:")), key=len, default=None)
    if beginning is None:
        return None
    kind = _CLASSES[beginning]
    action, values = beginning.removeprefix(kind.prefix)[1:], data.removeprefix(beginning).split(":")[1:]
    try:
        return TypeAdapter(kind).validate_python(ArgsKwargs((*([action] if action else []), *values)))
    except ValidationError:
        return None


def is_admins(data: str) -> bool:
    """Whether callback data comes from an admin's button, whether it can be unpacked or not."""
    return data.partition(":")[0] == AdminCallback.prefix


def _packed(value: Any) -> str:  # noqa: ANN401 - a field's value
    if isinstance(value, bool):
        return YES if value else "n"
    return "+".join(value) if isinstance(value, tuple) else str(value)


class Origin(StrEnum):
    """Where an item was opened. From a list it was opened in the list's place, and a way back leads to the list."""

    DIRECT = "d"
    """Nowhere: it answers the question itself."""
    ANSWER = "r"
    """Under another answer, which still stands above it."""
    QUESTION = "q"
    """From the list that was the reply to a question."""
    TOPIC = "t"
    HOT = "h"
    START = "s"
    """From the welcome's examples."""
    MORE = "m"
    """From the list of what else there is to read after an answer."""


class Defect(StrEnum):
    """What a member may find wrong with an answer."""

    WRONG = "w"
    INCOMPLETE = "i"
    OUTDATED = "o"


class AboutItems(Callback):
    """``items``: ids, or keys of ids where several would not fit."""

    origin: Origin
    items: Ids


class OpenItems(AboutItems, prefix="a"):
    """Show these items' answers."""


class ReopenItems(AboutItems, prefix="v"):
    """Show the answers again that were there before."""


class Like(AboutItems, prefix="u"):
    """A thumb up for these answers."""


class Dislike(AboutItems, prefix="d"):
    """A thumb down: ask what is wrong with these answers."""


class ReportDefect(Callback, prefix="f"):
    """What is wrong with these answers."""

    defect: Defect
    origin: Origin
    items: Ids


class GoBack(Callback, prefix="b"):
    """Show the list that the answer was opened from, but for a topic's, which ``ShowTopic`` shows."""

    origin: Origin


class ShowTopics(Callback, prefix="topics"):
    """Show a page of the topics, counted from 0."""

    page: Number


class ShowTopic(Callback, prefix="t"):
    """Show a page of a topic's questions. ``topic``: its key."""

    topic: str
    page: Number


class RejectSuggestions(Callback, prefix="none"):
    """None of the suggestions was meant."""


class Subscribe(Callback, prefix="w"):
    """Tell me when this question has an answer."""


class FollowAnswers(AboutItems, prefix="c"):
    """Tell me when one of these answers changes."""


@unique
class AdminAction(StrEnum):
    """What an admin's button does, and in brackets its number, and its detail where it has one."""

    SHOW_CARD = "m"
    """(A place in the list of clusters of misses, counted from 0.)"""
    SHOW_CLUSTER = "z"
    """This and the next ten are about a cluster of misses (its id)."""
    ADD_TO_ITEM = "p"
    """Make its questions phrasings of an item (the item's key)."""
    WRITE_ITEM = "n"
    """Write a new item that they ask (``YES``: its answer is the note that was just sent to those who wait)."""
    WRITE_NOTE = "wn"
    """Reply to those who wait, without an item."""
    CHOOSE_REFUSAL = "o"
    """Ask how to say that the speech does not answer it."""
    WRITE_REFUSAL = "r"
    """Write a new item that says so (``YES``: in words of one's own)."""
    FIND_ITEM = "wf"
    """Write words by which the item is found that its questions should become phrasings of."""
    NEVER = "wv"
    """Never answer its question with the item that was wrong for it."""
    SHOW_COMPLAINT = "wq"
    """Show one complaint of a cluster of several, by itself (the row's id)."""
    IGNORE = "i"
    """Ignore it (``YES``: though members wait for it)."""
    UNIGNORE = "k"
    DELETE = "d"
    """Delete its questions for good (``YES``: that is confirmed)."""
    UNDO = "u"
    """Take an edit back (the action's id)."""
    REDO = "g"
    """Make an edit again that was undone, or that an editor has overwritten (the action's id; the plan's digest, once
    it is confirmed)."""
    SHOW_HISTORY = "h"
    """Show what was done (so many of the latest actions are left out)."""
    SHOW_ACTION = "ho"
    """Show what one action changed (its id; the place of the history's page that leads to it)."""
    SHOW_TO_JUDGE = "q"
    """Show an answer to judge (how many there are with it)."""


class AdminCallback(Callback, prefix="x", actions=AdminAction):
    """``number`` and ``detail``: as the action says. The prefixes of all admins' buttons begin with this one.

    ``list_id``: of the list of misses whose search and filter the cards have that come next; 0 for all open misses.
    """

    action: AdminAction
    number: Number
    detail: str = ""
    list_id: Number = 0


class ListAction(StrEnum):
    """What a button of a list of misses does."""

    SHOW = "s"
    TICK = "t"
    UNTICK = "u"
    TICK_ALL = "a"
    UNTICK_ALL = "n"
    UNTICK_AWAITED = "w"
    """Untick what somebody waits for."""


class MissListCallback(Callback, prefix="x:l", actions=ListAction):
    """``list_id``: 0 for a new list; ``start``: the place of the first one that is shown; ``cluster``: to be ticked."""

    action: ListAction
    list_id: Number
    start: Number = 0
    cluster: Number = 0


class FilterMisses(Callback, prefix="x:lf"):
    """Have a list show something else."""

    list_id: Number
    filter: MissFilter


class BulkAct(StrEnum):
    """What can be done to what is ticked in a list of misses."""

    IGNORE = "i"
    UNIGNORE = "k"
    DELETE = "d"
    ADD = "p"
    """Make the questions phrasings of one item; it is a form, as the next one is."""
    NOT_COVERED = "r"
    """Write a new item that says that the speech does not answer them."""


class AskBulkAct(Callback, prefix="x:lq"):
    """Ask whether, or how, to do it to what is ticked in a list."""

    act: BulkAct
    list_id: Number


class ConfirmBulkAct(Callback, prefix="x:lc"):
    """Do it to what is ticked in a list, if that is still what ``digest`` names."""

    act: BulkAct
    list_id: Number
    digest: str


class UndoBulkAct(Callback, prefix="x:lu"):
    """``action``: its id; ``list_id``: of the list that it was done in."""

    action: Number
    list_id: Number = 0


AboutMissList = MissListCallback | FilterMisses | AskBulkAct | ConfirmBulkAct | UndoBulkAct


class AboutItem(Callback):
    """``item``: an item's id."""

    item: str


class ShowItem(AboutItem, prefix="x:it"):
    """Show an item, to be changed."""


class WriteAnswer(AboutItem, prefix="x:a"):
    """Write another answer of an item, for a cluster of complaints if one is given."""

    cluster: Number = 0


class WritePhrasings(AboutItem, prefix="x:e"):
    """Write more phrasings of an item."""


class ItemList(StrEnum):
    """A list of an item, by its key."""

    PHRASINGS = "phrasings"
    NEGATIVES = "negatives"
    RELATED = "related"
    KEYWORDS = "keywords"


class ShowItemDetails(AboutItem, prefix="x:im"):
    """Show what an item may have besides its question, answer, sources and topic."""


class ShowItemList(AboutItem, prefix="x:vl"):
    """Show a page of a list of an item, counted from 0."""

    which: ItemList
    page: Number = 0


class ItemAction(StrEnum):
    """What to do with an item; where a text is meant, the button has its key."""

    REMOVE_PHRASING = "p"
    REMOVE_NEGATIVE = "n"
    UNRELATE = "r"
    RELATE = "l"
    """Offer another item as related (the key of its id)."""
    ADD_WAY = "w"
    """Add one of the ready ways to ask."""
    REMOVE_KEYWORD = "k"
    CLEAR = "c"
    """Leave a field without a text (its name)."""
    DELETE = "d"
    WRITE_QUESTION = "q"
    """This and those below begin a form."""
    WRITE_SOURCES = "s"
    WRITE_TOPIC = "t"
    WRITE_NEGATIVES = "g"
    WRITE_KEYWORDS = "y"
    WRITE_DETAIL = "x"
    """Write one of ``texts.ASK_DETAILS``."""


class ChangeItem(AboutItem, prefix="x:v"):
    """Change an item. ``digest``: that of the plan that is confirmed."""

    action: ItemAction
    text: str = ""
    digest: str = ""


class WriteField(AboutItem, prefix="x:vw"):
    """Write a field of an item. ``field``: its name, where the action does not say it."""

    action: ItemAction
    field: str = ""


class AboutCorrection(AboutItem):
    """``answer``: the key of the changed answer; ``action``: the number of the edit that changed it, 0 for none."""

    answer: str
    action: Number = 0


class TellCorrection(AboutCorrection, prefix="x:ct"):
    """Tell the subscribers of an item that its answer has changed."""


class SkipCorrection(AboutCorrection, prefix="x:cn"):
    """Don't tell them."""


@unique
class FormAction(StrEnum):
    """What to do with a form."""

    CANCEL = "x"
    TOGGLE_DOCUMENT = "s:other"
    """Name a document that is not listed yet as a source, or drop the one that was named."""
    SOURCES_CHOSEN = "s:done"
    TOGGLE_SOURCE = "s"
    CHOOSE_TOPIC = "t"
    CHOOSE_ITEM = "fi"
    CONFIRM = "c"
    """Make the edit that was shown."""
    RESUME = "w:on"
    """Go on with the form, also after it was dropped."""
    GO_BACK = "w:at"
    """Ask again for a field (its name; none: leave it as it is)."""
    FILL = "w:in"
    """Fill a field (its name) with the text that is held."""
    TAKE = "w:mv"
    """Take the phrasings from the items that have them."""
    BEGIN_WANTED = "w:new"
    """Drop the form, and begin what was wanted in its place."""


class FormCallback(Callback, prefix="x", actions=FormAction):
    """In a group others see a form's buttons too: ``owner`` is the admin whose form it is.

    ``chosen``: the key of a source, topic or item, or the digest of the plan that is confirmed. ``number``: the form's;
    0 is whichever is being written.
    """

    action: FormAction
    owner: Number
    chosen: str = ""
    number: Number = 0


class JudgeAnswer(Callback, prefix="x:j"):
    """Judge an answer. ``answered``: the key of the question and its item."""

    answered: str
    right: bool
    left: Number
