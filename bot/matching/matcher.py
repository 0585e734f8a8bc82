"""The matcher: a question in, a verdict out. Immutable: a reload builds a new one."""

import heapq
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from bot.items import Item, Kind
from bot.masking import bare
from bot.matching.confidence import ConfidenceModel
from bot.matching.index import Index
from bot.matching.lanes import COMPARING, EXPLAINING, Query, nearest_form
from bot.matching.verdict import Answer, Candidate, NotCovered, SmallTalk, Suggestions, Unknown, Verdict, Why
from bot.text import clauses

QUESTION_LIMIT = 1000
"""Characters of a message that are looked at; a member who writes more is told."""

_CANDIDATES = 10
_SUGGESTIONS = 3
_NEAREST = 30
"""Items that are compared phrasing by phrasing."""
_READ = 200
"""Characters of a form that are read as one text; in a longer message its clauses tell more."""
_CLAUSES = 40
"""Clauses of a message that are looked at."""
_ASKING = 6
"""Clauses that ask, of which the last are read one by one: people come to the point late."""
_CLAUSE_LENGTH = 4
"""A shorter clause says too little to be judged by itself."""
_RAMBLING = 45
"""In a form longer than this the question may be one clause among many."""
_ALONE = 8
"""A part of a rambling message of at least this length may be the question."""
_ASKING_WORDS = re.compile(
    "什么|怎么|怎样|咋|啥|如何|为何|哪|谁|几|多少|多久|多大|多长|多高|吗|呢|没有|是否|是不是|有没有|能不能|要不要|会不会|可不可以"
)
"""A clause in normal form that holds one of them asks: the language's own, the same for every knowledge base."""
_SENTENCE_END = re.compile("[.?!。…~\n]")
_BARE = 0.95
"""How sure it is when a question is a phrasing but for its frames."""
_BARE_LENGTH = 2
_EVIDENCE = 16.0
"""A question whose terms weigh less than this in all tells too little to be sure of: a character or two."""
_COMPOUND = 3
"""Parts of a compound question that are answered in one reply."""
LANE_WEIGHTS = {"characters": 1.0, "sound": 1.0, "edit_distance": 0.35, "answer_type": -0.1}
"""What each lane counts in the order of items."""
_SETTLED: Mapping[Kind, type[Answer | NotCovered | SmallTalk]] = {
    Kind.ANSWER: Answer,
    Kind.NOT_COVERED: NotCovered,
    Kind.SMALL_TALK: SmallTalk,
}
"""What it means that an item of each kind surely settles a question."""


@dataclass(frozen=True, slots=True)
class _Ranked:
    """An item with its number in the index: ``value`` orders the items, ``explained`` is the largest part of it."""

    number: int
    item: Item
    value: float
    explained: float
    lanes: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the engine makes of one text: the whole message or a part of it."""

    query: Query
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
    """Matches questions against one knowledge base.

    ``without`` names lanes that are left out, to see what they are worth.
    """

    def __init__(self, index: Index, confidence: ConfidenceModel | None = None, without: Collection[str] = ()) -> None:
        self._index = index
        self._confidence = confidence or ConfidenceModel()
        self._explaining = {name: lane for name, lane in EXPLAINING.items() if name not in without}
        self._comparing = {name: lane for name, lane in COMPARING.items() if name not in without}

    def match(self, question: str) -> Verdict:
        """The verdict on a message, of which the first 1,000 characters are looked at.

        A text without letters or digits is unknown.
        """
        question = bare(question[:QUESTION_LIMIT])
        form = self._index.lexicon.form(question)
        if not form:
            return Unknown((), (), Why())
        whole = self._read(form)
        asking = [] if whole.is_exact else self._asking(question, form)
        return self._compound(whole, asking) or self._verdict(self._surest(whole, asking), whole)

    def best(self, form: str) -> Candidate | None:
        """The best candidate for a text in its standardised form, read as one question."""
        return self._read(form).best

    def _asking(self, question: str, form: str) -> list[list[_Reading]]:
        """The clauses that ask, each also with the clause before it and with its sentence up to there."""
        found, sentence = [], ""
        before = ""
        for clause, end in islice(clauses(question), _CLAUSES):
            here = self._index.lexicon.standardise(clause)
            sentence += here
            if here != form and len(here) >= _CLAUSE_LENGTH and ("?" in end or _ASKING_WORDS.search(here)):
                found.append(dict.fromkeys(text for text in (here, before + here, sentence) if text != form))
            before, sentence = here, "" if _SENTENCE_END.search(end) else sentence
        return [[self._read(text) for text in texts] for texts in found[-_ASKING:]]

    def _compound(self, whole: _Reading, asking: Iterable[Sequence[_Reading]]) -> Verdict | None:
        """The verdict on a message that asks for several things, each surely settled; None for any other.

        If one of them is not covered, that is what must be said; the others are offered.
        """
        parts: dict[str, _Reading] = {}
        for clause, *_ in asking:
            best = clause.best
            if best and best.item.kind is not Kind.SMALL_TALK and best.score >= self._confidence.answer:
                parts.setdefault(best.item.id, clause)
        if len(parts) == 1 or not parts:
            return None
        settled = tuple(reading.candidates[0] for reading in parts.values())
        refused = tuple(candidate for candidate in settled if candidate.item.kind is Kind.NOT_COVERED)
        chosen = (refused or settled)[:_COMPOUND]
        candidates = _best((*settled, *whole.candidates))
        why = self._why(parts.get(candidates[0].item.id, whole))
        return _SETTLED[chosen[0].item.kind](candidates, _suggestions(candidates, chosen), why, chosen)

    def _surest(self, whole: _Reading, asking: Iterable[Sequence[_Reading]]) -> _Reading:
        """The reading to go by: the whole message, unless a part of it says the same more clearly.

        In a rambling message the question may be any part that is long enough to stand alone.
        """
        rambling = len(whole.query.form) > _RAMBLING
        readings = [whole]
        for reading in chain.from_iterable(asking):
            same = whole.best and reading.best and reading.best.item is whole.best.item
            if same or (rambling and len(reading.query.form) >= _ALONE):
                readings.append(reading)
        return max(readings, key=lambda reading: reading.score)

    def _verdict(self, reading: _Reading, whole: _Reading) -> Verdict:
        best, why = reading.best, self._why(reading)
        candidates = reading.candidates
        if best is None:
            return Unknown(candidates, (), why)
        kind, near = best.item.kind, _best((*candidates, *whole.candidates))
        if best.score >= (self._confidence.refuse if kind is Kind.NOT_COVERED else self._confidence.answer):
            offered = _suggestions(near, (best,)) if kind is not Kind.SMALL_TALK else ()
            return _SETTLED[kind](candidates, offered, why, (best,))
        offered = _suggestions(near, ())
        if offered and offered[0].score >= self._confidence.suggest:
            return Suggestions(candidates, offered, why)
        return Unknown(candidates, (), why)

    def _why(self, reading: _Reading) -> Why:
        by_weight = sorted(reading.query.terms, key=lambda term: -term.weight)
        if not reading.ranked:
            return Why(unexplained=tuple(term.term.shown for term in by_weight))
        first = next(ranked for ranked in reading.ranked if ranked.item is reading.candidates[0].item)
        return Why(
            phrasing=nearest_form(reading.query, self._index.forms[first.number])[0],
            lanes=first.lanes,
            matched=tuple(term.term.shown for term in by_weight if first.number in term.holders),
            unexplained=tuple(term.term.shown for term in by_weight if first.number not in term.holders),
        )

    def _read(self, form: str) -> _Reading:
        """Rank all items for one text in its standardised form."""
        query = Query.of(form[:_READ], self._index)
        explaining = {name: lane(query) for name, lane in self._explaining.items()}
        explained: dict[int, float] = {}
        for scores in explaining.values():
            for number, score in scores.items():
                explained[number] = explained.get(number, 0.0) + score
        exact = self._exact(form)
        # Whoever is asked in just these words takes part, however common the words are.
        nearest = heapq.nsmallest(
            _NEAREST,
            {*explained, *exact},
            key=lambda number: (number not in exact, -explained.get(number, 0.0), self._index.items[number].id),
        )
        ranked = []
        for number in nearest:
            lanes = {name: scores.get(number, 0.0) for name, scores in explaining.items()}
            lanes |= {name: lane(query, self._index.forms[number]) for name, lane in self._comparing.items()}
            value = sum(LANE_WEIGHTS[name] * score for name, score in lanes.items())
            ranked.append(_Ranked(number, self._index.items[number], value, explained.get(number, 0.0), lanes))
        ranked.sort(key=lambda place: (-place.value, place.item.id))
        candidates = self._candidates(ranked, query.total, exact)
        return _Reading(query, tuple(ranked), candidates, len(exact) == 1)

    def _exact(self, form: str) -> Mapping[int, float]:
        """The items that are asked in just these words, or in these without their frames, and how sure each is."""
        found, sure = self._index.by_form.get(form, ()), 1.0
        if not found and len(core := self._index.lexicon.core(form)) >= _BARE_LENGTH:
            found, sure = self._index.by_form.get(core, ()), _BARE
        if len(found) == 1:
            return {found[0]: sure}
        # Of an answer and a refusal in the very same words the answer is offered.
        tie = self._confidence.tie
        return {number: tie if self._index.items[number].kind is Kind.ANSWER else tie / 2 for number in found}

    def _candidates(
        self, ranked: Sequence[_Ranked], evidence: float, exact: Mapping[int, float]
    ) -> tuple[Candidate, ...]:
        """The ten surest; how sure one is depends on its distance to its rivals."""
        refusal = max((place.value for place in ranked if place.item.kind is Kind.NOT_COVERED), default=0.0)
        scored = []
        for place in ranked:
            rivals = ranked[1:2] if place is ranked[0] else ranked[:1]
            margin = place.value - (rivals[0].value if rivals else 0.0)
            refused = place.item.kind is Kind.NOT_COVERED
            score = self._confidence.score(place.explained, margin, margin if refused else place.value - refusal)
            score *= min(1.0, evidence / _EVIDENCE)
            scored.append(Candidate(place.item, exact.get(place.number, score)))
        return _best(scored)


def _best(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """The ten surest different items, each with its best score, best first, equal scores in the order of their ids."""
    found: dict[str, Candidate] = {}
    for candidate in sorted(candidates, key=lambda candidate: (-candidate.score, candidate.item.id)):
        found.setdefault(candidate.item.id, candidate)
    return tuple(islice(found.values(), _CANDIDATES))


def _suggestions(candidates: Iterable[Candidate], chosen: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """The first three items of kind ``answer`` that were not chosen."""
    ids = {candidate.item.id for candidate in chosen}
    answers = (candidate for candidate in candidates if candidate.item.kind is Kind.ANSWER)
    return tuple(islice((candidate for candidate in answers if candidate.item.id not in ids), _SUGGESTIONS))
