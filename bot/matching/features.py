"""What speaks for and against an item as the answer to a question: the numbers that the confidence is made of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import fsum
from typing import NamedTuple

from rapidfuzz import fuzz, process

from bot.matching.answer_types import FINE, asked, unserved
from bot.matching.index import Index
from bot.matching.lanes import Query
from bot.matching.lexicon import Lexicon
from bot.matching.terms import FRAME_WEIGHT
from bot.matching.vocabulary import words

_NEAREST = 3
"""Forms of an item that a question is compared with word by word: those that are most like it by edits."""
_HEARD = 0.8
"""What a word counts that an item holds by ear alone."""
_APART = 0.15
"""What a word of two characters counts whose characters an item holds apart from each other."""
_PAIR = 2
_JOINING = frozenset(("的", "个", "次", "第", "之", "项", "条"))
"""Words that may stand between a word and what it describes."""
_NAME = re.compile("[^a-z\\d]{1,4}[委局厅省州市县乡镇村]|中央")
"""A word that names an organisation or a place by its level."""
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_FAR_AHEAD = 0.25
"""A distance to a rival counts up to here: beyond it nothing gets surer."""
_HELD = 0.5
"""From this share on an item holds a word."""
_TWIST = re.compile(
    "除了|除开|以外|之外|不用|不必|不需要|不要|不能|没有参加|之前|以前|之后|以后|最重要|最主要|最关键|最大|最难|还有|别的|其他|其它|另外|相比|区别|不同|比起|而不是"
)
"""Words that turn a question round: what it asks is then not what the same words ask without them."""


class Features(NamedTuple):
    """What is known of a question and one item. Weights are those of general Chinese: a telling word has about 2.

    ``explained``: the share of the question's weight in the base that the item explains, 0..1.
    ``sound``: the part of it that is explained by ear alone.
    ``margin``: the distance to the best other item. ``refusal_margin``: to the best item of kind ``not-covered``.
    ``covered``: the share of the question's words that stand in the item, by weight; ``asked`` in its phrasings.
    ``missing``: the weight of the heaviest word that the item does not hold. ``missing_all``: of all such words.
    ``unheard``: the weight of the heaviest word that the whole base does not hold. ``unheard_all``: of all such words.
    ``likeness``: the similarity to the nearest phrasing by edits, 0..1.
    ``echo``: the share of the nearest phrasing's words that stand in the question. ``silence``: the heaviest that does
    not. ``agreement``: the harmonic mean of ``echo`` and of the share of the question that this phrasing covers.
    ``swapped``: the weight of a word of the question in whose place the nearest phrasings have another one: a word
    before the same word, a word that ends alike (市委 for 县委), another number.
    ``unserved``: the share of the kinds of thing asked for that the item is never asked for. ``served``: of those it
    is.
    ``twisted``: 1 if a word turns the question round that the nearest phrasing does not have.
    ``evidence``: what all terms of the question weigh in the base. ``weight``: what all its words weigh.
    ``lead``: the first three and the refusal margin, in the proportion that fits a base with many phrasings.
    """

    explained: float
    sound: float
    margin: float
    refusal_margin: float
    covered: float
    asked: float
    missing: float
    missing_all: float
    unheard: float
    unheard_all: float
    likeness: float
    echo: float
    silence: float
    agreement: float
    swapped: float
    unserved: float
    served: float
    twisted: float
    evidence: float
    weight: float
    lead: float


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a form that tells something.

    ``parts``: keys of the index. ``before``: the telling word that describes it, or empty.
    """

    text: str
    weight: float
    parts: tuple[str, ...]
    before: str


class Comparison:
    """A question that is compared with items of an index, one after the other."""

    def __init__(self, query: Query, index: Index) -> None:
        self._query = query
        self._index = index
        self._words = _words(query.form, index.lexicon)
        self._weight = fsum(word.weight for word in self._words)
        self._heard = {term.term.text: term for term in query.terms if term.heard and term.term.text}
        unheard = [
            word.weight
            for word in self._words
            if not any(index.postings.get(part) or part in self._heard for part in word.parts)
        ]
        self._unheard = (max(unheard, default=0.0), fsum(unheard))
        self._wanted = asked(FINE, query.form)
        self._twists = {*_TWIST.findall(query.form)}

    def features(self, number: int, explained: float, sound: float, margin: float, refusal_margin: float) -> Features:
        """The features of the question and an item by its number."""
        forms = self._index.forms[number]
        shares = [(word, self._share(word, number)) for word in self._words]
        missing = [word.weight * (1 - share) for word, share in shares]
        asked_in = _as_one(forms)
        phrased = fsum(word.weight for word in self._words if word.text in asked_in)
        total = self._weight
        near = process.extract(self._query.form, self._index.compared(number), scorer=fuzz.ratio, limit=_NEAREST)
        echo, silence, agreement, nearest = max(
            (self._agreement(form, ratio / 100, total) for form, ratio, _ in near),
            key=lambda found: (found[2], found[0]),
        )
        lacking = {word.text for word, share in shares if share < _HELD}
        lacked = unserved(FINE, self._wanted, forms)
        return Features(
            explained=explained,
            sound=sound,
            margin=margin,
            refusal_margin=refusal_margin,
            covered=fsum(word.weight * share for word, share in shares) / total if total else explained,
            asked=phrased / total if total else 0.0,
            missing=max(missing, default=0.0),
            missing_all=fsum(missing),
            unheard=self._unheard[0],
            unheard_all=self._unheard[1],
            likeness=near[0][1] / 100,
            echo=echo,
            silence=silence,
            agreement=agreement,
            swapped=self._swapped(lacking, [form for form, _, _ in near]),
            unserved=lacked,
            served=1 - lacked if self._wanted else 0.0,
            twisted=float(any(twist not in nearest for twist in self._twists)),
            evidence=self._query.total,
            weight=total,
            lead=_lead(explained, margin, refusal_margin),
        )

    def names_another(self, number: int) -> bool:
        """Whether the question names an organisation, a place or a year, and the item another one in its place."""
        named = [word for word in self._words if _NAME.fullmatch(word.text) and self._share(word, number) < _HELD]
        years = {*_YEAR.findall(self._query.form)}
        if not named and not years:
            return False
        levels, known = _named(self._index.forms[number], self._index.lexicon)
        return any(word.text[-1] in levels for word in named) or bool(years and known and not years & known)

    def _share(self, word: _Word, number: int) -> float:
        """The share of a word that an item holds."""
        held = fsum(self._part(part, number) for part in word.parts) / len(word.parts)
        if not held and len(word.text) == _PAIR and len(word.parts) == 1:
            held = _APART * fsum(number in self._index.postings.get(each, ()) for each in word.text) / 2
        return held

    def _part(self, part: str, number: int) -> float:
        if number in self._index.postings.get(part, ()):
            return 1.0
        heard = self._heard.get(part)
        return _HEARD if heard and number in heard.holders else 0.0

    def _agreement(self, form: str, likeness: float, total: float) -> tuple[float, float, float, str]:
        """The echo, the silence and the agreement of a phrasing, and the phrasing."""
        theirs = _words(form, self._index.lexicon)
        shares = [(word.weight, _found(word, self._query.form)) for word in theirs]
        weight = fsum(each for each, _ in shares)
        silence = max((each * (1 - share) for each, share in shares), default=0.0)
        if not total or not weight:
            # Words that say nothing by themselves: how they follow each other is all there is.
            return likeness**2, 0.0, likeness**2, form
        echo = fsum(each * share for each, share in shares) / weight
        covered = fsum(word.weight * _found(word, form) for word in self._words) / total
        both = 2 * echo * covered / (echo + covered) if echo + covered else 0.0
        return echo, silence, both, form

    def _swapped(self, lacking: set[str], forms: Sequence[str]) -> float:
        """The heaviest of the words that an item does not hold and that stand where its phrasings have another one."""
        theirs = [word for form in forms for word in _words(form, self._index.lexicon)]
        strange = {word.text for word in theirs if not _found(word, self._query.form)}
        before: dict[str, set[str]] = {}
        for word in theirs:
            before.setdefault(word.text, set()).add(word.before)
        found = 0.0
        for place, word in enumerate(self._words):
            if word.text not in lacking or word.weight <= found:
                continue
            following = self._words[place + 1] if place + 1 < len(self._words) else None
            stands_before = following and following.before == word.text and before.get(following.text, set()) & strange
            if stands_before or any(_are_alike(word.text, other) for other in strange):
                found = word.weight
        return found


@lru_cache(maxsize=1 << 12)
def _named(forms: tuple[str, ...], lexicon: Lexicon) -> tuple[frozenset[str], frozenset[str]]:
    """The levels of the organisations and places that forms name, and their years."""
    levels = (word.text[-1] for form in forms for word in _words(form, lexicon) if _NAME.fullmatch(word.text))
    return frozenset(levels), frozenset(year for form in forms for year in _YEAR.findall(form))


@lru_cache(maxsize=1 << 14)
def _as_one(forms: tuple[str, ...]) -> str:
    """Forms as one text, in which a word is looked for at once."""
    return "\n".join(forms)


def _are_alike(word: str, other: str) -> bool:
    """Whether one of two different words may stand in the place of the other."""
    both_count = word.isdigit() and other.isdigit()
    return both_count or (len(word) == len(other) > 1 and word[-1] == other[-1])


def _lead(explained: float, margin: float, refusal_margin: float) -> float:
    """How far an item is ahead: a logistic regression on the self-test of the shipped base gave these proportions."""
    near, refused = (max(-_FAR_AHEAD, min(_FAR_AHEAD, distance)) for distance in (margin, refusal_margin))
    return 2.5 * explained + 7.0 * near + 8.0 * refused


def _found(word: _Word, form: str) -> float:
    """The share of a word that stands in a form."""
    return fsum(part in form for part in word.parts) / len(word.parts)


@lru_cache(maxsize=1 << 14)
def _words(form: str, lexicon: Lexicon) -> Sequence[_Word]:
    """The telling words of a form in order, each once."""
    framed = lexicon.framed(form)
    found: dict[str, _Word] = {}
    before = ""
    for word in words(form):
        weight = word.weight * (FRAME_WEIGHT if word.start in framed else 1.0)
        if weight > 0:
            found.setdefault(word.text, _Word(word.text, weight, _parts(word.text, form, word.start), before))
            before = word.text
        elif word.text not in _JOINING:
            before = ""
    return tuple(found.values())


def _parts(word: str, form: str, start: int) -> tuple[str, ...]:
    """The pairs of a word; of a number, itself with the character behind it."""
    if word.isdigit():
        behind = form[start + len(word) : start + len(word) + 1]
        return (word + behind,) if behind and not behind.isascii() else (word,)
    if word.isascii() or len(word) == 1:
        return (word,)
    return tuple(left + right for left, right in pairwise(word))
