"""Personal numbers in a member's text are masked before anything is written."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from bot.text import normalise

KEPT_LIMIT = 500
"""Characters of a question that are kept: who writes more rambles."""

_PHONE, _ID, _CARD, _EMAIL, _OTHER = "［电话］", "［证件号］", "［卡号］", "［邮箱］", "［号码］"
_STAND_IN = re.compile(r"\[(?:电话|证件号|卡号|邮箱|号码)\]")

_NUMERALS = dict(zip("〇零○一壹二贰貳两三叁參四肆五伍六陆陸七柒八捌九玖幺", "00011222233344556667788991", strict=True))
_ARABIC = str.maketrans(_NUMERALS)
_DIGIT = rf"[0-9{''.join(_NUMERALS)}]"
_DIGITS = rf"{_DIGIT}+"
_GAP = rf"[^\w:\0]|_|:(?!{_DIGIT}{{2}}(?!{_DIGIT}))|横?杠|空格"
"""Whatever is neither a letter nor a digit may stand within a number; before two digits a colon tells a time."""
_RUN = re.compile(rf"{_DIGITS}(?:(?:{_GAP}){{1,6}}{_DIGITS})*")
_GROUP = re.compile(_DIGITS)
_LAST_X = re.compile(rf"(?:{_GAP})?[Xx×](?![A-Za-z\d])")
_DASH = r"[-\u2010-\u2015\u2212]"
_UNIT = r"\s*[元万亿年人吨方米亩个名户辆斤里平立美块份篇条章节页项款级次届期只件字天周公千度株棵头册台所票套座栋]"
_AMOUNT = re.compile(_UNIT)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_FRACTION = re.compile(r"\d\.$")
_DECIMALS = re.compile(r"(?:\d\.\d+[^\d.]+){2}")
_HOST = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")

_BIRTH = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_IDENTITY = re.compile(rf"[1-9]\d{{5}}(?:19|20)\d\d{_BIRTH}\d{{3}}[\dX]")
_OLD_IDENTITY = re.compile(rf"[1-9]\d{{5}}\d\d{_BIRTH}\d{{3}}")
_MOBILE = re.compile(r"(?:(?:00)?86)?1[3-9]\d{9}")
_LAND_LINE = re.compile(r"(?:0|(?:00)?860?)(?:10|2\d|[3-9]\d\d)[2-9]\d{6,7}(?:\d{1,4})?")
_SERVICE_LINE = re.compile(r"[48]00\d{7}")
_ABROAD = re.compile(r"(?:\+|00)[1-9]\d{7,14}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_DATE_SIGN = re.compile(r"(?<=\d)[年月日](?=\W?\d)")
_NOT_PERSONAL = re.compile(
    "|".join(
        (
            # Days, with their time of day or without.
            rf"(?<!\d)(?:19|20)\d\d(?:{_DASH}|[./])(?:0?[1-9]|1[0-2])(?:(?:{_DASH}|[./])[0-3]?\d)?(?!\d)",
            r"(?<!\d)(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?:(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?)?(?!\d)",
            # Amounts of money, round numbers and fractions.
            r"(?<!\d)(?:[$¥€£]|RMB|人民币)\s?\d{1,12}(?![\d-])",
            r"(?<![\d+-])[1-9]\d?0{5,}(?!\d)",
            r"(?<![\d.])(?:\d{1,2}\.\d{7,}|\d{3}\.\d{6,7})(?![\d.])",
            # Documents and books.
            r"[第〕]\d{1,10}号",
            r"(?:合同|文件|项目|公文|发文)编?号:?\s?\d{4}[\d-]{,10}(?![\d-])",
            r"ISBN:?\s?[\d-]{10,17}(?![\d-])",
        )
    )
)
"""Numbers that lead to nobody, and that no other number reaches across."""
_MOST_GROUPS = 24
_FEW_GROUPS = 6
"""In more of them people write digits singly or in pairs."""
_PAIR = 2
_A_LIST = 4
"""So many small numbers, each larger than the one before, count something."""

_PLACE = 6
_SHORTEST_CARD = 13
_QUARTET = 4
_BANK = 6
"""A card's number begins with so many digits of its bank, which some write as a group."""
_LONGEST_AMOUNT = 15
_UNION_PAY = re.compile(r"62\d{14,17}")
_SHORTEST_GROUP = 3

_LOCAL_PART = r"(?:(?<![A-Za-z0-9_.+-])[A-Za-z0-9_.+-]++|[\u4e00-\u9fff]{1,4})"
_AT_SIGN = (
    r"\s{0,2}[(\[{<【〔]?\s?"
    r"(?:@|艾特|爱特|小老鼠|圈[Aa]|(?<=\()a(?=\))|(?<![A-Za-z])[Aa][Tt](?![A-Za-z])|#)"
    r"\s?[)\]}>】〕]?\s{0,2}"
)
_POINT = r"\s{0,2}[(\[]?(?:\.|。|点|[Dd][Oo][Tt])[)\]]?\s{0,2}"
_LABEL = r"[A-Za-z0-9-]+"
_TOP_LEVEL = r"(?i:com|cn|net|org|edu|gov|info|top|vip|cc|me|io)"
_PROVIDER = r"(?i:qq|163|126|139|189|gmail|sina|sohu|hotmail|outlook|foxmail|yahoo|aliyun|icloud|yeah)"
_EMAILS = re.compile(
    "|".join(
        (
            rf"{_LOCAL_PART}@{_LABEL}(?:\.{_LABEL})+",
            rf"{_LOCAL_PART}@[\w-]+\.(?:中国|公司|网络|网址)",
            # With words, blanks or other marks in place of the sign and the points, where it ends as an address does.
            rf"{_LOCAL_PART}{_AT_SIGN}{_LABEL}(?:{_POINT}{_LABEL})*?{_POINT}{_TOP_LEVEL}(?:{_POINT}cn)?(?![A-Za-z0-9])",
            rf"{_LOCAL_PART}{_AT_SIGN}{_PROVIDER}(?![A-Za-z0-9])",
            # Letter by letter.
            r"(?<![A-Za-z0-9])(?:[A-Za-z0-9._-] ){3,}+@(?: [A-Za-z0-9.-]){4,}+(?![A-Za-z0-9])",
        )
    )
)
_MAY_BE_EMAIL = re.compile(r"[@#]|[艾爱]特|小老鼠|圈[Aa]|[Aa][Tt]|\(a\)")

_BETWEEN = rf"(?:\s?{_DASH}\s?|\s)"
_YEARS_OR_ROUND = rf"(?:19|20)\d\d{_BETWEEN}(?:19|20)\d\d|\d{{1,2}}00{_BETWEEN}\d\d00"
_OTHERS = re.compile(
    "|".join(
        (
            # Whatever else is long enough to reach someone by; dates, years from 1900 on, amounts and measures are not.
            rf"(?<!\d)(?!{_YEARS_OR_ROUND})\d{{3,4}}{_BETWEEN}\d{{4}}(?!\d)(?!{_UNIT})",
            rf"(?<!\d)\d{{7,12}}(?!\d)(?!\.\d)(?!{_UNIT})",
        )
    )
)
_FEWEST_DIGITS = 7
_MAY_HOLD = re.compile(r"[@＠#＃\[［]|[艾爱]特|小老鼠|[(（]a[)）]|圈[AaＡａ]|[AaＡａ][TtＴｔ]")
"""A text without any of these holds no e-mail address and nothing that is masked."""
_BLANK = "\0"


def mask(text: str) -> str:
    """The text with phone, identity card and bank card numbers and e-mail addresses masked, cut at 500 characters.

    A number is found in digits of any kind and in Chinese numerals, with gaps and brackets, and with marks that no one
    sees. What stands around it is left as it is.
    """
    plain = _Plain.of(text)
    return plain.replaced(_found(plain.text))[:KEPT_LIMIT]


def loggable(text: str) -> str:
    """A member's text as it may be written down: masked, on one line, and without NUL, which no database likes."""
    return " ".join(mask(text).replace("\0", "").split())


def question_key(question: str) -> str:
    """What a question is known by in all that is kept: the normal form of what may be written down of it."""
    text = loggable(question)
    return normalise(text) or text


def bare(text: str) -> str:
    """The text without personal numbers, whether they are masked or not: what is asked does not depend on them."""
    plain = _Plain.of(text)
    masked = (_Span(*found.span(), "") for found in _STAND_IN.finditer(plain.text))
    spans = sorted((*masked, *_found(plain.text)), key=lambda span: span.start)
    return plain.replaced(_Span(span.start, span.end, " ") for span in spans)


def is_masked(text: str) -> bool:
    """Whether a text holds a personal number, or what was put in its place."""
    return bare(text) != text


def without_numbers(line: str) -> str:
    """A line of the log without what surely is a phone, identity card or bank card number or an e-mail address.

    Unlike ``mask`` it leaves short numbers, which are the bot's own.
    """
    plain = _Plain.of(line)
    return plain.replaced(span for span in _found(plain.text) if span.stand_in != _OTHER)


@dataclass(frozen=True, slots=True)
class _Span:
    """A personal number in a plain text, and what stands for it."""

    start: int
    end: int
    stand_in: str


@dataclass(frozen=True, slots=True)
class _Plain:
    """A text in half width, with Arabic digits for all that are drawn otherwise, and without marks that no one sees.

    ``places``: where each of its characters stands in ``source``. It is empty where ``source`` holds too few digits for
    a number, and no mark of an address.
    """

    source: str
    text: str
    places: Sequence[int]

    @classmethod
    def of(cls, source: str) -> "_Plain":
        digits = sum(character.isnumeric() or character in _NUMERALS for character in source)
        if digits < _FEWEST_DIGITS and not _MAY_HOLD.search(source):
            return cls(source, "", ())
        drawn = [(place, _drawn_plainly(character)) for place, character in enumerate(source)]
        places = [place for place, plainly in drawn for _ in plainly]
        return cls(source, "".join(plainly for _, plainly in drawn), places)

    def replaced(self, spans: Iterable[_Span]) -> str:
        """The source with these replaced, which are in order and do not overlap."""
        parts, done = [], 0
        for span in spans:
            parts += [self.source[done : self.places[span.start]], span.stand_in]
            done = self.places[span.end - 1] + 1
            # Marks that no one sees go with the character before them.
            following = self.places[span.end] if span.end < len(self.places) else len(self.source)
            done = max(done, following)
        return "".join((*parts, self.source[done:]))


def _drawn_plainly(character: str) -> str:
    if character.isascii():
        return character if character.isprintable() or character.isspace() else ""
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    # Zero width, variation selectors, keycaps.
    if unicodedata.category(character) in {"Cf", "Me"} or "\ufe00" <= character <= "\ufe0f":
        return ""
    return unicodedata.normalize("NFKC", character)


def _found(text: str) -> Sequence[_Span]:
    """The personal numbers in a plain text, in order."""
    if not text:
        return ()
    spans = []
    left = text
    for find in (_emails, _identities, _phones_and_cards, _others):
        new = [*find(left)]
        spans += new
        for span in new:
            left = left[: span.start] + _BLANK * (span.end - span.start) + left[span.end :]
    return sorted(spans, key=lambda span: span.start)


def _emails(text: str) -> Iterator[_Span]:
    if _MAY_BE_EMAIL.search(text):
        yield from (_Span(*found.span(), _EMAIL) for found in _EMAILS.finditer(text))


def _others(text: str) -> Iterator[_Span]:
    return (_Span(*found.span(), _OTHER) for found in _OTHERS.finditer(_without(_NOT_PERSONAL, text)))


@dataclass(frozen=True, slots=True)
class _Number:
    """Digits of a text that may be one number: where each group of them stands."""

    text: str
    groups: Sequence[tuple[int, int]]

    @property
    def start(self) -> int:
        return self.groups[0][0]

    @property
    def end(self) -> int:
        return self.groups[-1][1]

    def parts(self) -> list[str]:
        """The digits of each group, as Arabic ones."""
        return [self.text[start:end].translate(_ARABIC) for start, end in self.groups]


def _runs(text: str, kind: Callable[[_Number], _Span | None]) -> Iterator[_Span]:
    """What is of a kind among the runs of digits with gaps, the longest first at each place."""
    for run in _RUN.finditer(text):
        groups = [found.span() for found in _GROUP.finditer(text, *run.span())]
        first = 0
        while first < len(groups):
            ends = range(min(len(groups), first + _MOST_GROUPS), first, -1)
            found = ((last, kind(_Number(text, groups[first:last]))) for last in ends)
            first, span = next(((last, span) for last, span in found if span), (first + 1, None))
            if span:
                yield span


def _identities(text: str) -> Iterator[_Span]:
    # A date of birth may be written as one.
    return _runs(_DATE_SIGN.sub(" ", text), _identity)


def _identity(number: _Number) -> _Span | None:
    digits, end = "".join(number.parts()), number.end
    if last := _LAST_X.match(number.text, end):
        digits, end = f"{digits}X", last.end()
    # The first six digits name a place: they are a group, or several, or all is one.
    is_grouped_so = len(number.groups) == 1 or _PLACE in accumulate(map(len, number.parts()))
    is_old = is_grouped_so and _OLD_IDENTITY.fullmatch(digits)
    return _Span(number.start, end, _ID) if is_old or _IDENTITY.fullmatch(digits) else None


def _phones_and_cards(text: str) -> Iterator[_Span]:
    return _runs(_without(_NOT_PERSONAL, text), _phone_or_card)


def _without(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda found: _BLANK * len(found.group()), text)


def _phone_or_card(number: _Number) -> _Span | None:
    parts, written = number.parts(), number.text[number.start : number.end]
    if _counts(parts) or _THOUSANDS.fullmatch(written) or _HOST.fullmatch(written) or _DECIMALS.search(written):
        return None
    is_international = number.text[max(number.start - 1, 0)] == "+"
    if _is_phone("+" * is_international + "".join(parts), parts):
        start = number.start - is_international
        is_bracketed = number.text[start - 1 : start] in set("([【〔") and re.search(r"[)\]】〕]", written)
        return _Span(start - bool(is_bracketed), number.end, _PHONE)
    return _Span(number.start, number.end, _CARD) if _is_card(number, parts) else None


def _counts(parts: Sequence[str]) -> bool:
    """Whether these are numbers of a list, such as 9, 10, 11, 12."""
    is_small = len(parts) >= _A_LIST and max(map(len, parts)) <= _PAIR
    return is_small and all(int(one) < int(other) for one, other in pairwise(parts))


def _is_phone(digits: str, parts: Sequence[str]) -> bool:
    if len(parts) > _FEW_GROUPS and max(map(len, parts)) > _PAIR:
        return False
    at_home = digits.removeprefix("+")
    return bool(
        _MOBILE.fullmatch(at_home)
        or _LAND_LINE.fullmatch(at_home)
        or _SERVICE_LINE.fullmatch(at_home)
        or _ABROAD.fullmatch(digits)
    )


def _is_card(number: _Number, parts: Sequence[str]) -> bool:
    digits = "".join(parts)
    if len(digits) < _SHORTEST_CARD:
        return False
    if len(parts) == 1:
        is_amount = len(digits) <= _LONGEST_AMOUNT and _AMOUNT.match(number.text, number.end)
        return not (is_amount or _FRACTION.search(number.text[: number.start]))
    if all(map(_YEAR.fullmatch, parts[:2])) or all(part.endswith("00") for part in parts):
        return False
    if _UNION_PAY.fullmatch(digits) and min(map(len, parts)) >= _SHORTEST_GROUP:
        return True
    first, *rest, last = map(len, parts)
    fours = all(size == _QUARTET for size in rest) and (last <= _QUARTET or not rest)
    return (first == _QUARTET and bool(rest) and fours) or (first == _BANK and fours) or max(first, *rest, last) == 1
