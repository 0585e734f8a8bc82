"""Each lane's one job."""

from dataclasses import replace

import pytest

from bot.knowledge import Knowledge
from bot.matching import Index
from bot.matching.answer_types import COARSE, asked
from bot.matching.lanes import (
    Query,
    Scores,
    by_answer_type,
    by_characters,
    by_edit_distance,
    by_sound,
    nearest_form,
)


@pytest.fixture(scope="module")
def index(canteen: Knowledge) -> Index:
    return Index.build(canteen.base)


def by_id(index: Index, scores: Scores) -> dict[str, float]:
    return {index.items[number].id: score for number, score in scores.items()}


def test_characters_score_the_explained_share(index: Index) -> None:
    """Between 0 and 1; words that the item does not know lower it; an item without any is left out."""
    whole = by_id(index, by_characters(Query.of("补办饭卡", index)))
    part = by_id(index, by_characters(Query.of("补办饭卡要不要带毛驴", index)))
    assert 0 < part["card"] < whole["card"] <= 1
    assert "chat-hello" not in whole


def test_what_stands_in_a_frame_counts_next_to_nothing(canteen: Knowledge) -> None:
    """How something is asked is never explained by an item, and must not speak against it."""
    framing = Index.build(replace(canteen.base, frames=(*canteen.base.frames, "劳驾打听")))

    def score(index: Index, text: str) -> float:
        return by_id(index, by_characters(Query.of(text, index)))["card"]

    whole = score(framing, "补办饭卡")
    assert score(Index.build(canteen.base), "劳驾打听补办饭卡") < 0.4 * whole
    assert 0.6 * whole < score(framing, "劳驾打听补办饭卡") < whole


def test_sound_hears_only_what_was_never_seen(index: Index) -> None:
    """A homophone scores; the right character does not; typed pinyin is heard whole."""
    assert by_id(index, by_sound(Query.of("补办范卡", index)))["card"] > 0
    assert by_sound(Query.of("补办饭卡", index)) == {}
    assert by_id(index, by_sound(Query.of("buban fanka", index)))["card"] > 0.3


def test_sound_never_beats_characters(index: Index) -> None:
    """The same question by ear explains less than by eye."""
    spelt = by_id(index, by_characters(Query.of("补办饭卡", index)))["card"]
    heard = by_id(index, by_sound(Query.of("buban fanka", index)))["card"]
    assert heard < spelt


def test_edit_distance_scores_the_nearest_phrasing(index: Index) -> None:
    """1 for a phrasing itself, less for one like it."""
    (card,) = (forms for item, forms in zip(index.items, index.forms, strict=True) if item.id == "card")
    assert by_edit_distance(Query.of("补办饭卡", index), card) == 1.0
    phrasing, ratio = nearest_form(Query.of("我要补办饭卡", index), card)
    assert phrasing == "补办饭卡"
    assert ratio == pytest.approx(0.8)


ANSWER_TYPES = {
    "食堂是谁管": {"who"},
    "哪天放假": {"when"},
    "开会地点": {"where"},
    "要多少钱": {"how much", "how many"},
    "写多少字": {"how long", "how many"},
    "电话号码": {"how to reach"},
    "为什么要补": {"why"},
    "有模板没得": {"form"},
    "补办饭卡": set(),
}


@pytest.mark.parametrize(("form", "expected"), ANSWER_TYPES.items())
def test_answer_types(form: str, expected: set[str]) -> None:
    """What kind of thing is asked for."""
    assert asked(COARSE, form) == expected


def test_answer_type_speaks_against_items_that_do_not_serve_it(index: Index) -> None:
    """A question without an answer type is served by all."""
    assert {by_answer_type(Query.of("补办饭卡", index), forms) for forms in index.forms} == {0.0}
    price = Query.of("办饭卡多少钱", index)
    missing = {item.id: by_answer_type(price, forms) for item, forms in zip(index.items, index.forms, strict=True)}
    assert missing["nc-price"] < missing["card"]
