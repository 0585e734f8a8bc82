"""An inverted index over items: which term occurs in how many of an item's phrasings."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.items import Item
from bot.matching.lexicon import Lexicon
from bot.matching.sound import syllable
from bot.matching.terms import grams, units
from bot.text import clauses, normalise

_SATURATION = 0.03
"""A term that stands in this share of an item's phrasings counts half, one that stands in all counts almost whole."""
_ANSWER_SHARE = 0.02
"""A term of the answer's text counts as one that stands in this share of the phrasings."""

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


class Index:
    """Everything that is computed once for a knowledge base. Items are known by their number in ``items``."""

    def __init__(self, items: Iterable[Item], lexicon: Lexicon) -> None:
        self.items = tuple(items)
        self.lexicon = lexicon
        self.forms = tuple(tuple(dict.fromkeys(map(self.form, item.askings()))) for item in self.items)
        by_form: dict[str, list[int]] = {}
        for number, forms in enumerate(self.forms):
            for form in forms:
                by_form.setdefault(form, []).append(number)
        self.by_form: Mapping[str, tuple[int, ...]] = {form: tuple(numbers) for form, numbers in by_form.items()}
        texts, sounds = [], []
        for item, forms in zip(self.items, self.forms, strict=True):
            counts = self._counts(item, forms)
            texts.append(counts)
            sounds.append(_sounds(counts))
        self.text = _field(texts)
        self.sound = _field(sounds)

    def form(self, text: str) -> str:
        """The form in which phrasings and questions meet: normal, with standard words."""
        return self.lexicon.standardise(normalise(text))

    def _counts(self, item: Item, forms: Iterable[str]) -> Mapping[str, float]:
        """The share of an item's phrasings that hold each term."""
        counted: Counter[str] = Counter()
        for form in forms:
            counted.update(set(grams(units(form))))
        size = len(self.forms) and max(1, len(tuple(forms)))
        shares = {term: count / size for term, count in counted.items()}
        for clause, _ in clauses(item.answer):
            for term in grams(units(self.lexicon.standardise(clause))):
                shares[term] = max(shares.get(term, 0.0), _ANSWER_SHARE)
        return shares


def _sounds(shares: Mapping[str, float]) -> Mapping[str, float]:
    """Shares by sound. Homophones of one item add up."""
    sounds: dict[str, float] = {}
    for term, share in shares.items():
        key = " ".join(map(syllable, term)) if len(term) < 3 else ""
        if key and not key.startswith(" ") and not key.endswith(" "):
            sounds[key] = min(1.0, sounds.get(key, 0.0) + share)
    return sounds


def _field(items: Iterable[Mapping[str, float]]) -> Field:
    postings: dict[str, list[tuple[int, float]]] = {}
    count = 0
    for number, shares in enumerate(items):
        count += 1
        for term, share in shares.items():
            postings.setdefault(term, []).append((number, share / (share + _SATURATION)))
    weights = {term: math.log((count + 1) / (len(holders) + 0.5)) for term, holders in postings.items()}
    return Field({term: tuple(holders) for term, holders in postings.items()}, weights, math.log((count + 1) / 0.5))
