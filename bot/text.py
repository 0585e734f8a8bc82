"""The only place that changes text before it is matched.

``normalise`` gives the one form in which texts are compared: two texts that members would call the same question
(traditional or simplified, full or half width, 五月三十一日 or 5月31号, with or without punctuation) have one form.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from opencc import OpenCC

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
_D = "[零〇一二两三四五六七八九]"
_TENS = f"{_D}?十{_D}?"
_HUNDREDS = f"{_D}百(?:零{_D}|{_D}?十{_D}?)?"
_THOUSANDS = f"{_D}千(?:零(?:{_TENS}|{_D})|{_HUNDREDS})?"
_BELOW = f"{_THOUSANDS}|{_HUNDREDS}|{_TENS}"
# Only well-formed numerals are one number: 十一五 and 十五 are two different plans.
_NUMERAL = re.compile(f"(?:{_BELOW}|{_D})万(?:零?(?:{_BELOW}))?|{_BELOW}|{_D}+")
_DIGIT = re.compile(r"\d")
_SHORT_DATE = re.compile(r"(?<![\d.])(0?[1-9]|1[0-2])\s*[./-]\s*(0?[1-9]|[12]\d|3[01])(?![\d.])")
_DATE = re.compile(r"(?<!\d)0?(1[0-2]|[1-9])月份?0?(3[01]|[12]\d|[1-9])(?!\d)[日号]?")
_SIMPLIFYING_STEPS = 4
_LEFT_TRADITIONAL = str.maketrans("著揹", "着背")
"""Characters that OpenCC leaves as they are, because simplified text may hold them too."""
_CLAUSE_END = re.compile(r"[,.;:?!。…~\n]+|(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])")
_NOT_WORD = re.compile(r"[^\w%]|_")
_SPACE = re.compile(r"(?<![a-z0-9])\s+|\s+(?![a-z0-9])")


@lru_cache(maxsize=1)
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=1 << 15)  # the loader and the index ask for the same phrasings, one after the other
def normalise(text: str) -> str:
    """The form in which texts are compared: simplified, half width, lower case, Arabic numerals, no punctuation.

    One space stands where two Latin words or numbers would run together; there is no other white space. Empty for a
    text without letters or digits. Idempotent.
    """
    text = _NOT_WORD.sub(" ", _dates(_numerals(_plain(text))))
    text = _unspaced(" ".join(text.split()))
    # Where a date gets its 日, no number follows it any more.
    return _unspaced(_DATE.sub(r"\1月\2日", text)) if _DIGIT.search(text) else text


def clauses(text: str) -> Iterator[tuple[str, str]]:
    """The parts of a message between punctuation, each in normal form, with the marks that end it; blank ones left out.

    A space between Chinese characters parts clauses too: phones put it where a comma is too far away.
    """
    plain = _dates(_numerals(_plain(text)))
    start = 0
    for end in [*_CLAUSE_END.finditer(plain), None]:
        clause = normalise(plain[start : end.start() if end else None])
        if clause:
            yield clause, end.group().strip() if end else ""
        start = end.end() if end else start


def is_blank(text: str) -> bool:
    """Whether there is no word in it: white space, control characters, punctuation, emoji."""
    return not any(character.isalnum() for character in text)


def _plain(text: str) -> str:
    """Half width, lower case, simplified, without marks that no one sees."""
    text = unicodedata.normalize("NFKC", text).lower()
    if not text.isprintable():
        text = "".join(_visible(character) for character in text)
    # A few characters simplify in two steps; no chain is longer.
    for _ in range(_SIMPLIFYING_STEPS):
        before, text = text, unicodedata.normalize("NFKC", _simplifier().convert(text))
        if text == before:
            break
    return text.translate(_LEFT_TRADITIONAL)


def _visible(character: str) -> str:
    """A character; white space in place of a control character that is some, nothing in place of another."""
    if character == "\n" or not unicodedata.category(character).startswith("C"):
        return character
    return " " if character.isspace() else ""


def _unspaced(text: str) -> str:
    return _SPACE.sub("", text) if " " in text else text


def _dates(text: str) -> str:
    if not _DIGIT.search(text):
        return text
    return _DATE.sub(r"\1月\2日", _SHORT_DATE.sub(r"\1月\2日", text))


def _numerals(text: str) -> str:
    return _NUMERAL.sub(lambda found: _arabic(found.group()), text)


def _arabic(numeral: str) -> str:
    """二十一 -> 21, 一百零五 -> 105, 二〇一〇 -> 2010."""
    if not any(unit in numeral for unit in _UNITS):
        return "".join(str(_DIGITS[digit]) for digit in numeral)
    total = section = digit = 0
    for character in numeral:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character == "万":
            total, section, digit = (total + section + digit) * _UNITS["万"], 0, 0
        else:
            section, digit = section + (digit or 1) * _UNITS[character], 0
    return str(total + section + digit)
