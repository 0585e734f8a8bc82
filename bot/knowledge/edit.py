"""Edits of knowledge files as text: one place changes, and every other character stays as its author left it.

An edit is written, read again and compared before it counts: the file must say what it said, and the change, and
nothing else, with every comment still in it. So a style of YAML that is not foreseen here can refuse an edit, but never
damage a file. Texts are what a file holds, without a byte order mark.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

from bot.knowledge.models import ItemEntry, ItemFile, SpeechFile
from bot.knowledge.tree import parse

_HEAD = "# yaml-language-server: $schema=schema.json\n"
_KEYS = ("id", "kind", "question", "phrasings", "answer", "source", "keywords", "related")
"""The order in which the shipped files write them."""

_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
"""What YAML does not read, or takes for a line end, unless it is escaped."""
_NEWLINE = re.compile(r"\r?\n")
_REST_OF_LINE = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\n|\r\n|\Z)")
_COMMENT = re.compile(r"#[^\r\n]*")
_PARTED = re.compile(r"\n[ \t]*\r?\n(?:[ \t]*#[^\n]*\n)*[ \t]*-[ \t]*\Z")
"""Before an item: a blank line, perhaps comments, the dash."""
_BLOCK_STYLES = ("|", ">")
_BLOCK_HEADER = re.compile(r"([^\n]*\n)(?: *\r?\n)*( *)")
"""The line that opens a block scalar; the indentation of what it holds."""


class SpliceError(Exception):
    """A change can't be made, or taken back, safely in this text. Its words are for the log."""


@dataclass(frozen=True, slots=True)
class Splice:
    """At the character ``start`` of a text, ``removed`` gives way to ``inserted``."""

    start: int
    removed: str
    inserted: str

    def applied(self, text: str) -> str:
        """The text after it.

        Raises:
            SpliceError: ``removed`` does not stand there.
        """
        if not text.startswith(self.removed, self.start):
            raise SpliceError(f"other text than expected at character {self.start}")
        return text[: self.start] + self.inserted + text[self.start + len(self.removed) :]

    def reverted(self, text: str) -> str:
        """The text before it, from the text after it.

        Raises:
            SpliceError: ``inserted`` does not stand there.
        """
        return Splice(self.start, self.inserted, self.removed).applied(text)


@dataclass(frozen=True, slots=True)
class AddPhrasings:
    """One or more phrasings, all different and new to it, for the item with this id."""

    item: str
    phrasings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetAnswer:
    """Another answer for the item with this id, in place of ``before``."""

    item: str
    answer: str
    before: str


@dataclass(frozen=True, slots=True)
class AddItem:
    """Another item for a file of items; its id is new to the file."""

    entry: ItemEntry


@dataclass(frozen=True, slots=True)
class AddOther:
    """Another document that answers may cite, for speech.yaml; its id is new to ``paragraphs`` and ``others``."""

    id: str
    name: str


Change = AddPhrasings | SetAnswer | AddItem | AddOther


def splice(text: str, change: Change) -> Splice:
    """Where a change goes in the text of a file, and how it is written there: in the style of what stands around it.

    Texts of a change count without white space at their ends, as when a file is loaded.

    Raises:
        SpliceError: the text is no file for this change, does not load, holds the change already, or is written in a
            way in which the change can't be made without harm.
    """
    old = _read(text, change)
    for way in _ways(old, change):
        try:
            new = _read(way.applied(text), change)
            if _differ_by(change, old, new) and new.warnings <= old.warnings:
                return way
        except SpliceError:
            continue
    raise SpliceError(f"no safe place for {type(change).__name__}")


def undo(text: str, change: Change, splice: Splice) -> Splice:
    """What takes one change back, and nothing else, in a text that may have changed elsewhere since.

    Raises:
        SpliceError: what was inserted is not there any more, or not once, or holds more than the change by now.
    """
    new = _read(text, change)
    start, end = _range(new, change)
    if text.count(splice.inserted, start, end) != 1:
        raise SpliceError("what was inserted does not stand there once")
    back = Splice(text.index(splice.inserted, start, end), splice.inserted, splice.removed)
    if not _differ_by(change, _read(back.applied(text), change), new):
        raise SpliceError("more than the change would be taken back")
    return back


def new_file(topic: str, entry: ItemEntry) -> str:
    """The text of a file that holds one item."""
    return f"{_HEAD}topic: {_in_block(topic.strip())}\nitems:\n{item_yaml(entry)}"


def item_yaml(entry: ItemEntry) -> str:
    """An item as it stands in the shipped files: whole lines, to paste below the last item of a file."""
    return "".join(f"{line}\n" for line in _shifted(_item_lines(entry), 2))


def phrasing_yaml(phrasing: str) -> str:
    """A phrasing as it stands in the shipped files: a whole line, to paste below another phrasing."""
    return f"      - {_in_block(phrasing.strip())}\n"


# --- what a text says -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text that loads, with all that is compared between two of them."""

    text: str
    root: yaml.MappingNode
    content: ItemFile | SpeechFile
    comments: list[str]
    warnings: int


def _read(text: str, change: Change) -> _Reading:
    tree = parse("", text)
    if tree.faults or not isinstance(tree.node, yaml.MappingNode):
        raise SpliceError(f"the text does not load: {tree.faults}")
    model: type[ItemFile | SpeechFile] = SpeechFile if isinstance(change, AddOther) else ItemFile
    try:
        content = model.model_validate(tree.value)
    except ValidationError as error:
        raise SpliceError(f"the text is no {model.__name__}") from error
    return _Reading(text, tree.node, content, list(_comments(text, tree.node)), len(tree.warnings))


def _comments(text: str, root: yaml.Node) -> Iterator[str]:
    """All comments, in their order: they stand between scalars, or in the line that opens a block scalar."""
    end = 0
    for scalar in _scalars(root):
        begin = scalar.start_mark.index
        if text.startswith(("!", "&"), begin):
            continue  # A comment may follow a tag or an anchor: such a scalar is searched like what is around it.
        if scalar.style in _BLOCK_STYLES:
            begin = text.find("\n", begin) + 1 or len(text)
        yield from _COMMENT.findall(text, end, begin)
        end = scalar.end_mark.index
    yield from _COMMENT.findall(text, end)


def _scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
        return
    for child in node.value:
        for part in child if isinstance(child, tuple) else (child,):
            yield from _scalars(part)


def _differ_by(change: Change, old: _Reading, new: _Reading) -> bool:
    """Whether a change is all that makes the new reading another than the old one."""
    return old.comments == new.comments and old.content == _without(new.content, change)


def _without(content: ItemFile | SpeechFile, change: Change) -> ItemFile | SpeechFile:
    """The content before a change.

    Raises:
        SpliceError: the change is not in it, or something else takes its place in it.
    """
    match content, change:
        case ItemFile() as file, AddItem() as change:
            if [entry for entry in file.items if entry.id == change.entry.id] == [change.entry]:
                return file.model_copy(
                    update={"items": tuple(entry for entry in file.items if entry.id != change.entry.id)}
                )
        case ItemFile() as file, AddPhrasings() | SetAnswer() as change:
            items = (_entry_without(entry, change) if entry.id == change.item else entry for entry in file.items)
            return file.model_copy(update={"items": tuple(items)})
        case SpeechFile() as speech, AddOther() as change:
            others, key = dict(speech.others), change.id.strip()
            if key not in speech.paragraphs and others.pop(key, None) == change.name.strip():
                return speech.model_copy(update={"others": others})
    raise SpliceError(f"{type(change).__name__} is not in the text")


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
    raise SpliceError(f"{type(change).__name__} is not in the item {entry.id}")


# --- where it is written ----------------------------------------------------------------------------------------------


class _Page:
    """A text to write into. Lines come without their ends, and without the indentation that all of them have."""

    def __init__(self, text: str) -> None:
        self.text = text
        newline = _NEWLINE.search(text)
        self._newline = newline.group() if newline else "\n"

    def lines(self, index: int, lines: Iterable[str], column: int) -> Splice:
        """Lines where a line begins, or below a last line that has no end."""
        written = self._newline.join(_shifted(lines, column))
        ended = index == 0 or self.text[index - 1] == "\n"
        return Splice(index, "", written + self._newline if ended else self._newline + written)

    def after(self, node: yaml.Node, lines: Iterable[str], column: int) -> Iterator[Splice]:
        """Lines below the line on which a plain or quoted scalar ends, if nothing but a comment follows it there."""
        if isinstance(node, yaml.ScalarNode) and node.style not in _BLOCK_STYLES:
            rest = _REST_OF_LINE.match(self.text, node.end_mark.index)
            if rest:
                yield self.lines(rest.end(), lines, column)

    def before(self, node: yaml.Node, lines: Iterable[str]) -> Splice:
        """Lines before a node of block style that begins where its line does, but for indentation and dashes."""
        column = node.start_mark.column
        written = self._newline.join([*_shifted(lines, column), " " * column])
        return Splice(node.start_mark.index, "", written[column:])

    def entries(self, node: yaml.CollectionNode, lines: list[str], spellings: list[str]) -> Iterator[Splice]:
        """Further entries of a collection: its last, or its first. ``lines`` are for block style, the rest for flow."""
        values = [child[-1] if isinstance(child, tuple) else child for child in node.value]
        if not node.flow_style:
            yield from self.after(values[-1], lines, node.start_mark.column)
            yield self.before(node, lines)
        elif values:
            yield from (Splice(values[-1].end_mark.index, "", f", {spelling}") for spelling in spellings)
        else:
            yield from (Splice(node.start_mark.index + 1, "", spelling) for spelling in spellings)

    def replacing(self, start: int, middle: int, end: int, lines: Iterable[str]) -> Splice:
        """Lines in place of what stands between ``middle`` and ``end``; from ``start`` to there, all stays."""
        return Splice(start, self.text[start:end], self.text[start:middle] + self._newline.join(lines))


def _range(reading: _Reading, change: Change) -> tuple[int, int]:
    """The part of the text that holds a change."""
    match change:
        case AddItem() | AddOther():
            return 0, len(reading.text)
        case AddPhrasings(item=item) | SetAnswer(item=item):
            node = _item(reading.root, item)
            return node.start_mark.index, node.end_mark.index


def _item(root: yaml.MappingNode, item_id: str) -> yaml.MappingNode:
    nodes: list[yaml.MappingNode] = _fields(root)["items"][1].value
    for node in nodes:
        if _fields(node)["id"][1].value == item_id:
            return node
    raise SpliceError(f"no item {item_id}")


def _fields(mapping: yaml.MappingNode) -> Mapping[str, tuple[yaml.ScalarNode, Any]]:
    """The nodes of keys and values, in the order of the file."""
    return {key.value: (key, value) for key, value in mapping.value}


def _ways(reading: _Reading, change: Change) -> Iterator[Splice]:
    """Where and how a change might be written, the most natural way first; not all of them are safe."""
    page, root = _Page(reading.text), reading.root
    match change:
        case AddPhrasings(item=item, phrasings=phrasings):
            return _phrasing_ways(page, _item(root, item), [phrasing.strip() for phrasing in phrasings])
        case SetAnswer(item=item, answer=answer):
            return _answer_ways(page, _item(root, item), answer.strip())
        case AddItem(entry=entry):
            return _item_ways(page, _fields(root)["items"][1], entry)
        case AddOther(id=key, name=name):
            return _other_ways(page, root, key.strip(), name.strip())


def _phrasing_ways(page: _Page, item: yaml.MappingNode, phrasings: list[str]) -> Iterator[Splice]:
    fields = _fields(item)
    lines = [f"- {_in_block(phrasing)}" for phrasing in phrasings]
    spellings = [", ".join(map(write, phrasings)) for write in (_in_flow, _quoted)]
    if "phrasings" in fields:
        yield from page.entries(fields["phrasings"][1], lines, spellings)
        return
    question, text = fields["question"]
    keys = [key for key, _ in fields.values()]
    following = (keys[keys.index(question) + 1 :] or [question])[0]
    if item.flow_style:
        for spelling in spellings:
            yield Splice(following.start_mark.index, "", f"phrasings: [{spelling}], ")
        return
    lines = ["phrasings:", *_shifted(lines, 2)]
    yield from page.after(text, lines, question.start_mark.column)
    yield page.before(following, lines)


def _answer_ways(page: _Page, item: yaml.MappingNode, answer: str) -> Iterator[Splice]:
    """With the key, so that an answer that is also a phrasing is told from it."""
    key, value = _fields(item)["answer"]
    start, middle, end = key.start_mark.index, value.start_mark.index, value.end_mark.index
    if value.style in _BLOCK_STYLES:
        end = middle + len(page.text[middle:end].rstrip(" \t\r\n"))
        header = _BLOCK_HEADER.match(page.text, middle, end)
        if header and not _UNWRITABLE.search(answer):
            lines = _shifted(answer.split("\n"), len(header[2]))
            yield page.replacing(start, header.end(1), end, lines)
    if item.flow_style:
        yield page.replacing(start, middle, end, [_in_flow(answer)])
    else:
        first, *more = _answer_lines(answer)
        yield page.replacing(start, middle, end, [first, *_shifted(more, key.start_mark.column)])
    yield page.replacing(start, middle, end, [_quoted(answer)])


def _item_ways(page: _Page, items: yaml.SequenceNode, entry: ItemEntry) -> Iterator[Splice]:
    lines = _item_lines(entry)
    starts = [node.start_mark.index for node in items.value[-2:]]
    parting = [""] if len(starts) > 1 and _PARTED.search(page.text, *starts) else []
    if not items.flow_style:
        yield page.lines(len(page.text), [*parting, *lines], items.start_mark.column)
    spellings = [_in_braces(entry, write) for write in (_in_flow, _quoted)]
    yield from page.entries(items, [*lines, *parting], spellings)


def _other_ways(page: _Page, root: yaml.MappingNode, key: str, name: str) -> Iterator[Splice]:
    fields = _fields(root)
    lines = [f"{_in_block(key)}: {_in_block(name)}"]
    spellings = [f"{write(key)}: {write(name)}" for write in (_in_flow, _quoted)]
    if "others" in fields:
        yield from page.entries(fields["others"][1], lines, spellings)
    elif root.flow_style:
        for spelling in spellings:
            yield Splice(root.value[0][0].start_mark.index, "", f"others: {{{spelling}}}, ")
    else:
        lines = ["others:", *_shifted(lines, 2)]
        yield page.lines(len(page.text), lines, root.start_mark.column)
        yield page.before(root, lines)


# --- how it is written ------------------------------------------------------------------------------------------------


def _in_block(text: str) -> str:
    """A text as a value in block style: as it is where every YAML reader takes that for this text, else quoted."""
    plain = yaml.safe_dump(text, allow_unicode=True, width=math.inf) == f"{text}\n...\n"
    return text if plain else _quoted(text)


def _in_flow(text: str) -> str:
    """The same between brackets, where commas and brackets have a meaning."""
    plain = yaml.safe_dump([text], allow_unicode=True, width=math.inf, default_flow_style=True) == f"[{text}]\n"
    return text if plain else _quoted(text)


def _quoted(text: str) -> str:
    """A text in double quotes, on one line. JSON's escapes are YAML's; PyYAML's own dumper would escape emoji too."""
    return _UNWRITABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _in_brackets(texts: Iterable[str], write: Callable[[str], str]) -> str:
    return f"[{', '.join(map(write, texts))}]"


def _in_braces(entry: ItemEntry, write: Callable[[str], str]) -> str:
    said = (
        (key, write(value) if isinstance(value, str) else _in_brackets(value, write)) for key, value in _said(entry)
    )
    return f"{{{', '.join(f'{key}: {value}' for key, value in said)}}}"


def _said(entry: ItemEntry) -> Iterator[tuple[str, Any]]:
    """What an item says beyond the defaults."""
    said = entry.model_dump(exclude_defaults=True)
    return ((key, said[key]) for key in _KEYS if key in said)


def _item_lines(entry: ItemEntry) -> list[str]:
    lines: list[str] = []
    for key, value in _said(entry):
        if key == "phrasings":
            lines += [f"{key}:", *(f"  - {_in_block(phrasing)}" for phrasing in value)]
        elif isinstance(value, tuple):
            lines.append(f"{key}: {_in_brackets(value, _in_flow)}")
        else:
            first, *more = _answer_lines(value)
            lines += [f"{key}: {first}", *more]
    return [f"- {lines[0]}", *_shifted(lines[1:], 2)]


def _answer_lines(answer: str) -> list[str]:
    """An answer as a value in block style: literally if it has several lines."""
    if "\n" in answer and not _UNWRITABLE.search(answer):
        return ["|-", *_shifted(answer.split("\n"), 2)]
    return [_in_block(answer)]


def _shifted(lines: Iterable[str], columns: int) -> Iterator[str]:
    return (" " * columns + line if line else "" for line in lines)
