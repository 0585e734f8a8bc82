"""The items that admins look for: by a question that they may answer, by words that they hold, or by both."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.items import Item, Kind, KnowledgeBase
from bot.matching import Candidate
from bot.snapshot import Snapshot
from bot.text import normalise

_SHOWN_AS_NOTHING = 0.005
"""A lower score reads as 0 %: such an item is nowhere near."""
LIKELY = 0.05
"""An item with a lower score was hardly meant: lists leave it out, and a card says how far it is."""
_FIRST = 3
"""Likely items that come before those that only hold the words."""


@dataclass(frozen=True, slots=True)
class FoundItem:
    """An item that was found. ``score``: by how much it answers the words as a question; None if not at all."""

    item: Item
    score: float | None


def nearest(
    question: str, kinds: Collection[Kind], snapshot: Snapshot, left_out: Collection[str] = ()
) -> list[Candidate]:
    """The items of these kinds by score, without those of these ids, and without any that would be shown at 0 %."""
    candidates = snapshot.matcher.match(question).candidates
    fit = (near for near in candidates if near.item.kind in kinds and near.score >= _SHOWN_AS_NOTHING)
    return [near for near in fit if near.item.id not in left_out]


def holding(words: str, base: KnowledgeBase) -> Sequence[Item]:
    """The items that hold all words, in what is asked, what is answered, or elsewhere; all items without a word."""
    found = list(base.items)
    for word in words.split():
        plain, form = word.casefold(), normalise(word)
        asked = {item.id for phrasing, item in base.by_phrasing.items() if form and form in phrasing}
        found = [item for item in found if item.id in asked or any(plain in text for text in _texts(item))]
    return found


def find(
    words: str, snapshot: Snapshot, kinds: Collection[Kind] = tuple(Kind), left_out: Collection[str] = ()
) -> Sequence[FoundItem]:
    """The item with this id; else what answers the words as a question and what holds them, the likeliest first.

    Without words there is none. ``left_out``: ids of items that are not looked for by other words than their ids.
    """
    if not words.strip():
        return ()
    if (named := snapshot.base.by_id.get(id_of(words))) and named.kind in kinds:
        return [FoundItem(named, None)]
    candidates = sorted(snapshot.matcher.match(words).candidates, key=lambda near: -near.score)
    near = [FoundItem(found.item, found.score) for found in candidates if found.score >= _SHOWN_AS_NOTHING]
    first = [found for found in near[:_FIRST] if found.score and found.score >= LIKELY]
    scores: Mapping[str, float | None] = {found.item.id: found.score for found in near}
    held = [FoundItem(item, scores.get(item.id)) for item in holding(words, snapshot.base)]
    distinct = dict.fromkeys((*first, *held, *near))
    return [found for found in distinct if found.item.kind in kinds and found.item.id not in left_out]


def id_of(words: str) -> str:
    """The id that these words may be. Phones begin with a capital, and some keyboards have no hyphen at hand."""
    return words.strip().lower().replace("_", "-")


def _texts(item: Item) -> Sequence[str]:
    held = (item.id, *item.all_phrasings(), item.answer, item.short, item.owner, *item.keywords, *item.negatives)
    return [text.casefold() for text in held]
