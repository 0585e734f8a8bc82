"""Who wants to be told of a changed answer: kept encrypted, told once, and gone then."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.store.answer_subscriptions import AnswerSubscriptions
from bot.store.database import Database
from bot.store.misses import MissLog
from bot.store.records import AnswerSubscription, KeptAnswerSubscription, Records
from bot.store.usage import UsageLog
from tests.clocks import Clock


@pytest.fixture
def usage(database: Database, store: MissLog) -> UsageLog:
    return UsageLog(database, store, 100)


@pytest.fixture
def subscriptions(database: Database) -> AnswerSubscriptions:
    return AnswerSubscriptions(database)


def subscription(item: str = "card", person: int = 1, address: bytes = b"x", seen: str = "旧") -> Records:
    return Records(answer_subscriptions=(AnswerSubscription(item, person, address, seen),))


def test_one_person_is_subscribed_once(usage: UsageLog, subscriptions: AnswerSubscriptions) -> None:
    """To each item, with the answer that they saw last."""
    for records in (
        subscription(),
        subscription(seen="新", address=b"y"),
        subscription("opening"),
        subscription(person=2),
    ):
        usage.record(records)
    found = [(row.item, row.address, row.seen) for row in subscriptions.all()]
    assert found == [("card", b"y", "新"), ("opening", b"x", "旧"), ("card", b"x", "旧")]


def test_what_becomes_of_an_offer(usage: UsageLog, subscriptions: AnswerSubscriptions) -> None:
    """It is approved, withdrawn, offered anew, which needs another approval, or passed over."""
    usage.record(subscription())

    def row() -> tuple[str, str | None, bool]:
        (kept,) = subscriptions.all()
        return kept.seen, kept.offered, kept.approved

    subscriptions.offer([1], "新")
    assert row() == ("旧", "新", False)
    subscriptions.approve([1])
    assert row() == ("旧", "新", True)
    subscriptions.offer([1], "更新")
    assert row() == ("旧", "更新", False)
    subscriptions.approve([1])
    subscriptions.withdraw([1])
    assert row() == ("旧", None, False)
    subscriptions.offer([1], "新")
    subscriptions.skip([1], "新")
    assert row() == ("新", None, False)


def test_whose_turn_was_begun_comes_after_the_others(usage: UsageLog, subscriptions: AnswerSubscriptions) -> None:
    """After a kill others are told first."""
    usage.record(subscription())
    usage.record(subscription("opening"))
    subscriptions.begin([1])
    assert [row.id for row in subscriptions.all()] == [2, 1]
    subscriptions.drop([2])
    assert subscriptions.all() == [KeptAnswerSubscription(1, "card", b"x", "旧", None, approved=False)]


def test_a_person_is_forgotten_at_once(usage: UsageLog, subscriptions: AnswerSubscriptions, path: Path) -> None:
    """All of theirs and nobody else's; from the bytes too."""
    usage.record(subscription(address=b"canary-address"))
    usage.record(subscription(person=2))
    assert any(b"canary-address" in file.read_bytes() for file in path.parent.iterdir())
    assert subscriptions.forget(1) == 1
    assert not any(b"canary-address" in file.read_bytes() for file in path.parent.iterdir())
    assert len(subscriptions.all()) == 1


def test_it_is_gone_after_thirty_days(
    usage: UsageLog, subscriptions: AnswerSubscriptions, database: Database, clock: Clock, path: Path
) -> None:
    """Whether there was a change or not."""
    usage.record(subscription(address=b"canary-address"))
    clock.now += timedelta(days=30)
    database.purge(timedelta(days=180))
    assert len(subscriptions.all()) == 1
    clock.now += timedelta(seconds=1)
    database.purge(timedelta(days=180))
    assert subscriptions.all() == []
    assert not any(b"canary-address" in file.read_bytes() for file in path.parent.iterdir())
