"""What admins read of one item: its card, its lists, and what else can be asked of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.conversation.callbacks import (
    ChangeItem,
    ItemAction,
    ItemList,
    ShowItem,
    ShowItemDetails,
    ShowItemList,
    WriteAnswer,
    WriteField,
    WritePhrasings,
)
from bot.conversation.freshness import freshness
from bot.conversation.member_replies import places
from bot.conversation.reply import Button, Reply, Rows, row, short_key
from bot.items import Item, Kind, KnowledgeBase
from bot.matching.paraphrases import WAYS, ways_to_ask
from bot.snapshot import Snapshot
from bot.store.records import Opinion
from bot.text import normalise
from bot.texts import admins as texts

PAGE = 8
"""Texts of a list that are shown at once: two rows of buttons."""
_A_ROW = 4
_IN_DETAILS = 2
"""Buttons in a row whose labels a phone shows in full."""
_CITING = 2
"""Items that are named for each source."""
_RELATED = 6
"""Items that are offered as related."""
_EDITABLE = 3
"""Items of one reply that are offered to be changed."""


@dataclass(frozen=True, slots=True)
class ItemUse:
    """How an item was used within 30 days: how often it was shown, what it answered lately, and what is said of it."""

    shown: int
    asked: Sequence[str]
    opinions: Mapping[Opinion, int]


def item_card(item: Item, snapshot: Snapshot, use: ItemUse) -> Reply:
    """An item with all that can be changed of it."""
    lines = [
        texts.ITEM_CARD.format(
            item=item,
            places=places(item, snapshot.base) or texts.ITEM_CARD_NO_PLACES,
            place=snapshot.knowledge.locations[item.id],
            count=len(item.all_phrasings()),
        )
    ]
    if item.related:
        known = snapshot.base.by_id
        lines.append(
            texts.ITEM_CARD_RELATED.format(questions="；".join(known[other].question for other in item.related))
        )
    if item.negatives:
        lines.append(texts.ITEM_CARD_NEGATIVES.format(count=len(item.negatives)))
    lines += filter(None, [freshness(item)])
    said = "，".join(
        texts.CARD_OPINION.format(opinion=texts.OPINIONS[opinion], count=count)
        for opinion, count in use.opinions.items()
    )
    if use.shown:
        lines.append(texts.ITEM_CARD_SHOWN.format(count=use.shown))
    if said:
        lines.append(texts.ITEM_CARD_OPINIONS.format(opinions=said))
    if use.asked:
        lines += [texts.ITEM_CARD_ASKED, *(f"· {question}" for question in use.asked)]
    return Reply("\n".join(lines), _card_rows(item))


def _card_rows(item: Item) -> Rows:
    """The buttons of an item's card; sources and topic are for what the speech says."""
    is_answer = item.kind is Kind.ANSWER
    count = len(item.phrasings)
    return (
        *row(Button(texts.BUTTON_ANSWER, WriteAnswer(item.id)), Button(texts.BUTTON_WORDS, WritePhrasings(item.id))),
        *row(
            Button(texts.BUTTON_PHRASINGS.format(count=count), ShowItemList(item.id, ItemList.PHRASINGS))
            if count
            else None,
            Button(texts.BUTTON_QUESTION, WriteField(item.id, ItemAction.WRITE_QUESTION)),
        ),
        *row(
            Button(texts.BUTTON_SOURCES, WriteField(item.id, ItemAction.WRITE_SOURCES)) if is_answer else None,
            Button(texts.BUTTON_TOPIC, WriteField(item.id, ItemAction.WRITE_TOPIC)) if is_answer else None,
        ),
        *row(
            Button(texts.BUTTON_RELATED, ShowItemList(item.id, ItemList.RELATED)),
            Button(texts.BUTTON_NEGATIVES, ShowItemList(item.id, ItemList.NEGATIVES)),
        ),
        *row(
            Button(texts.BUTTON_DETAILS, ShowItemDetails(item.id)),
            Button(texts.BUTTON_DELETE_ITEM, ChangeItem(item.id, ItemAction.DELETE)),
        ),
    )


def item_details(item: Item) -> Reply:
    """What an item may have besides, each to be written or left out; small talk has no days, and nobody to ask."""
    is_talk = item.kind is Kind.SMALL_TALK
    known = {field: getattr(item, field) for field in texts.BUTTONS_DETAILS}
    shown = {field: text or texts.NOT_WRITTEN for field, text in known.items()}
    keywords = "；".join(item.keywords) or texts.NOT_WRITTEN
    fields = [field for field in known if field == "short" or not is_talk]
    buttons = [Button(texts.BUTTON_KEYWORDS, ShowItemList(item.id, ItemList.KEYWORDS))]
    buttons += (
        Button(texts.BUTTONS_DETAILS[field], WriteField(item.id, ItemAction.WRITE_DETAIL, field)) for field in fields
    )
    clear = [
        Button(texts.BUTTONS_NO_DETAILS[field], ChangeItem(item.id, ItemAction.CLEAR, field))
        for field in fields
        if known[field]
    ]
    pairs = (tuple(some[at : at + _IN_DETAILS]) for some in (buttons, clear) for at in range(0, len(some), _IN_DETAILS))
    text = texts.ITEM_DETAILS.format(item=item, keywords=keywords, **shown)
    return Reply(text, (*pairs, *row(to_card(item.id))))


def to_card(item_id: str) -> Button:
    """The way to an item's card."""
    return Button(texts.BUTTON_TO_ITEM, ShowItem(item_id))


def edit_buttons(items: Sequence[Item]) -> Rows:
    """The ways to the cards of what an admin reads as members do."""
    if len(items) == 1:
        return row(Button(texts.BUTTON_EDIT, ShowItem(items[0].id)))
    return tuple(
        (Button(texts.BUTTON_EDIT_ONE.format(question=item.question), ShowItem(item.id)),) for item in items[:_EDITABLE]
    )


def item_list(item: Item, which: ItemList, page: int, snapshot: Snapshot) -> Reply:
    """A page of an item's phrasings, negatives or related items, each of which can be taken out."""
    listed: Sequence[str] = getattr(item, which)
    page = max(0, min(page, (len(listed) - 1) // PAGE))
    start = page * PAGE
    shown = listed[start : start + PAGE]
    head = texts.ITEM_LISTS[which] if listed else texts.ITEM_LISTS_EMPTY[which]
    lines = [head.format(question=item.question, count=len(listed))]
    known = snapshot.base.by_id
    words = [known[text].question if which is ItemList.RELATED else text for text in shown]
    lines += [f"{number}. {text}" for number, text in enumerate(words, start + 1)]
    remove = [
        Button(texts.BUTTON_REMOVE.format(number=number), ChangeItem(item.id, REMOVING[which], short_key(text)))
        for number, text in enumerate(shown, start + 1)
    ]
    offered = related_to(item, snapshot) if which is ItemList.RELATED else []
    if offered:
        lines += ["", texts.ITEM_RELATED_MORE]
    add = {
        ItemList.PHRASINGS: Button(texts.BUTTON_WORDS, WritePhrasings(item.id)),
        ItemList.NEGATIVES: Button(texts.BUTTON_ADD_NEGATIVES, WriteField(item.id, ItemAction.WRITE_NEGATIVES)),
        ItemList.KEYWORDS: Button(texts.BUTTON_ADD_KEYWORDS, WriteField(item.id, ItemAction.WRITE_KEYWORDS)),
    }.get(which)
    rows = (
        *(tuple(remove[at : at + _A_ROW]) for at in range(0, len(remove), _A_ROW)),
        *row(
            Button(texts.CARD_PREVIOUS_PAGE, ShowItemList(item.id, which, page - 1)) if page else None,
            Button(texts.CARD_NEXT_PAGE, ShowItemList(item.id, which, page + 1))
            if start + PAGE < len(listed)
            else None,
        ),
        *(
            (Button(f"＋ {other.question}", ChangeItem(item.id, ItemAction.RELATE, short_key(other.id))),)
            for other in offered
        ),
        *row(add, to_card(item.id)),
    )
    return Reply("\n".join(lines), rows)


REMOVING: Mapping[ItemList, ItemAction] = {
    ItemList.PHRASINGS: ItemAction.REMOVE_PHRASING,
    ItemList.NEGATIVES: ItemAction.REMOVE_NEGATIVE,
    ItemList.RELATED: ItemAction.UNRELATE,
    ItemList.KEYWORDS: ItemAction.REMOVE_KEYWORD,
}
"""What takes a text out of each list."""


def related_to(item: Item, snapshot: Snapshot) -> list[Item]:
    """The answers that are nearest to an item's question, then those of its topic; none that is related already."""
    nearest = [candidate.item for candidate in snapshot.matcher.match(item.question).candidates]
    found = dict.fromkeys(other.id for other in (*nearest, *snapshot.base.topics.get(item.topic, ())))
    others = (snapshot.base.by_id[other] for other in found if other not in {item.id, *item.related})
    return [other for other in others if other.kind is Kind.ANSWER][:_RELATED]


def ready_ways(item: Item, base: KnowledgeBase) -> list[str]:
    """At most five ways to ask an item that nobody has written down yet: from its question, then from its phrasings."""
    found: dict[str, str] = {}
    for question in item.all_phrasings()[: WAYS + 1]:
        # What was made already leads away from what was asked.
        if normalise(question) not in found:
            found |= {normalise(way): way for way in ways_to_ask(question) if normalise(way) not in found}
    return [way for form, way in found.items() if form not in base.by_phrasing][:WAYS]


def way_rows(item: Item, base: KnowledgeBase) -> Rows:
    """The ready ways to ask an item, each to be added by a tap."""
    return tuple(
        (Button(texts.BUTTON_WAY.format(way=way), ChangeItem(item.id, ItemAction.ADD_WAY, short_key(way))),)
        for way in ready_ways(item, base)
    )


def citations(base: KnowledgeBase) -> str:
    """Which items cite each source, by their first questions."""
    lines = []
    for source, place in base.places.items():
        citing = [item.question for item in base.items if source in item.source]
        first = "".join(f"「{question}」" for question in citing[:_CITING])
        words = texts.CITED_BY_MORE if len(citing) > _CITING else texts.CITED_BY
        lines.append((words if citing else texts.CITED_BY_NONE).format(place=place, items=first, count=len(citing)))
    return "\n".join(lines)
