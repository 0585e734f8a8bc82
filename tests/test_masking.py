"""What is never written down."""

import pytest

from bot.masking import bare, is_masked, mask
from bot.text import normalise

MASKED = {
    "a mobile number": ("打13812345678找我", "打［电话］找我"),
    "with a country code": ("+86 138 1234 5678", "［电话］"),
    "with dashes": ("138-1234-5678", "［电话］"),
    "full width": ("１３８１２３４５６７８", "［电话］"),
    "with line ends": ("138\n1234\n5678", "［电话］"),
    "with points": ("138.1234.5678", "［电话］"),
    "with long dashes": ("138–1234–5678", "［电话］"),
    "with spaced dashes": ("138 - 1234 - 5678", "［电话］"),
    "with marks that no one sees": ("138\u200b1234\u200b5678", "［电话］"),
    "in circles": ("①③⑧①②③④⑤⑥⑦⑧", "［电话］"),
    "in words": ("一三八一二三四五六七八", "［电话］"),
    "a land line": ("0836-3122345", "［电话］"),
    "a land line in brackets": ("(0836)3122345", "［电话］"),
    "a local number": ("办公室3122345", "办公室［号码］"),
    "an identity card": ("身份证513321199001011234", "身份证［证件号］"),
    "one that ends in X": ("51332119900101123X", "［证件号］"),
    "an old identity card": ("513321900101123", "［卡号］"),
    "a bank card": ("6222 0212 3456 7890 123", "［卡号］"),
    "an e-mail address": ("写给zhang.san@example.com吧", "写给［邮箱］吧"),
    "a Chinese e-mail address": ("张三@qq.com", "［邮箱］"),
    "two in one": ("13812345678和a@b.cn", "［电话］和［邮箱］"),
}
KEPT = [
    "5月31日",
    "20xx年7月",
    "第17届三中全会",
    "2010-05-31",
    "1:30到3:45",
    "12345",
    "100000元",
    "3.14159",
    "2008-2012年",
    "10000000元",
    "几点？",
    "2010.4.6-2010.5.31活动怎么安排",
    "2010-05-31 — 2010-06-30",
    "2006 2007 2008 2009 2010",
    "20100531那个会",
    "党费3000-5000元交多少",
    "1000-2000名学生",
    "1500 2000人",
    "10000000美元",
    "12345678.5元",
]


@pytest.mark.parametrize(("text", "expected"), MASKED.values(), ids=MASKED.keys())
def test_personal_numbers_are_masked(text: str, expected: str) -> None:
    """Whatever could lead to a person."""
    assert mask(text) == expected


@pytest.mark.parametrize("text", KEPT)
def test_dates_and_amounts_stay(text: str) -> None:
    """What a question may be about."""
    assert mask(text) == bare(text) == text
    assert not is_masked(text)


@pytest.mark.parametrize("text", [text for text, _ in MASKED.values()])
def test_what_is_asked_does_not_depend_on_a_number(text: str) -> None:
    """Nor on whether it was masked."""
    assert is_masked(text)
    assert is_masked(mask(text))
    assert not any(character.isdigit() for character in bare(text))
    assert normalise(bare(f"{text} 食堂几点开门")) == normalise(bare(f"{mask(text)} 食堂几点开门"))


def test_a_long_text_is_cut() -> None:
    """500 characters, after masking: no half of a number survives at the cut."""
    assert mask("水" * 600) == "水" * 500
    assert "138" not in mask("水" * 495 + "13812345678")
