"""The matcher: a question in, a verdict out. Immutable: a reload builds a new one."""

import copy
import heapq
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from math import fsum

from bot.items import Item, Kind
from bot.masking import bare
from bot.matching.act_words import Act
from bot.matching.confidence import ConfidenceModel
from bot.matching.features import Comparison, Features
from bot.matching.index import Index
from bot.matching.lanes import COMPARING, EXPLAINING, Query, nearest_form
from bot.matching.phonetics import segment, sound_of
from bot.matching.similarity import is_negative
from bot.matching.splitting import asks_plainly, is_asking, pieces
from bot.matching.terms import grams
from bot.matching.verdict import Answer, Candidate, NotCovered, OpenPart, SmallTalk, Suggestions, Unknown, Verdict, Why
from bot.priority import give_way
from bot.text import clauses

QUESTION_LIMIT = 1000
"""Characters of a message that are looked at; a member who writes more is told."""

_CANDIDATES = 6
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
"""In a form longer than this the question may be one clause among many.

In a shorter one each part is a question: an answer stands beside a refusal, and what is not settled is told.
"""
_ALONE = 8
"""A part of a rambling message of at least this length may be the question."""
_MATTERS = re.compile("(?:的|相关|有关)*(?:事|事情|情况|方面|问题)$")
"""What may stand behind a bare word without saying more."""
_COUNTING = re.compile(
    r"(?:里面?|中|里头)?(?:到底|究竟|[一1]共|总共|真的|就|只|是不是|是否|应该)*(?:有没有|有|是|分为?|包括)(?:几|多少|\d+)"
    "(?:大|个|条|项|点|种|样|句|方面|部分|内容|阶段|要求)*(?:[吗么吧啊呀呢不没]|没有|对吗|对不对|是不是|是吧)*"
    r"|(?:的?第\d+[条个点项句]?[和跟与]?){2,}(?:分别|各)?(?:是|讲|说|指)?的?(?:什么|啥)?"
)
"""What stands behind a numbered term where it is asked or checked how many it has, or for several of its parts."""
_ASIDE = re.compile("^(?:那么?|这个?|还有|再说)|呢$")
"""What may stand around a term besides frames."""
_SENTENCE_END = re.compile("[.?!。…~\n]")
_BARE = 0.95
"""How sure it is when a question is a phrasing but for its frames."""
_BARE_LENGTH = 2
_COMPOUND = 3
"""Parts of a compound question that are answered in one reply; what is not covered is told of each."""
_NAMED = 5
"""Items that are offered for a keyword."""
_WORD = 4
"""Characters of a word that is no keyword and is offered something all the same."""
_MISFIT = 0.8
"""What the value of a refusal of something else is worth: it is a rival still, but a weaker one."""
_NEAR = 0.05
"""The least score of what is offered under a refusal, or where nothing is near enough to have been meant."""
_PART = 0.42
"""The least score of an answer to a part of a message: a part holds less to go by than a message."""
_ONE_OF_TWO = 0.5
"""The least score of an answer to one part of a message of which another part is open.

Who asks two things mostly has one subject in mind: what answers the one and nothing of the other may be about another.
"""
_CARRIED = 0.3
"""The share of a part's weight that an item must hold to be offered, or to answer it with the subject before."""
_OPEN, _OPEN_BESIDE_UNSURE = 0.4, 0.6
"""A part that is not settled is told if no answer holds this share of its weight.

Beside an answer below ``_ONE_OF_TWO``, which may be about another subject, the second share counts: on bases with two
phrasings an item that is a wrong answer less, and anything from 0.5 to 0.8 does the same.
"""
_NAMES = 0.85
"""An item is about a keyword that it does not hold as it is if it holds this share of the keyword's weight."""
_ABOUT = 0.6
"""An item is about a term if it holds this share of the term's weight."""
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
class Compared:
    """An item with what speaks for and against it."""

    item: Item
    features: Features
    names_another: bool
    """The question names an organisation, a place or a year in whose place the item has another one."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the engine makes of one text: the whole message or a part of it."""

    query: Query
    ranked: tuple[_Ranked, ...]
    compared: tuple[Compared, ...]
    candidates: tuple[Candidate, ...]
    is_exact: bool

    @property
    def score(self) -> float:
        return self.candidates[0].score if self.candidates else 0.0

    @property
    def best(self) -> Candidate | None:
        return self.candidates[0] if self.candidates else None


class Matcher:
    """Matches questions against one knowledge base. What items are about is worked out when it is first needed.

    ``without`` names lanes that are left out, to see what they are worth.
    """

    def __init__(self, index: Index, confidence: ConfidenceModel | None = None, without: Collection[str] = ()) -> None:
        self._index = index
        self._confidence = confidence or ConfidenceModel()
        self._matters: dict[int, frozenset[str]] = {}
        self._by_sound: Mapping[str, tuple[int, ...]] = {}
        self._excluded: frozenset[str] = frozenset()
        self._explaining = {name: lane for name, lane in EXPLAINING.items() if name not in without}
        self._comparing = {name: lane for name, lane in COMPARING.items() if name not in without}

    def match(self, question: str) -> Verdict:
        """The verdict on a message, of which the first 1,000 characters are looked at.

        A text without letters or digits is unknown.
        """
        question = bare(question)[:QUESTION_LIMIT]
        if act := self.act(question):
            return SmallTalk.of(act, self._index.acts.items.get(act))
        question = self.peeled(question)
        form = self._index.lexicon.form(question)
        if not form:
            return Unknown((), (), Why())
        excluded = self._excluded_by_parts(question, form)
        return self._excluding(excluded)._verdict_on(question, form)  # noqa: SLF001 - a matcher of the same class

    def _verdict_on(self, question: str, form: str) -> Verdict:
        if named := self._named(form) or self._counted(form):
            return named
        whole = self._read(form)
        if whole.is_exact:
            return self._verdict(whole, whole)
        compound = self._compound(question, form, whole)
        verdict = compound or self._verdict(self._surest(whole, self._asking(question, form)), whole)
        is_offered = isinstance(verdict, Unknown | Suggestions) or (isinstance(verdict, Answer) and not compound)
        return self._offered(form, verdict) if is_offered else verdict

    def act(self, text: str) -> Act | None:
        """What a whole message does besides asking; None if it asks or says anything else, or is a phrasing."""
        act = self._index.acts.act(text)
        if act and (item := self._index.acts.items.get(act)) and item.id in self.excluded(self.form(text)):
            return None
        # A term behind thanks is what is asked for.
        asked = (text, self.peeled(text)) if act else ()
        return None if any(self.is_term(each) or self.form(each) in self._index.by_form for each in asked) else act

    def peeled(self, text: str) -> str:
        """A message without the courtesies around its question."""
        return self._index.acts.peeled(text)

    def form(self, text: str) -> str:
        """A text in standard form, as it is compared."""
        return self._index.lexicon.form(text)

    def excluded(self, form: str) -> frozenset[str]:
        """The ids of the items that a text in standard form must never get: it is one of their negatives."""
        negatives = self._index.negatives.items()
        found = (item_id for item_id, (own, phrasings) in negatives if form and is_negative(form, own, phrasings))
        return self._excluded.union(found)

    def _excluding(self, ids: frozenset[str]) -> "Matcher":
        """The matcher for one message, which gives none of these items."""
        if not ids:
            return self
        matcher = copy.copy(self)
        matcher._excluded = ids  # noqa: SLF001 - as above
        return matcher

    def _allowed(self, numbers: Iterable[int], form: str) -> tuple[int, ...]:
        """The items that a text in standard form may get."""
        if not self._index.negatives:
            return tuple(numbers)
        excluded = self.excluded(form)
        return tuple(number for number in numbers if self._index.items[number].id not in excluded)

    def _excluded_by_parts(self, question: str, form: str) -> frozenset[str]:
        """The items that a message must not get: it is one of their negatives, or a part of it is.

        A part counts for itself alone where another part surely gets the item.
        """
        if not self._index.negatives:
            return frozenset()
        whole = self.excluded(form)
        asked = [piece for _, piece in self._asked_for(question, form)]
        subject, read = "", list[tuple[str, frozenset[str]]]()
        for piece in asked:
            named = next(self._index.keywords.subjects(piece), "")
            carried = "" if named else subject + piece
            read.append((piece, self.excluded(piece) | self.excluded(carried)))
            subject = named or subject
        said = (self._index.lexicon.standardise(clause) for clause, _ in islice(clauses(question), _CLAUSES))
        parts = frozenset[str]().union(*(ids for _, ids in read), *map(self.excluded, said))
        if not parts:
            return whole
        settled = ((self._settled(piece)[1], ids) for piece, ids in read)
        return whole | (parts - {best.item.id for best, ids in settled if best and best.item.id not in ids})

    def is_term(self, text: str) -> bool:
        """Whether a text is nothing but a keyword."""
        return bool(self._keyword(text))

    def holding(self, text: str) -> list[Item]:
        """The answers that hold a text that is nothing but a keyword; none for any other text.

        First those that are asked in just this word, then those that have the keyword, then the others, each by how
        typical the word is of them.
        """
        keyword = self._keyword(text)
        if not keyword:
            return []
        index = self._index
        postings = [index.postings.get(gram, {}) for gram in grams(keyword)]
        asked, own = index.by_form.get(keyword, ()), index.keywords.items(keyword)
        held = set.intersection(*({*holders} for holders in postings))
        said = {*own, *(number for number in held if self._says(number, keyword))}
        found = self._allowed(said, self.form(text))

        def place(number: int) -> tuple[bool, bool, float, str]:
            typical = fsum(holders.get(number, 0.0) for holders in postings)
            return number not in asked, number not in own, -typical, index.items[number].id

        return [item for number in sorted(found, key=place) if (item := index.items[number]).kind is Kind.ANSWER]

    def _says(self, number: int, word: str) -> bool:
        """Whether a word in standard form stands in a phrasing or in the answer of an item."""
        return any(word in form for form in self._index.forms[number]) or word in self.form(
            self._index.items[number].answer
        )

    def _keyword(self, text: str) -> str:
        """The keyword that is all of a text, as it is written there in standard form; empty if there is none."""
        form = self.form(text)
        return next((word for word in (form, self._index.lexicon.core(form)) if self._index.keywords.items(word)), "")

    def subjects(self, text: str) -> list[str]:
        """The terms that a text names, in standard form and in order: what it is about."""
        return list(self._index.keywords.subjects(self._index.lexicon.form(text)))

    def is_about(self, item: Item, term: str) -> bool:
        """Whether an item asks or answers about a term in standard form: a keyword as it is, others by their parts."""
        form = self._index.lexicon.form
        term = form(term)
        if self._index.keywords.items(term):
            texts = (*item.all_phrasings(), *item.keywords, item.answer)
            return self.share(item, term) >= _NAMES or any(term in form(text) for text in texts)
        return self.share(item, term) >= _ABOUT

    def share(self, item: Item, text: str) -> float:
        """The share of a text's weight that an item holds, 0..1."""
        form = self._index.lexicon.form(text)
        number = self._index.number(item.id)
        weights = self._index.weights(form)
        held = fsum(weight for gram, weight in weights.items() if number in self._index.postings.get(gram, ()))
        return held / (fsum(weights.values()) or 1.0)

    def _named(self, form: str) -> Verdict | None:
        """The verdict on a message that is nothing but a keyword: its item, or those that have it to choose from.

        Where it is also a phrasing, its item is meant; a refusal only if the message is more than the keyword.
        """
        for word in (form, self._index.lexicon.core(form), _ASIDE.sub("", form)):
            if numbers := self._allowed(self._index.keywords.items(word), form):
                break
        else:
            return None
        items = [self._index.items[number] for number in numbers]
        phrased = [self._index.items[number] for number in self._allowed(self._index.by_form.get(form, ()), form)]
        if len(phrased) == 1:
            if phrased[0].kind is not Kind.ANSWER and word != form:
                return None
            items = phrased if phrased[0].kind is Kind.ANSWER else items
        candidates = tuple(Candidate(item, 1.0 if len(items) == 1 else self._confidence.tie) for item in items)
        if len(items) > 1 and items[0].kind is Kind.ANSWER:
            return Suggestions(candidates[:_CANDIDATES], candidates[:_NAMED], Why(), word)
        return _SETTLED[items[0].kind](candidates[:1], (), Why(), candidates[:1])

    def _counted(self, form: str) -> Verdict | None:
        """The verdict on a message that asks how many a numbered term has, or for several of them: what it means."""
        start, term = next(self._index.keywords.terms.find(form), (0, ""))
        is_numbered = start == 0 and term[:1].isdigit()
        if not is_numbered or form in self._index.by_form or not _COUNTING.fullmatch(form, len(term)):
            return None
        return self._named(term)

    def _offered(self, form: str, verdict: Verdict) -> Verdict:
        """What to choose from for a message that is nothing but a word of the knowledge base's questions.

        An answer stays one if no other item is asked in this word, or if the message asks.
        """
        word = _MATTERS.sub("", self._index.lexicon.core(form) or form)
        if not 1 < len(word) <= _WORD or is_asking(word) or form in self._index.by_form:
            return verdict
        items, forms = self._index.items, self._index.forms
        holders = self._index.postings.get(word[:2], {})
        found = [
            number
            for number in self._allowed(holders, form)
            if items[number].kind is Kind.ANSWER and any(word in text for text in forms[number])
        ]
        if not found or (isinstance(verdict, Answer) and (len(found) == 1 or is_asking(form))):
            return verdict
        if isinstance(verdict, Suggestions):
            return replace(verdict, word=word)
        by_typical = sorted(found, key=lambda number: (-holders[number], items[number].id))
        offered = tuple(Candidate(items[number], self._confidence.suggest) for number in by_typical[:_SUGGESTIONS])
        return Suggestions(offered, offered, verdict.why, word)

    def best(self, form: str) -> Candidate | None:
        """The best candidate for a text in its standardised form, read as one question."""
        return self._read(form).best

    def compared(self, form: str) -> Sequence[Compared]:
        """The first items for a text in its standardised form, read as one question, in the order of the lanes."""
        query, ranked = self._ranked(form, self._exact(form))
        return tuple(self._compared(query, ranked))

    def _asking(self, question: str, form: str) -> list[list[_Reading]]:
        """The clauses that ask, each also with the clause before it and with its sentence up to there.

        Where one asks by a word for what it asks, a clause that may only tell (后头没有事了) counts no more.
        """
        found, sentence = list[tuple[bool, Iterable[str]]](), ""
        before = ""
        for clause, end in islice(clauses(question), _CLAUSES):
            here = self._index.lexicon.standardise(clause)
            sentence += here
            if here != form and len(here) >= _CLAUSE_LENGTH and ("?" in end or is_asking(here)):
                texts = dict.fromkeys(text for text in (here, before + here, sentence) if text != form)
                found.append(("?" in end or asks_plainly(here), texts))
            before, sentence = here, "" if _SENTENCE_END.search(end) else sentence
        plain = any(is_plain for is_plain, _ in found)
        asking = [texts for is_plain, texts in found if is_plain or not plain]
        return [[self._read(text) for text in texts] for texts in asking[-_ASKING:]]

    def _compound(self, question: str, form: str, whole: _Reading) -> Verdict | None:
        """The verdict on a message that asks for several things of which at least two are settled; None for any other.

        A part that names no subject is also read with that of the part before it. Of a long message with a refusal,
        that is what must be said: its other parts may only lead to the question.
        """
        settled: dict[str, Candidate] = {}
        readings: dict[str, _Reading] = {}
        subject, still_open = "", list[tuple[str, str, _Reading]]()
        for words, piece in self._asked_for(question, form):
            named = next(self._index.keywords.subjects(piece), "")
            reading, best = self._settled(piece)
            if subject and not named:
                carried, sure = self._settled(subject + piece)
                likely = sure or (carried.best if best and not self.is_about(best.item, subject) else None)
                # Who asks two things has answers to both in mind: a refusal needs the part's own words.
                settles = best is not None and best.item.kind is Kind.ANSWER
                refuses = likely is not None and likely.item.kind is Kind.NOT_COVERED
                if likely and not (settles and refuses) and self._is_carried(likely.item, subject, piece, reading):
                    reading, best = carried, likely
            subject = named or subject
            if best:
                settled.setdefault(best.item.id, best)
                readings.setdefault(best.item.id, reading)
            else:
                still_open.append((words, piece, reading))
        is_short = len(form) <= _RAMBLING
        parts = tuple(settled.values())
        refused = tuple(part for part in parts if part.item.kind is Kind.NOT_COVERED)
        if len(parts) != 1 or not is_short:
            still_open = []
        is_unsure = len(parts) == 1 and parts[0].score < _ONE_OF_TWO
        least = _OPEN_BESIDE_UNSURE if is_unsure else _OPEN
        open_parts = tuple(
            OpenPart(words, self._near(piece, reading, parts))
            for words, piece, reading in still_open
            if asks_plainly(words) and self.share(parts[0].item, words) < least
        )
        if not parts or len(parts) + len(open_parts) == 1:
            return None
        if open_parts and not refused and is_unsure:
            near = chain(parts, *(part.suggestions for part in open_parts), whole.candidates)
            return Suggestions(whole.candidates, _suggestions(dict.fromkeys(near), ()), self._why(whole))
        answers = [part for part in parts if part not in refused][:_COMPOUND] if is_short or not refused else []
        chosen = tuple(part for part in parts if part in answers or part in refused)
        candidates = _best((*parts, *whole.candidates))
        why = self._why(readings.get(candidates[0].item.id, whole))
        offered = _suggestions(candidates, chosen)
        if all(part.item.kind is Kind.NOT_COVERED for part in chosen):
            return NotCovered(candidates, offered, why, chosen)
        return Answer(candidates, offered, why, chosen, open_parts)

    def _near(self, piece: str, reading: _Reading, chosen: Iterable[Candidate]) -> tuple[Candidate, ...]:
        """What a part that is not settled may have meant."""
        named = self._named(piece)
        if isinstance(named, Suggestions):
            return named.suggestions[:_SUGGESTIONS]
        near = (
            candidate
            for candidate in reading.candidates
            if candidate.score >= self._confidence.suggest and self.share(candidate.item, piece) >= _CARRIED
        )
        return _suggestions(near, chosen)

    def _is_carried(self, item: Item, subject: str, piece: str, alone: _Reading) -> bool:
        """Whether an item answers a part with the subject of the part before it, and not that subject alone."""
        is_same = alone.best is not None and alone.best.item is item
        return is_same or (self.is_about(item, subject) and self.share(item, piece) >= _CARRIED)

    def _settled(self, form: str) -> tuple[_Reading, Candidate | None]:
        """A part of a message, and what surely settles it."""
        reading = self._read(form)
        named = self._named(form)
        if isinstance(named, Answer):
            return reading, named.chosen[0]
        best = reading.best
        if best is None or best.item.kind is Kind.SMALL_TALK:
            return reading, None
        is_refusal = best.item.kind is Kind.NOT_COVERED
        sure = best.score >= (self._confidence.refuse if is_refusal else max(self._confidence.answer, _PART))
        return reading, best if sure else None

    def _asked_for(self, question: str, form: str) -> Sequence[tuple[str, str]]:
        """The parts of a message that each ask for something, as typed and in standard form; none of a single one.

        Of many parts the last six.
        """
        typed = islice(pieces(question, self._index.keywords), _CLAUSES)
        standard = [(piece, self._index.lexicon.standardise(piece)) for piece in typed]
        found = [(piece, here) for piece, here in standard if here != form and len(here) > 1]
        return found[-_ASKING:] if len(found) > 1 else ()

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
            if kind is Kind.NOT_COVERED:
                offered = tuple(candidate for candidate in offered if candidate.score >= _NEAR)
            return _SETTLED[kind](candidates, offered, why, (best,))
        offered = _suggestions(near, ())
        if offered and offered[0].score >= self._confidence.suggest:
            return Suggestions(candidates, offered, why)
        return Unknown(candidates, tuple(candidate for candidate in offered if candidate.score >= _NEAR), why)

    def _why(self, reading: _Reading) -> Why:
        by_weight = sorted(reading.query.terms, key=lambda term: -term.weight)
        if not reading.candidates:
            return Why(unexplained=tuple(term.term.shown for term in by_weight))
        first = next(ranked for ranked in reading.ranked if ranked.item is reading.candidates[0].item)
        return Why(
            phrasing=nearest_form(reading.query, self._index.forms[first.number])[0],
            lanes=first.lanes,
            matched=tuple(term.term.shown for term in by_weight if first.number in term.holders),
            unexplained=tuple(term.term.shown for term in by_weight if first.number not in term.holders),
            features=next(each.features for each in reading.compared if each.item is first.item),
        )

    def _read(self, form: str) -> _Reading:
        """What is made of one text in its standardised form.

        An item of which it is a negative is no candidate, and still a rival of the others: that it does not answer the
        text makes no other item surer.
        """
        exact, excluded = self._exact(form), self.excluded(form)
        query, ranked = self._ranked(form, exact)
        compared = tuple(self._compared(query, ranked))
        candidates = _best(
            Candidate(each.item, exact.get(place.number) or self._score(each))
            for place, each in zip(ranked, compared, strict=False)
            if each.item.id not in excluded
        )
        return _Reading(query, tuple(ranked), compared, candidates, len(exact) == 1)

    def _score(self, compared: Compared) -> float:
        score = self._confidence.score(compared.features)
        is_answer = compared.item.kind is Kind.ANSWER
        return min(score, self._confidence.tie) if is_answer and compared.names_another else score

    def _ranked(self, form: str, exact: Collection[int]) -> tuple[Query, Sequence[_Ranked]]:
        """The items that come up for one text in its standardised form, the best first."""
        give_way()
        query = Query.of(form[:_READ], self._index)
        explaining = {name: lane(query) for name, lane in self._explaining.items()}
        explained: dict[int, float] = {}
        for scores in explaining.values():
            for number, score in scores.items():
                explained[number] = explained.get(number, 0.0) + score
        # Whoever is asked in just these words takes part, however common the words are.
        nearest = heapq.nsmallest(
            _NEAREST,
            {*explained, *exact},
            key=lambda number: (number not in exact, -explained.get(number, 0.0), self._index.items[number].id),
        )
        ranked = []
        sounds = {weighed.term.sound for weighed in query.terms}
        for number in nearest:
            lanes = {name: scores.get(number, 0.0) for name, scores in explaining.items()}
            lanes |= {name: lane(query, self._index.compared(number)) for name, lane in self._comparing.items()}
            value = fsum(LANE_WEIGHTS[name] * score for name, score in lanes.items())
            if number not in exact and not self._fits(number, sounds):
                value *= _MISFIT
            ranked.append(_Ranked(number, self._index.items[number], value, explained.get(number, 0.0), lanes))
        ranked.sort(key=lambda place: (-place.value, place.item.id))
        return query, ranked

    def _fits(self, number: int, sounds: Collection[str]) -> bool:
        """Whether a question may be about an item: a refusal refuses only what it is about."""
        if self._index.items[number].kind is not Kind.NOT_COVERED:
            return True
        matter = self._matters.get(number)
        if matter is None:
            matter = self._matters[number] = self._index.matter(number)
        return not matter or any(sound in sounds for sound in matter)

    def _exact(self, form: str) -> Mapping[int, float]:
        """The items that are asked in just these words, or in these without their frames, and how sure each is."""
        found, sure = self._index.by_form.get(form, ()), 1.0
        if not found and form.isascii() and (typed := segment(form.replace(" ", ""))):
            found, sure = self._heard(" ".join(typed)), _BARE
        core = self._index.lexicon.core(form)
        for unframed in (core, _MATTERS.sub("", core), _ASIDE.sub("", form)):
            if not found and len(unframed) >= _BARE_LENGTH:
                found, sure = self._index.by_form.get(unframed, ()), _BARE
        found = self._allowed(found, form)
        if len(found) == 1:
            return {found[0]: sure}
        # Of an answer and a refusal in the very same words the answer is offered.
        tie = self._confidence.tie
        return {number: tie if self._index.items[number].kind is Kind.ANSWER else tie / 2 for number in found}

    def _heard(self, sound: str) -> tuple[int, ...]:
        """The items that are asked in words that sound so; worked out when a question is first typed in pinyin."""
        if not self._by_sound:
            by_sound: dict[str, tuple[int, ...]] = {}
            for form, numbers in self._index.by_form.items():
                heard = sound_of(form)
                by_sound[heard] = tuple({*by_sound.get(heard, ()), *numbers})
            self._by_sound = by_sound
        return self._by_sound.get(sound, ())

    def _compared(self, query: Query, ranked: Sequence[_Ranked]) -> Iterator[Compared]:
        comparison = Comparison(query, self._index)
        for place, lead in zip(ranked[:_CANDIDATES], _leads(ranked), strict=False):
            sound = place.lanes.get("sound", 0.0)
            features = comparison.features(place.number, place.explained, sound, *lead)
            yield Compared(place.item, features, comparison.names_another(place.number))


def _leads(ranked: Sequence[_Ranked]) -> Iterator[tuple[float, float]]:
    """The distances of each ranked item to its best rival and to the best refusal."""
    refusal = max((place.value for place in ranked if place.item.kind is Kind.NOT_COVERED), default=0.0)
    for place in ranked:
        rivals = ranked[1:2] if place is ranked[0] else ranked[:1]
        margin = place.value - (rivals[0].value if rivals else 0.0)
        yield margin, margin if place.item.kind is Kind.NOT_COVERED else place.value - refusal


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
