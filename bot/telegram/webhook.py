"""How updates come in by webhook: none is acknowledged before it is committed, and Telegram is asked how it goes."""

import asyncio
import contextlib
import hmac
import logging
import math
import re
import time
import unicodedata
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from telegram import Bot, WebhookInfo
from telegram.error import EndPointNotFound, TelegramError

from bot.errors import StoreError
from bot.inbox.receiver import Receiver
from bot.inbox.updates import KINDS
from bot.metrics import Metrics
from bot.telegram.client import read_json
from bot.telegram.intake import Cause, IntakeFault, Spacing, persist

_LOG = logging.getLogger(__name__)
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
_LARGEST_BODY = 1 << 20
_AGAIN_SOON = {"Retry-After": "5"}
_CHECK_S = 60.0
_ANSWER_S = 30.0
"""How long Telegram's answer to a check is waited for."""
_PATIENCE_S = 120.0
"""For how long nothing may arrive that Telegram has to deliver; it tries again after at most 100 s."""
_ERROR_COUNTS_S = 600.0
"""For how long an error that Telegram reports counts where nothing waits and nothing arrives."""
_CHANGES_FOUGHT = 3
"""Where the address is another one at so many checks in a row, another program works against this one."""
_LONGEST_REPORT = 200
_DEFAULT_PORTS = {"https": 443, "http": 80}
_CAUSES = (
    (r"\b404\b", Cause.PATH),
    (r"\b40[13]\b", Cause.SECRET),
    (r"\b(400|413|415)\b", Cause.BODY),
    (r"\b30\d\b", Cause.REDIRECT),
    (r"(?i)ssl|certificate", Cause.CERTIFICATE),
    (r"(?i)resolve|host name|hostname", Cause.HOST),
    (r"(?i)\b5\d\d\b|refused|timed? ?out|time-?out|unreachable|reset|closed|connect", Cause.UNREACHABLE),
)
"""What Telegram's words on a failed delivery most likely mean, the first that fits."""


@dataclass(eq=False)
class Webhook:
    """Receives what Telegram sends to ``url``. ``secret``: what its header must hold.

    Once a minute Telegram is asked whether it still delivers there, and how that goes. Where another program has set
    another address, or none, or where nothing arrives, ours is set again. ``now`` gives the seconds of a clock that
    never goes back.
    """

    bot: Bot
    receiver: Receiver
    url: str
    secret: str
    metrics: Metrics
    now: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._path = _normal_path(unquote(urlsplit(self.url).path))
        self._heard = self.now()
        """When Telegram last answered, or delivered something."""
        self._arrived = False
        """Whether something was delivered since the last check."""
        self._refusal: Cause | None = None
        """Why the last delivery that was refused was refused here."""
        self._failing_since: float | None = None
        """Since when something should have arrived, and nothing has."""
        self._erring_since = -math.inf
        """When Telegram has last reported a new error while nothing arrived."""
        self._info: WebhookInfo | None = None
        """What Telegram said at the last check."""
        self._settings = Spacing(self.now)
        self._changes = 0
        """At how many checks in a row the address was not ours."""
        self._can_be_checked = True

    def silent_s(self) -> float:
        """For how many seconds Telegram has neither answered nor delivered anything."""
        return self.now() - self._heard

    def fault(self) -> IntakeFault | None:
        """What keeps updates from coming, once that has lasted for minutes."""
        is_failing = self._failing_s() >= _PATIENCE_S
        is_taken = self._changes >= _CHANGES_FOUGHT
        if self._info is None or not (is_failing or is_taken):
            return None
        reported = " ".join((self._info.last_error_message or "").split())[:_LONGEST_REPORT]
        told = next((cause for pattern, cause in _CAUSES if re.search(pattern, reported)), Cause.UNKNOWN)
        cause = Cause.TAKEN if is_taken else self._refusal or told
        return IntakeFault(cause, reported, self._info.pending_update_count)

    async def run(self) -> None:
        """Set the webhook, and look after it until this is cancelled. Raises TelegramError if it can't be set."""
        await self.set()
        _LOG.info("The webhook is set.")
        while True:
            await asyncio.sleep(_CHECK_S)
            await persist(self.check)

    async def set(self) -> None:
        """Tell Telegram the address; what waits for the bot is kept. Raises TelegramError if it is not accepted."""
        await self.bot.set_webhook(
            self.url, secret_token=self.secret, allowed_updates=list(KINDS), drop_pending_updates=False
        )
        self._heard = self.now()

    async def check(self) -> None:
        """Ask Telegram where it delivers and how that goes; set the webhook again where that helps.

        Raises:
            TelegramError: it does not answer, or does not accept the address.
        """
        info = await self._ask()
        self._heard = self.now()
        if info is None:
            return
        self.metrics.webhook_pending.set(info.pending_update_count)
        is_ours = _same_address(info.url, self.url) and set(info.allowed_updates or KINDS) == set(KINDS)
        self._judge(info)
        self._changes = 0 if is_ours else self._changes + 1
        if is_ours and self._failing_s() < _CHECK_S:
            self._settings.lasts()
        elif self._settings.is_due:
            # Another program may have set our address with its own secret, certificate or IP address.
            what = "brings nothing" if is_ours else "is gone" if not info.url else "is another one"
            _LOG.warning("Telegram's webhook for this bot %s; it is set again.", what)
            self.metrics.webhook_set_again.inc()
            await self.set()
            self._settings.done()

    async def _ask(self) -> WebhookInfo | None:
        """What Telegram says; None from a server of another make that does not know this call."""
        try:
            async with asyncio.timeout(_ANSWER_S):
                try:
                    return await self.bot.get_webhook_info()
                except EndPointNotFound:
                    pass
        except TimeoutError:
            raise TelegramError("getWebhookInfo was not answered") from None
        if self._can_be_checked:
            _LOG.warning("The Bot API server does not know getWebhookInfo: whether updates arrive can't be told.")
        self._can_be_checked = False
        return None

    def _judge(self, info: WebhookInfo) -> None:
        """Note whether something should have arrived since the last check and did not."""
        before, self._info = self._info, info
        arrived, self._arrived = self._arrived, False
        if before and info.last_error_date not in {before.last_error_date, None} and not arrived:
            self._erring_since = self.now()
        is_erring = self.now() - self._erring_since < _ERROR_COUNTS_S
        if arrived or not (info.pending_update_count or is_erring):
            self._failing_since = None
        elif self._failing_since is None:
            self._failing_since = self.now()

    def _failing_s(self) -> float:
        """For how many seconds something should have arrived, and nothing has."""
        return self.now() - self._failing_since if self._failing_since is not None else 0.0

    async def endpoint(self, request: Request) -> Response:
        """200 when the update is durable; 503 when it can't be now, and Telegram sends it again."""
        given = request.headers.get(_SECRET_HEADER, "")
        is_telegram = hmac.compare_digest(given.encode(), self.secret.encode())
        if _normal_path(request.scope["path"]) != self._path:
            if is_telegram:
                self._refusal = Cause.PATH
            return PlainTextResponse("Not Found", 404)
        if not is_telegram:
            self._refusal = Cause.SECRET
            return PlainTextResponse("wrong secret", 403)
        body = await _body(request)
        if isinstance(body, Response):
            self._refusal = Cause.BODY
            return body
        self._arrives()
        if not self.receiver.worker.has_capacity.is_set():
            return PlainTextResponse("too much waits", 503, _AGAIN_SOON)
        try:
            await self.receiver.receive([body])
        except StoreError as error:
            _LOG.error("An update can't be stored, Telegram will send it again: %s", error)
            return PlainTextResponse("can't be stored", 503, _AGAIN_SOON)
        return PlainTextResponse("ok")

    def _arrives(self) -> None:
        self._heard = self.now()
        self._arrived = True
        self._failing_since = self._refusal = None
        self._erring_since = -math.inf


async def _body(request: Request) -> dict[str, object] | Response:
    """The object that a request holds, or the answer to one that holds none: Telegram sends it again."""
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > _LARGEST_BODY:
            return PlainTextResponse("too large", 413)
    match request.headers.get("Content-Encoding", "identity").strip().lower():
        case "identity" | "":
            content = bytes(raw)
        case "gzip" | "x-gzip" | "deflate":
            unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
            try:
                content = unpacking.decompress(raw, _LARGEST_BODY)
            except zlib.error:
                return PlainTextResponse("can't be decompressed", 400)
            if unpacking.unconsumed_tail:
                return PlainTextResponse("too large", 413)
            if not unpacking.eof:
                return PlainTextResponse("cut off", 400)
        case _:
            return PlainTextResponse("unknown encoding", 415)
    try:
        value = read_json(content.decode())
    except ValueError:
        value = None
    return value if isinstance(value, dict) else PlainTextResponse("no JSON object", 400)


def _same_address(one: str, other: str) -> bool:
    """Whether two addresses are the same in spite of their spelling."""
    return _normal_address(one) == _normal_address(other)


def _normal_address(url: str) -> tuple[object, ...]:
    """The parts of an address in one spelling: decoded, its host in lower case and ASCII, its port named."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return (url,)
    host = unicodedata.normalize("NFKC", unquote(parts.hostname or "")).lower().rstrip(".")
    with contextlib.suppress(UnicodeError):
        host = host.encode("idna").decode()
    return parts.scheme, host, port, _normal_path(unquote(parts.path)), unquote(parts.query)


def _normal_path(decoded: str) -> str:
    """A decoded path in one spelling; a slash more or less makes no difference."""
    return unicodedata.normalize("NFC", re.sub("/+", "/", f"/{decoded}")).rstrip("/")
