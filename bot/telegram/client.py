"""How PTB's calls reach Telegram: over PTB's own networking, one connection for each call under way."""

import asyncio
import json
from typing import Any

import httpx
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, HTTPXRequest

_LONGEST_NUMBER = 19
_NO_BOT_API = "what stands at CAMPAIGN_BOT_API_URL, or on the way there, does not answer as the Bot API does"


class NeverSentError(NetworkError):
    """Telegram was not reached, so that a call can't have taken effect."""


class Transport(BaseRequest):
    """PTB's networking, with a client of one connection for each call under way; whoever makes calls bounds them.

    A client of many connections looks through all of them twice a call, which costs more than the call itself.
    ``timeout_s``: seconds to wait for a connection, and then for each part of an answer.
    """

    def __init__(self, timeout_s: float = 5.0) -> None:
        self._timeout_s = timeout_s
        self._httpx = {"verify": httpx.create_ssl_context()}
        self._idle: list[HTTPXRequest] = []

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for each part of an answer."""
        return self._timeout_s

    async def initialize(self) -> None:
        """Nothing is needed: a connection is opened when a call finds none."""

    async def shutdown(self) -> None:
        """Close all connections; no call may be under way."""
        while self._idle:
            await self._idle.pop().shutdown()

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:  # noqa: ANN401 - as ``BaseRequest`` has it
        """Status and body.

        Raises:
            NeverSentError: no connection could be made.
            TimedOut: no answer came in time; the call may have taken effect.
            NetworkError: the connection broke; the same.
        """
        wait_s = kwargs.get("read_timeout")
        if not isinstance(wait_s, int | float):
            wait_s = self._timeout_s
        each_s = self._timeout_s
        client = self._idle.pop() if self._idle else HTTPXRequest(1, each_s, each_s, each_s, httpx_kwargs=self._httpx)
        try:
            # An answer that comes a byte at a time would never end.
            async with asyncio.timeout(wait_s + 2 * each_s):
                answer = await client.do_request(*args, **kwargs)
        except BaseException as error:
            # httpx may never free its connection.
            await client.shutdown()
            if isinstance(error, TimeoutError):
                raise TimedOut from error
            if isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError):
                raise NeverSentError(str(error)) from error
            raise
        self._idle.append(client)
        return answer

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:  # noqa: ANN401 - JSON
        """The object in an answer. Raises NetworkError without one: something on the way answered for Telegram."""
        try:
            answer = read_json(payload.decode("utf-8", "replace"))
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise NetworkError(_NO_BOT_API)
        return answer


def read_json(text: str) -> Any:  # noqa: ANN401 - JSON
    """The value of a JSON text; numbers of more than 19 digits are floats. Raises ValueError if it can't be read."""
    try:
        # Python refuses to read whole numbers of thousands of digits, and all that stands beside them.
        return json.loads(text, parse_int=lambda digits: (int if len(digits) <= _LONGEST_NUMBER else float)(digits))
    except RecursionError as error:
        raise ValueError("nested too deep") from error
