"""All commands, under their names."""

import typer

from bot.cli.ask import ask
from bot.cli.backup import backup, copy_store, restore
from bot.cli.chat import chat
from bot.cli.check import check
from bot.cli.database import feedback, inbox, missed
from bot.cli.evaluate import evaluate
from bot.cli.page import page
from bot.cli.run import health, run
from bot.errors import UsageError
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
app.command(help=texts.HELP_PAGE)(page)
app.command(help=texts.HELP_ASK)(ask)
app.command(help=texts.HELP_CHECK)(check)
app.command(help=texts.HELP_EVALUATE)(evaluate)
app.command(help=texts.HELP_FEEDBACK)(feedback)
app.command(help=texts.HELP_BACKUP)(backup)
app.command(help=texts.HELP_RESTORE)(restore)
app.command("copy-store", help=texts.HELP_COPY_STORE)(copy_store)
app.add_typer(inbox, name="inbox")
app.add_typer(missed, name="missed")


def run_command() -> int:
    """Run the command that the process was started with; its exit code.

    Raises:
        CampaignBotError: what a person can fix, wrong words included.
        KeyboardInterrupt: it was broken off.
    """
    try:
        return app(standalone_mode=False) or 0
    except typer.TyperException as error:
        raise UsageError(error.format_message()) from error
    except typer.Abort:
        raise KeyboardInterrupt from None
