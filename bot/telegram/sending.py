"""How calls go out: within Telegram's limits and flood waits, and again where one may not have been taken."""

import asyncio
import functools
import itertools
import logging
import math
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cachetools import LRUCache, TTLCache
from telegram.error import BadRequest, ChatMigrated, Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

from bot.backoff import backoff
from bot.errors import StoppingError
from bot.metrics import Metrics
from bot.telegram.client import NeverSentError

_LOG = logging.getLogger(__name__)
_Result = bool | dict[str, Any] | list[dict[str, Any]]

TRIES = 5
"""How often a call is made that may have taken effect."""
_SIDE_BY_SIDE = 64
"""Calls under way at once."""
_TRANSIENT = frozenset({"answerCallbackQuery", "answerInlineQuery", "sendChatAction"})
"""Worth something at their moment alone: made once, and never waited for."""
_CHATS_REFUSED_AT_ONCE = 3
_AT_ONCE_S = 1.0
_CHATS_REMEMBERED = 10_000
"""Far more than can be sent to while a chat's turn is still to come."""


@dataclass(slots=True)
class Bucket:
    """Turns by the generic cell rate algorithm: in any T seconds at most burst + T / interval; ``due`` is the next."""

    interval: float
    burst: int
    due: float = 0.0

    def take(self, now: float) -> float:
        """Take a turn; how many seconds to wait for it."""
        due = max(self.due, now)
        self.due = due + self.interval
        return max(0.0, due - now - (self.burst - 1) * self.interval)


@dataclass(frozen=True, slots=True)
class Limits:
    """Intervals and bursts: 30 a second over all, about 1 a second in a chat with bursts, 20 a minute in a group."""

    overall: tuple[float, int] = (1 / 27, 3)
    private: tuple[float, int] = (1, 5)
    group: tuple[float, int] = (4, 5)


class SendingPolicy(BaseRateLimiter[None]):
    """Makes every call of PTB's but getUpdates.

    After a 429 its chat waits, or its method where there is no chat; when three chats were refused within a second, all
    wait. A call that can't have reached Telegram is made until it does, one that may have, 5 times, and one that is
    worth something at its moment alone, such as the acknowledgement of a press, once.
    """

    def __init__(
        self,
        metrics: Metrics,
        limits: Limits = Limits(),
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] | None = None,
    ) -> None:
        self._metrics = metrics
        self._limits = limits
        self._now = now
        self._sleep = sleep or self._sleep_unless_stopped
        self._overall = Bucket(*limits.overall)
        self._chats: LRUCache[object, Bucket] = LRUCache(_CHATS_REMEMBERED)
        self._flood_waits: dict[object, float] = {}
        """Until when a chat or a method waits; None stands for all."""
        self._refused: TTLCache[object, None] = TTLCache(_CHATS_REMEMBERED, _AT_ONCE_S, now)
        """Chats that were refused just now."""
        self._slots = asyncio.Semaphore(_SIDE_BY_SIDE)
        self._stopped = asyncio.Event()

    async def initialize(self) -> None:
        """Nothing is needed."""

    async def shutdown(self) -> None:
        """Nothing is held."""

    def stop(self) -> None:
        """From now on no call begins, and whoever waits for a turn gets StoppingError. Calls under way go on."""
        self._stopped.set()

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, _Result]],
        args: Any,  # noqa: ANN401 - PTB's
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,  # noqa: ARG002 - not used here
    ) -> _Result:
        """Make a call when its turn comes, again where that helps.

        Raises:
            StoppingError: the bot is about to end, and the call was not made.
            TelegramError: it was refused for good, or failed too often.
        """
        call = functools.partial(callback, *args, **kwargs)
        if endpoint in _TRANSIENT:
            return await self._perform(call, data.get("chat_id", endpoint))
        failures = itertools.count(1)
        unreached = itertools.count(1)
        while True:
            scope = data.get("chat_id", endpoint)
            await self._wait_for_turn(scope, is_paced=endpoint.startswith(("send", "edit")))
            try:
                return await self._perform(call, scope)
            except RetryAfter:
                continue
            except ChatMigrated as error:
                data["chat_id"] = error.new_chat_id
            except BadRequest:
                raise
            except (NetworkError, InvalidToken) as error:
                never_sent = isinstance(error, InvalidToken | NeverSentError)
                attempt = next(unreached if never_sent else failures)
                if attempt == TRIES and not never_sent:
                    raise
                self._metrics.sends_retried.inc()
                pause = backoff(attempt)
                _LOG.warning("%s: %s; trying again in %.1f s.", endpoint, explain(error), pause)
                await self._sleep(pause)

    async def _perform(self, call: Callable[[], Awaitable[_Result]], scope: int | str) -> _Result:
        """Make a call once, when there is a slot for it. Raises RetryAfter during a flood wait, with or without it."""
        async with self._slots:
            if self._stopped.is_set():
                raise StoppingError
            if (left := self._flood_wait_s(scope)) > 0:
                raise RetryAfter(math.ceil(left))
            try:
                return await call()
            except RetryAfter as error:
                self._begin_flood_wait(scope, seconds_to_wait(error))
                raise
            except (KeyError, TypeError, AttributeError) as error:
                # PTB takes an answer apart without looking: what stands between us and Telegram answered in its place.
                raise NetworkError(f"an answer that is not the Bot API's ({type(error).__name__})") from error

    async def _wait_for_turn(self, scope: int | str, *, is_paced: bool) -> None:
        await self._wait_out_flood(scope)
        if is_paced:
            # Groups and channels have negative ids.
            is_group = isinstance(scope, int) and scope < 0
            limit = self._limits.group if is_group else self._limits.private
            chat = self._chats.setdefault(scope, Bucket(*limit))
            await self._sleep(chat.take(self._now()))
            await self._wait_out_flood(scope)
            await self._sleep(self._overall.take(self._now()))

    async def _wait_out_flood(self, scope: int | str) -> None:
        while (left := self._flood_wait_s(scope)) > 0:
            await self._sleep(left)

    def _flood_wait_s(self, scope: int | str) -> float:
        return max(self._flood_waits.get(scope, 0.0), self._flood_waits.get(None, 0.0)) - self._now()

    def _begin_flood_wait(self, scope: int | str, seconds: float) -> None:
        self._metrics.flood_waits.inc()
        now = self._now()
        self._flood_waits = {waiting: until for waiting, until in self._flood_waits.items() if until > now}
        is_chat = isinstance(scope, int)
        if is_chat:
            self._refused[scope] = None
        everything = is_chat and len(self._refused) >= _CHATS_REFUSED_AT_ONCE
        for waiting in (scope, None) if everything else (scope,):
            # A later, shorter one does not end a longer one.
            self._flood_waits[waiting] = max(self._flood_waits.get(waiting, 0.0), now + seconds)
        _LOG.warning("Telegram asks to wait %.0f s: %s.", seconds, "all chats" if everything else "one chat or method")

    async def _sleep_unless_stopped(self, seconds: float) -> None:
        if seconds > 0:
            try:
                await asyncio.wait_for(self._stopped.wait(), seconds)
            except TimeoutError:
                return
        if self._stopped.is_set():
            raise StoppingError


async def attempt(call: Awaitable[object], failure: str, level: int = logging.INFO) -> bool:
    """Make a call whose failure harms nobody, and is logged; whether it succeeded."""
    try:
        await call
    except TelegramError as error:
        _LOG.log(level, "%s: %s", failure, error)
        return False
    return True


def explain(error: Exception) -> str:
    """What is wrong, and what the operator can do."""
    match error:
        case InvalidToken():
            return "Telegram refuses the token: check CAMPAIGN_BOT_TOKEN"
        case Conflict():
            return f"another program serves this bot's token: end that one ({error})"
        case _ if type(error) in {NetworkError, NeverSentError}:
            return f"Telegram can't be reached ({error})"
        case TelegramError():
            return f"Telegram answered: {error}"
        case _:
            return str(error).removesuffix(".")


def seconds_to_wait(error: RetryAfter) -> float:
    """How long Telegram wants to be left alone."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else wait
