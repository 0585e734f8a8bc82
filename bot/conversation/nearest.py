"""The items that are nearest to a question, as admins are offered them."""

from collections.abc import Collection

from bot.items import Kind
from bot.matching import Candidate
from bot.snapshot import Snapshot

LIKELY = 0.05
"""An item with a lower score was hardly meant: lists leave it out, and a card says how far it is."""
_SHOWN_AS_NOTHING = 0.005
"""A lower score reads as 0 %: such an item is nowhere near."""


def nearest(question: str, kind: Kind, snapshot: Snapshot, left_out: Collection[str] = ()) -> list[Candidate]:
    """The items of a kind by score, without those of these ids, and without any that would be shown at 0 %."""
    candidates = snapshot.matcher.match(question).candidates
    fit = (near for near in candidates if near.item.kind is kind and near.score >= _SHOWN_AS_NOTHING)
    return [near for near in fit if near.item.id not in left_out]
