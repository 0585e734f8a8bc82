"""The languages of the interface, and their messages."""

import re
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from bot.texts.languages import DOMAIN, LOCALE, Language, language_of
from tests.conftest import ROOT

MESSAGES = ROOT / "bot" / "texts" / "members.py"
TAGS = {
    None: Language.SIMPLIFIED,
    "zh": Language.SIMPLIFIED,
    "zh-hans": Language.SIMPLIFIED,
    "zh-CN": Language.SIMPLIFIED,
    "zh-Hans-HK": Language.SIMPLIFIED,
    "zh-hant": Language.TRADITIONAL,
    "zh-TW": Language.TRADITIONAL,
    "zh-HK": Language.TRADITIONAL,
    "zh_MO": Language.TRADITIONAL,
    "en": Language.ENGLISH,
    "bo": Language.ENGLISH,
    "zhx": Language.ENGLISH,
}


@pytest.mark.parametrize(("tag", "language"), TAGS.items())
def test_languages_by_tag(tag: str | None, language: Language) -> None:
    """As Telegram's clients report them."""
    assert language_of(tag) is language


def english() -> Catalog:
    with (LOCALE / "en" / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        return read_po(file)


def test_every_message_is_translated() -> None:
    """No more, no less, none in doubt; run `make messages` after a change."""
    marked = {message for _, message, _, _ in extract_from_file("python", MESSAGES, keywords={"N_": None})}
    translated = {message.id: message for message in english() if message.id}
    assert set(translated) == marked
    assert [one.id for one in translated.values() if one.fuzzy or not one.string] == []


def test_translations_have_the_same_places() -> None:
    """Whatever is filled in stands in both, and so do the tags."""

    def places(text: str) -> tuple[set[str], list[str]]:
        names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        return names, re.findall("<[^>]*>", text)

    for message in english():
        assert places(str(message.id)) == places(str(message.string)), message.id


def test_the_compiled_messages_is_up_to_date() -> None:
    """It is what the bot reads."""
    with (LOCALE / "en" / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as file:
        compiled = {message.id: message.string for message in read_mo(file) if message.id}
    assert compiled == {message.id: message.string for message in english() if message.id}


@pytest.mark.parametrize("file", sorted((ROOT / "bot" / "texts").glob("*.py")), ids=lambda file: file.stem)
def test_everybody_is_addressed_alike(file: Path) -> None:
    """As a colleague is, in every text."""
    assert "您" not in file.read_text(encoding="utf-8")
