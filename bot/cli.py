"""The command line: it parses and prints; everything else is elsewhere."""

import csv
import gc
import http.client
import importlib.util
import io
import json
import logging
import os
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from typer._click.exceptions import ClickException  # typer has no public name for the base of its errors

from bot import catalogue
from bot.app import App
from bot.chat import Chat, show
from bot.config import load_settings
from bot.errors import CampaignBotError, KnowledgeError, UsageError
from bot.faq import question_key, verdict_name
from bot.items import Kind
from bot.knowledge import Knowledge
from bot.logs import configure_logging
from bot.matching import Answer, Candidate, Index, Matcher, Settled, Verdict
from bot.matching.advice import advise
from bot.matching.evaluation import (
    ANSWERABLE,
    REFUTED,
    Question,
    ask_itself,
    ask_questions,
    read_questions,
    summary,
)
from bot.matching.matcher import LANE_WEIGHTS
from bot.matching.plots import plotted
from bot.matching.selftest import Hidden
from bot.replies import Reply
from bot.store.interface import MissedLog, MissedQuestion, State

app = typer.Typer(
    name="campaign-bot",
    help="A Telegram bot that answers questions about a campaign, in Chinese, from a knowledge base.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
inbox_app = typer.Typer(help=catalogue.HELP_INBOX, no_args_is_help=True, rich_markup_mode=None)
app.add_typer(inbox_app, name="inbox")
missed_app = typer.Typer(help=catalogue.HELP_MISSED, rich_markup_mode=None)
app.add_typer(missed_app, name="missed")

_SHORT_COLUMNS = ("id", "question", "count", "item")
_PIPE_WIDTH = 300
_CLUSTERS = 50
_NEAREST = 3
_HEALTH_TIMEOUT_S = 10.0

RowId = Annotated[int, typer.Argument(metavar="ID", help=catalogue.HELP_ID, min=1, max=2**63 - 1)]
KnowledgeOption = Annotated[Path | None, typer.Option("--knowledge", help=catalogue.HELP_KNOWLEDGE)]


class ExportFormat(StrEnum):
    """What ``missed export`` writes."""

    CSV = "csv"
    JSON = "json"


def main() -> None:
    """Run a command. What a person can mend is one line on standard error and exit code 2, never a traceback."""
    # What a command builds lives as long as it does: looking for garbage among it would cost a fifth of the start.
    gc.disable()
    # Whatever is created is its owner's alone.
    os.umask(0o077)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace", newline="\n" if stream is sys.stdin else None)
    try:
        _leave(app(standalone_mode=False) or 0)
    except KnowledgeError as error:
        sys.exit(_refuse(catalogue.KNOWLEDGE_UNUSABLE.format(folder=error.folder, count=len(error.faults))))
    except CampaignBotError as error:
        sys.exit(_refuse(str(error)))
    except ClickException as error:
        sys.exit(_refuse(error.format_message()))
    except (typer.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has left; Python would complain once more while it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _settle() -> None:
    """From here on garbage is looked for, but not among what was built for good."""
    gc.freeze()
    gc.enable()


def _leave(code: int) -> None:
    """End the process without taking its objects apart, which would take longer than an answer."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


def _app(folder: Path | None = None) -> App:
    """The parts that a command needs. Long work shows a progress bar on a terminal, none in a pipe."""
    console = Console(stderr=True)

    def track(work: Iterable[Hidden], total: int) -> Iterable[Hidden]:
        from rich import progress  # noqa: PLC0415 - only this needs it, and it costs every command its start

        return progress.track(work, catalogue.EVALUATING, total, console=console, transient=True)

    return App(load_settings(), folder, track) if console.is_terminal else App(load_settings(), folder)


def _refuse(message: str) -> int:
    print(message, file=sys.stderr)  # noqa: T201 - the one line of an error
    return 2


@app.command()
def run() -> None:
    """Serve members on Telegram."""
    # The first process of a container ignores what it does not handle; until it serves there is nothing to finish.
    signal.signal(signal.SIGTERM, lambda *_: _leave(0))
    bot = _app()
    configure_logging(bot.settings.log_level, bot.settings.secrets())
    try:
        bot.run(_settle)
    except CampaignBotError:
        raise
    except Exception:
        # Python would print it with whatever secrets it holds.
        logging.getLogger(__name__).critical("The bot failed.", exc_info=True)
        raise typer.Exit(1) from None


@app.command()
def health() -> None:
    """Tell whether the running bot works: exit code 0 or 1, and one line."""
    host, port = load_settings().address()
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - what listens everywhere is here too
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}/healthz"
    faults = _faults_at(url)
    _print("red: " + "; ".join(faults) if faults else "green")
    raise typer.Exit(1 if faults else 0)


def _faults_at(url: str) -> list[str]:
    # No proxy: it is this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=_HEALTH_TIMEOUT_S) as response:
            body = response.read()
    except urllib.error.HTTPError as error:
        body = error.read()
    except (OSError, ValueError, http.client.HTTPException) as error:
        return [f"{url} does not answer ({error}): is `campaign-bot run` running, and CAMPAIGN_BOT_LISTEN the same?"]
    try:
        return [str(fault) for fault in json.loads(body)["faults"]]
    except (ValueError, KeyError, TypeError):
        return [f"{url} is not this bot: set CAMPAIGN_BOT_LISTEN to an address of its own"]


@app.command(help=catalogue.HELP_CHAT)
def chat(knowledge: KnowledgeOption = None) -> None:
    """Talk with the bot in the terminal."""
    bot = _app(knowledge)
    conversation = Chat(bot.dialogue, bot.journal, bot.has_room, Console(highlight=False))
    _settle()
    conversation.run()


@app.command(help=catalogue.HELP_ASK)
def ask(
    words: Annotated[list[str] | None, typer.Argument(metavar="问题...", help=catalogue.HELP_WORDS)] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help=catalogue.HELP_JSON)] = False,
    explain: Annotated[bool, typer.Option("--explain", help=catalogue.HELP_EXPLAIN)] = False,
    log: Annotated[bool, typer.Option("--log", help=catalogue.HELP_LOG)] = False,
    knowledge: KnowledgeOption = None,
) -> None:
    """Print what a member would read."""
    if as_json == bool(words):
        raise UsageError(catalogue.ASK_USAGE)
    bot = _app(knowledge)
    if words:
        question = " ".join(words)
        verdict, reply = _asked(bot, question, log=log)
        show(reply, Console(highlight=False))
        if explain:
            _print_json(asdict(verdict.why))
        return
    _settle()
    for line in sys.stdin:
        question = line.removesuffix("\n")
        verdict, reply = _asked(bot, question, log=log)
        row = _as_json(question, verdict, reply)
        _print_json(row | ({"why": asdict(verdict.why)} if explain else {}))


def _asked(bot: App, question: str, *, log: bool) -> tuple[Verdict, Reply]:
    """A question's verdict and reply; with ``log``, a miss is in the log then."""
    asked = bot.edition.faq.ask(question)
    noted = log and asked.miss is not None and bot.missed.has_room(asked.miss)
    if noted and asked.miss:
        bot.missed.record(asked.miss)
    return asked.verdict, bot.replies.verdict(asked.verdict, question, noted=noted)


@app.command(help=catalogue.HELP_CHECK)
def check(
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help=catalogue.HELP_KNOWLEDGE)] = None,
    *,
    quick: Annotated[bool, typer.Option("--quick", help=catalogue.HELP_QUICK)] = False,
    against: Annotated[
        str | None, typer.Option("--against", metavar="DIR_OR_GIT_REV", help=catalogue.HELP_AGAINST)
    ] = None,
) -> None:
    """Print all faults, or what each paragraph is covered by."""
    bot = _app(folder)
    try:
        loaded = bot.loaded.knowledge
    except KnowledgeError as error:
        _print(catalogue.CHECK_BROKEN.format(count=len(error.faults)))
        for fault in error.faults:
            _print(str(fault))
        raise typer.Exit(1) from None
    if against:
        from bot.admin.cards import impact_lines  # noqa: PLC0415 - what admins do costs the others their start

        impact = bot.impact_since(against)
        _print(catalogue.AGAINST_HEAD.format(against=against, count=impact.replayed))
        for line in impact_lines(impact, loaded.base, most=len(impact.effects)):
            _print(line)
        raise typer.Exit(1 if impact.has_loss else 0)
    for line in _report(loaded):
        _print(line)
    if not quick:
        for advice in advise(loaded.base, bot.loaded.index, lambda index: Matcher(index, bot.edition.gate), bot.track):
            places = (catalogue.CHECK_PLACE.format(place=loaded.locations[item], item=item) for item in advice.items)
            _print(catalogue.CHECK_ADVICE.format(items="、".join(places), advice=advice.message))


@app.command(help=catalogue.HELP_EVALUATE)
def evaluate(
    *,
    questions: Annotated[str | None, typer.Option("--questions", metavar="FILE", help=catalogue.HELP_QUESTIONS)] = None,
    judged: Annotated[bool, typer.Option("--judged", help=catalogue.HELP_JUDGED)] = False,
    as_json: Annotated[bool, typer.Option("--json", help=catalogue.HELP_EVALUATE_JSON)] = False,
    html: Annotated[Path | None, typer.Option("--html", help=catalogue.HELP_HTML)] = None,
    without: Annotated[list[str] | None, typer.Option("--without", metavar="LANE", help=catalogue.HELP_WITHOUT)] = None,
    sample: Annotated[int, typer.Option("--sample", min=1, help=catalogue.HELP_SAMPLE)] = 1000,
    seed: Annotated[int, typer.Option("--seed", help=catalogue.HELP_SEED)] = 1,
    knowledge: KnowledgeOption = None,
) -> None:
    """Print how good the answers are."""
    for lane in without or ():
        if lane not in LANE_WEIGHTS:
            raise UsageError(catalogue.UNKNOWN_LANE.format(lane=lane, known="、".join(LANE_WEIGHTS)))
    if html:
        _need_plotly(html)
    bot = _app(knowledge)
    gate = bot.edition.gate
    if questions or judged:
        asked = _read_questions(questions) if questions else _judged_questions(bot)
        results = list(ask_questions(Matcher(bot.edition.index, gate, without or ()), asked))
        title = catalogue.EVALUATE_FILE.format(count=len(asked))
    else:

        def matcher(index: Index) -> Matcher:
            return Matcher(index, gate, without or ())

        results = list(ask_itself(bot.edition.index, sample, seed, matcher, bot.track))
        title = catalogue.EVALUATE_SELF.format(count=sum(result.kind != "hidden" for result in results))
    report = summary(results) | {"thresholds": {"answer": gate.answer, "suggest": gate.suggest}}
    if html:
        html.write_text(plotted(results, report, gate), encoding="utf-8")
    if as_json:
        _print_json(report)
    else:
        _print_report(title, report)


@missed_app.callback(invoke_without_command=True)
def missed_clusters(context: typer.Context) -> None:
    """Print what was missed, what asks the same together, the most pressing first."""
    if context.invoked_subcommand:
        return
    bot = _app()
    bot.sorting.sort()
    clusters = bot.clusters.page(0, _CLUSTERS)
    if not clusters:
        _print(catalogue.MISSED_NONE)
        return
    table = Table(*catalogue.MISSED_CLUSTER_COLUMNS.values())
    for cluster in clusters:
        first = cluster.questions[0]
        near = [one for one in bot.edition.matcher.match(first.question).candidates if one.item.kind is Kind.ANSWER]
        names = "\n".join(catalogue.MISSED_NEAR.format(item=one.item.id, score=one.score) for one in near[:_NEAREST])
        counts = (cluster.asked, cluster.days, len(cluster.questions))
        table.add_row(str(cluster.id), escape(first.question), *map(str, counts), names)
    _console().print(table)


@missed_app.command("list", help=catalogue.HELP_MISSED_LIST)
def missed_list(*, every: Annotated[bool, typer.Option("--all", help=catalogue.HELP_ALL)] = False) -> None:
    """List rows, the most often asked first."""
    rows = _missed().rows(list(State) if every else [State.OPEN])
    if not rows:
        _print(catalogue.MISSED_NONE)
        return
    # A terminal has room for what matters; a pipe gets every column, and nothing is cut.
    short = sys.stdout.isatty()
    columns = _SHORT_COLUMNS if short else tuple(catalogue.MISSED_COLUMNS)
    table = Table()
    for name in columns:
        table.add_column(catalogue.MISSED_COLUMNS[name], overflow="fold")
    for row in rows:
        cells = _cells(row)
        table.add_row(*(escape("" if cells[name] is None else str(cells[name])) for name in columns))
    _console().print(table)


@missed_app.command("show", help=catalogue.HELP_MISSED_SHOW)
def missed_show(row_id: RowId) -> None:
    """Print one row with its days."""
    missed = _missed()
    for name, value in _cells(missed.row(row_id)).items():
        _print(catalogue.MISSED_CELL.format(name=catalogue.MISSED_COLUMNS[name], value="" if value is None else value))
    _print(catalogue.MISSED_DAYS)
    for day, count in missed.days(row_id).items():
        _print(catalogue.MISSED_DAY.format(day=day, count=count))


@missed_app.command("resolve", help=catalogue.HELP_MISSED_RESOLVE)
def missed_resolve(row_id: RowId) -> None:
    """Mark a row as handled."""
    _print(catalogue.MISSED_RESOLVED.format(question=_settled(row_id, State.HANDLED, "resolve")))


@missed_app.command("ignore", help=catalogue.HELP_MISSED_IGNORE)
def missed_ignore(row_id: RowId) -> None:
    """Mark a row as ignored."""
    _print(catalogue.MISSED_IGNORED.format(question=_settled(row_id, State.IGNORED, "ignore-one")))


@missed_app.command("delete", help=catalogue.HELP_MISSED_DELETE)
def missed_delete(row_id: RowId) -> None:
    """Delete a row for good."""
    bot = _app()
    _print(catalogue.MISSED_DELETED.format(question=bot.missed.delete(row_id).question))
    bot.history.record(None, "delete", "")


@missed_app.command("forget", help=catalogue.HELP_FORGET)
def missed_forget(words: Annotated[list[str], typer.Argument(metavar="问题...", help=catalogue.HELP_WORDS)]) -> None:
    """Delete all that holds a question, whether it was missed or answered."""
    bot = _app()
    question = " ".join(words)
    if not bot.missed.forget(question_key(question)):
        raise UsageError(catalogue.MISSED_UNKNOWN_QUESTION.format(question=question))
    bot.history.record(None, "delete", "")
    _print(catalogue.MISSED_FORGOTTEN.format(question=question))


@missed_app.command("report", help=catalogue.HELP_REPORT)
def missed_report(
    html: Annotated[Path, typer.Option("--html", metavar="FILE", help=catalogue.HELP_REPORT_HTML)],
) -> None:
    """Write a page of plots."""
    from bot.admin.report import Figures, report  # noqa: PLC0415 - as above

    _need_plotly(html)
    bot = _app()
    bot.sorting.sort()
    today = datetime.now(UTC).date()
    figures = Figures(
        daily=bot.journal.daily(today - timedelta(days=bot.settings.retention_days)),
        clusters=bot.clusters.page(0, _CLUSTERS),
        items=[item for item in bot.loaded.base.items if item.kind is Kind.ANSWER],
        shown=bot.journal.shown(today - timedelta(days=30)),
        open_misses=bot.missed.rows([State.OPEN]),
        today=today,
    )
    html.write_text(report(figures), encoding="utf-8")
    _print(catalogue.REPORT_WRITTEN.format(file=html))


@app.command(help=catalogue.HELP_FEEDBACK)
def feedback() -> None:
    """Print what members think of the answers."""
    counts = _app().journal.feedback()
    if not counts:
        _print(catalogue.FEEDBACK_NONE)
        return
    table = Table(*catalogue.FEEDBACK_COLUMNS.values())
    for one in counts:
        opinion = catalogue.OPINIONS[one.feedback.opinion]
        cells = (one.feedback.question, one.feedback.item, opinion, str(one.count), one.last_given.date().isoformat())
        table.add_row(*map(escape, cells))
    _console().print(table)


@inbox_app.command("list", help=catalogue.HELP_INBOX_LIST)
def inbox_list() -> None:
    """List dead letters, the oldest first."""
    letters = _app().inbox.dead_letters()
    if not letters:
        _print(catalogue.INBOX_NONE)
        return
    table = Table(*catalogue.INBOX_COLUMNS.values())
    for letter in letters:
        times = (at.isoformat(timespec="seconds") for at in (letter.received_at, letter.died_at))
        table.add_row(str(letter.id), *times, escape(letter.fault))
    _console().print(table)


@inbox_app.command("replay", help=catalogue.HELP_INBOX_REPLAY)
def inbox_replay(
    ids: Annotated[list[int] | None, typer.Argument(metavar="[ID...]", help=catalogue.HELP_ID)] = None,
) -> None:
    """Let dead letters wait again; the running bot takes them up within seconds."""
    inbox = _app().inbox
    unknown = set(ids or ()).difference(letter.id for letter in inbox.dead_letters())
    if unknown:
        raise UsageError(catalogue.INBOX_UNKNOWN.format(ids="、".join(map(str, sorted(unknown)))))
    _print(catalogue.INBOX_REPLAYED.format(count=inbox.replay(ids or None)))


@missed_app.command("export", help=catalogue.HELP_MISSED_EXPORT)
def missed_export(
    form: Annotated[ExportFormat, typer.Option("--format", help=catalogue.HELP_FORMAT)] = ExportFormat.CSV,
) -> None:
    """Write all rows to standard output."""
    rows = [_cells(row) for row in _missed().rows(list(State))]
    if form is ExportFormat.JSON:
        _print_json(rows)
        return
    out = io.StringIO()
    writer = csv.DictWriter(out, list(catalogue.MISSED_COLUMNS))
    writer.writeheader()
    writer.writerows({name: _neutral(value) for name, value in row.items()} for row in rows)
    sys.stdout.write("\ufeff" + out.getvalue())


def _read_questions(file: str) -> list[Question]:
    try:
        lines = sys.stdin.readlines() if file == "-" else Path(file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(catalogue.UNREADABLE_QUESTIONS.format(file=file, reason=error)) from error
    try:
        return read_questions(lines)
    except ValueError as error:
        raise UsageError(catalogue.BAD_QUESTIONS.format(file=file, line=error.args[0])) from error


def _judged_questions(bot: App) -> list[Question]:
    """The answers that admins have judged, as test questions."""
    return [
        Question(one.question, ANSWERABLE if one.right else REFUTED, one.item, item=one.item)
        for one in bot.journal.judged()
    ]


def _print_report(title: str, report: dict[str, Any]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(title)
    for kind, shares in report["kinds"].items():
        outcomes = "，".join(
            f"{catalogue.EVALUATE_OUTCOMES[name]} {share:.1%}" for name, share in shares.items() if name != "questions"
        )
        console.print(f"{catalogue.EVALUATE_KINDS.get(kind, kind)}（{shares['questions']}）：{outcomes}")
    console.print(catalogue.EVALUATE_RECALL.format(recall=report["recall_at_1"]))
    console.print(catalogue.EVALUATE_THRESHOLDS.format(**report["thresholds"]))
    console.print(catalogue.EVALUATE_LATENCY.format(**report["latency_ms"]))
    names = ("right", "offered", "wrong", "missed")
    head = (catalogue.EVALUATE_GROUP, catalogue.EVALUATE_COUNT, catalogue.EVALUATE_FIRST)
    table = Table(*head, *(catalogue.EVALUATE_OUTCOMES[name] for name in names))
    for group, shares in sorted(report["groups"].items(), key=lambda row: -row[1]["questions"]):
        cells = (f"{shares.get(name, 0.0):.1%}" for name in ("recall_at_1", *names))
        table.add_row(escape(group), str(shares["questions"]), *cells)
    console.print(table)
    if report["confusions"]:
        console.print(catalogue.EVALUATE_CONFUSIONS)
    for row in report["confusions"]:
        console.print(catalogue.EVALUATE_CONFUSION.format(**row), markup=False)


def _as_json(question: str, verdict: Verdict, reply: Reply) -> dict[str, Any]:
    """A line of ``ask --json``."""
    match verdict:
        case Settled(chosen=chosen):
            items = [candidate.item for candidate in chosen]
        case _:
            items = []
    return {
        "question": question,
        "verdict": verdict_name(verdict),
        "items": [item.id for item in items],
        "score": round(verdict.score, 4),
        "answer": "\n\n".join(item.answer for item in items) if isinstance(verdict, Answer) else None,
        "sources": list(dict.fromkeys(source for item in items for source in item.source)),
        "reply": reply.text,
        "suggestions": [_candidate(one) | _offered(one) for one in verdict.suggestions],
        "candidates": [_candidate(one) for one in verdict.candidates],
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {"item": candidate.item.id, "score": round(candidate.score, 4)}


def _offered(candidate: Candidate) -> dict[str, Any]:
    return {"question": candidate.item.question, "answer": candidate.item.answer}


def _report(knowledge: Knowledge) -> Iterator[str]:
    base = knowledge.base
    for warning in knowledge.warnings:
        yield catalogue.CHECK_WARNING.format(warning=warning)
    counts = {kind: sum(item.kind is kind for item in base.items) for kind in Kind}
    yield catalogue.CHECK_FINE.format(
        answers=counts[Kind.ANSWER],
        not_covered=counts[Kind.NOT_COVERED],
        small_talk=counts[Kind.SMALL_TALK],
        phrasings=sum(len(list(item.askings())) for item in base.items),
    )
    yield catalogue.COVERAGE
    for paragraph, place in base.places.items():
        items = "、".join(item.id for item in base.items if paragraph in item.source)
        yield catalogue.COVERAGE_ROW.format(paragraph=paragraph, place=place, items=items or catalogue.COVERAGE_NONE)


def _missed() -> MissedLog:
    return _app().missed


def _settled(row_id: int, state: State, action: str) -> str:
    """Put a row into a state, and keep who did it; its question."""
    bot = _app()
    question = bot.missed.set_state(row_id, state).question
    bot.history.record(None, action, str(row_id))
    return question


def _need_plotly(html: Path) -> None:
    if not html.parent.is_dir():
        raise UsageError(catalogue.NO_FOLDER.format(file=html))
    if not importlib.util.find_spec("plotly"):
        raise UsageError(catalogue.NO_PLOTLY)


def _console() -> Console:
    """A terminal shows what fits; a pipe gets everything, and nothing is cut."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else _PIPE_WIDTH)


def _cells(row: MissedQuestion) -> dict[str, Any]:
    """A row as the log's columns, in their order; times in ISO form, UTC."""
    cells = {name: getattr(row, name) for name in catalogue.MISSED_COLUMNS}
    return cells | {name: cells[name].isoformat() for name in ("first_asked", "last_asked")}


def _neutral(value: object) -> object:
    """A cell that a spreadsheet would run as a formula is kept from it by an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _print(line: str) -> None:
    print(line)  # noqa: T201 - this is what the command is for


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)  # noqa: T201 - as above
