"""The inverted index, and how it is without something."""

from bot.knowledge import Knowledge
from bot.matching import Index, Matcher
from bot.matching.index import Field


def held(field: Field) -> dict[str, dict[int, float]]:
    return {term: dict(holders) for term, holders in field.postings.items() if holders}


def test_rare_terms_weigh_more(canteen: Knowledge) -> None:
    """What few items hold tells more; what none holds tells most."""
    text = Index.build(canteen.base).text
    assert text.weight("食堂") < text.weight("饭卡") < text.weight("没见过") == text.unseen


def test_typical_terms_count_more(canteen: Knowledge) -> None:
    """What stands in more of an item's phrasings is more typical of it."""
    card = 2
    holders = {term: dict(Index.build(canteen.base).text.postings[term])[card] for term in ("卡", "补办", "工作")}
    assert holders["卡"] > holders["补办"] > holders["工作"] > 0


def test_without_an_item_it_is_as_if_it_had_never_been(canteen: Knowledge) -> None:
    """The slow way is the oracle: an index of the other items holds the same terms."""
    index = Index.build(canteen.base)
    number = index.items.index(canteen.base.by_id["card"])
    without = index.without(number, index.forms[number])
    assert all(number not in holders for holders in held(without.text).values())
    assert all(number not in holders for holders in held(without.sound).values())
    assert not Matcher(without).match("补办饭卡").candidates or (
        Matcher(without).match("补办饭卡").candidates[0].item.id != "card"
    )
    assert held(index.text) == held(Index.build(canteen.base).text)


def test_without_a_phrasing_its_words_are_gone(canteen: Knowledge) -> None:
    """Terms of that phrasing alone are gone; the item is still asked in others."""
    index = Index.build(canteen.base)
    number = index.items.index(canteen.base.by_id["card"])
    without = index.without(number, ["卡不见了找谁"])
    assert number not in dict(without.text.postings.get("不见", ()))
    assert number in dict(without.text.postings["饭卡"])
    assert without.by_form["卡不见了找谁"] == ()
