"""How much a word tells in Chinese at large, where a knowledge base is too small to know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).with_name("words.txt")
_COMMON = 28
"""From this rarity on a word tells something."""
_UNKNOWN = 62
"""The rarity of a word that is not in the table."""
_LETTERS = 50
"""The rarity of a Latin word."""
_NUMBER = 45
"""The rarity of a number."""
_LONGEST = 5
"""Characters of the longest word of the table."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: ``weight`` is how much it tells, 0 (nothing) to about 3.5 (the rarest)."""

    text: str
    start: int
    weight: float


@dataclass(frozen=True, slots=True)
class _Entry:
    """How rare a word is, as ten times the negative decimal logarithm of its share; whether it only joins others."""

    rarity: int
    is_function_word: bool


def words(form: str) -> Sequence[Word]:
    """The words of a normal form in order, without spaces: the likeliest way to cut it."""
    table = _table()
    costs, cuts = [0.0], [0]
    for end in range(1, len(form) + 1):
        best, cut = costs[end - 1] + _rarity(form[end - 1 : end], table), end - 1
        if not form[end - 1].isascii():
            for start in range(max(0, end - _LONGEST), end - 1):
                entry = table.get(form[start:end])
                if entry and costs[start] + entry.rarity < best:
                    best, cut = costs[start] + entry.rarity, start
        elif end > 1 and _runs_on(form, end - 1):
            start = cuts[end - 1]
            best, cut = costs[start] + _rarity(form[start:end], table), start
        costs.append(best)
        cuts.append(cut)
    found = []
    end = len(form)
    while end:
        start = cuts[end]
        text = form[start:end]
        if not text.isspace():
            found.append(Word(text, start, weight(text)))
        end = start
    return found[::-1]


def weight(word: str) -> float:
    """How much a word tells."""
    entry = _table().get(word)
    if entry and entry.is_function_word:
        return 0.0
    return max(0, _rarity(word, _table()) - _COMMON) / 10


def _runs_on(form: str, place: int) -> bool:
    """Whether the character at a place belongs to the Latin word or the number before it."""
    left, right = form[place - 1], form[place]
    return (
        left.isascii()
        and right.isascii()
        and ((left.isdigit() and right.isdigit()) or (left.isalpha() and right.isalpha()))
    )


def _rarity(word: str, table: Mapping[str, _Entry]) -> int:
    entry = table.get(word)
    if entry:
        return entry.rarity
    if word.isspace():
        return 0
    if word.isascii():
        return _NUMBER if word.isdigit() else _LETTERS
    return _UNKNOWN


@cache
def _table() -> Mapping[str, _Entry]:
    table: dict[str, _Entry] = {}
    for line in _TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        level, _, listed = line.partition(" ")
        entry = _Entry(int(level.rstrip("*")), level.endswith("*"))
        table.update(dict.fromkeys(listed.split(), entry))
    return table
