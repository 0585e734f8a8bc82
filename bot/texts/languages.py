"""The languages that members read the interface in. Chinese is its source; what the speech says stays Chinese."""

import gettext
from collections.abc import Callable
from enum import Enum, auto
from functools import cache
from pathlib import Path

from opencc import OpenCC

DOMAIN = "bot"
LOCALE = Path(__file__).with_name("locale")
_CHINESE = {
    "zh",
    "cdo",
    "cjy",
    "cmn",
    "cpx",
    "csp",
    "czh",
    "czo",
    "gan",
    "hak",
    "hsn",
    "lzh",
    "mnp",
    "nan",
    "wuu",
    "yue",
}
"""Chinese and the languages of its family in ISO 639-3."""
_SIGNS = (({"hans"}, {"hant"}), ({"cn", "sg", "my"}, {"tw", "hk", "mo"}), (set[str](), {"yue"}))
"""What tells simplified from traditional characters in a tag: the script, else the region, else the language."""


class Language(Enum):
    """What a member reads: everything in simplified or traditional characters, or the interface alone in English."""

    SIMPLIFIED = auto()
    TRADITIONAL = auto()
    ENGLISH = auto()


def language_of(tag: str | None) -> Language:
    """The language for a client's IETF tag, such as zh-hans, zh-TW or yue; simplified Chinese without one."""
    first, *rest = (tag or "zh").lower().replace("_", "-").split("-")
    parts = {first, *rest}
    if first not in _CHINESE:
        return Language.ENGLISH
    for simplified, traditional in _SIGNS:
        if not parts.isdisjoint(simplified | traditional):
            return Language.SIMPLIFIED if parts & simplified else Language.TRADITIONAL
    return Language.SIMPLIFIED


@cache
def translator(language: Language) -> Callable[[str], str]:
    """What puts a message to members into a language, before its places are filled in."""
    return gettext.translation(DOMAIN, LOCALE, ["en"]).gettext if language is Language.ENGLISH else str


@cache
def converter(language: Language) -> Callable[[str], str]:
    """What puts a finished text into the characters of a language."""
    return OpenCC("s2tw").convert if language is Language.TRADITIONAL else str
