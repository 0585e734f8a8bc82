"""Telegram's deliveries: 200 only for what is durable."""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.errors import SettingsError, StoreError
from bot.service.dead_letters import DeadLetterReport
from bot.service.health import Health, Problem
from bot.service.http_server import http_server, listen
from bot.store.history import History
from bot.store.records import Entry
from bot.telegram.client import Transport
from bot.telegram.intake import Webhook
from tests.fake_bot_api import TOKEN, FakeBotApi
from tests.inbox_setup import InboxSetup, question

SECRET = "s3cret"
RIGHT = {"X-Telegram-Bot-Api-Secret-Token": SECRET}


class Site:
    """The HTTP side, called without a network."""

    def __init__(self, inbox_setup: InboxSetup) -> None:
        bot: ExtBot[None] = ExtBot("1:x")
        self.health = Health(inbox_setup.database, inbox_setup.missed, lambda: 0.0, lambda: 0.0, lambda _: None)
        webhook = Webhook(bot, inbox_setup.receiver, "https://bot.example.org/telegram", SECRET)
        self.dead_letters = DeadLetterReport(inbox_setup.inbox, History(inbox_setup.database), lambda _: None)
        self._web = http_server(self.health, self.dead_letters, inbox_setup.metrics, webhook)

    async def request(
        self, method: str, path: str, content: bytes = b"", headers: Mapping[str, Any] = RIGHT
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self._web.config.app)  # type: ignore[arg-type]  # uvicorn's is wider
        async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
            return await client.request(method, path, content=content, headers=headers)


@pytest.fixture
async def site(inbox_setup: InboxSetup) -> Site:
    return Site(inbox_setup)


def delivery(number: int = 1) -> bytes:
    return json.dumps(question(number, "几点")).encode()


REFUSED: dict[str, tuple[dict[str, Any], int]] = {
    "no secret": ({"headers": {}}, 403),
    "another secret": ({"headers": {"X-Telegram-Bot-Api-Secret-Token": "s3cres"}}, 403),
    "a secret that is no ASCII": ({"headers": {"X-Telegram-Bot-Api-Secret-Token": b"\xe9"}}, 403),
    "a body without end": ({"content": b" " * ((1 << 20) + 1)}, 413),
    "another method": ({"method": "GET"}, 405),
    "another path": ({"path": "/x"}, 404),
}


@pytest.mark.parametrize(("changed", "status"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_is_not_telegram_s_is_refused(
    site: Site, inbox_setup: InboxSetup, changed: dict[str, Any], status: int
) -> None:
    """And leaves nothing in the inbox."""
    request = {"method": "POST", "path": "/telegram", "content": delivery(), **changed}
    assert (await site.request(**request)).status_code == status
    assert inbox_setup.inbox.waiting(()) == []


async def test_a_delivery_is_acknowledged_when_it_is_durable(site: Site, inbox_setup: InboxSetup) -> None:
    """Twice the same is kept once, and acknowledged again."""
    for _ in range(2):
        assert (await site.request("POST", "/telegram", delivery())).status_code == 200
    assert len(inbox_setup.inbox.waiting(())) == 1


async def test_while_the_store_fails_it_is_503(
    site: Site, inbox_setup: InboxSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Telegram sends it again then."""

    def full(_entries: list[Entry]) -> None:
        raise StoreError("The disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(inbox_setup.inbox, "receive", full)
        answer = await site.request("POST", "/telegram", delivery())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert (await site.request("POST", "/telegram", delivery())).status_code == 200


async def test_while_too_much_waits_it_is_503(site: Site, inbox_setup: InboxSetup) -> None:
    """Telegram keeps it better than our memory."""
    inbox_setup.worker.has_capacity.clear()
    assert (await site.request("POST", "/telegram", delivery())).status_code == 503
    assert inbox_setup.inbox.waiting(()) == []


async def test_it_is_silent_until_telegram_knows_the_address(api: FakeBotApi, inbox_setup: InboxSetup) -> None:
    """Until then nothing can come in: health is red once that has lasted."""
    async with ExtBot[None](TOKEN, f"{api.url}/bot", request=Transport()) as bot:
        webhook = Webhook(bot, inbox_setup.receiver, "https://bot.example.org/telegram", SECRET)
        made = time.monotonic()
        api.fail_next("setWebhook", 500)
        with pytest.raises(TelegramError):
            await webhook.run()
        lasted = time.monotonic() - made
        assert webhook.silent_s() >= lasted
        await webhook.run()
        assert webhook.silent_s() == 0


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[" * 100_000, b"\xff", b"1" * 5000, b'{"update_id": 1, "message": 5}', b"null"]
)
async def test_what_can_not_be_read_is_kept_and_comes_once(site: Site, inbox_setup: InboxSetup, body: bytes) -> None:
    """It becomes a dead letter; sent again for ever it would hold up its chat."""
    for _ in range(2):
        assert (await site.request("POST", "/telegram", body)).status_code == 200
    assert len(inbox_setup.inbox.dead_letters()) == 1


async def test_health_and_metrics_are_served(site: Site) -> None:
    """For the operator's programs; they tell counts alone."""
    green = await site.request("GET", "/healthz")
    assert (green.status_code, green.json()) == (200, {"faults": []})
    site.health.problems = [Problem.STORE]
    red = await site.request("GET", "/healthz")
    assert (red.status_code, red.json()) == (503, {"faults": ["the database can't commit"]})
    site.dead_letters.count, site.dead_letters.since = 2, datetime(2026, 5, 31, tzinfo=UTC)
    letters = (await site.request("GET", "/healthz")).json()["dead_letters"]
    assert letters == {"count": 2, "since": "2026-05-31T00:00:00+00:00"}
    metrics = await site.request("GET", "/metrics")
    assert "campaign_bot_updates_received_total 0.0" in metrics.text


def test_an_address_that_is_taken_says_what_to_do() -> None:
    """One line that names the setting."""
    with listen("127.0.0.1", 0) as taken, pytest.raises(SettingsError, match="CAMPAIGN_BOT_LISTEN"):
        listen(*taken.getsockname())
