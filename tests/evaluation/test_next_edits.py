"""The few edits that would answer most of what was missed."""

from dataclasses import replace

from bot.evaluation.next_edits import NextEdit, best_next_edits
from bot.matching import Answer, ConfidenceModel, Index, Matcher
from tests.conftest import CANTEEN, loaded

INDEX = Index.build(loaded(CANTEEN).base)
MISSES = {
    "能不能带宠物": 1,
    "我能带宠物吗": 1,
    "宠物能带吗": 5,
    "停车场在哪里": 4,
    "哪里有停车场": 1,
    "卡掉水里了": 2,
}


def best(candidates: list[str], limit: int = 5) -> list[NextEdit]:
    return best_next_edits(INDEX, ConfidenceModel(), MISSES, candidates, {}, limit)


def test_the_edit_that_answers_most_comes_first() -> None:
    """A new item, unless there is one that may well be meant."""
    assert best(["卡掉水里了", "停车场在哪里", "宠物能带吗"]) == [
        NextEdit("宠物能带吗", None, {"宠物能带吗": 5, "能不能带宠物": 1, "我能带宠物吗": 1}),
        NextEdit("停车场在哪里", None, {"停车场在哪里": 4, "哪里有停车场": 1}),
        NextEdit("卡掉水里了", "card", {"卡掉水里了": 2}),
    ]


def test_what_an_edit_answers_another_does_not_answer_again() -> None:
    """An edit that adds nothing is none."""
    assert [edit.question for edit in best(["停车场在哪里", "哪里有停车场"])] == ["停车场在哪里"]


def test_of_equals_the_first_candidate_wins() -> None:
    """In the order in which they were given."""
    misses = {"停车场在哪里": 1, "宠物能带吗": 1}
    for candidates in (["停车场在哪里", "宠物能带吗"], ["宠物能带吗", "停车场在哪里"]):
        assert [
            edit.question for edit in best_next_edits(INDEX, ConfidenceModel(), misses, candidates, {}, 5)
        ] == candidates


def test_at_most_the_limit() -> None:
    """The best ones."""
    assert [edit.covers for edit in best(["停车场在哪里", "宠物能带吗"], limit=1)] == [7]


def test_a_question_that_is_answered_by_now_is_no_miss() -> None:
    """Its edit would change nothing."""
    assert best_next_edits(INDEX, ConfidenceModel(), {"饭卡丢了怎么补": 9}, ["饭卡丢了怎么补", " "], {}, 5) == []


def test_no_item_is_proposed_that_was_not_meant() -> None:
    """Members said so; then it is a new item."""
    not_meant = {"卡掉水里了": {"card"}}
    (edit,) = best_next_edits(INDEX, ConfidenceModel(), MISSES, ["卡掉水里了"], not_meant, 5)
    assert edit.item is None


def test_the_edits_do_what_they_promise() -> None:
    """The slow way is the oracle: the base with the phrasing added answers just these."""
    (edit,) = best(["卡掉水里了"])
    base = loaded(CANTEEN).base
    card = replace(base.by_id["card"], phrasings=(*base.by_id["card"].phrasings, edit.question))
    items = tuple(card if item.id == "card" else item for item in base.items)
    matcher = Matcher(Index.build(replace(base, items=items)), ConfidenceModel())
    answered = tuple(question for question in MISSES if isinstance(matcher.match(question), Answer))
    assert answered == (*edit.questions,)
