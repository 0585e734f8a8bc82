"""Who wished it is told, as a reply; who can't be told any more is dropped, and nobody else is."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram.ext import ExtBot

from bot.inbox.encryption import Seal
from bot.store.records import Records, State
from bot.telegram.client import Transport
from bot.telegram.messages import Messages
from bot.telegram.notifier import Address, AnswerBack
from tests.clocks import Clock
from tests.conftest import CANTEEN
from tests.fake_bot_api import TOKEN, FakeBotApi, serving
from tests.workshop import Workshop

ASKED = "卡不见了找谁"
"""Answered by the canteen's rules, as if it had just been added."""


class Waiting:
    """Members who wait, and the one who tells them."""

    def __init__(self, api: FakeBotApi, bot: ExtBot[None], workshop: Workshop) -> None:
        self.api = api
        self.workshop = workshop
        self.answer_back = AnswerBack(Messages(bot), workshop.wishes, Seal(TOKEN), workshop.live)

    def wish(self, text: str, member: int, chat: int | None = None, language: str = "SIMPLIFIED") -> None:
        """A member asks in vain, and wants to be told."""
        address = Address(chat=chat or member, message=3, thread=None, language=language)
        self.workshop.miss(text)
        wish = self.answer_back.wish(text, member, address)
        self.workshop.journal.record(Records(wishes=(wish,)))

    def settle(self, state: State = State.VERIFIED) -> None:
        """Every miss has come to this end."""
        for row in self.workshop.missed.rows(list(State)):
            self.workshop.missed.set_state(row.id, state)

    def sent(self) -> list[tuple[int, str]]:
        """Who was told what."""
        return [(fields["chat_id"], fields["text"]) for method, fields in self.api.calls if method == "sendmessage"]


@pytest.fixture
async def waiting(tmp_path: Path) -> AsyncIterator[Waiting]:
    with serving(FakeBotApi()) as api:
        async with ExtBot[None](TOKEN, f"{api.url}/bot", request=Transport()) as bot:
            yield Waiting(api, bot, Workshop(CANTEEN, tmp_path, Clock()))
        assert api.invalid == []


async def test_they_are_told_once_under_their_question(waiting: Waiting) -> None:
    """In their language, in a group too."""
    waiting.wish(ASKED, 7)
    waiting.wish(ASKED, 8, chat=-1008)
    waiting.wish(ASKED, 9, language="ENGLISH")
    waiting.settle()
    for _ in range(2):
        await waiting.answer_back.tell()
    assert len(waiting.sent()) == 3
    told = dict(waiting.sent())
    assert set(told) == {7, -1008, 9}
    assert told[7].startswith("你问的这个，现在有答案了：\n\n到窗口补办")
    assert told[9].startswith("There is an answer to your question now:")
    replies = [fields["reply_parameters"] for method, fields in waiting.api.calls if method == "sendmessage"]
    assert {(one["message_id"], one["allow_sending_without_reply"]) for one in replies} == {(3, True)}


async def test_the_honest_end_is_told_too(waiting: Waiting) -> None:
    """That the text does not say it."""
    waiting.wish("盒饭收费标准", 7)
    waiting.settle(State.NOT_COVERED)
    await waiting.answer_back.tell()
    assert waiting.sent() == [(7, "你问的这个，管理员看过了：\n\n须知里没有说饭菜的价钱。")]


async def test_nobody_is_told_what_is_no_answer(waiting: Waiting) -> None:
    """An edit that was undone meanwhile leaves them waiting."""
    waiting.wish("写首诗送我妈", 7)
    waiting.settle()
    await waiting.answer_back.tell()
    assert waiting.sent() == []
    assert len(waiting.workshop.wishes.due()) == 1


LEFT = {
    "blocked": (403, "Forbidden: bot was blocked by the user", 0),
    "a chat that is gone": (400, "Bad Request: chat not found", 0),
}


@pytest.mark.parametrize(("status", "description", "left"), LEFT.values(), ids=LEFT.keys())
async def test_who_can_not_be_told_is_dropped(waiting: Waiting, status: int, description: str, left: int) -> None:
    """For good."""
    waiting.wish(ASKED, 7)
    waiting.settle()
    waiting.api.fail_next("sendMessage", status, description=description)
    await waiting.answer_back.tell()
    assert len(waiting.workshop.wishes.due()) == left


async def test_a_passing_fault_loses_nobody(waiting: Waiting) -> None:
    """They are told the next time."""
    waiting.wish(ASKED, 7)
    waiting.settle()
    waiting.api.fail_next("sendMessage", 500, description="Internal Server Error")
    await waiting.answer_back.tell()
    assert len(waiting.workshop.wishes.due()) == 1
    await waiting.answer_back.tell()
    assert waiting.workshop.wishes.due() == []


async def test_what_was_sealed_with_another_key_is_dropped(waiting: Waiting) -> None:
    """Nobody can be found in it any more."""
    waiting.wish(ASKED, 7)
    waiting.settle()
    other = AnswerBack(waiting.answer_back._messages, waiting.workshop.wishes, Seal("another"), waiting.workshop.live)
    await other.tell()
    assert waiting.workshop.wishes.due() == []
    assert waiting.sent() == []


async def test_who_is_forgotten_is_not_told(waiting: Waiting) -> None:
    """All their wishes, and nobody else's."""
    waiting.wish(ASKED, 7)
    waiting.wish("补办饭卡", 7, chat=-1008)
    waiting.wish(ASKED, 8)
    waiting.answer_back.forget(7)
    waiting.settle()
    await waiting.answer_back.tell()
    assert [chat for chat, _ in waiting.sent()] == [8]
