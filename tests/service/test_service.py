"""The parts of the running bot, started together and ended together."""

import asyncio
import os
import signal
import socket
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.service.http_server import http_server
from bot.service.retention import Retention
from bot.service.service import Service, Task, periodic
from tests.inbox_setup import InboxSetup, dead_letters_of, health_of, question


class Process:
    """A service over a real inbox, and what it did, in its order."""

    def __init__(self, setup: InboxSetup, background_task: Task | None = None) -> None:
        self.did: list[str] = []
        self.serving = asyncio.Event()
        self.service = Service(
            worker=setup.worker,
            http_server=http_server(health_of(setup), dead_letters_of(setup), setup.metrics, None),
            connect=self._step("connect"),
            disconnect=self._step("disconnect"),
            leave=self._step("leave"),
            stop_sending=lambda: self.did.append("stop sending"),
            background_tasks=(self._background_task, *([background_task] if background_task else [])),
            connected_tasks=(self._step("intake"), self._connected_task),
            reload=lambda: self.did.append("reload"),
        )

    def _step(self, name: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a coroutine function
        async def step() -> None:
            self.did.append(name)

        return step

    async def _background_task(self) -> None:
        self.did.append("background task")
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
    assert process.did[-3:] == ["stop sending", "disconnect", "leave"]
    assert {"connect", "background task", "intake", "connected task"} < set(process.did)


async def test_a_server_that_fails_ends_it(inbox_setup: InboxSetup, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever started the process starts it again; a deaf bot that lives on would be worse."""
    process = Process(inbox_setup)

    async def serve(_sockets: Sequence[socket.socket]) -> None:
        await process.serving.wait()
        raise RuntimeError("canary")

    monkeypatch.setattr(process.service.http_server, "serve", serve)
    with socket.create_server(("127.0.0.1", 0)) as listening, pytest.raises(RuntimeError, match="canary"):
        await asyncio.wait_for(process.service.run([listening]), 20)
    assert process.did[-3:] == ["stop sending", "disconnect", "leave"]


FAILURES: dict[str, Exception] = {
    "the store": StoreError("The disk is full"),
    "a fault of ours": RuntimeError("canary"),
    "one of several at once": ExceptionGroup("canaries", [OSError("canary")]),
    "memory": MemoryError(),
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES.keys())
@pytest.mark.parametrize("is_periodic", [True, False], ids=["periodic", "once"])
async def test_upkeep_that_fails_is_done_again(
    inbox_setup: InboxSetup, monkeypatch: pytest.MonkeyPatch, failure: Exception, *, is_periodic: bool
) -> None:
    """It is logged, and members are answered meanwhile."""
    monkeypatch.setattr("bot.telegram.intake.backoff", lambda _failures: 0.01)
    failed, done = 0, asyncio.Event()

    async def step() -> None:
        nonlocal failed
        if not inbox_setup.notes.handled or failed < 3:
            failed += 1
            raise failure
        done.set()
        await asyncio.Event().wait()

    process = Process(inbox_setup, partial(periodic, step, every_s=0) if is_periodic else step)
    running = asyncio.create_task(process.service.run([]))
    await inbox_setup.receiver.receive([question(1, "几点")])
    async with asyncio.timeout(20):
        await done.wait()
        os.kill(os.getpid(), signal.SIGTERM)
        await running
    assert failed >= 3
    assert inbox_setup.notes.handled == ["几点"]


async def test_retention_that_fails_is_done_again(
    inbox_setup: InboxSetup, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """As the bot runs it, over a store that is gone for a while."""
    monkeypatch.setattr("bot.telegram.intake.backoff", lambda _failures: 0.01)
    monkeypatch.setattr("bot.service.retention._EVEN_S", 0.0)
    purged = asyncio.Event()
    loop = asyncio.get_running_loop()

    def purge() -> int:
        deleted = inbox_setup.database.purge(timedelta(days=180))
        loop.call_soon_threadsafe(purged.set)
        return deleted

    retention = Retention(purge)
    away = (tmp_path / "bot.db").rename(tmp_path / "away")
    upkeep = asyncio.create_task(periodic(partial(asyncio.to_thread, retention.purge), every_s=600))
    async with asyncio.timeout(20):
        while "bot.db is gone" not in caplog.text:
            await asyncio.sleep(0.005)
        away.rename(tmp_path / "bot.db")
        await purged.wait()
    upkeep.cancel()
