"""A knowledge folder, loaded: all faults at once, each with its file, its line and how to fix it.

Every scalar is read as text: no number, date or boolean is ever made of what was typed.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.errors import Fault, KnowledgeError
from bot.items import Item, Kind, KnowledgeBase
from bot.knowledge.folder import Files
from bot.knowledge.models import BAD_DATE, NO_SUCH_DAY, FramesFile, ItemEntry, ItemFile, SpeechFile, SynonymsFile
from bot.knowledge.typos import (
    LINE_END,
    date_as_meant,
    doubtful_value,
    find_typo,
    find_unreadable,
    mistyped_id,
    mistyped_line,
)
from bot.text import normalise
from bot.texts import knowledge as knowledge_texts

SPEECH, SYNONYMS, FRAMES = "speech.yaml", "synonyms.yaml", "frames.yaml"
_OWN_SHAPE: Mapping[str, type[BaseModel]] = {
    SPEECH: SpeechFile,
    SYNONYMS: SynonymsFile,
    FRAMES: FramesFile,
}

_Value = str | list["_Value"] | dict[str, "_Value"]
_Path = tuple[str | int, ...]

_IDENTIFIER = re.compile(r"[a-z0-9.-]+")
_COMMENT = re.compile(r"[ \t,\]}]*#")
"""What follows a text that a comment cuts short, on its line."""
_SEPARATORS = {"\x85": "\U0010ff85", "\u2028": "\U0010f028", "\u2029": "\U0010f029"}
"""YAML 1.1 ends lines there too, YAML 1.2 and editors do not: while a file is parsed, others stand for them."""
_TYPED = {other: separator for separator, other in _SEPARATORS.items()}
_SPECIAL = {"&": knowledge_texts.ALIAS, "!": knowledge_texts.TAG}
"""What stands before a value, and is none of it."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where something stands: a file's name in the folder, and a line counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Knowledge:
    """A folder that loaded: its base, what to look at though it is no fault, and where each item stands.

    ``text_locations``: where the texts of items stand, by the id of the item and the text.
    """

    base: KnowledgeBase
    warnings: tuple[Fault, ...]
    locations: Mapping[str, Location]
    text_locations: Mapping[tuple[str, str], Location]

    def location(self, item_id: str, text: str) -> Location:
        """Where the question, a phrasing, the answer or a date of an item stands; for any other text, the item."""
        return self.text_locations.get((item_id, text)) or self.locations[item_id]


class _TextLoader(yaml.CSafeLoader):
    def resolve(self, kind: type[yaml.Node], value: str, implicit: tuple[bool, bool]) -> str:  # noqa: ARG002
        return str(self.DEFAULT_SCALAR_TAG)


@dataclass(slots=True)
class Tree:
    """The content of one file, by its name and text; a fault of YAML's own grammar is the only one, without a value.

    ``lines`` maps the path of each value to its line; a key of a mapping has its own line. ``node`` is what the value
    was read from, for those who need to know how it is written.
    """

    name: str
    text: str
    value: _Value = field(init=False, default_factory=dict)
    lines: dict[_Path, int] = field(init=False, default_factory=dict)
    faults: list[Fault] = field(init=False, default_factory=list)
    warnings: list[Fault] = field(init=False, default_factory=list)
    node: yaml.Node | None = field(init=False, default=None)
    _seen: set[int] = field(init=False, default_factory=set)
    _has_separators: bool = field(init=False)

    def __post_init__(self) -> None:
        self._has_separators = any(separator in self.text for separator in _SEPARATORS)
        if unreadable := find_unreadable(self.text):
            return self._fault(*unreadable)
        try:
            self.node = yaml.compose(_replaced(self.text, _SEPARATORS), Loader=_TextLoader)
        except yaml.MarkedYAMLError as error:
            return self._fault(_line(error), _words(error, self.text))
        except RecursionError:
            return self._fault(1, knowledge_texts.NOT_YAML)
        if self.node is None:
            return self._fault(1, knowledge_texts.EMPTY_FILE)
        self.value = self._read(self.node, ())
        return None

    def line(self, path: _Path) -> int:
        """The line of a value, or of the nearest one around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def _read(self, node: yaml.Node, path: _Path, *, in_brackets: bool = False) -> _Value:
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        # PyYAML hands out the same node object for an alias as for its anchor.
        if id(node) in self._seen:
            self._fault(line, knowledge_texts.ALIAS)
            # An alias may stand inside what it names: there is no end to following that.
            return self._text(node) if isinstance(node, yaml.ScalarNode) else {}
        self._seen.add(id(node))
        if message := _SPECIAL.get(self.text[node.start_mark.index : node.start_mark.index + 1]):
            self._fault(line, message)
        if isinstance(node, yaml.ScalarNode):
            is_words = not node.style and not _IDENTIFIER.fullmatch(node.value)
            if is_words and _COMMENT.match(self.text, node.end_mark.index):
                self.warnings.append(Fault(self.name, node.end_mark.line + 1, knowledge_texts.COMMENT_CUTS_TEXT))
            if not node.style:
                self._check_plain(node, in_brackets=in_brackets)
            return self._text(node)
        if isinstance(node, yaml.MappingNode):
            return dict(self._entries(node, path))
        in_brackets = isinstance(node, yaml.CollectionNode) and bool(node.flow_style)
        return [self._read(child, (*path, index), in_brackets=in_brackets) for index, child in enumerate(node.value)]

    def _entries(self, node: yaml.MappingNode, path: _Path) -> Iterator[tuple[str, _Value]]:
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._fault(line, knowledge_texts.NOT_TEXT_VALUE.format(key="?"))
                continue
            key = self._text(key_node)
            if (*path, key) in self.lines:
                first = self.lines[*path, key]
                self._fault(line, knowledge_texts.DUPLICATE_KEY.format(key=key, line=first))
                continue
            self.lines[*path, key] = line
            yield key, self._read(value_node, (*path, key))

    def _check_plain(self, node: yaml.ScalarNode, *, in_brackets: bool) -> None:
        """What is typed with a sign of a Chinese keyboard, or is not aligned, would become text in silence."""
        if message := doubtful_value(node.value, in_brackets=in_brackets):
            self.warnings.append(Fault(self.name, node.start_mark.line + 1, message))
        if node.end_mark.line == node.start_mark.line:
            return
        lines = LINE_END.split(self.text[node.start_mark.index : node.end_mark.index])
        for number, line in enumerate(lines[1:], node.start_mark.line + 2):
            if message := mistyped_line(line):
                self._fault(number, message)

    def _text(self, node: yaml.ScalarNode) -> str:
        value = str(node.value)
        return _replaced(value, _TYPED) if self._has_separators else value

    def _fault(self, line: int, message: str) -> None:
        self.faults.append(Fault(self.name, line, message))


def _replaced(text: str, others: Mapping[str, str]) -> str:
    for character, other in others.items():
        text = text.replace(character, other)
    return text


def _line(error: yaml.MarkedYAMLError) -> int:
    """Where the fault of a file that does not parse is likely to be."""
    # What has no colon, or no end, is noticed behind it.
    is_noticed_late = error.context in {"while scanning a simple key", "while scanning a quoted scalar"}
    mark = error.context_mark if is_noticed_late or error.problem_mark is None else error.problem_mark
    return mark.line + 1 if mark else 1


def _words(error: yaml.MarkedYAMLError, text: str) -> str:
    if "alias" in f"{error.context} {error.problem}":
        return knowledge_texts.ALIAS
    lines = LINE_END.split(text)
    is_second = error.problem == "but found another document" or lines[_line(error) - 2].startswith("...")
    return knowledge_texts.TWO_DOCUMENTS if is_second else knowledge_texts.NOT_YAML


@dataclass(frozen=True, slots=True)
class _Entry:
    """An item without a fault of its own, and where it stands."""

    tree: Tree
    index: int
    content: ItemEntry
    topic: str

    def item(self) -> Item:
        return Item(**self.content.model_dump() | {"kind": Kind(self.content.kind), "topic": self.topic})

    def location(self, *path: str | int) -> Location:
        return Location(self.tree.name, self.tree.line(("items", self.index, *path)))

    def fault(self, message: str, *path: str | int, **details: object) -> Fault:
        return Fault(self.tree.name, self.location(*path).line, message.format(**details))


@dataclass(slots=True)
class _Loading:
    """One run of the loader: files first, then what holds between them."""

    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    entries: list[_Entry] = field(default_factory=list)
    text_locations: dict[tuple[str, str], Location] = field(default_factory=dict)
    faulty: list[str] = field(default_factory=list)
    """The texts of the files that have faults."""

    def file(self, name: str, data: bytes) -> BaseModel | None:
        """The validated content of one file; faults are noted, and what is sound of an item file is kept."""
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = data[: error.start].decode("utf-8-sig")
            self.faults.append(Fault(name, len(LINE_END.split(before)), knowledge_texts.NOT_UTF8))
            self.faulty.append(data.decode(errors="ignore"))
            return None
        tree = Tree(name, text)
        content, faults = _validated(tree)
        self.warnings += tree.warnings
        if faults:
            self.faulty.append(text)
        is_precise = any(fault.message in _SPECIAL.values() for fault in faults)
        if faults and not is_precise:
            parses = tree.node is not None
            typo = find_typo(text, faults, lambda better: _validated(Tree(name, better))[1], parses=parses)
            is_precise = typo is not None
            faults = [Fault(name, *typo)] if typo else faults
        self.faults += faults
        if is_precise or (tree.faults and not tree.value):
            return None
        if _model(name) is ItemFile and isinstance(tree.value, dict):
            topic = content.topic if isinstance(content, ItemFile) else ""
            items = tree.value.get("items")
            for index, value in enumerate(items if isinstance(items, list) else []):
                with suppress(ValidationError):
                    self.entries.append(_Entry(tree, index, ItemEntry.model_validate(value), topic))
        return content

    def check_ids(self) -> Mapping[str, Location]:
        locations: dict[str, Location] = {}
        for entry in self.entries:
            item_id, here = entry.content.id, entry.location("id")
            if locations.setdefault(item_id, here) is not here:
                details = {"id": item_id, "other": locations[item_id]}
                self.faults.append(entry.fault(knowledge_texts.DUPLICATE_ID, "id", **details))
        return locations

    def check_phrasings(self, locations: Mapping[str, Location]) -> None:
        first: dict[str, tuple[str, Location]] = {}
        for entry in self.entries:
            item = entry.content
            paths = [("question",), *(("phrasings", n) for n in range(len(item.phrasings)))]
            for path, phrasing in zip(paths, (item.question, *item.phrasings), strict=True):
                here, form = entry.location(*path), normalise(phrasing)
                owner, other = first.setdefault(form, (item.id, here))
                self.text_locations.setdefault((item.id, phrasing), here)
                details = {"phrasing": phrasing, "id": owner, "other": other, "line": other.line}
                if not form:
                    self.faults.append(entry.fault(knowledge_texts.BLANK_TEXT, *path, text=phrasing))
                elif owner != item.id:
                    self.faults.append(entry.fault(knowledge_texts.DUPLICATE_PHRASING, *path, **details))
                elif other != here and locations[owner].file == here.file:
                    self.warnings.append(entry.fault(knowledge_texts.REPEATED_PHRASING, *path, **details))
            for key in ("answer", "valid_until", "review_by"):
                self.text_locations.setdefault((item.id, getattr(item, key)), entry.location(key))

    def check_negatives(self) -> Iterator[Fault]:
        """The faults of the texts that must not get an item; a repeated one is only a warning."""
        for entry in self.entries:
            item = entry.content
            asked: dict[str, Location] = {}
            for phrasing in (item.question, *item.phrasings):
                asked.setdefault(normalise(phrasing), self.text_locations[item.id, phrasing])
            first: dict[str, Location] = {}
            for n, negative in enumerate(item.negatives):
                here, form = entry.location("negatives", n), normalise(negative)
                other = first.setdefault(form, here)
                if not form:
                    yield entry.fault(knowledge_texts.BLANK_TEXT, "negatives", n, text=negative)
                elif form in asked:
                    details = {"negative": negative, "line": asked[form].line}
                    yield entry.fault(knowledge_texts.NEGATIVE_IS_PHRASING, "negatives", n, **details)
                elif other != here:
                    details = {"negative": negative, "line": other.line}
                    self.warnings.append(entry.fault(knowledge_texts.REPEATED_NEGATIVE, "negatives", n, **details))

    def check_small_talk(self) -> Iterator[Fault]:
        """The keys that only make sense where an answer may cease to hold."""
        small_talk = (entry for entry in self.entries if entry.content.kind == Kind.SMALL_TALK.value)
        for entry, key in product(small_talk, ("valid_until", "review_by", "owner")):
            if getattr(entry.content, key):
                yield entry.fault(knowledge_texts.FRESHNESS_NOT_WANTED, key, id=entry.content.id, key=key)

    def check_references(self, places: Mapping[str, str], ids: Collection[str]) -> Iterator[Fault]:
        for entry in self.entries:
            item, is_answer = entry.content, entry.content.kind == Kind.ANSWER.value
            if is_answer and not item.source:
                yield entry.fault(knowledge_texts.SOURCE_MISSING, "id", id=item.id)
            if item.source and not is_answer:
                yield entry.fault(knowledge_texts.SOURCE_NOT_WANTED, "source", id=item.id)
            for n, source in enumerate(item.source):
                if places and source not in places:
                    words = mistyped_id(source) or knowledge_texts.UNKNOWN_SOURCE.format(source=source)
                    yield entry.fault("{words}", "source", n, words=words)
            for n, related in enumerate(item.related):
                # An item in a file with faults may be there.
                if related not in ids and not any(related in text for text in self.faulty):
                    words = mistyped_id(related) or knowledge_texts.UNKNOWN_RELATED.format(related=related)
                    yield entry.fault("{words}", "related", n, words=words)


_MESSAGES = {
    "extra_forbidden": knowledge_texts.UNKNOWN_KEY,
    "missing": knowledge_texts.MISSING_KEY,
    "string_too_short": knowledge_texts.EMPTY_TEXT,
    "string_too_long": knowledge_texts.TOO_LONG,
    "string_pattern_mismatch": knowledge_texts.BAD_ID,
    "literal_error": knowledge_texts.BAD_KIND,
    "tuple_type": knowledge_texts.NOT_LIST_VALUE,
    "too_short": knowledge_texts.TOO_SHORT_GROUP,
    "string_type": knowledge_texts.NOT_TEXT_VALUE,
    BAD_DATE: knowledge_texts.BAD_DATE,
    NO_SUCH_DAY: knowledge_texts.NO_SUCH_DAY,
}
"""What pydantic finds, by its own names, in words for admins; what is not named here is no mapping."""


def _model(name: str) -> type[BaseModel]:
    return _OWN_SHAPE.get(name, ItemFile)


def _validated(tree: Tree) -> tuple[BaseModel | None, list[Fault]]:
    """The content of a file, if it is sound, and the faults of its grammar and shape in the order of their lines."""
    model, content, faults = _model(tree.name), None, set(tree.faults)
    if special := sorted(fault for fault in faults if fault.message in _SPECIAL.values() and tree.value):
        return None, special
    if tree.value or not tree.faults:
        try:
            content = model.model_validate(tree.value)
        except ValidationError as error:
            faults.update(_fault(tree, model, detail) for detail in error.errors(include_url=False))
    if isinstance(content, SpeechFile):
        for part, ids in (("paragraphs", content.paragraphs), ("others", content.others)):
            faults.update(Fault(tree.name, tree.line((part, key)), found) for key in ids if (found := mistyped_id(key)))
    return content, sorted(faults)


def _fault(tree: Tree, model: type[BaseModel], detail: ErrorDetails) -> Fault:
    """What pydantic found, at the line where it stands."""
    path, found = detail["loc"], detail["input"]
    key = next((part for part in reversed(path) if isinstance(part, str) and part != "[key]"), "")
    message = _MESSAGES.get(detail["type"])
    if key == "owner" and message == knowledge_texts.BAD_ID:
        message = knowledge_texts.SEVERAL_LINES
    if message is None:
        return Fault(
            tree.name, tree.line(path), knowledge_texts.NOT_MAPPING_VALUE.format(key=f"“{key}”" if key else "")
        )
    known = ItemEntry if model is ItemFile and path[0] == "items" else model
    limit = detail.get("ctx", {}).get("max_length")
    better = date_as_meant(found) if detail["type"] in (BAD_DATE, NO_SUCH_DAY) else ""
    details = {"limit": limit, "id": found, "kind": found, "typed": found, "better": better}
    words = message.format(key=key, known="、".join(known.model_fields), **details)
    return Fault(tree.name, tree.line(path), words)


def load(files: Files, folder: str) -> Knowledge:
    """Load these files, in their order. ``folder`` names them in errors.

    Raises KnowledgeError if they have faults; it holds all of them.
    """
    loading = _Loading()
    contents = {name: loading.file(name, data) for name, data in files.items()}
    if SPEECH not in contents:
        loading.faults.append(Fault(SPEECH, 1, knowledge_texts.SPEECH_MISSING))
    elif not loading.entries and not loading.faults:
        loading.faults.append(Fault(SPEECH, 1, knowledge_texts.NO_ITEMS))
    said: dict[str, Any] = {"paragraphs": {}, "others": {}}
    for name in _OWN_SHAPE:
        said.update(contents.get(name) or {})
    paragraphs, others = said.pop("paragraphs"), said.pop("others")
    places = {**paragraphs, **others}
    locations = loading.check_ids()
    loading.check_phrasings(locations)
    loading.faults += loading.check_negatives()
    loading.faults += loading.check_small_talk()
    loading.faults += loading.check_references(places, locations)
    if loading.faults:
        raise KnowledgeError(folder, sorted(set(loading.faults)))
    items = tuple(entry.item() for entry in loading.entries)
    base = KnowledgeBase(items=items, places=places, documents=frozenset(others), **said)
    # Just now the normal forms are known; whoever asks first would wait for them to be made anew.
    _ = base.by_phrasing
    return Knowledge(base, tuple(sorted(set(loading.warnings))), locations, loading.text_locations)
