"""Notices to admins, as they are kept."""

from datetime import timedelta

import pytest

from bot.store.database import Database
from bot.store.history import History
from bot.store.misses import MissLog
from bot.store.notices import Notices
from bot.store.records import NoticeKind
from tests.clocks import Clock
from tests.conftest import miss

ADMIN, OTHER = 5, 6


@pytest.fixture
def notices(database: Database) -> Notices:
    return Notices(database)


def contents(notices: Notices, chat: int = ADMIN) -> list[bytes]:
    """What waits for a chat, in its order; it is settled."""
    found = []
    while notice := notices.next(chat):
        found.append(notice.content)
        notices.settle(notice.id)
    return found


WAITING: dict[str, tuple[list[tuple[NoticeKind, bytes]], list[bytes]]] = {
    "of one kind the newest": ([(NoticeKind.KNOWLEDGE, b"faults"), (NoticeKind.KNOWLEDGE, b"fixed")], [b"fixed"]),
    "each of two kinds": ([(NoticeKind.KNOWLEDGE, b"faults"), (NoticeKind.HEALTH, b"well")], [b"faults", b"well"]),
    "each change": ([(NoticeKind.CHANGE, b"3"), (NoticeKind.CHANGE, b"2")], [b"3", b"2"]),
}


@pytest.mark.parametrize(("told", "left"), WAITING.values(), ids=WAITING.keys())
def test_what_waits(notices: Notices, told: list[tuple[NoticeKind, bytes]], left: list[bytes]) -> None:
    """For each chat, the oldest first."""
    for kind, content in told:
        notices.add(kind, [ADMIN, OTHER], content)
    assert contents(notices) == left
    assert contents(notices, OTHER) == left


def test_what_was_delivered_to_one_waits_for_the_other(notices: Notices) -> None:
    """And does not come back for the first."""
    notices.add(NoticeKind.HEALTH, [ADMIN, OTHER], b"well")
    assert contents(notices) == [b"well"]
    assert notices.kept_at(NoticeKind.HEALTH)
    assert contents(notices) == []
    assert contents(notices, OTHER) == [b"well"]
    assert not notices.kept_at(NoticeKind.HEALTH)


def test_without_anybody_to_tell_the_mark_is_noted_at_once(notices: Notices, database: Database) -> None:
    """There will be no delivery."""
    notices.add(NoticeKind.DIGEST, [], b"", "2026-22")
    assert History(database).mark("digest") == "2026-22"


def test_what_waited_for_three_days_is_dropped(notices: Notices, clock: Clock) -> None:
    """And nothing younger."""
    notices.add(NoticeKind.CHANGE, [ADMIN], b"old")
    clock.now += timedelta(days=3)
    notices.add(NoticeKind.CHANGE, [ADMIN], b"young")
    assert notices.drop_old() == 0
    clock.now += timedelta(seconds=1)
    assert notices.drop_old() == 1
    assert contents(notices) == [b"young"]


def test_a_deleted_question_takes_along_what_may_quote_it(notices: Notices, store: MissLog) -> None:
    """The digest is made anew without it; what quotes nobody stays."""
    store.record(miss("几点"))
    for kind in NoticeKind:
        notices.add(kind, [ADMIN], kind.encode())
    store.forget("没问过")
    assert notices.kept_at(NoticeKind.DIGEST)
    store.forget("几点")
    assert contents(notices) == [b"knowledge", b"health", b"git", b"dead-letters", b"log-full", b"daily", b"page"]
