"""What the server that forks the tests' processes has done before it forks one: a start without this costs a second.

Imports are not all of a start: tables, and modules that a library finds out by itself, are loaded when they are needed.
"""

import gc
import importlib

import httpx

from bot.matching import ConfidenceModel, Index, Matcher
from tests.conftest import CANTEEN, loaded

for module in (
    "anyio._backends._asyncio",
    "tests.cli.forked",
    "tests.process",
    "tests.unlimited",
    "uvicorn.lifespan.off",
):
    importlib.import_module(module)
for module in ("http.auto", "http.h11_impl", "websockets.auto"):
    importlib.import_module(f"uvicorn.protocols.{module}")
httpx.HTTPTransport().close()
Matcher(Index.build(loaded(CANTEEN).base), ConfidenceModel()).best("食堂几点开门")

# A process that looks for garbage among all this would copy it, too.
gc.collect()
gc.freeze()
