"""Further ways to ask a question, made from its parts by what people say for what it asks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

WAYS = 5
"""Ways that are made of a question at most."""
_LEAST = 2
"""Characters that a question must be about."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of thing that is asked for.

    ``asking``: the words that ask for it. ``instead``: what people say in their place. ``noun``: what it is called,
    for who types nothing but what it is about and this word.
    """

    asking: re.Pattern[str]
    instead: Sequence[str]
    noun: str


def _kind(asking: str, instead: str, noun: str) -> _Kind:
    return _Kind(re.compile(asking), instead.split(), noun)


_KINDS = (
    _kind("多少钱", "好多钱 几块钱 啥价 什么价格", "价格"),
    _kind("怎么收费|如何收费", "多少钱 收多少钱 咋收费 贵不贵", "收费标准"),
    _kind("电话是多少|电话多少|联系方式是什么|怎么联系", "电话号码是多少 打哪个电话 联系电话 咋联系", "电话"),
    _kind("多长时间|多久", "多长时间 多久 好久 几天", "时长"),
    _kind("是?为什么|为何|是?什么原因", "为啥 为什么 是啥原因 咋个", "原因"),
    _kind("什么时候|哪一?天|几月几[号日]|几号|何时|啥时候", "什么时候 哪天 几号 啥时候 何时", "时间"),
    _kind("几点", "几点钟 啥时候 什么时候 什么时间", "时间"),
    _kind("哪里|哪儿|什么地方|哪个地方|何处", "哪里 哪儿 什么地方 哪个地方 啥地方", "地点"),
    _kind("谁|哪位|哪个人|什么人", "谁 哪个 哪位 哪个人", ""),
    _kind(
        "多少(?:个|名|条|项|次|种|本|篇|份|人|位)?|几(?:名|条|项|次|种|本|篇|份|位|个)",
        "多少 好多 几个 一共多少",
        "数量",
    ),
    _kind(
        "(?:是|指|指的是|包括)(?:什么|哪些|哪[两二三四五六七八九十几][个条项点种样])$",
        "是什么 有哪些 是啥 指什么 都有啥",
        "内容",
    ),
    _kind("有(?:什么|哪些|哪几[个条项点种样])", "有什么 有哪些 有啥 有哪几个", ""),
    _kind("什么|哪些", "什么 啥 哪些", ""),
    _kind("怎么(?!样)|如何", "怎么 咋 咋个 如何", "方法"),
    _kind("吗$|没有$", "不 吗 没有", ""),
)
"""The most telling words first."""
_AROUND = re.compile("^(?:请问|在|由|的|是|要(?!求)|对)+|(?:是|的|了|呢|啊|要|有|在|由|得|需要)+$")
_MARKS = re.compile(r"[\s，。？！、；：,.?!;:]+")


def ways_to_ask(question: str) -> list[str]:
    """At most five other ways to ask a question, as people type them, without a mark at the end.

    None for a question that asks for nothing known, for several things, or about nothing.
    """
    parts = [part for part in _MARKS.split(question) if part]
    if len(parts) != 1:
        return []
    text = parts[0]
    for kind in _KINDS:
        if asking := kind.asking.search(text):
            break
    else:
        return []
    before, after = text[: asking.start()], text[asking.end() :]
    matter = [_AROUND.sub("", part) for part in (before, after)]
    about = "".join(matter)
    if len(about) < _LEAST:
        return []
    ways = [before + other + after for other in kind.instead]
    asks_once = not any(other.asking.search(about) for other in _KINDS)
    if kind.noun and not all(matter) and asks_once and not about.endswith(kind.noun):
        ways.insert(0, about + kind.noun)
    return list(dict.fromkeys(way for way in ways if way != text))[:WAYS]
