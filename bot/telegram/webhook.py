"""Telegram delivers each update by itself: it is committed to the inbox before it is acknowledged."""

import hmac
import logging
import time
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from telegram import Bot

from bot.errors import StoreError
from bot.inbox.receiver import Receiver
from bot.inbox.updates import KINDS
from bot.telegram.client import read_json

_LOG = logging.getLogger(__name__)
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
_LARGEST_BODY = 1 << 20
_AGAIN_IN_S = "5"


class Webhook:
    """Receives what Telegram sends to ``url``. ``secret``: what its header must hold."""

    def __init__(self, bot: Bot, receiver: Receiver, url: str, secret: str) -> None:
        self._bot = bot
        self._receiver = receiver
        self._url = url
        self._secret = secret
        self._started = time.monotonic()
        self._is_set = False

    @property
    def path(self) -> str:
        """Where it is served."""
        return urlsplit(self._url).path or "/"

    def silent_s(self) -> float:
        """For how many seconds Telegram could not be told the address."""
        return 0.0 if self._is_set else time.monotonic() - self._started

    async def run(self) -> None:
        """Tell Telegram the address; what waits for the bot is kept. Raises TelegramError if it is not accepted."""
        await self._bot.set_webhook(
            self._url, secret_token=self._secret, allowed_updates=list(KINDS), drop_pending_updates=False
        )
        self._is_set = True
        _LOG.info("The webhook is set.")

    async def endpoint(self, request: Request) -> Response:
        """200 when the update is durable; 503 when it can't be now, and Telegram sends it again."""
        given = request.headers.get(_SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            return PlainTextResponse("wrong secret", 403)
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LARGEST_BODY:
                return PlainTextResponse("too large", 413)
        if not self._receiver.worker.has_capacity.is_set():
            return _later("too much waits")
        text = body.decode("utf-8", "replace")
        raw: object
        try:
            raw = read_json(text)
        except ValueError:
            raw = text
        try:
            await self._receiver.receive([raw])
        except StoreError as error:
            _LOG.error("An update can't be stored, Telegram will send it again: %s", error)
            return _later("can't be stored")
        return PlainTextResponse("ok")


def _later(reason: str) -> Response:
    return PlainTextResponse(reason, 503, {"Retry-After": _AGAIN_IN_S})
