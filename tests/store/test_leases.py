"""Leases of several replicas over one PostgreSQL; their time is the database's own, and is moved there."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from bot.clock import MACHINE
from bot.service.replica import Replica
from bot.store.database import Database
from bot.store.inbox import Inbox
from bot.store.leases import Leases, boot_time
from bot.store.misses import MissLog
from bot.store.records import Entry, Records, State
from bot.store.tables import REPLICAS
from bot.store.usage import UsageLog
from tests.conftest import miss
from tests.postgresql import Server

pytestmark = pytest.mark.filterwarnings("error")


class One:
    """A replica with its own connections."""

    def __init__(self, url: str, name: str) -> None:
        self.database = Database.open(url)
        self.leases = Leases(self.database, name, "1.0")
        self.misses = MissLog(self.database, 100)
        self.inbox = Inbox(self.database, UsageLog(self.database, self.misses, 100), self.leases)
        self.leases.join("knowledge")

    def receive(self, *entries: tuple[int, int]) -> list[bytes]:
        """Take in updates by number and chat; what is to be handled here."""
        taken = [Entry(key, b"%d" % key, chat=chat) for key, chat in entries]
        return [row.payload for row in self.inbox.receive(taken)]

    def waiting(self) -> list[bytes]:
        """What is to be handled here."""
        return [row.payload for row in self.inbox.waiting(())]

    def finish(self, *payloads: bytes, text: str = "") -> list[bytes]:
        """Finish what waits here; what is to be handled next."""
        rows = [row.id for row in self.inbox.waiting(()) if row.payload in payloads]
        records = Records(misses=(miss(text),)) if text else Records()
        return [row.payload for row in self.inbox.finish(dict.fromkeys(rows, records))]

    def is_silent(self) -> None:
        """It was not heard of for 11 seconds."""
        lapsed = REPLICAS.c.leased_until - 11
        self.database.write(REPLICAS.update().where(REPLICAS.c.id == self.leases.id).values(leased_until=lapsed))


@pytest.fixture
def url(postgresql: Server) -> Iterator[str]:
    url = postgresql.new_database()
    yield url
    postgresql.drop(url)


@pytest.fixture
def replica(url: str) -> Iterator[Callable[[str], One]]:
    """Starts replicas, each with its name."""
    started: list[One] = []

    def start(name: str) -> One:
        started.append(One(url, name))
        return started[-1]

    yield start
    for one in started:
        one.database.close()


@pytest.fixture
def first(replica: Callable[[str], One]) -> One:
    return replica("first")


@pytest.fixture
def second(replica: Callable[[str], One]) -> One:
    return replica("second")


def test_a_chat_is_handled_by_one(first: One, second: One) -> None:
    """What comes in for it elsewhere goes to whoever has it, once that one is done with what it had."""
    (row,) = first.inbox.receive([Entry(1, b"1", chat=7)])
    assert second.receive((2, 7), (3, 8)) == [b"3"]
    assert second.waiting() == [b"3"]
    assert [next_row.payload for next_row in first.inbox.finish({row.id: Records()})] == [b"2"]
    assert second.finish(b"3") == []
    assert first.waiting() == [b"2"]


def test_the_same_update_is_taken_in_by_one(first: One, second: One) -> None:
    """Telegram sends one again if its answer was late, and may send it to another replica."""
    assert first.receive((1, 7)) == [b"1"]
    assert second.receive((1, 7)) == []


def test_what_is_found_waits_in_its_order(first: One, second: One) -> None:
    """A chat is free once its replica has finished it; the next one takes all that waits in it, the oldest first."""
    first.receive((1, 7))
    second.receive((2, 7))
    first.is_silent()
    assert second.receive((3, 7)) == [b"1", b"2", b"3"]


def test_what_a_dead_replica_had_is_taken_over(first: One, second: One) -> None:
    """All of it, and nobody else's; nor while it lives."""
    first.receive((1, 7), (2, 8))
    assert second.waiting() == []
    first.is_silent()
    assert second.waiting() == [b"1", b"2"]


def test_what_is_taken_over_can_not_be_finished_any_more(first: One, second: One) -> None:
    """Its records are kept once, by whoever has it now."""
    (row,) = first.inbox.receive([Entry(1, b"1", chat=7)])
    first.is_silent()
    assert second.waiting() == [b"1"]
    first.inbox.finish({row.id: Records(misses=(miss("早"),))})
    first.inbox.make_dead_letters({row.id: "late"})
    assert second.waiting() == [b"1"]
    second.finish(b"1", text="晚")
    assert [row.question for row in first.misses.rows(list(State))] == ["晚"]


def test_who_was_silent_for_too_long_joins_anew(first: One, second: One) -> None:
    """It can't renew what others may have by now; under its new id it takes what is free."""
    first.receive((1, 7))
    assert first.leases.renew("other")
    first.is_silent()
    assert not first.leases.renew("other")
    former = first.leases.id
    first.leases.join("other")
    assert first.leases.id != former
    assert first.waiting() == [b"1"]
    assert second.waiting() == []


def test_who_was_suspended_trusts_no_lease(first: One) -> None:
    """Until it has renewed them: it sends nothing, takes nothing, and claims nothing."""
    now = 1000.0
    leases = Leases(first.database, "suspended", "1.0", elapsed=lambda: now)
    leases.join("knowledge")
    replica = Replica(leases)
    inbox = Inbox(first.database, first.inbox.usage, leases)
    assert replica.entitlement() == leases.id
    now += 7.9
    assert replica.entitlement() == leases.id
    assert leases.take("digest")
    now += 0.1
    assert replica.entitlement() is None
    assert not leases.take("digest")
    assert inbox.receive([Entry(1, b"1", chat=7)]) == []
    assert leases.renew("knowledge")
    assert replica.entitlement() == leases.id
    assert leases.take("digest")
    assert [row.payload for row in inbox.waiting(())] == [b"1"]


def test_time_passes_while_the_machine_is_suspended(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the clock of Linux that counts it, and by the monotonic one where there is none."""
    clocks = {time.CLOCK_BOOTTIME: 3600.0, time.CLOCK_MONOTONIC: 60.0}
    monkeypatch.setattr(time, "clock_gettime", clocks.__getitem__)
    monkeypatch.setattr(time, "monotonic", lambda: 60.0)
    assert boot_time() == 3600.0
    monkeypatch.delattr(time, "CLOCK_BOOTTIME")
    assert boot_time() == 60.0


def test_who_leaves_gives_everything_back(first: One, second: One) -> None:
    """Nobody has to wait until its leases lapse."""
    first.receive((1, 7))
    assert first.leases.take("digest")
    assert not second.leases.take("digest")
    first.leases.leave()
    assert second.waiting() == [b"1"]
    assert second.leases.take("digest")
    assert [one.name for one in second.leases.replicas()] == ["second"]


def test_a_task_is_done_by_one(first: One, second: One) -> None:
    """Until that one is dead; each task has its own."""
    assert first.leases.take("digest")
    assert first.leases.take("digest")
    assert not second.leases.take("digest")
    assert second.leases.take("purge")
    first.is_silent()
    assert second.leases.take("digest")
    assert not first.leases.take("digest")


def test_what_is_held_and_taken_over_is_counted(first: One, second: One) -> None:
    """Not what was given back, nor what a replica that joins anew had itself."""
    first.receive((1, 7), (2, 8), (3, 9))
    first.finish(b"3")
    assert first.leases.take("digest")
    assert first.leases.take("purge")
    assert first.leases.held() == {"task": 2, "update": 2}
    first.is_silent()
    assert second.waiting() == [b"1", b"2"]
    assert second.leases.take("digest")
    assert second.leases.held() == {"task": 1, "update": 2}
    assert second.leases.taken_over == {"task": 1, "update": 2}
    second.is_silent()
    second.leases.join("knowledge")
    assert second.waiting() == [b"1", b"2"]
    assert second.leases.take("digest")
    assert second.leases.taken_over == {"task": 1, "update": 2}
    second.leases.leave()
    first.leases.join("knowledge")
    assert first.waiting() == [b"1", b"2"]
    assert first.leases.take("digest")
    assert not first.leases.taken_over.total()


def test_what_lives_for_a_moment_is_handled_where_it_came_in(first: One, second: One) -> None:
    """Whoever has the chat is not waited for."""
    first.receive((1, 7))
    (row,) = second.inbox.receive([Entry(2, b"2", chat=7, is_brief=True)])
    assert row.payload == b"2"


def test_few_are_claimed_where_there_is_enough_to_do(first: One, second: One) -> None:
    """What is left is for others."""
    first.receive(*((number, number) for number in range(1, 1_200)))
    first.leases.leave()
    second.waiting()
    assert len(second.inbox.waiting(())) == 1_199
    assert len(second.inbox.waiting(range(2_000))) == 0


def test_they_are_seen(first: One, second: One) -> None:
    """With what they answer from, and when they were heard of last; and they know how many they are."""
    assert second.leases.renew("newer")
    assert second.leases.count == 2
    assert [(one.name, one.version, one.knowledge) for one in first.leases.replicas()] == [
        ("first", "1.0", "knowledge"),
        ("second", "1.0", "newer"),
    ]
    assert all(0 <= one.lag_s < 10 for one in first.leases.replicas())
    assert abs(second.leases.time - MACHINE()) < timedelta(minutes=1)
