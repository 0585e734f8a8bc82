"""Tables of the outline, of synonyms and of frames that are imported: what becomes of their rows, and the changes."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from bot.curation.planning import words
from bot.items import KnowledgeBase
from bot.knowledge.edit import AddSource, Change, ChangeWords, SetPlace
from bot.knowledge.load import FRAMES, SPEECH, SYNONYMS
from bot.knowledge.tables import Part, Row, RowError, Sheet, part_of, place_fault
from bot.text import normalise

_Planned = tuple[Row, Change | None]
"""A row without a fault, and the completed change that it takes; None where the knowledge says it already."""


def try_sheet(sheet: Sheet, rows: Sequence[Row], base: KnowledgeBase) -> tuple[Mapping[int, str], Sequence[_Planned]]:
    """What is wrong with rows of a sheet other than that of items, by their numbers; and what the others change."""
    plan, faults, planned = _PLANS[sheet], dict[int, str](), list[_Planned]()
    seen: dict[str, Row] = {}
    for row in rows:
        if row.faults:
            continue
        try:
            change = plan(row, base)
            name = normalise(_name(row))
            if name in seen:
                raise RowError.twice_named(_name(row), seen[name])
            seen[name] = row
            planned.append((row, change))
        except RowError as fault:
            faults[row.number] = str(fault)
    if sheet is Sheet.SYNONYMS:
        groups = _groups([change for _, change in planned if isinstance(change, ChangeWords)], base)
        for row, change in planned:
            if isinstance(change, ChangeWords) and (taken := _taken(change, groups, base)):
                faults[row.number] = str(taken)
        planned = [(row, change) for row, change in planned if row.number not in faults]
    return faults, planned


def changes(planned: Sequence[_Planned]) -> Iterator[tuple[str, Change]]:
    """The changes of rows, each with its file; those of frames are one."""
    found = [change for _, change in planned if change]
    frames = [
        word for change in found if isinstance(change, ChangeWords) and not change.standard for word in change.added
    ]
    if frames:
        yield FRAMES, ChangeWords("", tuple(frames))
    for change in found:
        match change:
            case ChangeWords(standard) if standard:
                yield SYNONYMS, change
            case AddSource() | SetPlace():
                yield SPEECH, change
            case _:
                pass


def _name(row: Row) -> str:
    """What there may be one row of."""
    field = {Sheet.OUTLINE: "place", Sheet.SYNONYMS: "standard", Sheet.FRAMES: "frame"}[row.sheet]
    return str(row.entry().get(field, ""))


def _place(row: Row, base: KnowledgeBase) -> Change | None:
    said = row.entry()
    part, place, text = part_of(str(said["part"])), str(said.get("place", "")), str(said.get("place_words", ""))
    if part is Part.TITLE:
        if not text or place:
            raise RowError.no_title()
        return SetPlace("", text, base.title) if text != base.title else None
    if not (place and text):
        raise RowError.no_place()
    if place not in base.places:
        if fault := place_fault(place):
            raise RowError(fault)
        return AddSource(place, text, "others" if part is Part.OTHERS else "paragraphs")
    present = Part.OTHERS if place in base.documents else Part.PARAGRAPHS
    if part is not present:
        raise RowError.part_stays(place, present)
    return SetPlace(place, text, base.places[place]) if text != base.places[place] else None


def _group(row: Row, base: KnowledgeBase) -> Change | None:
    said = row.entry()
    standard, wanted = str(said["standard"]), said.get("words", ())
    if not standard:
        raise RowError.no_standard()
    if not wanted or isinstance(wanted, str):
        raise RowError.no_words()
    known = words(standard, base)
    added = tuple(dict.fromkeys(word for word in wanted if word not in known and word != standard))
    removed = tuple(dict.fromkeys(word for word in known if word not in wanted))
    return ChangeWords(standard, added, removed) if added or removed else None


def _frame(row: Row, base: KnowledgeBase) -> Change | None:
    frame = str(row.entry()["frame"])
    return ChangeWords("", (frame,)) if frame not in base.frames else None


def _groups(changes: Sequence[ChangeWords], base: KnowledgeBase) -> Mapping[str, Collection[str]]:
    """The standard words of the groups in which each word stands after these changes, by its normal form."""
    groups = {group[0]: {*group} for group in base.synonyms}
    for change in changes:
        group = groups.setdefault(change.standard, {change.standard})
        groups[change.standard] = (group | {*change.added}) - {*change.removed}
    found: dict[str, set[str]] = {}
    for standard, group in groups.items():
        for word in group:
            found.setdefault(normalise(word), set()).add(standard)
    return found


def _taken(change: ChangeWords, groups: Mapping[str, Collection[str]], base: KnowledgeBase) -> RowError | None:
    """Why a change can't be: it brings a word to its group that stands in another one, too."""
    is_new = not words(change.standard, base)
    for word in (*change.added, *([change.standard] if is_new else [])):
        for other in sorted({*groups[normalise(word)]} - {change.standard}):
            return RowError.word_taken(word, other)
    return None


_PLANS: Mapping[Sheet, Callable[[Row, KnowledgeBase], Change | None]] = {
    Sheet.OUTLINE: _place,
    Sheet.SYNONYMS: _group,
    Sheet.FRAMES: _frame,
}
