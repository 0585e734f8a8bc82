"""Items that admins look for by words."""

from collections.abc import Collection, Sequence

import pytest

from bot.curation.item_search import find, holding
from bot.items import Kind
from tests.admin_setup import AdminSetup

HELD: dict[str, tuple[str, Sequence[str]]] = {
    "all without a word": ("", ["opening", "closing", "card", "nc-fee", "hello"]),
    "in a phrasing": ("开饭安排", ["opening"]),
    "in an answer": ("工作证", ["card"]),
    "in an id": ("CLOS", ["closing"]),
    "all of several words": ("食堂 八点", ["closing"]),
    "written otherwise": ("食堂，几点 开門", ["opening"]),
    "nowhere": ("火星", []),
}


@pytest.mark.parametrize(("words", "items"), HELD.values(), ids=HELD.keys())
def test_items_that_hold_words(admin_setup: AdminSetup, words: str, items: Sequence[str]) -> None:
    """Anywhere in what they say."""
    found = [item.id for item in holding(words, admin_setup.current.snapshot.base)]
    assert found == items or (not words and len(found) == len(admin_setup.current.snapshot.base.items))


FOUND: dict[str, tuple[str, Collection[Kind], Collection[str], Sequence[str]]] = {
    "nothing without words": (" ", [*Kind], (), []),
    "an id alone": ("Opening", [*Kind], (), ["opening"]),
    "an id of another kind is a word": ("opening", [Kind.SMALL_TALK], (), []),
    "what answers a question": ("几点开门呀", [*Kind], (), ["opening"]),
    "what is left out": ("几点开门呀", [*Kind], ("opening",), ["closing"]),
    "a word that answers nothing": ("工作证", [*Kind], (), ["card"]),
}


@pytest.mark.parametrize(("words", "kinds", "left_out", "first"), FOUND.values(), ids=FOUND.keys())
def test_items_that_are_found(
    admin_setup: AdminSetup, words: str, kinds: Collection[Kind], left_out: Collection[str], first: Sequence[str]
) -> None:
    """By their ids, by what they answer, by what they hold; each once, the likeliest first."""
    found = [found.item.id for found in find(words, admin_setup.current.snapshot, kinds, left_out)]
    assert found[:1] == first
    assert len({*found}) == len(found)
    assert not {*found} & {*left_out}


def test_what_only_holds_the_words_has_no_score(admin_setup: AdminSetup) -> None:
    """Cards say how near an item is only where that is known."""
    scores = {found.item.id: found.score for found in find("工作证", admin_setup.current.snapshot)}
    assert scores["card"] is None or scores["card"] > 0
    assert all(score is None or 0 < score <= 1 for score in scores.values())
