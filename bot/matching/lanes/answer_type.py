"""The lane of the expected answer type: what kind of thing is asked for."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from bot.matching.index import Index
from bot.matching.lanes.interface import Query, Scores

_PATTERNS = {
    answer_type: re.compile(pattern)
    for answer_type, pattern in {
        "who": "谁|哪1?位|叫什么|姓什么|姓名|名字",
        "when": "什么时候|哪天|几号|几月|几点|哪年|哪1年|日期|年份",
        "where": "哪里|在哪|地点|地址|会场",
        "how much": "钱|费用|经费|报销|奖金",
        "how long": "多长|多久|字数|多少字|篇幅|几页",
        "how to reach": "电话|号码|联系方式|邮箱|微信",
        "how many": "多少|几个|几名|几条|几本|几篇|几项|名额|人数",
        "why": "为什么|原因|理由",
        "form": "格式|模板|范文|样式",
    }.items()
}
"""The answer types with the words of the language that ask for them, the same for every knowledge base."""
_SERVED = 0.02
"""An item serves an answer type that more than this share of its phrasings ask for."""


class AnswerType:
    """Whether the item is never asked for what the question asks for: when, who, how much, by which number, ...

    A lane that speaks against items. It scores 0 for an item that serves every answer type of the question, and for a
    question without one.
    """

    name = "answer_type"

    def __init__(self, index: Index) -> None:
        self._forms = index.forms

    def scores(self, query: Query, nearest: Sequence[int]) -> Scores:
        """The share of the question's answer types that each of the nearest items does not serve."""
        wanted = answer_types(query.form)
        return {number: len(wanted - _served(self._forms[number])) / len(wanted) for number in nearest if wanted}


def answer_types(form: str) -> frozenset[str]:
    """The kinds of thing that a standardised form asks for."""
    return frozenset(answer_type for answer_type, pattern in _PATTERNS.items() if pattern.search(form))


@lru_cache(maxsize=1 << 17)
def _served(forms: tuple[str, ...]) -> frozenset[str]:
    counts = Counter(answer_type for form in forms for answer_type in answer_types(form))
    return frozenset(answer_type for answer_type, count in counts.items() if count > _SERVED * len(forms))
