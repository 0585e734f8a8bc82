"""An answer that lists: its parts, and which of them a message names."""

import re
from collections.abc import Sequence

from bot.items import Item
from bot.matching import compact

_MARK = re.compile(
    r"(?:^|(?<=[\n。；;：:，,、！!]))\s*(?:(?P<chinese>[一二三四五六七八九十])(?:是|、|．)|第(?P<ordinal>[一二三四五六七八九十])(?:阶段|部分|方面|[条个点段层])?[，、：:]?|"
    r"(?P<digit>\d{1,2})[.．、)）]|(?P<circled>[①②③④⑤⑥⑦⑧⑨⑩]))"
)
_NUMERALS = "一二三四五六七八九十"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩"
_UNIT = "(?:条|个|点|项|句|样|款|部分|方面)?"
_ONE = re.compile(rf"(倒数)?第([0-9]{{1,2}}){_UNIT}|(最后)(?:那?1)?{_UNIT}|头1{_UNIT}|首先")
_LONGEST = 24
"""Characters of a message that names parts and nothing else; a limit also to what the patterns try."""
_BARE_NUMBER = re.compile("[0-9]{1,2}")
_SOME = re.compile(rf"(前|头|后|最后|末)(?:面)?([0-9]){_UNIT}")
_NEXT = re.compile(rf"(?:那|再)?(下|上|前|后)(?:面)?(?:那)?1?{_UNIT}")
_AROUND = re.compile(
    "^(?:那么|那|然后|还有|就|我想看|我要看|我想知道|我要|我选|给我说|给我讲|给我|说说|讲讲|看看|请问|其中|里面|的|是|只要|只说|看|选|要)+|"
    "(?:呢|吗|嘛|吧|啊|呀|咧|是什么来着|是啥来着|是什么内容|什么内容|是什么|是啥子|是啥|是哪个|是哪几个|是哪些|讲什么|讲啥|说的什么|说的是什么|说的啥|说的是啥|说什么|说啥|怎么说的|怎么说|咋说的|咋说|具体|"
    "具体是什么|具体说说|说一下|说下|讲一下|再说说|再讲讲|详细说说|详细讲讲|详细说|详细讲|详细|再说细点|再讲细点|说细点|讲细点|再细点|展开讲讲|展开说|展开讲|再说一遍|再来一遍|也说说|也讲讲|也看看|也行|细讲|细说|何如|如何|展开|展开说说|分别|分别是什么|分别是啥|分别说的什么|给我|来着|的|我要|我看看)+$"
)


def parts_of(item: Item) -> tuple[str, ...]:
    """The parts of an answer that counts them from one on, without their marks; none for any other answer."""
    text = item.answer
    starts: list[tuple[int, int]] = []
    for mark in _MARK.finditer(text):
        if _number(mark) == len(starts) + 1:
            starts.append((mark.start(), mark.end()))
    if len(starts) < 2:  # noqa: PLR2004 - one thing is no list
        return ()
    ends = [*(start for start, _ in starts[1:]), len(text)]
    return tuple(text[start:end].strip(" \n，,；;、：:") for (_, start), end in zip(starts, ends, strict=True))


def _number(mark: re.Match[str]) -> int:
    chinese = mark["chinese"] or mark["ordinal"]
    if chinese:
        return _NUMERALS.index(chinese) + 1
    return _CIRCLED.index(mark["circled"]) + 1 if mark["circled"] else int(mark["digit"])


def places_in(text: str, count: int, current: int | None = None) -> Sequence[int] | None:
    """The places, counted from 0, that a message names and nothing else, in a list of so many; None if it says more.

    ``current`` is the place that was shown last, which 下一条 leans on. Places beyond the list are left out.
    """
    if len(text) > _LONGEST:
        return None
    form = compact(text)
    form = _AROUND.sub("", _AROUND.sub("", form))
    if not form:
        return None
    if _BARE_NUMBER.fullmatch(form):
        return [int(form) - 1] if 0 < int(form) <= count else None
    places: list[int] = []
    for part in filter(None, re.split("和|跟|与|以及|还有|,|、", form)):
        found = _places(part, count, current)
        if found is None:
            return None
        places += found
    return [place for place in dict.fromkeys(places) if 0 <= place < count]


def _places(part: str, count: int, current: int | None) -> Sequence[int] | None:
    if some := _SOME.fullmatch(part):
        number = int(some[2])
        return list(range(number)) if some[1] in {"前", "头"} else list(range(max(0, count - number), count))
    if step := _NEXT.fullmatch(part):
        if current is None:
            return None
        return [current + (1 if step[1] in {"下", "后"} else -1)]
    places = []
    position = 0
    while position < len(part):
        one = _ONE.match(part, position)
        if not one or not one.group():
            return None
        if one[2]:
            places.append(count - int(one[2]) if one[1] else int(one[2]) - 1)
        else:
            places.append(count - 1 if one[3] else 0)
        position = one.end()
    return places or None
