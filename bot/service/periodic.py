"""The loop of everything that is done again and again while the bot runs."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.telegram.polling import persist


async def periodic(step: Callable[[], Awaitable[object]], every_s: float) -> None:
    """Do a step at once, and again ``every_s`` seconds after it was done, until this is cancelled.

    A step that fails is done again as ``persist`` has it: one task must not end the bot.
    """
    while True:
        await persist(step)
        await asyncio.sleep(every_s)
