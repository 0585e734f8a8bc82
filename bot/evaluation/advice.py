"""What could be better in a knowledge base without a fault: where items are thin, alike or in each other's way."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from bot.evaluation.leave_one_out import Progress, leave_phrasings_out, sample
from bot.items import Item, Kind, KnowledgeBase
from bot.matching.index import Index
from bot.matching.matcher import Matcher
from bot.text import normalise
from bot.texts import command_line as command_line_texts

THIN = 10
"""An item of kind ``answer`` with fewer ways to ask it than this is thin: the second dozen still pays."""
ALIKE = 90
"""Two phrasings of an item with this rapidfuzz ratio or more say the same: one of them has no use."""
STOLEN = 3
"""So many phrasings of a sample that lead to the same wrong item are no chance."""
SAMPLE = 1500
"""Phrasings that are asked without themselves, to see where they lead."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to look at: the ids of the items it is about, and what to do in words for admins."""

    items: tuple[str, ...]
    message: str


def advise(base: KnowledgeBase, index: Index, matcher: Callable[[Index], Matcher], track: Progress) -> Iterator[Advice]:
    """All advice on a knowledge base, by kind."""
    yield from _thin(base)
    yield from _alike(index)
    yield from _same(index)
    yield from _merged(base)
    yield from _stolen(index, matcher, track)


def _thin(base: KnowledgeBase) -> Iterator[Advice]:
    for item in base.items:
        count = len(list(item.all_phrasings()))
        if item.kind is Kind.ANSWER and count < THIN:
            yield Advice((item.id,), command_line_texts.ADVICE_THIN.format(count=count))


def _alike(index: Index) -> Iterator[Advice]:
    for item, forms in zip(index.items, index.forms, strict=True):
        for place, form in enumerate(forms):
            other = next((other for other in forms[:place] if fuzz.ratio(form, other) >= ALIKE), None)
            if other:
                yield Advice((item.id,), command_line_texts.ADVICE_ALIKE.format(one=other, other=form))


def _same(index: Index) -> Iterator[Advice]:
    """Different words in the files, one form for the matcher: neither item is reached by it."""
    for form, numbers in index.by_form.items():
        if len(numbers) > 1:
            yield Advice(
                tuple(index.items[number].id for number in numbers), command_line_texts.ADVICE_SAME.format(form=form)
            )


def _merged(base: KnowledgeBase) -> Iterator[Advice]:
    """A group of synonyms that makes key terms of different items one word."""
    owners: dict[str, list[Item]] = defaultdict(list)
    for item in base.items:
        for keyword in item.keywords:
            owners[normalise(keyword)].append(item)
    for group in base.synonyms:
        found = {word: owners[normalise(word)] for word in group if normalise(word) in owners}
        ids = list(dict.fromkeys(item.id for items in found.values() for item in items))
        if len(found) > 1 and len(ids) > 1:
            yield Advice(tuple(ids), command_line_texts.ADVICE_MERGED.format(words="、".join(found)))


def _stolen(index: Index, matcher: Callable[[Index], Matcher], track: Progress) -> Iterator[Advice]:
    """Pairs of items of which one gets the questions of the other."""
    stolen: dict[tuple[str, str], list[str]] = defaultdict(list)
    askings = sample(index, SAMPLE)
    for question in track(leave_phrasings_out(index, askings), len(askings)):
        best = matcher(question.index).best(question.form)
        if best and best.item.id != question.item.id:
            stolen[question.item.id, best.item.id].append(question.form)
    for pair, forms in sorted(stolen.items(), key=lambda row: -len(row[1])):
        if len(forms) >= STOLEN:
            yield Advice(pair, command_line_texts.ADVICE_STOLEN.format(count=len(forms), example=forms[0]))
