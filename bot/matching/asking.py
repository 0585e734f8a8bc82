"""What words make a clause a question: the language's own, the same for every knowledge base."""

import re

_ASKING = re.compile(
    "什么|怎么|怎样|咋|啥|如何|为何|哪|谁|几|多少|多久|多大|多长|多高|吗|呢|没有|是否|是不是|有没有|能不能|要不要|会不会|可不可以"
)


def asks(clause: str) -> bool:
    """Whether a clause in normal form holds a word of asking."""
    return _ASKING.search(clause) is not None
