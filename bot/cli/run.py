"""The bot on Telegram, and whether it is well."""

import contextlib
import http.client
import json
import logging

import typer

from bot.app import App
from bot.cli.terminal import progress, read_settings
from bot.clock import Clock
from bot.config import check_proxies, load_settings, unknown_settings
from bot.errors import CampaignBotError
from bot.logs import configure_logging

_LOG = logging.getLogger(__name__)
_HEALTH_TIMEOUT_S = 10.0


def run() -> None:
    """Serve members on Telegram."""
    try:
        settings = load_settings()
        configure_logging(settings.log_level, settings.secrets(), Clock(settings.time_zone))
        for line in unknown_settings():
            _LOG.warning("%s", line)
        settings.required_token()
        check_proxies()
        # Telegram's libraries cost every other command its start.
        from bot.serve import serve  # noqa: PLC0415

        with App(settings, settings.knowledge, progress) as bot:
            serve(bot)
    except CampaignBotError:
        raise
    except Exception:  # noqa: BLE001 - whatever ends the bot is in its log
        # Python would print it with whatever secrets it holds.
        _LOG.critical("The bot failed.", exc_info=True)
        raise typer.Exit(1) from None


def health() -> None:
    """Tell whether the running bot works: exit code 0 or 1, and one line, which names what it gave up too."""
    listens, port = read_settings().listen
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
