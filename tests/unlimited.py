"""The bot without limits of its own on sending, and with little patience: a fake Bot API needs neither."""

from bot.cli.terminal import build
from bot.logs import configure_logging
from bot.serve import serve
from bot.telegram.retries import Patience
from bot.telegram.sending import LIMITS, Limits


def unlimited_bot() -> None:
    """``campaign-bot run``, as fast as it can; what may have arrived is sent again soon."""
    _serve(Limits((0, 1), (0, 1), (0, 1)), Patience(resend_after=(0.2, 0.4)))


def impatient_bot() -> None:
    """``campaign-bot run``, which gives up at once what fails while others succeed."""
    _serve(LIMITS, Patience(call_s=0))


def _serve(limits: Limits, patience: Patience) -> None:
    app = build()
    configure_logging(app.settings.log_level, app.settings.secrets(), app.clock)
    serve(app, limits, patience)


if __name__ == "__main__":
    unlimited_bot()
