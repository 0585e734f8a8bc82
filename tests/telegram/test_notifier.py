"""Who wished it is told, as a reply; who can't be told any more is dropped, and nobody else is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from telegram.ext import ExtBot

from bot.conversation.reply import Reply
from bot.inbox.encryption import Encryption
from bot.inbox.updates import Place
from bot.store.records import Records, State
from bot.telegram.client import Transport
from bot.telegram.deliveries import Address
from bot.telegram.messages import Messages
from bot.telegram.notifier import SubscriptionNotifier
from bot.texts.admins import BUTTON_NOTE, BUTTON_SEND, BUTTON_UNDO
from tests.admin_setup import AdminSetup
from tests.clocks import Clock
from tests.conftest import CANTEEN
from tests.fake_bot_api import TOKEN, Failure, FakeBotApi, serving

ASKED = "卡不见了找谁"
"""Answered by the canteen's rules, as if it had just been added."""
MISSED = "洗衣机把卡搅坏了"
"""Answered by them once it is added to an item."""


class Waiting:
    """Members who wait, and the one who tells them."""

    def __init__(self, api: FakeBotApi, bot: ExtBot[None], admin_setup: AdminSetup) -> None:
        self.api = api
        self.admin_setup = admin_setup
        self.messages = Messages(bot)
        self.notifier = self.notifier_with(Encryption(TOKEN))

    def notifier_with(self, encryption: Encryption) -> SubscriptionNotifier:
        """One that decrypts with this key."""
        setup = self.admin_setup
        return SubscriptionNotifier(self.messages, setup.subscriptions, encryption, setup.lifecycle, setup.members)

    def subscription(self, text: str, member: int, chat: int | None = None, language: str = "SIMPLIFIED") -> None:
        """A member asks in vain, and wants to be told."""
        address = Address(chat=chat or member, message=3, thread=None, language=language)
        self.admin_setup.miss(text)
        subscription = self.notifier.subscription(text, member, address)
        self.admin_setup.usage.record(Records(subscriptions=(subscription,)))

    def settle(self, state: State = State.VERIFIED) -> None:
        """Every miss has come to this end, and its answer has stood for a minute."""
        for row in self.admin_setup.misses.rows(list(State)):
            self.admin_setup.misses.set_state([row.id], state)
        self.admin_setup.lifecycle.settle(self.admin_setup.current.snapshot)
        self.later(60)

    def later(self, seconds: float) -> None:
        """So much time passes."""
        self.admin_setup.clock.now += timedelta(seconds=seconds)

    def left(self) -> int:
        """How many subscriptions there are."""
        return len(self.admin_setup.subscriptions.addresses())

    def add(self) -> Reply:
        """An admin adds the missed question to the nearest item, which has its answer then."""
        setup = self.admin_setup
        added = setup.press(setup.say("/missed"), "加到 1：饭卡丢了怎么补？")
        assert setup.states() == {MISSED: State.VERIFIED}
        return added

    def restart(self) -> None:
        """As after a start of the bot."""
        self.admin_setup.start()
        self.notifier = self.notifier_with(Encryption(TOKEN))
        self.notifier.find_unreadable()

    def sent(self) -> list[tuple[int, str]]:
        """Who was told what."""
        return [(fields["chat_id"], fields["text"]) for method, fields in self.api.calls if method == "sendmessage"]


@pytest.fixture
async def waiting(tmp_path: Path) -> AsyncIterator[Waiting]:
    with serving(FakeBotApi()) as api:
        async with ExtBot[None](TOKEN, f"{api.url}/bot", request=Transport()) as bot:
            with closing(AdminSetup(CANTEEN, tmp_path, Clock())) as setup:
                yield Waiting(api, bot, setup)
        assert api.invalid == []


async def test_they_are_told_once_under_their_question(waiting: Waiting) -> None:
    """In their language, in a group too."""
    waiting.subscription(ASKED, 7)
    waiting.subscription(ASKED, 8, chat=-1008)
    waiting.subscription(ASKED, 9, language="ENGLISH")
    waiting.settle()
    for _ in range(2):
        await waiting.notifier.tell()
    assert len(waiting.sent()) == 3
    told = dict(waiting.sent())
    assert set(told) == {7, -1008, 9}
    assert told[7].startswith("你问的这个，现在有答案了：\n\n到窗口补办")
    assert told[9].startswith("There is an answer to your question now:")
    replies = [fields["reply_parameters"] for method, fields in waiting.api.calls if method == "sendmessage"]
    assert {(one["message_id"], one["allow_sending_without_reply"]) for one in replies} == {(3, True)}


async def test_the_honest_end_is_told_too(waiting: Waiting) -> None:
    """That the text does not say it."""
    waiting.subscription("盒饭收费标准", 7)
    waiting.settle(State.NOT_COVERED)
    await waiting.notifier.tell()
    assert waiting.sent() == [(7, "你问的这个，管理员看过了：\n\n须知里没有说饭菜的价钱。")]


async def test_nobody_is_told_what_is_no_answer(waiting: Waiting) -> None:
    """An edit that was undone meanwhile leaves them waiting."""
    waiting.subscription("写首诗送我妈", 7)
    waiting.settle()
    await waiting.notifier.tell()
    assert waiting.sent() == []
    assert waiting.left() == 1


async def test_nobody_is_told_before_the_answer_has_stood_for_a_minute(waiting: Waiting) -> None:
    """Whether the bot was started anew in between or not."""
    waiting.subscription(MISSED, 7)
    waiting.add()
    for restarts in (False, True):
        waiting.later(29)
        if restarts:
            waiting.restart()
        await waiting.notifier.tell()
        assert waiting.sent() == []
    waiting.later(2)
    await waiting.notifier.tell()
    assert [chat for chat, _ in waiting.sent()] == [7]


async def test_what_is_undone_in_time_is_told_to_nobody(waiting: Waiting) -> None:
    """Who waits goes on waiting; what is added again has to stand for a minute again."""
    waiting.subscription(MISSED, 7)
    added = waiting.add()
    waiting.later(59)
    undone = waiting.admin_setup.press(added, BUTTON_UNDO)
    assert "已经撤销" in undone.text
    for seconds in (0, 10, 1000):
        waiting.later(seconds)
        await waiting.notifier.tell()
    assert (waiting.sent(), waiting.left()) == ([], 1)
    waiting.add()
    await waiting.notifier.tell()
    assert waiting.sent() == []
    waiting.later(60)
    await waiting.notifier.tell()
    assert [chat for chat, _ in waiting.sent()] == [7]


async def test_an_answer_that_is_changed_has_to_stand_again(waiting: Waiting) -> None:
    """Also if an editor changes it: what is told is what stood for a minute."""
    waiting.subscription(MISSED, 7)
    waiting.add()
    waiting.later(50)
    waiting.admin_setup.write("items.yaml", "带上工作证", "带上照片")
    waiting.admin_setup.edits.take_over()
    await waiting.notifier.tell()
    waiting.later(59)
    await waiting.notifier.tell()
    assert waiting.sent() == []
    waiting.later(1)
    await waiting.notifier.tell()
    ((_, told),) = waiting.sent()
    assert "带上照片" in told


async def test_a_note_is_told_at_once_in_place_of_an_answer(waiting: Waiting) -> None:
    """Under the question, in the member's language; whoever was told it does not wait any more."""
    waiting.subscription(MISSED, 7)
    waiting.subscription(MISSED, 9, language="ENGLISH")
    setup = waiting.admin_setup
    setup.press(setup.say("/missed"), BUTTON_NOTE)
    setup.press(setup.say("明天 <再来>。"), BUTTON_SEND)
    for _ in range(2):
        await waiting.notifier.tell()
    assert dict(waiting.sent()) == {
        7: "你问的这个，管理员给你回话了：\n\n明天 &lt;再来&gt;。",
        9: "An admin has replied to your question:\n\n明天 &lt;再来&gt;。",
    }
    assert waiting.left() == 0


LEFT = {
    "blocked": (403, "Forbidden: bot was blocked by the user", 0),
    "a chat that is gone": (400, "Bad Request: chat not found", 0),
}


@pytest.mark.parametrize(("status", "description", "left"), LEFT.values(), ids=LEFT.keys())
async def test_who_can_not_be_told_is_dropped(waiting: Waiting, status: int, description: str, left: int) -> None:
    """For good."""
    waiting.subscription(ASKED, 7)
    waiting.settle()
    waiting.api.fail_next("sendMessage", status, description=description)
    await waiting.notifier.tell()
    assert waiting.left() == left


async def test_who_may_have_been_told_is_not_told_again(waiting: Waiting) -> None:
    """It was sent as often as such a message is."""
    waiting.subscription(ASKED, 7)
    waiting.settle()
    waiting.api.inject("sendMessage", Failure(accepted=True))
    for _ in range(2):
        await waiting.notifier.tell()
    assert len(waiting.sent()) == 1


async def test_one_that_is_stuck_holds_up_nobody(waiting: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is left under way, and is not begun again."""
    monkeypatch.setattr("bot.telegram.deliveries._STUCK_S", 0.01)
    go_on, send = asyncio.Event(), Messages.send

    async def send_slowly(messages: Messages, place: Place, *args: Any) -> int | None:
        if place.chat == 7:
            await go_on.wait()
        return await send(messages, place, *args)

    monkeypatch.setattr(Messages, "send", send_slowly)
    for member in range(7, 20):
        waiting.subscription(ASKED, member)
    waiting.settle()
    while waiting.left() > 1:
        await asyncio.wait_for(waiting.notifier.tell(), 5)
    await waiting.notifier.tell()
    go_on.set()
    while waiting.left():
        await asyncio.wait_for(waiting.notifier.tell(), 5)
    assert sorted(chat for chat, _ in waiting.sent()) == list(range(7, 20))


async def test_a_passing_fault_loses_nobody(waiting: Waiting) -> None:
    """They are told the next time."""
    waiting.subscription(ASKED, 7)
    waiting.settle()
    waiting.api.fail_next("sendMessage", 500, description="Internal Server Error")
    await waiting.notifier.tell()
    assert waiting.left() == 1
    await waiting.notifier.tell()
    assert waiting.left() == 0


async def test_what_was_encrypted_with_another_key_waits_for_its_key(
    waiting: Waiting, caplog: pytest.LogCaptureFixture
) -> None:
    """It is counted apart, the operator is told, and with the former key the subscriber is."""
    waiting.subscription(ASKED, 7)
    other = waiting.notifier_with(Encryption("another"))
    assert other.find_unreadable() == 1
    assert "1 subscribers can't be told" in caplog.text
    setup = waiting.admin_setup
    setup.clustering.cluster_new()
    (cluster,) = setup.clusters.top(9)
    assert (cluster.waiting, cluster.unreachable, setup.subscriptions.count_waiting()) == (0, 1, 0)
    assert "🔕 还有 1 位" in waiting.admin_setup.say("/missed").text
    assert "🔕 有 1 位会员" in waiting.admin_setup.say("/status").text
    waiting.settle()
    await other.tell()
    assert waiting.sent() == []
    assert waiting.notifier.find_unreadable() == 0
    waiting.settle()
    await waiting.notifier.tell()
    assert [chat for chat, _ in waiting.sent()] == [7]
    assert waiting.left() == 0


async def test_who_is_forgotten_is_not_told(waiting: Waiting) -> None:
    """All their subscriptions, and nobody else's."""
    waiting.subscription(ASKED, 7)
    waiting.subscription("补办饭卡", 7, chat=-1008)
    waiting.subscription(ASKED, 8)
    waiting.notifier.forget(7)
    waiting.settle()
    await waiting.notifier.tell()
    assert [chat for chat, _ in waiting.sent()] == [8]
