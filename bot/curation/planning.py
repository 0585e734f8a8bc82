"""What a change means to a knowledge base: which edits it takes, and whether it is made already."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count

from bot.errors import EditRefusedError, Refusal
from bot.items import Item, Kind, KnowledgeBase
from bot.knowledge import Knowledge
from bot.knowledge.edit import (
    AddItem,
    AddSource,
    Change,
    ChangeTexts,
    ChangeWords,
    DeleteItem,
    MoveItem,
    SetPlace,
    SetText,
)
from bot.knowledge.load import FRAMES, SPEECH, SYNONYMS
from bot.knowledge.models import ID_LIMIT
from bot.matching.phonetics import spell
from bot.text import normalise

_NOT_COVERED_FILE = "not-covered.yaml"


@dataclass(eq=False)
class AlreadyThereError(Exception):
    """The knowledge is as wanted. ``item`` is the item that a change was about."""

    item: str


def completed(  # noqa: C901, PLR0911 - one return a change
    change: Change, knowledge: Knowledge, used_ids: Collection[str]
) -> Sequence[tuple[str, Change]]:
    """The changes that make up a change, each with its file, in an order in which each leaves sound files.

    Nothing is left open in them. The last one is the change itself, of an item that there is. ``used_ids`` may not be
    used again. Raises AlreadyThereError if nothing is to be changed, and EditRefusedError if a phrasing belongs to
    another item.
    """
    base, locations = knowledge.base, knowledge.locations
    match change:
        case ChangeTexts(item_id, "source"):
            return _changed_sources(change, knowledge)
        case ChangeTexts():
            return [(locations[new.item].file, new) for new in _changed_texts(change, base)]
        case SetText(item_id, key, text):
            return [(locations[item_id].file, new) for new in _set_text(item_id, key, text.strip(), base)]
        case DeleteItem(item_id):
            citing = [other.id for other in base.items if item_id in other.related]
            unlinked = [(locations[other].file, ChangeTexts(other, "related", removed=(item_id,))) for other in citing]
            return [*unlinked, (locations[item_id].file, DeleteItem(item_id, base.by_id[item_id]))]
        case MoveItem(item_id, topic):
            item = base.by_id[item_id]
            file, topic = home(replace(item, topic=topic), knowledge)
            if file == locations[item_id].file:
                raise AlreadyThereError(item_id)
            moved = AddItem(replace(item, topic=topic), moved_from=item.topic)
            return [(locations[item_id].file, DeleteItem(item_id, item)), (file, moved)]
        case AddSource(_, name):
            for known in _sources(base, name):
                raise AlreadyThereError(known)
            new_id = next(f"doc-{number}" for number in count(1) if f"doc-{number}" not in base.places)
            return [(SPEECH, AddSource(new_id, name))]
        case AddItem():
            return _new_item(change, knowledge, used_ids)
        case SetPlace(source, text):
            before = place(source, base)
            if before == text.strip():
                raise AlreadyThereError(subject(change))
            return [(SPEECH, SetPlace(source, text.strip(), before))]
        case ChangeWords():
            return [(SYNONYMS if change.standard else FRAMES, _changed_words(change, base))]


def subject(change: Change) -> str:
    """The id of the item or place that a completed change is about; of words, the name of their list."""
    match change:
        case AddItem(item):
            return item.id
        case SetPlace(source):
            return source or "title"
        case ChangeWords(standard):
            return "synonyms" if standard else "frames"
        case ChangeTexts(name) | SetText(name) | DeleteItem(name) | MoveItem(name) | AddSource(name):
            return name


def place(source: str, base: KnowledgeBase) -> str:
    """What a place is called; without an id, the title of the speech."""
    return base.places[source] if source else base.title


def words(standard: str, base: KnowledgeBase) -> Sequence[str]:
    """The words of the group of synonyms with this standard word, without it; without a word, the frames."""
    return next((others for first, *others in base.synonyms if first == standard), ()) if standard else base.frames


def new_phrasings(change: Change) -> tuple[str, ...]:
    """The questions that a completed change makes phrasings of its item."""
    match change:
        case ChangeTexts(_, "phrasings", added):
            return added
        case SetText(_, "question", question):
            return (question,)
        case AddItem(item, moved_from=""):
            return item.all_phrasings()
        case _:
            return ()


def added_questions(change: Change) -> tuple[str, ...]:
    """The questions that a completed change leads to its item, or keeps from it."""
    match change:
        case ChangeTexts(_, "negatives", added):
            return added
        case _:
            return new_phrasings(change)


def questions(change: Change) -> tuple[str, ...]:
    """The questions that a completed change holds, whether it adds them or takes them away."""
    match change:
        case ChangeTexts(_, "phrasings" | "negatives", added, removed):
            return (*added, *removed)
        case SetText(_, "question", question, before):
            return (question, before)
        case AddItem(item):
            return (*item.all_phrasings(), *item.negatives)
        case DeleteItem(_, item) if item:
            return (*item.all_phrasings(), *item.negatives)
        case _:
            return ()


def is_made(change: Change, base: KnowledgeBase) -> bool | None:  # noqa: PLR0911 - one return a change
    """Whether a completed change is part of a knowledge base; False if nothing of it is left.

    None if it is there in part, if another text was written since, or if the item that it changed is gone.
    """
    item = base.by_id.get(subject(change))
    match change:
        case ChangeTexts(_, key, added, removed) if item:
            return _is_changed(getattr(item, key), added, removed)
        case SetText(_, key, text, before) if item:
            return {before.strip(): False, text.strip(): True}.get(_text(item, key))
        case AddItem(moved_from=topic):
            return item is not None and item.topic != topic
        case DeleteItem(_, content):
            return item is None or (content is not None and item.topic != content.topic)
        case AddSource(source):
            return source in base.places
        case SetPlace(source, text, before) if not source or source in base.places:
            return {before.strip(): False, text.strip(): True}.get(place(source, base))
        case ChangeWords(standard, added, removed):
            return _is_changed(words(standard, base), added, removed)
    return None


def _is_changed(texts: Sequence[str], added: Iterable[str], removed: Iterable[str]) -> bool | None:
    """Whether a list has all that was added and nothing that was removed; None if that is so in part."""
    found = {text.strip() in texts for text in added} | {text.strip() not in texts for text in removed}
    return found.pop() if len(found) == 1 else None


def _new_item(change: AddItem, knowledge: Knowledge, used_ids: Collection[str]) -> Sequence[tuple[str, Change]]:
    """A new item, below the document that it cites if that is new too."""
    base, item, document = knowledge.base, change.item, change.document
    for other in base.items:
        if (item.question, item.answer) == (other.question, other.answer):
            raise AlreadyThereError(other.id)
    taken = _taken(item.all_phrasings(), base, allowed=change.takes)
    given_up = [(knowledge.locations[old.item].file, old) for old in taken]
    cited = _sources(base, document)
    sources = completed(AddSource("", document), knowledge, ()) if document and not cited else []
    item_id = new_id(item.kind, item.question, {*base.by_id, *used_ids})
    file, topic = home(item, knowledge)
    all_sources = (*item.source, *cited, *(subject(new) for _, new in sources))
    return [*given_up, *sources, (file, AddItem(replace(item, id=item_id, topic=topic, source=all_sources)))]


def _changed_sources(change: ChangeTexts, knowledge: Knowledge) -> Sequence[tuple[str, Change]]:
    """Other sources; one that is added may be given by its name, and a document that is not known is added before."""
    added, documents = list[str](), list[tuple[str, Change]]()
    for source in change.added:
        cited = [source] if source in knowledge.base.places else _sources(knowledge.base, source)
        documents += [] if cited else completed(AddSource("", source), knowledge, ())
        added.append(cited[0] if cited else subject(documents[-1][1]))
    named = replace(change, added=tuple(added))
    file = knowledge.locations[change.item].file
    return [*documents, *((file, new) for new in _changed_texts(named, knowledge.base))]


def _changed_texts(change: ChangeTexts, base: KnowledgeBase) -> Sequence[ChangeTexts]:
    """A change of a list, by what its item has; a way to ask that becomes a negative is no phrasing any more."""
    item = base.by_id[change.item]
    texts: tuple[str, ...] = getattr(item, change.field)
    is_asked = change.field in {"phrasings", "negatives"}
    form = normalise if is_asked else str.strip
    own = {form(text) for text in (item.all_phrasings() if change.field == "phrasings" else texts)}
    new = {form(text): text for text in change.added if form(text) not in own}
    gone = {text.strip() for text in change.removed}
    removed = tuple(dict.fromkeys(text for text in texts if text in gone))
    if not (new or removed):
        raise AlreadyThereError(item.id)
    complete = ChangeTexts(item.id, change.field, tuple(new.values()), removed)
    match change.field:
        case "phrasings":
            return [*_taken(new.values(), base, allowed=change.takes), complete]
        case "negatives":
            unasked = tuple(text for text in item.phrasings if normalise(text) in new)
            return [*([ChangeTexts(item.id, "phrasings", removed=unasked)] if unasked else []), complete]
    return [complete]


def _changed_words(change: ChangeWords, base: KnowledgeBase) -> ChangeWords:
    """A change of words, by what there is. A word stands in one group of synonyms alone."""
    known = words(change.standard, base)
    own = {normalise(word) for word in (change.standard, *known)}
    new = {form: word.strip() for word in change.added if (form := normalise(word)) and form not in own}
    gone = {word.strip() for word in change.removed}
    removed = tuple(dict.fromkeys(word for word in known if word in gone))
    if not (new or removed):
        raise AlreadyThereError(subject(change))
    taken = {normalise(word): group[0] for group in base.synonyms for word in group if group[0] != change.standard}
    is_new_group = change.standard and not known
    for word in (*new.values(), *([change.standard] if is_new_group else [])):
        if change.standard and (first := taken.get(normalise(word))):
            raise EditRefusedError(Refusal.WORD_TAKEN, word=word, standard=first)
    return ChangeWords(change.standard, tuple(new.values()), removed)


def _set_text(item_id: str, key: str, text: str, base: KnowledgeBase) -> Sequence[Change]:
    """Another text; a question that gets another wording stays a way to ask its item."""
    item = base.by_id[item_id]
    before = _text(item, key)
    if before == text:
        raise AlreadyThereError(item_id)
    complete = SetText(item_id, key, text, before)
    if key != "question":
        return [complete]
    owner = base.by_phrasing.get(normalise(text))
    if owner and owner.id != item_id:
        raise EditRefusedError(Refusal.PHRASING_TAKEN, phrasing=text, question=owner.question)
    known = set(map(normalise, (*item.phrasings, text)))
    kept = () if normalise(before) in known else (before,)
    doubled = tuple(phrasing for phrasing in item.phrasings if normalise(phrasing) == normalise(text))
    return [*([ChangeTexts(item_id, "phrasings", kept, doubled)] if kept or doubled else []), complete]


def _text(item: Item, key: str) -> str:
    """A field of an item as it is written; empty if it has none."""
    return str(getattr(item, key) or "")


def _taken(phrasings: Iterable[str], base: KnowledgeBase, *, allowed: bool) -> Sequence[ChangeTexts]:
    """What takes phrasings from the items that have them.

    Raises EditRefusedError if one is taken though that is not ``allowed``, or if it is an item's question.
    """
    taken: dict[str, list[str]] = {}
    for phrasing in phrasings:
        form = normalise(phrasing)
        owner = base.by_phrasing.get(form)
        if owner is None:
            continue
        if form == normalise(owner.question) or not allowed:
            raise EditRefusedError(Refusal.PHRASING_TAKEN, phrasing=phrasing, question=owner.question)
        taken.setdefault(owner.id, []).extend(text for text in owner.phrasings if normalise(text) == form)
    return [ChangeTexts(owner, "phrasings", removed=tuple(texts)) for owner, texts in taken.items()]


def _sources(base: KnowledgeBase, name: str) -> Sequence[str]:
    """The id of a document that may be cited already."""
    return [source for source, place in base.places.items() if place == name][:1]


def new_id(kind: Kind, question: str, used_ids: Collection[str]) -> str:
    """An id for a new item that tells what it is about, and that was never used."""
    spelt = _spelt("nc-" if kind is Kind.NOT_COVERED else "", question)
    names = chain([spelt], (f"{spelt}-{number}" for number in count(2)))
    return next(name for name in names if name not in used_ids)


def home(item: Item, knowledge: Knowledge) -> tuple[str, str]:
    """The file and topic of a new item: where most refusals are, or its topic is; of the first of these a new file."""
    is_refusal = item.kind is Kind.NOT_COVERED
    homes = [
        (knowledge.locations[other.id].file, other.topic)
        for other in knowledge.base.items
        if other.kind is (Kind.NOT_COVERED if is_refusal else Kind.ANSWER) and (is_refusal or other.topic == item.topic)
    ]
    if homes:
        return max(homes, key=homes.count)
    file = _NOT_COVERED_FILE if is_refusal else f"{_spelt('', item.topic)}.yaml"
    files = {location.file for location in knowledge.locations.values()} | {SPEECH, SYNONYMS, FRAMES}
    while file in files:
        file = f"more-{file}"
    return file, item.topic


def _spelt(prefix: str, text: str) -> str:
    """Words in Latin letters, as many as an id holds: a number can still follow."""
    spelt = prefix.rstrip("-")
    for word in re.findall("[a-z0-9]+|.", normalise(text)):
        part = word if word.isascii() else spell(word)
        longer = f"{spelt}-{part}".strip("-") if part.strip() else spelt
        if len(longer) > ID_LIMIT - 4:
            return spelt or part[: ID_LIMIT - 4]
        spelt = longer
    return spelt or "item"
