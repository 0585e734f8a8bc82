"""What could be better in a knowledge base without a fault: where items are thin, alike or in each other's way."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.evaluation.leave_one_out import Progress, sample, without_near_copies
from bot.items import Item, Kind, KnowledgeBase
from bot.matching import ConfidenceModel, Index, Matcher
from bot.matching.similarity import near_copies
from bot.text import normalise

_ENOUGH = 10
"""Phrasings that an item of kind ``answer`` should have: the second dozen still pays."""
_REDUNDANT = 90
"""Two phrasings of an item with this ratio or more say the same: one of them has no use."""
_CONFUSED = 3
"""So many phrasings of a sample that lead to the same wrong item are no chance."""
_SAMPLE = 1500
"""Phrasings that are held out, to see where they lead."""


class AdviceKind(StrEnum):
    """What could be better, with the details that say more."""

    FEW_PHRASINGS = "few-phrasings"
    """An item has too few phrasings: only ``count``."""
    REDUNDANT_PHRASINGS = "redundant-phrasings"
    """Two phrasings of an item, ``one`` and ``other``, are nearly the same."""
    SHARED_FORM = "shared-form"
    """Phrasings of several items have the same standardised ``form``, which therefore reaches none of them."""
    MERGED_KEYWORDS = "merged-keywords"
    """A group of synonyms makes one word of the keywords of several items, the tuple ``words``."""
    CONFUSED_ITEMS = "confused-items"
    """So many (``count``) held-out phrasings of the first item, like ``example``, lead to the second."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to look at. ``items``: the ids of the items that it is about."""

    kind: AdviceKind
    items: tuple[str, ...]
    details: Mapping[str, object]


def advise(base: KnowledgeBase, index: Index, confidence: ConfidenceModel, progress: Progress) -> Iterator[Advice]:
    """All advice on a knowledge base, by kind."""
    for item in base.items:
        count = len(item.all_phrasings())
        if item.kind is Kind.ANSWER and count < _ENOUGH:
            yield Advice(AdviceKind.FEW_PHRASINGS, (item.id,), {"count": count})
    for item, forms in zip(index.items, index.forms, strict=True):
        for place, form in enumerate(forms):
            for other in near_copies(form, forms[:place], _REDUNDANT)[:1]:
                yield Advice(AdviceKind.REDUNDANT_PHRASINGS, (item.id,), {"one": other, "other": form})
    for form, numbers in index.by_form.items():
        if len(numbers) > 1:
            yield Advice(AdviceKind.SHARED_FORM, tuple(index.items[number].id for number in numbers), {"form": form})
    yield from _merged_keywords(base)
    yield from _confused_items(index, confidence, progress)


def _merged_keywords(base: KnowledgeBase) -> Iterator[Advice]:
    owners: dict[str, list[Item]] = defaultdict(list)
    for item in base.items:
        for keyword in item.keywords:
            owners[normalise(keyword)].append(item)
    for group in base.synonyms:
        found = {word: owners[normalise(word)] for word in group if normalise(word) in owners}
        ids = dict.fromkeys(item.id for items in found.values() for item in items)
        if len(found) > 1 and len(ids) > 1:
            yield Advice(AdviceKind.MERGED_KEYWORDS, tuple(ids), {"words": tuple(found)})


def _confused_items(index: Index, confidence: ConfidenceModel, progress: Progress) -> Iterator[Advice]:
    confused: dict[tuple[str, str], list[str]] = defaultdict(list)
    for number, form in progress(sample(index, _SAMPLE)):
        best = Matcher(without_near_copies(index, number, form), confidence).best(form)
        if best and best.item is not index.items[number]:
            confused[index.items[number].id, best.item.id].append(form)
    for pair, forms in sorted(confused.items(), key=lambda row: -len(row[1])):
        if len(forms) >= _CONFUSED:
            yield Advice(AdviceKind.CONFUSED_ITEMS, pair, {"count": len(forms), "example": forms[0]})
