"""Where items meet: phrasings of one that, had they never been written down, would lead to another."""

import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.evaluation.leave_one_out import without_near_copies
from bot.items import Item
from bot.matching import ConfidenceModel, Index, Matcher
from bot.matching.lanes import Query, by_characters
from bot.matching.similarity import near_copies
from bot.matching.terms import grams
from bot.priority import give_way, rest_s

_NEAR, _AHEAD = 0.5, 0.25
"""How much of a phrasing another item explains that is clearly nearer than its own, and how much more than that does.

With less than half of it explained, a good phrasing that stands alone in its item is nearer to others by chance.
"""


@dataclass(frozen=True, slots=True)
class ItemTexts:
    """How an item is worded.

    ``written``: its phrasings as they are written, by their forms. ``shared``: for each form its terms that stand in
    another text of the item too: in a phrasing that is no near copy of it, in a keyword or in the answer.
    """

    number: int
    item: Item
    written: Mapping[str, str]
    shared: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, index: Index, number: int) -> "ItemTexts":
        """The texts of the item with this number."""
        item, forms, standard = index.items[number], index.forms[number], index.lexicon.form
        terms = {form: grams(form) for form in forms}
        phrased = Counter(term for form in forms for term in terms[form])
        others = {term for text in (*item.keywords, item.answer) for term in grams(standard(text))}
        shared = {}
        for form in forms:
            copied = Counter(term for copy in near_copies(form, forms) for term in terms[copy])
            shared[form] = frozenset(term for term in terms[form] if term in others or phrased[term] > copied[term])
        return cls(number, item, {standard(text): text for text in reversed(item.all_phrasings())}, shared)

    def explained(self, index: Index, form: str) -> "Explained":
        """How much of one of its forms the other texts of the item explain, and how much the nearest other item."""
        give_way()
        query = Query.of(form, index)
        own = sum(
            term.weight * term.holders.get(self.number, 0.0)
            for term in query.terms
            if term.term.text in self.shared[form]
        )
        others = (share for other, share in by_characters(query).items() if other != self.number)
        return Explained(own / query.total, max(others, default=0.0))


@dataclass(frozen=True, slots=True)
class Explained:
    """How much of a phrasing its own item explains by its other texts, and the nearest other item, 0..1."""

    own: float
    other: float

    @property
    def is_nearer_elsewhere(self) -> bool:
        """Whether another item is clearly nearer."""
        return self.other >= _NEAR and self.other - self.own >= _AHEAD


@dataclass(frozen=True, slots=True)
class Overlap:
    """A phrasing that, held out, leads to the item ``other``; ``is_taken``: that would answer it, else be offered."""

    phrasing: str
    other: Item
    is_taken: bool


def overlap(index: Index, texts: ItemTexts, form: str, confidence: ConfidenceModel) -> Overlap | None:
    """Where a form of an item leads once it is held out; None if to its item, or nowhere for sure."""
    best = Matcher(without_near_copies(index, texts.number, form), confidence).best(form)
    if best is None or best.item is texts.item or best.score < confidence.suggest:
        return None
    return Overlap(texts.written[form], best.item, best.score >= confidence.answer)


def overlaps(index: Index, number: int, confidence: ConfidenceModel) -> Sequence[Overlap]:
    """The phrasings of an item that lead to another one which is clearly nearer, or asked in the very same words."""
    texts = ItemTexts.of(index, number)
    nearer = (
        form
        for form in index.forms[number]
        if len(index.by_form[form]) > 1 or texts.explained(index, form).is_nearer_elsewhere
    )
    return [found for form in nearer if (found := overlap(index, texts, form, confidence))]


class OverlapTable:
    """The overlaps of all items, worked out in a thread of their own once they are asked for; safe for any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: Mapping[str, Sequence[Overlap]] = {}
        self._index: Index | None = None
        """What they were found in."""
        self._wanted: tuple[Index, ConfidenceModel] | None = None
        """What they are looked for in, as long as the thread runs."""
        self._asked: tuple[Index, dict[int, Sequence[Overlap]]] | None = None
        """The overlaps of single items, by their numbers, in the index that they were last asked of."""

    def of(self, index: Index, confidence: ConfidenceModel) -> tuple[Mapping[str, Sequence[Overlap]], bool]:
        """The overlaps by the ids of the items that have any, and whether they are those of this index.

        If not, they are those that were found last, and these are being worked out: a minute for 14,000 phrasings.
        """
        with self._lock:
            is_current = self._index is index
            if not is_current and (self._wanted is None or self._wanted[0] is not index):
                is_idle, self._wanted = self._wanted is None, (index, confidence)
                if is_idle:
                    threading.Thread(target=self._work, name="overlaps", daemon=True).start()
            return self._found, is_current

    def of_item(self, index: Index, number: int, confidence: ConfidenceModel) -> Sequence[Overlap]:
        """The overlaps of the item with this number, from the table, or worked out when they are first asked for."""
        with self._lock:
            if self._index is index:
                return self._found.get(index.items[number].id, ())
            if self._asked is None or self._asked[0] is not index:
                self._asked = index, {}
            asked = self._asked[1]
        if number not in asked:
            asked[number] = overlaps(index, number, confidence)
        return asked[number]

    def _work(self) -> None:
        wanted = self._wanted
        while wanted:
            found: dict[str, Sequence[Overlap]] = {}
            for number, item in enumerate(wanted[0].items):
                # An edit that came meanwhile counts.
                if self._wanted is not wanted:
                    break
                begin = time.perf_counter()
                if own := overlaps(wanted[0], number, wanted[1]):
                    found[item.id] = own
                time.sleep(rest_s(time.perf_counter() - begin))
            with self._lock:
                if self._wanted is wanted:
                    self._found, self._index, self._wanted = found, wanted[0], None
                wanted = self._wanted
