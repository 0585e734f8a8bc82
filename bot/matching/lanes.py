"""Lanes: each looks at a question in one way and scores items 0..1."""

import heapq
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from bot.matching.index import Holders, Index
from bot.matching.terms import Term, terms

_LOOKED_AT = 8_000
"""Entries of the index that are looked at for one question before common terms stop finding items."""
_KEPT = 100
"""Items that are kept then."""
_HEARD = 0.8
"""What a match by ear is worth: never as much as one by characters."""
SERVED = 0.02
"""An item serves an answer type that more than this share of its phrasings ask for."""
_ANSWER_TYPES = {
    "who": "谁|哪1?位|叫什么|姓什么|姓名|名字",
    "when": "什么时候|哪天|几号|几月|几点|哪年|哪1年|日期|年份",
    "where": "哪里|在哪|地点|地址|会场",
    "how much": "钱|费用|经费|报销|奖金",
    "how long": "多长|多久|字数|多少字|篇幅|几页",
    "how to reach": "电话|号码|联系方式|邮箱|微信",
    "how many": "多少|几个|几名|几条|几本|几篇|几项|名额|人数",
    "why": "为什么|原因|理由",
    "form": "格式|模板|范文|样式",
}
"""The answer types with the words of the language that ask for them, the same for every knowledge base."""

Scores = Mapping[int, float]
"""Item number -> 0..1; an item that is left out scores 0."""


@dataclass(frozen=True, slots=True)
class WeighedTerm:
    """A term with its weight, and the items that hold it; ``heard``: they hold only what sounds like it."""

    term: Term
    weight: float
    holders: Holders
    heard: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A question, or a part of one, ready to be compared.

    ``total``: what all its terms weigh, above 0. ``answer_types``: the kinds of thing that it asks for.
    """

    form: str
    terms: Sequence[WeighedTerm]
    total: float
    answer_types: frozenset[str]

    @classmethod
    def of(cls, form: str, index: Index) -> "Query":
        """From a standardised form that is not empty."""
        weighed = []
        for term in terms(form, index.lexicon):
            holders, heard = index.holders(term)
            weighed.append(WeighedTerm(term, term.weight * index.weight(holders), holders, heard))
        return cls(form, weighed, sum(term.weight for term in weighed) or 1.0, answer_types(form))


def by_characters(query: Query) -> Scores:
    """The share of the question's weight that stands in each item's phrasings and answer.

    A term counts by how rare it is among the items and by how typical it is of the item; what the item does not
    explain is what is missing to 1.
    """
    return _explained(query, heard=False)


def by_sound(query: Query) -> Scores:
    """The share of the question's weight that no item holds in characters, but that sounds like terms of an item.

    Typed pinyin and homophones. Only terms that the whole knowledge base has never seen count, so sound can't outvote
    characters.
    """
    return {number: _HEARD * share for number, share in _explained(query, heard=True).items()}


def by_edit_distance(query: Query, forms: tuple[str, ...]) -> float:
    """The best similarity of the whole question to any one form of an item, by edits."""
    return nearest_form(query, forms)[1]


def by_answer_type(query: Query, forms: tuple[str, ...]) -> float:
    """The share of the question's answer types (when, who, how much, ...) that an item is never asked for.

    It speaks against the item. It is 0 for a question without an answer type.
    """
    wanted = query.answer_types
    return len(wanted - _served(forms)) / len(wanted) if wanted else 0.0


EXPLAINING = {"characters": by_characters, "sound": by_sound}
"""The lanes that look at every item. They explain different terms of a question, so their scores add up."""
COMPARING = {"edit_distance": by_edit_distance, "answer_type": by_answer_type}
"""The lanes that look at one item at a time, by the forms in which it is asked."""


def nearest_form(query: Query, forms: Sequence[str]) -> tuple[str, float]:
    """The form that is most like the question and its similarity, by rapidfuzz's ratio 0..1; the first of equals."""
    form, ratio, _ = process.extractOne(query.form, forms, scorer=fuzz.ratio)
    return form, ratio / 100


def answer_types(form: str) -> frozenset[str]:
    """The kinds of thing that a standardised form asks for."""
    return frozenset(answer_type for answer_type, pattern in _ANSWER_TYPES.items() if re.search(pattern, form))


@lru_cache(maxsize=1 << 17)
def _served(forms: tuple[str, ...]) -> frozenset[str]:
    counts = Counter(answer_type for form in forms for answer_type in answer_types(form))
    return frozenset(answer_type for answer_type, count in counts.items() if count > SERVED * len(forms))


def _explained(query: Query, *, heard: bool) -> Scores:
    """The share of a question's weight that each item explains by the terms it holds as spelt, or as heard.

    In a large base common terms find no new items: once the rarer ones have found many, they count only for the best
    of these.
    """
    shares: dict[int, float] = {}
    looked_at = 0
    for term in sorted((term for term in query.terms if term.heard is heard), key=lambda term: len(term.holders)):
        weight = term.weight / query.total
        if looked_at <= _LOOKED_AT:
            for number, typical in term.holders.items():
                shares[number] = shares.get(number, 0.0) + weight * typical
        else:
            if len(shares) > _KEPT:
                shares = {number: shares[number] for number in heapq.nlargest(_KEPT, shares, key=shares.__getitem__)}
            for number in shares.keys() & term.holders.keys():
                shares[number] += weight * term.holders[number]
        looked_at += len(term.holders)
    return shares
