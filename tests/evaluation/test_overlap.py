"""Phrasings that lead to other items: of one, and of all in a thread."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.evaluation.overlap import Overlap, OverlapTable, overlaps
from bot.items import Item, KnowledgeBase
from bot.matching import ConfidenceModel, Index
from tests.process import wait_for

CONFIDENCE = ConfidenceModel()
BOOKS = Item(
    "books", "书", "借书怎么办理？", "到一楼。", phrasings=("怎么借书", "办理借书", "借书手续怎么办", "饭卡补办要几天")
)
CARD = Item("card", "卡", "饭卡丢了怎么补？", "找前台。", phrasings=("饭卡补办要多久", "补办饭卡", "饭卡补办几天能好"))


def index(*items: Item) -> Index:
    return Index.build(KnowledgeBase("", items))


def pairs(found: Sequence[Overlap]) -> list[tuple[str, str, bool]]:
    return [(overlap.phrasing, overlap.other.id, overlap.is_taken) for overlap in found]


def test_a_phrasing_among_those_of_another_item() -> None:
    """It is told with the item that would answer it; the others lead to their own."""
    known = index(BOOKS, CARD)
    assert pairs(overlaps(known, 0, CONFIDENCE)) == [("饭卡补办要几天", "card", True)]
    assert overlaps(known, 1, CONFIDENCE) == []


def test_a_phrasing_that_synonyms_make_that_of_another_item() -> None:
    """Both are asked in the same words then, which reach neither."""
    items = (Item("a", "题", "苹果多少钱", "一元。"), Item("b", "题", "沙果多少钱", "两元。"))
    known = Index.build(KnowledgeBase("", items, synonyms=(("苹果", "沙果"),)))
    assert [pairs(overlaps(known, number, CONFIDENCE))[0][1] for number in range(2)] == ["b", "a"]


def test_a_table_is_that_of_the_latest_index() -> None:
    """Until it is worked out, the table is the one before; of one item the overlaps are told at once."""
    table, first = OverlapTable(), index(BOOKS, CARD)
    second = index(replace(BOOKS, phrasings=BOOKS.phrasings[:-1]), CARD)

    def current(known: Index) -> Mapping[str, Sequence[Overlap]]:
        wait_for(lambda: table.of(known, CONFIDENCE)[1])
        return table.of(known, CONFIDENCE)[0]

    assert table.of(first, CONFIDENCE) == ({}, False)
    assert pairs(table.of_item(first, 0, CONFIDENCE)) == [("饭卡补办要几天", "card", True)]
    assert {item: pairs(found) for item, found in current(first).items()} == {
        "books": [("饭卡补办要几天", "card", True)]
    }
    assert table.of(second, CONFIDENCE) == (current(first), False)
    assert current(second) == {}
    assert table.of_item(second, 0, CONFIDENCE) == ()
