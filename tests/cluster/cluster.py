"""Several bots over one PostgreSQL, with the fake Bot API as load balancer, while something goes wrong.

Every question is one that the bot can't answer, so that the log of missed questions must hold exactly what was asked.
A reply that was accepted just before a failure, too late for its commit, may be sent once more; nothing else may.
"""

import os
import random
import signal
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.inbox.encryption import Encryption
from bot.inbox.updates import Update
from tests.crash import replied_to
from tests.fake_bot_api import TOKEN, FakeBotApi, serving
from tests.postgresql import Server
from tests.process import Process, free_port, missed, settings_for, start, stop, wait_for
from tests.unlimited import MOVED, unlimited_bot

_GROUP, _MEMBERS = -1000, 400
"""A group with so many members."""
_TAKEN_OVER_S = 15.0
"""Within so many seconds after a failure another replica must have what a replica had, or have answered it."""


@dataclass
class Report:
    """What came of a run. Questions are known by their message's id."""

    lost: list[int] = field(default_factory=list)
    unexplained: list[int] = field(default_factory=list)
    """Answered more often than the failure can have caused."""
    twice: int = 0
    in_flight: int = 0
    disordered: list[int] = field(default_factory=list)
    """Chats whose questions were not answered in their order."""
    taken_over_s: float = 0.0
    """How long after the failure no question was the failed replica's any more."""
    seconds: float = 0.0
    log_is_exact: bool = False
    invalid: list[str] = field(default_factory=list)

    @property
    def fine(self) -> bool:
        """Whether every promise was kept."""
        return (
            self.log_is_exact
            and not (self.lost or self.unexplained or self.disordered or self.invalid)
            and self.taken_over_s < _TAKEN_OVER_S
        )


@dataclass
class Cluster:
    """Replicas that run, each in a folder of its own."""

    api: FakeBotApi
    server: Server
    name: str
    """Of the database."""
    folder: Path
    replicas: list[Process] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    dead: set[int] = field(default_factory=set)
    addresses: list[str] = field(default_factory=list)
    """Where the replicas take deliveries."""
    pages: list[str] = field(default_factory=list)
    """Where they serve the page, if they do."""
    owners: list[int] = field(default_factory=list)
    """What the replicas are called in the database."""

    def add(self, *, ahead_s: float = 0.0) -> Process:
        """Start one more replica; it takes deliveries when this returns. ``ahead_s``: how far its clock is ahead."""
        folder = self.folder / f"replica{len(self.replicas)}"
        folder.mkdir()
        if ahead_s:
            (folder / MOVED).write_text(str(ahead_s))
        listen = f"127.0.0.1:{free_port()}"
        replica = self.settings | {
            "CAMPAIGN_BOT_LISTEN": listen,
            "CAMPAIGN_BOT_PAGE_LISTEN": f"127.0.0.1:{free_port()}",
        }
        self.addresses.append(listen)
        self.pages.append(replica["CAMPAIGN_BOT_PAGE_LISTEN"])
        self.deliver_to(*range(len(self.addresses)))
        calls = len(self.api.calls)
        process = start(replica, folder / "log", unlimited_bot)
        self.replicas.append(process)
        self.api.wait_until(lambda: any(method == "setwebhook" for method, _ in self.api.calls[calls:]))
        self.owners += {row.id for row in self._rows("SELECT id FROM replicas")}.difference(self.owners)
        return process

    def deliver_to(self, *numbers: int) -> None:
        """Have updates delivered to these replicas alone, in turn."""
        self.api.deliver_to, *self.api.replicas = (self.addresses[number] for number in numbers)

    def _rows(self, query: str) -> list[Any]:
        engine = sa.create_engine(self.server.url(self.name), poolclass=sa.NullPool)
        with engine.connect() as connection:
            return list(connection.execute(sa.text(query)))

    def waiting(self) -> list[tuple[int, int, int | None]]:
        """The ids of the messages that wait, and by which replica each is leased, with its chat's key."""
        encryption = Encryption(TOKEN)
        query = "SELECT payload, chat_key, leased_by FROM inbox WHERE state = 'waiting' ORDER BY id"
        rows = self._rows(query)
        read = [(Update.model_validate_json(encryption.decrypt(bytes(row[0]))), row[1], row[2]) for row in rows]
        return [(update.message.message_id, chat, leased) for update, chat, leased in read if update.message]

    def busiest(self) -> int:
        """The number of the replica that has leased most of what waits."""
        leased = Counter(owner for _, _, owner in self.waiting())
        return max(range(len(self.replicas)), key=lambda number: leased[self.owners[number]])

    def kill(self, number: int) -> None:
        """End a replica at once."""
        self.replicas[number].kill()
        self.replicas[number].wait()
        self.dead.add(number)

    def signal(self, number: int, what: signal.Signals) -> None:
        """Send a replica a signal."""
        os.kill(self.replicas[number].pid, what)


@contextmanager
def cluster(
    server: Server, folder: Path, count: int, *, through: str = "", ahead_s: float = 0.0, **settings: str
) -> Iterator[Cluster]:
    """So many replicas over a new database, which they reach ``through`` another address, if there is one.

    ``ahead_s``: by how much the clock of the last one is ahead. ``settings``: more of them, without their prefix.
    """
    with serving(FakeBotApi()) as api:
        # A replica that stands still must not hold up deliveries for long.
        api.delivery_s = 2.0
        url = server.new_database()
        name = str(sa.make_url(url).database)
        common = settings_for(api, folder, webhook=True)
        common["CAMPAIGN_BOT_DATABASE_URL"] = through.format(name=name) if through else url
        common |= {f"CAMPAIGN_BOT_{key}": value for key, value in settings.items()}
        running = Cluster(api, server, name, folder, settings=common)
        try:
            for number in range(count):
                running.add(ahead_s=ahead_s if number == count - 1 else 0.0)
            yield running
        finally:
            for process in running.replicas:
                process.send_signal(signal.SIGCONT) if process.poll() is None else None
                process.kill()
                process.wait()
        server.drop(url)


Failure = Callable[[Cluster], "Failed"]
"""What goes wrong while questions wait."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The replicas that were hit, all of them where it was the database; and what ends the failure, after a while."""

    replicas: tuple[int, ...]
    after_s: float = 0.0
    end: Callable[[], None] = lambda: None


def killed(running: Cluster) -> Failed:
    """The replica that has the most to answer is killed, and does not come back."""
    hit = running.busiest()
    running.kill(hit)
    return Failed((hit,))


def stopped(running: Cluster) -> Failed:
    """The replica that has the most to answer stands still for longer than its leases last, and goes on then."""
    hit = running.busiest()
    running.signal(hit, signal.SIGSTOP)
    return Failed((hit,), 12.0, lambda: running.signal(hit, signal.SIGCONT))


def restarted(running: Cluster) -> Failed:
    """The database is gone for a moment."""
    running.server.stop()
    running.server.start()
    return Failed(tuple(range(len(running.replicas))))


def nothing(_running: Cluster) -> Failed:
    """All is well."""
    return Failed(())


def ask_while(
    running: Cluster,
    seed: int,
    questions: int,
    chats: int,
    failure: Failure = nothing,
    finished: Callable[[], None] = lambda: None,
) -> Report:
    """Ask, let it fail when a third is answered, let it finish, and look at what members and the log have got.

    A single chat is a group, since no member alone may ask so fast. ``finished`` is called as soon as everything is
    answered, while all replicas still run.
    """
    chance, api, report = random.Random(seed), running.api, Report()
    asked: dict[int, tuple[int, str]] = {}
    began = time.monotonic()

    def ask() -> None:
        for number in range(questions):
            # Some are asked twice: the log must count them.
            text = f"写首诗送我妈{number * 3 // 4}"
            if chats == 1:
                sender = {"id": 1000 + chance.randrange(_MEMBERS), "is_bot": False, "first_name": "张三"}
                message = api.member_says(f"/ask {text}", chat=_GROUP, **{"from": sender})
            else:
                message = api.member_says(text, chat=1000 + chance.randrange(chats))
            asked[message["message_id"]] = (message["chat"]["id"], text)

    members = threading.Thread(target=ask)
    members.start()
    api.wait_until(lambda: len(api.sent()) >= questions // 3, seconds=120 + questions / 10)
    failed_at = time.monotonic()
    failed = failure(running)
    waiting = running.waiting()
    hit = {running.owners[number] for number in failed.replicas}
    held = {message: chat for message, chat, owner in waiting if owner in hit}
    # Of each chat that a replica had, one reply may have been on its way.
    allowed = Counter({chat: message for message, chat in reversed(held.items())}.values())
    threading.Timer(failed.after_s, failed.end).start()
    members.join()
    wait_for(lambda: not any(message in held and owner in hit for message, _, owner in running.waiting()), seconds=120)
    report.taken_over_s = time.monotonic() - failed_at if held else 0.0
    api.wait_until(lambda: set(replied_to(api)) >= set(asked), seconds=120 + questions / 10)
    report.seconds = time.monotonic() - began
    finished()
    time.sleep(max(0.0, failed_at + failed.after_s + 1.0 - time.monotonic()))
    for number, process in enumerate(running.replicas):
        if number not in running.dead:
            stop(process)
    times = Counter(replied_to(api))
    report.lost = sorted(set(asked).difference(times))
    report.twice = sum(times.values()) - len(times)
    report.in_flight = len(allowed)
    report.unexplained = [message for message, count in times.items() if count - 1 > allowed[message]]
    firsts: dict[int, list[int]] = defaultdict(list)
    for message in dict.fromkeys(replied_to(api)):
        firsts[asked[message][0]].append(message)
    report.disordered = [chat for chat, messages in firsts.items() if messages != sorted(messages)]
    kept = {row["question"]: row["count"] for row in missed(running.settings)}
    report.log_is_exact = kept == Counter(text for _, text in asked.values())
    report.invalid = api.invalid
    return report
