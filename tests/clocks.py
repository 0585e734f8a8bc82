"""Clocks that a test moves: one that stands, and one that passes only when everyone waits."""

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Coroutine
from datetime import UTC, datetime
from typing import Any, TypeVar

import bot.clock

Result = TypeVar("Result")

_TICK_S = 1e-6
"""What this clock can tell apart: less would not move it."""
_MOMENT_S = 0.0005


class Clock(bot.clock.Clock):
    """A clock that stands until it is moved; its zone may be changed too."""

    def __init__(self) -> None:
        super().__init__(UTC)
        self.now = datetime(2026, 5, 31, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.local(self.now)


class VirtualTime:
    """A clock and a sleep for code under test; ``run`` drives them. It stands during ``working``."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._working = 0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Wait for so long in this time."""
        if seconds <= 0:
            return
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + max(seconds, _TICK_S), next(self._numbers), woken))
        await woken

    async def working(self, work: Awaitable[Result]) -> Result:
        """What comes of real work, such as a call over a network or a thread's, while which this time stands."""
        self._working += 1
        try:
            return await work
        finally:
            self._working -= 1

    async def run(self, *work: Coroutine[Any, Any, Any]) -> list[Any]:
        """What comes of these, side by side; exceptions are results."""
        gathered = asyncio.gather(*work, return_exceptions=True)
        loop: Any = asyncio.get_running_loop()
        while not gathered.done():
            await asyncio.sleep(0)
            if loop._ready:
                # Somebody can go on at this moment.
                continue
            if self._working:
                await asyncio.sleep(_MOMENT_S)
            elif self._sleepers and not gathered.done():
                self.now, _, woken = heapq.heappop(self._sleepers)
                if not woken.done():
                    woken.set_result(None)
        return list(await gathered)
