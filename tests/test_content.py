"""What holds for the shipped knowledge: enough of it, true to its source, in our own words, and found."""

import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from rapidfuzz import fuzz

from bot.items import Item, Kind
from bot.knowledge import Knowledge
from bot.matching import Matcher
from bot.text import normalise
from tests.conftest import ROOT, settled_by

SHARED = ROOT.parent / "shared"
SPEECH = SHARED / "speech.txt"
QUESTIONS = SHARED / "eval" / "dev.jsonl"
FIXED_TERMS = Path(__file__).parent / "data" / "fixed-terms.txt"

NOT_ITS_OWN: dict[str, str] = {}
"""Phrasings that are known not to lead to their own item, each with the reason."""


def items(shipped: Knowledge, kind: Kind) -> list[Item]:
    return [item for item in shipped.base.items if item.kind is kind]


def test_there_is_enough_of_it(shipped: Knowledge) -> None:
    """Items and phrasings of each kind."""
    answers, refusals = items(shipped, Kind.ANSWER), items(shipped, Kind.NOT_COVERED)
    assert len(answers) >= 90
    assert len(refusals) >= 60
    assert {item.id: len(item.phrasings) for item in answers if len(item.phrasings) < 6} == {}
    assert {item.id: len(item.phrasings) for item in refusals if len(item.phrasings) < 4} == {}


def test_every_paragraph_is_covered(shipped: Knowledge) -> None:
    """No paragraph of the speech is without an item."""
    cited = {source for item in shipped.base.items for source in item.source}
    assert set(shipped.base.places) == cited


def test_answers_are_short(shipped: Knowledge) -> None:
    """300 characters, 600 where it lists over several lines."""
    limits = {item.id: 600 if item.answer.count("\n") > 1 else 300 for item in shipped.base.items}
    assert {item.id for item in shipped.base.items if len(item.answer) > limits[item.id]} == set()


def test_phrasings_lead_to_their_own_items(shipped: Knowledge, matcher: Matcher) -> None:
    """Those that might not: terms, what is said besides asking, what two items share; and one in ten of the others."""
    asked = [(item.id, asking) for item in shipped.base.items for asking in item.all_phrasings()]
    forms = Counter(matcher.form(asking) for _, asking in asked)
    chance = random.Random(0)
    doubtful = [
        (item, asking)
        for item, asking in asked
        if forms[matcher.form(asking)] > 1 or matcher.is_term(asking) or matcher.act(asking) or chance.random() < 1 / 10
    ]
    astray = {asking for item, asking in doubtful if settled_by(matcher.match(asking)) != [item]}
    assert astray == set(NOT_ITS_OWN)


def letters(text: str) -> str:
    """A text's words alone, for comparing with other texts."""
    return re.sub(r"[\W_]", "", text)


def runs(text: str, length: int, blanked: list[str]) -> Iterator[str]:
    """All stretches of so many characters that hold no fixed term."""
    pattern = "|".join(map(re.escape, sorted(blanked, key=len, reverse=True)))
    for part in re.split(pattern, text):
        yield from (part[start : start + length] for start in range(len(part) - length + 1))


@pytest.mark.skipif(not SPEECH.exists(), reason="the speech is not part of this repository")
def test_answers_are_in_our_own_words(shipped: Knowledge) -> None:
    """Apart from fixed terms no answer shares more than 20 characters on end with the speech."""
    terms = [letters(term) for term in FIXED_TERMS.read_text(encoding="utf-8").split()]
    speech = set(runs(letters(SPEECH.read_text(encoding="utf-8")), 21, terms))
    copied = {
        item.id: [run for run in runs(letters(item.answer), 21, terms) if run in speech] for item in shipped.base.items
    }
    assert {item: found for item, found in copied.items() if found} == {}


@pytest.mark.skipif(not QUESTIONS.exists(), reason="the questions for measuring are not part of this repository")
def test_no_question_for_measuring_is_in_the_knowledge(shipped: Knowledge) -> None:
    """None is equal, shares 8 characters on end that are no fixed term, or is alike by 85 or more."""
    terms = [normalise(term) for term in FIXED_TERMS.read_text(encoding="utf-8").split()]
    asked = [normalise(json.loads(line)["q"]) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    stretches = {run for question in asked for run in runs(question, 8, terms)}
    for item in shipped.base.items:
        for text in (*item.all_phrasings(), item.answer):
            assert stretches.isdisjoint(runs(normalise(text), 8, terms)), text
        for asking in item.all_phrasings():
            assert all(fuzz.ratio(normalise(asking), question) < 85 for question in asked), asking
