"""A real inbox in a SQLite file, a worker, and a handler that notes what it is given."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from bot.clock import MACHINE
from bot.conversation.reply import Reply
from bot.inbox.encryption import Encryption
from bot.inbox.receiver import Receiver
from bot.inbox.updates import Update
from bot.inbox.worker import Worker
from bot.metrics import Metrics
from bot.service.dead_letters import DeadLetterReport
from bot.service.health import Health
from bot.store.database import Database
from bot.store.history import History
from bot.store.inbox import Inbox
from bot.store.misses import MissLog
from bot.store.records import NOTHING, NoticeKind, Records
from bot.store.usage import UsageLog


class Notes:
    """A handler that notes each update's words. ``act`` is called with them and the attempt's number."""

    def __init__(self) -> None:
        self.handled: list[str] = []
        self.apologies: list[str] = []
        self.ages: list[float] = []
        self.followed: dict[str, bool] = {}
        self.act: Callable[[str, int], Awaitable[Records]] = self._nothing

    @staticmethod
    async def _nothing(_words: str, _attempt: int) -> Records:
        return NOTHING

    async def handle(self, update: Update, age_s: float, is_followed: Callable[[], bool]) -> Records:
        words = update.message.words if update.message else "?"
        self.handled.append(words)
        self.ages.append(age_s)
        records = await self.act(words, self.handled.count(words))
        self.followed[words] = is_followed()
        return records

    async def failed(self, update: Update) -> None:
        self.apologies.append(update.message.words if update.message else "?")


class InboxSetup:
    """An inbox with those who fill and empty it."""

    def __init__(self, database: Database, secret: str = "secret") -> None:
        self.database = database
        self.missed = MissLog(database, 100)
        self.inbox = Inbox(database, UsageLog(database, self.missed, 100))
        self.encryption = Encryption(secret)
        self.notes = Notes()
        self.metrics = Metrics()
        self.worker = Worker(self.inbox, self.encryption, self.notes, self.metrics, lambda _failures: 0.001)
        self.receiver = Receiver(self.inbox, self.encryption, self.worker, self.metrics)

    async def work_until(self, reached: Callable[[], bool]) -> None:
        """Let the worker run until a state is reached; it takes up what others put into the inbox meanwhile."""
        self.worker.start()
        try:
            async with asyncio.timeout(20):
                await self.worker.load()
                while not reached():
                    await asyncio.sleep(0.005)
                    await self.worker.load()
        finally:
            await self.worker.stop(5)

    async def work_through(self) -> None:
        """Let the worker run until nothing waits."""
        await self.work_until(lambda: not self.inbox.waiting(()))


def health_of(setup: InboxSetup) -> Health:
    """The health of a bot that works, and whose admins are told nothing."""

    async def tell(_kind: NoticeKind, _reply: Reply) -> None:
        """There is nobody."""

    return Health(
        database=setup.database,
        misses=setup.missed,
        silent_s=lambda: 0.0,
        waiting_s=dict,
        intake_fault=lambda: None,
        git_fault=lambda: None,
        metrics=setup.metrics,
        tell=tell,
    )


def dead_letters_of(setup: InboxSetup) -> DeadLetterReport:
    """The dead letters of a bot whose admins are told nothing."""

    async def keep(_kind: NoticeKind, _reply: Reply, _mark: str) -> None:
        """There is nobody."""

    return DeadLetterReport(setup.inbox, History(setup.database), keep, MACHINE)


def question(number: int, text: str, chat: int = 7, **fields: Any) -> dict[str, Any]:
    """A raw update with a question."""
    sender = {"id": chat, "is_bot": False, "first_name": "王小明"}
    message = {"message_id": number, "date": 1780000000, "chat": {"id": chat, "type": "private"}, "from": sender}
    return {"update_id": number, "message": {**message, "text": text, **fields}}
