"""An inverted index over items: which term stands in how many of an item's phrasings."""

import math
from collections import ChainMap, Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TypeVar

from bot.items import Item, Kind, KnowledgeBase
from bot.matching.acts import Acts, act_of
from bot.matching.keywords import Keywords
from bot.matching.lexicon import Lexicon
from bot.matching.paraphrases import ways_to_ask
from bot.matching.phonetics import sound_of
from bot.matching.terms import Term, grams

_SATURATION = 0.015
"""A term that stands in this share of an item's phrasings counts half, one that stands in all counts almost whole."""
_ANSWER_SHARE = 0.02
"""A term of the answer, or of a way to ask that was made, counts as one that stands in this share of the phrasings."""
_KEYWORD_SHARE = 0.2
"""A term of a keyword counts as one that stands in this share of the phrasings."""
_YOUNG = 6
"""Phrasings, the question among them, below which an item is also known by ways to ask that are made from it."""
_PAIR = 2
_MATTER_SHARE = 0.5
"""A term that stands in this share of a refusal's phrasings is what it refuses."""
_MATTER_WEIGHT = 2.0
"""A term that weighs less is too common to be anybody's matter."""

_T = TypeVar("_T")

Holders = Mapping[int, float]
"""The items that hold a term, each with how typical the term is of it, 0..1."""


@dataclass(frozen=True)
class Sounds:
    """Which terms sound alike. ``known``: the sounds of other terms, which are sounds of the index too."""

    terms: Iterable[str]
    known: "Sounds | None" = None

    def alike(self, sound: str) -> list[str]:
        """The terms of the index with this folded pinyin."""
        known = self.known.alike(sound) if self.known else []
        return known + self._by_sound.get(sound, [])

    @cached_property
    def _by_sound(self) -> Mapping[str, list[str]]:
        """Worked out when it is first needed: most questions are spelt right."""
        by_sound: dict[str, list[str]] = {}
        for term in self.terms:
            # Longer terms hold Latin words or numbers, which no one confuses by ear.
            if len(term) <= _PAIR:
                by_sound.setdefault(sound_of(term), []).append(term)
        return by_sound


@dataclass(frozen=True, slots=True)
class Index:
    """Everything that is computed once for a knowledge base. Items are known by their number in ``items``.

    ``forms``: the ways to ask each item, standardised, without repetitions. ``by_form``: the items of each form.
    ``acts``: what is told apart before matching; the items that word it are not among ``items``.
    ``tables``: the synonyms and frames that the lexicon was made of.
    ``negatives``: of each item that has any, by its id, the forms of its negatives and all forms that it is asked in,
    also those that it is held out from. An item that words an act may have negatives too.
    ``made``: of each item with few phrasings, ways to ask it that are made of its question. They are compared with, but
    are no phrasings: nothing else knows them.
    """

    items: tuple[Item, ...]
    lexicon: Lexicon
    forms: tuple[tuple[str, ...], ...]
    by_form: Mapping[str, tuple[int, ...]]
    postings: Mapping[str, Holders]
    sounds: Sounds
    acts: Acts
    keywords: Keywords
    tables: tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]
    negatives: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
    made: tuple[tuple[str, ...], ...]

    @classmethod
    def build(cls, base: KnowledgeBase) -> "Index":
        """Index a knowledge base."""
        lexicon = Lexicon.of(base.synonyms, base.frames)
        items = tuple(item for item in base.items if act_of(item) is None)
        forms = tuple(_forms(item, lexicon) for item in items)
        by_form: dict[str, tuple[int, ...]] = {}
        postings: dict[str, dict[int, float]] = {}
        for number, (item, own) in enumerate(zip(items, forms, strict=True)):
            for form in own:
                by_form[form] = (*by_form.get(form, ()), number)
            for term, typical in _typical(item, own, lexicon).items():
                postings.setdefault(term, {})[number] = typical
        tables = (base.synonyms, base.frames)
        keywords = Keywords(items, lexicon)
        acts, negatives = Acts(base.items), _negatives(base.items, lexicon)
        made = tuple(_made(item, own, lexicon) for item, own in zip(items, forms, strict=True))
        return cls(items, lexicon, forms, by_form, postings, Sounds(postings), acts, keywords, tables, negatives, made)

    def number(self, item_id: str) -> int | None:
        """The number of an item, if there is one with this id."""
        return next((number for number, item in enumerate(self.items) if item.id == item_id), None)

    def compared(self, number: int) -> tuple[str, ...]:
        """The forms that a question is compared with for an item: in which it is asked, and those that were made."""
        return self.forms[number] + self.made[number]

    def holders(self, term: Term) -> tuple[Holders, bool]:
        """The items that hold a term, and whether they do so by ear alone: only for a term that none holds as spelt."""
        if spelt := self.postings.get(term.text):
            return spelt, False
        heard: dict[int, float] = {}
        for other in self.sounds.alike(term.sound) if term.sound else ():
            for number, typical in self.postings[other].items():
                heard[number] = min(1.0, heard.get(number, 0.0) + typical)
        return heard, bool(heard)

    def weight(self, holders: Holders) -> float:
        """How much a term tells: the logarithm of how rare it is among the items."""
        return math.log((len(self.items) + 1) / (len(holders) + 0.5))

    def weights(self, form: str) -> Mapping[str, float]:
        """What each of the different terms of a standardised form tells, as it is spelt."""
        return {term: self.weight(self.postings.get(term, {})) for term in grams(form)}

    def matter(self, number: int) -> frozenset[str]:
        """What an item is about: the sounds of the pairs that stand in half of its phrasings and in few other items.

        Empty for an item that is asked about in too many ways.
        """
        return frozenset(
            sound_of(term)
            for term in _repeated(self.forms[number])
            if self.weight(self.postings[term]) >= _MATTER_WEIGHT
        )

    def without(self, number: int, forms: Collection[str]) -> "Index":
        """The index as if an item had never been asked in these forms; without the item if no other form is left.

        Terms of its other phrasings stay as typical of it as they are.
        """
        item, left = self.items[number], tuple(form for form in self.forms[number] if form not in forms)
        if not left:
            return self._with(number, item, (), {}, self._terms(number))
        typical = _typical(item, left, self.lexicon, len(self.forms[number]))
        return self._with(number, item, left, typical, {term for form in forms for term in grams(form)})

    def with_item(self, item: Item) -> "Index":
        """The index with one more item, or with this item in place of that with its id; equal to an index built anew.

        It is made fast and answers slowly: for a look ahead.
        """
        if act := act_of(item):
            return replace(
                self, acts=Acts({**self.acts.items, act: item}.values()), negatives=self._negatives_with(item)
            )
        number = self.number(item.id)
        forms = _forms(item, self.lexicon)
        typical = _typical(item, forms, self.lexicon)
        if number is None:
            index = self._with(len(self.items), item, forms, typical, typical)
        else:
            index = self._with(number, item, forms, typical, {*typical, *self._terms(number)})
        return replace(index, negatives=self._negatives_with(item))

    def _negatives_with(self, item: Item) -> Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]:
        others = {item_id: forms for item_id, forms in self.negatives.items() if item_id != item.id}
        return {**others, **_negatives([item], self.lexicon)}

    def _terms(self, number: int) -> set[str]:
        """The terms that an item holds."""
        return {*_typical(self.items[number], self.forms[number], self.lexicon)}

    def _with(
        self, number: int, item: Item, forms: tuple[str, ...], typical: Mapping[str, float], touched: Iterable[str]
    ) -> "Index":
        """The index with an item that is asked in these forms; it holds the touched terms if they are typical of it."""
        old_forms = self.forms[number] if number < len(self.forms) else ()
        by_form: dict[str, tuple[int, ...]] = {}
        for form in {*old_forms} ^ {*forms}:
            others = {*self.by_form.get(form, ())} - {number}
            by_form[form] = tuple(sorted({*others, number} if form in forms else others))
        postings: dict[str, Holders] = {}
        for term in touched:
            holders = {other: value for other, value in self.postings.get(term, {}).items() if other != number}
            postings[term] = {**holders, number: typical[term]} if term in typical else holders
        items = (*self.items[:number], item, *self.items[number + 1 :])
        unheard = [term for term in touched if term not in self.postings]
        return replace(
            self,
            items=items,
            forms=(*self.forms[:number], forms, *self.forms[number + 1 :]),
            made=(*self.made[:number], _made(item, forms, self.lexicon), *self.made[number + 1 :]),
            by_form=_chain(by_form, self.by_form),
            postings=_chain(postings, self.postings),
            sounds=Sounds(unheard, self.sounds) if unheard else self.sounds,
            keywords=self.keywords if item in self.items else Keywords(items, self.lexicon),
        )


def _made(item: Item, forms: Sequence[str], lexicon: Lexicon) -> tuple[str, ...]:
    """The forms of ways to ask that are made of an item's question, if it is asked in few, the question among them."""
    if len(forms) >= _YOUNG or item.kind is not Kind.ANSWER or lexicon.form(item.question) not in forms:
        return ()
    return tuple(form for form in _ways(item.question, lexicon) if form not in forms)


@lru_cache(maxsize=1 << 12)  # asked for its terms and for what is compared, and in indexes that differ by one item
def _ways(question: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The forms of the ways to ask that are made of a question."""
    return tuple(dict.fromkeys(form for way in ways_to_ask(question) if (form := lexicon.form(way))))


def _forms(item: Item, lexicon: Lexicon) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lexicon.form(phrasing) for phrasing in item.all_phrasings()))


def _negatives(items: Iterable[Item], lexicon: Lexicon) -> Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    return {
        item.id: (tuple(filter(None, map(lexicon.form, item.negatives))), _forms(item, lexicon))
        for item in items
        if item.negatives
    }


@lru_cache(maxsize=1 << 12)  # indexes that differ by one item are asked one after the other
def _repeated(forms: tuple[str, ...]) -> tuple[str, ...]:
    """The pairs that stand in half of these forms."""
    counted = Counter(term for form in forms for term in grams(form) if len(term) == _PAIR)
    return tuple(term for term, count in counted.items() if count >= _MATTER_SHARE * len(forms))


def _typical(item: Item, forms: Sequence[str], lexicon: Lexicon, size: int = 0) -> Mapping[str, float]:
    """How typical each term is of an item by the share of its ``size`` phrasings that hold it.

    Terms of its other texts count as in a few. Without a size it is asked in these forms alone.
    """
    counted = Counter(term for form in forms for term in grams(form))
    shares = {term: count / (size or len(forms)) for term, count in counted.items()}
    others = (
        *((_KEYWORD_SHARE, keyword) for keyword in item.keywords),
        *((_ANSWER_SHARE, form) for form in _made(item, forms, lexicon)),
        (_ANSWER_SHARE, item.answer),
    )
    for share, text in others:
        for term in grams(lexicon.form(text)):
            shares[term] = max(shares.get(term, 0.0), share)
    return {term: share / (share + _SATURATION) for term, share in shares.items()}


def _chain(patch: Mapping[str, _T], whole: Mapping[str, _T]) -> Mapping[str, _T]:
    """A table with some of its entries replaced."""
    return ChainMap(patch, whole)  # type: ignore[arg-type]  # nothing is written to either
