"""A question, what a member would read, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from bot.conversation.member_replies import MemberReplies
from bot.conversation.reply import plain_text
from bot.matching import QUESTION_LIMIT, Verdict, reasons
from bot.texts.command_line import FEATURES
from bot.texts.page import trial as texts
from bot.web.visit import Page, Visit

_TELLING = 0.05
"""A reason that changes the logit by less is not named."""
_REASONS = 8
"""Reasons that are named."""
_LONGEST = 4096
"""Characters of a message on Telegram."""


@dataclass(frozen=True, slots=True)
class _Reason:
    """What speaks for the best candidate, or against it where ``value`` is below 0; ``share`` of the weightiest one."""

    name: str
    value: float
    share: float


def _show(visit: Visit) -> Response:
    question = visit.query.get("q", "")[:_LONGEST]
    snapshot = visit.services.current.snapshot
    if not question.strip():
        return visit.page("trial.html", question="", limit=QUESTION_LIMIT, verdict=None)
    verdict = snapshot.matcher.match(question)
    reply = MemberReplies(snapshot.base, visit.services.retention_days).verdict(verdict, question, noted=False)
    return visit.page(
        "trial.html",
        question=question,
        limit=QUESTION_LIMIT,
        verdict=verdict,
        reply=plain_text(reply.text),
        buttons=[button.label for button in reply.buttons],
        thresholds=snapshot.confidence,
        reasons=_reasons(verdict),
    )


def _reasons(verdict: Verdict) -> Sequence[_Reason]:
    """What decided for the best candidate and against it, the weightiest first; nothing if none was compared."""
    features = verdict.why.features
    decided = [
        (name, value) for name, value in (reasons(features) if features else {}).items() if abs(value) >= _TELLING
    ]
    most = max((abs(value) for _, value in decided), default=1.0)
    return [_Reason(FEATURES[name], value, abs(value) / most) for name, value in decided[:_REASONS]]


PAGE = Page(path="/try", label=texts.LABEL, shows={"/try": _show})
