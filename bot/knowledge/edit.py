"""Edits of knowledge files as text: one place changes, and every other character stays as its author left it.

An edit is written, read again and compared before it counts: the file must say what it said, and the change, and
nothing else. What gives way to it holds no comment. So a style of YAML that is not foreseen here can refuse an edit,
but never damage a file. Lists and mappings in brackets are never written into. Texts of a change count without white
space at their ends, as when a file is loaded.
"""

import codecs
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

from bot.errors import EditRefusedError, Refusal
from bot.items import Item, Kind
from bot.knowledge.load import Tree
from bot.knowledge.models import ItemEntry, ItemFile, SpeechFile
from bot.knowledge.typos import LINE_END, doubtful_value

_KEYS = ("id", "kind", "question", "phrasings", "negatives", "answer", "source", "keywords", "related", "short")
"""The order in which the shipped files write them."""

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


@dataclass(frozen=True, slots=True)
class AddPhrasings:
    """More ways to ask the item with this id."""

    item: str
    phrasings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetAnswer:
    """Another answer for the item with this id. Planning fills in the answer ``before``."""

    item: str
    answer: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class AddItem:
    """A new item, which also cites a ``document`` by its name, if one is given.

    Planning gives the item its id, the topic of the file that it goes to, and the id of the document as a source.
    """

    item: Item
    document: str = ""


@dataclass(frozen=True, slots=True)
class AddSource:
    """Another document that answers may cite, for speech.yaml."""

    id: str
    name: str


Change = AddPhrasings | SetAnswer | AddItem | AddSource
"""Whoever wants a change says as much as they know; what is left open is filled in when the change is planned."""

_COLUMNS = {AddPhrasings: 6, SetAnswer: 4, AddItem: 2, AddSource: 2}
"""Where the shipped files write what is added."""

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
        """Whether there is no file before the edit. In a file that there is, no item stands at the very beginning."""
        return isinstance(self.change, AddItem) and self.start == 0

    def applied(self, data: bytes | None) -> bytes:
        """The file with the edit; ``data`` is the file that the edit was made for, None if there was none."""
        return _bytes(_replaced(_text(data), (self.start, self.removed, self.inserted)), data)

    def reverted(self, data: bytes | None) -> bytes | None:
        """The file without the edit, whatever was changed elsewhere since; None if nothing of the file is left.

        Raises EditRefusedError if the edit is not there, or can't be told apart from what was changed since.
        """
        text, inserted = _text(data), self.inserted
        if self.makes_file:
            if text == inserted:
                return None
            # Others have been added to the file that was made for this item.
            inserted = _indented(_written(self.change), 2) + "\n"
        new = _Page.read(text, self.change)
        at = new.find(inserted, self.change, self.start) if new else -1
        old = _Page.read(_replaced(text, (at, inserted, self.removed)), self.change) if at >= 0 else None
        if new and old and old.content == new.content_without(self.change):
            return _bytes(old.text, data)
        raise EditRefusedError(Refusal.UNDO_ENTANGLED, file=self.file)

    def to_paste(self) -> str:
        """The change as whole lines in the style of the shipped files, for whoever makes it by hand."""
        if isinstance(self.change, AddItem) and self.makes_file:
            return _new_file(self.change.item)
        head = "others:\n" if isinstance(self.change, AddSource) else ""
        return f"{head}{_indented(_written(self.change), _COLUMNS[type(self.change)])}\n"


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
    if data is None and isinstance(change, AddItem):
        return Edit(file, change, 0, "", _new_file(change.item))
    text = _text(data)
    old = _Page.read(text, change)
    for place in _places(old, change) if old else ():
        new = _Page.read(_replaced(text, place), change)
        if new and old and new.content_without(change) == old.content and new.warnings <= old.warnings:
            return Edit(file, change, *place)
    raise ByHandError(Refusal.EDIT_UNSAFE, [Edit(file, change, len(text), "", "")], file=file)


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
        tree = Tree("", text)
        model = SpeechFile if isinstance(change, AddSource) else ItemFile
        try:
            content = model.model_validate(tree.value).model_dump()
        except ValidationError:
            return None
        if tree.faults or not isinstance(tree.node, yaml.MappingNode):
            return None
        if "items" in content:
            content["items"] = {entry["id"]: entry for entry in content["items"]}
        return cls(text, tree.node, content, len(tree.warnings))

    def content_without(self, change: Change) -> Mapping[str, Any] | None:
        """What the text said before a change; None if the change is not in it."""
        content: dict[str, Any] = deepcopy(dict(self.content))
        match change:
            case AddItem(item):
                fields = {key: value for key in _KEYS if (value := getattr(item, key))}
                is_made = content["items"].pop(item.id, None) == ItemEntry.model_validate(fields).model_dump()
            case AddSource(source, name):
                is_made = content["others"].pop(source.strip(), None) == name.strip()
                is_made = is_made and source.strip() not in content["paragraphs"]
            case AddPhrasings(item_id, phrasings) if entry := content["items"].get(item_id):
                added = dict.fromkeys(map(str.strip, phrasings))
                is_made = bool(added) and [text for text in entry["phrasings"] if text in added] == list(added)
                entry["phrasings"] = tuple(text for text in entry["phrasings"] if text not in added)
            case SetAnswer(item_id, answer, before) if entry := content["items"].get(item_id):
                is_made = entry["answer"] == answer.strip()
                entry["answer"] = before.strip()
            case _:
                is_made = False
        return content if is_made else None

    def item(self, item_id: str) -> yaml.MappingNode | None:
        nodes: list[yaml.MappingNode] = _fields(self.root)["items"][1].value
        return next((node for node in nodes if _fields(node)["id"][1].value == item_id), None)

    def find(self, inserted: str, change: Change, start: int) -> int:
        """Where an edit stands: at ``start``, else at the only place in the item, or in the file, that holds it.

        -1 if there is no such place.
        """
        node = self.item(change.item) if isinstance(change, AddPhrasings | SetAnswer) else self.root
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
        node = after or collection
        while isinstance(node, yaml.CollectionNode) and not node.flow_style:
            node = node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1]
        # A block scalar includes the blank lines below it.
        found = rest.match(self.text, len(self.text[: node.end_mark.index].rstrip(" \t\r\n")))
        if found and not collection.flow_style:
            lines = _indented(written, collection.start_mark.column)
            is_ended = found[0].endswith(("\r", "\n"))
            yield found.end(), "", self.with_line_ends(f"{lines}\n" if is_ended else f"\n{lines}")

    def with_line_ends(self, written: str) -> str:
        newline = LINE_END.search(self.text)
        return written.replace("\n", newline.group() if newline else "\n")


def _fields(mapping: yaml.MappingNode) -> Mapping[str, tuple[yaml.ScalarNode, Any]]:
    return {key.value: (key, value) for key, value in mapping.value}


def _places(page: _Page, change: Change) -> Iterator[_Place]:
    """Where and how a change might be written, the most natural way first; not all of them are safe."""
    written, fields = _written(change), _fields(page.root)
    match change:
        case AddItem():
            items = fields["items"][1]
            starts = [node.start_mark.index for node in items.value[-2:]]
            parting = "\n" if len(starts) > 1 and _PARTED.search(page.text, *starts) else ""
            yield from page.below(items, parting + written, rest=_REST_AND_COMMENTS)
        case AddSource() if "others" in fields:
            yield from page.below(fields["others"][1], written)
        case AddSource():
            yield from page.below(page.root, "others:\n" + _indented(written, 2), rest=_REST_AND_COMMENTS)
        case AddPhrasings(item_id) if item := page.item(item_id):
            fields = _fields(item)
            if "phrasings" in fields:
                yield from page.below(fields["phrasings"][1], written)
            else:
                yield from page.below(item, "phrasings:\n" + _indented(written, 2), after=fields["question"][1])
        case SetAnswer(item_id, answer) if item := page.item(item_id):
            yield from _answer_places(page, item, answer.strip())


def _answer_places(page: _Page, item: yaml.MappingNode, answer: str) -> Iterator[_Place]:
    """With the key, so that an answer that is also a phrasing is told from it; nowhere if a comment would be lost."""
    key, value = _fields(item)["answer"]
    start, middle, end = key.start_mark.index, value.start_mark.index, value.end_mark.index

    def place(middle: int, written: str) -> _Place:
        return start, page.text[start:end], page.text[start:middle] + page.with_line_ends(written)

    if item.flow_style:
        return
    if value.style in ("|", ">"):
        end = middle + len(page.text[middle:end].rstrip(" \t\r\n"))
        header = _BLOCK_HEADER.match(page.text, middle, end)
        if header and not _UNWRITABLE.search(answer):
            yield place(header.end(1), _indented(answer, len(header[2])))
        if not header or "#" in header[1]:
            return
    yield place(middle, _indented(_scalar(answer), key.start_mark.column).lstrip())
    yield place(middle, _quoted(answer))


def _written(change: Change) -> str:
    """What a change adds to a list or a mapping, without the last line end; of an item, without empty keys."""
    match change:
        case AddPhrasings(phrasings=phrasings):
            return "\n".join(f"- {_inline(phrasing)}" for phrasing in phrasings)
        case SetAnswer(answer=answer):
            return f"answer: {_scalar(answer)}"
        case AddSource(source, name):
            return f"{_inline(source)}: {_inline(name)}"
        case AddItem(item):
            fields: list[str] = []
            for key in _KEYS:
                value: str | tuple[str, ...] = getattr(item, key)
                if key in ("phrasings", "negatives") and value:
                    fields += [f"{key}:", *(f"  - {_inline(text)}" for text in value)]
                elif isinstance(value, tuple):
                    fields += (
                        [f"{key}: [{', '.join(_inline(text, in_brackets=True) for text in value)}]"] if value else []
                    )
                elif value and value is not Kind.ANSWER:
                    fields.append(f"{key}: {_scalar(value)}")
            return "- " + _indented("\n".join(fields), 2).lstrip()


def _new_file(item: Item) -> str:
    head = f"# yaml-language-server: $schema=schema.json\ntopic: {_inline(item.topic)}\nitems:\n"
    return head + _indented(_written(AddItem(item)), 2) + "\n"


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
