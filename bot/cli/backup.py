"""Database and knowledge saved, brought back, and moved."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.terminal import build, build_on_database, progress_bar
from bot.config import sqlite_file
from bot.errors import UsageError
from bot.texts import command_line as texts


def backup(file: Annotated[Path, typer.Argument(metavar="FILE", help=texts.HELP_BACKUP_FILE)]) -> None:
    """Save database and knowledge in one file."""
    # Only these commands need what reads archives.
    from bot.backup import back_up  # noqa: PLC0415

    if not file.absolute().parent.is_dir():
        raise UsageError(texts.NO_FOLDER.format(file=file))
    with build_on_database() as bot, progress_bar(texts.BACKUP_PROGRESS) as show:
        manifest = back_up(bot.settings.database_url, bot.folder, file, show)
    print(texts.BACKUP_MADE.format(file=file, size=file.stat().st_size / 1e6, count=len(manifest.knowledge)))


def restore(file: Annotated[Path, typer.Argument(metavar="FILE", help=texts.HELP_RESTORE_FILE)]) -> None:
    """Put what a backup holds in the place of database and knowledge."""
    from bot import backup as backups  # noqa: PLC0415 - as above

    with build() as bot, progress_bar(texts.BACKUP_RESTORING) as show:
        restored = backups.restore(file, bot.settings.database_url, bot.folder, show)
        made_at = texts.TIME.format(time=bot.clock.local(restored.manifest.made_at))
    print(
        texts.BACKUP_RESTORED.format(
            made_at=made_at,
            program=restored.manifest.program,
            count=len(restored.manifest.knowledge),
            aside=restored.aside,
        )
    )


def copy_store(
    source: Annotated[str, typer.Argument(metavar="FROM", help=texts.HELP_COPY_FROM)],
    target: Annotated[str, typer.Argument(metavar="TO", help=texts.HELP_COPY_TO)],
) -> None:
    """Copy all rows of a database into another one."""
    from bot.store.copying import claim_for_copy  # noqa: PLC0415 - as above
    from bot.store.copying import copy_store as copy  # noqa: PLC0415
    from bot.store.database import Database  # noqa: PLC0415

    if source == target:
        raise UsageError(texts.COPY_SAME)
    file = sqlite_file(source)
    if file and not file.is_file():
        raise UsageError(texts.COPY_NO_SOURCE.format(file=file))
    with Database.open_as_it_is(source) as first, Database.open(target) as second:
        for database in (first, second):
            claim_for_copy(database)
        with progress_bar(texts.COPY_PROGRESS) as show:
            count = copy(first, second, show)
    print(texts.COPY_DONE.format(count=count))
