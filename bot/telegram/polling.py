"""Long polling: an update is confirmed only after it was committed to the inbox."""

import asyncio
import itertools
import logging
import time
import warnings
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Bot
from telegram.error import RetryAfter, TelegramError
from telegram.warnings import PTBUserWarning

from bot.backoff import backoff
from bot.errors import StoreError
from bot.inbox.receiver import Receiver, update_id
from bot.inbox.updates import KINDS
from bot.telegram.sending import explain, seconds_to_wait

_LOG = logging.getLogger(__name__)
_POLL_S = 30


class Poller:
    """Fetches raw updates for the receiver. No error ends it."""

    def __init__(self, bot: Bot, receiver: Receiver) -> None:
        self._bot = bot
        self._receiver = receiver
        # Never computed from what is stored: after a quiet week Telegram starts at a random id.
        self._offset: int | None = None
        self._succeeded = time.monotonic()

    def silent_s(self) -> float:
        """For how many seconds no fetch has succeeded."""
        return time.monotonic() - self._succeeded

    async def run(self) -> None:
        """Poll until it is cancelled."""
        # A bot with a webhook gets no updates by polling; what waits for it is kept.
        await persist(lambda: self._bot.delete_webhook(drop_pending_updates=False))
        _LOG.info("Polling for updates.")
        while True:
            await persist(self._poll)

    async def _poll(self) -> None:
        await self._receiver.worker.has_capacity.wait()
        arguments = {"timeout": _POLL_S, "allowed_updates": list(KINDS), "offset": self._offset}
        with warnings.catch_warnings():
            # PTB advises its own method; that one fails a whole batch for one bad update.
            warnings.simplefilter("ignore", PTBUserWarning)
            raws: Any = await self._bot.do_api_request("getUpdates", arguments, read_timeout=_POLL_S + 5)
        if not isinstance(raws, list):
            raise TelegramError("getUpdates gave no list: check CAMPAIGN_BOT_API_URL")
        self._succeeded = time.monotonic()
        await self._receiver.receive(raws)
        ids = [one for raw in raws if (one := update_id(raw)) is not None]
        if ids:
            self._offset = ids[-1] + 1
        elif raws:
            raise TelegramError(f"{len(raws)} updates without an id can't be confirmed")


async def persist(step: Callable[[], Awaitable[object]]) -> None:
    """Do one step, after pauses as long as it fails."""
    for failures in itertools.count(1):
        try:
            await step()
            return
        except (TelegramError, StoreError) as error:
            pause = seconds_to_wait(error) if isinstance(error, RetryAfter) else backoff(failures)
            _LOG.warning("%s; trying again in %.1f s.", explain(error), pause)
        except Exception:  # noqa: BLE001 - whatever it is, a bot that has stopped listening is worse
            pause = backoff(failures)
            _LOG.exception("Unexpected; trying again in %.1f s.", pause)
        await asyncio.sleep(pause)
