"""What can be changed in the knowledge, as values.

Whoever wants a change says as much as they know; what is left open is filled in when the change is planned.
"""

from dataclasses import dataclass

from bot.items import Item


@dataclass(frozen=True, slots=True)
class AddPhrasings:
    """More ways to ask the item with this id."""

    item: str
    phrasings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetAnswer:
    """Another answer for the item with this id. Planning fills in the answer ``before``."""

    item: str
    answer: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class AddItem:
    """A new item, which also cites a ``document`` by its name, if one is given.

    Planning gives the item its id, the topic of the file that it goes to, and the id of the document as a source.
    """

    item: Item
    document: str = ""


@dataclass(frozen=True, slots=True)
class AddSource:
    """Another document that answers may cite, for speech.yaml."""

    id: str
    name: str


Change = AddPhrasings | SetAnswer | AddItem | AddSource
