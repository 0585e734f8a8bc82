"""How PTB's calls reach Telegram: over aiohttp, which serves many chats side by side at a fraction of httpx's cost."""

import json
from typing import Any

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

TIMEOUT_S = 5.0
"""For a connection, and then for each part of an answer; PTB's own defaults."""
_LONGEST_NUMBER = 19
_NO_BOT_API = "what stands at CAMPAIGN_BOT_API_URL, or on the way there, does not answer as the Bot API does"


class NeverSentError(NetworkError):
    """Telegram was not reached, so that a call can't have taken effect."""


class Transport(BaseRequest):
    """PTB's networking backend. It sends fields alone, never files: the bot has none."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for an answer."""
        return TIMEOUT_S

    async def initialize(self) -> None:
        """Open what connections are made from; once more is nothing."""
        if self._session is None:
            # The policy bounds calls side by side, and a proxy may be set in the environment.
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), trust_env=True)

    async def shutdown(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(  # noqa: PLR0913, PLR0917 - PTB's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401 - PTB's marker for "not given", or seconds
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401, ARG002 - as above; there are no uploads
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401, ARG002 - as above
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401, ARG002 - there is no bound to wait for
    ) -> tuple[int, bytes]:
        """Status and body.

        Raises:
            NeverSentError: no connection could be made.
            TimedOut: no answer came in time; the call may have taken effect.
            NetworkError: the connection broke; the same.
        """
        if self._session is None:
            message = "the transport is not initialized"
            raise RuntimeError(message)
        wait = read_timeout if isinstance(read_timeout, int | float) else TIMEOUT_S
        timeout = aiohttp.ClientTimeout(total=wait + 2 * TIMEOUT_S, connect=TIMEOUT_S, sock_read=wait)
        fields = request_data.json_parameters if request_data else None
        try:
            async with self._session.request(method, url, data=fields, timeout=timeout) as response:
                return response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NeverSentError(f"{type(error).__name__}: {error}") from error
        except TimeoutError as error:
            raise TimedOut from error
        except aiohttp.ClientError as error:
            raise NetworkError(f"{type(error).__name__}: {error}") from error

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:  # noqa: ANN401 - JSON
        """The object in an answer; a number that Python finds too long does not take its whole batch along.

        Raises:
            NetworkError: there is none, so that something on the way answered in Telegram's place.
        """
        try:
            answer = read_json(payload.decode("utf-8", "replace"))
        except ValueError as error:
            raise NetworkError(_NO_BOT_API) from error
        if not isinstance(answer, dict):
            raise NetworkError(_NO_BOT_API)
        wait = answer["parameters"].get("retry_after") if isinstance(answer.get("parameters"), dict) else None
        if not isinstance(wait, int | None):
            del answer["parameters"]
        return answer


def read_json(text: str) -> Any:  # noqa: ANN401 - JSON
    """The value that a JSON text holds; numbers of more than 19 digits are read as floats.

    Raises:
        ValueError: it is no JSON, or nested too deep to be an update.
    """
    try:
        return json.loads(text, parse_int=_read_number)
    except RecursionError as error:
        message = "nested too deep"
        raise ValueError(message) from error


def _read_number(digits: str) -> int | float:
    """Python refuses to read whole numbers of thousands of digits, and all that stands beside them."""
    return int(digits) if len(digits) <= _LONGEST_NUMBER else float(digits)
