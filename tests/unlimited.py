"""The bot without limits of its own on sending, and with little patience: a fake Bot API needs neither."""

from datetime import datetime, timedelta
from pathlib import Path

from bot.cli.terminal import build
from bot.clock import Clock
from bot.logs import configure_logging
from bot.serve import serve
from bot.telegram.retries import Patience
from bot.telegram.sending import LIMITS, Limits

MOVED = Path("clock-ahead")


def unlimited_bot() -> None:
    """``campaign-bot run``, as fast as it can; what may have arrived is sent again soon."""
    _serve(Limits((0, 1), (0, 1), (0, 1)), Patience(resend_after=(0.2, 0.4)))


def impatient_bot() -> None:
    """``campaign-bot run``, which gives up at once what fails while others succeed."""
    _serve(LIMITS, Patience(call_s=0))


class MovedClock(Clock):
    """The machine's clock, ahead by as many seconds as stand in the file ``MOVED`` of the current directory."""

    def __call__(self) -> datetime:
        """The time."""
        ahead = float(MOVED.read_text()) if MOVED.exists() else 0.0
        return super().__call__() + timedelta(seconds=ahead)


def _serve(limits: Limits, patience: Patience) -> None:
    app = build()
    app.clock = MovedClock(app.settings.time_zone)
    configure_logging(app.settings.log_level, app.settings.secrets(), app.clock)
    serve(app, limits, patience)


if __name__ == "__main__":
    unlimited_bot()
