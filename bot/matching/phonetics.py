"""How Chinese text sounds: pinyin without tones, folded so that what phones and ears confuse is equal."""

import json
import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.metadata import distribution
from pathlib import Path

_LONGEST_SYLLABLE = 6
_LONGEST_WORD = 80
"""Nobody types more without a space; what is longer is not worth taking apart."""
_FOLDS = (
    (re.compile("^([zcs])h"), r"\1"),  # 平翘舌: zh, ch, sh are z, c, s in the south-west
    (re.compile("^n"), "l"),  # 鼻边音: n and l are one sound there
    (re.compile("(?<=[ei])ng$"), "n"),  # 前后鼻音: in and ing, en and eng
    (re.compile("^lve?$"), "lu"),  # ü has no key of its own
)
_DIGITS = dict(zip("0123456789", ("ling", "yi", "er", "san", "si", "wu", "liu", "qi", "ba", "jiu"), strict=True))


@cache
def syllable(character: str) -> str:
    """The folded syllable of a character in its commonest reading; empty for what has none. Digits are read out."""
    return _DIGITS.get(character) or fold(_plain(_reading(character)))


def sound_of(text: str) -> str:
    """The folded syllables of written characters, with a space between."""
    return " ".join(map(syllable, text))


def spell(character: str) -> str:
    """The pinyin of a character as it is typed, with v for ü; empty for what has none."""
    return _plain(unicodedata.normalize("NFD", _reading(character)).replace("u\u0308", "v"))


@lru_cache(maxsize=4096)
def fold(typed: str) -> str:
    """A syllable without what regional speech and input methods leave out."""
    for pattern, replacement in _FOLDS:
        typed = pattern.sub(replacement, typed)
    return typed


@lru_cache(maxsize=4096)
def segment(word: str) -> tuple[str, ...]:
    """The folded syllables of a word typed in pinyin, as few as possible; empty for a word that is no pinyin."""
    if len(word) > _LONGEST_WORD:
        return ()
    best: dict[int, tuple[str, ...]] = {0: ()}
    for end in range(1, len(word) + 1):
        starts = [start for start in best if end - start <= _LONGEST_SYLLABLE and word[start:end] in _syllables()]
        if starts:
            start = min(starts, key=lambda start: len(best[start]))
            best[end] = (*best[start], fold(word[start:end]))
    return best.get(len(word), ())


@cache
def _syllables() -> frozenset[str]:
    """Every syllable as typed; ü is also typed as v."""
    plain = {_plain(readings.partition(",")[0]) for readings in _readings().values()}
    return frozenset(plain | {"lv", "nv", "lve", "nve"})


@cache
def _readings() -> Mapping[str, str]:
    """The readings of each character, the commonest first, with commas between them; keys are code points in decimal.

    This is pypinyin's table, read as the file that it is: importing pypinyin loads its phrases too, which are not used
    here and cost a quarter of a second and 57 MB.
    """
    table = Path(str(distribution("pypinyin").locate_file("pypinyin/pinyin_dict.json")))
    readings: Mapping[str, str] = json.loads(table.read_text(encoding="utf-8"))
    return readings


def _reading(character: str) -> str:
    """The commonest reading with its tone marks; empty for a character without one."""
    return _readings().get(str(ord(character)), "").partition(",")[0]


def _plain(reading: str) -> str:
    """A reading without its tone marks."""
    return "".join(c for c in unicodedata.normalize("NFD", reading) if not unicodedata.combining(c))
