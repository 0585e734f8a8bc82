"""What the database keeps: what was asked in vain, what members think of answers, what could not be answered."""

import sys
from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from bot.cli.terminal import HTML_OPTION, build_on_database, print_json, print_table
from bot.clock import Clock
from bot.errors import UsageError
from bot.items import Kind
from bot.masking import question_key
from bot.spreadsheet import csv_bytes, guarded
from bot.store.records import ActionKind, MissedQuestion, State
from bot.texts import command_line as texts
from bot.texts.admins import OPINIONS

missed = typer.Typer(help=texts.HELP_MISSED, rich_markup_mode=None)
inbox = typer.Typer(help=texts.HELP_INBOX, no_args_is_help=True, rich_markup_mode=None)

_SHORT_COLUMNS = ("id", "question", "count", "item")
_CLUSTERS = 50
_NEAREST = 3

RowId = Annotated[int, typer.Argument(metavar="ID", help=texts.HELP_ID, min=1, max=2**63 - 1)]
RowIds = Annotated[list[int], typer.Argument(metavar="ID...", help=texts.HELP_IDS, min=1, max=2**63 - 1)]


@missed.callback(invoke_without_command=True)
def _clusters(context: typer.Context) -> None:
    if context.invoked_subcommand:
        return
    with build_on_database() as bot:
        bot.clustering.cluster_new()
        rows = []
        for cluster in bot.clusters.top(_CLUSTERS):
            question = cluster.questions[0].question
            candidates = bot.snapshot.matcher.match(question).candidates
            near = [candidate for candidate in candidates if candidate.item.kind is Kind.ANSWER][:_NEAREST]
            names = "\n".join(f"{candidate.item.id} {candidate.score:.2f}" for candidate in near)
            rows.append((cluster.id, question, cluster.asked, cluster.days, len(cluster.questions), names))
    print_table(texts.MISSED_CLUSTER_COLUMNS, rows, if_empty=texts.MISSED_NONE)


@missed.command("list", help=texts.HELP_MISSED_LIST)
def _list(*, every: Annotated[bool, typer.Option("--all", help=texts.HELP_ALL)] = False) -> None:
    with build_on_database() as bot:
        rows = [_local_cells(row, bot.clock) for row in bot.misses.rows(list(State) if every else [State.OPEN])]
    # A terminal has capacity for what matters; a pipe gets every column.
    pick = itemgetter(*(_SHORT_COLUMNS if sys.stdout.isatty() else texts.MISSED_COLUMNS))
    print_table(pick(texts.MISSED_COLUMNS), list(map(pick, rows)), if_empty=texts.MISSED_NONE)


@missed.command("show", help=texts.HELP_MISSED_SHOW)
def _show(row_id: RowId) -> None:
    with build_on_database() as bot:
        row, days = bot.misses.row(row_id), bot.misses.days(row_id)
    for name, value in _local_cells(row, bot.clock).items():
        print(texts.MISSED_CELL.format(name=texts.MISSED_COLUMNS[name], value="" if value is None else value))
    print(texts.MISSED_DAYS)
    for day, count in days.items():
        print(texts.MISSED_DAY.format(day=day, count=count))


@missed.command("resolve", help=texts.HELP_MISSED_RESOLVE)
def _resolve(row_ids: RowIds) -> None:
    _settle(row_ids, State.HANDLED, ActionKind.RESOLVE_MISS, texts.MISSED_RESOLVED)


@missed.command("ignore", help=texts.HELP_MISSED_IGNORE)
def _ignore(row_ids: RowIds) -> None:
    _settle(row_ids, State.IGNORED, ActionKind.IGNORE_MISS, texts.MISSED_IGNORED)


def _settle(row_ids: Sequence[int], state: State, action: ActionKind, done: str) -> None:
    """Put rows into a state, all of them or, if one of them is not there, none."""
    with build_on_database() as bot:
        rows = [bot.misses.row(row_id) for row_id in dict.fromkeys(row_ids)]
        bot.misses.set_state([row.id for row in rows], state)
        for row in rows:
            bot.history.record(None, action, str(row.id))
            print(done.format(question=row.question))
        waiting = bot.misses.count_waiting([row.id for row in rows]) if state is State.IGNORED else 0
    if waiting:
        print(texts.MISSED_AWAITED.format(count=waiting))


@missed.command("delete", help=texts.HELP_MISSED_DELETE)
def _delete(row_ids: RowIds) -> None:
    with build_on_database() as bot:
        rows = [bot.misses.row(row_id) for row_id in dict.fromkeys(row_ids)]
        bot.misses.forget(*(row.key for row in rows))
        for row in rows:
            print(texts.MISSED_DELETED.format(question=row.question))
            bot.history.record(None, ActionKind.DELETE, "")


@missed.command("forget", help=texts.HELP_FORGET)
def _forget(words: Annotated[list[str], typer.Argument(metavar="问题...", help=texts.HELP_WORDS)]) -> None:
    with build_on_database() as bot:
        question = " ".join(words)
        if not bot.misses.forget(question_key(question)):
            raise UsageError(texts.MISSED_UNKNOWN_QUESTION.format(question=question))
        bot.history.record(None, ActionKind.DELETE, "")
        print(texts.MISSED_DELETED.format(question=question))


@missed.command("report", help=texts.HELP_REPORT)
def _report(html: Annotated[Path, HTML_OPTION]) -> None:
    from bot.cli.plots import misses_page  # noqa: PLC0415 - templates cost every command its start

    with build_on_database() as bot:
        html.write_text(misses_page(bot), encoding="utf-8")
        print(texts.REPORT_WRITTEN.format(file=html))


@missed.command("export", help=texts.HELP_MISSED_EXPORT)
def _export(form: Annotated[Literal["csv", "json"], typer.Option("--format", help=texts.HELP_FORMAT)] = "csv") -> None:
    with build_on_database() as bot:
        rows = [_cells(row) for row in bot.misses.rows(list(State))]
    if form == "json":
        print_json(rows)
        return
    lines = [["" if value is None else guarded(str(value)) for value in row.values()] for row in rows]
    sys.stdout.write(csv_bytes([list(texts.MISSED_COLUMNS), *lines]).decode())


def _cells(row: MissedQuestion) -> dict[str, Any]:
    """A row as the log's columns, in their order; times in ISO form, in UTC as the row has them."""
    cells = {name: getattr(row, name) for name in texts.MISSED_COLUMNS}
    return cells | {name: cells[name].isoformat() for name in ("first_asked", "last_asked")}


def _local_cells(row: MissedQuestion, clock: Clock) -> dict[str, Any]:
    """A row as ``_cells``, with states, verdicts, scores and times as people read them."""
    return _cells(row) | {
        "first_asked": _local(row.first_asked, clock),
        "last_asked": _local(row.last_asked, clock),
        "state": texts.MISSED_STATES[row.state],
        "verdict": texts.MISSED_VERDICTS[row.verdict],
        "score": f"{row.score:.2f}",
    }


def _local(at: datetime, clock: Clock) -> str:
    return texts.TIME.format(time=clock.local(at))


def feedback() -> None:
    """Print what members think of the answers."""
    with build_on_database() as bot:
        counts = bot.usage.feedback()
    rows = [
        (row.question, row.item, OPINIONS[row.opinion], row.count, bot.clock.local(row.last_given).date())
        for row in counts
    ]
    print_table(texts.FEEDBACK_COLUMNS, rows, if_empty=texts.FEEDBACK_NONE)


@inbox.command("list", help=texts.HELP_INBOX_LIST)
def _dead_letters() -> None:
    with build_on_database() as bot:
        letters = bot.inbox.dead_letters()
    rows = [
        (
            letter.id,
            *(_local(at, bot.clock) for at in (letter.received_at, letter.died_at)),
            letter.fault,
        )
        for letter in letters
    ]
    print_table(texts.INBOX_COLUMNS, rows, if_empty=texts.INBOX_NONE)


@inbox.command("replay", help=texts.HELP_INBOX_REPLAY)
def _replay(ids: Annotated[list[int] | None, typer.Argument(metavar="[ID...]", help=texts.HELP_ID)] = None) -> None:
    with build_on_database() as bot:
        unknown = set(ids or ()).difference(letter.id for letter in bot.inbox.dead_letters())
        if unknown:
            raise UsageError(texts.INBOX_UNKNOWN.format(ids="、".join(map(str, sorted(unknown)))))
        print(texts.INBOX_REPLAYED.format(count=bot.inbox.replay(ids or None)))
