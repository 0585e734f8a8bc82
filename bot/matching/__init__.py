"""From a question to a verdict: the only code that knows rapidfuzz.

``Matcher`` is the way in. What it says is one of the closed set ``Verdict``.
"""

from bot.matching.confidence import ConfidenceModel
from bot.matching.index import Index
from bot.matching.matcher import QUESTION_LIMIT, Matcher
from bot.matching.verdict import (
    Answer,
    Candidate,
    Judgement,
    NotCovered,
    Settled,
    SmallTalk,
    Suggestions,
    Unknown,
    Verdict,
    Why,
)

__all__ = [
    "QUESTION_LIMIT",
    "Answer",
    "Candidate",
    "ConfidenceModel",
    "Index",
    "Judgement",
    "Matcher",
    "NotCovered",
    "Settled",
    "SmallTalk",
    "Suggestions",
    "Unknown",
    "Verdict",
    "Why",
]
