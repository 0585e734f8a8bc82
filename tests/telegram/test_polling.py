"""Long polling: when updates are fetched, and how long it has been since that went well."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import pytest
from telegram.ext import ExtBot

from bot.errors import StoreGoneError
from bot.telegram.client import Transport
from bot.telegram.intake import Cause, Poller
from tests.fake_bot_api import TOKEN, Failure, FakeBotApi
from tests.inbox_setup import InboxSetup


class Polling:
    """A poller over a real inbox, which fetches over HTTP once it was started."""

    def __init__(self, bot: ExtBot[None], inbox_setup: InboxSetup) -> None:
        self.bot = bot
        self.now = 0.0
        self.poller = Poller(bot, inbox_setup.receiver, now=lambda: self.now)
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
    polling.now += 130
    polling.start()
    await reached(lambda: fetches(api) == 2)
    assert polling.poller.silent_s() == 130
    api.member_says("几点")
    await reached(lambda: len(inbox_setup.inbox.waiting(())) == 1)
    assert polling.poller.silent_s() == 0


async def test_while_too_much_waits_nothing_is_fetched(
    api: FakeBotApi, inbox_setup: InboxSetup, polling: Polling
) -> None:
    """Telegram keeps it better than our memory, and gives it when there is capacity again."""
    inbox_setup.worker.has_capacity.clear()
    api.member_says("几点")
    polling.start()
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


async def test_a_webhook_of_another_program_is_deleted(
    api: FakeBotApi, inbox_setup: InboxSetup, polling: Polling, caplog: pytest.LogCaptureFixture
) -> None:
    """While it stands polling gets nothing. What waits is kept, and the log says so."""
    polling.start()
    await reached(lambda: api.polls == 1)
    api.another_program_sets_webhook("https://other.example.org/")
    api.member_says("几点")
    await reached(lambda: len(inbox_setup.inbox.waiting(())) == 1)
    assert polling.poller.fault() is None
    assert "A webhook is set" in caplog.text
    deletions = [fields for method, fields in api.calls if method == "deletewebhook"]
    assert len(deletions) == 1
    assert not any(fields.get("drop_pending_updates") for fields in deletions)


async def test_it_is_deleted_at_most_so_often(
    api: FakeBotApi, polling: Polling, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two programs that fight would otherwise do nothing else; meanwhile that is the fault."""
    monkeypatch.setattr("bot.telegram.intake.backoff", lambda _failures: 0.005)
    polling.start()
    await reached(lambda: api.polls == 1)
    for deletions in (1, 2):
        api.another_program_sets_webhook("https://other.example.org/")
        polling.now += 60 * (deletions - 1)
        await reached(lambda n=deletions: deletions_of(api) == n and api.polls == 1)  # type: ignore[misc]
    api.another_program_sets_webhook("https://other.example.org/")
    await reached(lambda: polling.poller.fault() is not None)
    fault = polling.poller.fault()
    assert fault
    assert fault.cause is Cause.TAKEN
    refused = fetches(api)
    await reached(lambda: fetches(api) > refused + 5)
    assert deletions_of(api) == 2
    polling.now += 120
    await reached(lambda: api.polls == 1)
    # Whether it lasts this time shows after the next pause alone.
    for over in (False, True):
        fetched = fetches(api)
        api.member_says("几点")
        await reached(lambda n=fetched: fetches(api) > n and api.polls == 1)  # type: ignore[misc]
        assert (polling.poller.fault() is None) is over
        polling.now += 240


async def test_a_second_poller_is_no_webhook(
    api: FakeBotApi, polling: Polling, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is deleted for it."""
    monkeypatch.setattr("bot.telegram.intake.backoff", lambda _failures: 0.005)
    for _ in range(3):
        api.fail_next("getUpdates", 409, description="Conflict: terminated by other getUpdates request")
    polling.start()
    await reached(lambda: api.polls == 1)
    assert polling.poller.fault() is None
    assert deletions_of(api) == 0


async def test_a_server_without_webhooks_is_polled(api: FakeBotApi, inbox_setup: InboxSetup, polling: Polling) -> None:
    """Nothing is deleted where nothing is in the way: an old server may not know that, or refuse it for hours."""
    api.failure_rule = lambda method, _: Failure(404) if method == "deletewebhook" else None
    polling.start()
    api.member_says("几点")
    await reached(lambda: len(inbox_setup.inbox.waiting(())) == 1)


def deletions_of(api: FakeBotApi) -> int:
    return sum(method == "deletewebhook" for method, _ in api.calls)
