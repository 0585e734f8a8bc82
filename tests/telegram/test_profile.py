"""How the bot shows itself, as Telegram is told at each start."""

import logging
from typing import Any

import pytest
from telegram.ext import ExtBot

from bot.inbox.updates import Message
from bot.telegram.addressing import utterance
from bot.telegram.client import Transport
from bot.telegram.profile import follow_name, publish_profile
from bot.texts import admins as admins_texts
from bot.texts import members as members_texts
from tests.fake_bot_api import BOT, TOKEN, Failure, FakeBotApi, serving

ADMIN, GROUP = 5, -1005


async def published(api: FakeBotApi) -> list[tuple[str, dict[str, Any]]]:
    """The calls that publish the profile of a bot with one admin and an admins' group."""
    async with ExtBot[None](TOKEN, f"{api.url}/bot", request=Transport()) as bot:
        await publish_profile(bot, "动员讲话", [ADMIN], GROUP)
    assert api.invalid == []
    return [(method, fields) for method, fields in api.calls if method != "getme"]


async def test_members_see_it_in_their_language() -> None:
    """Chinese for Chinese clients, English for all others; it names the speech."""
    with serving(FakeBotApi()) as api:
        calls = await published(api)
    commands = {
        fields.get("language_code"): {command["command"]: command["description"] for command in fields["commands"]}
        for method, fields in calls
        if method == "setmycommands" and "scope" not in fields
    }
    assert commands["zh"] == members_texts.COMMANDS
    assert commands[None].keys() == members_texts.COMMANDS.keys()
    assert all(description.isascii() for description in commands[None].values())
    descriptions = [fields["description"] for method, fields in calls if method == "setmydescription"]
    assert len(descriptions) == 2
    assert all("动员讲话" in description for description in descriptions)
    assert [method for method, _ in calls].count("setmyshortdescription") == 2


async def test_what_few_need_is_in_no_menu() -> None:
    """Members are told of it where they need it."""
    with serving(FakeBotApi()) as api:
        calls = await published(api)
    menus = [fields["commands"] for method, fields in calls if method == "setmycommands"]
    assert menus
    assert not {"forget", "whoami"} & {command["command"] for menu in menus for command in menu}


async def test_admins_see_their_commands_too() -> None:
    """In their private chat and in their group, and nobody else."""
    with serving(FakeBotApi()) as api:
        calls = await published(api)
    # They are set side by side, so they come in any order.
    scoped = sorted(
        (fields for _, fields in calls if "scope" in fields), key=lambda fields: -fields["scope"]["chat_id"]
    )
    assert [fields["scope"] for fields in scoped] == [{"type": "chat", "chat_id": chat} for chat in (ADMIN, GROUP)]
    for fields in scoped:
        names = [command["command"] for command in fields["commands"]]
        assert names == list(admins_texts.ADMIN_COMMANDS | members_texts.COMMANDS)


async def test_what_telegram_refuses_keeps_nothing_else_from_being_set() -> None:
    """An admin who never pressed start has no chat yet."""
    with serving(FakeBotApi()) as api:
        complete = len(await published(api))
        api.calls.clear()
        for _ in range(2):
            api.inject("setMyCommands", Failure(400))
        assert len(await published(api)) == complete


async def test_a_new_name_is_followed(api: FakeBotApi, caplog: pytest.LogCaptureFixture) -> None:
    """Mentions of it reach the bot, and those of the old one do not any more; only a change is logged."""
    caplog.set_level(logging.INFO, "bot")
    async with ExtBot[None](TOKEN, f"{api.url}/bot", request=Transport()) as bot:
        old, new = (Message.model_validate(GROUP_MESSAGE | {"text": f"/ask@{name} 几点"}) for name in (OLD, NEW))
        await follow_name(bot)
        assert caplog.text == ""
        assert [utterance(message, bot).is_foreign for message in (old, new)] == [False, True]
        api.bot["username"] = NEW
        await follow_name(bot)
        assert [utterance(message, bot).is_foreign for message in (old, new)] == [True, False]
        assert f"@{NEW}" in caplog.text


OLD, NEW = BOT["username"], "renamed_faq_bot"
GROUP_MESSAGE = {"message_id": 1, "date": 1, "chat": {"id": GROUP}, "from": {"id": 7}}
