"""What admins read where members wait for an answer: before they tie an item to it, ignore it or delete it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.conversation import cards
from bot.conversation.callbacks import YES, AdminAction, AdminCallback
from bot.conversation.reply import Button, Reply
from bot.items import Item
from bot.store.records import Cluster
from bot.texts import admins as texts

FAR = 0.2
"""An item with a lower score is looked at before a question is led to it."""


def about_to_tell(people: int) -> Iterator[str]:
    """What is said above an edit that waits to be confirmed, if so many people would be told of the answer."""
    if people:
        yield texts.TIE_WAITING.format(count=people)


def telling(people: int) -> Iterator[str]:
    """What is said of an edit that was made, if so many people are told of the answer."""
    if people:
        yield texts.TELLING.format(count=people)


def ignoring(cluster: Cluster, refusals: Sequence[Item], place: int, list_id: int) -> Reply:
    """What may be done instead of ignoring a cluster that members wait for. ``list_id``: of the list it stands in."""
    offer = cards.not_covered(cluster, refusals, place, list_id)
    ignore = Button(texts.BUTTON_IGNORE_ALL_THE_SAME, AdminCallback(AdminAction.IGNORE, cluster.id, YES, list_id))
    *rows, back = offer.rows
    text = "\n\n".join((texts.IGNORE_WAITING.format(count=cluster.waiting), offer.text))
    return Reply(text, (*rows, *cards.note_row(cluster, list_id), (ignore,), back))


def deletion(cluster: Cluster, place: int, list_id: int) -> Reply:
    """Whether to delete a cluster's questions for good, with those who would never be told then."""
    asked = cards.deletion(cluster, place, list_id)
    if not cluster.waiting:
        return asked
    return replace(asked, text="\n\n".join((asked.text, texts.DELETE_WAITING.format(count=cluster.waiting))))
