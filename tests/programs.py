"""What a process of the tests may run. Whoever forks imports this: it holds everything that the bot imports."""

import importlib
import os
import pkgutil
import signal
import sys
from datetime import timedelta
from pathlib import Path

import bot
from bot.cli import main
from bot.service import retention
from bot.store.database import Database
from bot.store.history import History
from bot.telegram import notifier, webhook

for module in pkgutil.walk_packages(bot.__path__, "bot."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)


def campaign_bot(*words: str) -> None:
    """``campaign-bot`` with these words, by default ``run``."""
    sys.argv = ["campaign-bot", *(words or ("run",))]
    main()


def trusting_bot() -> None:
    """``campaign-bot run`` that believes its clock from the start on, and so deletes at once what is old."""
    retention._EVEN_S = 0.0
    campaign_bot()


def promptly_telling_bot() -> None:
    """``campaign-bot run`` that tells subscribers of an answer at once."""
    notifier._DELAY = timedelta()
    campaign_bot()


def quickly_checking_bot() -> None:
    """``campaign-bot run`` that asks after its webhook all the time, and takes a moment for minutes."""
    webhook._CHECK_S, webhook._PATIENCE_S = 0.2, 1.0
    campaign_bot()


def edit_for_ever() -> None:
    """A process that edits the knowledge folder, says so in a file ``edit``, and never comes to an end."""
    with Database.open(os.environ["CAMPAIGN_BOT_DATABASE_URL"]) as database, History(database).editing():
        Path("edit").write_text("begun", encoding="utf-8")
        signal.pause()
