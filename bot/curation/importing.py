"""A table that is imported: what becomes of each of its rows, and the changes that this takes. Nothing is written."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from bot.curation import importing_words
from bot.curation.planning import home, new_id, words
from bot.items import Item, Kind, KnowledgeBase
from bot.knowledge import Knowledge
from bot.knowledge.edit import AddItem, AddSource, Change, ChangeTexts, ChangeWords, DeleteItem, SetText, file_edits
from bot.knowledge.load import SPEECH
from bot.knowledge.tables import LISTS, Entry, Row, RowError, Sheet, entry_faults, entry_of
from bot.masking import is_masked
from bot.snapshot import Snapshot
from bot.text import normalise


class RowOutcome(StrEnum):
    """What becomes of a row."""

    ADDED = "added"
    CHANGED = "changed"
    MERGED = "merged"
    """It has no id and asks what an item is asked: its further phrasings go to that item."""
    SKIPPED = "skipped"
    """The knowledge says it already."""
    FAULTY = "faulty"


@dataclass(frozen=True, slots=True)
class TriedRow:
    """A row, what would become of it, and the id of its item.

    There is none for another sheet than that of items, and for a faulty row, which has its faults.
    """

    row: Row
    outcome: RowOutcome
    item: str | None


@dataclass(frozen=True, slots=True)
class Import:
    """The rows of a table, and the completed changes that bring in all that are not faulty, each with its file."""

    rows: tuple[TriedRow, ...]
    changes: tuple[tuple[str, Change], ...]

    def of(self, outcome: RowOutcome) -> Sequence[TriedRow]:
        """The rows with one outcome."""
        return [row for row in self.rows if row.outcome == outcome]


def try_rows(rows: Sequence[Row], before: Snapshot, used_ids: Collection[str]) -> Import:
    """Work out what becomes of rows on a folder. A row is brought in as a whole or, with a fault, not at all.

    A column that the table lacks stays as it is; an empty cell empties its field. ``used_ids``: see ``History``.
    """
    others, changes, speech = _try_others(rows, before)
    items = [row for row in rows if row.sheet is Sheet.ITEMS]
    found, trial = _try_items(items, before, used_ids, speech)
    # Edits of one file that follow each other are found faster.
    changes = sorted([*changes, *trial.changes()], key=lambda change: change[0])
    return Import((*found, *others), tuple(changes))


def _try_others(
    rows: Sequence[Row], before: Snapshot
) -> tuple[Sequence[TriedRow], Sequence[tuple[str, Change]], bytes]:
    """What becomes of the rows of the other sheets, the changes that they take, and speech.yaml with these."""
    tried, changes = list[TriedRow](), list[tuple[str, Change]]()
    for sheet in (Sheet.OUTLINE, Sheet.SYNONYMS, Sheet.FRAMES):
        of_sheet = [row for row in rows if row.sheet is sheet]
        faults, planned = importing_words.try_sheet(sheet, of_sheet, before.base)
        wanted = {row.number: change for row, change in planned}
        changes += importing_words.changes(planned)
        for row in of_sheet:
            if row.number in wanted:
                tried.append(TriedRow(row, _outcome(wanted[row.number], before.base), None))
            else:
                found = row.faults or (faults[row.number],)
                tried.append(TriedRow(replace(row, faults=found), RowOutcome.FAULTY, None))
    of_speech = [change for file, change in changes if file == SPEECH]
    speech = before.files[SPEECH]
    return tried, changes, (file_edits(of_speech, SPEECH, speech)[1] or speech) if of_speech else speech


def _outcome(change: Change | None, base: KnowledgeBase) -> RowOutcome:
    match change:
        case None:
            return RowOutcome.SKIPPED
        case AddSource() | ChangeWords(""):
            return RowOutcome.ADDED
        case ChangeWords(standard) if not words(standard, base):
            return RowOutcome.ADDED
        case _:
            return RowOutcome.CHANGED


def _try_items(
    rows: Sequence[Row], before: Snapshot, used_ids: Collection[str], speech: bytes
) -> tuple[Sequence[TriedRow], "_Trial"]:
    """What becomes of the rows of items, which may cite all that ``speech`` has."""
    faults = {row.number: row.faults for row in rows if row.faults}
    # Without a faulty row, another one may cite an item that is not there: all begin anew until none is found.
    while True:
        trial = _Trial(before.knowledge, used_ids)
        sound = [row for row in rows if row.number not in faults]
        # What a row says of an item by its id comes before what others add to it.
        for row in sorted(sound, key=lambda row: not row.cells.get("id", "").strip()):
            try:
                trial.take(row)
            except RowError as fault:
                faults[row.number] = (str(fault),)
        found = trial.faults(speech)
        if not found:
            break
        faults |= found
    tried = [
        TriedRow(replace(row, faults=faults[row.number]), RowOutcome.FAULTY, None)
        if row.number in faults
        else TriedRow(row, *trial.outcomes[row.number])
        for row in rows
    ]
    return tried, trial


@dataclass(eq=False)
class _Trial:
    """What the items would say with the rows that were taken."""

    knowledge: Knowledge
    used_ids: Collection[str]
    outcomes: dict[int, tuple[RowOutcome, str]] = field(default_factory=dict)
    _entries: dict[str, Entry] = field(default_factory=dict)
    _rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    _files: dict[str, str] = field(default_factory=dict)
    """The files of new topics."""

    def take(self, row: Row) -> None:
        """Have a row say what it says. Raises RowError."""
        base, said = self.knowledge.base, row.entry()
        if any(map(is_masked, _phrasings(said))):
            raise RowError.has_number()
        item_id = str(said.get("id", ""))
        owner = base.by_phrasing.get(normalise(str(said.get("question", ""))))
        if item_id and self._rows[item_id]:
            raise RowError.twice(item_id, self._rows[item_id][0])
        if item := base.by_id.get(item_id):
            outcome, entry = self._changed(item, said)
        elif owner and not item_id:
            item_id = owner.id
            outcome, entry = self._merged(owner, said)
        else:
            if item_id in self.used_ids:
                raise RowError.id_used(item_id)
            entry = self._new(said)
            outcome, item_id = RowOutcome.ADDED, str(entry["id"])
        self.outcomes[row.number] = outcome, item_id
        if outcome is not RowOutcome.SKIPPED:
            self._entries[item_id] = entry
        self._rows[item_id].append(row)

    def faults(self, speech: bytes) -> Mapping[int, tuple[str, ...]]:
        """What the folder would find wrong with the items, by the numbers of the rows that are to blame."""
        base = self.knowledge.base
        named = {self._rows[item_id][-1].name: item_id for item_id in self._entries}
        asked = {normalise(text) for entry in self._entries.values() for text in _phrasings(entry)}
        near = {owner.id for form in asked if (owner := base.by_phrasing.get(form))}
        near |= {related for entry in self._entries.values() for related in _texts(entry.get("related", ()))}
        others = [item for item in base.items if item.id in near and item.id not in self._entries]
        entries = {name: self._entries[item_id] for name, item_id in named.items()}
        found = entry_faults(entries, others, speech)
        return {row.number: (message,) for name, message in found.items() for row in self._rows[named[name]]}

    def changes(self) -> Iterator[tuple[str, Change]]:
        """The completed changes, in an order in which each leaves a sound file."""
        for item_id, entry in self._entries.items():
            said: dict[str, Any] = {**entry, "kind": Kind(str(entry["kind"]))}
            new = Item(**said)
            old = self.knowledge.base.by_id.get(item_id)
            if old is None:
                yield self._file(new), AddItem(new)
            elif old.topic != new.topic:
                yield self.knowledge.locations[item_id].file, DeleteItem(item_id, old)
                yield self._file(new), AddItem(new, moved_from=old.topic)
            else:
                for change in _differences(old, new):
                    yield self.knowledge.locations[item_id].file, change

    def _changed(self, item: Item, said: Entry) -> tuple[RowOutcome, Entry]:
        old = entry_of(item)
        kept = {key: old[key] for key in ("kind", "topic") if not said.get(key)}
        entry = {**old, **said, **kept}
        if entry["kind"] != old["kind"]:
            raise RowError.kind_stays(item.kind)
        is_same = all(_unordered(entry[key]) == _unordered(old[key]) for key in entry)
        return RowOutcome.SKIPPED if is_same else RowOutcome.CHANGED, entry

    def _merged(self, owner: Item, said: Entry) -> tuple[RowOutcome, Entry]:
        """The item with the row's phrasings. Nothing else that the row says may be lost in silence."""
        old = self._entries.get(owner.id, entry_of(owner))
        for key in said.keys() - {"id", "question", "phrasings"}:
            if said[key] and not {*_texts(said[key])} <= {*_texts(old[key])}:
                raise RowError.merge_differs(str(said["question"]), owner.id, key)
        known = set(map(normalise, _phrasings(old)))
        new = {form: text for text in _phrasings(said) if (form := normalise(text)) not in known}
        entry = {**old, "phrasings": (*_texts(old["phrasings"]), *new.values())}
        return RowOutcome.MERGED if new else RowOutcome.SKIPPED, entry

    def _new(self, said: Entry) -> Entry:
        base = self.knowledge.base
        kind, question = said.get("kind", ""), str(said.get("question", ""))
        known_kind = Kind(str(kind)) if kind in {*Kind} else Kind.ANSWER
        item_id = said.get("id") or new_id(known_kind, question, {*base.by_id, *self._entries, *self.used_ids})
        topic = str(said.get("topic", ""))
        if known_kind is Kind.NOT_COVERED and topic not in {item.topic for item in base.items}:
            topic = home(Item("", topic, question, "", known_kind), self.knowledge)[1]
        empty = {key: () if key in LISTS else "" for key in entry_of(Item("", "", "", ""))}
        return {**empty, **said, "id": item_id, "topic": topic, "kind": kind or Kind.ANSWER.value}

    def _file(self, item: Item) -> str:
        """Where an item goes: the file in which most items of its topic are, or a new one for the topic."""
        base, locations = self.knowledge.base, self.knowledge.locations
        if files := [locations[other.id].file for other in base.items if other.topic == item.topic]:
            return max(files, key=files.count)
        if item.topic not in self._files:
            file, _ = home(item, self.knowledge)
            while file in self._files.values():
                file = f"more-{file}"
            self._files[item.topic] = file
        return self._files[item.topic]


def _differences(old: Item, new: Item) -> Iterator[Change]:
    """The changes of an item's fields, what goes from its lists first."""
    fields: dict[str, tuple[Any, Any]] = {
        key: (getattr(old, key), getattr(new, key)) for key in entry_of(old) if key not in {"id", "kind", "topic"}
    }
    # A phrasing that becomes the question goes before, and one that was it comes after.
    lists = [(key, before, after) for key, (before, after) in fields.items() if key in LISTS]
    for key, before, after in lists:
        if removed := tuple(dict.fromkeys(text for text in before if text not in after)):
            added = tuple(dict.fromkeys(text for text in after if text not in before))
            yield ChangeTexts(old.id, key, added, removed)
        elif added := tuple(dict.fromkeys(text for text in after if text not in before)):
            yield ChangeTexts(old.id, key, added)
    for key, (before, after) in fields.items():
        if key not in LISTS and before != after:
            yield SetText(old.id, key, after, before)


def _texts(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (value,)


def _phrasings(entry: Entry) -> tuple[str, ...]:
    return (str(entry.get("question", "")), *_texts(entry.get("phrasings", ())))


def _unordered(value: str | tuple[str, ...]) -> object:
    return {*value} if isinstance(value, tuple) else value
