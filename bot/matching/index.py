"""An inverted index over items: which term stands in how many of an item's phrasings."""

import math
from collections import ChainMap
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.items import Item, KnowledgeBase
from bot.matching.lexicon import Lexicon
from bot.matching.phonetics import syllable
from bot.matching.terms import Term, grams
from bot.text import normalise

_SATURATION = 0.03
"""A term that stands in this share of an item's phrasings counts half, one that stands in all counts almost whole."""
_ANSWER_SHARE = 0.02
"""A term of the answer's text counts as one that stands in this share of the phrasings."""
_KEYWORD_SHARE = 0.2
"""A term of a keyword counts as one that stands in this share of the phrasings."""
_PAIR = 2

_T = TypeVar("_T")

Holders = Mapping[int, float]
"""The items that hold a term, each with how typical the term is of it, 0..1."""


class Sounds:
    """Which terms sound alike. It is worked out when it is first needed: most questions are spelt right.

    ``known``: the sounds of other terms, which are sounds of the index too.
    """

    def __init__(self, terms: Iterable[str], known: "Sounds | None" = None) -> None:
        self._terms = terms
        self._known = known
        self._by_sound: dict[str, list[str]] = {}

    def terms(self, sound: str) -> Sequence[str]:
        """The terms of the index with this folded pinyin."""
        own = self._own(sound)
        return [*self._known.terms(sound), *own] if self._known else own

    def _own(self, sound: str) -> Sequence[str]:
        if not self._by_sound:
            by_sound: dict[str, list[str]] = {}
            for term in self._terms:
                # Longer terms hold Latin words or numbers, which no one confuses by ear.
                if len(term) <= _PAIR:
                    by_sound.setdefault(" ".join(map(syllable, term)), []).append(term)
            # Set at once: another thread may be asking.
            self._by_sound = by_sound
        return self._by_sound.get(sound, ())


@dataclass(frozen=True, slots=True)
class Index:
    """Everything that is computed once for a knowledge base. Items are known by their number in ``items``.

    ``forms``: the ways to ask each item, standardised, without repetitions. ``by_form``: the items of each form.
    ``tables``: the synonyms and frames that the lexicon was made of.
    """

    items: tuple[Item, ...]
    lexicon: Lexicon
    forms: tuple[tuple[str, ...], ...]
    by_form: Mapping[str, tuple[int, ...]]
    postings: Mapping[str, Holders]
    sounds: Sounds
    tables: tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]

    @classmethod
    def build(cls, base: KnowledgeBase) -> "Index":
        """Index a knowledge base."""
        lexicon = Lexicon(base.synonyms, base.frames)
        forms = tuple(_forms(item, lexicon) for item in base.items)
        by_form: dict[str, tuple[int, ...]] = {}
        postings: dict[str, dict[int, float]] = {}
        for number, (item, own) in enumerate(zip(base.items, forms, strict=True)):
            for form in own:
                by_form[form] = (*by_form.get(form, ()), number)
            for term, typical in _typical(item, own, lexicon).items():
                postings.setdefault(term, {})[number] = typical
        tables = (base.synonyms, base.frames)
        return cls(base.items, lexicon, forms, by_form, postings, Sounds(postings), tables)

    def number(self, item_id: str) -> int | None:
        """The number of an item, if there is one with this id."""
        return next((number for number, item in enumerate(self.items) if item.id == item_id), None)

    def form(self, text: str) -> str:
        """The form in which phrasings and questions meet: normal, with standard words."""
        return standard_form(text, self.lexicon)

    def holders(self, term: Term) -> tuple[Holders, bool]:
        """The items that hold a term, and whether they do so by ear alone: only for a term that none holds as spelt."""
        if spelt := self.postings.get(term.text):
            return spelt, False
        heard: dict[int, float] = {}
        for other in self.sounds.terms(term.sound) if term.sound else ():
            for number, typical in self.postings[other].items():
                heard[number] = min(1.0, heard.get(number, 0.0) + typical)
        return heard, bool(heard)

    def weight(self, holders: Holders) -> float:
        """How much a term tells: the logarithm of how rare it is among the items."""
        return math.log((len(self.items) + 1) / (len(holders) + 0.5))

    def without(self, number: int, forms: Collection[str]) -> "Index":
        """The index as if an item had never been asked in these forms; without the item if no other form is left.

        Terms of its other phrasings stay as typical of it as they are.
        """
        item, size = self.items[number], len(self.forms[number])
        left = tuple(form for form in self.forms[number] if form not in forms)
        after = _typical(item, left, self.lexicon, size) if left else {}
        touched = {term for form in forms for term in grams(form)} if left else self._typical_of(number)
        gone = {form: tuple(holder for holder in self.by_form[form] if holder != number) for form in forms}
        return replace(
            self,
            forms=(*self.forms[:number], left, *self.forms[number + 1 :]),
            by_form=_chain(gone, self.by_form),
            postings=_chain(self._patched(number, touched, after), self.postings),
        )

    def with_item(self, item: Item) -> "Index":
        """The index with one more item, or with this item in place of that with its id; equal to an index built anew.

        It is made fast and answers slowly: for a look ahead.
        """
        known = self.number(item.id)
        number = len(self.items) if known is None else known
        before, old = ({}, ()) if known is None else (self._typical_of(number), self.forms[number])
        forms = _forms(item, self.lexicon)
        after = _typical(item, forms, self.lexicon)
        by_form: dict[str, tuple[int, ...]] = {}
        for form in {*old, *forms}:
            others = {*self.by_form.get(form, ())} - {number}
            by_form[form] = tuple(sorted({*others, number} if form in forms else others))
        return replace(
            self,
            items=(*self.items[:number], item, *self.items[number + 1 :]),
            forms=(*self.forms[:number], forms, *self.forms[number + 1 :]),
            by_form=_chain(by_form, self.by_form),
            postings=_chain(self._patched(number, {*before, *after}, after), self.postings),
            sounds=Sounds([term for term in after if term not in self.postings], self.sounds),
        )

    def _typical_of(self, number: int) -> Mapping[str, float]:
        """The terms that an item holds, each with how typical it is of it."""
        return _typical(self.items[number], self.forms[number], self.lexicon)

    def _patched(self, number: int, terms: Iterable[str], typical: Mapping[str, float]) -> Mapping[str, Holders]:
        """The holders of some terms when an item is typical of them as given."""
        patch: dict[str, Holders] = {}
        for term in terms:
            others = {other: value for other, value in self.postings.get(term, {}).items() if other != number}
            patch[term] = {**others, number: typical[term]} if term in typical else others
        return patch


def standard_form(text: str, lexicon: Lexicon) -> str:
    """The form in which phrasings and questions meet: normal, with standard words."""
    return lexicon.standardise(normalise(text))


def _forms(item: Item, lexicon: Lexicon) -> tuple[str, ...]:
    return tuple(dict.fromkeys(standard_form(phrasing, lexicon) for phrasing in item.all_phrasings()))


def _typical(item: Item, forms: Sequence[str], lexicon: Lexicon, size: int = 0) -> Mapping[str, float]:
    """How typical each term is of an item by the share of its ``size`` phrasings that hold it.

    Terms of its other texts count as in a few. Without a size it is asked in these forms alone.
    """
    counted: dict[str, int] = {}
    for form in forms:
        for term in grams(form):
            counted[term] = counted.get(term, 0) + 1
    shares = {term: count / (size or len(forms)) for term, count in counted.items()}
    for share, text in (*((_KEYWORD_SHARE, keyword) for keyword in item.keywords), (_ANSWER_SHARE, item.answer)):
        for term in grams(standard_form(text, lexicon)):
            shares[term] = max(shares.get(term, 0.0), share)
    return {term: share / (share + _SATURATION) for term, share in shares.items()}


def _chain(patch: Mapping[str, _T], whole: Mapping[str, _T]) -> Mapping[str, _T]:
    """A table with some of its entries replaced."""
    return ChainMap(patch, whole)  # type: ignore[arg-type]  # nothing is written to either
