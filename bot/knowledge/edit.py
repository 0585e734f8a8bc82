"""Edits of knowledge files as text: one place changes, and every other character stays as its author left it.

An edit is written, read again and compared before it counts: the file must say what it said, and the change, and
nothing else. What gives way to it holds no comment. So a style of YAML that is not foreseen here can refuse an edit,
but never damage a file. Mappings in braces are never written into. Texts of a change count without white space at their
ends, as when a file is loaded.
"""

import codecs
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ValidationError

from bot.errors import EditRefusedError, Refusal
from bot.items import Item, Kind
from bot.knowledge.load import Tree
from bot.knowledge.models import FramesFile, ItemEntry, ItemFile, SpeechFile, SynonymsFile
from bot.knowledge.typos import LINE_END, doubtful_value

_KEYS = (
    *("id", "kind", "question", "phrasings", "negatives", "answer", "source", "keywords", "related", "short"),
    *("valid_until", "review_by", "owner"),
)
"""The order in which the shipped files write them."""
_IN_LINES = frozenset({"phrasings", "negatives"})
"""The lists that the shipped files write with a line for each text; others stand in brackets."""

_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
"""What YAML does not read, or takes for a line end, unless it is escaped."""
_REST_OF_LINE = re.compile(rf"[ \t]*(?:#[^\r\n]*)?(?:{LINE_END.pattern}|\Z)")
_REST_AND_COMMENTS = re.compile(rf"(?:{_REST_OF_LINE.pattern})+")
"""The rest of a line, and the blank lines and comments below it."""
_PARTED = re.compile(
    rf"(?:{LINE_END.pattern})[ \t]*(?:{LINE_END.pattern})(?:[ \t]*#[^\r\n]*(?:{LINE_END.pattern}))*[ \t]*-[ \t]*\Z"
)
"""Before an item: a blank line, perhaps comments, the dash."""
_BLOCK_HEADER = re.compile(rf"([^\r\n]*(?:{LINE_END.pattern}))(?: *(?:{LINE_END.pattern}))*( *)")
"""The line that opens a block scalar; the indentation of what it holds."""
_INDENTATION = re.compile(r"[ \t]*(?:-[ \t]+)?")
"""What may stand before a text of a list, or a key, on its line."""
_BLANK_ABOVE = re.compile(r"(?<=\n)(?:[ \t]*\r?\n)+\Z|(?<=\r)(?:[ \t]*\r)+\Z")
_BLANK_BELOW = re.compile(rf"(?:[ \t]*(?:{LINE_END.pattern}))+")
_SCHEMA_LINE = re.compile(rf"# yaml-language-server: [^\r\n]*(?:{LINE_END.pattern})")


@dataclass(frozen=True, slots=True)
class ChangeTexts:
    """Texts that come to a list of an item, and texts that go: ``field`` is the key of the list, like ``phrasings``.

    Planning gives a source that is named its id. With ``takes``, phrasings that other items have are taken from them.
    """

    item: str
    field: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    takes: bool = False


@dataclass(frozen=True, slots=True)
class SetText:
    """Another text for a ``field`` of an item, like ``answer``; without a text, the item no longer has the field.

    Planning fills in the text ``before``.
    """

    item: str
    field: str
    text: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class AddItem:
    """A new item, which also cites a ``document`` by its name, if one is given.

    Planning gives the item its id, the topic of the file that it goes to, and the id of the document as a source.
    ``moved_from``: the topic that the item had, if it is the second half of a move. ``takes``: as in ``ChangeTexts``.
    """

    item: Item
    document: str = ""
    moved_from: str = ""
    takes: bool = False


@dataclass(frozen=True, slots=True)
class DeleteItem:
    """The item with this id goes. Planning fills in its ``content``."""

    item: str
    content: Item | None = None


@dataclass(frozen=True, slots=True)
class MoveItem:
    """The item with this id goes to another topic: it is planned as its deletion and its addition elsewhere."""

    item: str
    topic: str


@dataclass(frozen=True, slots=True)
class AddSource:
    """Another document that answers may cite, for speech.yaml; or a paragraph, where ``part`` says so."""

    id: str
    name: str
    part: Literal["others", "paragraphs"] = "others"


@dataclass(frozen=True, slots=True)
class SetPlace:
    """Another text for a place that answers may cite, by its id; for the title of the speech without an id.

    Planning fills in the text ``before``.
    """

    source: str
    text: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """Words that come to a group of synonyms and words that go, by its ``standard`` word; of the frames without one.

    A group that there is not is made. One that keeps no word but the standard one goes.
    """

    standard: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


Change = ChangeTexts | SetText | AddItem | DeleteItem | MoveItem | AddSource | SetPlace | ChangeWords
"""Whoever wants a change says as much as they know; what is left open is filled in when the change is planned."""

_Place = tuple[int, str, str]
"""Where a text changes: at this character, the first text gives way to the second."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one file: at the character ``start`` of its text, ``removed`` gives way to ``inserted``.

    A byte order mark does not count as a character.
    """

    file: str
    change: Change
    start: int
    removed: str
    inserted: str

    @property
    def makes_file(self) -> bool:
        """Whether there is no file before the edit. In a file that there is, nothing is put before all else."""
        return isinstance(self.change, AddItem | ChangeWords) and self.start == 0 and not self.removed

    @property
    def removes_file(self) -> bool:
        """Whether there is no file after the edit, since it held nothing but the item that goes."""
        return isinstance(self.change, DeleteItem) and self.start == 0

    def applied(self, data: bytes | None) -> bytes | None:
        """The file with the edit, None if it goes.

        ``data`` is the file that the edit was made for, None if there was none.
        """
        return None if self.removes_file else _bytes(_replaced(_text(data), self._place), data)

    def reverted(self, data: bytes | None) -> bytes | None:
        """The file without the edit, whatever was changed elsewhere since; None if nothing of the file is left.

        What can't go back to its place goes where it would be written now. Raises EditRefusedError if the edit is not
        there, or can't be told apart from what was changed since.
        """
        text, inserted = _text(data), self.inserted
        if self.removes_file and data is None:
            return self.removed.encode()
        if self.makes_file and text == inserted:
            return None
        new = _Page.read(text, self.change)
        at = new.find(inserted, self.change, self.start) if new else -1
        old = _Page.read(_replaced(text, (at, inserted, self.removed)), self.change) if at >= 0 else None
        if new and old and _leads(old, [self.change], new):
            return _bytes(old.text, data)
        inverse = _inverse(self.change)
        try:
            if inverse:
                return edit_of(inverse, self.file, data).applied(data)
        except ByHandError:
            pass
        raise EditRefusedError(Refusal.UNDO_ENTANGLED, file=self.file)

    def to_paste(self) -> str:  # noqa: PLR0911 - one return a change
        """What the change adds, as whole lines in the style of the shipped files, for whoever makes it by hand."""
        match self.change:
            case AddItem() | ChangeWords() if self.makes_file:
                return _new_file(self.change)
            case AddItem():
                return _lines(_written(self.change), 2)
            case AddSource(part=part):
                return f"{part}:\n" + _lines(_written(self.change), 2)
            case SetPlace():
                return _lines(_written(self.change), 2 if self.change.source else 0)
            case ChangeWords(added=added) if added:
                return _lines(_written(self.change), 2)
            case ChangeTexts(added=added) if added:
                return _lines(_written(self.change), 6)
            case SetText(text=text) if text:
                return _lines(_written(self.change), 4)
            case _:
                return ""

    def to_delete(self) -> str:
        """What the change takes away, as ``to_paste``; of an item its first lines."""
        match self.change:
            case ChangeTexts(removed=removed) if removed:
                return _lines(_in_lines(removed), 6)
            case ChangeWords(removed=removed) if removed:
                return _lines(_in_lines(removed), 2)
            case SetText(_, key, "", before):
                return _lines(_field(key, before), 4)
            case DeleteItem(_, item) if item:
                return _lines(f"- id: {item.id}\n  question: {_inline(item.question)}", 2)
            case _:
                return ""

    @property
    def _place(self) -> _Place:
        return self.start, self.removed, self.inserted


class ByHandError(EditRefusedError):
    """A change that the bot can't make, and an admin can: by these edits, of which it knows what to paste."""

    def __init__(self, refusal: Refusal, edits: Sequence[Edit], **details: object) -> None:
        super().__init__(refusal, **details)
        self.edits = tuple(edits)


def edit_of(change: Change, file: str, data: bytes | None) -> Edit:
    """The edit that makes a completed change in a file, in the style of what stands around it.

    Without ``data`` there is no file yet: an item makes it. Raises ByHandError, with an edit of which it is not known
    where it would go, if the file is no file for this change, does not load, holds the change already, or is written in
    a way in which the change can't be made without harm.
    """
    if data is None and isinstance(change, AddItem | ChangeWords):
        return Edit(file, change, 0, "", _new_file(change))
    text = _text(data)
    old = _Page.read(text, change)
    if old and data and _is_all(old, change):
        return Edit(file, change, 0, data.decode(), "")
    for place in _places(old, change) if old else ():
        new = _Page.read(_replaced(text, place), change)
        if old and new and _leads(old, [change], new) and new.warnings <= old.warnings:
            return Edit(file, change, *place)
    # At the beginning, edits make a file or remove it.
    raise ByHandError(Refusal.EDIT_UNSAFE, [Edit(file, change, len(text) or 1, "", "")], file=file)


def file_edits(changes: Sequence[Change], file: str, data: bytes | None) -> tuple[list[Edit], bytes | None]:
    """The edits that make several changes of a file as ``edit_of`` does, in an order to apply them in; and the result.

    The edits of the last change, and changes of the same item, keep their place in the order. Raises ByHandError with
    all changes that can't be made.
    """
    return _edits_in_turn(_rounds(changes), file, data)


def reverted(edits: Sequence[Edit], data: bytes | None) -> bytes | None:
    """A file without these edits of it, of which the last was made last, as ``Edit.reverted`` takes each back."""
    left = len(edits)
    for count in dict.fromkeys((left, _independent(edits))):
        while left > count:
            left -= 1
            data = edits[left].reverted(data)
        if count > 1 and data is not None:
            with suppress(_NotAtOnceError):
                return _bytes(_reverted_at_once(edits[:count], _text(data)), data)
    for edit in reversed(edits[:left]):
        data = edit.reverted(data)
    return data


class _NotAtOnceError(Exception):
    """Several edits can't be made or taken back at once, and perhaps can be one by one."""


def _rounds(changes: Sequence[Change]) -> Iterator[Sequence[Change]]:
    """Changes of different items, which are independent: the first of each, then the second ones; at last the last."""
    by_item: dict[str, list[Change]] = {}
    for change in changes[:-1]:
        by_item.setdefault(_subject(change), []).append(change)
    for place in range(max(map(len, by_item.values()), default=0)):
        yield [own[place] for own in by_item.values() if place < len(own)]
    yield changes[-1:]


def _independent(edits: Sequence[Edit]) -> int:
    """How many of these edits, from the first on, are of different items."""
    subjects = [_subject(edit.change) for edit in edits]
    return next((number for number, subject in enumerate(subjects) if subject in subjects[:number]), len(edits))


def _edits_in_turn(parts: Iterable[Sequence[Change]], file: str, data: bytes | None) -> tuple[list[Edit], bytes | None]:
    """The edits of parts of which each is made at once, one after another; raises as ``file_edits`` does."""
    edits, by_hand = list[Edit](), list[ByHandError]()
    for some in parts:
        try:
            more, data = _edits_at_once(some, file, data)
            edits += more
        except ByHandError as error:
            by_hand.append(error)
    if by_hand:
        raise ByHandError(by_hand[0].refusal, [edit for error in by_hand for edit in error.edits], file=file)
    return edits, data


def _edits_at_once(changes: Sequence[Change], file: str, data: bytes | None) -> tuple[list[Edit], bytes | None]:
    """Edits of independent changes. As long as each can be made in the most natural way, the file is read again once.

    Each time is a part of a second for a long file. Where some can't, they are parted from the others by halves.
    """
    if len(changes) == 1:
        edit = edit_of(changes[0], file, data)
        return [edit], edit.applied(data)
    with suppress(_NotAtOnceError):
        edits, text = _made_at_once(changes, file, data)
        return edits, _bytes(text, data)
    half = len(changes) // 2
    return _edits_in_turn((changes[:half], changes[half:]), file, data)


def _made_at_once(changes: Sequence[Change], file: str, data: bytes | None) -> tuple[list[Edit], str]:
    """The edits of changes that can all be made in the most natural way, down the file; and its text with them."""
    old = _Page.read(_text(data), changes[0]) if data else None
    found = [(place, change) for change in changes if old for place in islice(_places(old, change), 1)]
    if not old or len(found) < len(changes):
        raise _NotAtOnceError
    # What comes at the end of an item stands above what comes below it.
    found.sort(key=lambda row: (row[0][0], isinstance(row[1], AddItem)))
    edits, text, end = list[Edit](), "", 0
    for (start, removed, inserted), change in found:
        if start < end:
            raise _NotAtOnceError
        text += old.text[end:start]
        edits.append(Edit(file, change, len(text), removed, inserted))
        text += inserted
        end = start + len(removed)
    text += old.text[end:]
    new = _Page.read(text, changes[0])
    if not new or new.warnings > old.warnings or not _leads(old, changes, new):
        raise _NotAtOnceError
    return edits, text


def _reverted_at_once(edits: Sequence[Edit], text: str) -> str:
    """A text without edits that all stand where they were made."""
    changes, before = [edit.change for edit in edits], text
    for edit in reversed(edits):
        if edit.makes_file or not before.startswith(edit.inserted, edit.start):
            raise _NotAtOnceError
        before = _replaced(before, (edit.start, edit.inserted, edit.removed))
    new, old = _Page.read(text, changes[0]), _Page.read(before, changes[0])
    if not (new and old and _leads(old, changes, new)):
        raise _NotAtOnceError
    return before


def _subject(change: Change) -> str:
    """The id of the item that a change is about, or what it is about in one of the other files."""
    match change:
        case AddItem(item):
            return item.id
        case AddSource():
            return ""
        case SetPlace(source):
            return source
        case ChangeWords(standard):
            return standard
        case _:
            return change.item


@lru_cache(maxsize=1)
def _page(text: str, model: type[BaseModel]) -> "_Page | None":
    """A text that loads, read once where one edit of a file follows another."""
    tree = Tree("", text)
    try:
        content = model.model_validate(tree.value).model_dump()
    except ValidationError:
        return None
    if tree.faults or not isinstance(tree.node, yaml.MappingNode):
        return None
    if "items" in content:
        content["items"] = {entry["id"]: entry for entry in content["items"]}
    return _Page(text, tree.node, content, len(tree.warnings))


def _inverse(change: Change) -> Change | None:  # noqa: PLR0911 - one return a change
    """The change that takes another one back; None if there is none."""
    match change:
        case ChangeTexts(item, key, added, removed):
            return ChangeTexts(item, key, removed, added)
        case SetText(item, key, text, before):
            return SetText(item, key, before, text)
        case SetPlace(source, text, before):
            return SetPlace(source, before, text)
        case ChangeWords(standard, added, removed):
            return ChangeWords(standard, removed, added)
        case AddItem(item):
            return DeleteItem(item.id, item)
        case DeleteItem(_, item) if item:
            return AddItem(item)
        case _:
            return None


def _replaced(text: str, place: _Place) -> str:
    start, removed, inserted = place
    return text[:start] + inserted + text[start + len(removed) :]


def _text(data: bytes | None) -> str:
    return (data or b"").decode("utf-8-sig")


def _bytes(text: str, like: bytes | None) -> bytes:
    """A text as bytes, with a byte order mark if the file had one."""
    return text.encode("utf-8-sig" if like and like.startswith(codecs.BOM_UTF8) else "utf-8")


@dataclass(frozen=True, slots=True)
class _Page:
    """A text that loads, with what it says: a file as a model dumps it, but with its items by their ids."""

    text: str
    root: yaml.MappingNode
    content: Mapping[str, Any]
    warnings: int

    @classmethod
    def read(cls, text: str, change: Change) -> "_Page | None":
        """None for a text that does not load as a file for this change."""
        match change:
            case AddSource() | SetPlace():
                return _page(text, SpeechFile)
            case ChangeWords(standard):
                return _page(text, SynonymsFile if standard else FramesFile)
            case _:
                return _page(text, ItemFile)

    def items(self) -> Sequence[yaml.MappingNode]:
        nodes: list[yaml.MappingNode] = _fields(self.root)["items"][1].value
        return nodes

    def item(self, item_id: str) -> yaml.MappingNode | None:
        return next((node for node in self.items() if _fields(node)["id"][1].value == item_id), None)

    def find(self, inserted: str, change: Change, start: int) -> int:
        """Where an edit stands: at ``start``, else at the only place in the item, or in the file, that holds it.

        -1 if there is no such place.
        """
        node = self.item(change.item) if isinstance(change, ChangeTexts | SetText) else self.root
        if not node:
            return -1
        first, end = node.start_mark.index, node.end_mark.index
        if first <= start and self.text.startswith(inserted, start, end):
            return start
        return self.text.find(inserted, first, end) if self.text.count(inserted, first, end) == 1 else -1

    def below(
        self,
        collection: yaml.CollectionNode,
        written: str,
        after: yaml.Node | None = None,
        rest: re.Pattern[str] = _REST_OF_LINE,
    ) -> Iterator[_Place]:
        """Further lines of a collection, below the line on which one of its nodes ends; by default, its last one.

        Nowhere in brackets, nor if more than ``rest`` follows the node. What is written comes without the last line end
        and without the indentation of all lines.
        """
        found = rest.match(self.text, self.end(after or collection))
        if found and not collection.flow_style:
            lines = _indented(written, collection.start_mark.column)
            is_ended = found[0].endswith(("\r", "\n"))
            yield found.end(), "", self.with_line_ends(f"{lines}\n" if is_ended else f"\n{lines}")

    def end(self, node: yaml.Node) -> int:
        """Where a node ends, without the blank lines that a block scalar includes."""
        while isinstance(node, yaml.CollectionNode) and not node.flow_style:
            node = node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1]
        return len(self.text[: node.end_mark.index].rstrip(" \t\r\n"))

    def lines(self, node: yaml.Node, last: yaml.Node) -> tuple[int, int] | None:
        """Where the lines begin and end that hold what is between two nodes, and nothing else but a dash.

        None if more stands on them, such as a comment.
        """
        start = node.start_mark.index
        first = max(self.text.rfind("\n", 0, start), self.text.rfind("\r", 0, start)) + 1
        rest = _REST_OF_LINE.match(self.text, self.end(last))
        if not rest or not _INDENTATION.fullmatch(self.text, first, start):
            return None
        return None if self.has_comment(first, rest.end()) else (first, rest.end())

    def has_comment(self, start: int, end: int) -> bool:
        """Whether there is a comment between two places, neither of which is in a scalar."""
        if "#" not in self.text[start:end]:
            return False
        within: set[int] = set()
        for node in _scalars(self.root):
            header = _BLOCK_HEADER.match(self.text, node.start_mark.index) if node.style in {"|", ">"} else None
            within.update(range(header.end(1) if header else node.start_mark.index, node.end_mark.index))
        return any(self.text[at] == "#" and at not in within for at in range(start, end))

    def with_line_ends(self, written: str) -> str:
        newline = LINE_END.search(self.text)
        return written.replace("\n", newline.group() if newline else "\n")


def _change(content: dict[str, Any], change: Change) -> bool:
    """Make a change in what a file says; whether it can be made there. Raises ValidationError for a text that is none.

    What is not changed is not copied: only the entries of changed items are others then.
    """
    match change:
        case AddItem(item) if item.id not in content["items"]:
            content["items"][item.id] = _entry(item)
            return True
        case DeleteItem(item_id, item) if item:
            return bool(content["items"].pop(item_id, None) == _entry(item))
        case ChangeTexts(item_id, key, added, removed) if entry := content["items"].get(item_id):
            if (texts := _with_changed(entry[key], added, removed)) is not None:
                content["items"][item_id] = {**entry, key: texts}
                return True
        case SetText(item_id, key, text, before) if entry := content["items"].get(item_id):
            if str(entry[key] or "") == before.strip() != text.strip():
                said = {name: value for name, value in (entry | {key: text.strip()}).items() if value}
                content["items"][item_id] = ItemEntry.model_validate(said).model_dump()
                return True
        case AddSource() | SetPlace() | ChangeWords():
            return _change_elsewhere(content, change)
        case _:
            pass
    return False


def _change_elsewhere(content: dict[str, Any], change: AddSource | SetPlace | ChangeWords) -> bool:
    """As ``_change``, in a file that is none of items."""
    match change:
        case AddSource(source, name, part) if source.strip() not in {*content["paragraphs"], *content["others"]}:
            content[part][source.strip()] = name.strip()
            return True
        case SetPlace(source, text, before):
            texts = next((part for part in (content["paragraphs"], content["others"]) if source in part), content)
            if texts.get(source or "title") == before.strip() != text.strip():
                texts[source or "title"] = text.strip()
                return True
        case ChangeWords("", added, removed):
            if (words := _with_changed(content["frames"], added, removed)) is not None:
                content["frames"] = words
                return True
        case ChangeWords(standard, added, removed):
            groups = [*content["synonyms"]]
            place = next((place for place, group in enumerate(groups) if group[0] == standard), len(groups))
            words = _with_changed(groups[place][1:] if place < len(groups) else (), added, removed)
            if words is not None:
                groups[place : place + 1] = [(standard, *words)] if words else []
                content["synonyms"] = tuple(groups)
                return True
        case _:
            pass
    return False


def _with_changed(texts: Sequence[str], added: Sequence[str], removed: Sequence[str]) -> tuple[str, ...] | None:
    """A list with texts added, none of which it has, and others removed, all of which it has; else None."""
    gone, new = {*map(str.strip, removed)}, [*map(str.strip, added)]
    kept = [text for text in texts if text not in gone]
    is_fit = len(texts) - len(kept) == len(gone) and len({*new} - {*texts}) == len(new) and (gone or new)
    return (*kept, *new) if is_fit else None


def _entry(item: Item) -> Mapping[str, Any]:
    """What a file says of an item."""
    return ItemEntry.model_validate({key: value for key in _KEYS if (value := getattr(item, key))}).model_dump()


def _leads(old: _Page, changes: Iterable[Change], new: _Page) -> bool:
    """Whether changes, and nothing else, lead from one text to another. Where in its list a text stands is free."""
    made = {key: dict(value) if isinstance(value, dict) else value for key, value in old.content.items()}
    for change in changes:
        try:
            if not _change(made, change):
                return False
        except ValidationError:
            return False
        if isinstance(change, ChangeTexts):
            own, entry = made["items"][change.item], new.content["items"].get(change.item)
            if entry is None or sorted(entry[change.field]) != sorted(own[change.field]):
                return False
            own[change.field] = entry[change.field]
    return made == new.content


def _is_all(page: _Page, change: Change) -> bool:
    """Whether a file holds nothing but the item that a change takes away, and no comment that an author wrote."""
    if not isinstance(change, DeleteItem) or change.content is None or [*page.content["items"]] != [change.item]:
        return False
    head = _SCHEMA_LINE.match(page.text)
    is_same: bool = page.content["items"][change.item] == _entry(change.content)
    return is_same and not page.has_comment(head.end() if head else 0, len(page.text))


def _scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    match node:
        case yaml.ScalarNode():
            yield node
        case yaml.MappingNode():
            for pair in node.value:
                for part in pair:
                    yield from _scalars(part)
        case yaml.SequenceNode():
            for part in node.value:
                yield from _scalars(part)


def _fields(mapping: yaml.MappingNode) -> Mapping[str, tuple[yaml.ScalarNode, Any]]:
    return {key.value: (key, value) for key, value in mapping.value}


def _places(page: _Page, change: Change) -> Iterator[_Place]:
    """Where and how a change might be written, the most natural way first; not all of them are safe."""
    fields = _fields(page.root)
    match change:
        case AddItem():
            items = fields["items"][1]
            starts = [node.start_mark.index for node in items.value[-2:]]
            parting = "\n" if len(starts) > 1 and _PARTED.search(page.text, *starts) else ""
            yield from page.below(items, parting + _written(change), rest=_REST_AND_COMMENTS)
        case DeleteItem(item_id) if (item := page.item(item_id)) and not fields["items"][1].flow_style:
            yield from _item_lines(page, item)
        case AddSource() | SetPlace() | ChangeWords():
            yield from _places_elsewhere(page, change)
        case ChangeTexts(item_id) if (item := page.item(item_id)) and not item.flow_style:
            yield from _list_places(page, item, change)
        case SetText(item_id, key, text) if (item := page.item(item_id)) and not item.flow_style:
            if key not in _fields(item):
                yield from _key_below(page, item, key, _field(key, text))
            elif text.strip():
                yield from _text_places(page, item, key, text.strip())
            else:
                yield from _key_lines(page, item, key)


def _places_elsewhere(page: _Page, change: AddSource | SetPlace | ChangeWords) -> Iterator[_Place]:
    """As ``_places``, in a file that is none of items."""
    fields = _fields(page.root)
    match change:
        case AddSource(part=part) if part in fields:
            yield from page.below(fields[part][1], _written(change))
        case AddSource():
            yield from page.below(page.root, "others:\n" + _indented(_written(change), 2), rest=_REST_AND_COMMENTS)
        case SetPlace("", text):
            yield from _text_places(page, page.root, "title", text.strip())
        case SetPlace(source, text):
            parts = (fields[part][1] for part in ("paragraphs", "others") if part in fields)
            for part in (part for part in parts if source in _fields(part) and not part.flow_style):
                yield from _text_places(page, part, source, text.strip())
        case ChangeWords("", added, removed):
            key, frames = fields["frames"]
            yield from _changed_list(page, key, frames, added, removed)
        case ChangeWords():
            yield from _group_places(page, change)


def _item_lines(page: _Page, item: yaml.MappingNode) -> Iterator[_Place]:
    """The lines of an item, with the blank lines that part it from the one before, of the first item the next."""
    if not (lines := page.lines(item, item)):
        return
    start, end = lines
    above, below = _BLANK_ABOVE.search(page.text, 0, start), _BLANK_BELOW.match(page.text, end)
    is_first = page.items()[0] is item
    if above and not is_first:
        yield above.start(), page.text[above.start() : end], ""
    elif below and is_first:
        yield start, page.text[start : below.end()], ""
    yield start, page.text[start:end], ""


def _key_lines(page: _Page, item: yaml.MappingNode, name: str) -> Iterator[_Place]:
    """The lines of a key with its value, which go."""
    if lines := page.lines(*_fields(item)[name]):
        yield lines[0], page.text[slice(*lines)], ""


def _key_below(page: _Page, item: yaml.MappingNode, name: str, written: str) -> Iterator[_Place]:
    """A new key, below those that the shipped files write before it."""
    fields = _fields(item)
    above = [key for key in _KEYS[: _KEYS.index(name)] if key in fields]
    yield from page.below(item, written, after=fields[above[-1]][1])


def _list_places(page: _Page, item: yaml.MappingNode, change: ChangeTexts) -> Iterator[_Place]:
    """Texts that come to a list and texts that go; a list without texts goes as a whole."""
    fields = _fields(item)
    if change.field not in fields:
        yield from _key_below(page, item, change.field, _field(change.field, change.added))
        return
    key, texts = fields[change.field]
    gone = {*map(str.strip, change.removed)}
    if (
        isinstance(texts, yaml.SequenceNode)
        and not change.added
        and all(node.value.strip() in gone for node in texts.value)
    ):
        yield from _key_lines(page, item, change.field)
    else:
        yield from _changed_list(page, key, texts, change.added, change.removed)


def _group_places(page: _Page, change: ChangeWords) -> Iterator[_Place]:
    """A group of synonyms that is new, that changes, or that goes."""
    key, groups = _fields(page.root)["synonyms"]
    found = (node for node in groups.value if node.value[0].value.strip() == change.standard)
    group = next(found, None)
    if group is None and groups.flow_style:
        yield from _emptied(page, key, groups, f"synonyms:\n  {_written(change)}")
    elif group is None:
        yield from page.below(groups, _written(change), rest=_REST_AND_COMMENTS)
    elif change.added or len(group.value) - 1 > len(change.removed):
        yield from _changed_list(page, group, group, change.added, change.removed)
    elif len(groups.value) == 1:
        yield from _emptied(page, key, groups, "synonyms: []")
    elif lines := page.lines(group, group):
        yield lines[0], page.text[slice(*lines)], ""


def _emptied(page: _Page, key: yaml.Node, value: yaml.Node, written: str) -> Iterator[_Place]:
    """A key whose value gives way as a whole."""
    start, end = key.start_mark.index, page.end(value)
    if not page.has_comment(start, end):
        yield start, page.text[start:end], page.with_line_ends(written)


def _changed_list(
    page: _Page, first: yaml.Node, texts: yaml.Node, added: Sequence[str], removed: Sequence[str]
) -> Iterator[_Place]:
    """Texts that come to a list and texts that go. ``first``: its key, or itself if it has none."""
    if not isinstance(texts, yaml.SequenceNode):
        return
    gone = {*map(str.strip, removed)}
    kept = [node for node in texts.value if node.value.strip() not in gone]
    start, middle, end = first.start_mark.index, texts.start_mark.index, texts.end_mark.index
    if texts.flow_style:
        if not page.has_comment(start, end):
            others = [page.text[node.start_mark.index : node.end_mark.index] for node in kept]
            plain = [_inline(text, in_brackets=True) for text in added]
            # A text that is not quoted would seem to be cut by a comment that follows.
            for written in (plain, map(_quoted, map(str.strip, added))):
                yield start, page.text[start:end], f"{page.text[start:middle]}[{', '.join((*others, *written))}]"
    elif not kept and not added:
        yield from _emptied(page, first, texts, f"{page.text[start : first.end_mark.index]}: []")
    else:
        lines = [page.lines(node, node) for node in texts.value if node not in kept]
        places = [(start, page.text[start:end], "") for start, end in filter(None, lines)]
        if len(places) == len(lines):
            below = page.below(texts, _in_lines(added)) if added else iter(())
            places += list(below)
            if places:
                yield _together(page.text, places)


def _together(text: str, places: Sequence[_Place]) -> _Place:
    """One place that does what several do, each below the one before."""
    first, written = places[0][0], ""
    end = first
    for start, removed, inserted in places:
        written += text[end:start] + inserted
        end = start + len(removed)
    return first, text[first:end], written


def _text_places(page: _Page, item: yaml.MappingNode, name: str, text: str) -> Iterator[_Place]:
    """With the key, so that an answer that is also a phrasing is told from it; nowhere if a comment would be lost."""
    key, value = _fields(item)[name]
    start, middle, end = key.start_mark.index, value.start_mark.index, value.end_mark.index

    def place(middle: int, written: str) -> _Place:
        return start, page.text[start:end], page.text[start:middle] + page.with_line_ends(written)

    if value.style in ("|", ">"):
        end = middle + len(page.text[middle:end].rstrip(" \t\r\n"))
        header = _BLOCK_HEADER.match(page.text, middle, end)
        if header and not _UNWRITABLE.search(text):
            yield place(header.end(1), _indented(text, len(header[2])))
        if not header or "#" in header[1]:
            return
    yield place(middle, _indented(_scalar(text), key.start_mark.column).lstrip())
    yield place(middle, _quoted(text))


def _written(change: Change) -> str:  # noqa: PLR0911 - one return a change
    """What a change adds to a list or a mapping, without the last line end; of an item, without empty keys."""
    match change:
        case ChangeTexts(added=added):
            return _in_lines(added)
        case SetText(_, key, text):
            return _field(key, text)
        case AddSource(source, name):
            return f"{_inline(source)}: {_inline(name)}"
        case SetPlace(source, text):
            return f"{_inline(source or 'title')}: {_inline(text)}"
        case ChangeWords("", added):
            return _in_lines(added)
        case ChangeWords(standard, added):
            return f"- [{', '.join(_inline(word, in_brackets=True) for word in (standard, *added))}]"
        case AddItem(item):
            said = {key: value for key in _KEYS if (value := getattr(item, key)) and value is not Kind.ANSWER}
            fields = "\n".join(_field(key, value) for key, value in said.items())
            return "- " + _indented(fields, 2).lstrip()
        case _:
            return ""


def _field(key: str, value: str | Sequence[str]) -> str:
    """A key of an item with its value."""
    if isinstance(value, str):
        return f"{key}: {_scalar(value)}"
    if key in _IN_LINES:
        return f"{key}:\n{_indented(_in_lines(value), 2)}"
    return f"{key}: [{', '.join(_inline(text, in_brackets=True) for text in value)}]"


def _in_lines(texts: Sequence[str]) -> str:
    return "\n".join(f"- {_inline(text)}" for text in texts)


def _lines(written: str, column: int) -> str:
    return _indented(written, column) + "\n"


def _new_file(change: AddItem | ChangeWords) -> str:
    if isinstance(change, AddItem):
        head = f"topic: {_inline(change.item.topic)}\nitems:"
    else:
        head = "synonyms:" if change.standard else "frames:"
    return f"# yaml-language-server: $schema=schema.json\n{head}\n{_lines(_written(change), 2)}"


def _scalar(text: str) -> str:
    """A text as a value in block style: literally if it has several lines."""
    text = text.strip()
    return "|-\n" + _indented(text, 2) if "\n" in text and not _UNWRITABLE.search(text) else _inline(text)


def _inline(text: str, *, in_brackets: bool = False) -> str:
    """A text as a value on one line: as it is where every YAML reader takes that for this text, else quoted."""
    text = text.strip()
    value, plain = ([text], f"[{text}]\n") if in_brackets else (text, f"{text}\n...\n")
    dumped = yaml.safe_dump(value, allow_unicode=True, width=math.inf, default_flow_style=True)
    is_plain = dumped == plain and not doubtful_value(text, in_brackets=in_brackets)
    return text if is_plain else _quoted(text)


def _quoted(text: str) -> str:
    # JSON's escapes are YAML's; PyYAML's own dumper would escape emoji too.
    return _UNWRITABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _indented(text: str, columns: int) -> str:
    return re.sub(r"(?m)^(?!\n|\Z)", " " * columns, text)
