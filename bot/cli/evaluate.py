"""How good the answers are, measured by the knowledge's own phrasings or by questions."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.app import App
from bot.cli.plots import evaluation_page
from bot.cli.terminal import KnowledgeOption, build, need_plotly, print_json, print_line, print_table
from bot.errors import UsageError
from bot.evaluation.measure import (
    Grade,
    Question,
    QuestionKind,
    ask_held_out,
    ask_questions,
    read_questions,
    summary,
)
from bot.matching import Index, Matcher
from bot.matching.matcher import LANE_WEIGHTS
from bot.texts import command_line as command_line_texts

_GRADES = (Grade.RIGHT, Grade.OFFERED, Grade.WRONG, Grade.MISSED)
"""What can become of an answerable question, in the order of the table."""


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
    with build(knowledge) as bot:
        confidence = bot.snapshot.confidence
        if questions or judged:
            asked = _read_questions(questions) if questions else _judged_questions(bot)
            results = list(ask_questions(Matcher(bot.snapshot.index, confidence, without or ()), asked))
            title = command_line_texts.EVALUATE_FILE.format(count=len(asked))
        else:

            def matcher(index: Index) -> Matcher:
                return Matcher(index, confidence, without or ())

            results = list(ask_held_out(bot.snapshot.index, sample, seed, matcher, bot.progress))
            count = sum(result.kind is not QuestionKind.WITHOUT_ITEM for result in results)
            title = command_line_texts.EVALUATE_SELF.format(count=count)
    report = summary(results) | {"thresholds": {"answer": confidence.answer, "suggest": confidence.suggest}}
    if html:
        html.write_text(evaluation_page(results, report, confidence), encoding="utf-8")
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
    return [
        Question(
            judged.question,
            QuestionKind.ANSWERABLE if judged.right else QuestionKind.REFUTED,
            judged.item,
            item=judged.item,
        )
        for judged in bot.usage.judged()
    ]


def _print_report(title: str, report: dict[str, Any]) -> None:
    print_line(title)
    for kind, shares in report["kinds"].items():
        outcomes = "，".join(
            f"{command_line_texts.EVALUATE_OUTCOMES[name]} {share:.1%}"
            for name, share in shares.items()
            if name != "questions"
        )
        print_line(f"{command_line_texts.EVALUATE_KINDS.get(kind, kind)}（{shares['questions']}）：{outcomes}")
    print_line(command_line_texts.EVALUATE_RECALL.format(recall=report["recall_at_1"]))
    print_line(command_line_texts.EVALUATE_THRESHOLDS.format(**report["thresholds"]))
    print_line(command_line_texts.EVALUATE_LATENCY.format(**report["latency_ms"]))
    rows = [
        (group, shares["questions"], *(f"{shares.get(name, 0.0):.1%}" for name in ("recall_at_1", *_GRADES)))
        for group, shares in sorted(report["groups"].items(), key=lambda row: -row[1]["questions"])
    ]
    grades = (command_line_texts.EVALUATE_OUTCOMES[grade] for grade in _GRADES)
    print_table((*command_line_texts.EVALUATE_COLUMNS, *grades), rows)
    if report["confusions"]:
        print_line(command_line_texts.EVALUATE_CONFUSIONS)
    for row in report["confusions"]:
        print_line(command_line_texts.EVALUATE_CONFUSION.format(**row))
