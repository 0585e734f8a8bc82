"""The knowledge, checked: its faults, what it covers, what could be better, and what an edit would change."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bot.app import App
from bot.cli.terminal import build, print_line
from bot.conversation.cards import impact_lines
from bot.errors import KnowledgeError
from bot.evaluation.advice import Advice, advise
from bot.items import Kind, KnowledgeBase
from bot.knowledge import Knowledge
from bot.matching import Matcher
from bot.texts import command_line as command_line_texts


def check(
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help=command_line_texts.HELP_KNOWLEDGE)] = None,
    *,
    quick: Annotated[bool, typer.Option("--quick", help=command_line_texts.HELP_QUICK)] = False,
    against: Annotated[
        str | None, typer.Option("--against", metavar="DIR_OR_GIT_REV", help=command_line_texts.HELP_AGAINST)
    ] = None,
) -> None:
    """Print all faults, or what each paragraph is covered by."""
    with build(folder) as bot:
        try:
            loaded = bot.loaded.knowledge
        except KnowledgeError as error:
            print_line(command_line_texts.CHECK_BROKEN.format(count=len(error.faults)))
            for fault in error.faults:
                print_line(str(fault))
            raise typer.Exit(1) from None
        if against:
            _compare(bot, loaded.base, against)
            return
        for line in _report(loaded):
            print_line(line)
        if not quick:
            for line in _all_advice(bot, loaded):
                print_line(line)


def _compare(bot: App, after: KnowledgeBase, against: str) -> None:
    """Print what differs from another folder or revision, and what that does to questions; exit 1 if one loses."""
    before, impact = bot.impact_since(against)
    print_line(command_line_texts.AGAINST_HEAD.format(against=against, count=impact.replayed))
    for line in (*_differences(before, after), *impact_lines(impact, after, most=len(impact.effects))):
        print_line(line)
    if impact.has_loss:
        raise typer.Exit(1)


def _differences(before: KnowledgeBase, after: KnowledgeBase) -> Iterator[str]:
    """Items that are new, gone, or answered in other words."""
    for item in after.items:
        if item.id not in before.by_id:
            yield command_line_texts.AGAINST_NEW.format(item=item.id, question=item.question)
        elif before.by_id[item.id].answer != item.answer:
            yield command_line_texts.AGAINST_ANSWER.format(item=item.id, question=item.question)
    for item in before.items:
        if item.id not in after.by_id:
            yield command_line_texts.AGAINST_GONE.format(item=item.id, question=item.question)


def _report(knowledge: Knowledge) -> Iterator[str]:
    base = knowledge.base
    for warning in knowledge.warnings:
        yield command_line_texts.CHECK_WARNING.format(warning=warning)
    counts = {kind: sum(item.kind is kind for item in base.items) for kind in Kind}
    yield command_line_texts.CHECK_FINE.format(
        answers=counts[Kind.ANSWER],
        not_covered=counts[Kind.NOT_COVERED],
        small_talk=counts[Kind.SMALL_TALK],
        phrasings=sum(len(list(item.all_phrasings())) for item in base.items),
    )
    yield command_line_texts.COVERAGE
    for paragraph, place in base.places.items():
        items = "、".join(item.id for item in base.items if paragraph in item.source)
        yield command_line_texts.COVERAGE_ROW.format(
            paragraph=paragraph, place=place, items=items or command_line_texts.COVERAGE_NONE
        )


def _all_advice(bot: App, knowledge: Knowledge) -> Iterator[str]:
    matcher = partial(Matcher, confidence=bot.snapshot.confidence)
    for advice in advise(knowledge.base, bot.loaded.index, matcher, bot.progress):
        places = [
            command_line_texts.CHECK_PLACE.format(place=knowledge.locations[item], item=item) for item in advice.items
        ]
        yield command_line_texts.CHECK_ADVICE.format(items="、".join(places), advice=in_words(advice))


def in_words(advice: Advice) -> str:
    """What an admin can do about it."""
    details = {
        name: "、".join(detail) if isinstance(detail, tuple) else detail for name, detail in advice.details.items()
    }
    return command_line_texts.ADVICE[advice.kind].format(**details)
