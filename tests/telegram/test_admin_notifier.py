"""Admins are told each notice once, whatever happens between its telling and its delivery."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from markupsafe import Markup
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.conversation.callbacks import AdminAction, AdminCallback
from bot.conversation.reply import Button, Reply
from bot.errors import StoreError
from bot.inbox.encryption import Encryption
from bot.store.database import Database
from bot.store.notices import Notices
from bot.store.records import NoticeKind
from bot.telegram.admin_notifier import AdminNotifier
from bot.telegram.client import Transport
from bot.telegram.messages import Messages
from tests.clocks import Clock
from tests.fake_bot_api import TOKEN, Failure, FakeBotApi

ADMIN, OTHER = 5, 6
KNOWLEDGE, HEALTH, CHANGE = NoticeKind.KNOWLEDGE, NoticeKind.HEALTH, NoticeKind.CHANGE


class Admins:
    """Two admins, and what brings them notices, as it is after each start."""

    def __init__(self, api: FakeBotApi, bot: ExtBot[None], database: Database, clock: Clock) -> None:
        self.api = api
        self.bot = bot
        self.notices = Notices(database)
        self.clock = clock
        self.notifier = self.started()

    def started(self, secret: str = TOKEN) -> AdminNotifier:
        """What brings them notices after a start; one that was there before is as if killed."""
        return AdminNotifier(Messages(self.bot), self.notices, Encryption(secret), (ADMIN, OTHER), self.clock)

    def told(self, chat: int = ADMIN) -> list[str]:
        """What an admin got to read."""
        return [message["text"] for message in self.api.sent() if message["chat"]["id"] == chat]

    async def tell(self, kind: NoticeKind, text: str) -> None:
        """Something is to be told to both."""
        await self.notifier.tell(kind, Reply(text))

    async def fail(self, failure: Failure) -> None:
        """The next delivery fails."""
        self.api.inject("sendMessage", failure)
        with pytest.raises(TelegramError):
            await self.deliver()

    async def deliver(self, notifier: AdminNotifier | None = None, chat: int = ADMIN) -> None:
        """Deliver what waits for an admin."""
        notifier = notifier or self.notifier
        while notifier._unkept[chat] or self.notices.next(chat):
            await notifier.deliver_next(chat)


@pytest.fixture
async def admins(api: FakeBotApi, database: Database, clock: Clock) -> AsyncIterator[Admins]:
    async with ExtBot[None](TOKEN, f"{api.url}/bot", request=Transport()) as bot:
        yield Admins(api, bot, database, clock)


async def test_each_admin_is_told_once(admins: Admins) -> None:
    """One who is not reached holds up no other, and is told after the next start."""
    await admins.notifier.tell(HEALTH, Reply("又好了"))
    await admins.fail(Failure(500))
    await admins.deliver(chat=OTHER)
    assert (admins.told(), admins.told(OTHER)) == ([], ["又好了"])
    for _ in range(2):
        started = admins.started()
        for chat in (ADMIN, OTHER):
            await admins.deliver(started, chat)
    assert (admins.told(), admins.told(OTHER)) == (["又好了"], ["又好了"])


async def test_it_waits_for_what_is_told(admins: Admins) -> None:
    """Without looking for it again and again."""
    waiting = asyncio.create_task(admins.notifier.deliver_next(ADMIN))
    await asyncio.sleep(0)
    await admins.notifier.tell(HEALTH, Reply("又好了"))
    await asyncio.wait_for(waiting, 5)
    await asyncio.wait_for(admins.notifier.deliver_next(ADMIN), 5)
    assert admins.told() == ["又好了"]


async def test_the_newest_of_a_kind_is_told(admins: Admins) -> None:
    """During an outage many may come up."""
    await admins.tell(KNOWLEDGE, "两处错误")
    await admins.fail(Failure(502))
    await admins.tell(CHANGE, "又答上 3 个")
    await admins.tell(KNOWLEDGE, "改好了")
    await admins.deliver()
    assert admins.told() == ["又答上 3 个", "改好了"]


async def test_what_may_have_been_told_is_not_told_again(admins: Admins, caplog: pytest.LogCaptureFixture) -> None:
    """It was sent as often as such a message is."""
    await admins.tell(HEALTH, "又好了")
    admins.api.inject("sendMessage", Failure(accepted=True))
    await admins.deliver()
    await admins.deliver(admins.started())
    assert admins.told() == ["又好了"]
    assert "may have arrived" in caplog.text


REFUSED = {"blocked": Failure(403), "never pressed start": Failure(400, {"description": "Bad Request: chat not found"})}


@pytest.mark.parametrize("refusal", REFUSED.values(), ids=REFUSED.keys())
async def test_who_takes_no_messages_is_told_once_they_do(
    admins: Admins, refusal: Failure, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The notice is kept meanwhile, with a line in the log."""
    monkeypatch.setattr("bot.telegram.admin_notifier._REFUSED_S", 0.01)
    await admins.tell(HEALTH, "又好了")
    admins.api.inject("sendMessage", refusal)
    await admins.notifier.deliver_next(ADMIN)
    assert "A notice to an admin waits" in caplog.text
    assert admins.told() == []
    await admins.deliver(admins.started())
    assert admins.told() == ["又好了"]


async def test_a_notice_that_is_refused_itself_holds_up_no_other(admins: Admins) -> None:
    """However bare it is sent."""
    await admins.tell(KNOWLEDGE, "太长")
    await admins.tell(HEALTH, "又好了")
    admins.api.failure_rule = lambda _method, fields: Failure(413) if fields.get("text") == "太长" else None
    await admins.deliver()
    assert admins.told() == ["又好了"]


async def test_buttons_and_html_are_kept(admins: Admins) -> None:
    """As they were told; what looks like HTML in a plain text is none."""
    buttons = ((Button("看卡片", AdminCallback(AdminAction.SHOW_CARD, 3)),),)
    for text in ("<b>原话</b>", Markup("<b>重点</b>")):
        await admins.notifier.tell(CHANGE, Reply(text, buttons))
    await admins.deliver(admins.started())
    assert admins.told() == ["<b>原话</b>", "重点"]
    keys = [message["reply_markup"]["inline_keyboard"] for message in admins.api.sent()]
    assert keys == [[[{"text": "看卡片", "callback_data": "x:m:3"}]]] * 2


async def test_a_late_notice_says_from_when_it_is(admins: Admins, clock: Clock) -> None:
    """What it says may have passed since; the time is the clock's."""
    clock.zone = ZoneInfo("Asia/Shanghai")
    await admins.tell(KNOWLEDGE, "两处错误")
    clock.now += timedelta(hours=2)
    await admins.deliver()
    (told,) = admins.told()
    assert told.startswith("（这条是 5月31日 17:00 的")
    assert told.endswith("两处错误")


async def test_nothing_can_be_read_in_what_is_kept(admins: Admins, caplog: pytest.LogCaptureFixture) -> None:
    """It is encrypted; with another key it is dropped."""
    await admins.tell(CHANGE, "有人问：怎么请假")
    kept = admins.notices.next(ADMIN)
    assert kept
    assert "请假".encode() not in kept.content
    await admins.deliver(admins.started("another key"))
    assert admins.notices.next(ADMIN) is None
    assert "key or token has changed" in caplog.text
    assert admins.told() == []


async def test_what_can_not_be_stored_is_told_all_the_same(admins: Admins, monkeypatch: pytest.MonkeyPatch) -> None:
    """Admins may be the only ones to hear of a full disk."""

    def full(*_: object) -> None:
        raise StoreError("The disk is full")

    monkeypatch.setattr(admins.notices, "add", full)
    await admins.tell(HEALTH, "又好了")
    await admins.fail(Failure(500))
    await admins.deliver()
    assert admins.told() == ["又好了"]


async def test_a_delivery_that_can_not_be_noted_is_not_repeated(
    admins: Admins, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note is tried again, not the message."""

    def full(_notice_id: int) -> None:
        raise StoreError("The disk is full")

    await admins.tell(HEALTH, "又好了")
    with monkeypatch.context() as patch:
        patch.setattr(admins.notices, "settle", full)
        for _ in range(2):
            with pytest.raises(StoreError):
                await admins.deliver()
    await admins.deliver()
    assert admins.told() == ["又好了"]
    assert admins.notices.next(ADMIN) is None


async def test_a_delivery_under_way_at_the_end_is_noted(admins: Admins) -> None:
    """The next start does not tell it again."""
    loop, cancelled = asyncio.get_running_loop(), threading.Event()
    await admins.tell(HEALTH, "又好了")
    delivering = asyncio.create_task(admins.notifier.deliver_next(ADMIN))

    def end() -> None:
        delivering.cancel()
        loop.call_soon(cancelled.set)

    def end_meanwhile(method: str, _fields: dict[str, Any]) -> None:
        if method == "sendmessage":
            loop.call_soon_threadsafe(end)
            cancelled.wait(10)

    admins.api.failure_rule = end_meanwhile
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(delivering, 10)
    assert admins.told() == ["又好了"]
    assert admins.notices.next(ADMIN) is None


async def test_what_is_dropped_is_logged(admins: Admins, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """After three days without a delivery."""
    caplog.set_level(logging.WARNING)
    await admins.tell(HEALTH, "又好了")
    assert admins.notifier.drop_old() == 0
    clock.now += timedelta(days=4)
    assert admins.notifier.drop_old() == 2
    assert "2 notices to admins are dropped" in caplog.text
