"""Who wants to be told: kept encrypted, told once, and gone then."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.store.database import Database
from bot.store.misses import MissLog
from bot.store.records import Records, State, Subscription
from bot.store.subscriptions import Subscriptions
from bot.store.usage import UsageLog
from tests.clocks import Clock
from tests.conftest import miss


@pytest.fixture
def usage(database: Database, store: MissLog) -> UsageLog:
    return UsageLog(database, store, 100)


@pytest.fixture
def subscriptions(database: Database) -> Subscriptions:
    return Subscriptions(database)


def subscription(text: str, person: int = 1, address: bytes = b"encrypted") -> Records:
    return Records(misses=(miss(text),), subscriptions=(Subscription(text, person, address),))


NOW = timedelta()
"""What has been answered for no time yet is due."""
MINUTE = timedelta(minutes=1)


def settle(store: MissLog, *ids: int, state: State = State.VERIFIED) -> None:
    """These misses come to this end, and what is told of it is known."""
    store.set_state(ids, state)
    store.settle(dict.fromkeys(ids, "digest"))


DUE = {State.OPEN: 0, State.HANDLED: 0, State.IGNORED: 0, State.VERIFIED: 1, State.NOT_COVERED: 1}


@pytest.mark.parametrize(("state", "count"), DUE.items())
def test_a_subscription_is_due_when_there_is_an_honest_end(
    usage: UsageLog, subscriptions: Subscriptions, store: MissLog, state: State, count: int
) -> None:
    """An answer that was proven, or that the speech does not say it."""
    usage.record(subscription("几点"))
    settle(store, 1, state=state)
    assert [(due.question, due.address) for due in subscriptions.due(NOW)] == [("几点", b"encrypted")] * count


def test_one_person_is_told_once(usage: UsageLog, subscriptions: Subscriptions, store: MissLog) -> None:
    """Of each question, however often they subscribed to it; nobody subscribes to what was never missed."""
    usage.record(subscription("几点", address=b"first"))
    usage.record(subscription("几点", address=b"second"))
    usage.record(subscription("几号"))
    usage.record(Records(subscriptions=(Subscription("never missed", 1, b"x"),)))
    settle(store, 1, 2)
    due = subscriptions.due(NOW)
    assert [(found.question, found.address) for found in due] == [("几点", b"second"), ("几号", b"encrypted")]
    subscriptions.begin([due[0].id])
    assert [due.question for due in subscriptions.due(NOW)] == ["几号", "几点"]
    subscriptions.drop([due[0].id])
    assert [due.question for due in subscriptions.due(NOW)] == ["几号"]


def test_a_person_is_forgotten_at_once(
    usage: UsageLog, subscriptions: Subscriptions, store: MissLog, path: Path
) -> None:
    """All of theirs and nobody else's; from the bytes too."""
    usage.record(subscription("几点", person=1, address=b"canary-address"))
    usage.record(subscription("几点", person=2))
    assert any(b"canary-address" in file.read_bytes() for file in path.parent.iterdir())
    assert subscriptions.forget(1) == 1
    assert not any(b"canary-address" in file.read_bytes() for file in path.parent.iterdir())
    settle(store, 1)
    assert len(subscriptions.due(NOW)) == 1


def test_a_subscription_is_gone_after_thirty_days(
    usage: UsageLog, subscriptions: Subscriptions, store: MissLog, database: Database, clock: Clock, path: Path
) -> None:
    """Or with its miss."""
    usage.record(subscription("几点", address=b"canary-address"))
    usage.record(subscription("几号"))
    store.forget("几号")
    clock.now += timedelta(days=30)
    database.purge(timedelta(days=180))
    settle(store, 1)
    assert [due.question for due in subscriptions.due(NOW)] == ["几点"]
    clock.now += timedelta(seconds=1)
    database.purge(timedelta(days=180))
    assert subscriptions.due(NOW) == []
    assert not any(b"canary-address" in file.read_bytes() for file in path.parent.iterdir())


def test_a_subscription_is_due_when_its_answer_has_stood(
    usage: UsageLog, subscriptions: Subscriptions, store: MissLog, clock: Clock
) -> None:
    """Since it was last another one; a clock that was set back begins anew."""
    usage.record(subscription("几点"))
    store.set_state([1], State.VERIFIED)
    assert [awaited.settled_as for awaited in store.awaited()] == [None]
    store.settle({1: "digest"})
    assert [awaited.settled_as for awaited in store.awaited()] == ["digest"]
    clock.now += timedelta(seconds=59)
    assert subscriptions.due(MINUTE) == []
    clock.now += timedelta(seconds=1)
    assert len(subscriptions.due(MINUTE)) == 1
    store.set_state([1], State.OPEN)
    store.set_state([1], State.VERIFIED)
    store.settle({1: "digest"})
    assert subscriptions.due(MINUTE) == []
    clock.now -= timedelta(days=1)
    assert [awaited.settled_as for awaited in store.awaited()] == [None]


def test_whoever_can_not_be_told_is_counted_apart(
    usage: UsageLog, subscriptions: Subscriptions, store: MissLog
) -> None:
    """Nothing is due for them, and their miss is awaited by nobody."""
    usage.record(subscription("几点", person=1))
    usage.record(subscription("几点", person=2))
    subscriptions.set_readable({1: False})
    assert (subscriptions.count_waiting(), subscriptions.count_unreachable()) == (1, 1)
    settle(store, 1)
    assert [due.id for due in subscriptions.due(NOW)] == [2]
    subscriptions.set_readable({1: True, 2: False})
    assert [due.id for due in subscriptions.due(NOW)] == [1]
    subscriptions.set_readable({1: False})
    assert store.awaited() == []
