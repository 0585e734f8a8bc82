"""Telegram's deliveries: 200 only for what is durable; and whether there are any."""

import gzip
import json
import zlib
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.errors import SettingsError, StoreError
from bot.service.asgi import listen
from bot.service.health import Problem
from bot.service.http_server import http_server
from bot.store.records import Entry
from bot.telegram.client import Transport
from bot.telegram.intake import Cause, IntakeFault
from bot.telegram.sending import SendingPolicy
from bot.telegram.webhook import Webhook, _same_address
from tests.fake_bot_api import TOKEN, Failure, FakeBotApi
from tests.inbox_setup import InboxSetup, dead_letters_of, health_of, question

SECRET = "s3cret"
URL = "https://bot.example.org/telegram"
RIGHT = {"X-Telegram-Bot-Api-Secret-Token": SECRET}


class Site:
    """The HTTP side, called without a network."""

    def __init__(self, inbox_setup: InboxSetup, url: str = URL) -> None:
        bot: ExtBot[None] = ExtBot("1:x")
        self.health = health_of(inbox_setup)
        webhook = Webhook(bot, inbox_setup.receiver, url, SECRET, inbox_setup.metrics)
        self.dead_letters = dead_letters_of(inbox_setup)
        self._web = http_server(self.health, self.dead_letters, inbox_setup.metrics, webhook)

    async def request(
        self, method: str, path: str, content: bytes = b"", headers: Mapping[str, Any] = RIGHT
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self._web.config.app)  # type: ignore[arg-type]  # uvicorn's is wider
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.request(method, f"http://bot{path}", content=content, headers=headers)


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


PATHS = {
    "a slash more": ("/telegram", "/telegram/", 200),
    "a slash less": ("/telegram/", "/telegram", 200),
    "a slash doubled": ("/telegram", "//telegram", 200),
    "no path at all": ("", "/", 200),
    "a colon in code": ("/bot%3Asecret", "/bot:secret", 200),
    "a colon in the clear": ("/bot:secret", "/bot%3Asecret", 200),
    "lower-case code": ("/bot%3asecret", "/bot%3Asecret", 200),
    "a space": ("/my%20bot", "/my%20bot", 200),
    "Chinese in code": ("/%E6%9C%BA", "/机", 200),
    "Chinese in the clear": ("/机", "/%E6%9C%BA", 200),
    "braces are no names": ("/{x}", "/%7Bx%7D", 200),
    "braces match nothing else": ("/{x}", "/y", 404),
    "a per cent sign": ("/100%25", "/100%25", 200),
    "stripped": ("/telegram", "/", 404),
    "other case": ("/telegram", "/Telegram", 404),
    "more behind it": ("/telegram", "/telegram/x", 404),
    "health is no delivery": ("/telegram", "/healthz", 404),
}


@pytest.mark.parametrize(("set_path", "path", "status"), PATHS.values(), ids=PATHS.keys())
async def test_one_path_has_many_spellings(inbox_setup: InboxSetup, set_path: str, path: str, status: int) -> None:
    """All of them are served, and no other path."""
    site = Site(inbox_setup, f"https://bot.example.org{set_path}")
    assert (await site.request("POST", path, delivery())).status_code == status


ADDRESSES = {
    "as it is": (URL, True),
    "host and scheme in capitals": ("HTTPS://Bot.Example.ORG/telegram", True),
    "the port named": ("https://bot.example.org:443/telegram", True),
    "another port": ("https://bot.example.org:8443/telegram", False),
    "a slash more": (f"{URL}/", True),
    "a letter in code": ("https://bot.example.org/%74elegram", True),
    "a dot behind the host": ("https://bot.example.org./telegram", True),
    "another host": ("https://bot2.example.org/telegram", False),
    "another path": ("https://bot.example.org/x", False),
    "a query": (f"{URL}?a=b", False),
    "none": ("", False),
    "no address": ("https://[", False),
}


@pytest.mark.parametrize(("told", "same"), ADDRESSES.values(), ids=ADDRESSES.keys())
def test_one_address_has_many_spellings(told: str, *, same: bool) -> None:
    """Telegram may tell another one than it was given."""
    assert _same_address(told, URL) is same


def test_an_international_host_has_two_spellings() -> None:
    """In characters and in ASCII."""
    assert _same_address("https://机器人.example/x", "https://xn--gmqz0qc7o.example/x")


GZIPPED = gzip.compress(json.dumps(question(1, "几点")).encode())
BODIES: dict[str, tuple[bytes, str, int]] = {
    "gzip": (GZIPPED, "gzip", 200),
    "deflate": (zlib.compress(json.dumps(question(1, "几点")).encode()), "deflate", 200),
    "gzip, cut off": (GZIPPED[:-9], "gzip", 400),
    "no gzip in spite of its name": (b"{}", "gzip", 400),
    "gzip of a body without end": (gzip.compress(b" " * ((1 << 20) + 1)), "gzip", 413),
    "an unknown encoding": (b"{}", "br", 415),
    "empty": (b"", "identity", 400),
    "cut off": (b"{", "identity", 400),
    "too deep": (b"[" * 100_000, "identity", 400),
    "not UTF-8": (b"\xff", "identity", 400),
    "a page of a proxy": (b"<html></html>", "identity", 400),
    "a number": (b"1" * 5000, "identity", 400),
    "nothing": (b"null", "identity", 400),
}


@pytest.mark.parametrize(("body", "encoding", "status"), BODIES.values(), ids=BODIES.keys())
async def test_what_telegram_did_not_send_is_not_acknowledged(
    site: Site, inbox_setup: InboxSetup, body: bytes, encoding: str, status: int
) -> None:
    """It sends the update again; what a proxy has packed is unpacked."""
    answer = await site.request("POST", "/telegram", body, {**RIGHT, "Content-Encoding": encoding})
    assert answer.status_code == status
    assert len(inbox_setup.inbox.waiting(())) == (status == 200)
    assert inbox_setup.inbox.dead_letters() == []


async def test_an_update_that_can_not_be_read_is_kept_and_comes_once(site: Site, inbox_setup: InboxSetup) -> None:
    """It becomes a dead letter; sent again for ever it would hold up its chat."""
    for _ in range(2):
        assert (await site.request("POST", "/telegram", b'{"update_id": 1, "message": 5}')).status_code == 200
    assert len(inbox_setup.inbox.dead_letters()) == 1


class Looked:
    """A webhook that is looked after over HTTP, on a clock that a test moves, and what is delivered to it."""

    def __init__(self, api: FakeBotApi, bot: ExtBot[None], inbox_setup: InboxSetup) -> None:
        self.api = api
        self.now = 0.0
        self.metrics = inbox_setup.metrics
        self.webhook = Webhook(bot, inbox_setup.receiver, URL, SECRET, self.metrics, lambda: self.now)
        self._web = http_server(health_of(inbox_setup), dead_letters_of(inbox_setup), self.metrics, self.webhook)
        self._errors = 0

    async def check_for(self, minutes: int) -> IntakeFault | None:
        """Check each minute for so long; what is at fault then."""
        for _ in range(minutes):
            self.now += 60
            await self.webhook.check()
        return self.webhook.fault()

    def reports(self, error: str, pending: int = 1) -> None:
        """From now on Telegram reports an error, and so many updates that wait."""
        self._errors += 1
        self.api.webhook_info = {"pending_update_count": pending}
        if error:
            self.api.webhook_info |= {"last_error_date": 1780000000 + self._errors, "last_error_message": error}

    async def deliver(self, path: str = "/telegram", headers: Mapping[str, str] = RIGHT) -> None:
        """Something is delivered."""
        transport = httpx.ASGITransport(self._web.config.app)  # type: ignore[arg-type]  # uvicorn's is wider
        async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
            await client.post(path, content=delivery(), headers=headers)

    @property
    def settings(self) -> int:
        """How often the webhook was set."""
        return sum(method == "setwebhook" for method, _ in self.api.calls)


@pytest.fixture
async def looked(api: FakeBotApi, inbox_setup: InboxSetup) -> AsyncIterator[Looked]:
    async with ExtBot[None](TOKEN, f"{api.url}/bot", request=Transport()) as bot:
        looked = Looked(api, bot, inbox_setup)
        await looked.webhook.set()
        yield looked


CHANGED: dict[str, tuple[dict[str, Any], bool]] = {
    "as it was set": ({}, False),
    "in another spelling": ({"url": "https://BOT.example.org:443/%74elegram/"}, False),
    "removed": ({"url": ""}, True),
    "another address": ({"url": "https://other.example.org/telegram"}, True),
    "other kinds of updates": ({"allowed_updates": ["message"]}, True),
    "a server that tells no kinds": ({"allowed_updates": []}, False),
}


@pytest.mark.parametrize(("told", "is_set"), CHANGED.values(), ids=CHANGED.keys())
async def test_what_another_program_changed_is_set_again(
    looked: Looked, caplog: pytest.LogCaptureFixture, told: dict[str, Any], *, is_set: bool
) -> None:
    """At the next check, with a line in the log; what waits is kept."""
    looked.api.webhook_info = told
    await looked.check_for(1)
    assert looked.settings == 1 + is_set
    assert ("it is set again" in caplog.text) is is_set
    set_again = looked.metrics.registry.get_sample_value("campaign_bot_webhook_set_again_total")
    assert set_again == is_set
    calls = [fields for method, fields in looked.api.calls if method == "setwebhook"]
    assert all(not fields.get("drop_pending_updates") and fields == calls[0] for fields in calls)


async def test_it_is_set_at_most_so_often(looked: Looked) -> None:
    """Two programs that fight would otherwise do nothing else; then health is red. It ends when the other ends."""
    looked.api.webhook_info = {"url": "https://other.example.org/"}
    counts = []
    for _ in range(8):
        await looked.check_for(1)
        counts.append(looked.settings - 1)
    assert counts == [1, 2, 2, 3, 3, 3, 3, 4]
    fault = looked.webhook.fault()
    assert fault
    assert fault.cause is Cause.TAKEN
    looked.api.webhook_info = {}
    assert await looked.check_for(20) is None
    looked.api.webhook_info = {"url": ""}
    await looked.check_for(1)
    assert looked.settings == 6


REPORTS = {
    "404": ("Wrong response from the webhook: 404 Not Found", Cause.PATH),
    "403": ("Wrong response from the webhook: 403 Forbidden", Cause.SECRET),
    "a redirection": ("Wrong response from the webhook: 301 Moved Permanently", Cause.REDIRECT),
    "413": ("Wrong response from the webhook: 413 Request Entity Too Large", Cause.BODY),
    "a proxy without a bot": ("Wrong response from the webhook: 502 Bad Gateway", Cause.UNREACHABLE),
    "no proxy": ("Connection refused", Cause.UNREACHABLE),
    "a firewall": ("Connection timed out", Cause.UNREACHABLE),
    "slow": ("Read timeout expired", Cause.UNREACHABLE),
    "an old certificate": ("SSL error {error:0A000086:SSL routines::certificate verify failed}", Cause.CERTIFICATE),
    "no such host": ("Failed to resolve host: Name or service not known", Cause.HOST),
    "something new": ("The moon is in the way", Cause.UNKNOWN),
    "no error, but nothing comes": ("", Cause.UNKNOWN),
}


@pytest.mark.parametrize(("report", "cause"), REPORTS.values(), ids=REPORTS.keys())
async def test_deliveries_that_fail_are_a_fault_after_some_minutes(looked: Looked, report: str, cause: Cause) -> None:
    """It says what Telegram reports and the likely cause, until something arrives."""
    looked.reports(report, pending=3)
    assert await looked.check_for(2) is None
    fault = await looked.check_for(1)
    assert fault == IntakeFault(cause, report, 3)
    assert report in str(fault)
    await looked.deliver()
    assert looked.webhook.fault() is None
    assert looked.metrics.registry.get_sample_value("campaign_bot_webhook_pending") == 3


async def test_errors_alone_are_a_fault(looked: Looked) -> None:
    """Where Telegram reports new ones and nothing arrives, but not for ever where nothing waits."""
    assert await looked.check_for(5) is None
    looked.reports("Connection refused", pending=0)
    assert await looked.check_for(3)
    assert await looked.check_for(10) is None


async def test_what_is_over_is_no_fault(looked: Looked) -> None:
    """An error from before the start, or before the last delivery; an update that is on its way."""
    looked.reports("Connection refused", pending=0)
    assert await looked.check_for(5) is None
    for _ in range(5):
        looked.reports("Connection refused", pending=1)
        await looked.deliver()
        assert await looked.check_for(1) is None
    looked.api.webhook_info = {}
    assert await looked.check_for(5) is None


SEEN_HERE: dict[str, tuple[str, dict[str, str], Cause]] = {
    "the path is stripped": ("/", RIGHT, Cause.PATH),
    "the header is dropped": ("/telegram", {}, Cause.SECRET),
    "another secret": ("/telegram", {"X-Telegram-Bot-Api-Secret-Token": "other"}, Cause.SECRET),
}


@pytest.mark.parametrize(("path", "headers", "cause"), SEEN_HERE.values(), ids=SEEN_HERE.keys())
async def test_what_arrives_spoilt_tells_the_cause(
    looked: Looked, path: str, headers: dict[str, str], cause: Cause
) -> None:
    """Better than Telegram's words. As it may be another program's setting, ours is set again."""
    looked.reports("Wrong response from the webhook: 400 Bad Request")
    for _ in range(3):
        await looked.deliver(path, headers)
        await looked.check_for(1)
    fault = looked.webhook.fault()
    assert fault
    assert fault.cause is cause
    assert looked.settings - 1 == 2


async def test_strangers_are_no_fault(looked: Looked) -> None:
    """Whoever knocks at the address without a secret, while Telegram has nothing to complain of."""
    for _ in range(5):
        await looked.deliver(headers={})
        assert await looked.check_for(1) is None
    assert looked.settings == 1


async def test_while_the_store_fails_the_proxy_is_not_blamed(looked: Looked, inbox_setup: InboxSetup) -> None:
    """What is refused for now has arrived."""
    inbox_setup.worker.has_capacity.clear()
    looked.reports("Wrong response from the webhook: 503 Service Unavailable")
    for _ in range(5):
        await looked.deliver()
        assert await looked.check_for(1) is None


async def test_it_is_silent_while_telegram_does_not_answer(looked: Looked) -> None:
    """And nothing is delivered: either is a sign of life."""
    looked.api.failure_rule = lambda method, _: Failure(500) if method == "getwebhookinfo" else None
    for silent in (60, 120):
        with pytest.raises(TelegramError):
            await looked.check_for(1)
        assert looked.webhook.silent_s() == silent
    await looked.deliver()
    assert looked.webhook.silent_s() == 0
    looked.now += 30
    looked.api.failure_rule = lambda _method, _: None
    await looked.webhook.check()
    assert looked.webhook.silent_s() == 0


async def test_it_is_silent_until_telegram_knows_the_address(looked: Looked) -> None:
    """Until then nothing can come in."""
    looked.api.fail_next("setWebhook", 500)
    looked.now += 200
    with pytest.raises(TelegramError):
        await looked.webhook.set()
    assert looked.webhook.silent_s() == 200
    await looked.webhook.set()
    assert looked.webhook.silent_s() == 0


async def test_a_server_that_knows_no_such_call_is_no_fault(
    api: FakeBotApi, inbox_setup: InboxSetup, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged once; the token is not blamed, since getMe works."""
    api.failure_rule = lambda method, _: Failure(404) if method == "getwebhookinfo" else None
    policy = SendingPolicy(inbox_setup.metrics)
    async with ExtBot(TOKEN, f"{api.url}/bot", request=Transport(), rate_limiter=policy) as bot:
        looked = Looked(api, bot, inbox_setup)
        assert await looked.check_for(3) is None
    assert looked.webhook.silent_s() == 0
    assert caplog.text.count("does not know getWebhookInfo") == 1


async def test_health_and_metrics_are_served(site: Site) -> None:
    """For the operator's programs; they tell counts alone. A process that knows what is wrong is alive."""
    green = await site.request("GET", "/healthz")
    assert (green.status_code, green.json()) == (200, {"faults": []})
    site.health.problems = [Problem.STORE]
    red = await site.request("GET", "/healthz")
    assert (red.status_code, red.json()) == (200, {"faults": ["the database can't commit"]})
    site.dead_letters.count, site.dead_letters.since = 2, datetime(2026, 5, 31, tzinfo=UTC)
    letters = (await site.request("GET", "/healthz")).json()["dead_letters"]
    assert letters == {"count": 2, "since": "2026-05-31T00:00:00+00:00"}
    metrics = await site.request("GET", "/metrics")
    assert 'campaign_bot_updates_finished_total{outcome="answered"} 0.0' in metrics.text


READINESS: dict[str, tuple[list[Problem], int]] = {
    "nothing is wrong": ([], 200),
    "the database can't commit": ([Problem.STORE], 503),
    "the database is gone": ([Problem.GONE, Problem.LATE], 503),
    "Telegram is silent, as it is to a replica that gets no deliveries": ([Problem.SILENT, Problem.INTAKE], 200),
    "git does not take edits": ([Problem.GIT], 200),
}


@pytest.mark.parametrize(("problems", "status"), READINESS.values(), ids=READINESS.keys())
async def test_it_is_ready_when_updates_can_be_taken_in(site: Site, problems: list[Problem], status: int) -> None:
    """A load balancer leaves out who is not ready, so that only what is at fault here counts."""
    site.health.problems = problems
    ready = await site.request("GET", "/readyz")
    assert (ready.status_code, ready.json()) == (status, {"ready": status == 200})


def test_an_address_that_is_taken_says_what_to_do() -> None:
    """One line that names the setting."""
    with listen("127.0.0.1", 0) as taken, pytest.raises(SettingsError, match="CAMPAIGN_BOT_LISTEN"):
        listen(*taken.getsockname())
