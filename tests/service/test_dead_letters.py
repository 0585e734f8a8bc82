"""What was given up: counted, and told to admins."""

from datetime import timedelta

import pytest

from bot.conversation.reply import Reply
from bot.service.dead_letters import DeadLetterReport
from bot.store.database import Database
from bot.store.history import History
from bot.store.records import Entry
from tests.clocks import Clock
from tests.inbox_setup import InboxSetup


class Letters:
    """An inbox whose updates die, and what admins are told of it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.clock = clock
        self.told: list[Reply] = []
        self.inbox = InboxSetup(database).inbox
        self.report = DeadLetterReport(self.inbox, History(database), self.told.append)

    def die(self, *keys: int) -> None:
        """Updates with these ids can't be answered."""
        self.inbox.receive([Entry(key, b"", "the reply did not arrive") for key in keys])

    async def look_after(self, **time: float) -> None:
        """Look once this time has passed."""
        self.clock.now += timedelta(**time)
        await self.report.look()


@pytest.fixture
def letters(database: Database, clock: Clock) -> Letters:
    return Letters(database, clock)


async def test_admins_are_told_once(letters: Letters) -> None:
    """How many there are, and what to do about them."""
    await letters.report.look()
    letters.die(1, 2)
    for _ in range(3):
        await letters.look_after(seconds=5)
    (told,) = letters.told
    assert told.text.startswith("有 2 条消息没能回复上")
    assert "campaign-bot inbox list" in told.text


async def test_at_most_once_an_hour(letters: Letters) -> None:
    """What dies meanwhile is told together, whatever was told before."""
    letters.die(1)
    await letters.look_after(seconds=5)
    for key in range(2, 6):
        letters.die(key)
        await letters.look_after(minutes=10)
    assert len(letters.told) == 1
    await letters.look_after(minutes=25)
    assert [told.text[:5] for told in letters.told] == ["有 1 条", "有 4 条"]
    assert "现在一共 5 条" in letters.told[1].text
    await letters.look_after(hours=5)
    assert len(letters.told) == 2


async def test_what_dies_in_the_second_of_a_look_is_told_later(letters: Letters) -> None:
    """Once, and not never."""
    letters.die(1)
    await letters.look_after(seconds=0)
    assert letters.told == []
    await letters.look_after(seconds=1)
    letters.die(2)
    await letters.look_after(hours=1)
    assert [told.text[:5] for told in letters.told] == ["有 1 条", "有 1 条"]


async def test_a_restart_tells_nothing_twice_and_leaves_nothing_out(
    letters: Letters, database: Database, clock: Clock
) -> None:
    """It is noted in the database."""
    letters.die(1)
    await letters.look_after(seconds=5)
    letters.die(2)
    after = Letters(database, clock)
    await after.look_after(hours=2)
    assert [told.text[:5] for told in after.told] == ["有 1 条"]


async def test_how_many_there_are_and_since_when_is_known(letters: Letters) -> None:
    """Until they are replayed."""
    since = letters.clock.now
    letters.die(1)
    await letters.look_after(minutes=5)
    letters.die(2)
    await letters.look_after(minutes=5)
    assert (letters.report.count, letters.report.since) == (2, since)
    letters.inbox.replay()
    await letters.report.look()
    assert (letters.report.count, letters.report.since) == (0, None)
