"""The bot without limits of its own on sending: against a fake Bot API there are none to keep."""

from bot.cli.terminal import build
from bot.logs import configure_logging
from bot.serve import serve
from bot.telegram.sending import Limits


def unlimited_bot() -> None:
    """``campaign-bot run``, as fast as it can."""
    app = build()
    configure_logging(app.settings.log_level, app.settings.secrets())
    serve(app, Limits((0, 1), (0, 1), (0, 1)))


if __name__ == "__main__":
    unlimited_bot()
