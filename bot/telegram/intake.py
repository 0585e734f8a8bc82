"""Where updates come from, polled or delivered: none is acknowledged before it was committed to the inbox."""

import asyncio
import contextlib
import hmac
import itertools
import logging
import time
import warnings
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from telegram import Bot
from telegram.error import RetryAfter, TelegramError
from telegram.warnings import PTBUserWarning

from bot.backoff import backoff
from bot.errors import StoreError
from bot.inbox.receiver import Receiver, update_id
from bot.inbox.updates import KINDS
from bot.telegram.client import explain, read_json, seconds_to_wait

_LOG = logging.getLogger(__name__)
_POLL_S = 30
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
_LARGEST_BODY = 1 << 20
_AGAIN_SOON = {"Retry-After": "5"}


class Poller:
    """Fetches raw updates for the receiver. Once it polls, no error ends it."""

    def __init__(self, bot: Bot, receiver: Receiver) -> None:
        self._bot = bot
        self._receiver = receiver
        # Never computed from what is stored: after a quiet week Telegram starts at a random id.
        self._offset: int | None = None
        self._succeeded = time.monotonic()

    def silent_s(self) -> float:
        """For how many seconds no fetch has succeeded."""
        return time.monotonic() - self._succeeded

    async def run(self) -> None:
        """Poll until it is cancelled. Raises TelegramError if polling can't begin."""
        # A bot with a webhook gets no updates by polling; what waits for it is kept.
        await self._bot.delete_webhook(drop_pending_updates=False)
        _LOG.info("Polling for updates.")
        while True:
            await persist(self._poll)

    async def _poll(self) -> None:
        await self._receiver.worker.has_capacity.wait()
        arguments = {"timeout": _POLL_S, "allowed_updates": list(KINDS), "offset": self._offset}
        with warnings.catch_warnings():
            # PTB advises its own method; that one fails a whole batch for one bad update.
            warnings.simplefilter("ignore", PTBUserWarning)
            raws: Any = await self._bot.do_api_request("getUpdates", arguments, read_timeout=_POLL_S + 5)
        if not isinstance(raws, list):
            raise TelegramError("getUpdates gave no list: check CAMPAIGN_BOT_API_URL")
        self._succeeded = time.monotonic()
        await self._receiver.receive(raws)
        ids = [one for raw in raws if (one := update_id(raw)) is not None]
        if ids:
            self._offset = ids[-1] + 1
        elif raws:
            raise TelegramError(f"{len(raws)} updates without an id can't be confirmed")


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


async def persist(step: Callable[[], Awaitable[object]]) -> None:
    """Do one step, after pauses as long as it fails."""
    for failures in itertools.count(1):
        try:
            await step()
        except (TelegramError, StoreError) as error:
            pause = seconds_to_wait(error) if isinstance(error, RetryAfter) else backoff(failures)
            _LOG.warning("%s; trying again in %.1f s.", explain(error), pause)
        except Exception:  # noqa: BLE001 - whatever it is, a bot that has stopped listening is worse
            pause = backoff(failures)
            _LOG.exception("Unexpected; trying again in %.1f s.", pause)
        else:
            return
        await asyncio.sleep(pause)
