"""Messages that could not be answered."""

from typing import Annotated

import typer

from bot.cli.terminal import build, print_table
from bot.errors import UsageError
from bot.texts import command_line as texts

inbox = typer.Typer(help=texts.HELP_INBOX, no_args_is_help=True, rich_markup_mode=None)


@inbox.command("list", help=texts.HELP_INBOX_LIST)
def _list() -> None:
    with build() as bot:
        letters = bot.inbox.dead_letters()
    rows = [
        (letter.id, *(at.isoformat(timespec="seconds") for at in (letter.received_at, letter.died_at)), letter.fault)
        for letter in letters
    ]
    print_table(texts.INBOX_COLUMNS, rows, if_empty=texts.INBOX_NONE)


@inbox.command("replay", help=texts.HELP_INBOX_REPLAY)
def _replay(ids: Annotated[list[int] | None, typer.Argument(metavar="[ID...]", help=texts.HELP_ID)] = None) -> None:
    with build() as bot:
        unknown = set(ids or ()).difference(letter.id for letter in bot.inbox.dead_letters())
        if unknown:
            raise UsageError(texts.INBOX_UNKNOWN.format(ids="、".join(map(str, sorted(unknown)))))
        print(texts.INBOX_REPLAYED.format(count=bot.inbox.replay(ids or None)))
