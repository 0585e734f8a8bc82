"""How good the answers are, measured by the knowledge's own phrasings or by questions."""

import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.app import App
from bot.cli.terminal import HTML_OPTION, KnowledgeOption, build, build_on_database, print_json, print_table
from bot.conversation.cards import sampled
from bot.errors import UsageError
from bot.evaluation.measure import (
    Grade,
    Question,
    QuestionKind,
    ask_held_out,
    ask_question,
    read_questions,
    summary,
    upper_bound,
)
from bot.matching import Matcher
from bot.matching.matcher import LANE_WEIGHTS
from bot.snapshot import CONFIDENCE
from bot.store.records import Sample
from bot.texts import command_line as texts

_ANSWERABLE_GRADES = (Grade.RIGHT, Grade.OFFERED, Grade.WRONG, Grade.MISSED)


def evaluate(
    *,
    questions: Annotated[str | None, typer.Option("--questions", metavar="FILE", help=texts.HELP_QUESTIONS)] = None,
    judged: Annotated[bool, typer.Option("--judged", help=texts.HELP_JUDGED)] = False,
    as_json: Annotated[bool, typer.Option("--json", help=texts.HELP_EVALUATE_JSON)] = False,
    html: Annotated[Path | None, HTML_OPTION] = None,
    without: Annotated[list[str] | None, typer.Option("--without", metavar="LANE", help=texts.HELP_WITHOUT)] = None,
    most: Annotated[int, typer.Option("--sample", min=1, help=texts.HELP_SAMPLE)] = 1000,
    seed: Annotated[int, typer.Option("--seed", help=texts.HELP_SEED)] = 1,
    knowledge: KnowledgeOption = None,
) -> None:
    """Print how good the answers are."""
    for lane in without or ():
        if lane not in LANE_WEIGHTS:
            raise UsageError(texts.UNKNOWN_LANE.format(lane=lane, known="、".join(LANE_WEIGHTS)))
    make = build_on_database if judged else build
    with make(knowledge) as bot:
        confidence = bot.snapshot.confidence
        matcher = partial(Matcher, confidence=confidence, without=without or ())
        if questions or judged:
            asked = _read_questions(questions) if questions else _judged_questions(bot)
            asking = matcher(bot.snapshot.index)
            results = [ask_question(asking, question) for question in asked]
            title = texts.EVALUATE_FILE.format(count=len(asked))
        else:
            results = list(ask_held_out(bot.snapshot.index, most, seed, matcher, bot.progress))
            held_out = (QuestionKind.ANSWERABLE, QuestionKind.NOT_COVERED)
            count = sum(result.question.kind in held_out for result in results)
            title = texts.EVALUATE_SELF.format(count=count)
        # What admins have judged is told if there is a database: it is not created for this.
        sample = bot.usage.sample(CONFIDENCE) if bot.settings.has_database() else Sample(0, 0)
    report = summary(results) | {
        "thresholds": {"answer": confidence.answer, "suggest": confidence.suggest},
        "sample": {**asdict(sample), "at_most": round(upper_bound(sample.wrong, sample.count), 4)},
    }
    if html:
        from bot.cli.plots import evaluation_page  # noqa: PLC0415 - templates cost every command its start

        html.write_text(evaluation_page(results, report), encoding="utf-8")
    if as_json:
        print_json(report)
    else:
        _print_report(title, report)
        print(sampled(sample))


def _read_questions(file: str) -> list[Question]:
    try:
        return read_questions(sys.stdin if file == "-" else Path(file).read_text(encoding="utf-8").splitlines())
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(texts.UNREADABLE_QUESTIONS.format(file=file, reason=error)) from error
    except ValueError as error:
        raise UsageError(texts.BAD_QUESTIONS.format(file=file, line=error.args[0])) from error


def _judged_questions(bot: App) -> list[Question]:
    kinds = {True: QuestionKind.ANSWERABLE, False: QuestionKind.REFUTED}
    return [
        Question(judged.question, kinds[judged.right], judged.item, item=judged.item) for judged in bot.usage.judged()
    ]


def _print_report(title: str, report: dict[str, Any]) -> None:
    print(title)
    for kind, shares in report["kinds"].items():
        outcomes = "，".join(
            f"{texts.EVALUATE_OUTCOMES[name]} {share:.1%}" for name, share in shares.items() if name != "questions"
        )
        print(f"{texts.EVALUATE_KINDS.get(kind, kind)}（{shares['questions']}）：{outcomes}")
    print(texts.EVALUATE_RECALL.format(recall=report["recall_at_1"]))
    print(texts.EVALUATE_THRESHOLDS.format(**report["thresholds"]))
    print(texts.EVALUATE_LATENCY.format(**report["latency_ms"]))
    rows = [
        (group, shares["questions"], *(f"{shares.get(name, 0.0):.1%}" for name in ("recall_at_1", *_ANSWERABLE_GRADES)))
        for group, shares in sorted(report["groups"].items(), key=lambda row: -row[1]["questions"])
    ]
    grades = (texts.EVALUATE_OUTCOMES[grade] for grade in _ANSWERABLE_GRADES)
    print_table((*texts.EVALUATE_COLUMNS, *grades), rows)
    print(texts.EVALUATE_AUGRC.format(augrc=report["augrc"]))
    names = ("coverage", "threshold", "right", "wrong")
    risks = (
        [f"{row[name]:.2f}" if name == "threshold" else f"{row[name]:.1%}" for name in names]
        for row in report["risk_coverage"]
    )
    print_table(texts.EVALUATE_RISK_COLUMNS, list(risks))
    if report["confusions"]:
        print(texts.EVALUATE_CONFUSIONS)
    for row in report["confusions"]:
        print(texts.EVALUATE_CONFUSION.format(**row))
