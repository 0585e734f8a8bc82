"""What is said about the last reply: once more, shorter, why, where it stands. Closed lists tell it."""

import re
from functools import cache

from bot.conversation.steering_words import FILLERS, HINTS, WORDS, Steering
from bot.matching import Phrases, compact

_LONGEST = 30
"""Characters of a message about the last reply; who writes more says more."""
_RANKS = {steering: rank for rank, steering in enumerate(Steering)}


@cache
def _phrases() -> Phrases[Steering]:
    """The words that say it; made when the first message comes."""
    return Phrases({steering: listed.split() for steering, listed in WORDS.items()}, FILLERS.split())


def steering_of(text: str) -> Steering | None:
    """What a message says of the last reply; None if it says anything else."""
    if len(text) > _LONGEST:
        return None
    words = compact(text)
    if not words:
        return Steering.EXPLAIN if text.strip() and set(text) <= set("?？!！。.… ") else None
    return min(_phrases().kinds(words), key=_RANKS.__getitem__, default=None)


_HINTED = {steering: re.compile(hint) for steering, hint in HINTS.items()}


def steering_in(text: str) -> Steering | None:
    """What a message that is nothing else may say of the last reply, by a word in it; None if there is none."""
    words = compact(text)
    if len(words) > _LONGEST:
        return None
    return next((steering for steering, hint in _HINTED.items() if hint.search(words)), None)
