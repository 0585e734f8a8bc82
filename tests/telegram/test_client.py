"""How calls reach Telegram, over HTTP on loopback."""

import asyncio
import contextlib
import json
import socket

import pytest
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.ext import ExtBot

from bot.telegram.client import NotArrivedError, Outcome, Transport, outcome, read_json
from tests.fake_bot_api import TOKEN, Failure, FakeBotApi, serving

HTML = "<html>502 Bad Gateway</html>"
FAULTS: dict[str, tuple[Failure, Outcome]] = {
    "no answer in time": (Failure(accepted=True, hang_s=1), Outcome.PERHAPS_ARRIVED),
    "a connection that breaks": (Failure(), Outcome.PERHAPS_ARRIVED),
    "something between us and Telegram answers": (Failure(502, text=HTML), Outcome.PERHAPS_ARRIVED),
    "so it does with what looks like success": (Failure(200, text=HTML), Outcome.PERHAPS_ARRIVED),
    "or like a refusal": (Failure(403, text=HTML), Outcome.PERHAPS_ARRIVED),
    "an empty answer": (Failure(504, text=""), Outcome.PERHAPS_ARRIVED),
    "an answer that is cut": (Failure(500, text='{"ok": fal'), Outcome.PERHAPS_ARRIVED),
    "an object without a result": (Failure(200, text="{}"), Outcome.PERHAPS_ARRIVED),
    "a list": (Failure(200, text="[]"), Outcome.PERHAPS_ARRIVED),
    "Telegram says that it failed": (Failure(500), Outcome.NOT_ARRIVED),
    "the same for a gateway of its own": (Failure(502), Outcome.NOT_ARRIVED),
    "the same under a status of success": (
        Failure(200, text='{"ok": false, "error_code": 500}'),
        Outcome.NOT_ARRIVED,
    ),
    "too many requests": (Failure(429, {"parameters": {"retry_after": 5}}), Outcome.NOT_ARRIVED),
    "too many requests, without a time": (Failure(429), Outcome.NOT_ARRIVED),
    "too many requests, with no time to wait": (Failure(429, {"parameters": {"retry_after": 0}}), Outcome.NOT_ARRIVED),
    "the token is refused for a moment": (Failure(401), Outcome.NOT_ARRIVED),
    "an error code that is no number": (Failure(400, {"error_code": "400"}), Outcome.REFUSED),
    "an error code that is a list": (Failure(500, {"error_code": [500]}), Outcome.NOT_ARRIVED),
    "success that is none": (Failure(200, text='{"ok": false}'), Outcome.NOT_ARRIVED),
    "a bad request": (Failure(400), Outcome.REFUSED),
    "the bot is blocked": (Failure(403), Outcome.REFUSED),
    "a method that there is not": (Failure(404), Outcome.REFUSED),
    "too much": (Failure(413), Outcome.REFUSED),
}


@pytest.mark.parametrize(("fault", "known"), FAULTS.values(), ids=FAULTS.keys())
async def test_what_is_known_of_a_call_that_failed(fault: Failure, known: Outcome) -> None:
    """By its status and its body; the next call is not harmed."""
    answer_s = 0.1 if fault.hang_s else 30
    with serving(FakeBotApi()) as api:
        async with ExtBot[None](TOKEN, f"{api.url}/bot", request=Transport(answer_s=answer_s)) as bot:
            api.inject("sendMessage", fault)
            with pytest.raises(TelegramError) as caught:
                await bot.send_message(7, "你好")
            assert outcome(caught.value) is known
            assert "<html>" not in str(caught.value)
            assert (await bot.send_message(7, "你好")).text == "你好"


async def test_what_can_not_have_been_taken() -> None:
    """Nobody listens there."""
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    transport = Transport()
    await transport.initialize()
    with pytest.raises(NotArrivedError):
        await transport.do_request(f"http://127.0.0.1:{port}/", "POST")
    await transport.shutdown()


async def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Telegram is reached by no other way; one that is not there means that nothing was sent."""
    asked: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{"result": 1}')
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    transport = Transport()
    async with server:
        assert await transport.do_request("http://api.example.org/botX/getMe", "POST") == (200, b'{"result": 1}')
        assert asked[0].startswith(b"POST http://api.example.org/botX/getMe ")
        await transport.shutdown()
    with pytest.raises(NotArrivedError):
        await transport.do_request("http://api.example.org/botX/getMe", "POST")


PROXIES = {
    "refuses": b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
    "wants a password": b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
    "breaks the connection": b"",
    "connects to something that speaks no TLS": b"HTTP/1.1 200 OK\r\n\r\nnonsense",
}


@pytest.mark.parametrize("answer", PROXIES.values(), ids=PROXIES.keys())
async def test_a_proxy_that_does_not_connect_has_sent_nothing(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """However it fails to."""

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"CONNECT api.example.org:443 ")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    async with server:
        with pytest.raises(NotArrivedError):
            await Transport().do_request("https://api.example.org/botX/sendMessage", "POST")


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
    transport = Transport(connect_s=0.1, answer_s=0.1)
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
