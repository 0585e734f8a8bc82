"""The fake Bot API notes every call that the real one would refuse."""

from typing import Any

import pytest

from tests.fake_bot_api import FakeBotApi

BUTTON = {"text": "a", "callback_data": "b"}
CALLS: dict[str, tuple[str, dict[str, Any], str]] = {
    "a sound call": (
        "sendMessage",
        {"chat_id": 7, "text": "a", "reply_markup": {"inline_keyboard": [[BUTTON]]}},
        "",
    ),
    "no such method": ("sendMassage", {"chat_id": 7, "text": "a"}, "no such method"),
    "a field is missing": ("sendMessage", {"chat_id": 7}, "text"),
    "a field of another type": ("sendMessage", {"chat_id": [7], "text": "a"}, "chat_id"),
    "an unknown field": ("sendMessage", {"chat_id": 7, "text": "a", "txet": "a"}, "unknown field txet"),
    "an unknown field inside": (
        "sendMessage",
        {"chat_id": 7, "text": "a", "reply_markup": {"inline_keyboard": [[BUTTON | {"color": "red"}]]}},
        "unknown field reply_markup.inline_keyboard.color",
    ),
}


@pytest.mark.parametrize(("method", "fields", "expected"), CALLS.values(), ids=CALLS.keys())
def test_calls_are_checked(method: str, fields: dict[str, Any], expected: str) -> None:
    """What is wrong with a call is noted, in one line."""
    api = FakeBotApi()
    api._check(method.lower(), fields)
    assert len(api.invalid) == bool(expected)
    assert all(expected in line for line in api.invalid)
