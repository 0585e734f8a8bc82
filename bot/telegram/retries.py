"""Whether a call that failed is made again, and when: by what is known of it, and by time."""

import asyncio
import itertools
import logging
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from telegram.error import RetryAfter, TelegramError

from bot.backoff import backoff
from bot.telegram.client import Outcome, explain

_LOG = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]
Probe = Callable[[], Awaitable[object]]
"""A call of ``getMe``, which changes nothing however often it arrives."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and for how long a call that fails is made again, in seconds.

    ``resend_after``: the pauses before a call that may have arrived is made again. ``chat_s``: how long the later
    messages of its chat wait for it. ``call_s``: how long a call is made again that fails while others succeed.
    ``trouble_s``: how long any call is made again.
    """

    resend_after: tuple[float, ...] = (20.0, 90.0)
    chat_s: float = 60.0
    call_s: float = 600.0
    trouble_s: float = 24 * 3600.0


PATIENCE = Patience()
"""What the bot promises."""


class Reachability:
    """Whether calls in general reach Telegram. All chats share it; after a failure ``getMe`` tells."""

    def __init__(self, now: Callable[[], float], sleep: Sleep) -> None:
        self._now = now
        self._sleep = sleep
        self._asking = asyncio.Lock()
        self._lost_at: float | None = None
        self._before_s = 0.0
        """How long all troubles lasted that are over."""
        self._regained_at = -math.inf
        self._succeeded_at = -math.inf
        """When the latest ``getMe`` that succeeded was made."""

    @property
    def is_lost(self) -> bool:
        """Whether ``getMe`` failed too, and has not succeeded since."""
        return self._lost_at is not None

    def trouble_s(self) -> float:
        """For how long, in all, Telegram could not be reached."""
        return self._before_s + (self._now() - self._lost_at if self._lost_at is not None else 0.0)

    async def ask(self, probe: Probe, failed_at: float) -> bool:
        """Wait until Telegram can be reached; whether a call that failed at this time failed because it could not be.

        Raises StoppingError when the bot is about to end.
        """
        async with self._asking:
            if self._lost_at is None and failed_at <= self._regained_at:
                return True
            if self._lost_at is None and failed_at <= self._succeeded_at:
                return False
            for failures in itertools.count(1):
                asked_at = self._now()
                try:
                    await probe()
                except RetryAfter:
                    # It was answered.
                    break
                except TelegramError as error:
                    if self._lost_at is None:
                        self._lost_at = failed_at
                    pause = backoff(failures)
                    _LOG.warning("Nothing is sent: %s; asking again in %.1f s.", explain(error), pause)
                    await self._sleep(pause)
                else:
                    break
            self._succeeded_at = asked_at
            if self._lost_at is None:
                return False
            self._before_s, self._lost_at, self._regained_at = self.trouble_s(), None, self._now()
            _LOG.info("Telegram can be reached again.")
            return True


class Failures:
    """How one call has failed since it did first: the one place that decides whether it is made again, and when."""

    def __init__(self, patience: Patience, now: Callable[[], float], reachability: Reachability) -> None:
        self._patience = patience
        self._now = now
        self._reachability = reachability
        self._first_at = now()
        self._trouble_before_s = reachability.trouble_s()
        self._while_lost = 0
        self._not_arrived = 0
        self._perhaps_arrived = 0

    @property
    def is_over(self) -> bool:
        """Whether no call is made again that failed first when this one did."""
        return self._now() - self._first_at >= self._patience.trouble_s

    @property
    def chat_waits(self) -> bool:
        """Whether the chat's later messages wait through the pause that was given last."""
        return sum(self._patience.resend_after[: self._perhaps_arrived]) <= self._patience.chat_s

    def pause_s(self, known: Outcome, *, was_lost: bool, others_succeed: bool) -> float | None:
        """Count a failure; how many seconds to wait before the call is made again, None if it is given up.

        ``was_lost``: whether Telegram could not be reached at all, which is no fault of the call's.
        """
        if known is Outcome.REFUSED or self.is_over:
            return None
        if was_lost:
            self._while_lost += 1
            return backoff(self._while_lost)
        if known is Outcome.PERHAPS_ARRIVED:
            pauses = self._patience.resend_after[self._perhaps_arrived :]
            self._perhaps_arrived += 1
            return pauses[0] if pauses else None
        self._not_arrived += 1
        is_at_fault = others_succeed and self._own_s() >= self._patience.call_s
        return None if is_at_fault else backoff(self._not_arrived)

    def _own_s(self) -> float:
        """For how long it has failed, without the time in which Telegram could not be reached."""
        return self._now() - self._first_at - (self._reachability.trouble_s() - self._trouble_before_s)
