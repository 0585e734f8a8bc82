"""What members think of the answers."""

from bot.cli.terminal import build, print_table
from bot.texts import command_line as texts
from bot.texts.admins import OPINIONS


def feedback() -> None:
    """Print what members think of the answers."""
    with build() as bot:
        counts = bot.usage.feedback()
    rows = [(row.question, row.item, OPINIONS[row.opinion], row.count, row.last_given.date()) for row in counts]
    print_table(texts.FEEDBACK_COLUMNS, rows, if_empty=texts.FEEDBACK_NONE)
