"""The languages that members read the interface in. Chinese is its source; what the speech says stays Chinese."""

import gettext
from collections.abc import Callable
from enum import Enum, auto
from functools import cache
from pathlib import Path

from opencc import OpenCC

DOMAIN = "bot"
LOCALE = Path(__file__).with_name("locale")
_TRADITIONAL = {"hant", "tw", "hk", "mo"}


class Language(Enum):
    """What a member reads: everything in simplified or traditional characters, or the interface alone in English."""

    SIMPLIFIED = auto()
    TRADITIONAL = auto()
    ENGLISH = auto()


def language_of(tag: str | None) -> Language:
    """The language for a client's IETF tag, such as zh-hans or zh-TW; simplified Chinese without one."""
    first, *rest = (tag or "zh").lower().replace("_", "-").split("-")
    if first != "zh":
        return Language.ENGLISH
    return Language.TRADITIONAL if "hans" not in rest and _TRADITIONAL.intersection(rest) else Language.SIMPLIFIED


@cache
def translator(language: Language) -> Callable[[str], str]:
    """What puts a message to members into a language, before its places are filled in."""
    return gettext.translation(DOMAIN, LOCALE, ["en"]).gettext if language is Language.ENGLISH else str


@cache
def converter(language: Language) -> Callable[[str], str]:
    """What puts a finished text into the characters of a language."""
    return OpenCC("s2tw").convert if language is Language.TRADITIONAL else str
