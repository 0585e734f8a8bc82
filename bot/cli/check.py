"""The knowledge, checked: its faults, what it covers, what could be better, and what an edit would change."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from bot.app import App
from bot.cli.terminal import build
from bot.conversation.cards import impact_lines
from bot.conversation.freshness import overdue_words
from bot.curation.freshness import overdue
from bot.errors import KnowledgeError
from bot.evaluation.advice import Advice, advise
from bot.evaluation.impact import replay_all
from bot.items import KnowledgeBase
from bot.knowledge import Files, Knowledge, Unused, read, read_revision, unused
from bot.snapshot import Snapshot
from bot.texts import command_line as texts

_LINES = 20
"""Pieces of advice of one kind that are printed, unless all are wanted."""
_PLACES = 5
"""Places that are named in one piece of advice then."""


def check(
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help=texts.HELP_KNOWLEDGE)] = None,
    *,
    quick: Annotated[bool, typer.Option("--quick", help=texts.HELP_QUICK)] = False,
    every: Annotated[bool, typer.Option("--all", help=texts.HELP_ALL_ADVICE.format(most=_LINES))] = False,
    against: Annotated[str | None, typer.Option("--against", metavar="DIR_OR_GIT_REV", help=texts.HELP_AGAINST)] = None,
) -> None:
    """Print all faults, or what each paragraph is covered by."""
    with build(folder) as bot:
        try:
            loaded = bot.loaded.knowledge
        except KnowledgeError as error:
            faults = (texts.CHECK_BROKEN.format(count=len(error.faults)), *error.faults)
            print(*faults, *_misnamed(unused(bot.folder)), sep="\n")
            raise typer.Exit(1) from None
        if against:
            _compare(bot, loaded.base, against)
            return
        print(*_report(bot.loaded.files, loaded, unused(bot.folder), bot.clock.today()), sep="\n")
        if not quick:
            for line in _advice(bot, loaded, every=every):
                print(line)


def _compare(bot: App, after: KnowledgeBase, against: str) -> None:
    """Print what differs from another folder or revision, and what that does to questions; exit 1 if one loses."""
    files = read(Path(against)) if Path(against).is_dir() else read_revision(bot.folder, against)
    before = Snapshot.of(files, against, bot.confidence)
    # Real questions are asked too if there is a database: it is not created for this.
    known = bot.known() if bot.settings.has_database() else []
    impact = replay_all(before.index, bot.loaded.index, bot.confidence, known, bot.progress)
    print(texts.AGAINST_HEAD.format(against=against, count=impact.replayed))
    for line in (*_differences(before.base, after), *impact_lines(impact, after, most=len(impact.effects))):
        print(line)
    if impact.has_loss:
        raise typer.Exit(1)


def _differences(before: KnowledgeBase, after: KnowledgeBase) -> Iterator[str]:
    for item in after.items:
        if item.id not in before.by_id:
            yield texts.AGAINST_NEW.format(item=item.id, question=item.question)
        elif before.by_id[item.id].answer != item.answer:
            yield texts.AGAINST_ANSWER.format(item=item.id, question=item.question)
    for item in before.items:
        if item.id not in after.by_id:
            yield texts.AGAINST_GONE.format(item=item.id, question=item.question)


def _misnamed(found: Sequence[Unused]) -> Iterator[str]:
    """What is not read and may be meant as knowledge."""
    for file in found:
        if not file.is_harmless:
            yield texts.CHECK_WARNING.format(warning=f"{file.name}: {file.reason}")


def _report(files: Files, knowledge: Knowledge, others: Sequence[Unused], today: date) -> Iterator[str]:
    base = knowledge.base
    yield from _misnamed(others)
    for warning in knowledge.warnings:
        yield texts.CHECK_WARNING.format(warning=warning)
    for late in overdue(base, today):
        where = knowledge.location(late.item.id, late.day.isoformat())
        yield texts.CHECK_WARNING.format(warning=texts.CHECK_OVERDUE.format(place=where, late=overdue_words(late)))
    yield texts.CHECK_FINE.format(
        kinds=Counter(item.kind for item in base.items),
        phrasings=sum(len(item.all_phrasings()) for item in base.items),
    )
    items_in = Counter(location.file for location in knowledge.locations.values())
    used = [
        texts.CHECK_USED_ITEMS.format(file=file, count=items_in[file]) if items_in[file] else file for file in files
    ]
    yield texts.CHECK_USED.format(files="、".join(used))
    for reason in sorted({file.reason for file in others if file.is_harmless}):
        names = "、".join(file.name for file in others if file.reason == reason)
        yield texts.CHECK_UNUSED.format(files=names, reason=reason)
    yield texts.COVERAGE
    for paragraph, place in base.places.items():
        items = "、".join(item.id for item in base.items if paragraph in item.source)
        yield texts.COVERAGE_ROW.format(paragraph=paragraph, place=place, items=items or texts.COVERAGE_NONE)


def _advice(bot: App, knowledge: Knowledge, *, every: bool) -> Iterator[str]:
    # What is asked most tells where to begin, if there is a database: it is not created for this.
    demand = bot.usage.demand() if bot.settings.has_database() else {}
    advice = advise(knowledge.base, bot.snapshot.index, bot.snapshot.confidence, bot.progress, demand)
    for _, of_a_kind in groupby(advice, key=lambda piece: piece.kind):
        pieces = list(of_a_kind)
        shown = pieces if every else pieces[:_LINES]
        for piece in shown:
            places = _places(piece, knowledge, len(piece.passages) if every else _PLACES)
            yield texts.CHECK_ADVICE.format(places=places, advice=in_words(piece))
        if left := len(pieces) - len(shown):
            yield texts.CHECK_MORE.format(count=left)


def _places(advice: Advice, knowledge: Knowledge, most: int) -> str:
    places = "、".join(
        texts.CHECK_PLACE.format(place=knowledge.location(passage.item, passage.text), item=passage.item)
        for passage in advice.passages[:most]
    )
    left = len(advice.passages) - most
    return texts.CHECK_MORE_PLACES.format(places=places, count=left) if left > 0 else places


def in_words(advice: Advice) -> str:
    """What an admin can do about it."""
    details = {
        name: "、".join(detail) if isinstance(detail, tuple) else detail for name, detail in advice.details.items()
    }
    return texts.ADVICE[advice.kind].format(**details)
