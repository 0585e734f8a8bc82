"""Who wants to be told of a change is told once, under the answer that has changed."""

from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from telegram.ext import ExtBot

from bot.store.records import Records
from bot.telegram.client import Transport
from bot.telegram.corrections import CorrectionNotifier
from bot.telegram.deliveries import Address
from bot.telegram.messages import Messages
from tests.admin_setup import AdminSetup
from tests.clocks import Clock
from tests.conftest import CANTEEN
from tests.fake_bot_api import TOKEN, Failure, FakeBotApi, serving


class Followers:
    """Members who follow an answer that has changed, as an admin wants them to know."""

    def __init__(self, api: FakeBotApi, bot: ExtBot[None], setup: AdminSetup) -> None:
        self.api = api
        self.setup = setup
        self.notifier = CorrectionNotifier(Messages(bot), setup.corrections, setup.current, setup.members)

    def follow(self, *members: int, language: str = "SIMPLIFIED") -> None:
        """Members want to be told."""
        item = self.setup.current.snapshot.base.by_id["opening"]
        addresses = {
            member: Address(chat=member, message=3, thread=None, language=language).model_dump_json()
            for member in members
        }
        some = (self.setup.corrections.subscription(item, member, there) for member, there in addresses.items())
        self.setup.usage.record(Records(answer_subscriptions=tuple(some)))

    def approve(self) -> None:
        """The answer is changed, and an admin wants that to be told."""
        self.setup.write("items.yaml", "早上七点开门", "早上六点开门")
        self.setup.edits.take_over()
        assert self.setup.corrections.offer("opening")
        self.setup.corrections.approve("opening")

    def sent(self) -> dict[int, str]:
        """Who was told what; nobody twice."""
        texts = [(fields["chat_id"], fields["text"]) for method, fields in self.api.calls if method == "sendmessage"]
        assert len(dict(texts)) == len(texts)
        return dict(texts)

    def left(self) -> int:
        """How many are still to be told."""
        return len(self.setup.corrections.subscriptions.all())


@pytest.fixture
async def followers(tmp_path: Path) -> AsyncIterator[Followers]:
    with serving(FakeBotApi()) as api:
        async with ExtBot[None](TOKEN, f"{api.url}/bot", request=Transport()) as bot:
            with closing(AdminSetup(CANTEEN, tmp_path, Clock())) as setup:
                yield Followers(api, bot, setup)
        assert api.invalid == []


async def test_they_are_told_once(followers: Followers) -> None:
    """In their language, as a reply to the answer that they read, with the way to the whole of the new one."""
    followers.follow(7)
    followers.follow(8, language="ENGLISH")
    await followers.notifier.tell()
    assert followers.sent() == {}
    followers.approve()
    for _ in range(2):
        await followers.notifier.tell()
    told = followers.sent()
    assert told[7] == ("你让我留意的这一条变了：<b>食堂几点开门？</b>\n原来：早上七点开门。\n现在：早上六点开门。")
    assert told[8].startswith("This has changed, as you wanted to know:")
    assert followers.left() == 0
    (fields, _) = [fields for method, fields in followers.api.calls if method == "sendmessage"]
    assert fields["reply_parameters"]["message_id"] == 3
    assert fields["reply_parameters"]["allow_sending_without_reply"]
    assert [row[0]["callback_data"] for row in fields["reply_markup"]["inline_keyboard"]] == ["a:r:opening"]


async def test_many_are_told_a_few_at_a_time(followers: Followers) -> None:
    """So that a kill repeats few."""
    followers.follow(*range(7, 19))
    followers.approve()
    await followers.notifier.tell()
    assert len(followers.sent()) == 8
    await followers.notifier.tell()
    assert sorted(followers.sent()) == list(range(7, 19))


FAILED = {
    "blocked": (Failure(403), 0),
    "the network failed on the way back": (Failure(accepted=True), 0),
    "Telegram fails": (Failure(500), 1),
}


@pytest.mark.parametrize(("failure", "left"), FAILED.values(), ids=FAILED.keys())
async def test_only_who_was_surely_not_told_is_told_again(followers: Followers, failure: Failure, left: int) -> None:
    """Who may have been, or never can be, is forgotten."""
    followers.follow(7)
    followers.approve()
    followers.api.inject("sendMessage", failure)
    await followers.notifier.tell()
    assert followers.left() == left
    await followers.notifier.tell()
    assert followers.left() == 0
