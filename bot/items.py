"""The knowledge base as values: what the loader makes, and everything else reads."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from bot.text import normalise

_NUMBER = re.compile(r"\d+")


class Kind(StrEnum):
    """What an item is for."""

    ANSWER = "answer"
    """Its answer stands in the speech."""
    NOT_COVERED = "not-covered"
    """Members ask it, and the speech does not say; the item's text says so."""
    SMALL_TALK = "small-talk"
    """A greeting, thanks, who are you."""


class VerdictKind(StrEnum):
    """What the bot can say of a question, by the names that logs, counts and JSON use."""

    ANSWER = "answer"
    SUGGEST = "suggest"
    NOT_COVERED = "not-covered"
    SMALL_TALK = "small-talk"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Item:
    """One question with its answer. ``id`` is never reused: logs, buttons and links name it."""

    id: str
    topic: str
    question: str
    answer: str
    kind: Kind = Kind.ANSWER
    phrasings: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    short: str = ""
    """The answer in one sentence, for who asks for less; empty where there is none."""
    negatives: tuple[str, ...] = ()
    """Questions that must never get this item."""
    valid_until: str = ""
    """The last day on which the answer holds, as YYYY-MM-DD; empty where it holds until it is changed."""
    review_by: str = ""
    """The day by which an admin wants to have read the answer again, as YYYY-MM-DD; empty where nobody set one."""
    owner: str = ""
    """Who knows whether the answer still holds, in a word that admins know; empty where nobody is named."""

    def is_expired(self, today: date) -> bool:
        """Whether the last day on which the answer holds has passed."""
        return _has_passed(self.valid_until, today)

    def is_due(self, today: date) -> bool:
        """Whether the day by which the answer is to be read again has passed."""
        return _has_passed(self.review_by, today)

    def all_phrasings(self) -> tuple[str, ...]:
        """Every way to ask it, the canonical question first."""
        return (self.question, *self.phrasings)

    def differing_numbers(self) -> tuple[str, ...]:
        """The numbers of the short answer that the answer does not hold, each once: only one of them was changed."""
        held = set(_NUMBER.findall(normalise(self.answer)))
        return tuple(dict.fromkeys(number for number in _NUMBER.findall(normalise(self.short)) if number not in held))


def _has_passed(day: str, today: date) -> bool:
    # Days that are written as YYYY-MM-DD sort as they follow each other; no day sorts before all of them.
    return bool(day) and day < today.isoformat()


@dataclass(frozen=True)
class KnowledgeBase:
    """All items of a folder, in the order of its files. ``places`` maps a paragraph's id to its place in words."""

    title: str
    items: tuple[Item, ...]
    places: Mapping[str, str] = field(default_factory=dict)
    synonyms: tuple[tuple[str, ...], ...] = ()
    frames: tuple[str, ...] = ()
    documents: frozenset[str] = frozenset()
    """The ids of the places that are other documents than the speech."""

    @cached_property
    def by_id(self) -> Mapping[str, Item]:
        """The items by their ids."""
        return {item.id: item for item in self.items}

    @cached_property
    def by_phrasing(self) -> Mapping[str, Item]:
        """The items by the normal form of each way to ask them, which belongs to one item alone."""
        return {normalise(phrasing): item for item in self.items for phrasing in item.all_phrasings()}

    @cached_property
    def topics(self) -> Mapping[str, tuple[Item, ...]]:
        """Items of kind ``answer`` by topic, both in the order of the files."""
        topics: dict[str, list[Item]] = {}
        for item in self.items:
            if item.kind is Kind.ANSWER:
                topics.setdefault(item.topic, []).append(item)
        return {topic: tuple(items) for topic, items in topics.items()}
