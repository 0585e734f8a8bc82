"""The running bot: its parts started together, and ended together."""

import asyncio
import logging
import signal
import socket
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from telegram import Bot

from bot.inbox.worker import Worker
from bot.service.health import Health
from bot.service.http_server import Web
from bot.service.retention import Retention
from bot.telegram.polling import persist
from bot.telegram.sending import SendingPolicy

_LOG = logging.getLogger(__name__)
_PATIENCE_S = 4.0
"""How long work under way may take at the end. A thread that waits for a locked database may add 5 seconds."""


class Intake(Protocol):
    """Polling or webhook."""

    async def run(self) -> None:
        """Take updates in; it may return when nothing needs doing any more."""

    def silent_s(self) -> float:
        """For how many seconds Telegram could not be reached."""


@dataclass(frozen=True, slots=True)
class Service:
    """Everything that runs while the bot serves Telegram."""

    bot: Bot
    policy: SendingPolicy
    worker: Worker
    intake: Intake
    web: Web
    health: Health
    retention: Retention
    greet: Callable[[], Awaitable[None]]
    """What is to be told Telegram at each start, beside the work."""
    reload: Callable[[], None]
    """Asks for the knowledge to be loaded anew; SIGHUP does."""
    beside: Sequence[Callable[[], Awaitable[None]]]
    """What else runs for ever; a fault in one of them must not end the bot."""

    async def run(self, sockets: Sequence[socket.socket]) -> None:
        """Serve until SIGINT or SIGTERM; it ends within 10 seconds then.

        Raises:
            Exception: a part failed that should not; whoever started the process starts it again.
        """
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self.reload)
        parts = [
            asyncio.create_task(part)
            for part in (
                _until(stop),
                self.health.run(),
                self.retention.run(),
                self._serve(sockets),
            )
        ]
        ended, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        _LOG.info("Stopping.")
        self.policy.stop()
        self.web.stop()
        await self.worker.stop(_PATIENCE_S)
        for part in parts:
            part.cancel()
        await asyncio.gather(*parts, return_exceptions=True)
        await self.bot.shutdown()
        for part in ended:
            part.result()

    async def _serve(self, sockets: Sequence[socket.socket]) -> None:
        # What waits comes before anything new, which the web brings by webhook.
        await persist(self.worker.load)
        await asyncio.gather(_endless(self.web.run(sockets)), self._answer())

    async def _answer(self) -> None:
        await persist(self.bot.initialize)
        parts = (self.worker.run(), _endless(self.intake.run()), _endless(persist(self.greet)))
        await asyncio.gather(*parts, *map(persist, self.beside))


async def _until(stop: asyncio.Event) -> None:
    await stop.wait()


async def _endless(part: Coroutine[Any, Any, None]) -> None:
    """A part that comes to its end goes on doing nothing."""
    await part
    await asyncio.Event().wait()
