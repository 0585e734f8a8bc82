"""The knowledge, checked and measured."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.app import App
from bot.cli.evaluation_plots import plotted
from bot.cli.terminal import KnowledgeOption, build, need_plotly, print_json, print_line
from bot.errors import KnowledgeError, UsageError
from bot.evaluation.advice import advise
from bot.evaluation.measure import (
    ANSWERABLE,
    REFUTED,
    Question,
    ask_itself,
    ask_questions,
    read_questions,
    summary,
)
from bot.items import Kind, KnowledgeBase
from bot.knowledge import Knowledge
from bot.matching import Index, Matcher
from bot.matching.matcher import LANE_WEIGHTS
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
    bot = build(folder)
    try:
        loaded = bot.loaded.knowledge
    except KnowledgeError as error:
        print_line(command_line_texts.CHECK_BROKEN.format(count=len(error.faults)))
        for fault in error.faults:
            print_line(str(fault))
        raise typer.Exit(1) from None
    if against:
        from bot.conversation.cards import impact_lines  # noqa: PLC0415 - what admins do costs the others their start

        with bot:
            before, impact = bot.impact_since(against)
        print_line(command_line_texts.AGAINST_HEAD.format(against=against, count=impact.replayed))
        for line in _differences(before, loaded.base):
            print_line(line)
        for line in impact_lines(impact, loaded.base, most=len(impact.effects)):
            print_line(line)
        raise typer.Exit(1 if impact.has_loss else 0)
    for line in _report(loaded):
        print_line(line)
    if not quick:
        for advice in advise(
            loaded.base, bot.loaded.index, lambda index: Matcher(index, bot.snapshot.confidence), bot.track
        ):
            places = (
                command_line_texts.CHECK_PLACE.format(place=loaded.locations[item], item=item) for item in advice.items
            )
            print_line(command_line_texts.CHECK_ADVICE.format(items="、".join(places), advice=advice.message))


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


def evaluate(
    *,
    questions: Annotated[
        str | None, typer.Option("--questions", metavar="FILE", help=command_line_texts.HELP_QUESTIONS)
    ] = None,
    judged: Annotated[bool, typer.Option("--judged", help=command_line_texts.HELP_JUDGED)] = False,
    as_json: Annotated[bool, typer.Option("--json", help=command_line_texts.HELP_EVALUATE_JSON)] = False,
    html: Annotated[Path | None, typer.Option("--html", help=command_line_texts.HELP_HTML)] = None,
    without: Annotated[
        list[str] | None, typer.Option("--without", metavar="LANE", help=command_line_texts.HELP_WITHOUT)
    ] = None,
    sample: Annotated[int, typer.Option("--sample", min=1, help=command_line_texts.HELP_SAMPLE)] = 1000,
    seed: Annotated[int, typer.Option("--seed", help=command_line_texts.HELP_SEED)] = 1,
    knowledge: KnowledgeOption = None,
) -> None:
    """Print how good the answers are."""
    for lane in without or ():
        if lane not in LANE_WEIGHTS:
            raise UsageError(command_line_texts.UNKNOWN_LANE.format(lane=lane, known="、".join(LANE_WEIGHTS)))
    if html:
        need_plotly(html)
    bot = build(knowledge)
    confidence = bot.snapshot.confidence
    if questions or judged:
        asked = _read_questions(questions) if questions else _judged_questions(bot)
        results = list(ask_questions(Matcher(bot.snapshot.index, confidence, without or ()), asked))
        title = command_line_texts.EVALUATE_FILE.format(count=len(asked))
    else:

        def matcher(index: Index) -> Matcher:
            return Matcher(index, confidence, without or ())

        results = list(ask_itself(bot.snapshot.index, sample, seed, matcher, bot.track))
        title = command_line_texts.EVALUATE_SELF.format(count=sum(result.kind != "hidden" for result in results))
    report = summary(results) | {"thresholds": {"answer": confidence.answer, "suggest": confidence.suggest}}
    if html:
        html.write_text(plotted(results, report, confidence), encoding="utf-8")
    if as_json:
        print_json(report)
    else:
        _print_report(title, report)


def _read_questions(file: str) -> list[Question]:
    try:
        lines = sys.stdin.readlines() if file == "-" else Path(file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(command_line_texts.UNREADABLE_QUESTIONS.format(file=file, reason=error)) from error
    try:
        return read_questions(lines)
    except ValueError as error:
        raise UsageError(command_line_texts.BAD_QUESTIONS.format(file=file, line=error.args[0])) from error


def _judged_questions(bot: App) -> list[Question]:
    """The answers that admins have judged, as test questions."""
    with bot:
        judged = bot.usage.judged()
    return [
        Question(answer.question, ANSWERABLE if answer.right else REFUTED, answer.item, item=answer.item)
        for answer in judged
    ]


def _print_report(title: str, report: dict[str, Any]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(title)
    for kind, shares in report["kinds"].items():
        outcomes = "，".join(
            f"{command_line_texts.EVALUATE_OUTCOMES[name]} {share:.1%}"
            for name, share in shares.items()
            if name != "questions"
        )
        console.print(f"{command_line_texts.EVALUATE_KINDS.get(kind, kind)}（{shares['questions']}）：{outcomes}")
    console.print(command_line_texts.EVALUATE_RECALL.format(recall=report["recall_at_1"]))
    console.print(command_line_texts.EVALUATE_THRESHOLDS.format(**report["thresholds"]))
    console.print(command_line_texts.EVALUATE_LATENCY.format(**report["latency_ms"]))
    names = ("right", "offered", "wrong", "missed")
    head = (command_line_texts.EVALUATE_GROUP, command_line_texts.EVALUATE_COUNT, command_line_texts.EVALUATE_FIRST)
    table = Table(*head, *(command_line_texts.EVALUATE_OUTCOMES[name] for name in names))
    for group, shares in sorted(report["groups"].items(), key=lambda row: -row[1]["questions"]):
        cells = (f"{shares.get(name, 0.0):.1%}" for name in ("recall_at_1", *names))
        table.add_row(escape(group), str(shares["questions"]), *cells)
    console.print(table)
    if report["confusions"]:
        console.print(command_line_texts.EVALUATE_CONFUSIONS)
    for row in report["confusions"]:
        console.print(command_line_texts.EVALUATE_CONFUSION.format(**row), markup=False)
