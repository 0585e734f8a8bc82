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

ENGINE_VERSION = 1
"""Names how the engine scores. Raise it whenever a score changes, also by ``bot.text``: knowledge bases that the former
engine calibrated are calibrated anew then.
"""

__all__ = [
    "ENGINE_VERSION",
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
