"""What of a text is compared: single characters and pairs of neighbours, each with its weight."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from operator import add

from bot.matching.lexicon import Lexicon
from bot.matching.phonetics import segment, syllable

_UNIT = re.compile(r"[a-z]+|\d+|[^\s]")
FRAME_WEIGHT = 0.1
"""What a term inside a frame counts against one outside."""


@dataclass(frozen=True, slots=True)
class Term:
    """A unit (a character, a Latin word, a number) or a pair of neighbours.

    ``sound`` is its folded pinyin; empty where it has none. ``text`` is empty for what was typed in pinyin.
    """

    text: str
    sound: str
    weight: float

    @property
    def shown(self) -> str:
        """The term as a person would name it."""
        return self.text or self.sound


def grams(form: str) -> set[str]:
    """The different units (characters, Latin words, numbers) of a normal form and their pairs, as index keys."""
    parts = _UNIT.findall(form)
    return {*parts, *map(add, parts, parts[1:])}


def terms(form: str, lexicon: Lexicon) -> list[Term]:
    """The different terms of a standardised question, in order. A word typed in pinyin gives terms of sound alone."""
    framed = lexicon.framed(form)
    parts = [
        part
        for found in _UNIT.finditer(form)
        for part in _parts(found.group(), FRAME_WEIGHT if found.start() in framed else 1.0)
    ]
    pairs = (
        Term(
            left.text + right.text if left.text and right.text else "",
            f"{left.sound} {right.sound}" if left.sound and right.sound else "",
            max(left.weight, right.weight),
        )
        for left, right in pairwise(parts)
    )
    distinct: dict[tuple[str, str], Term] = {}
    for term in (*parts, *pairs):
        if term.text or term.sound:
            distinct.setdefault((term.text, term.sound), term)
    return list(distinct.values())


def _parts(unit: str, weight: float) -> Iterator[Term]:
    syllables = segment(unit) if unit.isascii() and unit.isalpha() else ()
    if syllables and len(unit) > 1:
        yield from (Term("", sound, weight) for sound in syllables)
    else:
        yield Term(unit, syllable(unit) if len(unit) == 1 else "", weight)
