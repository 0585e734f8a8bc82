"""What commands share: the parts they need, and how they print."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from bot.app import App
from bot.config import Settings, absolute, load_settings, unknown_settings
from bot.errors import UsageError
from bot.texts import command_line as texts

_PIPE_WIDTH = 300

KnowledgeOption = Annotated[Path | None, typer.Option("--knowledge", help=texts.HELP_KNOWLEDGE)]


def read_settings() -> Settings:
    """The settings; names that are like a setting's and are none are told on standard error."""
    settings = load_settings()
    for line in unknown_settings():
        print(line, file=sys.stderr)
    return settings


def build(folder: Path | None = None) -> App:
    """The parts that a command needs. Long work shows a progress bar on a terminal, none in a pipe."""
    settings = read_settings()
    try:
        return App(settings, absolute(folder) if folder else settings.knowledge, progress)
    except ValueError as error:
        raise UsageError(texts.NO_SUCH_PATH.format(path=folder, reason=error)) from error


def build_on_database(folder: Path | None = None) -> App:
    """The parts for a command that is about what the database keeps.

    Raises:
        UsageError: there is no database yet; such a command makes none.
    """
    app = build(folder)
    if not app.settings.has_database():
        raise UsageError(texts.NO_DATABASE.format(file=app.settings.database_file()))
    return app


def build_keeping_nothing(folder: Path | None = None) -> App:
    """The parts for a command that keeps nothing: where there is no database yet, it works on one in memory."""
    app = build(folder)
    if not app.settings.has_database():
        app.settings = app.settings.model_copy(update={"database_url": "sqlite://"})
    return app


def print_json(value: object) -> None:
    """Print a value as a line of JSON, at once."""
    print(json.dumps(value, ensure_ascii=False), flush=True)


def print_table(head: Iterable[str], rows: Sequence[Iterable[object]], *, if_empty: str = "") -> None:
    """Print a table, or ``if_empty`` where there are no rows. A pipe gets wide lines; nothing is cut anywhere."""
    if if_empty and not rows:
        print(if_empty)
        return
    table = Table(*(Column(name, overflow="fold") for name in head))
    for row in rows:
        table.add_row(*("" if cell is None else escape(str(cell)) for cell in row))
    Console(highlight=False, width=None if sys.stdout.isatty() else _PIPE_WIDTH).print(table)


def _in_folder(html: Path | None) -> Path | None:
    if html and not html.parent.is_dir():
        raise UsageError(texts.NO_FOLDER.format(file=html))
    return html


HTML_OPTION = typer.Option("--html", metavar="FILE", help=texts.HELP_HTML, callback=_in_folder)
"""A file for a report, in a folder that exists."""


@contextmanager
def progress_bar(text: str) -> Iterator[Callable[[int, int], None]]:
    """What shows how much of a long piece of work is done, of how much in all: on a terminal, not in a pipe."""
    from rich.progress import Progress  # noqa: PLC0415 - as below

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task(text, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


def progress(work: Sequence[Any]) -> Iterable[Any]:
    """The same work; a progress bar on a terminal shows how far it is."""
    from rich.progress import track  # noqa: PLC0415 - only this needs it, and it costs every command its start

    console = Console(stderr=True)
    return track(work, texts.EVALUATING, console=console, transient=True, disable=not console.is_terminal)
