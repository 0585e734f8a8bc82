"""What buttons send back: typed values, packed into Telegram's callback data and unpacked from it, all in this file.

Packed, a value is its class's prefix and its fields, parted by colons; fields at the end that have their default value
are left out. A field is a text without colons, a number, a member of a ``StrEnum``, a bool, or several ids joined by +.
"""

from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from typing import Any, ClassVar, dataclass_transform, get_type_hints

_ADMIN_PREFIX = "x"
"""The first part of the prefix of every admin's button."""
_LONGEST_NUMBER = 18
_CLASSES: dict[str, type["Callback"]] = {}


@dataclass_transform(frozen_default=True)
class Callback:
    """The base of them all. Each subclass is a frozen dataclass; its prefix is given where it is defined."""

    prefix: ClassVar[str]

    def __init_subclass__(cls, prefix: str = "") -> None:
        dataclass(frozen=True)(cls)
        if prefix:
            cls.prefix = f"{_ADMIN_PREFIX}:{prefix}" if issubclass(cls, AdminCallback) else prefix
            _CLASSES[cls.prefix] = cls

    def pack(self) -> str:
        """The value as callback data: at most 64 bytes, as Telegram asks for."""
        values = [(getattr(self, field.name), field.default) for field in fields(self)]  # type: ignore[arg-type]
        while values and values[-1][0] == values[-1][1]:
            values.pop()
        return ":".join((self.prefix, *(_packed(value) for value, _ in values)))


class AdminCallback(Callback):
    """The base of what admins' buttons send back."""


def unpack(data: str) -> Callback | None:
    """The value that callback data holds; None for what is forged, malformed, or older than this program."""
    prefixes = (prefix for prefix in _CLASSES if f"{data}:".startswith(f"{prefix}:"))
    prefix = max(prefixes, key=len, default=None)
    if prefix is None:
        return None
    kind, (_, *values) = _CLASSES[prefix], data.removeprefix(prefix).split(":")
    hints = get_type_hints(kind)
    types = [hints[field.name] for field in fields(kind)]  # type: ignore[arg-type]
    required = sum(field.default is MISSING for field in fields(kind))  # type: ignore[arg-type]
    if not required <= len(values) <= len(types):
        return None
    try:
        return kind(*map(_unpacked, types, values))
    except (ValueError, KeyError):
        return None


def is_admins(data: str) -> bool:
    """Whether callback data comes from an admin's button, whether it can be unpacked or not."""
    return data.partition(":")[0] == _ADMIN_PREFIX


def _packed(value: Any) -> str:  # noqa: ANN401 - a field's value
    match value:
        case bool():
            return "y" if value else "n"
        case tuple():
            return "+".join(value)
        case _:
            return str(value)


def _unpacked(kind: Any, text: str) -> Any:  # noqa: ANN401 - a field's type and value
    if kind is int:
        if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
            raise ValueError(text)
        return int(text)
    if kind is bool:
        return {"y": True, "n": False}[text]
    return tuple(text.split("+")) if kind == tuple[str, ...] else kind(text)


# --- members --------------------------------------------------------------------------------------------------------


class Origin(StrEnum):
    """Where an item was opened, and where its way back leads."""

    QUESTION = "q"
    TOPIC = "t"
    HOT = "h"


class Defect(StrEnum):
    """What a member may find wrong with an answer."""

    WRONG = "w"
    INCOMPLETE = "i"
    OUTDATED = "o"


class AboutItems(Callback):
    """``items``: ids, or keys of ids where several would not fit."""

    origin: Origin
    items: tuple[str, ...]


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
    items: tuple[str, ...]


class GoBack(Callback, prefix="b"):
    """Show what the answer was opened from: the question's reply, or what is asked most."""

    origin: Origin


class ShowTopics(Callback, prefix="topics"):
    """Show a page of the topics, counted from 0."""

    page: int


class ShowTopic(Callback, prefix="t"):
    """Show a page of a topic's questions. ``topic``: its key."""

    topic: str
    page: int


class RejectSuggestions(Callback, prefix="none"):
    """None of the suggestions was meant."""


class Subscribe(Callback, prefix="w"):
    """Tell me when this question has an answer."""


# --- admins: misses -------------------------------------------------------------------------------------------------


class ShowCard(AdminCallback, prefix="m"):
    """Show the card at this place of the list, counted from 0."""

    place: int


class AboutCluster(AdminCallback):
    """``cluster``: the id of a cluster of misses."""

    cluster: int


class ShowCluster(AboutCluster, prefix="z"):
    """Show the card of this cluster."""


class AddToItem(AboutCluster, prefix="p"):
    """Make a cluster's questions phrasings of an item. ``item``: its key."""

    item: str


class WriteItem(AboutCluster, prefix="n"):
    """Write a new item for a cluster."""


class ChooseRefusal(AboutCluster, prefix="o"):
    """Ask how to say that the speech does not answer a cluster."""


class WriteRefusal(AboutCluster, prefix="r"):
    """Write a new item that says so, in words of one's own or in those that are offered."""

    own_words: bool = False


class IgnoreCluster(AboutCluster, prefix="i"):
    """Ignore a cluster."""


class UnignoreCluster(AboutCluster, prefix="k"):
    """Ignore a cluster no longer."""


class DeleteCluster(AboutCluster, prefix="d"):
    """Delete a cluster's questions for good, once that is confirmed."""

    confirmed: bool = False


# --- admins: items, forms and the history ---------------------------------------------------------------------------


class AboutItem(AdminCallback):
    """``item``: an item's id."""

    item: str


class ShowItem(AboutItem, prefix="it"):
    """Show an item, to be changed."""


class WriteAnswer(AboutItem, prefix="a"):
    """Write another answer of an item, for a cluster of complaints if one is given."""

    cluster: int = 0


class WritePhrasings(AboutItem, prefix="e"):
    """Write more phrasings of an item."""


class FormCallback(AdminCallback):
    """The base of a form's buttons. In a group others see them too: ``owner`` is the admin whose form it is."""

    owner: int


class CancelForm(FormCallback, prefix="x"):
    """Give the form up."""


class ToggleDocument(FormCallback, prefix="s:other"):
    """Name a document that is not listed yet as a source, or drop the one that was named."""


class SourcesChosen(FormCallback, prefix="s:done"):
    """All sources are chosen."""


class ToggleSource(FormCallback, prefix="s"):
    """Choose a source, or choose it no longer. ``source``: its key."""

    source: str


class ChooseTopic(FormCallback, prefix="t"):
    """Choose a topic. ``topic``: its key."""

    topic: str


class ConfirmForm(FormCallback, prefix="c"):
    """Make the edit that was shown. ``digest``: the plan's."""

    digest: str


class UndoEdit(AdminCallback, prefix="u"):
    """Take an edit back."""

    action: int


class RedoEdit(AdminCallback, prefix="g"):
    """Make an edit again that an editor has overwritten. ``digest``: the plan's, once it is confirmed."""

    action: int
    digest: str = ""


class ShowHistory(AdminCallback, prefix="h"):
    """Show what was done, without the latest ``start`` actions."""

    start: int


class ShowToJudge(AdminCallback, prefix="q"):
    """Show an answer to judge. ``left``: how many there are with it."""

    left: int


class JudgeAnswer(AdminCallback, prefix="j"):
    """Judge an answer. ``answered``: the key of the question and its item."""

    answered: str
    right: bool
    left: int
