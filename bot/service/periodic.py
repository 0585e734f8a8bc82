"""The loop of everything that is done again and again while the bot runs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.errors import StoreError

_LOG = logging.getLogger(__name__)


async def periodic(step: Callable[[], Awaitable[object]], every_s: float) -> None:
    """Do a step at once, and again ``every_s`` seconds after it has ended, until this is cancelled.

    A step that fails is logged and done again in its time: one task must not end the bot.

    Raises:
        StoppingError: the bot is about to end.
    """
    while True:
        try:
            await step()
        except StoreError as error:
            _LOG.warning("%s; trying again in %.0f s.", str(error).removesuffix("."), every_s)
        except Exception:  # noqa: BLE001 - as said above
            _LOG.exception("A background task failed; trying again in %.0f s.", every_s)
        await asyncio.sleep(every_s)
