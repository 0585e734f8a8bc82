"""The command line: it parses and prints; everything else is elsewhere."""

import gc
import io
import os
import sys

import typer

from bot.cli.ask import ask
from bot.cli.chat import chat
from bot.cli.check import check
from bot.cli.database import feedback, inbox, missed
from bot.cli.evaluate import evaluate
from bot.cli.run import health, run
from bot.errors import CampaignBotError
from bot.texts import command_line as texts

app = typer.Typer(
    name="campaign-bot",
    help="A Telegram bot that answers questions about a campaign, in Chinese, from a knowledge base.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command()(run)
app.command()(health)
app.command(help=texts.HELP_CHAT)(chat)
app.command(help=texts.HELP_ASK)(ask)
app.command(help=texts.HELP_CHECK)(check)
app.command(help=texts.HELP_EVALUATE)(evaluate)
app.command(help=texts.HELP_FEEDBACK)(feedback)
app.add_typer(inbox, name="inbox")
app.add_typer(missed, name="missed")


def main() -> None:
    """Run a command. What a person can fix is one line on standard error and exit code 2, never a traceback."""
    # What was imported stays: looking for garbage in it again and again would cost a seventh of the start of `ask`.
    gc.freeze()
    # Whatever is created is its owner's alone.
    os.umask(0o077)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace", newline="\n" if stream is sys.stdin else None)
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
        sys.exit(code or 0)
    except CampaignBotError as error:
        message = str(error)
    except typer.TyperException as error:
        message = error.format_message()
    except (typer.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has left; Python would complain once more while it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    print(message, file=sys.stderr)
    sys.exit(2)
