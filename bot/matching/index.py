"""An inverted index over items: which term stands in how many of an item's phrasings."""

import math
from collections import ChainMap
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.items import Item, KnowledgeBase
from bot.matching.lexicon import Lexicon
from bot.matching.sound import syllable
from bot.matching.terms import Term, grams
from bot.text import normalise

_SATURATION = 0.03
"""A term that stands in this share of an item's phrasings counts half, one that stands in all counts almost whole."""
_ANSWER_SHARE = 0.02
"""A term of the answer's text counts as one that stands in this share of the phrasings."""
_KEYWORD_SHARE = 0.2
"""A term of a keyword counts as one that stands in this share of the phrasings."""
_PAIR = 2

Holders = Mapping[int, float]
"""The items that hold a term, each with how typical the term is of it, 0..1."""


class Sounds:
    """Which terms sound alike. Worked out when first asked: most questions are spelt right."""

    def __init__(self, terms: Iterable[str]) -> None:
        self._terms = terms
        self._by_sound: dict[str, list[str]] = {}

    def terms(self, sound: str) -> Sequence[str]:
        """The terms of the index with this folded pinyin."""
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

    ``forms``: the ways to ask each item, standardised, without repetitions. ``by_form``: who is asked by a form.
    """

    items: tuple[Item, ...]
    lexicon: Lexicon
    forms: tuple[tuple[str, ...], ...]
    by_form: Mapping[str, tuple[int, ...]]
    postings: Mapping[str, Holders]
    sounds: Sounds

    @classmethod
    def build(cls, base: KnowledgeBase) -> "Index":
        """Index a knowledge base."""
        lexicon = Lexicon(base.synonyms, base.frames)
        forms = tuple(
            tuple(dict.fromkeys(standard_form(asking, lexicon) for asking in item.askings())) for item in base.items
        )
        by_form: dict[str, tuple[int, ...]] = {}
        postings: dict[str, dict[int, float]] = {}
        for number, (item, askings) in enumerate(zip(base.items, forms, strict=True)):
            for form in askings:
                by_form[form] = (*by_form.get(form, ()), number)
            for term, share in _shares(item, askings, len(askings), lexicon).items():
                postings.setdefault(term, {})[number] = share / (share + _SATURATION)
        return cls(base.items, lexicon, forms, by_form, postings, Sounds(postings))

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
        """The index as it is for who never asks an item in these forms; the item is gone if none is left.

        What one phrasing less would change in the weight of others is left as it is.
        """
        left = tuple(form for form in self.forms[number] if form not in forms)
        size = len(self.forms[number])
        before = _shares(self.items[number], self.forms[number], size, self.lexicon)
        after = _shares(self.items[number], left, size, self.lexicon) if left else {}
        patch: dict[str, dict[int, float]] = {}
        for term in before:
            if after.get(term) != before[term]:
                patch[term] = {other: typical for other, typical in self.postings[term].items() if other != number}
                if share := after.get(term):
                    patch[term][number] = share / (share + _SATURATION)
        gone = {form: tuple(holder for holder in self.by_form[form] if holder != number) for form in forms}
        return replace(
            self,
            forms=(*self.forms[:number], left, *self.forms[number + 1 :]),
            by_form=ChainMap(gone, self.by_form),  # type: ignore[arg-type]  # nothing is written to either
            postings=ChainMap(patch, self.postings),  # type: ignore[arg-type]  # as above
        )


def standard_form(text: str, lexicon: Lexicon) -> str:
    """The form in which phrasings and questions meet: normal, with standard words."""
    return lexicon.standardise(normalise(text))


def _shares(item: Item, forms: Collection[str], size: int, lexicon: Lexicon) -> Mapping[str, float]:
    """The share of an item's ``size`` phrasings that hold each term; terms of other texts count as in a few."""
    counted: dict[str, int] = {}
    for form in forms:
        for term in grams(form):
            counted[term] = counted.get(term, 0) + 1
    shares = {term: count / size for term, count in counted.items()}
    for share, text in (*((_KEYWORD_SHARE, keyword) for keyword in item.keywords), (_ANSWER_SHARE, item.answer)):
        for term in grams(standard_form(text, lexicon)):
            shares[term] = max(shares.get(term, 0.0), share)
    return shares
