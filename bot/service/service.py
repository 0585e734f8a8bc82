"""The running bot: its parts started together, and ended together."""

import asyncio
import logging
import math
import signal
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import uvicorn

from bot.inbox.worker import Worker
from bot.signals import Hangup
from bot.telegram.intake import persist

_LOG = logging.getLogger(__name__)
_PATIENCE_S = 4.0
"""How long work under way may take at the end; a thread that waits for a locked database may add 5 seconds."""

Task = Callable[[], Awaitable[None]]
"""Something that is awaited once."""


@dataclass(frozen=True, slots=True)
class Service:
    """Everything that runs while the bot serves Telegram.

    ``connect`` and ``disconnect`` open and close the connection to Telegram; after ``stop_sending`` no call begins.
    ``leave`` comes last: from then on others may do what this process did.
    ``background_tasks`` run from the start on, ``connected_tasks`` once Telegram was reached; one that fails is begun
    again after a pause, and ends nothing. A background task that returns ends the bot; of the connected ones at least
    one goes on until it is cancelled. ``reload`` asks for the knowledge to be loaded anew, as SIGHUP does as long as
    there is the terminal that there was at the start, or if there was none.
    """

    worker: Worker
    http_server: uvicorn.Server
    connect: Task
    disconnect: Task
    leave: Task
    stop_sending: Callable[[], None]
    background_tasks: Sequence[Task]
    connected_tasks: Sequence[Task]
    reload: Callable[[], None]

    async def run(self, sockets: Sequence[socket.socket]) -> None:
        """Serve until SIGINT or SIGTERM, and end within 10 seconds then. An error of the HTTP server is raised.

        So it does when the terminal from which the process was started is gone.
        """
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        hangup = Hangup()
        asyncio.get_running_loop().add_signal_handler(
            signal.SIGHUP, lambda: stop.set() if hangup.ends() else self.reload()
        )
        parts = (stop.wait(), self._serve(sockets), *map(persist, self.background_tasks))
        tasks = [asyncio.ensure_future(part) for part in parts]
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        _LOG.info("Stopping.")
        self.stop_sending()
        self.http_server.should_exit = True
        await self.worker.stop(_PATIENCE_S)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.disconnect()
        await self.leave()
        for task in ended:
            task.result()

    async def _serve(self, sockets: Sequence[socket.socket]) -> None:
        # What waits comes before anything new, which the HTTP server brings by webhook.
        await persist(self.worker.load)
        serving = [self.http_server.serve(list(sockets))] if sockets else []
        await asyncio.gather(self._answer(), *serving)

    async def _answer(self) -> None:
        await persist(self.connect)
        self.worker.start()
        await asyncio.gather(*map(persist, self.connected_tasks))


async def periodic(step: Callable[[], Awaitable[object]], every_s: float, longest_s: float = math.inf) -> None:
    """Do a step as ``persist`` does, and again ``every_s`` seconds after it was done, until this is cancelled."""
    while True:
        await persist(step, longest_s)
        await asyncio.sleep(every_s)
