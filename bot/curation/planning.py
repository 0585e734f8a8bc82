"""What a change means to a knowledge base: which edits it takes, and whether it is made already."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count

from bot.errors import EditRefusedError, Refusal
from bot.items import Item, Kind, KnowledgeBase
from bot.knowledge import Knowledge
from bot.knowledge.edit import AddItem, AddPhrasings, AddSource, Change, SetAnswer
from bot.knowledge.load import SPEECH
from bot.knowledge.models import ID_LIMIT
from bot.matching.phonetics import spell
from bot.text import normalise

_NOT_COVERED_FILE = "not-covered.yaml"


@dataclass(eq=False)
class AlreadyThereError(Exception):
    """The knowledge is as wanted. ``item`` is the item that a change was about."""

    item: str


def completed(change: Change, knowledge: Knowledge, used_ids: Collection[str]) -> Sequence[tuple[str, Change]]:
    """The changes that make up a change, each with its file, in an order in which each leaves sound files.

    Nothing is left open in them. The last one is the change itself, of an item that there is. ``used_ids`` may not be
    used again. Raises AlreadyThereError if nothing is to be changed, and EditRefusedError if a phrasing belongs to
    another item.
    """
    base, locations = knowledge.base, knowledge.locations
    match change:
        case AddPhrasings(item_id, phrasings):
            own = set(map(normalise, base.by_id[item_id].all_phrasings()))
            new = {normalise(text): text for text in phrasings if normalise(text) not in own}
            if not new:
                raise AlreadyThereError(item_id)
            _refuse_taken(new.values(), base)
            return [(locations[item_id].file, AddPhrasings(item_id, tuple(new.values())))]
        case SetAnswer(item_id, answer):
            before = base.by_id[item_id].answer
            if before == answer:
                raise AlreadyThereError(item_id)
            return [(locations[item_id].file, SetAnswer(item_id, answer, before))]
        case AddSource(_, name):
            for known in _sources(base, name):
                raise AlreadyThereError(known)
            new_id = next(f"doc-{number}" for number in count(1) if f"doc-{number}" not in base.places)
            return [(SPEECH, AddSource(new_id, name))]
        case AddItem(item, document):
            for other in base.items:
                if (item.question, item.answer) == (other.question, other.answer):
                    raise AlreadyThereError(other.id)
            _refuse_taken(item.all_phrasings(), base)
            cited = _sources(base, document)
            sources = completed(AddSource("", document), knowledge, ()) if document and not cited else []
            spelt = _spelt("nc-" if item.kind is Kind.NOT_COVERED else "", item.question)
            names = chain([spelt], (f"{spelt}-{number}" for number in count(2)))
            item_id = next(name for name in names if name not in base.by_id and name not in used_ids)
            file, topic = _home(item, knowledge)
            new_item = replace(
                item, id=item_id, topic=topic, source=(*item.source, *cited, *(subject(new) for _, new in sources))
            )
            return [*sources, (file, AddItem(new_item))]


def subject(change: Change) -> str:
    """The id of the item or document that a completed change is about."""
    match change:
        case AddItem(item):
            return item.id
        case AddPhrasings(name) | SetAnswer(name) | AddSource(name):
            return name


def questions(change: Change) -> tuple[str, ...]:
    """The questions that a change makes phrasings of its item."""
    match change:
        case AddPhrasings(_, phrasings):
            return phrasings
        case AddItem(item):
            return item.all_phrasings()
        case _:
            return ()


def is_made(change: Change, base: KnowledgeBase) -> bool | None:
    """Whether a completed change is part of a knowledge base; False if nothing of it is left.

    None if it is there in part, if another answer was written since, or if the item that it changed is gone.
    """
    item = base.by_id.get(subject(change))
    match change:
        case AddPhrasings(_, phrasings) if item:
            found = {phrasing.strip() in item.all_phrasings() for phrasing in phrasings}
            return found.pop() if len(found) == 1 else None
        case SetAnswer(_, answer, before) if item:
            return {before.strip(): False, answer.strip(): True}.get(item.answer)
        case AddItem():
            return item is not None
        case AddSource(source):
            return source in base.places
    return None


def _refuse_taken(phrasings: Iterable[str], base: KnowledgeBase) -> None:
    for phrasing in phrasings:
        if owner := base.by_phrasing.get(normalise(phrasing)):
            raise EditRefusedError(Refusal.PHRASING_TAKEN, phrasing=phrasing, question=owner.question)


def _sources(base: KnowledgeBase, name: str) -> Sequence[str]:
    """The id of a document that may be cited already."""
    return [source for source, place in base.places.items() if place == name][:1]


def _home(item: Item, knowledge: Knowledge) -> tuple[str, str]:
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
    files = {location.file for location in knowledge.locations.values()} | {SPEECH, "synonyms.yaml", "frames.yaml"}
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
