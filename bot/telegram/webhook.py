"""Telegram delivers each update by itself: it is committed to the inbox before it is acknowledged."""

import contextlib
import hmac
import logging
import time
from dataclasses import dataclass
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
_AGAIN_SOON = {"Retry-After": "5"}


@dataclass(eq=False)
class Webhook:
    """Receives what Telegram sends to ``url``. ``secret``: what its header must hold."""

    bot: Bot
    receiver: Receiver
    url: str
    secret: str

    def __post_init__(self) -> None:
        self._unset_since: float | None = time.monotonic()

    @property
    def path(self) -> str:
        """Where it is served."""
        return urlsplit(self.url).path or "/"

    def silent_s(self) -> float:
        """For how many seconds Telegram could not be told the address."""
        return 0.0 if self._unset_since is None else time.monotonic() - self._unset_since

    async def run(self) -> None:
        """Tell Telegram the address; what waits for the bot is kept. Raises TelegramError if it is not accepted."""
        await self.bot.set_webhook(
            self.url, secret_token=self.secret, allowed_updates=list(KINDS), drop_pending_updates=False
        )
        self._unset_since = None
        _LOG.info("The webhook is set.")

    async def endpoint(self, request: Request) -> Response:
        """200 when the update is durable; 503 when it can't be now, and Telegram sends it again."""
        given = request.headers.get(_SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self.secret.encode()):
            return PlainTextResponse("wrong secret", 403)
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LARGEST_BODY:
                return PlainTextResponse("too large", 413)
        if not self.receiver.worker.has_capacity.is_set():
            return PlainTextResponse("too much waits", 503, _AGAIN_SOON)
        raw: object = body.decode("utf-8", "replace")
        with contextlib.suppress(ValueError):
            raw = read_json(str(raw))
        try:
            await self.receiver.receive([raw])
        except StoreError as error:
            _LOG.error("An update can't be stored, Telegram will send it again: %s", error)
            return PlainTextResponse("can't be stored", 503, _AGAIN_SOON)
        return PlainTextResponse("ok")
