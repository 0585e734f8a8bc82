"""What a message means after what was said before."""

from dataclasses import replace

import pytest

from bot.conversation.context import Context
from bot.conversation.understanding import Asked, understand
from bot.items import Item
from bot.knowledge import Knowledge
from bot.matching import ConfidenceModel, Index, Settled
from bot.snapshot import Snapshot

ITEMS = (
    Item("opening", "食堂", "食堂几点开门？", "七点。", phrasings=("几点开门",), keywords=("食堂",), source=("1",)),
    Item("kitchen", "食堂", "后厨谁管？", "王师傅。", phrasings=("后厨归谁管",), keywords=("后厨",), source=("1",)),
    Item("shop", "食堂", "小卖部谁管？", "李师傅。", phrasings=("小卖部归谁管",), keywords=("小卖部",), source=("1",)),
)

CARRIED = {
    "the negative names the subject": (("后厨几点开门",), "后厨", []),
    "another subject": (("后厨几点开门",), "小卖部", ["opening"]),
    "no negatives": ((), "后厨", ["opening"]),
}


@pytest.mark.parametrize(("negatives", "subject", "expected"), CARRIED.values(), ids=CARRIED.keys())
def test_a_message_that_is_a_negative_with_its_subject_does_not_get_the_item(
    canteen: Knowledge, negatives: tuple[str, ...], subject: str, expected: list[str]
) -> None:
    """What was talked about belongs to a short question."""
    items = (replace(ITEMS[0], negatives=negatives), *ITEMS[1:])
    knowledge = replace(canteen, base=replace(canteen.base, items=items))
    snapshot = Snapshot({}, knowledge, Index.build(knowledge.base), ConfidenceModel())
    understood = understand("几点开门", Context(f"{subject}谁管", ("kitchen",), subjects=(subject,)), snapshot)
    assert isinstance(understood, Asked)
    chosen = understood.verdict.chosen if isinstance(understood.verdict, Settled) else ()
    assert [candidate.item.id for candidate in chosen] == expected
    assert expected or "opening" not in [candidate.item.id for candidate in understood.verdict.suggestions]
