"""The bot and what surrounds it, in a time that passes only while everybody waits.

Telegram is the fake Bot API over HTTP on loopback, where a fault needs it behind a proxy. What goes in are members'
updates as they would be received; what comes out are the calls that Telegram accepts, with their time.
"""

import asyncio
import math
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from telegram.error import TimedOut
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot.inbox.receiver import Receiver
from bot.inbox.worker import Worker
from bot.metrics import Metrics
from bot.store.records import DeadLetter
from bot.telegram.admins import AdminHandlers
from bot.telegram.client import Transport
from bot.telegram.members import MemberHandlers
from bot.telegram.messages import Messages
from bot.telegram.notifier import SubscriptionNotifier
from bot.telegram.quotas import DailyQuota, MemberRateLimit
from bot.telegram.router import Router
from bot.telegram.sending import SendingPolicy
from tests.admin_setup import AdminSetup
from tests.clocks import Clock, VirtualTime
from tests.conftest import CANTEEN
from tests.fake_bot_api import TOKEN, Failure, FakeBotApi, serving
from tests.faults.proxy import proxying, self_signed
from tests.inbox_setup import InboxSetup

_UNBOUNDED = 1_000_000


@dataclass(frozen=True)
class Slow:
    """Telegram does what it is asked, and answers so many seconds later."""

    seconds: float


@dataclass(frozen=True)
class NoConnection:
    """The proxy answers this to CONNECT; nothing is a broken connection."""

    answer: bytes


@dataclass(frozen=True)
class Fault:
    """What is broken, and how, from one moment to another, in seconds after the start.

    ``methods``: in lower case; none stands for all. ``only``: which of their calls, by their fields; ``times``: how
    many of them.
    """

    how: Failure | Slow | NoConnection
    methods: Sequence[str] = ()
    until: float = math.inf
    since: float = 0.0
    only: Callable[[Mapping[str, Any]], bool] = lambda _fields: True
    times: float = math.inf


@dataclass(frozen=True)
class Question:
    """A message of a member. ``at``: when it was sent."""

    message: int
    chat: int
    text: str
    at: float


@dataclass(frozen=True)
class Answer:
    """A message that Telegram accepted. ``question``: the message that it quotes; ``at``: when it was accepted."""

    chat: int
    text: str
    question: int | None
    at: float
    fields: Mapping[str, Any]


class _Api(FakeBotApi):
    """A Bot API that knows the virtual time, and the faults."""

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__(self._failure)
        self.faults: Sequence[Fault] = ()
        self._now = now
        self.met: Counter[int] = Counter()
        """How many calls each fault met, by its id."""
        self.answers: list[Answer] = []
        self.lost: Counter[int | None] = Counter()
        """How many answers, by the message that they quote, were accepted though the bot was not told."""
        self.called: list[tuple[str, float]] = []

    def fault(self, kind: type[Failure | Slow | NoConnection], method: str, fields: Mapping[str, Any]) -> Fault | None:
        """The first fault of this kind that a call meets now."""
        for fault in self.faults:
            if (
                isinstance(fault.how, kind)
                and fault.since <= self._now() < fault.until
                and (not fault.methods or method in fault.methods)
                and fault.only(fields)
                and self.met[id(fault)] < fault.times
            ):
                self.met[id(fault)] += 1
                return fault
        return None

    def _failure(self, method: str, fields: dict[str, Any]) -> Failure | None:
        self.called.append((method, self._now()))
        fault = self.fault(Failure, method, fields)
        if fault is None or not isinstance(fault.how, Failure):
            return None
        if fault.how.accepted:
            self.lost[_quoted(fields)] += 1
        return fault.how

    def _send(self, fields: dict[str, Any]) -> dict[str, Any]:
        message = super()._send(fields)
        self.answers.append(Answer(fields["chat_id"], message["text"], _quoted(fields), self._now(), fields))
        return message


def _quoted(fields: Mapping[str, Any]) -> int | None:
    quoted: int | None = fields.get("reply_parameters", {}).get("message_id")
    return quoted


class World:
    """The parts of the bot that answer and send, and what a test does with them."""

    def __init__(self, api: _Api, bot: ExtBot[None], setup: AdminSetup, time: VirtualTime) -> None:
        self.api = api
        self.bot = bot
        self.setup = setup
        self.time = time
        self.asked: list[Question] = []
        inbox = InboxSetup(setup.database, TOKEN)
        self._inbox = inbox.inbox
        self.messages = Messages(bot)
        self.notifier = SubscriptionNotifier(
            self.messages, setup.subscriptions, inbox.encryption, setup.lifecycle, setup.members
        )
        members = MemberHandlers(
            setup.current,
            setup.members,
            self.messages,
            rate_limit=MemberRateLimit(_UNBOUNDED),
            typing_limit=MemberRateLimit(_UNBOUNDED),
            quota=DailyQuota(_UNBOUNDED),
            usage=setup.usage,
            notifier=self.notifier,
            corrections=setup.corrections,
            metrics=inbox.metrics,
        )
        admins = AdminHandlers(self.messages, setup.conversation, setup.usage, inbox.encryption, [], None)
        self.worker = Worker(inbox.inbox, inbox.encryption, Router(bot, members, admins), inbox.metrics)
        self._receiver = Receiver(inbox.inbox, inbox.encryption, self.worker, inbox.metrics)

    @property
    def now(self) -> float:
        """Seconds since the start."""
        return self.time.now - _START

    async def run(self, *work: Coroutine[Any, Any, None]) -> None:
        """Do this side by side, until all that was asked meanwhile is done or a dead letter."""
        self.worker.start()
        for outcome in await self.time.run(*work) + await self.time.run(self._settle()):
            if outcome is not None:
                raise outcome

    async def until(self, second: float) -> None:
        """Wait until so many seconds after the start."""
        await self.time.sleep(_START + second - self.time.now)

    async def ask(self, text: str, chat: int = 7, **fields: Any) -> Question:
        """A member sends a message, now."""
        message = self.api.member_says(text, chat=chat, **fields)
        question = Question(message["message_id"], chat, text, self.now)
        self.asked.append(question)
        await self._receiver.receive([self.api._updates[-1]])
        return question

    async def _settle(self) -> None:
        while self.worker._arrivals:
            await self.time.sleep(60)

    def dead_letters(self) -> Sequence[DeadLetter]:
        """What was given up."""
        return self._inbox.dead_letters()

    def answers_to(self, question: Question) -> list[Answer]:
        """The messages that answer a question: those that quote it."""
        return [answer for answer in self.api.answers if answer.question == question.message]


_START = VirtualTime().now


@asynccontextmanager
async def world(
    faults: Sequence[Fault], folder: Path, monkeypatch: pytest.MonkeyPatch, seed: int = 1
) -> AsyncIterator[World]:
    """The bot among these faults; with a fault of the proxy, behind one."""
    random.seed(seed)
    time = VirtualTime()
    api = _Api(lambda: time.now - _START)

    class Http(HTTPXRequest):
        """PTB's networking, during which the virtual time stands, and whose answers may be slow."""

        async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
            answer = await time.working(super().do_request(*args, **kwargs))
            method = str(kwargs["url"]).rpartition("/")[2].lower()
            fields = kwargs["request_data"].parameters if kwargs.get("request_data") else {}
            fault = api.fault(Slow, method, fields)
            if fault and isinstance(fault.how, Slow):
                given = kwargs.get("read_timeout")
                patience = given if isinstance(given, int | float) else self.read_timeout
                await time.sleep(min(fault.how.seconds, patience or math.inf))
                if patience and fault.how.seconds > patience:
                    api.lost[_quoted(fields)] += 1
                    raise TimedOut from httpx.ReadTimeout("")
            return answer

    in_thread = asyncio.to_thread

    def to_thread(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Awaitable[Any]:
        return time.working(in_thread(function, *args, **kwargs))

    monkeypatch.setattr(asyncio, "to_thread", to_thread)
    monkeypatch.setattr("bot.telegram.client.HTTPXRequest", Http)
    # It goes by real time.
    monkeypatch.setattr("bot.telegram.messages._TYPING_AFTER_S", 3600)

    async with AsyncExitStack() as stack:
        tls = None
        if any(isinstance(fault.how, NoConnection) for fault in faults):
            tls, trusted = self_signed(folder)

            def refusal() -> bytes | None:
                fault = api.fault(NoConnection, "connect", {})
                return fault.how.answer if fault and isinstance(fault.how, NoConnection) else None

            monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
            monkeypatch.setenv("https_proxy", await stack.enter_async_context(proxying(refusal)))
            for name in ("no_proxy", "NO_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
                monkeypatch.delenv(name, raising=False)
        stack.enter_context(serving(api, tls=tls))
        clock = Clock()
        clock.now = datetime.now(UTC)
        setup = stack.enter_context(closing(AdminSetup(CANTEEN, folder, clock)))
        policy = SendingPolicy(Metrics(), now=time, sleep=time.sleep)
        bot: ExtBot[None] = ExtBot(TOKEN, f"{api.url}/bot", request=Transport(), rate_limiter=policy)
        async with bot:
            api.called.clear()
            api.faults = faults
            there = World(api, bot, setup, time)
            yield there
            await there.worker.stop(0)
        assert api.invalid == []
