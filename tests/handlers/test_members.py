"""What members do on Telegram, to what goes out, over HTTP."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from telegram.ext import ExtBot

from bot.dialogue import Dialogue
from bot.faq import Faq
from bot.handlers.floods import FloodGuard, MissQuota
from bot.handlers.members import MemberHandlers
from bot.intake.transport import Transport
from bot.intake.updates import Update
from bot.knowledge import Knowledge
from bot.matching import Index, Matcher
from bot.metrics import Metrics
from bot.replies import Replies
from bot.store.interface import Miss
from tests.fake_bot_api import TOKEN, FakeBotApi, serving


class Desk:
    """The handlers of members, and what they sent."""

    def __init__(self, api: FakeBotApi, bot: ExtBot[None], knowledge: Knowledge) -> None:
        self.api = api
        dialogue = Dialogue(Faq(Matcher(Index.build(knowledge.base))), Replies(knowledge.base, 180))
        self._members = MemberHandlers(bot, dialogue, FloodGuard(20), MissQuota(20), lambda _: True, Metrics())

    async def handle(self, age_s: float = 0.0, **update: Any) -> Sequence[Miss]:
        """Handle one raw update."""
        return await self._members.handle(Update.model_validate({"update_id": 1, **update}), age_s)

    def calls(self) -> list[str]:
        """What was called, after the start."""
        return [method for method, _ in self.api.calls if method != "getme"]

    def sent(self) -> dict[str, Any]:
        """The only message."""
        (fields,) = (fields for method, fields in self.api.calls if method == "sendmessage")
        return fields


@pytest.fixture
async def desk(canteen: Knowledge) -> AsyncIterator[Desk]:
    with serving(FakeBotApi()) as api:
        async with ExtBot[None](TOKEN, f"{api.url}/bot", request=Transport()) as bot:
            yield Desk(api, bot, canteen)
        assert api.invalid == []


MEMBER = {"id": 7, "is_bot": False, "first_name": "张三"}


def message(chat: int = 7, **content: Any) -> dict[str, Any]:
    kind = "private" if chat > 0 else "supergroup"
    return {"message_id": 3, "date": 1780000000, "chat": {"id": chat, "type": kind}, "from": MEMBER, **content}


def pressed(data: str) -> dict[str, Any]:
    asked = message(text="开饭安排")
    return {"id": "9", "from": MEMBER, "data": data, "message": message(reply_to_message=asked, text="是哪一个？")}


@pytest.mark.parametrize(("age_s", "calls"), [(10, ["answercallbackquery", "sendmessage"]), (151, ["sendmessage"])])
async def test_a_button_pressed_long_ago_is_answered_in_the_chat(desk: Desk, age_s: float, calls: list[str]) -> None:
    """Only its acknowledgement is skipped: Telegram knows it no more."""
    await desk.handle(age_s, callback_query=pressed("a:opening"))
    assert desk.calls() == calls
    assert "早上七点开门。" in desk.sent()["text"]


async def test_a_button_that_telegram_forgot_is_answered_all_the_same(desk: Desk) -> None:
    """It may be older than we know."""
    desk.api.fail_next("answerCallbackQuery", 400)
    await desk.handle(callback_query=pressed("a:opening"))
    assert "早上七点开门。" in desk.sent()["text"]


async def test_none_of_these_is_a_miss_of_the_question_above(desk: Desk) -> None:
    """It is found in the chat, not in the store."""
    (miss,) = await desk.handle(callback_query=pressed("none"))
    assert miss.question == "开饭安排"


async def test_in_a_group_a_reply_stands_under_its_question(desk: Desk) -> None:
    """And in its topic."""
    topic = {"is_topic_message": True, "message_thread_id": 5}
    await desk.handle(message=message(-1007, text="补办饭卡", **topic))
    assert (desk.sent()["chat_id"], desk.sent()["message_thread_id"]) == (-1007, 5)
    assert desk.sent()["reply_parameters"]["message_id"] == 3


SILENT = {
    "a command of another bot": message(-1007, text="/start@another_bot"),
    "an event in the chat": message(new_chat_title="x"),
}


@pytest.mark.parametrize("silent", SILENT.values(), ids=SILENT.keys())
async def test_what_is_not_meant_for_the_bot_gets_no_reply(desk: Desk, silent: dict[str, Any]) -> None:
    """Not even a refusal."""
    await desk.handle(message=silent)
    assert desk.calls() == []


async def test_who_blocked_the_bot_still_leaves_the_miss(desk: Desk) -> None:
    """The question was asked, whoever reads the reply."""
    desk.api.fail_next("sendMessage", 403)
    (miss,) = await desk.handle(message=message(text="写首诗送我妈"))
    assert miss.question == "写首诗送我妈"
