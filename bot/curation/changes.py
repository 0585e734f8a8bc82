"""What an admin wants changed, as values; and the same as changes of files."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.errors import EditRefusedError
from bot.items import Item, Kind, KnowledgeBase
from bot.knowledge import Knowledge
from bot.knowledge.edit import AddItem, AddOther, AddPhrasings, Change, SetAnswer
from bot.knowledge.load import SPEECH
from bot.knowledge.models import ID_LIMIT, ItemEntry
from bot.matching.phonetics import spell
from bot.text import normalise
from bot.texts import admins as admins_texts

NOT_COVERED_FILE = "not-covered.yaml"


@dataclass(frozen=True, slots=True)
class MorePhrasings:
    """More ways to ask an item."""

    item: str
    phrasings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """Another answer of an item."""

    item: str
    answer: str


@dataclass(frozen=True, slots=True)
class NewItem:
    """A new item. ``topic``: one that there is, or a new one; ``other``: a document to cite that is not listed yet."""

    kind: Kind
    question: str
    phrasings: tuple[str, ...]
    answer: str
    sources: tuple[str, ...] = ()
    topic: str = ""
    other: str = ""


Proposal = MorePhrasings | NewAnswer | NewItem


class AlreadyThereError(Exception):
    """The knowledge is as proposed. ``item`` is the item."""

    def __init__(self, item: str) -> None:
        super().__init__(item)
        self.item = item


@dataclass(frozen=True, slots=True)
class Step:
    """A change of one file; with a ``topic`` the file is a new one."""

    file: str
    change: Change
    topic: str = ""


def steps(proposal: Proposal, knowledge: Knowledge, taken: Collection[str]) -> list[Step]:
    """What is to be changed in which file, in an order in which each step leaves sound files.

    ``taken``: ids that may not be used again.

    Raises:
        AlreadyThereError: nothing is.
        EditRefusedError: the item is gone.
    """
    base = knowledge.base
    match proposal:
        case MorePhrasings(item_id, phrasings):
            known = {normalise(asking) for asking in _item(base, item_id).all_phrasings()}
            new = {normalise(one): one for one in phrasings if normalise(one) not in known}
            if not new:
                raise AlreadyThereError(item_id)
            _refuse_taken(new.values(), base)
            return [Step(knowledge.locations[item_id].file, AddPhrasings(item_id, tuple(new.values())))]
        case NewAnswer(item_id, answer):
            before = _item(base, item_id).answer
            if before == answer:
                raise AlreadyThereError(item_id)
            return [Step(knowledge.locations[item_id].file, SetAnswer(item_id, answer, before))]
        case NewItem():
            return list(_new_item(proposal, knowledge, taken))


def owners(base: KnowledgeBase) -> Mapping[str, Item]:
    """The items by each way to ask them, normalised: a way belongs to one item alone."""
    return {normalise(asking): item for item in base.items for asking in item.all_phrasings()}


def _refuse_taken(phrasings: Iterable[str], base: KnowledgeBase) -> None:
    """A phrasing belongs to one item alone."""
    owned = owners(base)
    for phrasing in phrasings:
        if owner := owned.get(normalise(phrasing)):
            raise EditRefusedError(admins_texts.PHRASING_TAKEN.format(phrasing=phrasing, question=owner.question))


def _item(base: KnowledgeBase, item_id: str) -> Item:
    if item_id not in base.by_id:
        raise EditRefusedError(admins_texts.ITEM_GONE)
    return base.by_id[item_id]


def _new_item(proposal: NewItem, knowledge: Knowledge, taken: Collection[str]) -> Iterator[Step]:
    base = knowledge.base
    for item in base.items:
        if (item.question, item.answer) == (proposal.question, proposal.answer):
            raise AlreadyThereError(item.id)
    _refuse_taken((proposal.question, *proposal.phrasings), base)
    sources = proposal.sources
    if proposal.other:
        known = next((key for key, name in base.places.items() if name == proposal.other), None)
        key = known or _free("doc", base.places, start=1)
        sources = (*sources, key)
        if known is None:
            yield Step(SPEECH, AddOther(key, proposal.other))
    prefix = "nc-" if proposal.kind is Kind.NOT_COVERED else ""
    entry = ItemEntry(
        id=_free(_spelt(prefix, proposal.question), {*base.by_id, *taken}),
        kind=proposal.kind.value,
        question=proposal.question,
        phrasings=proposal.phrasings,
        answer=proposal.answer,
        source=sources,
    )
    file = _file(proposal, knowledge)
    if file:
        yield Step(file, AddItem(entry))
        return
    new = NOT_COVERED_FILE if prefix else f"{_spelt('', proposal.topic)}.yaml"
    files = {location.file for location in knowledge.locations.values()} | {SPEECH, "synonyms.yaml", "frames.yaml"}
    while new in files:
        new = f"more-{new}"
    yield Step(new, AddItem(entry), topic=proposal.topic or admins_texts.NOT_COVERED_TOPIC)


def _file(proposal: NewItem, knowledge: Knowledge) -> str | None:
    """The file for a new item: that of its topic, or the one that holds most refusals."""
    refused = proposal.kind is Kind.NOT_COVERED
    fitting = [
        knowledge.locations[item.id].file
        for item in knowledge.base.items
        if (item.kind is Kind.NOT_COVERED if refused else item.kind is Kind.ANSWER and item.topic == proposal.topic)
    ]
    return max(fitting, key=fitting.count) if fitting else None


def _spelt(prefix: str, text: str) -> str:
    """Words in Latin letters, as many as an id holds: a number can still follow."""
    spelt = prefix.rstrip("-")
    for word in re.findall(r"[a-z0-9]+|[^\x00-\x7f]", normalise(text)):
        part = word if word.isascii() else spell(word)
        longer = f"{spelt}-{part}".strip("-")
        if len(longer) > ID_LIMIT - 4:
            return spelt or part[: ID_LIMIT - 4]
        spelt = longer
    return spelt or "item"


def _free(name: str, taken: Collection[str], start: int = 0) -> str:
    """The name, or with the first number that makes it a new one."""
    number = max(start, 1)
    found = f"{name}-{number}" if start else name
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    return found
