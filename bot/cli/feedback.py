"""What members think of the answers."""

from rich.markup import escape
from rich.table import Table

from bot.cli.terminal import build, console, print_line
from bot.texts import admins as admins_texts
from bot.texts import command_line as texts


def feedback() -> None:
    """Print what members think of the answers."""
    with build() as bot:
        counts = bot.usage.feedback()
    if not counts:
        print_line(texts.FEEDBACK_NONE)
        return
    table = Table(*texts.FEEDBACK_COLUMNS.values())
    for row in counts:
        opinion = admins_texts.OPINIONS[row.opinion]
        cells = (row.question, row.item, opinion, str(row.count), row.last_given.date().isoformat())
        table.add_row(*map(escape, cells))
    console().print(table)
