"""A message that asks for several things at once, taken apart into its questions."""

import re
from collections.abc import Iterator
from itertools import pairwise

from bot.matching.keywords import Keywords
from bot.matching.lexicon import Words
from bot.text import clauses

ASKING_WORDS = re.compile(
    "什么|怎么|怎样|咋|啥|如何|为何|哪|谁|几|多少|多久|多大|多长|多高|吗|呢|没有|是否|是不是|有没有|能不能|要不要|会不会|可不可以"
)
"""A clause in normal form that holds one of them asks: the language's own, the same for every knowledge base."""
_ASKED = re.compile(
    "(?:什么时候|啥时候|啥子时候|几时|什么|啥子|啥|为何|为什么|为啥|怎么|怎样|咋个|咋|如何|哪些|哪个|哪几|哪天|哪年|哪|谁|多少|多久|多大|多长|好久|"
    "几月几[号日]|几[号月点条个次篇时])(?!子?[都也])"
)
"""Each of them is what one question asks for; 啥都 and 谁也 ask for nothing."""
_OTHER = re.compile("谁|怎么|怎样|咋个?|如何|为何|为什么|为啥|什么时候|啥时候|啥子时候")
"""What begins another question right behind a word that asks."""
_CONNECTIVE = re.compile("还有就是|还有|另外|以及|顺便问1?下?|顺便|再就是|同时|其次|接着|然后")
_AND = re.compile("[和跟与]")
_AGAIN = re.compile("[又也](?=[讲说是有叫要])")
"""What joins a question to the one before it."""
_TOGETHER = re.compile("和|跟|与|还有|以及")
_ORDINAL = re.compile(r"第\d+[条个点项句]?")
_EACH = re.compile("(.+?)[和跟与](.+?)(分别|各自|都)(.+)")
_ENUMERATION = re.compile(r"[/+＋&、]|[其]?[一二三][是，,、:：]|\d[.、)）](?!\d)")
_LEAST = 2
"""Characters of a question; with fewer it is a part of its neighbour."""
_TOLD = re.compile("知道|晓得|说说|讲讲|告诉|有没|记得|忘|清楚|请问")
"""Between two words that ask, one of these says that the first only leads to the second."""


def is_asking(form: str) -> bool:
    """Whether a text in normal form holds a word that asks."""
    return ASKING_WORDS.search(form) is not None


def asks_plainly(piece: str) -> bool:
    """Whether a piece holds a word that asks for something, and is no mere 那领导呢."""
    return _ASKED.search(piece) is not None


def pieces(text: str, keywords: Keywords) -> Iterator[str]:
    """What a message asks for, piece by piece, in normal form and in order; keywords that it enumerates are asked for.

    A term of the keywords is what a question may begin with, where no mark parts it from the one before.
    """
    parts = [part for part in _ENUMERATION.split(text) if part.strip()]
    for part in parts:
        for clause, end in clauses(part):
            split = list(_split(clause, keywords))
            for piece in split:
                is_named = len(parts) > 1 and keywords.items(piece)
                is_ordinal = _ORDINAL.fullmatch(piece)
                if len(split) > 1 or is_named or is_ordinal or "?" in end or is_asking(piece):
                    yield _AGAIN.sub("", piece) if is_asking(piece) else piece


def _split(clause: str, keywords: Keywords) -> Iterator[str]:
    named = [part for part in _TOGETHER.split(clause) if part]
    if len(named) > 1 and all(map(keywords.items, named)):
        yield from named
        return
    if each := _EACH.fullmatch(clause):
        first, second, _, rest = each.groups()
        if not ASKING_WORDS.search(first + second) and not _ORDINAL.search(first + second):
            yield from (first + rest, second + rest)
            return
    for piece in _connected(clause):
        if len(_ORDINAL.findall(piece)) > 1:
            yield from _by_ordinal(piece)
        else:
            yield from _unmarked(piece, keywords.terms)


def _connected(clause: str) -> list[str]:
    """The pieces between connectives; 和 and its like part only what asks on both sides."""
    pieces = []
    for piece in filter(None, _CONNECTIVE.split(clause)):
        start = 0
        for mark in _AND.finditer(piece):
            if _ASKED.search(piece[start : mark.start()]) and _ASKED.search(piece[mark.end() :]):
                pieces.append(piece[start : mark.start()])
                start = mark.end()
        pieces.append(piece[start:])
    return pieces


def _by_ordinal(piece: str) -> list[str]:
    """The same question about each of several ordinals that stand together."""
    found = list(_ORDINAL.finditer(piece))
    between = (piece[left.end() : right.start()] for left, right in pairwise(found))
    if any(len(text) > _LEAST for text in between):
        return [piece]
    before, after = piece[: found[0].start()], piece[found[-1].end() :]
    return [before + ordinal.group() + after for ordinal in found]


def _unmarked(piece: str, terms: Words) -> list[str]:
    """A piece that asks for two things without a mark is parted before the second word that asks and its term."""
    found = list(_ASKED.finditer(piece))
    parts, start = [], 0
    for left, right in pairwise(found):
        between = piece[left.end() : right.start()]
        # 经费多少谁负责 asks twice, 哪年哪月 once.
        is_apart = between or (left.start() - start >= _LEAST and _OTHER.fullmatch(right.group()))
        if is_apart and not _TOLD.search(between) and right.start() - start >= _LEAST:
            named = [begin for begin, term in terms.find(between) if begin + len(term) == len(between)]
            end = left.end() + named[0] if named else right.start()
            parts.append(piece[start:end])
            start = end
    return [*parts, piece[start:]]
