"""The matcher: a question in, a verdict out. Immutable: a reload builds a new one."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.items import Item, Kind
from bot.matching.asking import asks
from bot.matching.gate import Gate
from bot.matching.index import Index
from bot.matching.lanes import Asked, Characters, Edit, Lane, Scores, Sound
from bot.matching.verdict import Answer, Candidate, NotCovered, SmallTalk, Suggestions, Unknown, Verdict, Why
from bot.text import clauses

QUESTION_LIMIT = 4096
"""Characters of a message that are looked at: Telegram's own bound."""

_CANDIDATES = 10
_SUGGESTIONS = 3
_NEAREST = 30
"""Items that are compared phrasing by phrasing."""
_CLAUSES = 40
"""Clauses of a message that are looked at one by one."""
_CLAUSE_LENGTH = 4
"""A shorter clause says too little to be judged by itself."""
_RAMBLING = 45
"""In a form longer than this the question may be one clause among many."""
_COMPOUND = 3
"""Parts of a compound question that are answered in one reply."""
_EDIT_WEIGHT = 0.35
"""What the wording counts beside what is explained."""


@dataclass(frozen=True, slots=True)
class _Ranked:
    """One item's place: ``value`` is what items are ordered by."""

    number: int
    value: float
    lanes: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the engine makes of one text: the whole message or a part of it."""

    asked: Asked
    ranked: tuple[_Ranked, ...]
    candidates: tuple[Candidate, ...]
    is_exact: bool

    @property
    def score(self) -> float:
        return self.candidates[0].score if self.candidates else 0.0

    @property
    def best(self) -> Candidate | None:
        return self.candidates[0] if self.candidates else None


class Matcher:
    """Matches questions against one knowledge base."""

    def __init__(self, index: Index, gate: Gate | None = None) -> None:
        self._index = index
        self._gate = gate or Gate()
        self._explaining: tuple[Lane, ...] = (Characters(), Sound())
        self._edit = Edit(index)

    def match(self, question: str) -> Verdict:
        """The verdict on a message, of which the first 4,096 characters are looked at.

        A text without letters or digits is unknown.
        """
        question = question[:QUESTION_LIMIT]
        form = self._index.form(question)
        if not form:
            return Unknown((), (), Why())
        whole = self._read(form)
        asking = [] if whole.is_exact else self._asking(question, form)
        return self._compound(whole, asking) or self._verdict(self._surest(whole, asking), whole)

    def _asking(self, question: str, form: str) -> list[tuple[_Reading, _Reading | None]]:
        """A reading of each clause that asks, and one of it together with the clause before it."""
        parts = [(self._index.lexicon.standardise(clause), end) for clause, end in clauses(question)][:_CLAUSES]
        found = []
        for before, (clause, end) in zip(["", *(clause for clause, _ in parts)], parts, strict=False):
            if clause != form and len(clause) >= _CLAUSE_LENGTH and ("?" in end or asks(clause)):
                wider = self._read(before + clause) if before and before + clause != form else None
                found.append((self._read(clause), wider))
        return found

    def _compound(self, whole: _Reading, asking: Iterable[tuple[_Reading, _Reading | None]]) -> Verdict | None:
        """The verdict on a message that asks for several things, each surely settled; None for any other."""
        parts: dict[str, Candidate] = {}
        for clause, _ in asking:
            best = clause.best
            if best and best.item.kind is not Kind.SMALL_TALK and best.score >= self._gate.answer:
                parts.setdefault(best.item.id, best)
        if len(parts) == 1 or not parts:
            return None
        chosen = tuple(parts.values())[:_COMPOUND]
        candidates = (*chosen, *(one for one in whole.candidates if one.item.id not in parts))[:_CANDIDATES]
        suggestions = _suggestions(candidates, parts)
        if all(part.item.kind is Kind.NOT_COVERED for part in chosen):
            return NotCovered(candidates, suggestions, self._why(whole), chosen)
        return Answer(candidates, suggestions, self._why(whole), chosen)

    def _surest(self, whole: _Reading, asking: Iterable[tuple[_Reading, _Reading | None]]) -> _Reading:
        """The reading to go by: the whole message, unless a clause of it says the same more clearly.

        In a rambling message any asking clause may be the question.
        """
        surest = whole
        for reading in (reading for pair in asking for reading in pair):
            same = whole.best and reading and reading.best and reading.best.item.id == whole.best.item.id
            if reading and (same or len(whole.asked.form) > _RAMBLING) and reading.score > surest.score:
                surest = reading
        return surest

    def _verdict(self, reading: _Reading, whole: _Reading) -> Verdict:
        best, why = reading.best, self._why(reading)
        candidates = reading.candidates
        if best is None:
            return Unknown(candidates, (), why)
        nearest = _suggestions((*candidates, *whole.candidates), {best.item.id})
        if best.item.kind is Kind.ANSWER and best.score >= self._gate.answer:
            return Answer(candidates, nearest, why, (best,))
        if best.item.kind is Kind.NOT_COVERED and best.score >= self._gate.refuse:
            return NotCovered(candidates, nearest, why, (best,))
        if best.item.kind is Kind.SMALL_TALK and best.score >= self._gate.answer:
            return SmallTalk(candidates, (), why, best)
        nearest = _suggestions((*candidates, *whole.candidates), ())
        if nearest and max(one.score for one in nearest) >= self._gate.suggest:
            return Suggestions(candidates, nearest, why)
        return Unknown(candidates, (), why)

    def _why(self, reading: _Reading) -> Why:
        by_weight = sorted(reading.asked.terms, key=lambda one: -one.weight)
        if not reading.ranked:
            return Why(unexplained=tuple(one.term.shown for one in by_weight))
        first = reading.ranked[0]
        held = [any(number == first.number for number, _ in one.holders) for one in by_weight]
        return Why(
            phrasing=self._edit.nearest(reading.asked, first.number)[0],
            lanes=first.lanes,
            matched=tuple(one.term.shown for one, holds in zip(by_weight, held, strict=True) if holds),
            unexplained=tuple(one.term.shown for one, holds in zip(by_weight, held, strict=True) if not holds),
        )

    def _read(self, form: str) -> _Reading:
        """Rank all items for one text in its standardised form."""
        asked = Asked.of(form, self._index)
        lanes: dict[str, Scores] = {lane.name: lane.scores(asked, ()) for lane in self._explaining}
        explained: dict[int, float] = {}
        for scores in lanes.values():
            for number, score in scores.items():
                explained[number] = explained.get(number, 0.0) + score
        exact = self._index.by_form.get(form, ())
        # Whoever is asked in just these words takes part, however common the words are.
        nearest = sorted(
            {*explained, *exact},
            key=lambda number: (number not in exact, -explained.get(number, 0.0), self._item(number).id),
        )[:_NEAREST]
        lanes[self._edit.name] = self._edit.scores(asked, nearest)
        ranked = [
            _Ranked(
                number,
                explained.get(number, 0.0) + _EDIT_WEIGHT * lanes[self._edit.name][number],
                {name: scores.get(number, 0.0) for name, scores in lanes.items()},
            )
            for number in nearest
        ]
        ranked.sort(key=lambda one: (-one.value, self._item(one.number).id))
        candidates = self._candidates(ranked, explained, exact)
        return _Reading(asked, tuple(ranked), candidates, len(exact) == 1)

    def _candidates(
        self, ranked: Sequence[_Ranked], explained: Mapping[int, float], exact: Collection[int]
    ) -> tuple[Candidate, ...]:
        """The ten surest; how sure one is depends on its distance to its rivals."""
        refusal = max((one.value for one in ranked if self._item(one.number).kind is Kind.NOT_COVERED), default=0.0)
        scored = []
        for place, one in enumerate(ranked):
            rivals = ranked[1:2] if place == 0 else ranked[:1]
            margin = one.value - (rivals[0].value if rivals else 0.0)
            refused = self._item(one.number).kind is Kind.NOT_COVERED
            score = self._gate.score(explained.get(one.number, 0.0), margin, margin if refused else one.value - refusal)
            if one.number in exact:
                score = 1.0 if len(exact) == 1 else self._gate.tie
            scored.append(Candidate(self._item(one.number), score))
        return tuple(sorted(scored, key=lambda candidate: (-candidate.score, candidate.item.id))[:_CANDIDATES])

    def _item(self, number: int) -> Item:
        return self._index.items[number]


def _suggestions(candidates: Iterable[Candidate], chosen: Collection[str]) -> tuple[Candidate, ...]:
    """The first three different items of kind ``answer`` that were not chosen."""
    found: dict[str, Candidate] = {}
    for one in candidates:
        if one.item.kind is Kind.ANSWER and one.item.id not in chosen:
            found.setdefault(one.item.id, one)
    return tuple(found.values())[:_SUGGESTIONS]
