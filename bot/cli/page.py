"""The admins' page for one's own machine."""

from bot.app import App
from bot.cli.terminal import KnowledgeOption, build
from bot.clock import Clock
from bot.logs import configure_logging
from bot.texts import command_line as texts


def page(*, knowledge: KnowledgeOption = None) -> None:
    """Serve the admins' page on this machine, and print its one-time link."""
    with build(knowledge) as bot:
        configure_logging("WARNING", bot.settings.secrets(), Clock(bot.settings.time_zone))
        _serve(bot)


def _serve(bot: App) -> None:
    # What serves HTTP costs every other command its start.
    from bot.serve_page import serve_page  # noqa: PLC0415

    serve_page(bot, lambda link: print(texts.PAGE_LINK.format(link=link), flush=True))
