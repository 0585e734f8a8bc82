"""What the confidence model learns from: questions to knowledge bases of many sizes, each with the items that came up."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from bot.evaluation.leave_one_out import sample, without_item, without_near_copies
from bot.evaluation.measure import Question, QuestionKind, is_right, read_questions
from bot.items import Item, Kind, KnowledgeBase
from bot.matching import Candidate, Features, Index, Matcher

SIZES = (3, 10, 30, 40, 100)
"""Items of the young bases that are drawn from a whole one, or all that it has."""
PHRASINGS = (0, 2, 5)
"""Phrasings that each of their items keeps besides its question."""
DRAWS = 3
"""Times that each size is drawn with each number of phrasings."""
HELD_OUT = 3
"""Phrasings of each item that are asked and not kept."""
LOOKED_AT = 3
"""Items that are looked at for each question: the first of the order."""
SELF_TEST = 2_500
"""Phrasings of the shipped base that are asked without themselves, and without their item."""


@dataclass(frozen=True, slots=True)
class Example:
    """An item that came up for a question. ``group``: examples of a group count as much as those of any other."""

    group: tuple[object, ...]
    question: str
    rank: int
    features: Features
    is_right: bool


@dataclass(frozen=True, slots=True)
class Base:
    """A knowledge base to draw young ones from, with questions that it has no answer to: near misses and daily life."""

    knowledge: KnowledgeBase
    near: Sequence[str]
    far: Sequence[str] = ()

    @classmethod
    def of(cls, knowledge: KnowledgeBase) -> "Base":
        """The answers of a base; what it refuses are its near misses."""
        answers = tuple(replace(item, keywords=()) for item in knowledge.items if item.kind is Kind.ANSWER)
        refused = [item.question for item in knowledge.items if item.kind is Kind.NOT_COVERED]
        return cls(replace(knowledge, items=answers), refused)

    @classmethod
    def read(cls, folder: Path, language: KnowledgeBase) -> "Base":
        """From a folder with base.yaml, near.txt and far.txt; synonyms and frames are those of another base."""
        rows = yaml.safe_load((folder / "base.yaml").read_text(encoding="utf-8"))["items"]
        items = tuple(
            Item(row["id"], folder.name, row["question"], row["answer"], phrasings=tuple(map(str, row["phrasings"])))
            for row in rows
        )
        near, far = ((folder / name).read_text(encoding="utf-8").splitlines() for name in ("near.txt", "far.txt"))
        return cls(replace(language, title=folder.name, items=items), near, far)


def of_young_bases(base: Base) -> Iterator[Example]:
    """Bases with some of the items: asked for their own phrasings, for the other items, near misses and daily life."""
    for size in dict.fromkeys(min(size, len(base.knowledge.items)) for size in SIZES):
        for phrasings in PHRASINGS:
            for draw in range(DRAWS):
                group = (base.knowledge.title, size, phrasings)
                yield from _of_a_young_base(base, size, phrasings, random.Random(f"{group} {draw}"))  # noqa: S311 - a draw


def _of_a_young_base(base: Base, size: int, phrasings: int, draw: random.Random) -> Iterator[Example]:
    whole = base.knowledge
    kept = draw.sample(whole.items, min(size, len(whole.items)))
    items, own = [], []
    for item in kept:
        asked = draw.sample(item.phrasings, len(item.phrasings))
        items.append(replace(item, phrasings=tuple(asked[:phrasings])))
        own += [(item.id, text) for text in asked[phrasings : phrasings + HELD_OUT]]
    others = [text for item in whole.items if item not in kept for text in (item.question, draw.choice(item.phrasings))]
    matcher = Matcher(Index.build(replace(whole, items=tuple(items))))
    for kind, asked_for in (("own", own), *((kind, [("", text) for text in texts]) for kind, texts in (("others", others), ("near", base.near), ("far", base.far)))):
        for right, text in asked_for:
            yield from _examples((whole.title, size, phrasings, kind), text, matcher, right)


def _examples(group: tuple[object, ...], text: str, matcher: Matcher, right: str) -> Iterator[Example]:
    for rank, compared in enumerate(matcher.compared(matcher.form(text))[:LOOKED_AT]):
        yield Example(group, text, rank, compared.features, compared.item.id == right)


def of_self_test(base: KnowledgeBase) -> Iterator[Example]:
    """A whole base, asked its own phrasings: without the phrasing, and of answers without the item.

    An item that is related to the one that was left out answers much the same: it says nothing.
    """
    index = Index.build(base)
    for number, form in sample(index, SELF_TEST, seed=3):
        item = index.items[number]
        if item.kind is Kind.SMALL_TALK:
            continue
        yield from _examples((base.title, item.kind), form, Matcher(without_near_copies(index, number, form)), item.id)
        if item.kind is Kind.ANSWER:
            for example in _examples((base.title, "others"), form, Matcher(without_item(index, number)), ""):
                yield example


def with_few_phrasings(base: KnowledgeBase, phrasings: int, draw: random.Random) -> KnowledgeBase:
    """The base with so many phrasings of each item, drawn from its own."""
    return replace(
        base,
        items=tuple(
            replace(item, phrasings=tuple(draw.sample(item.phrasings, min(phrasings, len(item.phrasings)))), keywords=())
            for item in base.items
        ),
    )


def of_questions(base: KnowledgeBase, questions: Sequence[Question], *name: object) -> Iterator[Example]:
    """A whole base, asked what people have asked; ``name`` tells it from others of its title."""
    matcher = Matcher(Index.build(base))
    for question in questions:
        for rank, compared in enumerate(matcher.compared(matcher.form(matcher.peeled(question.text)))[:LOOKED_AT]):
            right = question.kind is QuestionKind.ANSWERABLE and is_right(question, [Candidate(compared.item, 1.0)])
            yield Example((base.title, *name, question.kind), question.text, rank, compared.features, right)


def questions_for_tuning(path: Path, count: int) -> Sequence[Question]:
    """The first questions of a file."""
    with path.open(encoding="utf-8") as lines:
        return read_questions(lines)[:count]
