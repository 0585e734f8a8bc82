"""Synonyms and frames."""

import pytest

from bot.matching.lexicon import Lexicon

LEXICON = Lexicon(
    synonyms=[["什么", "啥", "啥子"], ["什么时候", "啥时候", "deadline"], ["没有", "没得"], ["二十", "廿"]],
    frames=["请问", "是什么", "的"],
)
STANDARD = {
    "啥子会": "什么会",
    "啥时候开": "什么时候开",
    "没得": "没有",
    "有没有": "有没有",
    "deadline是哪天": "什么时候是哪天",
    "deadlines": "deadlines",
    "廿": "20",
    "": "",
}


@pytest.mark.parametrize(("form", "expected"), STANDARD.items())
def test_a_synonym_becomes_its_standard_word(form: str, expected: str) -> None:
    """The longest match first; a Latin word as a whole only; numerals as everywhere."""
    assert LEXICON.standardise(form) == expected


@pytest.mark.parametrize("form", STANDARD.values())
def test_a_standard_form_stays(form: str) -> None:
    """Standard words are not replaced again."""
    assert LEXICON.standardise(form) == form


def test_the_core_is_what_is_left_without_frames() -> None:
    """A frame written with a synonym is found all the same."""
    assert LEXICON.core("请问会的目标是什么") == "会目标"
    assert Lexicon([["什么", "啥"]], ["是啥"]).core("会是什么") == "会"


def test_frames_are_positions() -> None:
    """Which characters weigh next to nothing."""
    assert LEXICON.framed("请问会的目标是什么") == {0, 1, 3, 6, 7, 8}
