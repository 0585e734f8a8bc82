"""How far a change of the knowledge moves a question: what it does not reach need not be asked again."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot.items import Item, Kind
from bot.matching.index import Index
from bot.matching.matcher import LANE_WEIGHTS
from bot.matching.terms import grams

FELT = 0.006
"""A question that moves less keeps its verdict, nearly always: it is a tenth of a logit at most."""
_WEAK = 0.22
"""An item whose value for a question stays below this is no rival in it, nearly always."""
_UNLIKE = 35.0
"""The rapidfuzz ratio that a question has to some phrasing of any item: only what is above it makes a difference."""
_REWORDED = 1.0
"""How far a question is taken to move whose form, or whose frames, are not the same: as far as any can."""


@dataclass(frozen=True, slots=True)
class ReplayedQuestion:
    """A question to ask before and after a change.

    ``form``: its form before. ``item``: what it should lead to, if that is known. ``kind``: of the item whose phrasing
    it is, ``answer`` or ``not-covered``; None for a real question.
    """

    text: str
    form: str
    item: str | None
    kind: Kind | None


@dataclass(frozen=True, slots=True)
class _Seen:
    """What an index makes of an item; nothing, without a kind, of one that it does not have."""

    kind: Kind | None
    forms: frozenset[str]
    typical: Mapping[str, float]

    @classmethod
    def of(cls, item_id: str, index: Index) -> "_Seen":
        number = index.number(item_id)
        if number is None:
            return cls(None, frozenset(), {})
        return cls(index.items[number].kind, frozenset(index.forms[number]), index.typical(number))


class Reach:
    """How far questions move between two indexes, by an estimate that costs a fiftieth of asking them.

    An item that differs pulls at a question by what its value for it gains or loses; a term that became rarer or
    commoner, by what it weighs in it. Left aside are the focus of a question, its clauses, and what it sounds like.
    """

    def __init__(self, before: Index, after: Index) -> None:
        self._before = before
        self._after = after
        self._same_tables = before.tables == after.tables
        self._changes: dict[str, tuple[_Seen, _Seen]] = {}
        self._typical: dict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
        old, new = ({item.id: _read(item) for item in index.items} for index in (before, after))
        for item_id in {**old, **new}:
            if old.get(item_id) != new.get(item_id):
                was, now = self._changes[item_id] = _Seen.of(item_id, before), _Seen.of(item_id, after)
                for term in {**was.typical, **now.typical}:
                    self._typical[term][item_id] = was.typical.get(term, 0.0), now.typical.get(term, 0.0)
        self._stirred = _stirred(before, after)

    def shifts(self, askings: Sequence[ReplayedQuestion]) -> list[float]:
        """How far each question moves, on the scale of an item's value; infinitely if its item differs."""
        likenesses = self._likenesses([asking.form for asking in askings])
        return [self._shift(asking, likenesses.get(place, {})) for place, asking in enumerate(askings)]

    def _likenesses(self, forms: Sequence[str]) -> Mapping[int, Mapping[str, Sequence[float]]]:
        """By place and item: how like a form is to what the item is asked before alone, and after alone."""
        found: dict[int, dict[str, list[float]]] = defaultdict(dict)
        for item_id, (was, now) in self._changes.items():
            for side, own in enumerate((was.forms - now.forms, now.forms - was.forms)):
                for form in own:
                    near = process.extract(form, forms, scorer=fuzz.ratio, score_cutoff=_UNLIKE, limit=None)
                    for _, ratio, place in near:
                        both = found[place].setdefault(item_id, [0.0, 0.0])
                        both[side] = max(both[side], (ratio - _UNLIKE) / 100)
        return found

    def _shift(self, asking: ReplayedQuestion, likenesses: Mapping[str, Sequence[float]]) -> float:
        # What is typed in pinyin is heard, so its terms tell nothing here.
        is_heard = asking.kind is None and asking.form.isascii()
        if asking.item in self._changes or (is_heard and self._changes):
            return math.inf
        if not self._same_tables and self._is_reworded(asking):
            return _REWORDED
        postings = self._before.postings
        weights = {term: self._before.weight(postings.get(term, {})) for term in grams(asking.form)}
        total = sum(weights.values()) or 1.0
        explained = {item_id: [0.0, 0.0] for item_id in likenesses}
        for term, weight in weights.items():
            for item_id, typical in self._typical.get(term, {}).items():
                both = explained.setdefault(item_id, [0.0, 0.0])
                both[0] += weight / total * typical[0]
                both[1] += weight / total * typical[1]
        pulls = (self._pull(asking, one, explained[one], likenesses.get(one, (0.0, 0.0))) for one in explained)
        return max(pulls, default=0.0) + sum(self._stirred.get(term, 0.0) for term in weights) / total

    def _is_reworded(self, asking: ReplayedQuestion) -> bool:
        """Whether other synonyms or frames are found in it."""
        form = self._after.form(asking.text)
        return form != asking.form or self._before.lexicon.framed(form) != self._after.lexicon.framed(form)

    def _pull(
        self, asking: ReplayedQuestion, item_id: str, explained: Sequence[float], likeness: Sequence[float]
    ) -> float:
        """How far an item that differs may move a phrasing to the worse, or a real question anywhere."""
        edit = LANE_WEIGHTS["edit_distance"]
        value = max(explained) + edit * (_UNLIKE / 100 + max(likeness))
        if value < _WEAK:
            return 0.0
        was, now = (seen.kind for seen in self._changes[item_id])
        if was and now and was is not now:
            return value
        gain = explained[1] - explained[0] + edit * (likeness[1] - likeness[0])
        if asking.kind is None:
            return abs(gain)
        # A rival does harm when it gains; a refusal among refusals, when it no longer keeps an answer off.
        keeps_off = asking.kind is Kind.NOT_COVERED and Kind.NOT_COVERED in {was, now}
        return max(-gain if keeps_off else gain, 0.0)


def _read(item: Item) -> object:
    """What an index reads of an item."""
    return item.kind, tuple(item.all_phrasings()), item.keywords, item.answer


def _stirred(before: Index, after: Index) -> Mapping[str, float]:
    """By how much the weight of terms differs; of one that only one side holds, all its weight: what it sounds like."""
    stirred = {}
    for term in {**before.postings, **after.postings}:
        old, new = before.postings.get(term, {}), after.postings.get(term, {})
        if len(old) != len(new):
            differs = abs(before.weight(old) - before.weight(new))
            stirred[term] = differs if old and new else differs + before.weight({})
    return stirred
