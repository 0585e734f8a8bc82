"""The heart: a question is asked and judged, and what was missed is recorded. No I/O of its own."""

from collections.abc import Callable

from bot.masking import mask
from bot.matching import Answer, Matcher, NotCovered, SmallTalk, Suggestions, Unknown, Verdict
from bot.store.interface import Miss, State
from bot.text import is_blank, normalise


def verdict_name(verdict: Verdict) -> str:
    """A verdict's name in logs and JSON."""
    match verdict:
        case Answer():
            return "answer"
        case Suggestions():
            return "suggest"
        case NotCovered():
            return "not-covered"
        case SmallTalk():
            return "small-talk"
        case Unknown():
            return "unknown"


class Faq:
    """Answers questions with one matcher, and hands each miss to ``record``."""

    def __init__(self, matcher: Matcher, record: Callable[[Miss], None]) -> None:
        self._matcher = matcher
        self._record_miss = record

    def ask(self, question: str) -> Verdict:
        """The verdict on a question; a miss is in the log when this returns.

        Raises:
            StoreError: the miss could not be recorded.
        """
        verdict = self._matcher.match(question)
        match verdict:
            case NotCovered():
                self._record(question, verdict, State.NOT_COVERED)
            case Unknown():
                self._record(question, verdict, State.OPEN)
            case _:
                pass
        return verdict

    def reject(self, question: str) -> bool:
        """None of the suggestions was meant: the question is a miss. False if there is no question to record.

        Raises:
            StoreError: the miss could not be recorded.
        """
        return self._record(question, self._matcher.match(question), State.OPEN)

    def _record(self, question: str, verdict: Verdict, state: State) -> bool:
        """Whether there was anything to record."""
        if is_blank(question):
            return False
        text = " ".join(mask(question).split())
        best = verdict.candidates[0] if verdict.candidates else None
        self._record_miss(
            Miss(
                question=text,
                key=normalise(text) or text,
                verdict=verdict_name(verdict),
                state=state,
                item=best.item.id if best else None,
                score=round(verdict.score, 4),
            )
        )
        return True
