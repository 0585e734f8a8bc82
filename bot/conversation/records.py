"""What is kept of a member's turn: misses, opinions and answered questions, masked, and never who it was."""

from bot.items import Item, Kind, VerdictKind
from bot.masking import loggable, question_key
from bot.matching import Answer, Unknown, Verdict, Why
from bot.snapshot import CONFIDENCE
from bot.store.records import COMPLAINED, Answered, Feedback, Miss, Opinion, State
from bot.text import is_blank

_STATES = {VerdictKind.NOT_COVERED: State.NOT_COVERED, VerdictKind.UNKNOWN: State.OPEN}
"""What becomes of a question by the verdict on it; other verdicts make no miss."""


def miss_of(question: str, verdict: Verdict) -> Miss | None:
    """The miss that a question is by its verdict; None if it is none, or blank."""
    state = _STATES.get(verdict.kind)
    return _miss(question, verdict, state) if state else None


def misses_of_parts(verdict: Verdict) -> list[Miss | None]:
    """The misses that the parts of a message are which an answer leaves open, and that resemble nothing."""
    unknown = [part.words for part in verdict.open if not part.suggestions] if isinstance(verdict, Answer) else []
    return [miss_of(words, Unknown((), (), Why())) for words in unknown]


def rejected_miss(question: str, verdict: Verdict) -> Miss | None:
    """The miss of a question whose suggestions were not meant; None if it is blank."""
    return _miss(question, verdict, State.OPEN)


def answered_questions(question: str, verdict: Verdict) -> tuple[Answered, ...]:
    """A question that was answered, once for each of its items; nothing for other verdicts."""
    if not isinstance(verdict, Answer):
        return ()
    text, key = loggable(question), question_key(question)
    answers = [chosen for chosen in verdict.chosen if chosen.item.kind is Kind.ANSWER]
    return tuple(Answered(text, key, chosen.item.id, round(chosen.score, 4), CONFIDENCE) for chosen in answers)


def opinion_on(item: Item, question: str, opinion: Opinion) -> Feedback:
    """An opinion on an item that was shown for a question."""
    return Feedback(loggable(question), question_key(question), item.id, opinion)


def complaint(feedback: Feedback) -> Miss:
    """A thumb down as a miss: the question was answered, and the answer was not good."""
    return Miss(feedback.question, feedback.key, COMPLAINED, State.OPEN, feedback.item, 0.0)


def _miss(question: str, verdict: Verdict, state: State) -> Miss | None:
    if is_blank(question):
        return None
    best = verdict.candidates[0] if verdict.candidates else None
    return Miss(
        question=loggable(question),
        key=question_key(question),
        verdict=verdict.kind,
        state=state,
        item=best.item.id if best else None,
        score=round(verdict.score, 4),
    )
