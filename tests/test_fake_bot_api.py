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


ASKED_FOR: dict[str, list[dict[str, Any]]] = {
    "all": [{}],
    "messages alone": [{"allowed_updates": ["message"]}],
    "messages alone, said before": [{"allowed_updates": ["message"]}, {}],
    "all, said at last": [{"allowed_updates": ["message"]}, {"allowed_updates": []}],
}


@pytest.mark.parametrize("name", ASKED_FOR)
@pytest.mark.parametrize("method", ["getUpdates", "setWebhook"])
def test_a_bot_gets_what_it_asks_for(name: str, method: str) -> None:
    """As it said last; the rest does not wait for it either."""
    api = FakeBotApi()
    api.member_says("你好")
    api.bot_becomes("member", -7, before="left")
    for fields in ASKED_FOR[name]:
        api.call(method, fields | ({"url": "https://example.org/"} if method == "setWebhook" else {}))
    assert api.pending == (1 if "alone" in name else 2)


@pytest.mark.parametrize(("method", "fields", "expected"), CALLS.values(), ids=CALLS.keys())
def test_calls_are_checked(method: str, fields: dict[str, Any], expected: str) -> None:
    """What is wrong with a call is noted, in one line."""
    api = FakeBotApi()
    api._check(method.lower(), fields)
    assert len(api.invalid) == bool(expected)
    assert all(expected in line for line in api.invalid)


def shown(text: str) -> dict[str, Any]:
    """An inline result with this HTML."""
    content = {"message_text": text, "parse_mode": "HTML"}
    return {"type": "article", "id": "1", "title": "a", "input_message_content": content}


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "HTML": ("sendMessage", {"chat_id": 7, "text": "<b>a", "parse_mode": "HTML"}, "can't parse entities"),
    "HTML in an inline result": (
        "answerInlineQuery",
        {"inline_query_id": "5", "results": [shown("a & b")]},
        "can't parse entities",
    ),
    "a long text": ("sendMessage", {"chat_id": 7, "text": "😀" * 2049}, "message is too long"),
}
TAKEN = {
    "what looks like HTML": {"chat_id": 7, "text": "<b>a"},
    "the longest text, whose tags do not count": {
        "chat_id": 7,
        "text": f"<b>{'&lt;' * 4096}</b>",
        "parse_mode": "HTML",
    },
}


@pytest.mark.parametrize(("method", "fields", "expected"), REFUSED.values(), ids=REFUSED.keys())
def test_a_text_is_refused(method: str, fields: dict[str, Any], expected: str) -> None:
    """As Telegram does: the caller can do something about it."""
    status, answer = FakeBotApi().call(method, fields)
    assert (status, expected in answer["description"]) == (400, True)


@pytest.mark.parametrize("fields", TAKEN.values(), ids=TAKEN.keys())
def test_a_text_is_taken(fields: dict[str, Any]) -> None:
    """And all of it is seen."""
    assert FakeBotApi().call("sendMessage", fields)[0] == 200


def test_all_html_can_be_refused() -> None:
    """Plain text is taken."""
    api = FakeBotApi()
    api.refuses_html = True
    assert api.call("sendMessage", {"chat_id": 7, "text": "a", "parse_mode": "HTML"})[0] == 400
    assert api.call("sendMessage", {"chat_id": 7, "text": "a"})[0] == 200
