"""The parts of the running bot, started together and ended together."""

import asyncio
import os
import signal

import pytest

from bot.service.dead_letters import DeadLetterReport
from bot.service.health import Health
from bot.service.http_server import http_server
from bot.service.service import Service
from bot.store.history import History
from tests.inbox_setup import InboxSetup, question


class Process:
    """A service over a real inbox, and what it did, in its order."""

    def __init__(self, setup: InboxSetup, problem: Exception | None = None) -> None:
        self.did: list[str] = []
        self.serving = asyncio.Event()
        self._problem = problem
        health = Health(setup.database, setup.missed, lambda: 0, lambda: 0, lambda _: None)
        letters = DeadLetterReport(setup.inbox, History(setup.database), lambda _: None)
        self.service = Service(
            worker=setup.worker,
            http_server=http_server(health, letters, setup.metrics, None),
            connect=self._step("connect"),
            disconnect=self._step("disconnect"),
            stop_sending=lambda: self.did.append("stop sending"),
            background_tasks=(self._background_task,),
            connected_tasks=(self._step("intake"), self._connected_task),
            reload=lambda: self.did.append("reload"),
        )

    def _step(self, name: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a coroutine function
        async def step() -> None:
            self.did.append(name)

        return step

    async def _background_task(self) -> None:
        self.did.append("background task")
        await self.serving.wait()
        if self._problem:
            raise self._problem
        await asyncio.Event().wait()

    async def _connected_task(self) -> None:
        self.did.append("connected task")
        self.serving.set()
        await asyncio.Event().wait()


async def test_it_serves_until_a_signal_ends_it(inbox_setup: InboxSetup) -> None:
    """What waits is handled; SIGHUP asks for a reload; at the end nothing is sent any more, and all is closed."""
    await inbox_setup.receiver.receive([question(1, "几点")])
    process = Process(inbox_setup)
    running = asyncio.create_task(process.service.run([]))
    async with asyncio.timeout(20):
        await process.serving.wait()
        while not inbox_setup.notes.handled or inbox_setup.inbox.waiting(()):
            await asyncio.sleep(0.005)
        os.kill(os.getpid(), signal.SIGHUP)
        while "reload" not in process.did:
            await asyncio.sleep(0.005)
        os.kill(os.getpid(), signal.SIGTERM)
        await running
    assert process.did[-2:] == ["stop sending", "disconnect"]
    assert {"connect", "background task", "intake", "connected task"} < set(process.did)


async def test_a_part_that_fails_ends_it(inbox_setup: InboxSetup) -> None:
    """Whoever started the process starts it again; a deaf bot that lives on would be worse."""
    process = Process(inbox_setup, RuntimeError("canary"))
    with pytest.raises(RuntimeError, match="canary"):
        await asyncio.wait_for(process.service.run([]), 20)
    assert process.did[-2:] == ["stop sending", "disconnect"]
