"""What is never written down."""

import itertools
import random
import re
import time
from collections.abc import Callable, Iterator

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
    "a local number with a long dash": ("办公室312—2345", "办公室［号码］"),
    "a number of QQ": ("QQ：123456789", "QQ：［号码］"),
    "before a plus": ("13812345678和+", "［电话］和+"),
    "a service line": ("400-123-4567", "［电话］"),
    "abroad": ("+852 2123 4567", "［电话］"),
    "an old identity card in groups": ("513321 900101 123", "［证件号］"),
    "an identity card with X after a gap": ("513321 1990 0101 123 Ｘ", "［证件号］"),
    "an identity card with dashes in its date": ("513321-1990-01-01-1234", "［证件号］"),
    "an identity card": ("身份证513321199001011234", "身份证［证件号］"),
    "one that ends in X": ("51332119900101123X", "［证件号］"),
    "an old identity card": ("513321900101123", "［证件号］"),
    "a bank card": ("6222 0212 3456 7890 123", "［卡号］"),
    "an e-mail address": ("写给zhang.san@example.com吧", "写给［邮箱］吧"),
    "a Chinese e-mail address": ("张三@qq.com", "［邮箱］"),
    "a land line without its zero": ("86-836-3122345", "［电话］"),
    "a land line with a zero in brackets": ("+86 (0)10 62345678", "［电话］"),
    "with words for dashes": ("138杠1234横杠5678", "［电话］"),
    "a line of points between groups": ("138....1234……5678", "［电话］"),
    "in brackets of one character": ("㈠㈢㈧㈠㈡㈢㈣㈤㈥㈦㈧", "［电话］"),
    "in Chinese circles": ("㊀㊂㊇㊀㊁㊂㊃㊄㊅㊆㊇", "［电话］"),
    "a mobile number in two writings": ("壹叁捌1234伍陆柒捌", "［电话］"),
    "a bank card in groups of any size": ("62220 21234 56789 0123", "［卡号］"),
    "a bank card before a unit": ("6222021234567890123元", "［卡号］元"),
    "an identity card with its date in words": ("513321 1990年01月01日 1234", "［证件号］"),
    "an identity card with the Roman ten": ("51332119900101123Ⅹ", "［证件号］"),
    "an e-mail address letter by letter": ("z h a n g @ q q . c o m", "［邮箱］"),
    "an e-mail address with a in brackets": ("zhangsan(a)163.com", "［邮箱］"),
    "an e-mail address with a mouse": ("zhangsan小老鼠qq.com", "［邮箱］"),
    "an e-mail address with blanks": ("zhangsan @ qq . com", "［邮箱］"),
    "an e-mail address with a full-width comma": ("写给zhang.san@qq.com，谢谢", "写给［邮箱］，谢谢"),
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
    "2010年5月31日到2010年6月30日",
    "2010.05.31",
    "2010/5/31 2010/6/30 2010/7/31",
    "二〇一〇年五月三十一日",
    "1,200,000元",
    "13,812,345,678元",
    "3.5万",
    "德发〔2010〕15号",
    "甘委办发〔2010〕138号、〔2010〕139号",
    "2006-2010、2011-2015",
    "2006年至2010年",
    "1 2 3 4 5",
    "1、2、3、4、5、6、7、8、9、10、11、12",
    "第1、3、5、7、9、11、13、15条",
    "(1)(2)(3)(4)(5)(6)(7)(8)(9)",
    "3.14159265358979",
    "0.5 1.5 2.5 3.5 4.5 5.5",
    "10086 10010 10000",
    "12345.678平方米、23456.789平方米",
    "一、二、三、四、五、六、七、八、九",
    "一二三四五六七八九十",
    "8:30-11:30，14:00-17:30",
    "13:30 14:30 15:30 16:30",
    "3.11.7和v22.8.0",
    "192.168.100.200",
    "139.196.123.45",
    "100 200 300 400 500",
    "1000 2000 3000 4000",
    "10681种问法，144条",
    "1000000000000元",
    "@campaign_bot 第二个呢",
    "看at那页",
    "第#5号",
    "五个好#学习",
    "早上7.5点，晚上8点",
    "2012年3月20日",
    "2012 03 20",
    "20120320103015",
    "201203201030那次",
    "2012-03-20 10:30:15",
    "1,234,567.89元",
    "1，234，567.89元",
    "￥12345678",
    "RMB 12345678",
    "人民币12345678",
    "10000000",
    "0.123456789",
    "102.1234567，30.1234567",
    "〔2012〕15号",
    "第12345678号",
    "水利〔2010〕12345678号",
    "合同编号2012001234",
    "ISBN 978-7-5000-1234-5",
    "ISBN 9787500012345",
    "12345678公里",
    "1234567千瓦时",
    "12345678株树",
    "13:30-14:30，8:00-9:30",
    "13%、81%、23%、45%",
    "2010=2009+1",
]


@pytest.mark.parametrize(("text", "expected"), MASKED.values(), ids=MASKED.keys())
def test_personal_numbers_are_masked(text: str, expected: str) -> None:
    """Whatever could lead to a person."""
    assert mask(text) == expected


SEPARATORS = [
    *(" ", "  ", "\u3000", "\u00a0", "\t", "\n", "-", " - ", "–", "—", "－", "_", "~", "～"),
    *(".", "．", "。", "·", "•", "・", ",", "，", "、", "/", "／", "\\", "|", "｜", "*", "\u200b"),
    *("=", "^", "%", "$", "!", "！", "→", "…", "——", "....", ":", "：", "#", "、 ", "杠", "空格"),
]
BRACKETS = [("(", ")"), ("（", "）"), ("[", "]"), ("【", "】"), ("〔", "〕")]
DRAWN: dict[str, Callable[[str], str]] = {
    "as they are": str,
    "full width": lambda digits: digits.translate(dict(zip(b"0123456789", "０１２３４５６７８９", strict=True))),
    "keycaps": lambda digits: "".join(f"{digit}\ufe0f\u20e3" for digit in digits),
    "circled": lambda digits: digits.translate(dict(zip(b"0123456789", "⓪①②③④⑤⑥⑦⑧⑨", strict=True))),
    "black": lambda digits: digits.translate(dict(zip(b"0123456789", "⓿❶❷❸❹❺❻❼❽❾", strict=True))),
    "bold": lambda digits: digits.translate(dict(zip(b"0123456789", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", strict=True))),
    "numerals": lambda digits: digits.translate(dict(zip(b"0123456789", "〇一二三四五六七八九", strict=True))),
    "numerals as on the phone": lambda digits: digits.translate(
        dict(zip(b"0123456789", "零幺二三四五六七八九", strict=True))
    ),
    "numerals as at a bank": lambda digits: digits.translate(
        dict(zip(b"0123456789", "零壹贰叁肆伍陆柒捌玖", strict=True))
    ),
    "some numerals": lambda digits: digits.translate(dict(zip(b"13579", "一三五七九", strict=True))),
}
GROUPS = {
    "a mobile number": (
        "13812345678",
        [(11,), (3, 4, 4), (3, 8), (7, 4), (4, 3, 4), (3, 3, 5), (1,) * 11, (2, 2, 2, 2, 2, 1)],
    ),
    "an identity card": ("513321199001011234", [(18,), (6, 8, 4), (6, 4, 4, 4), (3, 3, 4, 4, 4), (6, 4, 2, 2, 4)]),
    "a bank card": (
        "6222021234567890123",
        [(19,), (4, 4, 4, 4, 3), (6, 13), (5, 5, 5, 4), (3, 3, 3, 3, 3, 4), (1,) * 19],
    ),
}
PREFIXES = ["+86", "+86 ", "+86-", "0086", "0086-", "86-", "(86)", "（+86）", "[86]", "＋８６ "]


def forms(seed: int) -> Iterator[str]:
    """Numbers in the forms in which people type them."""
    rng = random.Random(seed)
    for (digits, shapes), draw in itertools.product(GROUPS.values(), DRAWN.values()):
        for shape in shapes:
            ends = list(itertools.accumulate(shape))
            groups = [draw(digits[end - size : end]) for size, end in zip(shape, ends, strict=True)]
            yield rng.choice(SEPARATORS).join(groups)
    for prefix, separator in itertools.product(PREFIXES, ["", " ", "-"]):
        yield prefix + separator.join(("138", "1234", "5678"))
    for code, number in (("0836", "3122345"), ("010", "62345678"), ("028", "8123 4567")):
        yield from (f"{code}{separator}{number}" for separator in SEPARATORS)
        yield from (f"{opened}{code}{closed}{number}" for opened, closed in BRACKETS)
        yield from (f"+86 {code[1:]} {number}", f"0086-{code[1:]}-{number}", f"{code}-{number}-801")
        yield DRAWN["numerals"](code + number)
    for opened, closed in BRACKETS:
        yield f"{opened}138{closed}1234{opened}5678{closed}"
    for sign in ("@", "＠", " @ ", " at ", "(at)", "[at]", " AT ", "艾特", "爱特", "圈a", "#", "＃"):
        for point in (".", "．", "。", "点", " . ", " dot ", "(dot)"):
            yield f"zhang.san_9{sign}example{point}com"
            yield f"51332199{sign}qq{point}com{point}cn"
        yield f"zhangsan{sign}qq"
    yield from ("张三@qq.com", "a@b.中国", "zhang+san@mail.example.org")


FORMS = list(dict.fromkeys(form for seed in range(3) for form in forms(seed)))
AROUND = [
    ("", ""),
    ("我的号码是", "，记一下"),
    ("找我：", "。"),
    ("（", "）"),
    ("2010年5月31日那天打", "行吗"),
    ("第1条 ", "!"),
]


@pytest.mark.parametrize(("before", "after"), AROUND)
def test_a_number_is_masked_in_any_form(before: str, after: str) -> None:
    """Nothing of it is left, and what stands around it stays as it was typed."""
    left = {}
    for form in FORMS:
        masked = mask(f"{before}{form}{after}")
        kept = masked[len(before) :].removesuffix(after)
        # Chinese characters before the sign may belong to an address.
        is_email = "［邮箱］" in masked
        if not re.fullmatch(r"\W{0,2}［(电话|证件号|卡号|邮箱)］\W{0,2}", kept) and not (
            is_email and masked.endswith(f"［邮箱］{after}")
        ):
            left[form] = masked
    assert left == {}


TWO = [
    "13812345678 13987654321",
    "13812345678/0836-3122345",
    "13812345678、13987654321",
    "卡6222 0212 3456 7890 123，电话13812345678",
]


@pytest.mark.parametrize("text", TWO)
def test_two_numbers_side_by_side_are_two(text: str) -> None:
    """Neither is left."""
    assert mask(text).count("［") == 2
    assert not any(character.isdigit() for character in mask(text))


def test_what_stands_around_a_number_is_left_as_it_is() -> None:
    """In its own width."""
    assert mask("ＡＢＣ，１３８１２３４５６７８（①）…") == "ＡＢＣ，［电话］（①）…"


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


LONG = {
    "of points": "a." * 2000 + "@",
    "of signs": "中a@" * 1300,
    "of digits": "1 2 " * 1000,
    "of brackets": "1)(" * 1300,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
def test_no_text_takes_long(text: str) -> None:
    """As long as a message can be, and as bad as it can be: a fraction of a second."""
    began = time.perf_counter()
    mask(text)
    assert time.perf_counter() - began < 2
