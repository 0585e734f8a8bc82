"""From a question to a verdict: the only code that knows rapidfuzz.

``Matcher`` is the way in. What it says is one of the closed set ``Verdict``.
"""

from bot.matching.act_words import Act
from bot.matching.confidence import ConfidenceModel, reasons
from bot.matching.features import Features
from bot.matching.index import Index
from bot.matching.matcher import QUESTION_LIMIT, Matcher
from bot.matching.phrases import Phrases, compact
from bot.matching.splitting import is_asking
from bot.matching.verdict import (
    Answer,
    Candidate,
    Judgement,
    NotCovered,
    OpenPart,
    Settled,
    SmallTalk,
    Suggestions,
    Unknown,
    Verdict,
    Why,
)

ENGINE_VERSION = 6
"""Names how the engine scores. Raise it whenever a score changes, also by ``bot.text``: knowledge bases that the former
engine calibrated are calibrated anew then.
"""

__all__ = [
    "ENGINE_VERSION",
    "QUESTION_LIMIT",
    "Act",
    "Answer",
    "Candidate",
    "ConfidenceModel",
    "Features",
    "Index",
    "Judgement",
    "Matcher",
    "NotCovered",
    "OpenPart",
    "Phrases",
    "Settled",
    "SmallTalk",
    "Suggestions",
    "Unknown",
    "Verdict",
    "Why",
    "compact",
    "is_asking",
    "reasons",
]
