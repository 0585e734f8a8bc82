"""What a change of the knowledge does to questions, said before it is live."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.evaluation.leave_one_out import Progress, without_near_copies
from bot.evaluation.reach import FELT, Reach, ReplayedQuestion
from bot.items import Kind
from bot.matching.confidence import ConfidenceModel
from bot.matching.index import Index
from bot.matching.matcher import Matcher
from bot.matching.verdict import Answer, Settled, Suggestions, Verdict

LIMIT = 1500
"""Questions that are asked again at most: some five seconds on the shipped knowledge."""


@dataclass(frozen=True, slots=True)
class RealQuestion:
    """A real question. ``item``: what answered it, None for one that was missed."""

    question: str
    item: str | None


class Outcome(StrEnum):
    """What a change does to a question; to one that is as it was, nothing."""

    ANSWERED = "answered"
    """A real question gets an answer that had none."""
    CHANGED = "changed"
    """A real question gets another answer."""
    LOST = "lost"
    """A question no longer gets its answer; a phrasing that must be refused gets one."""
    AMBIGUOUS = "ambiguous"
    """The answer is no longer given, but suggested."""


_WORST_FIRST = (Outcome.LOST, Outcome.CHANGED, Outcome.AMBIGUOUS, Outcome.ANSWERED)


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of one question. ``before`` and ``after``: the item that settles it, None where none does.

    ``hidden``: it is a phrasing that was asked as if it had never been written down. Asked in just these words it is
    answered as before; what is like it may not be.
    """

    question: str
    outcome: Outcome
    before: str | None
    after: str | None
    hidden: bool = False


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

    @property
    def has_loss(self) -> bool:
        """Whether a question gets no answer any more, or another one. One that is still suggested does not count."""
        return bool(self.of(Outcome.LOST) or self.of(Outcome.CHANGED))


def replay(before: Index, after: Index, confidence: ConfidenceModel, known: Sequence[RealQuestion]) -> Impact:
    """The impact of a change on the phrasings of ``before`` and on real questions, as far as it may reach them.

    Phrasings are asked without themselves and their near copies, real questions as they stand. A phrasing matters if
    it finds its own item before; a real question if it gets the answer of its ``item``, or any if there is no ``item``.
    What is overlooked stands at a threshold: of 243 effects that 82 edits of the shipped knowledge's items had, all 134
    lost and changed answers were found, and 96 of the 109 others. Of other synonyms, that reach far, less is found.
    """
    askings = _askings(before, known)
    shifts = Reach(before, after).shifts(askings)
    # Of equals the first: Python's sort is stable.
    felt = sorted((place for place, shift in enumerate(shifts) if shift >= FELT), key=lambda place: -shifts[place])
    nearest = [askings[place] for place in felt[:LIMIT]]
    return _impact(
        _Side(before, confidence), _Side(after, confidence), nearest, len(felt) - len(nearest), lambda work, _: work
    )


def replay_all(
    before: Index,
    after: Index,
    confidence: ConfidenceModel,
    known: Sequence[RealQuestion],
    track: Progress = lambda work, _: work,
) -> Impact:
    """The same, with every question asked again: half a minute on the shipped knowledge."""
    return _impact(_Side(before, confidence), _Side(after, confidence), _askings(before, known), 0, track)


class _Side:
    """The knowledge before or after the change."""

    def __init__(self, index: Index, confidence: ConfidenceModel) -> None:
        self._index = index
        self._confidence = confidence
        self._matcher = Matcher(index, confidence)

    def ask(self, asking: ReplayedQuestion) -> Verdict:
        """The verdict on a real question; on a phrasing, where it was never written down."""
        if asking.item is None or asking.kind is None:
            return self._matcher.match(asking.text)
        form, number = self._index.form(asking.text), self._index.number(asking.item)
        hidden = self._index if number is None else without_near_copies(self._index, number, form)
        return Matcher(hidden, self._confidence).match(form)

    def knows(self, asking: ReplayedQuestion) -> bool:
        """Whether a phrasing is one of its item still."""
        number = self._index.number(asking.item or "")
        return number is not None and self._index.form(asking.text) in self._index.forms[number]


def _askings(index: Index, known: Iterable[RealQuestion]) -> list[ReplayedQuestion]:
    """Every phrasing of an answer and of a refusal, and every real question; each form once for an item."""
    askings = [
        ReplayedQuestion(text, index.form(text), item.id, item.kind)
        for item in index.items
        if item.kind is not Kind.SMALL_TALK
        for text in item.all_phrasings()
    ]
    askings += [ReplayedQuestion(one.question, index.form(one.question), one.item, None) for one in known]
    distinct: dict[object, ReplayedQuestion] = {}
    for asking in askings:
        distinct.setdefault((asking.form, asking.item, asking.kind), asking)
    return list(distinct.values())


def _impact(before: _Side, after: _Side, askings: Sequence[ReplayedQuestion], left_out: int, track: Progress) -> Impact:
    effects: dict[tuple[str, str | None], Effect] = {}
    for asking in track(askings, len(askings)):
        effect = _effect(asking, before, after)
        if effect:
            # What is asked both as a phrasing and for real counts once, with the worse outcome.
            key = asking.form, asking.item or effect.before
            effects[key] = min(effects.get(key, effect), effect, key=_order)
    return Impact(tuple(sorted(effects.values(), key=_order)), len(askings), left_out)


def _order(effect: Effect) -> tuple[int, str]:
    return _WORST_FIRST.index(effect.outcome), effect.question


def _effect(asking: ReplayedQuestion, before: _Side, after: _Side) -> Effect | None:
    now = after.ask(asking)
    if asking.kind and _is_right(asking, now):
        # Whatever it was: a phrasing can only lose.
        return None
    was = before.ask(asking)
    outcome = _outcome(asking, was, now)
    if outcome is None:
        return None
    hidden = asking.kind is not None and after.knows(asking)
    return Effect(asking.text, outcome, _settling(asking, was), _settling(asking, now), hidden)


def _outcome(asking: ReplayedQuestion, was: Verdict, now: Verdict) -> Outcome | None:
    if asking.kind:
        if not _is_right(asking, was):
            return None
        return Outcome.AMBIGUOUS if _suggests(now, asking.item) else Outcome.LOST
    if not isinstance(was, Answer):
        return Outcome.ANSWERED if isinstance(now, Answer) else None
    item = asking.item or _settling(asking, was)
    if item not in _chosen(was):
        return None
    if isinstance(now, Answer):
        return None if item in _chosen(now) else Outcome.CHANGED
    return Outcome.AMBIGUOUS if _suggests(now, item) else Outcome.LOST


def _is_right(asking: ReplayedQuestion, verdict: Verdict) -> bool:
    """Whether a phrasing gets what its item is for; a refusal that was given an answer may answer."""
    if isinstance(verdict, Answer):
        return asking.item in _chosen(verdict)
    return asking.kind is Kind.NOT_COVERED


def _suggests(verdict: Verdict, item: str | None) -> bool:
    return isinstance(verdict, Suggestions) and any(one.item.id == item for one in verdict.suggestions)


def _settling(asking: ReplayedQuestion, verdict: Verdict) -> str | None:
    """The item that settles a question: of several its own, else the first."""
    chosen = _chosen(verdict)
    return asking.item if asking.item in chosen else next(iter(chosen), None)


def _chosen(verdict: Verdict) -> tuple[str, ...]:
    return tuple(one.item.id for one in verdict.chosen) if isinstance(verdict, Settled) else ()
