"""The heart: a question is asked and judged, and what was missed is said. No I/O of its own."""

from dataclasses import dataclass

from bot.items import Item, VerdictKind
from bot.masking import mask
from bot.matching import Answer, Matcher, NotCovered, Unknown, Verdict
from bot.store.records import Answered, Feedback, Miss, Opinion, State
from bot.text import is_blank, normalise


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of a question: the verdict, and the miss, if it is one, which the caller may keep."""

    verdict: Verdict
    miss: Miss | None


class Faq:
    """Answers questions with one matcher."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher

    def ask(self, question: str) -> Asked:
        """The verdict on a question."""
        verdict = self._matcher.match(question)
        match verdict:
            case NotCovered():
                return Asked(verdict, _miss(question, verdict, State.NOT_COVERED))
            case Unknown():
                return Asked(verdict, _miss(question, verdict, State.OPEN))
            case _:
                return Asked(verdict, None)

    def reject(self, question: str) -> Asked:
        """None of the suggestions was meant: the question is a miss, if there is one."""
        verdict = self._matcher.match(question)
        return Asked(verdict, _miss(question, verdict, State.OPEN))

    def answered(self, question: str, verdict: Verdict) -> tuple[Answered, ...]:
        """A question that was answered, fit to be kept: once for each item."""
        if not isinstance(verdict, Answer):
            return ()
        text = _kept(question)
        return tuple(Answered(text, question_key(text), one.item.id, round(one.score, 4)) for one in verdict.chosen)

    def complaint(self, feedback: Feedback) -> Miss:
        """A thumb down as a miss: what was answered was not good."""
        return Miss(feedback.question, feedback.key, VerdictKind.ANSWER, State.OPEN, feedback.item, 0.0)

    def opinion(self, question: str, item: Item, opinion: Opinion) -> Feedback:
        """An opinion on an item that was shown for a question, fit to be kept."""
        text = _kept(question)
        return Feedback(text, question_key(text), item.id, opinion)


def question_key(question: str) -> str:
    """What a question is known by in what is kept."""
    text = _kept(question)
    return normalise(text) or text


def _kept(question: str) -> str:
    """Masked, and on one line."""
    return " ".join(mask(question).split())


def _miss(question: str, verdict: Verdict, state: State) -> Miss | None:
    if is_blank(question):
        return None
    text = _kept(question)
    best = verdict.candidates[0] if verdict.candidates else None
    return Miss(
        question=text,
        key=question_key(text),
        verdict=verdict.kind,
        state=state,
        item=best.item.id if best else None,
        score=round(verdict.score, 4),
    )
