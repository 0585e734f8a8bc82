"""The one form in which texts are compared."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.text import clauses, normalise

SAME = {
    "traditional": ("創先爭優活動幾時開始", "创先争优活动几时开始"),
    "simplified in two steps": ("薴", "苎"),
    "full width": ("ＡＢＣ１２３", "abc123"),
    "case": ("KPI", "kpi"),
    "punctuation": ("“五个好”，是哪五个？", "五个好是哪五个"),
    "white space": (" 五个好\t是\n哪五个 ", "五个好是哪五个"),
    "zero width": ("五\u200b个\u200d好\ufeff", "五个好"),
    "control characters": ("五个\x07好", "五个好"),
    "emoji": ("五个好😀是啥", "五个好是啥"),
    "numerals": ("五个好", "5个好"),
    "两 is a numeral": ("两本书", "2本书"),
    "十一": ("十一", "11"),
    "二十": ("二十", "20"),
    "三十一": ("三十一", "31"),
    "一百零五": ("一百零五", "105"),
    "两千三百": ("两千三百", "2300"),
    "三万": ("三万", "30000"),
    "a year": ("二〇一〇年", "2010年"),
    "a date in words": ("五月三十一日", "5月31日"),
    "a date with 号": ("5月31号", "5月31日"),
    "a date without 日": ("5月31开会", "5月31日开会"),
    "a date with a point": ("5.31大会", "5月31日大会"),
    "a date with a stroke": ("5/31大会", "5月31日大会"),
    "a date with zeros": ("05月06日", "5月6日"),
    "spaces inside a date": ("5 月 31 日", "5月31日"),
}
DIFFERENT = {
    "a version is no date": ("1.10.2", "1月10日2"),
    "an amount is no date": ("3.50元", "3月50日元"),
    "numbers": ("五个好", "六个好"),
    "plans": ("十一五规划", "十五规划"),
    "one plan and the next": ("十一五规划", "十二五规划"),
    "a range is no number": ("二三十人", "三十人"),
    "shorthand is not guessed": ("一百五", "一百零五"),
    "Latin words stay apart": ("an hui", "anhui"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME.keys())
def test_one_form(one: str, other: str) -> None:
    """Two texts that a member would call the same."""
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT.keys())
def test_two_forms(one: str, other: str) -> None:
    """Two texts that mean different things."""
    assert normalise(one) != normalise(other)


@pytest.mark.parametrize("text", ["", " ", "？！", "😀😀", "\u200b", "___"])
def test_nothing_is_left_of_a_text_without_words(text: str) -> None:
    """Without a letter or a digit there is nothing to compare."""
    assert normalise(text) == ""


@given(st.text())
def test_normalising_is_idempotent(text: str) -> None:
    """The normal form of a normal form is itself."""
    assert normalise(normalise(text)) == normalise(text)


@example("1/月1/0")
@given(st.text(alphabet="零一二两三四五六七八九十百千万月日号年.0123456789 /-a"))
def test_normalising_numbers_is_idempotent(text: str) -> None:
    """However numerals, dates and digits run into each other."""
    assert normalise(normalise(text)) == normalise(text)


CLAUSES = {
    "one": ("五个好是什么", [("5个好是什么", "")]),
    "two, with their marks": ("我忘了,五个好是啥?", [("我忘了", ","), ("5个好是啥", "?")]),
    "an enumeration is one": ("创造力、凝聚力", [("创造力凝聚力", "")]),
    "a date is not cut": ("5.31开会。几点?", [("5月31日开会", "。"), ("几点", "?")]),
    "a space between words": ("五个好 第三个", [("5个好", ""), ("第3个", "")]),
    "not one between Latin words": ("kai hui", [("kai hui", "")]),
    "blank ones are left out": ("……?!", []),
}


@pytest.mark.parametrize(("text", "expected"), CLAUSES.values(), ids=CLAUSES.keys())
def test_clauses(text: str, expected: list[tuple[str, str]]) -> None:
    """The parts of a message, each in normal form, with the mark that ends it."""
    assert list(clauses(text)) == expected
