"""How much words tell in Chinese at large."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.vocabulary import weight, words
from bot.text import normalise

TELLING = {
    "图书馆几点开门": {"图书馆", "开门"},
    "食堂在哪里": {"食堂"},
    "忧患意识是什么": {"忧患", "意识"},
    "我们应该做什么": set(),
    "会议时间": {"会议", "时间"},
    "可以吗": set(),
    "我和你": set(),
    "wifi密码": {"wifi", "密码"},
    "open door": {"open", "door"},
    "2010年5月31日": {"2010", "5", "31"},
    "a4纸": {"a", "4", "纸"},
    "龘": {"龘"},
    "": set(),
}
"""Texts in normal form with the words that tell something; all others tell nothing."""
RARER = [("图书馆", "学校"), ("龘", "图书馆"), ("公积金", "时间"), ("wifi", "时间"), ("忧患", "意识")]
"""Words that tell more than others."""


@pytest.mark.parametrize(("text", "telling"), TELLING.items())
def test_what_tells_something(text: str, telling: set[str]) -> None:
    """Words that name things do, Latin words, numbers and unknown characters too; words that ask and join do not."""
    assert {word.text for word in words(text) if word.weight > 0} == telling


@pytest.mark.parametrize(("rarer", "commoner"), RARER)
def test_a_rarer_word_tells_more(rarer: str, commoner: str) -> None:
    """An unknown one tells the most."""
    assert weight(rarer) > weight(commoner) >= 0


TEXTS = st.text(st.sampled_from("图书馆几点开门的是 a b4 39é龘，"), max_size=30) | st.text(max_size=30)


@given(TEXTS.map(normalise))
def test_no_character_is_lost(form: str) -> None:
    """A text is cut into its words in order; what stands between them is a space."""
    end = 0
    for word in words(form):
        assert form[end : word.start].strip() == ""
        end = word.start + len(word.text)
        assert form[word.start : end] == word.text
        assert not any(character.isspace() for character in word.text)
        assert word.weight == weight(word.text) >= 0
    assert form[end:].strip() == ""
