"""The bot on Telegram, and whether it is well."""

import contextlib
import http.client
import json
import logging
import signal
import sys

import typer

from bot.cli.terminal import build
from bot.config import load_settings
from bot.errors import CampaignBotError
from bot.logs import configure_logging

_HEALTH_TIMEOUT_S = 10.0


def run() -> None:
    """Serve members on Telegram."""
    # The first process of a container ignores what it does not handle; until it serves there is nothing to finish.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with build() as bot:
            configure_logging(bot.settings.log_level, bot.settings.secrets())
            # Telegram's libraries cost every other command its start.
            from bot.serve import serve  # noqa: PLC0415

            serve(bot)
    except CampaignBotError:
        raise
    except Exception:
        # Python would print it with whatever secrets it holds.
        logging.getLogger(__name__).critical("The bot failed.", exc_info=True)
        raise typer.Exit(1) from None


def health() -> None:
    """Tell whether the running bot works: exit code 0 or 1, and one line, which names what it gave up too."""
    listens, port = load_settings().listen
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(listens, listens)  # noqa: S104 - all interfaces
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}/healthz"
    letters = ""
    try:
        with contextlib.closing(http.client.HTTPConnection(host, port, timeout=_HEALTH_TIMEOUT_S)) as connection:
            connection.request("GET", "/healthz")
            answer = json.loads(connection.getresponse().read())
        faults = [str(fault) for fault in answer["faults"]]
        if dead := answer.get("dead_letters"):
            letters = f"; {dead['count']} dead letters since {dead['since']}, see `campaign-bot inbox list`"
    except (OSError, http.client.HTTPException) as error:
        faults = [f"{url} does not answer ({error}): is `campaign-bot run` running, and CAMPAIGN_BOT_LISTEN the same?"]
    except (ValueError, KeyError, TypeError):
        faults = [f"{url} is not this bot: set CAMPAIGN_BOT_LISTEN to an address of its own"]
    print(("red: " + "; ".join(faults) if faults else "green") + letters)
    raise typer.Exit(1 if faults else 0)
