"""Edits of knowledge files as text: one place changes, and every other character stays as its author left it.

An edit is written, read again and compared before it counts: the file must say what it said, and the change, and
nothing else. What gives way to it holds no comment. So a style of YAML that is not foreseen here can refuse an edit,
but never damage a file. Lists and mappings in brackets are never written into. Texts of a change count without white
space at their ends, as when a file is loaded.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

from bot.errors import EditRefusedError, Refusal
from bot.items import Item, Kind
from bot.knowledge.changes import AddItem, AddPhrasings, AddSource, Change, SetAnswer
from bot.knowledge.models import ItemEntry, ItemFile, SpeechFile
from bot.knowledge.tree import parse

_HEAD = "# yaml-language-server: $schema=schema.json\n"
_KEYS = ("id", "kind", "question", "phrasings", "answer", "source", "keywords", "related")
"""The order in which the shipped files write them."""

_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
"""What YAML does not read, or takes for a line end, unless it is escaped."""
_NEWLINE = re.compile(r"\r?\n")
_REST_OF_LINE = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\n|\r\n|\Z)")
_PARTED = re.compile(r"\n[ \t]*\r?\n(?:[ \t]*#[^\n]*\n)*[ \t]*-[ \t]*\Z")
"""Before an item: a blank line, perhaps comments, the dash."""
_BLOCK_STYLES = ("|", ">")
_BLOCK_HEADER = re.compile(r"([^\n]*\n)(?: *\r?\n)*( *)")
"""The line that opens a block scalar; the indentation of what it holds."""
_TAG_OR_ANCHOR = "!&"
"""What a value begins with that a comment may follow."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

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

        Raises:
            EditRefusedError: the edit is not there, or can't be told apart from what was changed since.
        """
        text = _text(data)
        if self.makes_file and text == self.inserted:
            return None
        try:
            return _bytes(self._taken_out(text), data)
        except _UnfitError as error:
            raise EditRefusedError(Refusal.UNDO_ENTANGLED, file=self.file) from error

    def _taken_out(self, text: str) -> str:
        inserted = self.inserted
        if isinstance(self.change, AddItem) and self.makes_file:
            # Others have been added to the file that was made for this item.
            inserted = _item_yaml(self.change.item)
        new = _Page.read(text, self.change)
        start, end = new.range(self.change)
        if start <= self.start and text.startswith(inserted, self.start, end):
            start = self.start
        elif text.count(inserted, start, end) != 1:
            raise _UnfitError("what was inserted does not stand there once")
        old = _replaced(text, (text.index(inserted, start), inserted, self.removed))
        if not _differ_by(self.change, _Page.read(old, self.change), new):
            raise _UnfitError("more than the change would be taken out")
        return old

    def to_paste(self) -> str:
        """The change as whole lines in the style of the shipped files, for whoever makes it by hand."""
        match self.change:
            case AddPhrasings(phrasings=phrasings):
                return _block([f"- {_in_block(phrasing.strip())}" for phrasing in phrasings], 6)
            case SetAnswer(answer=answer):
                return _block(_field("answer", answer), 4)
            case AddItem(item) if self.makes_file:
                return _new_file(item)
            case AddItem(item):
                return _item_yaml(item)
            case AddSource():
                return _block(["others:", *_shifted([_source_line(self.change)], 2)], 0)


class ByHandError(EditRefusedError):
    """A change that the bot can't make, and an admin can: by these edits, of which it knows what to paste."""

    def __init__(self, refusal: Refusal, edits: Sequence[Edit], **details: object) -> None:
        super().__init__(refusal, **details)
        self.edits = tuple(edits)


class _UnfitError(Exception):
    """A text is not what an edit needs. Its words are for the log."""


def edit_of(change: Change, file: str, data: bytes | None) -> Edit:
    """The edit that makes a completed change in a file, in the style of what stands around it.

    Without ``data`` there is no file yet: an item makes it.

    Raises:
        ByHandError: the file is no file for this change, does not load, holds the change already, or is written in a
            way in which the change can't be made without harm. Where its edit would go is not known.
    """
    if data is None and isinstance(change, AddItem):
        return Edit(file, change, 0, "", _new_file(change.item))
    text = _text(data)
    try:
        return Edit(file, change, *_safe_place(text, change))
    except _UnfitError as error:
        raise ByHandError(Refusal.EDIT_UNSAFE, [Edit(file, change, len(text), "", "")], file=file) from error


def _safe_place(text: str, change: Change) -> _Place:
    old = _Page.read(text, change)
    for place in _places(old, change):
        try:
            new = _Page.read(_replaced(text, place), change)
            if _differ_by(change, old, new) and new.warnings <= old.warnings:
                return place
        except _UnfitError:
            continue
    raise _UnfitError(f"no safe place for {type(change).__name__}")


def _replaced(text: str, place: _Place) -> str:
    start, removed, inserted = place
    return text[:start] + inserted + text[start + len(removed) :]


def _text(data: bytes | None) -> str:
    return (data or b"").decode("utf-8-sig")


def _bytes(text: str, like: bytes | None) -> bytes:
    """A text as bytes, with a byte order mark if the file had one."""
    return text.encode("utf-8-sig" if like and like.startswith(_BYTE_ORDER_MARK) else "utf-8")


# --- what a text says -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Page:
    """A text that loads: what is compared between two of them, and ways to write into it.

    Lines to be written come without their ends, and without the indentation that all of them have.
    """

    text: str
    root: yaml.MappingNode
    content: ItemFile | SpeechFile
    warnings: int

    @classmethod
    def read(cls, text: str, change: Change) -> "_Page":
        tree = parse("", text)
        if tree.faults or not isinstance(tree.node, yaml.MappingNode):
            raise _UnfitError(f"the text does not load: {tree.faults}")
        model: type[ItemFile | SpeechFile] = SpeechFile if isinstance(change, AddSource) else ItemFile
        try:
            content = model.model_validate(tree.value)
        except ValidationError as error:
            raise _UnfitError(f"the text is no {model.__name__}") from error
        return cls(text, tree.node, content, len(tree.warnings))

    def range(self, change: Change) -> tuple[int, int]:
        """The part of the text that holds a change."""
        if isinstance(change, AddItem | AddSource):
            return 0, len(self.text)
        node = self.item(change.item)
        return node.start_mark.index, node.end_mark.index

    def item(self, item_id: str) -> yaml.MappingNode:
        """The node of an item."""
        nodes: list[yaml.MappingNode] = _fields(self.root)["items"][1].value
        for node in nodes:
            if _fields(node)["id"][1].value == item_id:
                return node
        raise _UnfitError(f"no item {item_id}")

    def lines(self, index: int, lines: Iterable[str], column: int) -> _Place:
        """Lines where a line begins, or below a last line that has no end."""
        written = self._joined(_shifted(lines, column))
        ended = index == 0 or self.text[index - 1] == "\n"
        return index, "", self._joined([written, ""] if ended else ["", written])

    def after(self, node: yaml.Node, lines: Iterable[str], column: int) -> Iterator[_Place]:
        """Lines below the line on which a plain or quoted scalar ends, if nothing but a comment follows it there."""
        if isinstance(node, yaml.ScalarNode) and node.style not in _BLOCK_STYLES:
            rest = _REST_OF_LINE.match(self.text, node.end_mark.index)
            if rest:
                yield self.lines(rest.end(), lines, column)

    def before(self, node: yaml.Node, lines: Iterable[str]) -> _Place:
        """Lines before a node of block style that begins where its line does, but for indentation and dashes."""
        column = node.start_mark.column
        return node.start_mark.index, "", self._joined([*_shifted(lines, column), " " * column])[column:]

    def entries(self, node: yaml.CollectionNode, lines: list[str]) -> Iterator[_Place]:
        """Further entries of a collection of block style: its last ones, or its first."""
        if not node.flow_style:
            last = node.value[-1]
            yield from self.after(last[-1] if isinstance(last, tuple) else last, lines, node.start_mark.column)
            yield self.before(node, lines)

    def replacing(self, start: int, middle: int, end: int, lines: Iterable[str]) -> _Place:
        """Lines in place of what stands between ``middle`` and ``end``; from ``start`` to there, all stays."""
        return start, self.text[start:end], self.text[start:middle] + self._joined(lines)

    def _joined(self, lines: Iterable[str]) -> str:
        newline = _NEWLINE.search(self.text)
        return (newline.group() if newline else "\n").join(lines)


def _fields(mapping: yaml.MappingNode) -> Mapping[str, tuple[yaml.ScalarNode, Any]]:
    """The nodes of keys and values, in the order of the file."""
    return {key.value: (key, value) for key, value in mapping.value}


def _differ_by(change: Change, old: _Page, new: _Page) -> bool:
    """Whether a change is all that distinguishes the new text from the old one."""
    return old.content == _without(new.content, change)


def _without(content: ItemFile | SpeechFile, change: Change) -> ItemFile | SpeechFile:
    """The content before a change.

    Raises:
        _UnfitError: the change is not in it, or something else takes its place in it.
    """
    match content, change:
        case ItemFile() as file, AddItem(item):
            added = [entry for entry in file.items if entry.id == item.id]
            if added == [_entry(item)]:
                return file.model_copy(update={"items": tuple(entry for entry in file.items if entry not in added)})
        case ItemFile() as file, AddPhrasings() | SetAnswer() as change:
            items = (_entry_without(entry, change) if entry.id == change.item else entry for entry in file.items)
            return file.model_copy(update={"items": tuple(items)})
        case SpeechFile() as speech, AddSource() as change:
            others, key = dict(speech.others), change.id.strip()
            if key not in speech.paragraphs and others.pop(key, None) == change.name.strip():
                return speech.model_copy(update={"others": others})
    raise _UnfitError(f"{type(change).__name__} is not in the text")


def _entry(item: Item) -> ItemEntry:
    """An item as it is read from a file."""
    try:
        return ItemEntry.model_validate({key: getattr(item, key) for key in _KEYS} | {"kind": item.kind.value})
    except ValidationError as error:
        raise _UnfitError("the item is none that a file can hold") from error


def _entry_without(entry: ItemEntry, change: AddPhrasings | SetAnswer) -> ItemEntry:
    match change:
        case AddPhrasings(phrasings=phrasings):
            added = dict.fromkeys(map(str.strip, phrasings))
            if added and list(added) == [phrasing for phrasing in entry.phrasings if phrasing in added]:
                rest = tuple(phrasing for phrasing in entry.phrasings if phrasing not in added)
                return entry.model_copy(update={"phrasings": rest})
        case SetAnswer(answer=answer, before=before):
            if entry.answer == answer.strip():
                return entry.model_copy(update={"answer": before.strip()})
    raise _UnfitError(f"{type(change).__name__} is not in the item {entry.id}")


# --- where it is written ----------------------------------------------------------------------------------------------


def _places(page: _Page, change: Change) -> Iterator[_Place]:
    """Where and how a change might be written, the most natural way first; not all of them are safe."""
    match change:
        case AddPhrasings(item=item, phrasings=phrasings):
            return _phrasing_places(page, page.item(item), [f"- {_in_block(text.strip())}" for text in phrasings])
        case SetAnswer(item=item, answer=answer):
            return _answer_places(page, page.item(item), answer.strip())
        case AddItem(item):
            return _item_places(page, _fields(page.root)["items"][1], item)
        case AddSource():
            return _source_places(page, _source_line(change))


def _phrasing_places(page: _Page, item: yaml.MappingNode, lines: list[str]) -> Iterator[_Place]:
    fields = _fields(item)
    if "phrasings" in fields:
        yield from page.entries(fields["phrasings"][1], lines)
    elif not item.flow_style:
        question, text = fields["question"]
        keys = [key for key, _ in fields.values()]
        following = (keys[keys.index(question) + 1 :] or [question])[0]
        lines = ["phrasings:", *_shifted(lines, 2)]
        yield from page.after(text, lines, question.start_mark.column)
        yield page.before(following, lines)


def _answer_places(page: _Page, item: yaml.MappingNode, answer: str) -> Iterator[_Place]:
    """With the key, so that an answer that is also a phrasing is told from it; nowhere if a comment would be lost."""
    key, value = _fields(item)["answer"]
    start, middle, end = key.start_mark.index, value.start_mark.index, value.end_mark.index
    if item.flow_style or page.text[middle] in _TAG_OR_ANCHOR:
        return
    if value.style in _BLOCK_STYLES:
        end = middle + len(page.text[middle:end].rstrip(" \t\r\n"))
        header = _BLOCK_HEADER.match(page.text, middle, end)
        if header and not _UNWRITABLE.search(answer):
            lines = _shifted(answer.split("\n"), len(header[2]))
            yield page.replacing(start, header.end(1), end, lines)
        if not header or "#" in header[1]:
            return
    first, *more = _scalar_lines(answer)
    yield page.replacing(start, middle, end, [first, *_shifted(more, key.start_mark.column)])
    yield page.replacing(start, middle, end, [_quoted(answer)])


def _item_places(page: _Page, items: yaml.SequenceNode, item: Item) -> Iterator[_Place]:
    if items.flow_style:
        return
    lines = _item_lines(item)
    starts = [node.start_mark.index for node in items.value[-2:]]
    parting = [""] if len(starts) > 1 and _PARTED.search(page.text, *starts) else []
    yield page.lines(len(page.text), [*parting, *lines], items.start_mark.column)
    yield page.before(items, [*lines, *parting])


def _source_places(page: _Page, line: str) -> Iterator[_Place]:
    fields = _fields(page.root)
    if "others" in fields:
        yield from page.entries(fields["others"][1], [line])
    elif not page.root.flow_style:
        lines = ["others:", f"  {line}"]
        yield page.lines(len(page.text), lines, page.root.start_mark.column)
        yield page.before(page.root, lines)


# --- how it is written ------------------------------------------------------------------------------------------------


def _new_file(item: Item) -> str:
    """The text of a file that holds one item."""
    return f"{_HEAD}topic: {_in_block(item.topic.strip())}\nitems:\n{_item_yaml(item)}"


def _item_yaml(item: Item) -> str:
    return _block(_item_lines(item), 2)


def _item_lines(item: Item) -> list[str]:
    """An item as an entry of a list, without the keys that would only repeat the defaults."""
    lines: list[str] = []
    for key in _KEYS:
        value: str | tuple[str, ...] = getattr(item, key)
        if key == "phrasings" and value:
            lines += [f"{key}:", *(f"  - {_in_block(phrasing.strip())}" for phrasing in value)]
        elif isinstance(value, tuple):
            lines += [f"{key}: [{', '.join(_in_flow(text.strip()) for text in value)}]"] if value else []
        elif value is not Kind.ANSWER:
            lines += _field(key, value)
    return [f"- {lines[0]}", *_shifted(lines[1:], 2)]


def _field(key: str, text: str) -> list[str]:
    first, *more = _scalar_lines(text.strip())
    return [f"{key}: {first}", *more]


def _source_line(change: AddSource) -> str:
    return f"{_in_block(change.id.strip())}: {_in_block(change.name.strip())}"


def _scalar_lines(text: str) -> list[str]:
    """A text as a value in block style: literally if it has several lines."""
    if "\n" in text and not _UNWRITABLE.search(text):
        return ["|-", *_shifted(text.split("\n"), 2)]
    return [_in_block(text)]


def _in_block(text: str) -> str:
    """A text as a value in block style: as it is where every YAML reader takes that for this text, else quoted."""
    plain = yaml.safe_dump(text, allow_unicode=True, width=math.inf) == f"{text}\n...\n"
    return text if plain else _quoted(text)


def _in_flow(text: str) -> str:
    """A text as a value between brackets, where commas and brackets have a meaning."""
    plain = yaml.safe_dump([text], allow_unicode=True, width=math.inf, default_flow_style=True) == f"[{text}]\n"
    return text if plain else _quoted(text)


def _quoted(text: str) -> str:
    """A text in double quotes, on one line. JSON's escapes are YAML's; PyYAML's own dumper would escape emoji too."""
    return _UNWRITABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _block(lines: Iterable[str], column: int) -> str:
    """Whole lines."""
    return "".join(f"{line}\n" for line in _shifted(lines, column))


def _shifted(lines: Iterable[str], columns: int) -> Iterator[str]:
    return (" " * columns + line if line else "" for line in lines)
