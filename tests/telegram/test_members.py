"""What members do on Telegram, to what goes out, over HTTP."""

from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup
from telegram.ext import ExtBot

from bot.conversation.context import ConversationMemory
from bot.conversation.forms import Form, Standing, Task, stored
from bot.conversation.reply import Reply
from bot.errors import DeliveryError, StoreError
from bot.inbox.encryption import Encryption
from bot.inbox.updates import Place, Update
from bot.metrics import Metrics
from bot.store.records import Miss, Records
from bot.telegram.admins import AdminHandlers
from bot.telegram.client import Transport
from bot.telegram.members import MemberHandlers
from bot.telegram.messages import Messages, split
from bot.telegram.notifier import SubscriptionNotifier
from bot.telegram.quotas import DailyQuota, MemberRateLimit
from bot.telegram.router import Router
from bot.telegram.shared_memory import SharedMemory
from bot.text import normalise
from bot.texts import admins as admins_texts
from tests.admin_setup import ADMIN, AdminSetup
from tests.clocks import Clock
from tests.conftest import CANTEEN
from tests.fake_bot_api import TOKEN, Failure, FakeBotApi, serving
from tests.telegram_html import visible

GROUP = -9000
A_MINUTE = 20
"""What one member may do a minute: messages and presses together, and inline queries."""
DAILY = 3
"""Misses, and opinions, that one member may add a day."""


class Handlers:
    """The handlers of members, inline queries and admins, and what they sent. They begin with no memory."""

    def __init__(
        self, api: FakeBotApi, bot: ExtBot[None], setup: AdminSetup, shared: SharedMemory | None = None
    ) -> None:
        self.api = api
        self.bot = bot
        messages = Messages(bot)
        self.setup = setup
        self._updates = 0
        self.notifier = SubscriptionNotifier(
            messages, setup.subscriptions, Encryption(TOKEN), setup.lifecycle, setup.members
        )
        members = MemberHandlers(
            setup.current,
            replace(setup.members, memory=ConversationMemory(setup.clock.timestamp)),
            messages,
            rate_limit=MemberRateLimit(A_MINUTE),
            typing_limit=MemberRateLimit(A_MINUTE),
            quota=DailyQuota(DAILY),
            usage=setup.usage,
            notifier=self.notifier,
            corrections=setup.corrections,
            metrics=Metrics(),
            shared=shared,
        )
        admins = AdminHandlers(messages, setup.conversation, setup.usage, setup.encryption, [ADMIN.id], GROUP)
        self._router = Router(bot, members, admins)
        self.messages = messages

    async def records(self, age_s: float = 0.0, *, followed: bool = False, **update: Any) -> Records:
        """Handle one raw update, which another one of its chat may follow; what is to be kept of it."""
        self._updates += 1
        raw = {"update_id": self._updates, **update}
        return await self._router.handle(Update.model_validate(raw), age_s, lambda: followed)

    async def handle(self, age_s: float = 0.0, *, followed: bool = False, **update: Any) -> Sequence[Miss]:
        """Handle one raw update; what was missed in it."""
        return (await self.records(age_s, followed=followed, **update)).misses

    def calls(self) -> list[str]:
        """What was called, after the start."""
        return [method for method, _ in self.api.calls if method != "getme"]

    def sent(self) -> dict[str, Any]:
        """The only message."""
        (fields,) = (fields for method, fields in self.api.calls if method in {"sendmessage", "editmessagetext"})
        return fields


@pytest.fixture
async def handlers(tmp_path: Path) -> AsyncIterator[Handlers]:
    with serving(FakeBotApi()) as api:
        async with ExtBot[None](TOKEN, f"{api.url}/bot", request=Transport()) as bot:
            with closing(AdminSetup(CANTEEN, tmp_path, Clock())) as setup:
                yield Handlers(api, bot, setup)
        assert api.invalid == []


MEMBER = {"id": 7, "is_bot": False, "first_name": "张三"}


def message(chat: int = 7, **content: Any) -> dict[str, Any]:
    kind = "private" if chat > 0 else "supergroup"
    return {"message_id": 3, "date": 1780000000, "chat": {"id": chat, "type": kind}, "from": MEMBER, **content}


async def pressed(handlers: Handlers, data: str) -> dict[str, Any]:
    """A press under a message that the bot has sent."""
    shown = await handlers.bot.send_message(7, "是哪一个？")
    handlers.api.calls.clear()
    under = message(reply_to_message=message(text="开饭安排"), text="是哪一个？") | {"message_id": shown.message_id}
    return {"id": "9", "from": MEMBER, "data": data, "message": under}


@pytest.mark.parametrize(
    ("age_s", "calls"), [(10, ["answercallbackquery", "editmessagetext"]), (151, ["editmessagetext"])]
)
async def test_a_button_pressed_long_ago_is_answered_in_the_chat(
    handlers: Handlers, age_s: float, calls: list[str]
) -> None:
    """Only its acknowledgement is skipped: Telegram knows it no more."""
    await handlers.handle(age_s, callback_query=await pressed(handlers, "a:q:opening"))
    assert handlers.calls() == calls
    assert "早上七点开门。" in handlers.sent()["text"]


async def test_a_button_that_telegram_forgot_is_answered_all_the_same(handlers: Handlers) -> None:
    """It may be older than we know."""
    handlers.api.fail_next("answerCallbackQuery", 400)
    await handlers.handle(callback_query=await pressed(handlers, "a:q:opening"))
    assert "早上七点开门。" in handlers.sent()["text"]


async def test_none_of_these_is_a_miss_of_the_question_above(handlers: Handlers) -> None:
    """It is found in the chat, not in the store."""
    (miss,) = await handlers.handle(callback_query=await pressed(handlers, "none"))
    assert miss.question == "开饭安排"


async def test_in_a_group_a_reply_stands_under_its_question(handlers: Handlers) -> None:
    """And in its topic."""
    topic = {"is_topic_message": True, "message_thread_id": 5}
    await handlers.handle(message=message(-1007, text="@campaign_faq_bot 补办饭卡", **topic))
    assert (handlers.sent()["chat_id"], handlers.sent()["message_thread_id"]) == (-1007, 5)
    assert handlers.sent()["reply_parameters"]["message_id"] == 3


async def test_a_group_is_greeted_in_its_language_and_not_for_ever(handlers: Handlers) -> None:
    """Of whoever added the bot; one who does so again and again is paced like everybody."""
    change = {
        "chat": {"id": -1007, "type": "supergroup"},
        "from": MEMBER | {"language_code": "zh-TW"},
        "date": 1780000000,
        "old_chat_member": {"status": "left"},
        "new_chat_member": {"status": "member"},
    }
    await handlers.handle(my_chat_member=change)
    assert handlers.sent()["chat_id"] == -1007
    assert "@campaign_faq_bot 加上問題" in handlers.sent()["text"]
    for _ in range(A_MINUTE + 2):
        await handlers.handle(my_chat_member=change)
    assert handlers.calls() == ["sendmessage"] * A_MINUTE


MEANT = {
    "a mention": "@campaign_faq_bot 补办饭卡",
    "a mention with a character at once after it": "@campaign_faq_bot补办饭卡",
    "a mention after /ask": "/ask @Campaign_FAQ_bot 补办饭卡",
    "/ask with its bot and a new line": "/ask@campaign_faq_bot\n补办饭卡",
}


@pytest.mark.parametrize("text", MEANT.values(), ids=MEANT.keys())
@pytest.mark.parametrize("chat", [7, -1007])
async def test_what_is_meant_for_the_bot_is_answered(handlers: Handlers, text: str, chat: int) -> None:
    """In a group, and by habit in a private chat."""
    await handlers.handle(message=message(chat, text=text))
    assert "工作证" in handlers.sent()["text"]


async def test_an_album_gets_one_line(handlers: Handlers) -> None:
    """Not one for each of its photos; its caption is answered."""
    for number in range(3):
        part = message(photo=[], media_group_id="5") | {"message_id": 10 + number}
        await handlers.handle(message=part)
    assert handlers.calls() == ["sendmessage"]


async def test_an_edit_that_leaves_the_words_is_none(handlers: Handlers) -> None:
    """Clients report more than members change."""
    asked = message(text="补办饭卡")
    await handlers.handle(message=asked)
    await handlers.handle(edited_message=asked | {"edit_date": 1780000001})
    assert handlers.calls() == ["sendmessage"]


async def test_a_press_counts_once(handlers: Handlers) -> None:
    """However often it is pressed."""
    press = await pressed(handlers, "none")
    assert [len(await handlers.handle(callback_query=press)) for _ in range(2)] == [1, 0]


async def test_who_presses_too_fast_is_told_once(handlers: Handlers) -> None:
    """The press is acknowledged all the same, and the message stays as it is."""
    press = await pressed(handlers, "a:q:opening")
    for _ in range(A_MINUTE):
        await handlers.handle(callback_query=press)
    handlers.api.calls.clear()
    press["data"] = "none"
    assert [await handlers.handle(callback_query=press) for _ in range(2)] == [(), ()]
    assert handlers.calls() == ["answercallbackquery"] * 2
    told, silent = (fields for method, fields in handlers.api.calls if method == "answercallbackquery")
    assert "发得太快" in told["text"]
    assert "text" not in silent


async def test_who_types_too_fast_after_the_bots_name_gets_no_results(handlers: Handlers) -> None:
    """Nor a word about it: each letter may be a query. Others are answered."""
    query = {"id": "5", "from": MEMBER, "query": "补办饭卡"}
    for _ in range(A_MINUTE + 2):
        await handlers.handle(inline_query=query)
    await handlers.handle(inline_query=query | {"id": "6", "from": MEMBER | {"id": 8}})
    answered = [fields["inline_query_id"] for method, fields in handlers.api.calls if method == "answerinlinequery"]
    assert answered == ["5"] * A_MINUTE + ["6"]


SILENT = {
    "an answer of its own, brought by inline mode": message(text="补办饭卡", via_bot={"id": 123456789}),
    "a channel's post": message(-1007, text="@campaign_faq_bot 补办饭卡", is_automatic_forward=True),
    "a command of another bot": message(-1007, text="/start@another_bot"),
    "an event in the chat": message(new_chat_title="x"),
}


@pytest.mark.parametrize("silent", SILENT.values(), ids=SILENT.keys())
async def test_what_is_not_meant_for_the_bot_gets_no_reply(handlers: Handlers, silent: dict[str, Any]) -> None:
    """Not even a refusal."""
    await handlers.handle(message=silent)
    assert handlers.calls() == []


async def test_who_blocked_the_bot_still_leaves_the_miss(handlers: Handlers) -> None:
    """The question was asked, whoever reads the reply."""
    handlers.api.fail_next("sendMessage", 403)
    (miss,) = await handlers.handle(message=message(text="写首诗送我妈"))
    assert miss.question == "写首诗送我妈"


async def test_what_can_not_be_edited_is_sent(handlers: Handlers) -> None:
    """The message may be gone from the chat, or too old."""
    press = await pressed(handlers, "a:q:opening")
    press["message"]["message_id"] = 99_999
    await handlers.handle(callback_query=press)
    assert handlers.calls() == ["answercallbackquery", "editmessagetext", "sendmessage"]


QUOTING: dict[str, tuple[dict[str, Any], bool, bool]] = {
    "the last message": (message(text="食堂几点开门"), False, False),
    "small talk": (message(text="谢谢"), False, False),
    "more was sent since": (message(text="食堂几点开门"), True, True),
    "its button needs the question": (message(text="开饭安排"), False, True),
    "there may be an answer later": (message(text="写首诗送我妈"), False, True),
    "in a group": (message(-1007, text="/ask 食堂几点开门"), False, True),
}


@pytest.mark.parametrize(("asked", "followed", "quotes"), QUOTING.values(), ids=QUOTING.keys())
async def test_a_reply_quotes_its_question_only_where_that_says_something(
    handlers: Handlers, asked: dict[str, Any], *, followed: bool, quotes: bool
) -> None:
    """Below the question itself a quotation is noise."""
    await handlers.handle(message=asked, followed=followed)
    assert handlers.sent().get("reply_parameters", {}).get("message_id") == (3 if quotes else None)


async def liked(handlers: Handlers) -> str:
    """The question that a thumb up is kept for, under the only reply, which quotes nothing."""
    (shown,) = handlers.api.sent()
    assert "reply_to_message" not in shown
    under = message(text=shown["text"]) | {"message_id": shown["message_id"]}
    query = {"id": "9", "from": MEMBER, "data": "u:d:opening", "message": under}
    (opinion,) = (await handlers.records(callback_query=query)).feedback
    return opinion.question


async def test_a_question_that_is_not_quoted_is_remembered(handlers: Handlers) -> None:
    """In memory."""
    await handlers.handle(message=message(text="食堂 几点开门"))
    assert await liked(handlers) == "食堂 几点开门"


async def test_a_question_that_was_changed_is_remembered_as_it_is_now(handlers: Handlers) -> None:
    """Its reply is edited."""
    asked = message(text="食堂几点关门")
    await handlers.handle(message=asked)
    await handlers.handle(edited_message=asked | {"text": "食堂 几点开门", "edit_date": 1780000001})
    assert await liked(handlers) == "食堂 几点开门"


async def test_after_a_restart_a_question_is_known_only_where_it_was_quoted(handlers: Handlers) -> None:
    """An opinion is then on the item's own question."""
    await handlers.handle(message=message(text="食堂 几点开门"))
    restarted = Handlers(handlers.api, handlers.bot, handlers.setup)
    assert await liked(restarted) == "食堂几点开门？"
    press = await pressed(restarted, "none")
    del press["message"]["reply_to_message"]
    assert await restarted.handle(callback_query=press) == ()
    assert "找不到原来的问题" in restarted.sent()["text"]


async def test_without_its_quotation_a_reply_still_knows_its_question(handlers: Handlers) -> None:
    """Where the quotation was refused; its buttons are about that question."""
    handlers.api.failure_rule = lambda _method, fields: Failure(400) if "reply_parameters" in fields else None
    await handlers.handle(message=message(text="写首诗送我妈"))
    (shown,) = handlers.api.sent()
    under = message(text=shown["text"]) | {"message_id": shown["message_id"]}
    press = {"id": "9", "from": MEMBER, "data": "w", "message": under}
    (subscription,) = (await handlers.records(callback_query=press)).subscriptions
    assert subscription.key == "写首诗送我妈"


async def test_what_is_opened_under_an_answer_is_another_message(handlers: Handlers) -> None:
    """It says what it answers, and quotes nothing, in a group too."""
    for chat in (7, -1007):
        press = await pressed(handlers, "a:r:opening")
        press["message"]["chat"]["id"] = chat
        await handlers.handle(callback_query=press)
        assert handlers.calls() == ["answercallbackquery", "sendmessage"]
        assert handlers.sent()["text"].startswith("<b>食堂几点开门？</b>\n\n早上七点开门。")
        assert "reply_parameters" not in handlers.sent()


WAYS_OUT: dict[str, tuple[dict[str, Any], str]] = {
    "a message": ({"message": message(text="补办饭卡")}, "sendmessage"),
    "an edited message": ({"callback_query": "a:q:card"}, "editmessagetext"),
    "an inline result": ({"inline_query": {"id": "5", "from": MEMBER, "query": "补办饭卡"}}, "answerinlinequery"),
}


@pytest.mark.parametrize(("update", "method"), WAYS_OUT.values(), ids=WAYS_OUT.keys())
async def test_html_that_telegram_refuses_goes_out_as_plain_text(
    handlers: Handlers, caplog: pytest.LogCaptureFixture, update: dict[str, Any], method: str
) -> None:
    """At once, with its buttons; the log says so once."""
    if "callback_query" in update:
        update = {"callback_query": await pressed(handlers, update["callback_query"])}
    handlers.api.refuses_html = True
    await handlers.handle(**update)
    first, second = (fields for name, fields in handlers.api.calls if name == method)
    contents = [
        fields["results"][0]["input_message_content"] if "results" in fields else fields for fields in (first, second)
    ]
    html, plain = (content.get("text") or content["message_text"] for content in contents)
    assert [content.get("parse_mode") for content in contents] == ["HTML", None]
    assert "\n\n<blockquote>出处：第一条；第二条</blockquote>" in html
    assert plain == visible(html)
    assert first.get("reply_markup") == second.get("reply_markup")
    assert [record.levelname for record in caplog.records if "HTML" in record.message] == ["WARNING"]


async def test_what_is_too_long_goes_out_in_plain_parts(handlers: Handlers) -> None:
    """Cut by what is seen: tags would be torn."""
    reply = Reply(Markup("<b>{}</b>\n{}").format("<水>" * 1365, "<山>" * 1365))
    await handlers.messages.send(Place(7), reply, None)
    await handlers.messages.edit(Place(7), handlers.api.sent()[0]["message_id"], reply, None)
    assert [shown["text"] for shown in handlers.api.sent()] == ["<水>" * 1365, "<山>" * 1365] * 2


async def test_tags_do_not_count(handlers: Handlers) -> None:
    """4,096 units that are seen are one message."""
    await handlers.messages.send(Place(7), Reply(Markup("<b>{}</b>").format("&" * 4096)), None)
    assert [shown["text"] for shown in handlers.api.sent()] == ["&" * 4096]


SPLITS = {
    "short": ("短", 10, ["短"]),
    "at the end of a paragraph": ("一二三\n\n四五六\n\n七八", 10, ["一二三\n\n四五六", "七八"]),
    "at the end of a line": ("一二三\n四五六七八九十", 10, ["一二三", "四五六七八九十"]),
    "anywhere": ("一二三四五六七", 3, ["一二三", "四五六", "七"]),
    "never within a character of two units": ("😀😀😀", 3, ["😀", "😀", "😀"]),
    "nothing": ("", 3, [""]),
}


@pytest.mark.parametrize(("text", "limit", "parts"), SPLITS.values(), ids=SPLITS.keys())
def test_a_long_text_is_split(text: str, limit: int, parts: list[str]) -> None:
    """By UTF-16 units, as Telegram counts."""
    assert split(text, limit) == parts


async def test_inline_results_are_kept_apart_by_characters(handlers: Handlers) -> None:
    """What Telegram keeps for one reader is not shown to another."""
    for tag in ("zh-hans", "zh-TW"):
        sender = {**MEMBER, "language_code": tag}
        await handlers.handle(inline_query={"id": "5", "from": sender, "query": "补办饭卡"})
    answers = [fields for method, fields in handlers.api.calls if method == "answerinlinequery"]
    assert [fields.get("is_personal", False) for fields in answers] == [True, True]
    assert [fields["results"][0]["title"] for fields in answers] == ["饭卡丢了怎么补？", "飯卡丟了怎麼補？"]
    assert [fields["cache_time"] for fields in answers] == [300, 300]


async def test_a_wish_is_sealed_with_where_it_was_made(handlers: Handlers) -> None:
    """Only when it is pressed; the address says where to reply."""
    asked = message(text="写首诗送我妈")
    assert (await handlers.records(message=asked)).subscriptions == ()
    press = await pressed(handlers, "w")
    press["message"]["reply_to_message"] = asked
    (subscription,) = (await handlers.records(callback_query=press)).subscriptions
    assert subscription.key == "写首诗送我妈"
    assert b"chat" not in subscription.address
    assert '"chat":7,"message":3' in Encryption(TOKEN).decrypt(subscription.address)


NOT_ADMINS: dict[str, dict[str, Any]] = {
    "somebody else": {"message": message(text="/missed")},
    "an admin in another group": {"message": message(-1007, text="/missed") | {"from": {**MEMBER, "id": ADMIN.id}}},
    "a group's anonymous admin": {"message": message(GROUP, text="/missed", sender_chat={"id": GROUP})},
}


@pytest.mark.parametrize("update", NOT_ADMINS.values(), ids=NOT_ADMINS.keys())
async def test_to_others_there_are_no_such_commands(handlers: Handlers, update: dict[str, Any]) -> None:
    """In private the ordinary answer, in a group none, as to any command that is not ours."""
    await handlers.handle(**update)
    texts = [fields["text"] for method, fields in handlers.api.calls if method == "sendmessage"]
    assert all("不认识这个命令" in text for text in texts)
    assert len(texts) == (update["message"]["chat"]["type"] == "private")


async def test_the_admins_group_may_become_a_supergroup(handlers: Handlers) -> None:
    """Admins go on working there, under its new id."""
    by_admin = {"from": {**MEMBER, "id": ADMIN.id}}
    await handlers.handle(message=message(-10077, migrate_from_chat_id=GROUP) | by_admin)
    assert handlers.calls() == []
    await handlers.handle(message=message(-10077, text="/missed") | by_admin)
    assert handlers.calls() == ["sendmessage"]


async def test_an_admins_button_does_nothing_for_others(handlers: Handlers) -> None:
    """It is acknowledged, and the card stays as it is."""
    await handlers.handle(callback_query=await pressed(handlers, "x:m:0"))
    assert handlers.calls() == ["answercallbackquery"]


BY_ADMIN = {"from": {**MEMBER, "id": ADMIN.id}}
ASKED = "写首诗送我妈"


async def sent_by_admin(handlers: Handlers, kind: str = "message", **content: Any) -> str:
    """What an admin is told of a message of theirs, of which everything is kept."""
    handlers.api.calls.clear()
    update: dict[str, Any] = {kind: message(ADMIN.id, **content) | BY_ADMIN}
    records = await handlers.records(**update)
    handlers.setup.usage.record(records)
    assert records.misses == ()
    return str(handlers.sent()["text"])


async def test_what_an_admin_changes_later_is_no_members_question(handlers: Handlers) -> None:
    """Not after a restart either, when it is not known any more what was typed for a form."""
    await sent_by_admin(handlers, text="/new")
    await sent_by_admin(handlers, text=ASKED)
    restarted = Handlers(handlers.api, handlers.bot, handlers.setup)
    told = await sent_by_admin(restarted, "edited_message", text=f"{ASKED}吧", edit_date=1780000001)
    assert "后来改的没算进去" in told
    assert f"新条目「{ASKED}」还没写完" in told


async def test_what_an_admin_changes_is_told_apart_by_what_is_kept(handlers: Handlers) -> None:
    """A command, a reply to a card, what was typed for a form that is done for hours; not what was asked after that."""
    other = Handlers(handlers.api, handlers.bot, handlers.setup)
    clock, change = handlers.setup.clock, {"edit_date": 1780000001}

    def now() -> int:
        return int(clock.timestamp())

    assert "后来改的没算进去" in await sent_by_admin(other, "edited_message", text="/missed 卡", **change)
    keyboard = {"inline_keyboard": [[{"text": "算了", "callback_data": "x:x:5::7"}]]}
    card = {"message_id": 2, "text": "请把回答发给我", "reply_markup": keyboard, "from": {"id": handlers.bot.id}}
    to_card = {"text": ASKED, "reply_to_message": card}
    assert "后来改的没算进去" in await sent_by_admin(other, "edited_message", **to_card, **change)

    await sent_by_admin(handlers, text="/new")
    typed_at = now()
    await sent_by_admin(handlers, text=ASKED)
    await sent_by_admin(handlers, text="/cancel")
    clock.now += timedelta(hours=3)
    told = await sent_by_admin(other, "edited_message", text=f"{ASKED}吧", **change | {"date": typed_at})
    assert "后来改的没算进去" in told
    asked = {"text": "食堂几点开门", "date": now(), "message_id": 9}
    assert "早上七点开门。" in await sent_by_admin(other, "edited_message", **asked, **change)


async def test_what_an_admin_changes_after_a_text_that_came_too_late_is_no_members_question(handlers: Handlers) -> None:
    """A form that is done says so once, and takes nothing more; what it took before is still known."""
    setup = handlers.setup
    typed_at = int(setup.clock.timestamp())
    setup.clock.now += timedelta(minutes=1)
    done = stored(Form(task=Task.ITEM, number=1, standing=Standing.DONE), ADMIN, setup.encryption)
    setup.usage.record(Records(forms=(done,)))
    assert "没有" in await sent_by_admin(handlers, text="写首诗送我妈", date=typed_at + 60)
    change: dict[str, Any] = {"edit_date": 1780000001, "date": typed_at}
    assert "后来改的没算进去" in await sent_by_admin(handlers, "edited_message", text=f"{ASKED}吧", **change)
    setup.clock.now += timedelta(minutes=1)
    asked = {"text": "食堂几点开门", "date": typed_at + 120, "message_id": 9}
    assert "早上七点开门。" in await sent_by_admin(handlers, "edited_message", **change | asked)


async def test_what_an_admin_changes_of_an_erased_form_is_no_members_question(handlers: Handlers) -> None:
    """What was deleted for good is no miss anew, also once the admin was told that the form is gone."""
    setup = handlers.setup
    await sent_by_admin(handlers, text="/new")
    typed_at = int(setup.clock.timestamp())
    await sent_by_admin(handlers, text=ASKED)
    assert setup.misses.forget(normalise(ASKED))
    setup.clock.now += timedelta(minutes=1)
    assert admins_texts.DRAFT_ERASED in await sent_by_admin(handlers, text="/missed")
    change = {"edit_date": 1780000001, "date": typed_at}
    assert "后来改的没算进去" in await sent_by_admin(handlers, "edited_message", text=f"{ASKED}吧", **change)


async def test_a_caption_is_typed_too(handlers: Handlers) -> None:
    """A form takes it."""
    await sent_by_admin(handlers, text="/new")
    assert f"标准问法：{ASKED}" in await sent_by_admin(handlers, caption=ASKED, photo=[])


async def test_a_reply_to_a_card_is_no_members_question(handlers: Handlers) -> None:
    """Even where nothing is known of a form any more: the card itself says whose it is."""
    keyboard = {"inline_keyboard": [[{"text": "算了", "callback_data": "x:x:5::7"}]]}
    card = {"message_id": 2, "text": "请把回答发给我", "reply_markup": keyboard, "from": {"id": handlers.bot.id}}
    told = await sent_by_admin(handlers, text=ASKED, reply_to_message=card)
    assert "也没有记成会员的问题" in told
    records = await handlers.records(message=message(ADMIN.id, text=ASKED) | BY_ADMIN)
    assert [miss.question for miss in records.misses] == [ASKED]


async def test_a_store_that_fails_for_long_costs_no_question(
    handlers: Handlers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The update is tried until the store works again: it counts once against its member's pace, and is a miss."""
    failures = iter(range(40))
    fits = handlers.setup.usage.has_capacity

    def has_capacity(records: Records) -> bool:
        if next(failures, None) is not None:
            raise StoreError("The database is locked.")
        return fits(records)

    monkeypatch.setattr(handlers.setup.usage, "has_capacity", has_capacity)
    asked = message(text="写首诗送我妈")
    for _ in range(40):
        with pytest.raises(StoreError):
            await handlers.handle(message=asked, update_id=1)
    (miss,) = await handlers.handle(message=asked, update_id=1)
    assert miss.question == "写首诗送我妈"
    assert "已经记下了" in handlers.sent()["text"]


async def test_what_is_not_kept_spends_no_quota(handlers: Handlers) -> None:
    """A reply that was not accepted is tried again, and its miss is counted when it is kept; a full quota is said."""
    asked = message(text="写首诗送我妈")
    handlers.api.failure_rule = lambda method, _: Failure(500) if method == "sendmessage" else None
    with pytest.raises(DeliveryError):
        await handlers.handle(message=asked)
    handlers.api.failure_rule = lambda _method, _fields: None
    for number in range(DAILY + 1):
        handlers.api.calls.clear()
        misses = await handlers.handle(message=message(text=f"写首诗送我妈{number}"))
        assert len(misses) == (number < DAILY)
        assert ("已经记下了" in handlers.sent()["text"]) == (number < DAILY)
