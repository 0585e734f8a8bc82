"""What is remembered of participants, for the other replicas."""

from datetime import timedelta

import pytest

from bot.store.database import Database
from bot.store.inbox import Inbox
from bot.store.misses import MissLog
from bot.store.participants import Participants
from bot.store.records import Entry, ParticipantState, Records
from bot.store.usage import UsageLog
from tests.clocks import Clock

KEY = -(2**56)
"""As low as a pseudonym gets."""


@pytest.fixture
def usage(database: Database, store: MissLog) -> UsageLog:
    return UsageLog(database, store, 100)


def record(usage: UsageLog, participant: int, content: bytes | None) -> None:
    usage.record(Records(participants=(ParticipantState(participant, content),)))


def test_the_latest_state_of_each_is_kept(database: Database, usage: UsageLog) -> None:
    """Until there is nothing any more."""
    participants = Participants(database)
    assert participants.content(KEY) is None
    for participant, content in ((KEY, b"a"), (-1, b"b"), (KEY, b"c")):
        record(usage, participant, content)
    assert (participants.content(KEY), participants.content(-1)) == (b"c", b"b")
    record(usage, KEY, None)
    assert (participants.content(KEY), participants.content(-1)) == (None, b"b")


def test_it_is_kept_together_with_its_update(database: Database, usage: UsageLog) -> None:
    """As all records are."""
    inbox = Inbox(database, usage)
    (row,) = inbox.receive([Entry(1, b"a")])
    inbox.finish({row.id: Records(participants=(ParticipantState(KEY, b"c"),))})
    assert Participants(database).content(KEY) == b"c"


def test_it_is_erased_within_an_hour_after_its_last_change(database: Database, usage: UsageLog, clock: Clock) -> None:
    """However long ago it began."""
    for participant in (KEY, -1):
        record(usage, participant, b"a")
    clock.now += timedelta(minutes=40)
    record(usage, KEY, b"c")
    clock.now += timedelta(minutes=40)
    participants = Participants(database)
    assert participants.delete_old() == 1
    assert (participants.content(KEY), participants.content(-1)) == (b"c", None)
