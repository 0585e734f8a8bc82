"""How calls reach Telegram, over HTTP on loopback."""

import asyncio
import contextlib
import json
import socket

import pytest
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.ext import ExtBot

from bot.metrics import Metrics
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
async def test_what_may_have_been_taken(fault: Failure, error: type[TelegramError]) -> None:
    """It is told apart from what can't have been."""
    with serving(FakeBotApi()) as api:
        async with ExtBot[None](TOKEN, f"{api.url}/bot", request=Transport(timeout_s=0.1)) as bot:
            api.inject("sendMessage", fault)
            with pytest.raises(error) as caught:
                await bot.send_message(7, "你好")
            assert type(caught.value) is error
            assert (await bot.send_message(7, "你好")).text == "你好"


async def test_what_can_not_have_been_taken() -> None:
    """Nobody listens there."""
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    transport = Transport()
    await transport.initialize()
    with pytest.raises(NeverSentError):
        await transport.do_request(f"http://127.0.0.1:{port}/", "POST")
    await transport.shutdown()


async def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Telegram is reached by no other way; one that is not there means that nothing was sent."""
    asked: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    transport = Transport()
    async with server:
        assert await transport.do_request("http://api.example.org/botX/getMe", "POST") == (200, b"{}")
        assert asked[0].startswith(b"POST http://api.example.org/botX/getMe ")
        await transport.shutdown()
    with pytest.raises(NeverSentError):
        await transport.do_request("http://api.example.org/botX/getMe", "POST")


async def test_an_answer_that_comes_a_byte_at_a_time_has_an_end() -> None:
    """Each byte comes in time, the whole answer never does."""
    sent = asyncio.Event()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            while not writer.is_closing():
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.01)
        sent.set()
        writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    transport = Transport(timeout_s=0.1)
    async with server:
        with pytest.raises(TimedOut):
            await transport.do_request(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", "POST")
        await transport.shutdown()
        await sent.wait()


async def test_calls_side_by_side_do_not_wait_for_each_other() -> None:
    """One connection for each of them, and of those that come later none where one is free."""
    with serving(FakeBotApi()) as api:
        transport = Transport()
        async with ExtBot[None](TOKEN, f"{api.url}/bot", request=transport) as bot:
            api.inject("sendMessage", Failure(accepted=True, hang_s=1))
            hanging = asyncio.create_task(bot.send_message(7, "一"))
            while not any(method == "sendmessage" for method, _ in api.calls):
                await asyncio.sleep(0.001)
            for text in "二三":
                await bot.send_message(7, text)
            assert not hanging.done()
            assert len(transport._idle) == 1
            hanging.cancel()
            await asyncio.gather(hanging, return_exceptions=True)
            # The connection of a call that was cut off is not used again.
            await asyncio.gather(*(bot.send_message(7, text) for text in "四五"))
            assert len(transport._idle) == 2


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

    transport = Transport()
    monkeypatch.setattr(transport, "do_request", do_request)
    time = VirtualTime()
    policy = SendingPolicy(Metrics(), now=time, sleep=time.sleep)
    bot: ExtBot[None] = ExtBot(TOKEN, request=transport, rate_limiter=policy)
    assert await time.run(bot.delete_webhook()) == [True]
    assert answers == []
