"""What a process of the tests may run. Whoever forks imports this: it holds everything that the bot imports."""

import importlib
import pkgutil
import sys

import bot
from bot.cli import main

for module in pkgutil.walk_packages(bot.__path__, "bot."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)


def campaign_bot(*words: str) -> None:
    """``campaign-bot`` with these words, by default ``run``."""
    sys.argv = ["campaign-bot", *(words or ("run",))]
    main()
