"""What a change of the knowledge does to questions, said before it is live."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import compress

from bot.evaluation.leave_one_out import Progress, without_near_copies
from bot.items import Kind
from bot.matching import Answer, ConfidenceModel, Index, Matcher, Settled, Suggestions, Verdict
from bot.matching.terms import grams
from bot.text import normalise

LIMIT = 400
"""Questions that are asked again at most: some two seconds on the shipped knowledge."""
_SHARED = 0.2
"""A question that shares less of its weight than this with the texts that changed keeps its answer, nearly always."""


@dataclass(frozen=True, slots=True)
class ReplayedQuestion:
    """A question that is asked before and after a change.

    ``item``: what should answer it, or did; None for a real question that was missed. ``kind``: of the item whose
    phrasing it is, ``answer`` or ``not-covered``; None for a real question.
    """

    text: str
    item: str | None
    kind: Kind | None = None


class Outcome(StrEnum):
    """What a change does to a question, the worst first; to one that is as it was, nothing."""

    LOST = "lost"
    """A question no longer gets its answer; a phrasing that must be refused gets one."""
    CHANGED = "changed"
    """A real question gets another answer."""
    AMBIGUOUS = "ambiguous"
    """The answer is no longer given, but suggested."""
    ANSWERED = "answered"
    """A real question gets an answer that had none."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of one question. ``before`` and ``after``: the item that settles it, None where none does.

    ``held_out``: it is a phrasing that was asked as if it had never been written down. Asked in just these words it is
    answered as before; what is like it may not be.
    """

    question: str
    outcome: Outcome
    before: str | None
    after: str | None
    held_out: bool = False


@dataclass(frozen=True, slots=True)
class Impact:
    """What a change does.

    ``effects``: lost, changed, ambiguous, answered, each by question. ``replayed``: how many questions were asked
    again. ``left_out``: how many more the change may reach, all less than those.
    """

    effects: tuple[Effect, ...]
    replayed: int
    left_out: int = 0

    def of(self, outcome: Outcome) -> tuple[Effect, ...]:
        """The effects with one outcome."""
        return tuple(effect for effect in self.effects if effect.outcome is outcome)

    def without(self, questions: Iterable[str], item: str | None) -> "Impact":
        """The impact without what these questions lose of an item, where just that is wanted."""
        forms = set(map(normalise, questions))
        other = (not (effect.before == item and normalise(effect.question) in forms) for effect in self.effects)
        return replace(self, effects=tuple(compress(self.effects, other)))

    @property
    def has_loss(self) -> bool:
        """Whether a question gets no answer any more, or another one. One that is still suggested does not count."""
        return bool(self.of(Outcome.LOST) or self.of(Outcome.CHANGED))


def replay(before: Index, after: Index, confidence: ConfidenceModel, known: Sequence[ReplayedQuestion]) -> Impact:
    """The impact of a change on the phrasings of ``before`` and on real questions, as far as it may reach them.

    Phrasings are asked without themselves and their near copies, real questions as they stand. A phrasing matters if
    it finds its own item before; a real question if it gets the answer of its ``item``, or any if there is no ``item``.
    What is overlooked stands at a threshold. 69 seeded edits of the shipped knowledge (phrasings, answers, new items)
    had 225 effects on 10,274 questions: all 133 lost and changed answers were found, and 64 of the 92 others, by asking
    288 questions for an edit on average. Of other synonyms, which reach far, less is found.
    """
    reached = _reached(before, after, _questions(before, known))
    asked, left_out = reached[:LIMIT], reached[LIMIT:]
    return Impact(_effects(before, after, confidence, asked), len(asked), len(left_out))


def replay_all(
    before: Index, after: Index, confidence: ConfidenceModel, known: Sequence[ReplayedQuestion], progress: Progress
) -> Impact:
    """The impact as ``replay`` defines it, with every question asked again: half a minute on the shipped knowledge."""
    questions = _questions(before, known)
    return Impact(_effects(before, after, confidence, progress(questions)), len(questions))


def _reached(before: Index, after: Index, questions: Iterable[ReplayedQuestion]) -> list[ReplayedQuestion]:
    """The questions that a change may reach, the nearest first; of equals the first.

    Nearest are the phrasings of items that differ, questions whose form differs, and what may be typed in pinyin, whose
    terms tell nothing; then whoever shares most of its weight with the texts that only one side has.
    """
    changes = _texts(before) ^ _texts(after)
    changed = {item for item, *_ in changes}
    terms = {term for *_, text in changes for term in grams(before.lexicon.form(text))}
    same_tables = before.tables == after.tables

    def share(question: ReplayedQuestion) -> float:
        form = before.lexicon.form(question.text)
        if question.item in changed or (changed and question.kind is None and form.isascii()):
            return 1.0
        if not same_tables and (
            form != after.lexicon.form(question.text) or before.lexicon.framed(form) != after.lexicon.framed(form)
        ):
            return 1.0
        weights = before.weights(form)
        return sum(weight for term, weight in weights.items() if term in terms) / (sum(weights.values()) or 1.0)

    shares = [(share(question), question) for question in questions]
    # Python's sort is stable.
    return [question for share, question in sorted(shares, key=lambda row: -row[0]) if share >= _SHARED]


def _texts(index: Index) -> set[tuple[str, Kind, bool, str]]:
    """The texts that an index reads, each with the id and the kind of its item and with whether it is a phrasing."""
    phrasings = {(item.id, item.kind, True, text) for item in index.items for text in item.all_phrasings()}
    return phrasings | {
        (item.id, item.kind, False, text)
        for item in index.items
        for text in (*item.keywords, *item.negatives, item.answer)
    }


def _questions(index: Index, known: Iterable[ReplayedQuestion]) -> list[ReplayedQuestion]:
    """Every phrasing of an answer and of a refusal, and every real question; each form once for an item."""
    phrasings = (
        ReplayedQuestion(text, item.id, item.kind)
        for item in index.items
        if item.kind is not Kind.SMALL_TALK
        for text in item.all_phrasings()
    )
    distinct: dict[object, ReplayedQuestion] = {}
    for question in (*phrasings, *known):
        distinct.setdefault((index.lexicon.form(question.text), question.item, question.kind), question)
    return list(distinct.values())


def _effects(
    before: Index, after: Index, confidence: ConfidenceModel, questions: Iterable[ReplayedQuestion]
) -> tuple[Effect, ...]:
    effects: dict[tuple[str, str | None], Effect] = {}
    for question in questions:
        # A phrasing can only lose what it had. Held out, most phrasings of answers are not answered before, and most of
        # refusals still get no answer afterwards: then the other side need not be asked.
        was = _ask(question, before, confidence) if question.kind is not Kind.NOT_COVERED else None
        if was and question.kind and not _is_right(question, question.item, was):
            continue
        now = _ask(question, after, confidence)
        if question.kind and _is_right(question, question.item, now):
            continue
        was = was or _ask(question, before, confidence)
        outcome = _outcome(question, was, now)
        if outcome:
            form = after.lexicon.form(question.text)
            owners = [after.items[number].id for number in after.by_form.get(form, ())]
            held_out = question.kind is not None and question.item in owners
            effect = Effect(question.text, outcome, _settling(question, was), _settling(question, now), held_out)
            # What is asked both as a phrasing and for real counts once, with the worse outcome.
            key = before.lexicon.form(question.text), question.item or effect.before
            effects[key] = min(effects.get(key, effect), effect, key=_order)
    return tuple(sorted(effects.values(), key=_order))


def _order(effect: Effect) -> tuple[int, str]:
    return [*Outcome].index(effect.outcome), effect.question


def _ask(question: ReplayedQuestion, index: Index, confidence: ConfidenceModel) -> Verdict:
    """The verdict on a real question; on a phrasing, where it was never written down."""
    text = question.text
    if question.kind and question.item:
        text, number = index.lexicon.form(text), index.number(question.item)
        index = index if number is None else without_near_copies(index, number, text)
    return Matcher(index, confidence).match(text)


def _outcome(question: ReplayedQuestion, was: Verdict, now: Verdict) -> Outcome | None:
    if not question.kind and not isinstance(was, Answer):
        return Outcome.ANSWERED if isinstance(now, Answer) else None
    item = question.item or _settling(question, was)
    if not _is_right(question, item, was) or _is_right(question, item, now):
        return None
    if not question.kind and isinstance(now, Answer):
        return Outcome.CHANGED
    suggested = isinstance(now, Suggestions) and any(candidate.item.id == item for candidate in now.suggestions)
    return Outcome.AMBIGUOUS if suggested else Outcome.LOST


def _is_right(question: ReplayedQuestion, item: str | None, verdict: Verdict) -> bool:
    """Whether an item answers; a phrasing of a refusal may also get no answer."""
    if isinstance(verdict, Answer):
        return any(candidate.item.id == item for candidate in verdict.chosen)
    return question.kind is Kind.NOT_COVERED


def _settling(question: ReplayedQuestion, verdict: Verdict) -> str | None:
    """The item that settles a question: of several its own, else the first."""
    chosen = [candidate.item.id for candidate in verdict.chosen] if isinstance(verdict, Settled) else []
    return question.item if question.item in chosen else next(iter(chosen), None)
