"""Long polling: an update is confirmed only after it was handled, so a kill loses none."""

import asyncio
import logging
import random
import signal
import warnings
from typing import Any

from telegram import Update
from telegram.error import InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.warnings import PTBUserWarning

from bot.handlers.members import TelegramApplication, seconds_to_wait

_LOG = logging.getLogger(__name__)
_POLL_S = 30
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0
_NO_UPDATES = "what stands at CAMPAIGN_BOT_API_URL does not answer as the Bot API does"
_KINDS = ("message", "edited_message", "callback_query")


def serve(application: TelegramApplication) -> None:
    """Handle updates until SIGINT or SIGTERM."""
    asyncio.run(_serve(application))


async def _serve(application: TelegramApplication) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    poller = Poller(application)
    polling = asyncio.create_task(poller.run(stop))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({polling, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    await polling


class Poller:
    """Fetches raw updates and handles each by itself: one that can't be read blocks no other."""

    def __init__(self, application: TelegramApplication) -> None:
        self._application = application
        self._bot = application.bot
        # Never computed from what is stored: after a quiet week Telegram starts at a random id.
        self._offset: int | None = None
        self._failures = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until ``stop``. No error ends it: it waits, longer each time, and tries again."""
        await self._until_done(stop, self._start)
        if not stop.is_set():
            _LOG.info("Polling for updates.")
        while not stop.is_set():
            await self._until_done(stop, lambda: self._poll(stop))
        await self._finish()

    async def _start(self) -> None:
        await self._application.initialize()
        # A bot with a webhook gets no updates by polling; what waits for it is kept.
        await self._bot.delete_webhook(drop_pending_updates=False)

    async def _poll(self, stop: asyncio.Event) -> None:
        fetch = asyncio.create_task(self._fetch(_POLL_S))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({fetch, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not fetch.done():
            fetch.cancel()
            return
        for raw in fetch.result():
            await self._handle(raw)
            self._offset = raw["update_id"] + 1
            if stop.is_set():
                return

    async def _handle(self, raw: dict[str, Any]) -> None:
        try:
            update = Update.de_json(raw, self._bot)
        except Exception:  # noqa: BLE001 - what PTB can't read it can raise anything for
            _LOG.exception("Update %s can't be read and is left out.", raw.get("update_id"))
            return
        await self._application.process_update(update)

    async def _fetch(self, wait_s: int) -> list[dict[str, Any]]:
        arguments = {"timeout": wait_s, "allowed_updates": list(_KINDS)}
        if self._offset is not None:
            arguments["offset"] = self._offset
        with warnings.catch_warnings():
            # PTB advises its own method; that one fails a whole batch for one bad update.
            warnings.simplefilter("ignore", PTBUserWarning)
            result: Any = await self._bot.do_api_request("getUpdates", arguments, read_timeout=wait_s + 5)
        if not isinstance(result, list):
            raise TelegramError(_NO_UPDATES)
        return result

    async def _finish(self) -> None:
        """Confirm what was handled, so that the next start does not answer it again."""
        try:
            if self._offset is not None:
                await self._fetch(0)
        except TelegramError as error:
            _LOG.warning("The last updates could not be confirmed and may be answered again: %s", error)
        await self._application.shutdown()

    async def _until_done(self, stop: asyncio.Event, step: Any) -> None:  # noqa: ANN401 - a coroutine function
        """Do one step, after pauses as long as it fails."""
        while not stop.is_set():
            try:
                await step()
            except TelegramError as error:
                pause = self._pause(error)
                _LOG.warning("%s; trying again in %.1f s.", _explain(error), pause)
                await _sleep_unless(stop, pause)
            except Exception as error:  # noqa: BLE001 - whatever it is, a bot that has stopped listening is worse
                pause = self._pause(TelegramError(str(error)))
                _LOG.exception("Polling failed; trying again in %.1f s.", pause)
                await _sleep_unless(stop, pause)
            else:
                self._failures = 0
                return

    def _pause(self, error: TelegramError) -> float:
        if isinstance(error, RetryAfter):
            return seconds_to_wait(error)
        self._failures += 1
        pause = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2.0 ** (self._failures - 1))
        return pause * random.uniform(0.5, 1.0)  # noqa: S311 - jitter


async def _sleep_unless(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


def _explain(error: TelegramError) -> str:
    if isinstance(error, InvalidToken):
        return "Telegram refuses the token: check CAMPAIGN_BOT_TOKEN"
    if type(error) is NetworkError:
        return f"Telegram can't be reached ({error})"
    return f"Telegram answered: {error}"
