"""How calls go out: within Telegram's limits and flood waits, and again where one may not have been taken."""

import asyncio
import functools
import logging
import math
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from cachetools import LRUCache, TTLCache
from telegram.error import ChatMigrated, EndPointNotFound, InvalidToken, RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

from bot.errors import StoppingError
from bot.inbox.worker import let_chat_go_on
from bot.metrics import Metrics
from bot.telegram.client import NotArrivedError, Outcome, explain, outcome, seconds_to_wait
from bot.telegram.migrated_groups import MigratedGroups
from bot.telegram.retries import PATIENCE, Failures, Patience, Probe, Reachability, Sleep

_LOG = logging.getLogger(__name__)
_Result = bool | dict[str, Any] | list[dict[str, Any]]

_SIDE_BY_SIDE = 64
"""Calls under way at once."""
_ONCE = frozenset({"answerCallbackQuery", "answerInlineQuery", "sendChatAction", "getMe"})
"""Calls that are never made again: worth something at their moment alone, or the one that asks for an answer."""
_LATELY_S = 60.0
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
    """Intervals and bursts: 30 a second over all, about 1 a second in a chat with bursts, 20 a minute in a group.

    An edit is no new message: edits in a chat are paced apart from its messages, in a group too by ``private``.
    """

    overall: tuple[float, int] = (1 / 27, 3)
    private: tuple[float, int] = (1, 5)
    group: tuple[float, int] = (4, 5)


LIMITS = Limits()
"""A little below Telegram's."""


class SendingPolicy(BaseRateLimiter[None]):
    """Makes every call of PTB's but getUpdates.

    After a 429 its chat waits, or its method where there is no chat; when three chats were refused within a second, all
    wait. A call that fails is made again as ``Failures`` decides, and while ``Reachability`` finds that Telegram can't
    be reached, none is made but its ``getMe``. A call that is worth something at its moment alone, such as the
    acknowledgement of a press, is made once. ``lease`` names what entitles this process to call, None where nothing
    does now: a call is made only by what entitled it when it was wanted, else it gets StoppingError.
    """

    def __init__(  # noqa: PLR0913 - the last four are only for tests and for one of several replicas
        self,
        metrics: Metrics,
        limits: Limits = LIMITS,
        patience: Patience = PATIENCE,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Sleep | None = None,
        groups: MigratedGroups | None = None,
        lease: Callable[[], int | None] = lambda: 0,
    ) -> None:
        self._metrics = metrics
        self._limits = limits
        self._patience = patience
        self._now = now
        self._sleep = sleep or self._sleep_unless_stopped
        self._reachability = Reachability(now, self._sleep)
        self._overall = Bucket(*limits.overall)
        self._chats: LRUCache[object, Bucket] = LRUCache(_CHATS_REMEMBERED)
        self._flood_waits: dict[object, float] = {}
        """Until when a chat or a method waits; None stands for all."""
        self._refused: TTLCache[object, None] = TTLCache(_CHATS_REMEMBERED, _AT_ONCE_S, now)
        """Chats that were refused just now."""
        self._groups = groups or MigratedGroups()
        self._lease = lease
        self._failing: set[Failures] = set()
        """Those of messages that are to be sent again."""
        self._succeeded_at = now()
        """When a message was accepted last."""
        self._slots = asyncio.Semaphore(_SIDE_BY_SIDE)
        self._stopped = asyncio.Event()

    async def initialize(self) -> None:
        """Nothing is needed."""

    async def shutdown(self) -> None:
        """Nothing is held."""

    def stop(self) -> None:
        """From now on no call begins, and whoever waits for a turn gets StoppingError. Calls under way go on."""
        self._stopped.set()

    def share(self, count: int) -> None:
        """From now on so many processes share what may be sent in all."""
        self._overall.interval = self._limits.overall[0] * count

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
            StoppingError: the bot is about to end or may not send now, and the call was not made.
            TelegramError: it was refused for good, or is given up.
        """
        call = functools.partial(self._call, self._lease(), callback, args, kwargs)
        if isinstance(chat := data.get("chat_id"), int):
            data["chat_id"] = self._groups.current_id(chat)
        if endpoint in _ONCE:
            return await self._perform(call, data.get("chat_id", endpoint), endpoint)
        probe = functools.partial(self._probe, callback)
        is_message = endpoint.startswith(("send", "edit"))
        failures: Failures | None = None
        try:
            while True:
                scope = data.get("chat_id", endpoint)
                await self._wait_for_turn(scope, endpoint, probe)
                try:
                    result = await self._perform(call, scope, endpoint)
                except ChatMigrated as error:
                    await self._move(data, error)
                except TelegramError as error:
                    failures = failures or Failures(self._patience, self._now, self._reachability)
                    if is_message:
                        self._failing.add(failures)
                    await self._recover(error, failures, probe, endpoint)
                else:
                    if is_message:
                        self._succeeded_at = self._now()
                    return result
        finally:
            self._failing -= {failures}

    def _call(
        self,
        lease: int | None,
        callback: Callable[..., Coroutine[Any, Any, _Result]],
        args: Any,  # noqa: ANN401 - PTB's
        kwargs: dict[str, Any],
    ) -> Coroutine[Any, Any, _Result]:
        """A call that this lease entitled to. Raises StoppingError if it does no more."""
        if lease is None or self._lease() != lease:
            raise StoppingError
        return callback(*args, **kwargs)

    async def _move(self, data: dict[str, Any], error: ChatMigrated) -> None:
        """Send a call to a group's new id, as all later ones. Raises the error where the call is not for that group."""
        if "chat_id" not in data:
            raise error
        _LOG.warning("A group has become a supergroup, and what is for it goes to its new id.")
        former, data["chat_id"] = data["chat_id"], error.new_chat_id
        await asyncio.to_thread(self._groups.add, former, error.new_chat_id)

    async def _recover(self, error: TelegramError, failures: Failures, probe: Probe, endpoint: str) -> None:
        """Wait until a call that failed is to be made again. Raises the error if it is given up."""
        if isinstance(error, RetryAfter):
            # Telegram says itself for how long to wait.
            if failures.is_over:
                raise error
            return
        known = outcome(error)
        if known is Outcome.REFUSED and not isinstance(error, InvalidToken):
            raise error
        was_lost = await self._reachability.ask(probe, self._now())
        if isinstance(error, InvalidToken):
            # A 404: the token is not known, or the method.
            if not was_lost:
                raise EndPointNotFound(f"this Bot API has no {endpoint}") from error
            known = Outcome.NOT_ARRIVED
        # Where no message gets through, none of those that fail is at fault itself.
        others_succeed = len(self._failing) <= 1 or self._now() - self._succeeded_at < _LATELY_S
        pause = failures.pause_s(known, was_lost=was_lost, others_succeed=others_succeed)
        if pause is None:
            raise error
        self._metrics.retries.inc()
        _LOG.warning("%s: %s; trying again in %.1f s.", endpoint, explain(error), pause)
        if not failures.chat_waits:
            let_chat_go_on()
        await self._sleep(pause)

    async def _probe(self, callback: Callable[..., Coroutine[Any, Any, _Result]]) -> None:
        if self._stopped.is_set():
            raise StoppingError
        await callback("getMe", {})

    async def _perform(self, call: Callable[[], Awaitable[_Result]], scope: int | str, endpoint: str) -> _Result:
        """Make a call once, when there is a slot for it.

        Without making it, RetryAfter is raised in a flood wait, and NotArrivedError while Telegram can't be reached.
        """
        async with self._slots:
            if self._stopped.is_set():
                raise StoppingError
            if (left := self._flood_wait_s(scope)) > 0:
                raise RetryAfter(math.ceil(left))
            if self._reachability.is_lost:
                raise NotArrivedError("nor could it a moment ago")
            called = "failed"
            try:
                result = await call()
                called = "accepted"
            except RetryAfter as error:
                called = "429"
                self._begin_flood_wait(scope, seconds_to_wait(error))
                raise
            finally:
                self._metrics.calls.labels(endpoint, called).inc()
            return result

    async def _wait_for_turn(self, scope: int | str, endpoint: str, probe: Probe) -> None:
        await self._wait_out_flood(scope)
        if self._reachability.is_lost:
            await self._reachability.ask(probe, self._now())
        is_edit = endpoint.startswith("edit")
        if is_edit or endpoint.startswith("send"):
            # Groups and channels have negative ids.
            is_group = isinstance(scope, int) and scope < 0
            limit = self._limits.group if is_group and not is_edit else self._limits.private
            chat = self._chats.setdefault((scope, is_edit), Bucket(*limit))
            await self._sleep(chat.take(self._now()))
            await self._wait_out_flood(scope)
            await self._sleep(self._overall.take(self._now()))

    async def _wait_out_flood(self, scope: int | str) -> None:
        while (left := self._flood_wait_s(scope)) > 0:
            await self._sleep(left)

    def _flood_wait_s(self, scope: int | str) -> float:
        return max(self._flood_waits.get(scope, 0.0), self._flood_waits.get(None, 0.0)) - self._now()

    def _begin_flood_wait(self, scope: int | str, seconds: float) -> None:
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
