"""Long polling: when updates are fetched, and how long it has been since that went well."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import pytest
from telegram.ext import ExtBot

from bot.errors import StoreGoneError
from bot.telegram.client import Transport
from bot.telegram.intake import Poller
from tests.fake_bot_api import TOKEN, FakeBotApi
from tests.inbox_setup import InboxSetup


class Polling:
    """A poller over a real inbox, which fetches over HTTP once it was started."""

    def __init__(self, bot: ExtBot[None], inbox_setup: InboxSetup) -> None:
        self.bot = bot
        self.poller = Poller(bot, inbox_setup.receiver)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self.poller.run())

    async def end(self) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task


@pytest.fixture
async def polling(api: FakeBotApi, inbox_setup: InboxSetup) -> AsyncIterator[Polling]:
    async with ExtBot[None](TOKEN, f"{api.url}/bot", request=Transport(), get_updates_request=Transport()) as bot:
        polling = Polling(bot, inbox_setup)
        yield polling
        await polling.end()


def fetches(api: FakeBotApi) -> int:
    return sum(method == "getupdates" for method, _ in api.calls)


async def reached(state: Callable[[], bool]) -> None:
    """Wait for a state."""
    async with asyncio.timeout(20):
        while not state():
            await asyncio.sleep(0.005)


async def test_it_is_silent_until_a_fetch_succeeds(
    api: FakeBotApi, inbox_setup: InboxSetup, polling: Polling, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refusal is no sign of life: health is red once that has lasted."""
    monkeypatch.setattr("bot.telegram.intake.backoff", lambda _failures: 0)
    api.fail_next("getUpdates", 500)
    started = time.monotonic()
    polling.start()
    await reached(lambda: fetches(api) == 2)
    lasted = time.monotonic() - started
    assert polling.poller.silent_s() >= lasted
    asked = time.monotonic()
    api.member_says("几点")
    await reached(lambda: len(inbox_setup.inbox.waiting(())) == 1)
    assert polling.poller.silent_s() <= time.monotonic() - asked


async def test_while_too_much_waits_nothing_is_fetched(
    api: FakeBotApi, inbox_setup: InboxSetup, polling: Polling
) -> None:
    """Telegram keeps it better than our memory, and gives it when there is capacity again."""
    inbox_setup.worker.has_capacity.clear()
    api.member_says("几点")
    polling.start()
    await reached(lambda: any(method == "deletewebhook" for method, _ in api.calls))
    for _ in range(5):
        # Calls in the meantime: a fetch would have been made.
        await polling.bot.get_me()
    assert fetches(api) == 0
    inbox_setup.worker.has_capacity.set()
    await reached(lambda: len(inbox_setup.inbox.waiting(())) == 1)


async def test_what_is_not_kept_any_more_is_not_acknowledged(
    api: FakeBotApi, inbox_setup: InboxSetup, polling: Polling, tmp_path: Path
) -> None:
    """A fetch acknowledges what came before it; Telegram keeps that until the file is back."""
    api.member_says("几点")
    await polling.poller._poll()
    away = (tmp_path / "bot.db").rename(tmp_path / "away")
    api.member_says("几号")
    with pytest.raises(StoreGoneError):
        await polling.poller._poll()
    assert api.pending == 2
    away.rename(tmp_path / "bot.db")
    await polling.poller._poll()
    assert len(inbox_setup.inbox.waiting(())) == 2
