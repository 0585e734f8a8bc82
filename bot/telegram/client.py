"""How PTB's calls reach Telegram, over PTB's own networking, and what is known of a call that failed."""

import asyncio
import json
import ssl
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Any

import httpx
from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.request import BaseRequest, HTTPXRequest

_LONGEST_NUMBER = 19
_NO_BOT_API = "what stands at CAMPAIGN_BOT_API_URL, or on the way there, does not answer as the Bot API does"
_EXPECTED_REFUSALS = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.CONFLICT,
    }
)
"""Those that PTB has an error of its own for."""


class Outcome(StrEnum):
    """What is known of a call that failed, in words about it."""

    NOT_ARRIVED = "did not arrive"
    """It has taken no effect, and the same call may succeed later."""
    PERHAPS_ARRIVED = "may have arrived"
    """It may have taken effect."""
    REFUSED = "was refused"
    """It has taken no effect, and the same call never will."""


class NotArrivedError(NetworkError):
    """A call can't have taken effect: Telegram was not reached, or says itself that it failed."""


class TokenRefusedError(NotArrivedError):
    """Telegram refuses the token, for a moment or for good."""


def outcome(error: TelegramError) -> Outcome:
    """What an error of a call, made over a ``Transport``, tells about it."""
    match error:
        case NotArrivedError() | RetryAfter():
            return Outcome.NOT_ARRIVED
        # To PTB it is a NetworkError.
        case BadRequest():
            return Outcome.REFUSED
        case NetworkError():
            return Outcome.PERHAPS_ARRIVED
        case _:
            return Outcome.REFUSED


class _Connection:
    """PTB's networking for one call at a time. ``has_sent``: whether the last call may have got on its way."""

    def __init__(self, connect_s: float, answer_s: float, tls: ssl.SSLContext) -> None:
        self.has_sent = False
        hooks = {"request": [self._begin]}
        self.http = HTTPXRequest(1, answer_s, connect_s, connect_s, httpx_kwargs={"verify": tls, "event_hooks": hooks})

    async def _begin(self, request: httpx.Request) -> None:
        self.has_sent = False
        request.extensions = {**request.extensions, "trace": self._trace}

    async def _trace(self, event: str, details: Mapping[str, Any]) -> None:
        # A proxy is asked to connect first, by a request of its own.
        if event.endswith("send_request_headers.started") and details["request"].method != b"CONNECT":
            self.has_sent = True


class Transport(BaseRequest):
    """PTB's networking, with a client of one connection for each call under way; whoever makes calls bounds them.

    A client of many connections looks through all of them twice a call, which costs more than the call itself.
    ``connect_s``: seconds to wait for a connection; ``answer_s``: seconds to wait for each part of an answer. A slow
    Telegram is no failure.
    """

    def __init__(self, connect_s: float = 5.0, answer_s: float = 60.0) -> None:
        self._connect_s = connect_s
        self._answer_s = answer_s
        self._tls = httpx.create_ssl_context()
        self._idle: list[_Connection] = []

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for each part of an answer."""
        return self._answer_s

    async def initialize(self) -> None:
        """Nothing is needed: a connection is opened when a call finds none."""

    async def shutdown(self) -> None:
        """Close all connections; no call may be under way."""
        while self._idle:
            await self._idle.pop().http.shutdown()

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:  # noqa: ANN401 - as ``BaseRequest`` has it
        """Status and body of an answer that is the Bot API's.

        Raises:
            NotArrivedError: the call can't have taken effect, and may succeed later.
            BadRequest: it was refused, in a way that PTB has no error for.
            TimedOut: no answer came in time; the call may have taken effect.
            NetworkError: the connection broke, or something else answered in Telegram's place; the same.
        """
        answer_s = kwargs.get("read_timeout")
        if not isinstance(answer_s, int | float):
            answer_s = self._answer_s
        connection = self._idle.pop() if self._idle else _Connection(self._connect_s, self._answer_s, self._tls)
        try:
            # An answer that comes a byte at a time would never end.
            async with asyncio.timeout(answer_s + 2 * self._connect_s):
                status, body = await connection.http.do_request(*args, **kwargs)
        except BaseException as error:
            # httpx may never free its connection.
            await connection.http.shutdown()
            if isinstance(error, TelegramError | OSError) and not connection.has_sent:
                raise NotArrivedError(str(error) or type(error).__name__) from error
            if isinstance(error, TimeoutError):
                raise TimedOut from error
            raise
        self._idle.append(connection)
        return _judged(status, body), body

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


def explain(error: Exception) -> str:
    """What is wrong, and what the operator can do."""
    match error:
        # A token that none can be is answered as a method that is not known.
        case TokenRefusedError() | InvalidToken():
            return "Telegram refuses the token: check CAMPAIGN_BOT_TOKEN"
        case Conflict():
            return f"another program serves this bot's token: end that one ({error})"
        case NotArrivedError() | TimedOut():
            return f"Telegram can't be reached ({error})"
        case _ if type(error) is NetworkError:
            return f"Telegram can't be reached ({error})"
        case TelegramError():
            return f"Telegram answered: {error}"
        case _:
            return str(error).removesuffix(".")


def seconds_to_wait(error: RetryAfter) -> float:
    """How long Telegram wants to be left alone."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else wait


def _judged(status: int, body: bytes) -> int:
    """The status by which PTB is to judge an answer. Raises as ``Transport.do_request`` does."""
    answer = Transport.parse_json_payload(body)
    match answer:
        case {"ok": False, "parameters": {"retry_after": int(wait)}} if wait > 0:
            return HTTPStatus.TOO_MANY_REQUESTS
        case {"ok": False, "parameters": {"migrate_to_chat_id": int()}}:
            return HTTPStatus.BAD_REQUEST
        case {"ok": False}:
            code = answer.get("error_code")
            if not isinstance(code, int):
                code = status
            if code in _EXPECTED_REFUSALS:
                return code
            reason = f"it answers {code}: {answer.get('description', '')}"
            if code == HTTPStatus.UNAUTHORIZED:
                raise TokenRefusedError(reason)
            if code in range(400, 500) and code != HTTPStatus.TOO_MANY_REQUESTS:
                raise BadRequest(reason)
            raise NotArrivedError(reason)
        case {"result": _} if status in range(200, 300):
            return status
    raise NetworkError(f"{_NO_BOT_API} (HTTP status {status})")


def read_json(text: str) -> Any:  # noqa: ANN401 - JSON
    """The value of a JSON text; numbers of more than 19 digits are floats. Raises ValueError if it can't be read."""
    try:
        # Python refuses to read whole numbers of thousands of digits, and all that stands beside them.
        return json.loads(text, parse_int=lambda digits: (int if len(digits) <= _LONGEST_NUMBER else float)(digits))
    except RecursionError as error:
        raise ValueError("nested too deep") from error
