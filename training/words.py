"""Makes ``bot/matching/words.txt`` from the dictionary of jieba: ``python -m training.words``. About ten seconds.

jieba's dictionary lists 349,046 words of Chinese, each with how often it stands in a large collection of texts and with
its part of speech. It is read as a file: jieba itself never runs, neither here nor in the program.
"""

import math
from collections import Counter, defaultdict
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from bot.text import normalise

WORDS = Path(__file__).parent.parent / "bot" / "matching" / "words.txt"
_FREQUENT = 45_000
"""The most frequent words that are looked at. A rarer one is no more common than words that the table does not hold."""
_LONGEST = 5
"""Characters of the longest word that is kept: longer ones are titles and sayings, which their parts tell as well."""
_FUNCTION_TAGS = frozenset(
    (
        "c",
        "d",
        "df",
        "e",
        "h",
        "k",
        "m",
        "mq",
        "o",
        "p",
        "r",
        "rr",
        "rz",
        "u",
        "ud",
        "ug",
        "uj",
        "ul",
        "uv",
        "uz",
        "y",
        "zg",
    )
)
"""Parts of speech that join words and name nothing: a question is about the same thing with other ones.

Conjunctions, adverbs, interjections, affixes, numerals, prepositions, pronouns, particles and words like 非常.
"""
_FUNCTION_VERBS = frozenset(
    (
        "是",
        "有",
        "可以",
        "能",
        "要",
        "会",
        "想",
        "让",
        "去",
        "来",
        "做",
        "到",
        "应该",
        "需要",
        "能够",
        "叫",
        "办",
        "找",
        "给",
        "用",
        "在",
        "说",
        "讲",
    )
)
"""Verbs that go with any matter: what is asked is the same whether it 是, 有 or 叫 something."""
_COURTESIES = frozenset(
    (
        "请问",
        "问问",
        "一下",
        "麻烦",
        "知道",
        "晓得",
        "告诉",
        "咨询",
        "打听",
        "请教",
        "帮忙",
        "事",
        "事情",
        "东西",
        "时候",
        "你好",
        "谢谢",
    )
)
"""What stands around any question, and nouns that say nothing of it."""
_HEADER = """\
# How rare words of Chinese are: ten times the negative decimal logarithm of a word's share of a large collection of
# texts, then the words of this rarity. A star stands behind the rarity of function words, which join others.
#
# Made by `python -m training.words` from dict.txt of jieba {version}: the {count:,} words of at most {longest} Chinese
# characters among its {frequent:,} most frequent ones, in the normal form of bot/text.py.
#
# jieba, https://github.com/fxsjy/jieba, is published under the MIT License:
#
# The MIT License (MIT)
#
# Copyright (c) 2013 Sun Junyi
#
# Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
# documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
# rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
# persons to whom the Software is furnished to do so, subject to the following conditions:
#
# The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
# Software.
#
# THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
# WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
# COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
# OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def word_table(dictionary: str, source_version: str) -> str:
    """The text of words.txt by a dictionary with a word, its frequency and its part of speech in each line."""
    frequencies: Counter[str] = Counter()
    tags: dict[str, tuple[int, str]] = {}
    total = 0
    for line in dictionary.splitlines():
        entry, count, tag = line.split()
        frequency = int(count)
        total += frequency
        word = normalise(entry).replace(" ", "")
        if not word or not all(_is_chinese(character) or character.isdigit() for character in word):
            continue
        frequencies[word] += frequency
        # Entries with one normal form are one word, with the part of speech of the most frequent of them.
        if word not in tags or frequency > tags[word][0]:
            tags[word] = (frequency, tag)
    listed: dict[tuple[int, bool], list[str]] = defaultdict(list)
    for word, frequency in frequencies.most_common(_FREQUENT):
        # Numerals are digits by now: the engine tells numbers apart by itself.
        if len(word) <= _LONGEST and all(map(_is_chinese, word)):
            rarity = round(10 * math.log10(total / frequency))
            listed[rarity, tags[word][1] in _FUNCTION_TAGS or word in _FUNCTION_VERBS | _COURTESIES].append(word)
    kept = sum(map(len, listed.values()))
    header = _HEADER.format(version=source_version, count=kept, longest=_LONGEST, frequent=_FREQUENT)
    lines = [
        f"{rarity}{'*' if is_function_word else ''} {' '.join(sorted(words))}\n"
        for (rarity, is_function_word), words in sorted(listed.items())
    ]
    return header + "".join(lines)


def jieba_table() -> str:
    """The text of words.txt by the jieba that is installed. Raises ModuleNotFoundError if there is none."""
    spec = find_spec("jieba")
    if not spec or not spec.origin:
        raise ModuleNotFoundError("jieba is not installed: run `make check` once, which installs it.")
    dictionary = Path(spec.origin).with_name("dict.txt").read_text(encoding="utf-8")
    return word_table(dictionary, version("jieba"))


def _is_chinese(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


if __name__ == "__main__":
    WORDS.write_text(jieba_table(), encoding="utf-8")
