"""The inverted index, and how it is without something."""

import dataclasses

from bot.knowledge import Knowledge
from bot.matching import Index
from bot.matching.terms import Term


def held(index: Index) -> dict[str, dict[int, float]]:
    return {term: dict(holders) for term, holders in index.postings.items() if holders}


def test_rare_terms_weigh_more(canteen: Knowledge) -> None:
    """What few items hold tells more; what none holds tells most."""
    index = Index.build(canteen.base)
    canteens, cards, nothing = (index.weight(index.postings.get(term, {})) for term in ("食堂", "饭卡", "没见过"))
    assert canteens < cards < nothing


def test_typical_terms_count_more(canteen: Knowledge) -> None:
    """What stands in more of an item's phrasings is more typical of it."""
    card = 2
    holders = {term: dict(Index.build(canteen.base).postings[term])[card] for term in ("卡", "补办", "工作")}
    assert holders["卡"] > holders["补办"] > holders["工作"] > 0


def test_without_an_item_it_is_as_if_it_had_never_been(canteen: Knowledge) -> None:
    """The slow way is the oracle: an index of the other items holds the same terms; the whole one is untouched."""
    index = Index.build(canteen.base)
    number = index.items.index(canteen.base.by_id["card"])
    without = index.without(number, index.forms[number])
    others = dataclasses.replace(canteen.base, items=tuple(item for item in canteen.base.items if item.id != "card"))
    oracle = Index.build(others)
    names = {place: item.id for place, item in enumerate(index.items)}
    assert {term: {names[n] for n in holders} for term, holders in held(without).items()} == {
        term: {oracle.items[n].id for n in holders} for term, holders in held(oracle).items()
    }
    assert any(number in holders for holders in held(index).values())


def test_without_a_phrasing_its_words_are_gone(canteen: Knowledge) -> None:
    """Terms of that phrasing alone are gone; the item is still asked in others."""
    index = Index.build(canteen.base)
    number = index.items.index(canteen.base.by_id["card"])
    without = index.without(number, ["卡不见了找谁"])
    assert number not in dict(without.postings.get("不见", ()))
    assert number in dict(without.postings["饭卡"])
    assert without.by_form["卡不见了找谁"] == ()


def test_a_term_is_heard_only_where_it_was_never_seen(canteen: Knowledge) -> None:
    """By characters if any item holds it so; by ear otherwise; not at all without a sound."""
    index = Index.build(canteen.base)
    card = index.items.index(canteen.base.by_id["card"])
    assert index.holders(Term("饭卡", "fan ka", 1.0)) == (index.postings["饭卡"], False)
    holders, heard = index.holders(Term("范卡", "fan ka", 1.0))
    assert heard
    assert dict(holders).keys() == {card}
    assert index.holders(Term("驴", "lu", 1.0)) == ({}, False)
