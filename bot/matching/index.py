"""An inverted index over items: which term occurs in how many of an item's phrasings."""

import math
from collections import ChainMap, Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from bot.items import Item, KnowledgeBase
from bot.matching.lexicon import Lexicon
from bot.matching.sound import syllable
from bot.matching.terms import grams, units
from bot.text import clauses, normalise

_SATURATION = 0.03
"""A term that stands in this share of an item's phrasings counts half, one that stands in all counts almost whole."""
_ANSWER_SHARE = 0.02
"""A term of the answer's text counts as one that stands in this share of the phrasings."""

_PAIR = 2

Postings = Mapping[str, tuple[tuple[int, float], ...]]


@dataclass(frozen=True, slots=True)
class Field:
    """One kind of terms. ``postings``: the items that hold a term, each with how typical it is of it, 0..1."""

    postings: Postings
    weights: Mapping[str, float]
    unseen: float
    """The weight of a term that no item holds."""

    def weight(self, term: str) -> float:
        """How much a term tells: the logarithm of how rare it is among the items."""
        return self.weights.get(term, self.unseen)


@dataclass(frozen=True, slots=True)
class Index:
    """Everything that is computed once for a knowledge base. Items are known by their number in ``items``.

    ``forms``: the ways to ask each item, standardised, without repetitions. ``by_form``: who is asked by a form.
    """

    items: tuple[Item, ...]
    lexicon: Lexicon
    forms: tuple[tuple[str, ...], ...]
    by_form: Mapping[str, tuple[int, ...]]
    text: Field
    sound: Field

    @classmethod
    def build(cls, base: KnowledgeBase) -> "Index":
        """Index a knowledge base."""
        lexicon = Lexicon(base.synonyms, base.frames)
        forms = tuple(
            tuple(dict.fromkeys(standard_form(asking, lexicon) for asking in item.askings())) for item in base.items
        )
        by_form: dict[str, tuple[int, ...]] = {}
        for number, askings in enumerate(forms):
            for form in askings:
                by_form[form] = (*by_form.get(form, ()), number)
        texts = [_shares(item, askings, lexicon) for item, askings in zip(base.items, forms, strict=True)]
        return cls(base.items, lexicon, forms, by_form, _field(texts), _field(map(_sounds, texts)))

    def form(self, text: str) -> str:
        """The form in which phrasings and questions meet: normal, with standard words."""
        return standard_form(text, self.lexicon)

    def without(self, number: int, forms: Collection[str]) -> "Index":
        """The index as it would be if an item were not asked in these forms; the item is gone if none is left.

        The weights stay as they are: one phrasing, or one item, hardly changes how rare a term is.
        """
        left = tuple(form for form in self.forms[number] if form not in forms)
        before = _shares(self.items[number], self.forms[number], self.lexicon)
        after = _shares(self.items[number], left, self.lexicon) if left else {}
        gone = {form: tuple(holder for holder in self.by_form[form] if holder != number) for form in forms}
        return replace(
            self,
            forms=(*self.forms[:number], left, *self.forms[number + 1 :]),
            by_form=ChainMap(gone, self.by_form),  # type: ignore[arg-type]  # nothing is written to either
            text=_patched(self.text, number, before, after),
            sound=_patched(self.sound, number, _sounds(before), _sounds(after)),
        )


def standard_form(text: str, lexicon: Lexicon) -> str:
    """The form in which phrasings and questions meet: normal, with standard words."""
    return lexicon.standardise(normalise(text))


def _shares(item: Item, forms: Collection[str], lexicon: Lexicon) -> Mapping[str, float]:
    """The share of an item's phrasings that hold each term; terms of its answer count as in a few."""
    counted: Counter[str] = Counter()
    for form in forms:
        counted.update(set(grams(units(form))))
    shares = {term: count / len(forms) for term, count in counted.items()}
    for clause, _ in clauses(item.answer):
        for term in grams(units(lexicon.standardise(clause))):
            shares[term] = max(shares.get(term, 0.0), _ANSWER_SHARE)
    return shares


def _sounds(shares: Mapping[str, float]) -> Mapping[str, float]:
    """Shares by sound. Homophones of one item add up."""
    sounds: dict[str, float] = {}
    for term, share in shares.items():
        # Longer terms hold Latin words or numbers, which no one confuses by ear.
        key = " ".join(map(syllable, term)) if len(term) <= _PAIR else ""
        if key and not key.startswith(" ") and not key.endswith(" "):
            sounds[key] = min(1.0, sounds.get(key, 0.0) + share)
    return sounds


def _field(items: Iterable[Mapping[str, float]]) -> Field:
    postings: dict[str, list[tuple[int, float]]] = {}
    count = 0
    for number, shares in enumerate(items):
        count += 1
        for term, share in shares.items():
            postings.setdefault(term, []).append((number, _typical(share)))
    weights = {term: math.log((count + 1) / (len(holders) + 0.5)) for term, holders in postings.items()}
    return Field({term: tuple(holders) for term, holders in postings.items()}, weights, math.log((count + 1) / 0.5))


def _patched(field: Field, number: int, before: Mapping[str, float], after: Mapping[str, float]) -> Field:
    patch = {}
    for term, share in before.items():
        if after.get(term) != share:
            others = tuple(holder for holder in field.postings[term] if holder[0] != number)
            patch[term] = (*others, (number, _typical(after[term]))) if term in after else others
    return replace(field, postings=ChainMap(patch, field.postings))  # type: ignore[arg-type]  # as above


def _typical(share: float) -> float:
    return share / (share + _SATURATION)
