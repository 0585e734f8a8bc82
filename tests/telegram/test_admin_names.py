"""What admins are called."""

import pytest
from telegram.ext import ExtBot

from bot.telegram.admin_names import AdminNames
from bot.telegram.client import Transport
from tests.fake_bot_api import TOKEN, Failure, FakeBotApi, serving


@pytest.mark.parametrize(
    ("failure", "known"),
    [(None, {5: "管理员5"}), (Failure(400), {})],
    ids=["a chat", "no chat yet"],
)
async def test_names_are_those_that_telegram_tells(failure: Failure | None, known: dict[int, str]) -> None:
    """Who never pressed start has none."""
    with serving(FakeBotApi(lambda method, _: failure if method == "getchat" else None)) as api:
        async with ExtBot[None](TOKEN, f"{api.url}/bot", request=Transport()) as bot:
            names = AdminNames(bot, [5])
            await names.ask()
    assert names.names == known
    assert api.invalid == []
