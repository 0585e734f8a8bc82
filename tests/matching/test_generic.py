"""Nothing in the engine knows a subject: another base works as well."""

import dataclasses
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from bot.evaluation.measure import ask_question, read_questions, summary
from bot.items import Item, KnowledgeBase
from bot.matching import Answer, Index, Matcher, Suggestions
from tests.baselines import by_bm25s
from tests.conftest import ROOT, loaded

DATA = ROOT / "tests" / "data"
LIBRARY = loaded(DATA / "library").base
MATCHER = Matcher(Index.build(LIBRARY))
ASKINGS = [asking for item in LIBRARY.items for asking in item.all_phrasings()]
TRADITIONAL = OpenCC("s2t")


def test_another_base_is_answered_by_its_facts() -> None:
    """Questions by someone who saw only its source; better than BM25 over the same phrasings."""
    questions = read_questions((DATA / "library-questions.jsonl").read_text(encoding="utf-8").splitlines())
    asked = [question for question in questions if question.kind == "in"]
    recall = summary([ask_question(MATCHER, question) for question in asked])["recall_at_1"]
    owners = [item for item in LIBRARY.items for _ in item.all_phrasings()]
    search = by_bm25s(ASKINGS)
    found = [(question, search(question.text, 1)) for question in asked]
    right = sum(
        bool(best) and all(any(fact in owners[best[0][0]].answer for fact in group) for group in question.must)
        for question, best in found
    )
    assert recall >= 0.75
    assert recall > right / len(asked)


def test_every_phrasing_leads_to_its_item() -> None:
    """Exactly asked, surely answered."""
    for item in LIBRARY.items:
        for asking in item.all_phrasings():
            assert MATCHER.match(asking).candidates[0].item.id == item.id, asking


def test_one_phrasing_an_item_is_enough_to_work() -> None:
    """A thousand items with a question each, in any order: each is reached by its own words."""
    texts = random.Random(5).sample(ASKINGS, 1000)
    items = tuple(Item(f"i-{n}", "题", text, text, source=("1",)) for n, text in enumerate(texts))
    matcher = Matcher(Index.build(KnowledgeBase("", items)))
    for item in items[::20]:
        verdict = matcher.match(item.question)
        assert isinstance(verdict, Answer)
        assert verdict.chosen[0].item.id == item.id


@pytest.mark.parametrize("turned", [1, -1])
def test_an_exact_tie_is_a_suggestion(turned: int) -> None:
    """Two items in the very same words, whatever their order."""
    one, other = (Item(name, "题", "几点开门", name, source=("1",)) for name in ("a", "b"))
    base = dataclasses.replace(LIBRARY, items=(one, other)[::turned] + LIBRARY.items)
    verdict = Matcher(Index.build(base)).match("几点开门")
    assert isinstance(verdict, Suggestions)
    assert [candidate.item.id for candidate in verdict.suggestions[:2]] == ["a", "b"]


@settings(deadline=None)
@given(st.sampled_from(ASKINGS))
def test_traditional_is_simplified(asking: str) -> None:
    """The script does not matter."""
    assert MATCHER.match(TRADITIONAL.convert(asking)).candidates == MATCHER.match(asking).candidates


@settings(deadline=None)
@given(st.sampled_from(ASKINGS), st.sampled_from("。?!,…😀 "))
def test_marks_at_the_end_do_not_matter(asking: str, mark: str) -> None:
    """Nor does their number."""
    assert MATCHER.match(asking + 3 * mark).candidates == MATCHER.match(asking).candidates
