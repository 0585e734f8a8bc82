"""How text sounds."""

import subprocess
import sys

import pytest

from bot.matching.phonetics import fold, segment, spell, syllable

SYLLABLES = {
    "开": "kai",
    "会": "hui",
    "书": "su",
    "女": "lu",
    "绿": "lu",
    "省": "sen",
    "县": "xian",
    "龙": "long",
    "a": "",
    "5": "wu",
}
SEGMENTS = {
    "kaihui": ("kai", "hui"),
    "shijihao": ("si", "ji", "hao"),
    "chuangxianzhengyou": ("cuang", "xian", "zen", "you"),
    "xian": ("xian",),
    "lvshi": ("lu", "si"),
    "deadline": (),
    "kpi": (),
    "x": (),
}


@pytest.mark.parametrize(("character", "expected"), SYLLABLES.items())
def test_syllables(character: str, expected: str) -> None:
    """The commonest reading, without tone, folded; nothing for what has no reading."""
    assert syllable(character) == expected


@pytest.mark.parametrize(("character", "expected"), [("书", "shu"), ("女", "nv"), ("a", ""), ("😀", "")])
def test_spelling(character: str, expected: str) -> None:
    """As it is typed, not folded."""
    assert spell(character) == expected


def test_the_table_is_read_without_loading_phrases() -> None:
    """A process that matches has never imported pypinyin."""
    code = "import sys; from bot.matching.phonetics import syllable; print(syllable('开'), 'pypinyin' in sys.modules)"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.split() == ["kai", "False"]


@pytest.mark.parametrize(("word", "expected"), SEGMENTS.items())
def test_words_typed_in_pinyin(word: str, expected: tuple[str, ...]) -> None:
    """As few syllables as possible; nothing for a word that is no pinyin."""
    assert segment(word) == expected


@pytest.mark.parametrize(
    ("one", "other"), [("zhi", "zi"), ("nan", "lan"), ("ming", "min"), ("sheng", "sen"), ("lv", "lu")]
)
def test_what_regional_speech_confuses_is_equal(one: str, other: str) -> None:
    """翘舌, 鼻音, 后鼻音."""
    assert fold(one) == fold(other)
