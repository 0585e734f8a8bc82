"""What could be better in a knowledge base without a fault: texts that help nobody, items in each other's way."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from statistics import median_low

from bot.evaluation.leave_one_out import Progress, sample, without_near_copies
from bot.evaluation.overlap import ItemTexts, overlap
from bot.items import Item, Kind, KnowledgeBase
from bot.matching import ConfidenceModel, Index, Matcher
from bot.matching.similarity import near_copies
from bot.matching.splitting import ASKING_WORDS
from bot.matching.terms import grams
from bot.text import normalise

_ENOUGH = {Kind.ANSWER: 6, Kind.NOT_COVERED: 4}
"""Phrasings besides the question that an item should have."""
_FIRST = 3
"""Items that should have more phrasings first."""
_LABEL = 24
"""Characters of a question that a button shows whole."""
_OPENING = 3
"""Characters in which answers begin alike."""
_OPENING_SHARE = 0.5
"""From this share of the answers of a kind on, the same opening tires whoever reads several."""
_SEVERAL = 8
"""With fewer answers of a kind the same opening is no habit."""
_TELLING_SHARE, _TELLING_LEAST = 0.2, 3
"""A term that more than this share of the items hold, and more than so many, is too common to name a subject."""
_FOREIGN, _FOREIGN_EACH = 0.1, 0.003
"""A phrasing of which the other texts of its item explain less than this share has only common words with them.

The share grows with each phrasing up to the first number: among few, a good one may be the first to use its words.
"""
_READ = 20_000
"""Phrasings that are looked at for a nearer item."""
_REDUNDANT = 90
"""Two phrasings of an item with this ratio or more say the same: one of them has no use."""
_CONFUSED = 3
"""So many phrasings of a sample that lead to the same wrong item are no chance."""
_SAMPLE = 1500
"""Phrasings that are held out, to see where they lead."""


class AdviceKind(StrEnum):
    """What could be better, with the details that say more."""

    THIN_BASE = "thin-base"
    """Half of the answers have at most ``median`` phrasings; these items should have ``enough`` of them first."""
    FEW_PHRASINGS = "few-phrasings"
    """Items with too few phrasings, fewer than ``answer`` or ``refusal`` by their kind."""
    SAME_OPENING = "same-opening"
    """So many (``count``) of the ``total`` answers of a kind begin with the same ``opening``."""
    LONG_QUESTION = "long-question"
    """A question with so many characters (``length``) that a button cuts it; ``most`` fit."""
    NO_SUBJECT = "no-subject"
    """A ``question`` without a keyword or a rare term of its item: alone on a button, it could be about anything."""
    STRAY_PHRASING = "stray-phrasing"
    """Held out, ``phrasing`` is clearly nearer to the second item, which asks ``question``."""
    FOREIGN_PHRASING = "foreign-phrasing"
    """No rare term of ``phrasing`` stands in another text of its item."""
    REDUNDANT_PHRASINGS = "redundant-phrasings"
    """Two phrasings of an item, ``one`` and ``other``, are nearly the same."""
    SHARED_FORM = "shared-form"
    """Phrasings of several items have the same standardised ``form``, which therefore reaches none of them."""
    MERGED_KEYWORDS = "merged-keywords"
    """A group of synonyms makes one word of the keywords of several items, the tuple ``words``."""
    CONFUSED_ITEMS = "confused-items"
    """So many (``count``) held-out phrasings of the first item, like ``example``, lead to the second."""


@dataclass(frozen=True, slots=True)
class Passage:
    """An item by its id, or one of its texts: the question, a phrasing or the answer as it is written."""

    item: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to look at. ``passages``: what it is about."""

    kind: AdviceKind
    passages: tuple[Passage, ...]
    details: Mapping[str, object]


def advise(
    base: KnowledgeBase, index: Index, confidence: ConfidenceModel, progress: Progress, demand: Mapping[str, int]
) -> Iterator[Advice]:
    """All advice on a knowledge base, that of a kind together. ``demand`` is as in ``thin_base``."""
    if thin := thin_base(base, demand):
        yield thin
    texts = [ItemTexts.of(index, number) for number in range(len(index.items))]
    yield from _few_phrasings(base)
    yield from _same_openings(base)
    yield from _long_questions(base)
    yield from _without_subject(index, texts)
    yield from _misplaced_phrasings(index, texts, confidence, progress)
    yield from _redundant_phrasings(index, texts)
    for form, numbers in index.by_form.items():
        if len(numbers) > 1:
            passages = tuple(_passage(texts[number], form) for number in numbers)
            yield Advice(AdviceKind.SHARED_FORM, passages, {"form": form})
    yield from _merged_keywords(base)
    yield from _confused_items(index, confidence, progress)


def thin_base(base: KnowledgeBase, demand: Mapping[str, int]) -> Advice | None:
    """The items that phrasings would help most, where half of the answers have too few; else None.

    ``demand``: how often each item was wanted, by its id, as far as that is known. Those that were wanted most come
    first, then those with the fewest phrasings.
    """
    answers = [item for item in base.items if item.kind is Kind.ANSWER]
    enough = _ENOUGH[Kind.ANSWER]
    median = median_low([len(item.phrasings) for item in answers] or [enough])
    if median >= enough:
        return None
    few = [item for item in answers if len(item.phrasings) < enough]
    few.sort(key=lambda item: (-demand.get(item.id, 0), len(item.phrasings)))
    first = tuple(Passage(item.id) for item in few[:_FIRST])
    return Advice(AdviceKind.THIN_BASE, first, {"median": median, "enough": enough})


def _few_phrasings(base: KnowledgeBase) -> Iterator[Advice]:
    few = [item for item in base.items if len(item.phrasings) < _ENOUGH.get(item.kind, 0)]
    if few:
        details = {"answer": _ENOUGH[Kind.ANSWER], "refusal": _ENOUGH[Kind.NOT_COVERED]}
        yield Advice(AdviceKind.FEW_PHRASINGS, tuple(Passage(item.id) for item in few), details)


def _same_openings(base: KnowledgeBase) -> Iterator[Advice]:
    for kind in Kind:
        items = [item for item in base.items if item.kind is kind]
        if len(items) < _SEVERAL:
            continue
        opening, count = Counter(item.answer[:_OPENING] for item in items).most_common(1)[0]
        if count >= _OPENING_SHARE * len(items):
            alike = tuple(Passage(item.id, item.answer) for item in items if item.answer.startswith(opening))
            yield Advice(AdviceKind.SAME_OPENING, alike, {"opening": opening, "count": count, "total": len(items)})


def _long_questions(base: KnowledgeBase) -> Iterator[Advice]:
    for item in base.items:
        if len(item.question) > _LABEL and item.kind is not Kind.SMALL_TALK:
            details = {"length": len(item.question), "most": _LABEL}
            yield Advice(AdviceKind.LONG_QUESTION, (Passage(item.id, item.question),), details)


def _without_subject(index: Index, texts: list[ItemTexts]) -> Iterator[Advice]:
    most = max(_TELLING_LEAST, _TELLING_SHARE * len(index.items))
    for own in texts:
        form = index.lexicon.form(own.item.question)
        if own.item.kind is Kind.SMALL_TALK or next(index.keywords.subjects(form), ""):
            continue
        parts = ASKING_WORDS.split(index.lexicon.core(form))
        terms = own.shared[form] & {term for part in parts for term in grams(part)}
        if not any(len(index.postings[term]) <= most for term in terms):
            yield Advice(AdviceKind.NO_SUBJECT, (_passage(own, form),), {"question": own.item.question})


def _misplaced_phrasings(
    index: Index, texts: list[ItemTexts], confidence: ConfidenceModel, progress: Progress
) -> Iterator[Advice]:
    """First those that are nearer to another item, then those that are foreign to their own and near to none.

    Only phrasings of answers are foreign: what a refusal is about stands in its phrasings alone, in ever other words.
    """
    foreign, nearer, strays = list[tuple[int, str]](), list[tuple[int, str]](), set[tuple[int, str]]()
    for number, form in progress(sample(index, _READ)):
        explained = texts[number].explained(index, form)
        least = min(_FOREIGN, _FOREIGN_EACH * len(index.forms[number]))
        if texts[number].item.kind is Kind.ANSWER and explained.own < least:
            foreign.append((number, form))
        if explained.is_nearer_elsewhere:
            nearer.append((number, form))
    for number, form in progress(nearer):
        found = overlap(index, texts[number], form, confidence)
        if found and found.is_taken:
            strays.add((number, form))
            passages = (_passage(texts[number], form), Passage(found.other.id))
            details = {"phrasing": found.phrasing, "question": found.other.question}
            yield Advice(AdviceKind.STRAY_PHRASING, passages, details)
    for number, form in foreign:
        if (number, form) not in strays:
            passage = _passage(texts[number], form)
            yield Advice(AdviceKind.FOREIGN_PHRASING, (passage,), {"phrasing": passage.text})


def _passage(texts: ItemTexts, form: str) -> Passage:
    return Passage(texts.item.id, texts.written[form])


def _redundant_phrasings(index: Index, texts: list[ItemTexts]) -> Iterator[Advice]:
    for own, forms in zip(texts, index.forms, strict=True):
        for place, form in enumerate(forms):
            for other in near_copies(form, forms[:place], _REDUNDANT)[:1]:
                details = {"one": own.written[other], "other": own.written[form]}
                yield Advice(AdviceKind.REDUNDANT_PHRASINGS, (_passage(own, form),), details)


def _merged_keywords(base: KnowledgeBase) -> Iterator[Advice]:
    owners: dict[str, list[Item]] = defaultdict(list)
    for item in base.items:
        for keyword in item.keywords:
            owners[normalise(keyword)].append(item)
    for group in base.synonyms:
        found = {word: owners[normalise(word)] for word in group if normalise(word) in owners}
        ids = dict.fromkeys(item.id for items in found.values() for item in items)
        if len(found) > 1 and len(ids) > 1:
            yield Advice(AdviceKind.MERGED_KEYWORDS, tuple(map(Passage, ids)), {"words": tuple(found)})


def _confused_items(index: Index, confidence: ConfidenceModel, progress: Progress) -> Iterator[Advice]:
    confused: dict[tuple[str, str], list[str]] = defaultdict(list)
    for number, form in progress(sample(index, _SAMPLE)):
        best = Matcher(without_near_copies(index, number, form), confidence).best(form)
        if best and best.item is not index.items[number]:
            confused[index.items[number].id, best.item.id].append(form)
    for (robbed, robber), forms in sorted(confused.items(), key=lambda row: -len(row[1])):
        if len(forms) >= _CONFUSED:
            details = {"count": len(forms), "example": forms[0]}
            yield Advice(AdviceKind.CONFUSED_ITEMS, (Passage(robbed), Passage(robber)), details)
