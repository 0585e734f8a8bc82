"""How calls reach Telegram, over HTTP on loopback."""

import json
import socket

import pytest
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.ext import ExtBot

from bot.metrics import Metrics
from bot.telegram import client as transport
from bot.telegram.client import NeverSentError, Transport, read_json
from bot.telegram.sending import SendingPolicy
from tests.clocks import VirtualTime
from tests.fake_bot_api import TOKEN, Failure, FakeBotApi, serving

FAULTS: dict[str, tuple[Failure, type[TelegramError]]] = {
    "no answer in time: it may have been taken": (Failure(accepted=True, hang_s=1), TimedOut),
    "a connection that breaks: the same": (Failure(), NetworkError),
    "a server error: the same": (Failure(500), NetworkError),
}


@pytest.mark.parametrize(("fault", "error"), FAULTS.values(), ids=FAULTS.keys())
async def test_what_may_have_been_taken(
    fault: Failure, error: type[TelegramError], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told apart from what can't have been."""
    monkeypatch.setattr(transport, "TIMEOUT_S", 0.1)
    with serving(FakeBotApi()) as api:
        async with ExtBot[None](TOKEN, f"{api.url}/bot", request=Transport()) as bot:
            api.inject("sendMessage", fault)
            with pytest.raises(error) as caught:
                await bot.send_message(7, "你好")
            assert type(caught.value) is error
            assert (await bot.send_message(7, "你好")).text == "你好"


async def test_what_can_not_have_been_taken() -> None:
    """Nobody listens there."""
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    sender = Transport()
    await sender.initialize()
    with pytest.raises(NeverSentError):
        await sender.do_request(f"http://127.0.0.1:{port}/", "POST")
    await sender.shutdown()


def test_a_number_that_python_refuses_takes_nothing_along() -> None:
    """Thousands of digits are read as infinity."""
    text = "[1, " + "9" * 5000 + "]"
    with pytest.raises(ValueError, match="digits"):
        json.loads(text)
    assert read_json(text) == [1, float("inf")]


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000])
def test_what_is_no_json(text: str) -> None:
    """One kind of error, however it is broken."""
    with pytest.raises(ValueError):  # noqa: PT011 - the parser's words do not matter
        read_json(text)
    with pytest.raises(NetworkError, match="CAMPAIGN_BOT_API_URL"):
        Transport.parse_json_payload(text.encode())


STRANGE = {
    "a page of a captive portal": b"<html>",
    "a list": b"[]",
    "a text": b'"bad gateway"',
    "null": b"null",
    "an object without a result": b"{}",
}


@pytest.mark.parametrize("answer", STRANGE.values(), ids=STRANGE.keys())
async def test_what_answers_in_telegram_s_place_is_no_fault_of_a_reply(
    answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried again, like any broken connection."""
    answers = [answer]

    async def do_request(*_: object, **__: object) -> tuple[int, bytes]:
        return 200, answers.pop() if answers else b'{"ok": true, "result": true}'

    sender = Transport()
    monkeypatch.setattr(sender, "do_request", do_request)
    time = VirtualTime()
    policy = SendingPolicy(Metrics(), now=time, sleep=time.sleep)
    bot: ExtBot[None] = ExtBot(TOKEN, request=sender, rate_limiter=policy)
    assert await time.run(bot.delete_webhook()) == [True]
    assert answers == []


def test_a_wait_that_is_no_number_is_no_wait() -> None:
    """It would break whoever counts on it."""
    odd = Transport.parse_json_payload(b'{"ok": false, "parameters": {"retry_after": "soon"}}')
    assert odd == {"ok": False}
