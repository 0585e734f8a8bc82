"""A knowledge folder, loaded: all faults at once, each with its file, its line and how to fix it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.errors import Fault, KnowledgeError
from bot.items import Item, Kind, KnowledgeBase
from bot.knowledge.folder import Files, read
from bot.knowledge.models import FramesFile, ItemEntry, ItemFile, SpeechFile, SynonymsFile
from bot.knowledge.tree import Tree, parse
from bot.text import normalise
from bot.texts import knowledge as knowledge_texts

SPEECH = "speech.yaml"
_OWN_SHAPE: Mapping[str, type[BaseModel]] = {
    SPEECH: SpeechFile,
    "synonyms.yaml": SynonymsFile,
    "frames.yaml": FramesFile,
}


@dataclass(frozen=True, slots=True)
class Location:
    """Where something stands: a file's name in the folder, and a line counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Knowledge:
    """A folder that loaded: its base, what to look at though it is no fault, and where each item stands."""

    base: KnowledgeBase
    warnings: tuple[Fault, ...]
    locations: Mapping[str, Location]


def load(folder: Path) -> Knowledge:
    """Load every ``*.yaml`` of a folder, in the order of their names.

    Raises:
        KnowledgeError: the folder has faults; it holds all of them.
    """
    return load_files(read(folder), str(folder))


def load_files(files: Files, folder: str) -> Knowledge:
    """The same for files that are read already, or that stand nowhere yet. ``folder`` names them in errors."""
    return _Loading(files, folder).knowledge()


class _Loading:
    """One run of the loader: files first, then what holds between them."""

    def __init__(self, files: Files, folder: str) -> None:
        self._files = files
        self._folder = folder
        self._faults: list[Fault] = []
        self._warnings: list[Fault] = []
        self._entries: list[tuple[str, Tree, int, ItemEntry, str]] = []

    def knowledge(self) -> Knowledge:
        self._warnings += (Fault(name, 1, knowledge_texts.NOT_READ) for name in self._files if name.endswith(".yml"))
        files = {name: self._file(name, self._files[name]) for name in self._files if name.endswith(".yaml")}
        speech, synonyms, frames = map(files.get, _OWN_SHAPE)
        if SPEECH not in files:
            self._faults.append(Fault(SPEECH, 1, knowledge_texts.SPEECH_MISSING))
        elif not self._entries and not self._faults:
            self._faults.append(Fault(SPEECH, 1, knowledge_texts.NO_ITEMS))
        if not isinstance(speech, SpeechFile):
            speech = SpeechFile(title="-", paragraphs={})
        places = {**speech.paragraphs, **speech.others}
        locations = self._check_ids()
        self._check_phrasings(locations)
        self._check_references(places, locations)
        if self._faults:
            raise KnowledgeError(self._folder, sorted(set(self._faults)))
        base = KnowledgeBase(
            title=speech.title,
            items=tuple(_item(entry, topic) for _, _, _, entry, topic in self._entries),
            places=places,
            synonyms=synonyms.synonyms if isinstance(synonyms, SynonymsFile) else (),
            frames=frames.frames if isinstance(frames, FramesFile) else (),
        )
        return Knowledge(base, tuple(sorted(set(self._warnings))), locations)

    def _file(self, name: str, data: bytes) -> BaseModel | None:
        """The validated content of one file; faults are noted, and what is sound of an item file is kept."""
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self._faults.append(Fault(name, data.count(b"\n", 0, error.start) + 1, knowledge_texts.NOT_UTF8))
            return None
        tree = parse(name, text)
        self._faults += tree.faults
        self._warnings += tree.warnings
        if tree.faults and not tree.value:
            return None
        model = _OWN_SHAPE.get(name, ItemFile)
        try:
            content = model.model_validate(tree.value)
        except ValidationError as error:
            self._faults += (_fault(name, tree, model, detail) for detail in error.errors(include_url=False))
            self._keep_sound_entries(name, tree)
            return None
        if isinstance(content, ItemFile):
            self._entries += ((name, tree, index, entry, content.topic) for index, entry in enumerate(content.items))
        return content

    def _keep_sound_entries(self, name: str, tree: Tree) -> None:
        """Entries without a fault of their own still take part in the checks between items."""
        if name in _OWN_SHAPE or not isinstance(tree.value, dict):
            return
        items = tree.value.get("items")
        for index, value in enumerate(items if isinstance(items, list) else []):
            try:
                self._entries.append((name, tree, index, ItemEntry.model_validate(value), ""))
            except ValidationError:
                continue

    def _check_ids(self) -> Mapping[str, Location]:
        locations: dict[str, Location] = {}
        for name, tree, index, entry, _ in self._entries:
            here = Location(name, tree.line(("items", index, "id")))
            if entry.id in locations:
                message = knowledge_texts.DUPLICATE_ID.format(id=entry.id, other=locations[entry.id])
                self._faults.append(Fault(name, here.line, message))
            locations.setdefault(entry.id, here)
        return locations

    def _check_phrasings(self, locations: Mapping[str, Location]) -> None:
        first: dict[str, tuple[str, Location]] = {}
        for name, tree, index, entry, _ in self._entries:
            askings = [("question",), *(("phrasings", n) for n in range(len(entry.phrasings)))]
            for path, phrasing in zip(askings, (entry.question, *entry.phrasings), strict=True):
                here = Location(name, tree.line(("items", index, *path)))
                form = normalise(phrasing)
                if not form:
                    self._faults.append(Fault(name, here.line, knowledge_texts.BLANK_TEXT.format(text=phrasing)))
                    continue
                item, other = first.setdefault(form, (entry.id, here))
                if item != entry.id:
                    message = knowledge_texts.DUPLICATE_PHRASING.format(phrasing=phrasing, other=other, id=item)
                    self._faults.append(Fault(name, here.line, message))
                elif other != here and locations[item].file == name:
                    message = knowledge_texts.REPEATED_PHRASING.format(phrasing=phrasing, line=other.line)
                    self._warnings.append(Fault(name, here.line, message))

    def _check_references(self, places: Mapping[str, str], locations: Mapping[str, Location]) -> None:
        for name, tree, index, entry, _ in self._entries:
            start = ("items", index)
            if entry.kind == Kind.ANSWER.value and not entry.source:
                self._faults.append(
                    Fault(name, tree.line((*start, "id")), knowledge_texts.SOURCE_MISSING.format(id=entry.id))
                )
            if entry.kind != Kind.ANSWER.value and entry.source:
                message = knowledge_texts.SOURCE_NOT_WANTED.format(id=entry.id)
                self._faults.append(Fault(name, tree.line((*start, "source")), message))
            for n, source in enumerate(entry.source):
                if places and source not in places:
                    message = knowledge_texts.UNKNOWN_SOURCE.format(source=source)
                    self._faults.append(Fault(name, tree.line((*start, "source", n)), message))
            for n, related in enumerate(entry.related):
                if related not in locations:
                    message = knowledge_texts.UNKNOWN_RELATED.format(related=related)
                    self._faults.append(Fault(name, tree.line((*start, "related", n)), message))


def _item(entry: ItemEntry, topic: str) -> Item:
    return Item(**entry.model_dump() | {"kind": Kind(entry.kind), "topic": topic})


def _fault(name: str, tree: Tree, model: type[BaseModel], detail: ErrorDetails) -> Fault:
    """What pydantic found, in words for admins, at the line where it stands."""
    path = detail["loc"]
    key = next((part for part in reversed(path) if isinstance(part, str) and part != "[key]"), "")
    context = detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            message = knowledge_texts.UNKNOWN_KEY.format(key=key, known="、".join(_known_keys(model, path)))
        case "missing":
            message = knowledge_texts.MISSING_KEY.format(key=key)
        case "string_too_short":
            message = knowledge_texts.EMPTY_TEXT.format(key=key)
        case "string_too_long":
            message = knowledge_texts.TOO_LONG.format(key=key, limit=context["max_length"])
        case "string_pattern_mismatch":
            message = knowledge_texts.BAD_ID.format(id=detail["input"])
        case "literal_error":
            message = knowledge_texts.BAD_KIND.format(kind=detail["input"])
        case "tuple_type":
            message = knowledge_texts.NOT_LIST_VALUE.format(key=key)
        case "too_short":
            message = knowledge_texts.TOO_SHORT_GROUP
        case "string_type":
            message = knowledge_texts.NOT_TEXT_VALUE.format(key=key)
        case _:
            message = knowledge_texts.NOT_MAPPING_VALUE.format(key=f"“{key}”" if key else "")
    return Fault(name, tree.line(path), message)


def _known_keys(model: type[BaseModel], path: tuple[str | int, ...]) -> Iterator[str]:
    return iter(ItemEntry.model_fields if model is ItemFile and path[0] == "items" else model.model_fields)
