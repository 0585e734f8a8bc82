"""Personal numbers in a member's text are masked before anything is written."""

import re
import unicodedata
from collections.abc import Iterable

from bot.text import normalise

KEPT_LIMIT = 500
"""Characters of a question that are kept: who writes more rambles."""

_GAP = r"[\s.·\-\u2010-\u2015]{0,3}"
_UNITS = r"[元万亿年人吨方米亩个名户辆斤里平立美块份篇]"
_DATE = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?!\d)"
_YEARS = r"(?:(?:19|20)\d\d[ -]){2}"
_MASKS = (
    (re.compile(r"(?:[A-Za-z0-9_.+-]+|[\u4e00-\u9fff]{1,4})@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"), "［邮箱］"),
    # Mobile numbers, with or without country code; not the middle of a longer number in groups.
    (re.compile(rf"(?<!\d)(?<!\d[ -])(?:\+?86{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?![ -]?\d)"), "［电话］"),
    (re.compile("[一幺][三四五六七八九][零〇一幺二两三四五六七八九]{9}"), "［电话］"),
    # An identity card: 17 digits and a digit or X.
    (re.compile(rf"(?<!\d)(?:\d{_GAP}){{17}}[\dXx](?!\d)"), "［证件号］"),
    # A bank card has 13 to 19 digits, often in groups of four; years in a row and dates are none.
    (
        re.compile(rf"(?<!\d)(?:\d{{13,19}}|(?!{_YEARS})\d{{4}}(?:[ -]\d{{4}}){{2,3}}(?:[ -]\d{{1,4}})?)(?!\d)"),
        "［卡号］",
    ),
    # Land lines with their area code.
    (re.compile(rf"(?<!\d)\(?0\d{{2,3}}\)?{_GAP}\d{{3,4}}{_GAP}\d{{4}}(?!\d)"), "［电话］"),
    # Whatever else is long enough to reach someone by; dates, years from 1900 on, amounts and measures are not.
    (re.compile(rf"(?<!\d)(?!(?:19|20)\d\d[ -](?:19|20)\d\d)\d{{3,4}}[ -]\d{{4}}(?!\d)(?!\s*{_UNITS})"), "［号码］"),
    (re.compile(rf"(?<!\d)(?!{_DATE})\d{{7,12}}(?!\d)(?!\.\d)(?!\s*{_UNITS})"), "［号码］"),
)


_STAND_INS = re.compile("|".join({re.escape(unicodedata.normalize("NFKC", stand_in)) for _, stand_in in _MASKS}))
_HOLDS_NONE = re.compile(r"[^\d@\[一幺]*")
_BLANKS = tuple((pattern, " ") for pattern in (_STAND_INS, *(pattern for pattern, _ in _MASKS)))


def mask(text: str) -> str:
    """The text with phone, identity card and bank card numbers and e-mail addresses masked, cut at 500 characters.

    A number is found in whatever width it is typed, with gaps and with marks that no one sees. A text without one is
    left as it is.
    """
    return _replaced(text, _MASKS)[:KEPT_LIMIT]


def loggable(text: str) -> str:
    """A member's text as it may be written down: masked, and on one line."""
    return " ".join(mask(text).split())


def question_key(question: str) -> str:
    """What a question is known by in all that is kept: the normal form of what may be written down of it."""
    text = loggable(question)
    return normalise(text) or text


def bare(text: str) -> str:
    """The text without personal numbers, whether they are masked or not: what is asked does not depend on them."""
    return _replaced(text, _BLANKS)


def is_masked(text: str) -> bool:
    """Whether a text holds a personal number, or what was put in its place."""
    return bare(text) != text


def _replaced(text: str, stand_ins: Iterable[tuple[re.Pattern[str], str]]) -> str:
    # Half width, without marks that no one sees.
    plain = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    if _HOLDS_NONE.fullmatch(plain):
        return text
    replaced = plain
    for pattern, stand_in in stand_ins:
        replaced = pattern.sub(stand_in, replaced)
    return text if replaced == plain else replaced
