"""Corrections: an answer has changed, and members want to be told. Nobody is told unless an admin wants it.

Whether somebody is to be told follows from the answer that they know and the one that there is now. So an undo before
they were told leaves nothing to tell, and of several changes one correction is made.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bot.inbox.encryption import DecryptionError, Encryption
from bot.items import Item
from bot.snapshot import CurrentSnapshot
from bot.store.answer_subscriptions import AnswerSubscriptions
from bot.store.records import AnswerSubscription, KeptAnswerSubscription
from bot.text import normalise


@dataclass(frozen=True, slots=True)
class Correction:
    """An item whose answer has changed since ``count`` members read it. ``before``: what most of these know."""

    item: Item
    before: str
    count: int


@dataclass(frozen=True, slots=True)
class DueCorrection:
    """A subscriber to be told of an item's answer: the ``address``, decrypted, and the answer that they know."""

    id: int
    item: Item
    before: str
    address: str


@dataclass(eq=False)
class Corrections:
    """Offers corrections to admins, and keeps what they decide. Every method raises StoreError where the store fails.

    A subscriber whose address can't be decrypted is never counted or told; the key may come back within their days.
    """

    subscriptions: AnswerSubscriptions
    encryption: Encryption
    current: CurrentSnapshot

    def subscription(self, item: Item, member: int, address: str) -> AnswerSubscription:
        """The subscription of a member who knows this item's answer of now, fit to be kept."""
        return AnswerSubscription(item.id, self._person(member), self.encryption.encrypt(address), item.answer)

    def forget(self, member: int) -> None:
        """Delete all subscriptions of a member."""
        self.subscriptions.forget(self._person(member))

    def offer(self, item_id: str) -> Correction | None:
        """The correction of an item that admins are asked about now; None where there is nobody to be told."""
        return self._offered([row for row in self._changed() if row.item == item_id])

    def offer_new(self) -> Sequence[Correction]:
        """The corrections that admins were not asked about yet, as after an editor's change; they are asked now."""
        unknown: dict[str, list[KeptAnswerSubscription]] = defaultdict(list)
        for row in self._changed():
            if row.offered != self._answer(row.item):
                unknown[row.item].append(row)
        return [found for rows in unknown.values() if (found := self._offered(rows))]

    def undecided(self) -> Sequence[Correction]:
        """The corrections that admins were asked about, and have not decided yet, by the order of the items."""
        by_item: dict[str, list[KeptAnswerSubscription]] = defaultdict(list)
        for row in self._changed():
            if row.offered == self._answer(row.item) and not row.approved:
                by_item[row.item].append(row)
        return [_correction(item, by_item[item.id]) for item in self.current.snapshot.base.items if item.id in by_item]

    def approve(self, item_id: str) -> int:
        """Have the correction told that was offered last of an item; how many members that are."""
        ids = [row.id for row in self._changed() if row.item == item_id and row.offered == self._answer(item_id)]
        self.subscriptions.approve(ids)
        return len(ids)

    def skip(self, item_id: str) -> None:
        """Tell nobody of an item's answer of now; they are still subscribed to what comes after it."""
        rows = [row for row in self._changed() if row.item == item_id]
        if answer := self._answer(item_id):
            self.subscriptions.skip([row.id for row in rows], answer)

    def due(self) -> Sequence[DueCorrection]:
        """Who is to be told now. What was approved and has changed again since is told nobody, until it is approved."""
        approved = [row for row in self.subscriptions.all() if row.approved]
        if not approved:
            return []
        changed = {row.id for row in self._changed()}
        items = self.current.snapshot.base.by_id
        overtaken = [row.id for row in approved if row.id not in changed or row.offered != self._answer(row.item)]
        self.subscriptions.withdraw(overtaken)
        return [
            DueCorrection(row.id, items[row.item], row.seen, self.encryption.decrypt(row.address))
            for row in approved
            if row.id not in overtaken
        ]

    def _offered(self, rows: Sequence[KeptAnswerSubscription]) -> Correction | None:
        if not rows:
            return None
        item = self.current.snapshot.base.by_id[rows[0].item]
        self.subscriptions.offer([row.id for row in rows], item.answer)
        return _correction(item, rows)

    def _changed(self) -> Sequence[KeptAnswerSubscription]:
        """The subscriptions to answers that have changed in substance, of members who can be told."""
        return [row for row in self.subscriptions.all() if self._has_changed(row) and self._can_be_told(row)]

    def _has_changed(self, row: KeptAnswerSubscription) -> bool:
        """Whether an answer says something else: punctuation, spaces and the like in another way are the same."""
        answer = self._answer(row.item)
        return answer is not None and normalise(answer) != normalise(row.seen)

    def _can_be_told(self, row: KeptAnswerSubscription) -> bool:
        try:
            self.encryption.decrypt(row.address)
        except DecryptionError:
            return False
        return True

    def _answer(self, item_id: str) -> str | None:
        item = self.current.snapshot.base.by_id.get(item_id)
        return item.answer if item else None

    def _person(self, member: int) -> int:
        return self.encryption.pseudonym(f"member {member}")


def _correction(item: Item, rows: Sequence[KeptAnswerSubscription]) -> Correction:
    ((before, _),) = Counter(row.seen for row in rows).most_common(1)
    return Correction(item, before, len(rows))
