"""How updates come in by polling, and what may keep them from coming; none is acknowledged before it is committed."""

import asyncio
import itertools
import logging
import math
import time
import warnings
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from telegram import Bot
from telegram.error import Conflict, RetryAfter, TelegramError
from telegram.warnings import PTBUserWarning

from bot.backoff import backoff
from bot.errors import StoppingError, StoreError
from bot.inbox.receiver import Receiver, update_id
from bot.inbox.updates import KINDS
from bot.telegram.client import explain, seconds_to_wait

_LOG = logging.getLogger(__name__)
_POLL_S = 30
_LOOK_S = 2.0
"""How often it is looked whether polling is this process's task."""
_SPACING_S = 60.0
_LONGEST_SPACING_S = 960.0
_FOUGHT = 3


class Cause(StrEnum):
    """Why updates do not come in, most likely, in the words of the log and of ``health``."""

    PATH = "the proxy strips or changes the path of CAMPAIGN_BOT_WEBHOOK_URL, or does not pass it on"
    SECRET = "the proxy drops the header X-Telegram-Bot-Api-Secret-Token, or refuses Telegram itself"  # noqa: S105
    BODY = "the proxy loses or changes the body of what Telegram delivers"
    REDIRECT = "the address redirects: set CAMPAIGN_BOT_WEBHOOK_URL to where it leads"
    CERTIFICATE = "Telegram does not accept the certificate of the address"
    HOST = "the host of CAMPAIGN_BOT_WEBHOOK_URL can't be resolved"
    UNREACHABLE = "the proxy or this bot does not answer: check the proxy, CAMPAIGN_BOT_LISTEN and the firewall"
    TAKEN = "another program keeps setting or removing the bot's webhook: end that one"
    UNKNOWN = "nothing arrives"


@dataclass(frozen=True, slots=True)
class IntakeFault:
    """Updates do not come in. ``reported``: what Telegram says, if anything; ``pending``: how many wait there."""

    cause: Cause
    reported: str = ""
    pending: int = 0

    def __str__(self) -> str:
        reported = f" (Telegram reports: {self.reported}; {self.pending} updates wait)" if self.reported else ""
        return f"{self.cause}{reported}"


class Spacing:
    """When to do again what another program undoes: at once, then at the earliest after 1, 2, 4 ... 16 minutes."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._next = -math.inf
        self._count = 0

    @property
    def is_due(self) -> bool:
        """Whether to do it now."""
        return self._now() >= self._next

    @property
    def is_fought(self) -> bool:
        """Whether it was undone so often lately that the other program does not leave it at that."""
        return self._count >= _FOUGHT

    def done(self) -> None:
        """It was done."""
        self._next = self._now() + min(_LONGEST_SPACING_S, _SPACING_S * 2.0**self._count)
        self._count += 1

    def lasts(self) -> None:
        """Nobody has undone it: once that was so until the next time would be due, it starts anew."""
        if self.is_due:
            self._count = 0


class Poller:
    """Fetches raw updates for the receiver, while ``may_poll`` says so. Once it polls, no error ends it."""

    def __init__(
        self,
        bot: Bot,
        receiver: Receiver,
        may_poll: Callable[[], bool] = lambda: True,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bot = bot
        self._may_poll = may_poll
        self._receiver = receiver
        # Never computed from what is stored: after a quiet week Telegram starts at a random id.
        self._offset: int | None = None
        self._now = now
        self._succeeded = now()
        self._webhook_seen = False
        self._deletions = Spacing(now)

    def silent_s(self) -> float:
        """For how many seconds no fetch has succeeded."""
        return self._now() - self._succeeded

    def fault(self) -> IntakeFault | None:
        """What keeps updates from coming, as far as it is known: a webhook."""
        return IntakeFault(Cause.TAKEN) if self._webhook_seen or self._deletions.is_fought else None

    async def run(self) -> None:
        """Poll until it is cancelled."""
        _LOG.info("Polling for updates.")
        while True:
            await persist(self._poll)

    async def _poll(self) -> None:
        await self._receiver.worker.has_capacity.wait()
        if not await asyncio.to_thread(self._may_poll):
            await asyncio.sleep(_LOOK_S)
            return
        if not await asyncio.to_thread(self._receiver.inbox.is_kept):
            # An offset acknowledges what came before it.
            self._offset = None
        arguments = {"timeout": _POLL_S, "allowed_updates": list(KINDS), "offset": self._offset}
        with warnings.catch_warnings():
            # PTB advises its own method; that one fails a whole batch for one bad update.
            warnings.simplefilter("ignore", PTBUserWarning)
            try:
                raws: Any = await self._bot.do_api_request("getUpdates", arguments, read_timeout=_POLL_S + 5)
            except Conflict as error:
                if "webhook" in str(error).lower() and await self._may_poll_again():
                    return
                raise
        if not isinstance(raws, list):
            raise TelegramError("getUpdates gave no list: check CAMPAIGN_BOT_API_URL")
        self._succeeded = self._now()
        self._webhook_seen = False
        self._deletions.lasts()
        await self._receiver.receive(raws)
        ids = [one for raw in raws if (one := update_id(raw)) is not None]
        if ids:
            self._offset = ids[-1] + 1
        elif raws:
            raise TelegramError(f"{len(raws)} updates without an id can't be confirmed")

    async def _may_poll_again(self) -> bool:
        """Delete a webhook, which keeps updates from polling, if it is time to; what waits is kept."""
        self._webhook_seen = True
        if not self._deletions.is_due:
            return False
        _LOG.warning("A webhook is set, so that polling gets nothing: it is deleted.")
        await self._bot.delete_webhook(drop_pending_updates=False)
        self._deletions.done()
        self._webhook_seen = False
        return True


async def persist(step: Callable[[], Awaitable[object]], longest_s: float = math.inf) -> None:
    """Do one step, after pauses as long as it fails, of at most so many seconds where Telegram wants none."""
    for failures in itertools.count(1):
        try:
            await step()
        except (TelegramError, StoreError) as error:
            pause = seconds_to_wait(error) if isinstance(error, RetryAfter) else min(backoff(failures), longest_s)
            _LOG.warning("%s; trying again in %.1f s.", explain(error), pause)
        except StoppingError:
            # Nothing is sent now; a bot that ends cancels this.
            pause = min(backoff(failures), longest_s)
        except Exception:  # noqa: BLE001 - whatever it is, a bot that has stopped listening is worse
            pause = min(backoff(failures), longest_s)
            _LOG.exception("Unexpected; trying again in %.1f s.", pause)
        else:
            return
        await asyncio.sleep(pause)
