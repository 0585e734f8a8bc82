"""What the confidence model learns from: questions to bases of many sizes, each with the items that came up."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

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
TUNING = 680
"""Questions of ``tests/data/questions.jsonl`` that are for tuning, the first ones; the others are for judging."""
SELF_TEST = 2_500
"""Phrasings of the shipped base that are asked without themselves, and without their item."""


class Group(NamedTuple):
    """Where examples come from: a base by its title, and what its questions are to it.

    ``size``: how many of its items were drawn; None for all of them. ``phrasings``: how many each item has besides its
    question; None for all of them.
    """

    base: str
    kind: str
    size: int | None = None
    phrasings: int | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """An item that came up for a question. ``rank``: its place in the order of the lanes, from 0."""

    group: Group
    form: str
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
    title = base.knowledge.title
    for size in dict.fromkeys(min(size, len(base.knowledge.items)) for size in SIZES):
        for phrasings in PHRASINGS:
            for number in range(DRAWS):
                draw = random.Random(f"{(title, size, phrasings)} {number}")
                yield from _of_a_young_base(base, size, phrasings, draw)


def _of_a_young_base(base: Base, size: int, phrasings: int, draw: random.Random) -> Iterator[Example]:
    whole = base.knowledge
    kept = draw.sample(whole.items, size)
    items: list[Item] = []
    own: list[tuple[str, str]] = []
    for item in kept:
        asked = draw.sample(item.phrasings, len(item.phrasings))
        items.append(replace(item, phrasings=tuple(asked[:phrasings])))
        own += [(text, item.id) for text in asked[phrasings : phrasings + HELD_OUT]]
    others = [text for item in whole.items if item not in kept for text in (item.question, draw.choice(item.phrasings))]
    matcher = Matcher(Index.build(replace(whole, items=tuple(items))))
    for text, right in own:
        yield from _examples(Group(whole.title, "own", size, phrasings), matcher.form(text), matcher, right)
    for kind, texts in (("others", others), ("near", base.near), ("far", base.far)):
        for text in texts:
            yield from _examples(Group(whole.title, kind, size, phrasings), matcher.form(text), matcher)


def _examples(group: Group, form: str, matcher: Matcher, right: str = "") -> Iterator[Example]:
    """What comes up for a form; ``right``: the id of the item that answers it, if there is one."""
    for rank, compared in enumerate(matcher.compared(form)[:LOOKED_AT]):
        yield Example(group, form, rank, compared.features, compared.item.id == right)


def of_self_test(base: KnowledgeBase) -> Iterator[Example]:
    """A whole base, asked its own phrasings: without the phrasing, and of answers without the item."""
    index = Index.build(base)
    for number, form in sample(index, SELF_TEST, seed=3):
        item = index.items[number]
        if item.kind is Kind.SMALL_TALK:
            continue
        yield from _examples(
            Group(base.title, item.kind), form, Matcher(without_near_copies(index, number, form)), item.id
        )
        if item.kind is Kind.ANSWER:
            yield from _examples(Group(base.title, "others"), form, Matcher(without_item(index, number)))


def with_few_phrasings(base: KnowledgeBase, phrasings: int, draw: random.Random) -> KnowledgeBase:
    """The base with so many phrasings of each item, drawn from its own, and without keywords."""
    items = []
    for item in base.items:
        kept = draw.sample(item.phrasings, min(phrasings, len(item.phrasings)))
        items.append(replace(item, phrasings=tuple(kept), keywords=()))
    return replace(base, items=tuple(items))


def of_questions(base: KnowledgeBase, questions: Sequence[Question], phrasings: int | None = None) -> Iterator[Example]:
    """A base, asked what people have asked. ``phrasings``: how many its items were left with, if it was thinned."""
    matcher = Matcher(Index.build(base))
    for question in questions:
        group = Group(base.title, question.kind, phrasings=phrasings)
        form = matcher.form(matcher.peeled(question.text))
        for rank, compared in enumerate(matcher.compared(form)[:LOOKED_AT]):
            right = question.kind is QuestionKind.ANSWERABLE and is_right(question, [Candidate(compared.item, 1.0)])
            yield Example(group, form, rank, compared.features, right)


def questions_for_tuning(path: Path) -> Sequence[Question]:
    """The first questions of a file; of the others not a line is read."""
    with path.open(encoding="utf-8") as lines:
        return read_questions(islice(lines, TUNING))
