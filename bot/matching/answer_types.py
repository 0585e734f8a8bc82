"""What kind of thing a question asks for (who, when, how much, ...), and whether an item is ever asked for it."""

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

_SERVED = 0.02
"""An item serves an answer type that more than this share of its phrasings ask for."""


class AnswerTypes:
    """Answer types with the words of the language that ask for them, the same for every knowledge base."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self.patterns = MappingProxyType({name: re.compile(pattern) for name, pattern in words.items()})


@lru_cache(maxsize=1 << 15)
def asked(types: AnswerTypes, form: str) -> frozenset[str]:
    """The types that a standardised form asks for."""
    return frozenset(name for name, pattern in types.patterns.items() if pattern.search(form))


def unserved(types: AnswerTypes, wanted: frozenset[str], forms: tuple[str, ...]) -> float:
    """The share of the wanted types that an item is never asked for in these forms; 0 if none is wanted."""
    return len(wanted - _served(types, forms)) / len(wanted) if wanted else 0.0


@lru_cache(maxsize=1 << 17)
def _served(types: AnswerTypes, forms: tuple[str, ...]) -> frozenset[str]:
    counts = Counter(name for form in forms for name in asked(types, form))
    return frozenset(name for name, count in counts.items() if count > _SERVED * len(forms))


COARSE = AnswerTypes(
    {
        "who": "谁|哪1?位|叫什么|姓什么|姓名|名字",
        "when": "什么时候|哪天|几号|几月|几点|哪年|哪1年|日期|年份",
        "where": "哪里|在哪|地点|地址|会场",
        "how much": "钱|费用|经费|报销|奖金",
        "how long": "多长|多久|字数|多少字|篇幅|几页",
        "how to reach": "电话|号码|联系方式|邮箱|微信",
        "how many": "多少|几个|几名|几条|几本|几篇|几项|名额|人数",
        "why": "为什么|原因|理由",
        "form": "格式|模板|范文|样式",
    }
)
"""Those that order the items, and that two questions share which are the same."""
FINE = AnswerTypes(
    {
        "who": "谁|哪1?位|叫什么|姓什么|姓名|名字|哪些人|什么人|何人",
        "when": "什么时候|何时|哪天|几号|几月|几点|哪年|哪1年|哪个?月|日期|年份|星期几|周几|时间",
        "hour": "几点|钟头",
        "year": "哪年|哪1年|年份",
        "where": "哪里|哪儿|在哪|地点|地址|会场|何处|什么地方|哪个地方|几楼",
        "how much": "钱|费用|经费|报销|奖金|价格|收费",
        "how long": "多长|多久|字数|多少字|篇幅|几页|几天|几年|几个月|几小时",
        "how to reach": "电话|号码|联系方式|邮箱|微信",
        "how many": "多少|几个|几名|几条|几本|几篇|几项|名额|人数|几次|几种|几人",
        "why": "为什么|为何|原因|理由|意义|重要",
        "form": "格式|模板|范文|样式",
        "what": "是什么|指什么|什么是|什么意思|有哪些|是哪些|哪些|哪几|包括|内容|指的是|哪\\d+[个条项点种]",
        "how": "怎么|怎样|如何",
        "whether": "[吗么]$|有没有|是不是|能不能|可不可以|会不会|行不行|需不需要|要不要|能否|是否",
        "for whom": "对谁|给谁|为谁|适用于|哪些对象",
        "how often": "多久[1一]次|每[年月周天]几|频率",
    }
)
"""Those that tell how sure an item is: more of them, and more words for each."""
